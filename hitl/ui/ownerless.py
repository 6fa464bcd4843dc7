"""Projects that nobody owns who can sign in, for administrators, with a way to give each an owner."""

from collections.abc import Callable, Mapping

import streamlit as st

from hitl.domain.language import _
from hitl.ui.people_rows import draw_choices, draw_row
from hitl.views.wording import plain, plain_label


def draw_ownerless(
    projects: Mapping[str, str], people: Mapping[int, str], *, on_give: Callable[[str, str], None]
) -> None:
    """Draw each project, by short name and title, with the people to choose from; nothing where there is none.

    ``on_give`` is told the project and the key of the widget that holds the person.
    """
    if not projects:
        return
    with st.container(border=True, gap="small"):
        text = _(
            "Nobody who can sign in owns these projects: nobody decides who is in them or what is asked. Make somebody "
            "their owner. The audit log says when the last one was lost."
        )
        st.warning(text, icon=":material/no_accounts:")
        for slug, title in projects.items():
            _draw_project(slug, title, people, on_give)


def _draw_project(slug: str, title: str, people: Mapping[int, str], on_give: Callable[[str, str], None]) -> None:
    key = f"owner_of_{slug}"
    with draw_row():
        st.markdown(f"**{plain(title)}**", width="stretch")
        with draw_choices():
            chosen = st.selectbox(
                _("New owner of {project}").format(project=plain_label(title)),
                list(people),
                index=None,
                format_func=lambda one: people.get(one, ""),
                key=key,
                placeholder=_("type to search"),
                label_visibility="collapsed",
                width=170,
            )
            st.button(
                _("Make owner"),
                key=f"{key}_save",
                icon=":material/person_add:",
                disabled=chosen is None,
                on_click=on_give,
                args=(slug, key),
            )
