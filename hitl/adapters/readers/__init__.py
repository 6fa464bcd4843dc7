"""Files of many kinds read as one table: columns, then rows and rejects as a stream.

open_table(path)     formats.py tells what a file is     unpack.py       gzip, zip, within limits
csv_text.py          CSV and its kin                     csv_dialect.py  delimiter, quote, header
json_text.py         JSON lines, lists of objects        json_objects.py  other shapes
text_encoding.py                                         settling.py      how a whole file is read
workbooks.py         Excel, OpenDocument                 workbook_check.py, workbook_process.py
parquet.py           Parquet                             number_styles.py, date_styles.py
"""

from hitl.adapters.readers.formats import SUFFIXES, open_table
from hitl.adapters.readers.table import Reading, ReadOptions, Table
from hitl.adapters.readers.unpack import ManyFiles

__all__ = ["SUFFIXES", "ManyFiles", "ReadOptions", "Reading", "Table", "open_table"]
