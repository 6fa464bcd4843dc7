"""What may be exported, each with a button that makes the file when it is pressed."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from hitl.domain.language import Words, _, later
from hitl.loop.export import ExportKind

_KINDS: dict[ExportKind, tuple[str, str]] = {
    ExportKind.LABELS: (later("Labels"), later("One row an item with a label: the label, who gave it, when and why.")),
    ExportKind.PREDICTIONS: (
        later("Predictions"),
        later("What the version in use answers for every item, how sure it is, and what was accepted automatically."),
    ),
    ExportKind.DECISIONS: (
        later("Decisions"),
        later("Every decision in order, undone ones too, with what the reviewer was shown."),
    ),
    ExportKind.ITEMS: (
        later("Items"),
        later("Every item with its fields, label and prediction: the whole project in one table."),
    ),
}
_FORMATS = Words({"csv": "CSV", "jsonl": later("JSON lines"), "parquet": "Parquet"})


def draw_exports(slug: str, *, has_model: bool, make: Callable[..., bytes]) -> None:
    """Draw an export a line; ``make`` gives the bytes for a ``kind`` and a ``suffix`` when a button is pressed."""
    suffix: str = st.segmented_control(
        _("Format"), list(_FORMATS), default="csv", required=True, format_func=_name_format, key="export_format"
    )
    for kind, (title, text) in _KINDS.items():
        is_possible = has_model or kind is not ExportKind.PREDICTIONS
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium", wrap=False):
            told = _(text) if is_possible else _("No model answers yet: train one first.")
            st.markdown(f"**{_(title)}**  \n{told}", width="stretch")
            st.download_button(
                _("Download"),
                data=partial(make, kind=kind, suffix=suffix),
                file_name=f"{slug}-{kind.value}.{suffix}",
                key=f"export_{kind.value}",
                icon=":material/download:",
                disabled=not is_possible,
                on_click="ignore",
                help=_("{title} as {formats}").format(title=_(title), formats=_FORMATS[suffix]),
            )
    st.caption(
        _(
            "Cells that a spreadsheet would run as a formula get a leading apostrophe in CSV files; an import of "
            "such a file takes it off again."
        )
    )


def _name_format(suffix: str) -> str:
    return _FORMATS[suffix]
