"""The check of an upload before its import: at once for a small file, in the background for a large one."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hitl.domain.fields import Field
from hitl.domain.import_choices import USUAL_CHOICES, ImportChoices
from hitl.domain.language import _
from hitl.ui.checked_files import checked_for_plan, checked_for_project
from hitl.ui.import_check import draw_check, draw_choices, draw_left_out
from hitl.views.file_check import CheckedFile, class_names, project_state
from hitl.views.kept_check import CheckOrder, KeptCheck
from pages._large_check import LargeUpload, draw_large_check
from pages._session import DeskContext, PageContext

CHECKED_AT_ONCE_BYTES = 3 << 20
"""About 20,000 rows; a larger file is checked in the background, when somebody asks for it."""


def draw_project_check(page: PageContext, upload: UploadedFile, how: Mapping[str, object]) -> ImportChoices:
    """Draw what the file would bring to the project; what was decided about it."""
    key = upload.file_id
    state = project_state(page.db)

    def check(choices: ImportChoices) -> CheckedFile | KeptCheck | None:
        if upload.size > CHECKED_AT_ONCE_BYTES:
            return draw_large_check(page, LargeUpload(upload, page.slug, state), CheckOrder(how, choices))
        return checked_for_project(upload, page.db, page.actor, key, upload.name, how, choices, (page.slug, *state))

    first = check(USUAL_CHOICES)
    if first is None:
        return USUAL_CHOICES
    with st.container(border=True):
        st.markdown(f"**{_('What the import would bring')}**")
        place = st.container()
        choices = draw_choices(first.check, class_names(page.db), key=key)
        found = (first if choices == USUAL_CHOICES else check(choices)) or first
        with place:
            draw_check(found.check)
        draw_left_out(found.check, found.rejects)
    return choices


def draw_plan_check(
    desk: DeskContext, upload: UploadedFile, how: Mapping[str, object], fields: Sequence[Field], classes: Sequence[str]
) -> None:
    """Draw what the file would bring to a new project."""
    found: CheckedFile | KeptCheck | None
    if upload.size > CHECKED_AT_ONCE_BYTES:
        order = CheckOrder(how, USUAL_CHOICES, tuple(fields), tuple(classes))
        found = draw_large_check(desk, LargeUpload(upload, ""), order)
    else:
        found = checked_for_plan(upload, desk.actor, upload.file_id, upload.name, how, tuple(fields), tuple(classes))
    if found is None:
        return
    with st.container(border=True):
        st.markdown(f"**{_('What the import would bring')}**")
        draw_check(found.check)
        draw_left_out(found.check, found.rejects)
