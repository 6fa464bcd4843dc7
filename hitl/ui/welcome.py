"""What somebody sees who has no project yet."""

from collections.abc import Callable, Mapping

import streamlit as st

from hitl.domain.language import _, later
from hitl.ui.heading import draw_heading
from hitl.ui.page_link import draw_page_link
from hitl.views.wording import plain

_LONGEST_SLUG = 80
_STEPS = (
    (
        "upload_file",
        later("1. Bring in items"),
        later("A file (CSV, Excel, JSON …): one row an item, with labels or without."),
    ),
    (
        "rate_review",
        later("2. Decide"),
        later("People decide what the model is not sure of, one item after the other."),
    ),
    (
        "model_training",
        later("3. Let it learn"),
        later("Train on the decisions, compare, and take the better model into use."),
    ),
)


def draw_missing_project(slug: str, names: Mapping[str, str], *, on_choose: Callable[[str], None]) -> None:
    """Draw that there is no project of that short name, and the ones to choose from, by short name."""
    draw_heading(_("This project is not here"))
    text = _("There is no project '{name}'. It may have been renamed, archived or deleted. These are here:")
    st.warning(text.format(name=plain(slug[:_LONGEST_SLUG])), icon=":material/search_off:")
    for one, name in names.items():
        st.button(plain(name), key=f"go_to_{one}", icon=":material/folder_open:", on_click=on_choose, args=(one,))


def draw_welcome() -> None:
    """Draw what Tandem does, in three steps, and where to begin."""
    draw_heading(_("Welcome to Tandem"))
    st.markdown(
        _("People and a model label data together: the model answers what it is sure of, people decide the rest.")
    )
    with st.grid(3, min_column_width=180, gap="small"):
        for icon, title, text in _STEPS:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"### :material/{icon}:")
                st.markdown(f"**{_(title)}**")
                st.caption(_(text))
    draw_page_link("import_", _("**Import a file to begin**"))


def draw_samples_offer(*, on_build: Callable[[], None]) -> None:
    """Draw the offer of projects to try Tandem on; ``on_build`` is a callback that asks for them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Look at sample projects"), key="build_samples", icon=":material/science:", on_click=on_build)
        st.caption(
            _("Tickets, measurements and images to try everything on. They are made in the background, in a minute."),
            width="content",
        )
