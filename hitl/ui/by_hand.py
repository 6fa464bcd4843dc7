"""What is made by hand: a project without a file, and one item typed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from hitl.domain.fields import Field, Role
from hitl.domain.language import _, later
from hitl.domain.records import LabelClass
from hitl.views.by_hand import ADDABLE_ROLES, MADE_ROLES
from hitl.views.wording import ROLE_NAMES, plain

_COLUMN, _USE = later("Column"), later("Use")
_LONG_ROLES = frozenset({Role.TEXT})


@dataclass(frozen=True)
class ProjectDraft:
    """A project as it stands in the form; classes one a line."""

    name: str
    fields: tuple[Field, ...]
    classes: str
    guide: str


def draw_new_project(*, on_make: Callable[[ProjectDraft], None]) -> None:
    """Draw the form of a project without a file; ``on_make`` is the button's callback."""
    with st.expander(_("Make a project without a file"), icon=":material/edit_note:"):
        name = st.text_input(_("Name of the project"), key="hand_name", max_chars=120)
        st.caption(_("What an item holds. Items come later, from files with these columns or typed in one by one."))
        edited = st.data_editor(
            pd.DataFrame([{_COLUMN: "text", _USE: Role.TEXT.value}]),
            hide_index=True,
            num_rows="dynamic",
            key="hand_columns",
            column_config=_made_columns(),
            alt=_("Columns and their use"),
        )
        classes = st.text_area(
            _("Classes, one a line; after a colon when it applies"),
            key="hand_classes",
            height=120,
            placeholder=_("Refund: the customer wants the money back\nDelivery: the parcel is late or lost\nOther"),
        )
        guide = st.text_area(_("Guide for reviewers (optional)"), key="hand_guide", height=90, max_chars=4_000)
        rows = edited.dropna().to_dict("records")
        fields = tuple(Field(str(row[_COLUMN]).strip(), Role(row[_USE])) for row in rows)
        draft = ProjectDraft(name.strip(), fields, classes, guide)
        st.button(_("Make the project"), key="hand_make", type="primary", on_click=on_make, args=(draft,))


def draw_add_item(fields: Sequence[Field], classes: Sequence[LabelClass], *, on_add: Callable[[], None]) -> None:
    """Draw the form of one item behind a button; ``on_add`` is a callback that reads it with ``typed_values``."""
    with st.popover(_("Add item"), icon=":material/add:", key="add_item"):
        for field in fields:
            _draw_value(field, classes)
        st.button(_("Add this item"), key="add_item_save", type="primary", icon=":material/add:", on_click=on_add)


def typed_values(fields: Sequence[Field]) -> dict[str, str]:
    """What stands in the form, as a row of a file would hold it."""
    return {field.name: str(st.session_state.get(_key(field)) or "") for field in fields if field.role in ADDABLE_ROLES}


def clear_typed(fields: Sequence[Field]) -> None:
    """Empty the form; for callbacks."""
    for field in fields:
        if field.role in ADDABLE_ROLES:
            st.session_state[_key(field)] = None if field.role is Role.LABEL else ""


def _made_columns() -> dict[str, Any]:
    return {
        _COLUMN: st.column_config.TextColumn(_(_COLUMN), required=True, max_chars=80),
        _USE: st.column_config.SelectboxColumn(
            _(_USE),
            required=True,
            options=[role.value for role in MADE_ROLES],
            format_func=lambda one: ROLE_NAMES[str(one)],
        ),
    }


def _draw_value(field: Field, classes: Sequence[LabelClass]) -> None:
    label, key = plain(field.name), _key(field)
    hints: Mapping[Role, str] = {Role.NUMBER: _("a number"), Role.ID: _("its own name; empty: one is made up")}
    if field.role not in ADDABLE_ROLES:
        return
    if field.role is Role.LABEL:
        names = [one.name for one in classes]
        st.selectbox(label, names, index=None, key=key, placeholder=_("not known yet"))
    elif field.role in _LONG_ROLES:
        st.text_area(label, key=key, height=100)
    else:
        st.text_input(label, key=key, placeholder=hints.get(field.role, ""))


def _key(field: Field) -> str:
    return f"add_item.{field.name}"
