"""What is to be imported: the file's first rows, what each column is for, and what a new project needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hitl.adapters.readers import SUFFIXES
from hitl.domain.fields import Field, Role
from hitl.domain.language import _, later
from hitl.ui.import_start import draw_import_start
from hitl.views.formatting import number
from hitl.views.imports import FilePreview, split_lines
from hitl.views.wording import ROLE_NAMES, plain

NEW, MORE = "new", "more"
TARGET_KEY = "import_target"
_ROW_HEIGHT = 35
_MOST_ROWS = 12
_SHOWN_CLASSES = 12
_FORMATS = later("CSV, JSON, Excel, OpenDocument or Parquet; plain, or packed as .gz or .zip.")


@dataclass(frozen=True)
class NewProject:
    """A project as it stands in the form."""

    name: str
    guide: str
    fields: tuple[Field, ...]
    class_names: tuple[str, ...]


def draw_target(project_name: str | None, *, can_make: bool) -> str:
    """Draw whether the file begins a project, where one can be made, or adds to the one chosen: ``new``, ``more``."""
    if project_name is None:
        return NEW
    if not can_make:
        return MORE
    names = {MORE: _("More items for {project_name}").format(project_name=project_name), NEW: _("A new project")}
    st.session_state.setdefault(TARGET_KEY, MORE)
    chosen = st.segmented_control(
        _("What the file is for"),
        list(names),
        required=True,
        format_func=lambda one: names[one],
        key=TARGET_KEY,
    )
    return chosen or MORE


def draw_upload(key: str) -> UploadedFile | None:
    """Draw the file chooser; the file, or None with a word on what happens to it."""
    upload = st.file_uploader(
        _("File"),
        type=list(SUFFIXES),
        key=key,
        help=_("{formats} See the README for its limits.").format(formats=_(_FORMATS)),
    )
    if upload is None:
        st.caption(
            _("Each row becomes an item, with or without a label. You see the first rows before anything is kept.")
            + f" {_(_FORMATS)}"
        )
        draw_import_start()
    return upload


def draw_rows(preview: FilePreview) -> None:
    """Draw the file's first rows as they are."""
    st.markdown(_("**The first {rows_count} rows**").format(rows_count=len(preview.rows)))
    columns = [column.name for column in preview.columns]
    st.dataframe(
        pd.DataFrame(preview.rows, columns=columns), hide_index=True, height="content", alt=_("The file's first rows")
    )


def draw_fixed_roles(preview: FilePreview, fields: Sequence[Field]) -> None:
    """Draw what the project's columns are for; they were settled when it began."""
    uses = {field.name: ROLE_NAMES[field.role] for field in fields}
    rows = [
        {
            _("Column"): column.name,
            _("Use"): uses.get(column.name, _("not in this project: left out")),
            _("Example"): column.example,
        }
        for column in preview.columns
    ]
    st.markdown(_("**What the columns are for**"))
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=_height(len(rows)), alt=_("Columns and their use"))


def draw_roles(preview: FilePreview, *, key: str) -> tuple[Field, ...]:
    """Draw the columns with the role each seems to have, to be changed; the roles as they stand."""
    st.markdown(_("**What the columns are for**"))
    st.caption(_("This is a guess from the first rows. Change a use by a double click on it."))
    rows = [
        {"Column": column.name, "Use": column.role.value, "Example": column.example, "Why": column.reason}
        for column in preview.columns
    ]
    edited = st.data_editor(
        pd.DataFrame(rows),
        hide_index=True,
        key=key,
        height=_height(len(rows)),
        disabled=["Column", "Example", "Why"],
        column_config={
            "Column": st.column_config.TextColumn(_("Column"), width=170, pinned=True),
            "Use": _role_column(),
            "Example": st.column_config.TextColumn(_("Example"), width=230),
            "Why": st.column_config.TextColumn(_("Why we think so"), width=260),
        },
        alt=_("Columns with their use"),
    )
    return tuple(Field(row["Column"], Role(row["Use"])) for row in edited.to_dict("records"))


def draw_project(preview: FilePreview, fields: tuple[Field, ...], *, file_name: str, key: str) -> NewProject:
    """Draw the name, classes and guide of a new project; the whole of it as it stands."""
    name = st.text_input(_("Name of the project"), value=_name_from(file_name), key=f"name_{key}", max_chars=120)
    labels = [field.name for field in fields if field.role in {Role.LABEL, Role.PREDICTION}]
    classes = ""
    if labels:
        _draw_found_classes(preview, labels)
    else:
        classes = st.text_area(
            _("Classes, one a line"),
            key=f"classes_{key}",
            height=120,
            placeholder=_("Billing\nDelivery\nOther"),
            help=_("The answers that people choose from. You can add, rename and retire classes later."),
        )
    guide = st.text_area(
        _("Guide for reviewers (optional)"),
        key=f"guide_{key}",
        height=90,
        max_chars=4_000,
        placeholder=_("Two or three sentences that say how to decide."),
    )
    return NewProject(name, guide, fields, split_lines(classes))


def draw_start(label: str, *, is_busy: bool, on_start: Callable[..., None], args: tuple[Any, ...]) -> None:
    """Draw the button that starts the import; another import of the project has to end first."""
    if is_busy:
        st.caption(_("Another import into this project has not ended: wait for it, or decide about it above."))
    st.button(
        label,
        key="start_import",
        type="primary",
        icon=":material/upload_file:",
        disabled=is_busy,
        on_click=on_start,
        args=args,
    )


def _draw_found_classes(preview: FilePreview, labels: Sequence[str]) -> None:
    found = sorted({value for label in labels for value in preview.values[label]})
    shown = " ".join(f":gray-badge[{plain(value)}]" for value in found[:_SHOWN_CLASSES])
    if len(found) > _SHOWN_CLASSES:
        shown = _("{classes} and {count} more").format(classes=shown, count=number(len(found) - _SHOWN_CLASSES))
    st.caption(_("Classes in the first rows; others that follow are added by the import."))
    st.markdown(shown)


def _role_column() -> Any:
    return st.column_config.SelectboxColumn(
        _("Use"),
        options=list(ROLE_NAMES),
        format_func=lambda role: ROLE_NAMES[str(role)],
        required=True,
        width="medium",
    )


def _name_from(file_name: str) -> str:
    bare = file_name.removesuffix(".gz").removesuffix(".zip")
    words = PurePath(bare).stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _height(count: int) -> int:
    return _ROW_HEIGHT * (min(count, _MOST_ROWS) + 1) + 2
