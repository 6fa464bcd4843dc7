"""Fields that people who review do not see: chosen by the owner, read one item at a time by who may."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from hitl.domain.covers import Cover
from hitl.domain.fields import Field, Role
from hitl.domain.language import Words, _, later
from hitl.views.wording import field_text, plain

_SHOWN = "shown"
_CHOICES = Words(
    {
        _SHOWN: later("shown"),
        Cover.MASKED.value: later("masked: M•••"),
        Cover.HIDDEN.value: later("hidden"),
    }
)


def draw_cover_form(
    fields: Sequence[Field], covers: Mapping[str, Cover], *, slug: str, on_save: Callable[[dict[str, Cover]], None]
) -> None:
    """Draw a choice for each field, and what it means."""
    st.markdown(
        _(
            "What is hidden or masked is left out of the review, lists, filters, charts and the search, for everybody. "
            "Leads and owners can open it item by item, which the audit log notes, and export it."
        )
    )
    st.caption(
        _(
            "The model still learns from it where its role says so. A mask shows the first character; of an image "
            "there is none."
        )
    )
    picked = {field.name: _draw_choice(field, covers.get(field.name), slug) for field in fields}
    chosen = {name: Cover(one) for name, one in picked.items() if one in set(Cover)}
    st.button(
        _("Save"),
        key="covers_save",
        type="primary",
        disabled=chosen == dict(covers),
        on_click=on_save,
        args=(chosen,),
    )


def _draw_choice(field: Field, cover: Cover | None, slug: str) -> str | None:
    offered = [one for one in _CHOICES if one != Cover.MASKED or field.role is not Role.IMAGE or cover is Cover.MASKED]
    picked: str | None = st.segmented_control(
        plain(field.name),
        offered,
        default=cover.value if cover else _SHOWN,
        required=True,
        format_func=_CHOICES.__getitem__,
        key=f"cover_{slug}_{field.name}",
    )
    return picked


def draw_opener(count: int, *, on_open: Callable[[], None]) -> None:
    """Draw the button that opens the hidden fields of an item."""
    st.button(
        _("Show hidden fields ({count})").format(count=count),
        key="show_hidden",
        icon=":material/visibility:",
        help=_("That you opened them is noted in the audit log."),
        on_click=on_open,
    )


def draw_values(values: Mapping[str, object]) -> None:
    """Draw hidden fields as they are."""
    with st.container(border=True, gap="xsmall"):
        for name, value in values.items():
            st.caption(plain(name))
            st.text(field_text(value))
