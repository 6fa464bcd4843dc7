"""Odd files for the readers' tests, made small: packed ones, and workbooks written part by part."""

import zipfile
from io import BytesIO

from hitl.adapters.readers import ReadOptions, open_table
from hitl.domain.rows import Reject

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_BOOK_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_ODS_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
)


class Read:
    """A file read to its end."""

    def __init__(self, data, name="file.csv", **options):
        with open_table(BytesIO(data), name=name, options=ReadOptions(**options)) as table:
            self.columns = table.columns
            self.reading = table.reading
            self.records = list(table.records)

    @property
    def options(self):
        return self.reading.options

    @property
    def cells(self):
        return [tuple(one.values.values()) for one in self.records if not isinstance(one, Reject)]

    @property
    def rejects(self):
        return [one for one in self.records if isinstance(one, Reject)]


def zip_of(files):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def xlsx_of(sheet_data):
    """A workbook whose one sheet holds the rows as they are given, in XML."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>'
    return zip_of({**_BOOK_PARTS, "xl/worksheets/sheet1.xml": sheet})


def ods_of(rows):
    """An OpenDocument spreadsheet with the rows as they are given, in XML."""
    content = (
        f'<office:document-content {_ODS_NAMES} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zip_of({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})
