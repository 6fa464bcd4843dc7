"""A project's life on the Settings page: take it along, use its settings again, archive it, delete it."""

from collections.abc import Callable, Sequence

import streamlit as st

from hitl.domain.language import _
from hitl.views.project_life import Holdings
from hitl.views.projects import ProjectLine
from hitl.views.wording import plain

NEW_NAME_KEY = "duplicate_name"


def draw_project_life(
    slug: str,
    holdings: Holdings,
    *,
    make: Callable[[], bytes],
    on_duplicate: Callable[[], None] | None,
    on_archive: Callable[[str, str], None],
    on_delete: Callable[[str, str], None],
) -> None:
    """Draw the four, each with what it does; there is no second project for who can't make one.

    ``make`` gives the bytes of the project's file when it is asked for.


    Archiving and deleting are told the short name they were drawn for, and its name or what was typed: a second
    click must not reach the project that is shown next.
    """
    st.subheader(_("The project as a whole"), anchor=False)
    _draw_pack(slug, holdings, make)
    if on_duplicate is not None:
        _draw_duplicate(on_duplicate)
    with _line(
        _("Archive"), _("It leaves the list of projects with all it holds. Nothing is lost: bring it back any time.")
    ):
        st.button(
            _("Archive"),
            key=f"archive_{slug}",
            icon=":material/archive:",
            on_click=on_archive,
            args=(slug, holdings.name),
        )
    _draw_delete(slug, holdings, on_delete)


def draw_archived(lines: Sequence[ProjectLine], *, on_bring_back: Callable[[str], None]) -> None:
    """Draw the archived projects, each with a button that brings it back; nothing when there are none."""
    if not lines:
        return
    st.subheader(_("Archived projects"), anchor=False)
    for line in lines:
        with _line(plain(line.name), plain(line.problem or _("Short name: {slug}").format(slug=line.slug))):
            st.button(
                _("Bring back"),
                key=f"bring_back_{line.slug}",
                icon=":material/unarchive:",
                on_click=on_bring_back,
                args=(line.slug,),
            )


def _draw_pack(slug: str, holdings: Holdings, make: Callable[[], bytes]) -> None:
    text = _("Items, decisions, history and models in one file, to take it to another desk or keep it.")
    if not holdings.fits_download:
        text = _(
            "This project is too large for a browser. On the machine: `python -m hitl pack {slug} --out FILE`"
        ).format(slug=slug)
    with _line(_("Project as one file"), text):
        st.download_button(
            _("Download"),
            data=make,
            file_name=f"{slug}.tandem",
            mime="application/zip",
            key="pack",
            icon=":material/download:",
            on_click="ignore",
            disabled=not holdings.fits_download,
        )


def _draw_duplicate(on_duplicate: Callable[[], None]) -> None:
    text = _("A new, empty project with the same columns, classes, guide and rules for when the model answers.")
    with st.container(border=True):
        st.markdown(_("**Start another one like this**  \n{text}").format(text=text))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(_("Name of the new project"), key=NEW_NAME_KEY, max_chars=120)
            st.button(
                _("Make it"),
                key="duplicate",
                icon=":material/content_copy:",
                disabled=not name.strip(),
                on_click=on_duplicate,
            )


def _draw_delete(slug: str, holdings: Holdings, on_delete: Callable[[str, str], None]) -> None:
    with st.expander(_("Delete this project"), icon=":material/delete:"):
        st.warning(
            _("{text} All of it would be gone for good: download it first if in doubt.").format(
                text=plain(holdings.text)
            )
        )
        wanted = _("Type its name to delete it: {name}").format(name=plain(holdings.name))
        typed = st.text_input(wanted, key=f"delete_name_{slug}", max_chars=120)
        st.button(
            _("Delete for good"),
            key=f"delete_{slug}",
            icon=":material/delete_forever:",
            disabled=typed.strip() != holdings.name,
            on_click=on_delete,
            args=(slug, typed),
        )


def _line(title: str, text: str) -> st.delta_generator.DeltaGenerator:
    row = st.container(border=True, horizontal=True, vertical_alignment="center", gap="medium", wrap=False)
    row.markdown(f"**{title}**  \n{text}", width="stretch")
    return row
