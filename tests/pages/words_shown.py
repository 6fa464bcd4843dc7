"""All that a page shows in words, from what Streamlit sends: labels, help, tables' headings and cells, charts.

Left out is what nobody reads: keys, addresses, icons, styles, sizes.
"""

import json
import re

from google.protobuf.message import Message
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

# fmt: off
_UNREAD = frozenset((
    "id", "form_id", "key", "url", "icon", "color", "page", "page_script_hash", "url_pathname", "query_params",
    "theme", "css", "js", "html_content", "type", "align", "format", "delta_color", "file_type", "url_path",
    "body_type", "unit", "columns", "column_order", "language", "data", "user_key", "default_value",
    "custom_format", "path", "element_id", "component_name", "mixins", "delta_arrow", "external_id", "row_gap",
    "tag", "raw_value", "default", "query_string", "arrow_data", "js_content", "css_content", "json",
    "selection_mode", "autocomplete", "deferred_file_id",
))
# fmt: on
_TAG = re.compile(r"<[^>]+>")


def read_words(app):
    """What each element and block of a page shows, in order, as ``(kind, text)``."""
    found = []
    _walk(app._tree, found)
    return found


def _walk(node, found):
    if getattr(node, "proto", None) is not None:
        _read(node.proto, getattr(node, "type", ""), found)
    for child in getattr(node, "children", {}).values():
        _walk(child, found)


def _read(message, kind, found):
    name = message.DESCRIPTOR.name
    if name == "VegaLiteChart":
        _read_chart(message, found)
        return
    if hasattr(message, "arrow_data") and hasattr(message, "column_order"):
        _read_table(message, found)
    for field, value in message.ListFields():
        if field.name in _UNREAD:
            continue
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                _read(one, f"{kind}.{field.name}", found)
            elif isinstance(one, str) and (words := _TAG.sub("", one) if name == "Html" else one).strip():
                found.append((f"{kind}.{field.name}", words))


def _read_table(message, found):
    columns = json.loads(message.columns or "{}")
    table = convert_arrow_bytes_to_pandas_df(message.arrow_data.data)
    for name in message.column_order or table.columns:
        config = columns.get(name, {})
        if config.get("hidden"):
            continue
        found.append(("table.heading", str(config.get("label") or name)))
        found.extend((f"table.{part}", config[part]) for part in ("help", "placeholder") if config.get(part))
        options = config.get("type_config", {}).get("options") or []
        found.extend(("table.option", one.get("label") if isinstance(one, dict) else str(one)) for one in options)
        if options:
            continue  # a cell shows its option
        found.extend(("table.cell", cell) for cell in table[name] if isinstance(cell, str) and cell)


def _read_chart(message, found):
    found.append(("chart.alt", message.alt))
    spec = json.loads(message.spec)
    _read_spec(spec, found)
    frames = [message.data, *(one.data for one in message.datasets)]
    rows = [row for one in frames if one.data for row in convert_arrow_bytes_to_pandas_df(one.data).to_dict("records")]
    found.extend(("chart.value", value) for row in rows for value in row.values() if isinstance(value, str))


def _read_spec(part, found):
    """Titles of axes, legends and tooltips, words on marks, and rows that stand in the chart itself."""
    if isinstance(part, list):
        for one in part:
            _read_spec(one, found)
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "values" and isinstance(value, list):
                found.extend(("chart.value", one) for row in value for one in row.values() if isinstance(one, str))
            elif name == "title" and isinstance(value, str):
                found.append(("chart.title", value))
            else:
                _read_spec(value, found)
