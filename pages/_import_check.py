"""The check of an upload before its import: at once for a small file, when asked for a large one."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hitl.domain.fields import Field
from hitl.domain.import_choices import USUAL_CHOICES, ImportChoices
from hitl.domain.language import _
from hitl.ui.checked_files import checked_for_plan, checked_for_project
from hitl.ui.import_check import draw_check, draw_check_offer, draw_choices, draw_left_out
from hitl.views.file_check import CheckedFile, class_names, project_state
from pages._session import DeskContext, PageContext

CHECKED_AT_ONCE_BYTES = 3 << 20
"""About 20,000 rows; a larger file is checked when somebody asks for it."""


def draw_project_check(page: PageContext, upload: UploadedFile, how: Mapping[str, object]) -> ImportChoices:
    """Draw what the file would bring to the project; what was decided about it."""
    if not _is_wanted(upload):
        return USUAL_CHOICES
    key = upload.file_id

    def check(choices: ImportChoices) -> CheckedFile:
        state = (page.slug, *project_state(page.db))
        return checked_for_project(upload, page.db, page.actor, key, upload.name, how, choices, state)

    first = check(USUAL_CHOICES)
    with st.container(border=True):
        st.markdown(f"**{_('What the import would bring')}**")
        place = st.container()
        choices = draw_choices(first.check, class_names(page.db), key=key)
        found = first if choices == USUAL_CHOICES else check(choices)
        with place:
            draw_check(found.check)
        draw_left_out(found.check, found.rejects)
    return choices


def draw_plan_check(
    desk: DeskContext, upload: UploadedFile, how: Mapping[str, object], fields: Sequence[Field], classes: Sequence[str]
) -> None:
    """Draw what the file would bring to a new project."""
    if not _is_wanted(upload):
        return
    found = checked_for_plan(upload, desk.actor, upload.file_id, upload.name, how, tuple(fields), tuple(classes))
    with st.container(border=True):
        st.markdown(f"**{_('What the import would bring')}**")
        draw_check(found.check)
        draw_left_out(found.check, found.rejects)


def _is_wanted(upload: UploadedFile) -> bool:
    key = f"check_{upload.file_id}"
    if upload.size > CHECKED_AT_ONCE_BYTES and not st.session_state.get(key):
        draw_check_offer(upload.size, key=key)
    return upload.size <= CHECKED_AT_ONCE_BYTES or bool(st.session_state.get(key))
