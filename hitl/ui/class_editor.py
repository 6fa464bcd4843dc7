"""The label classes and the guide, as they are and as they shall be."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hitl.domain.records import LabelClass, Project
from hitl.loop.projects import ClassDraft
from hitl.views.wording import METRIC_NAMES

_TALL = 10
_ROW_HEIGHT = 35


def draw_class_editor(classes: Sequence[LabelClass], *, key: str) -> list[ClassDraft]:
    """Draw the table of classes to edit; what stands in it."""
    st.caption(
        "Rename a class and its labels go with it. Retire one to take it out of the choices; its labels stay. "
        "A new class goes in the empty row at the end."
    )
    columns = ["Class", "When it applies", "Retired"]
    rows = [(label_class.name, label_class.guideline, label_class.retired) for label_class in classes]
    edited = st.data_editor(
        pd.DataFrame(rows, columns=columns).astype({"Class": str, "When it applies": str, "Retired": bool}),
        hide_index=True,
        num_rows="add",
        key=key,
        height=_ROW_HEIGHT * (min(len(rows), _TALL) + 2),
        column_config={
            "Class": st.column_config.TextColumn(required=True, max_chars=200, width="medium"),
            "When it applies": st.column_config.TextColumn(width="large", max_chars=2_000),
            "Retired": st.column_config.CheckboxColumn(width="small", default=False),
        },
        alt="Label classes",
    )
    keys = [label_class.key for label_class in classes]
    return [
        ClassDraft(
            key=keys[position] if position < len(keys) else None,
            name=_text(row["Class"]),
            guideline=_text(row["When it applies"]),
            retired=bool(row["Retired"]) if pd.notna(row["Retired"]) else False,
        )
        for position, row in enumerate(edited.to_dict("records"))
    ]


def draw_class_save(
    drafts: Sequence[ClassDraft], classes: Sequence[LabelClass], *, on_save: Callable[[Sequence[ClassDraft]], None]
) -> None:
    """Draw the button that saves the classes."""
    present = [ClassDraft(one.key, one.name, one.guideline, one.retired) for one in classes]
    st.button(
        "Save classes",
        key="save_classes",
        type="primary",
        icon=":material/check:",
        disabled=list(drafts) == present,
        on_click=on_save,
        args=(tuple(drafts),),
    )


def draw_guide_form(project: Project, *, slug: str, on_save: Callable[[str, str, str], None]) -> None:
    """Draw the project's name, guide and metric; ``on_save`` is a callback with the three."""
    mark = f"{slug}_{hash(project)}"
    name = st.text_input("Name of the project", value=project.name, key=f"name_{mark}", max_chars=120)
    guide = st.text_area(
        "Guide for reviewers",
        value=project.guide,
        key=f"guide_{mark}",
        height=140,
        max_chars=4_000,
        help="Two or three sentences that everybody reads above the items.",
    )
    metric = st.selectbox(
        "A good model is one with",
        list(METRIC_NAMES),
        index=list(METRIC_NAMES).index(project.metric),
        format_func=lambda one: METRIC_NAMES[one],
        key=f"metric_{mark}",
        help="Training chooses its settings by it.",
    )
    st.button(
        "Save",
        key="save_guide",
        type="primary",
        icon=":material/check:",
        disabled=(name.strip(), guide.strip(), metric) == (project.name, project.guide, project.metric),
        on_click=on_save,
        args=(name, guide, metric),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
