"""The label classes and the guide, as they are and as they shall be."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from hitl.domain.class_looks import COLOURS, ClassLook
from hitl.domain.language import Words, _, later
from hitl.domain.records import LabelClass, Project
from hitl.loop.projects import ClassDraft
from hitl.views.class_history import ClassChange, ShownClass
from hitl.views.wording import METRIC_NAMES, ago, plain

_TALL = 10
_ROW_HEIGHT = 35
_LONGEST_GUIDELINE = 2_000
_CLASS, _WHEN, _COLOUR, _KEY, _RETIRED = (
    later("Class"),
    later("When it applies"),
    later("Colour"),
    later("Key"),
    later("Retired"),
)
_COLUMNS = {_CLASS: str, _WHEN: str, _COLOUR: str, _KEY: str, _RETIRED: bool}
_AUTOMATIC = later("automatic")
_COLOUR_NAMES = Words(
    {
        "teal": later("teal"),
        "rose": later("rose"),
        "olive": later("olive"),
        "purple": later("purple"),
        "cyan": later("cyan"),
        "sand": later("sand"),
        "green": later("green"),
        "wine": later("wine"),
    }
)


def draw_class_editor(classes: Sequence[ShownClass], *, key: str) -> list[ClassDraft]:
    """Draw the table of classes to edit; what stands in it."""
    st.caption(
        _(
            "Rename a class and its labels go with it. Retire one to take it out of the choices; its labels stay. "
            "A new class goes in the empty row at the end."
        )
    )
    rows = [_row(shown) for shown in classes]
    edited = st.data_editor(
        pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS),
        hide_index=True,
        num_rows="add",
        key=key,
        height=_ROW_HEIGHT * (min(len(rows), _TALL) + 2),
        column_config=_column_config(),
        alt=_("Label classes"),
    )
    present = [shown.label_class for shown in classes]
    return [
        _draft(row, present[place] if place < len(present) else None)
        for place, row in enumerate(edited.to_dict("records"))
    ]


def draw_class_save(
    drafts: Sequence[ClassDraft], classes: Sequence[ShownClass], *, on_save: Callable[[Sequence[ClassDraft]], None]
) -> None:
    """Draw the button that saves the classes."""
    present = [_present(shown.label_class) for shown in classes]
    st.button(
        _("Save classes"),
        key="save_classes",
        type="primary",
        icon=":material/check:",
        disabled=list(drafts) == present,
        on_click=on_save,
        args=(tuple(drafts),),
    )


def draw_lacking_words(sentence: str | None) -> None:
    """Draw which classes have too few words for models to learn from; nothing where there is nothing to say."""
    if sentence:
        st.caption(plain(sentence))


def draw_one_class(
    classes: Sequence[ShownClass],
    *,
    on_move: Callable[[str, int], None],
    on_guideline: Callable[[LabelClass, str], None],
) -> LabelClass | None:
    """Draw one class to move in the order and to describe at length; which one, or None without any."""
    if not classes:
        return None
    present = {shown.label_class.id: shown.label_class for shown in classes}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        class_id = st.selectbox(
            _("One class"),
            list(present),
            format_func=lambda one: present[one].name if one in present else "?",
            key="one_class",
        )
        chosen = present.get(class_id) or next(iter(present.values()))
        for step, label, icon in ((-1, _("Up"), "arrow_upward"), (1, _("Down"), "arrow_downward")):
            st.button(label, key=f"move_{step}", icon=f":material/{icon}:", on_click=on_move, args=(chosen.key, step))
    _draw_guideline(chosen, on_guideline=on_guideline)
    return chosen


def draw_class_history(changes: Sequence[ClassChange], *, now: datetime) -> None:
    """Draw what was changed of a class, newest first, with what stood before and after."""
    with st.expander(_("History of this class"), icon=":material/history:"):
        for change in changes:
            with st.container(gap=None):
                st.markdown(f":small[**{plain(change.what)}**{_describe_change(change)}]")
                st.caption(f"{plain(change.actor_name)}, {ago(change.at, now)}")


def draw_guide_form(project: Project, *, slug: str, on_save: Callable[[str, str, str], None]) -> None:
    """Draw the project's name, guide and metric; ``on_save`` is a callback with the three."""
    mark = f"{slug}_{hash(project)}"
    name = st.text_input(_("Name of the project"), value=project.name, key=f"name_{mark}", max_chars=120)
    guide = st.text_area(
        _("Guide for reviewers"),
        value=project.guide,
        key=f"guide_{mark}",
        height=140,
        max_chars=4_000,
        help=_("Two or three sentences that everybody reads above the items."),
    )
    metric = st.selectbox(
        _("A good model is one with"),
        list(METRIC_NAMES),
        index=list(METRIC_NAMES).index(project.metric),
        format_func=lambda one: METRIC_NAMES[one],
        key=f"metric_{mark}",
        help=_("Training chooses its settings by it."),
    )
    st.button(
        _("Save"),
        key="save_guide",
        type="primary",
        icon=":material/check:",
        disabled=(name.strip(), guide.strip(), metric) == (project.name, project.guide, project.metric),
        on_click=on_save,
        args=(name, guide, metric),
    )


def _row(shown: ShownClass) -> tuple[object, ...]:
    one = shown.label_class
    return one.name, one.guideline, _colour_name(one.colour), one.shortcut or "", one.retired


def _colour_name(colour: str | None) -> str:
    return f"{COLOURS[colour].mark} {_COLOUR_NAMES[colour]}" if colour else _(_AUTOMATIC)


def _column_config() -> dict[str, Any]:
    return {
        _CLASS: st.column_config.TextColumn(_(_CLASS), required=True, max_chars=200, width="medium"),
        _WHEN: st.column_config.TextColumn(_(_WHEN), width="large", max_chars=_LONGEST_GUIDELINE),
        _COLOUR: st.column_config.SelectboxColumn(
            _(_COLOUR),
            width="small",
            options=[_colour_name(colour) for colour in (None, *COLOURS)],
            help=_("Automatic: by its place in the order."),
        ),
        _KEY: st.column_config.TextColumn(
            _(_KEY),
            width="small",
            max_chars=1,
            help=_("What answers with it in Review: 0 to 9 or a letter but u, g, c, s, x, z. Empty: by its place."),
        ),
        _RETIRED: st.column_config.CheckboxColumn(_(_RETIRED), width="small", default=False),
    }


def _draft(row: Mapping[Any, Any], before: LabelClass | None) -> ClassDraft:
    names = {_colour_name(colour): colour for colour in COLOURS}
    look = ClassLook(names.get(_text(row[_COLOUR])), _text(row[_KEY]).lower() or None)
    return ClassDraft(
        key=before.key if before else None,
        name=_text(row[_CLASS]),
        guideline=_text(row[_WHEN]),
        retired=bool(row[_RETIRED]) if pd.notna(row[_RETIRED]) else False,
        look=look,
    )


def _present(one: LabelClass) -> ClassDraft:
    return ClassDraft(one.key, one.name, one.guideline, one.retired, ClassLook(one.colour, one.shortcut))


def _draw_guideline(chosen: LabelClass, *, on_guideline: Callable[[LabelClass, str], None]) -> None:
    text = st.text_area(
        _("When it applies, with examples"),
        value=chosen.guideline,
        key=f"guideline_{chosen.id}_{hash(chosen)}",
        max_chars=_LONGEST_GUIDELINE,
        height=120,
        placeholder=_("The customer wants the money back. For example: “I sent it back, where is my money?”"),
    )
    st.button(
        _("Save guideline"),
        key="save_guideline",
        disabled=text.strip() == chosen.guideline,
        on_click=on_guideline,
        args=(chosen, text),
    )


def _describe_change(change: ClassChange) -> str:
    if change.before:
        return f": {plain(change.before)} → {plain(change.after) or '—'}"
    return f": {plain(change.after)}" if change.after else ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
