"""Bring in items from a file: a new project, or more of the same."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.ui import import_form as form
from hitl.ui.file_reading import draw_preview, draw_styles
from hitl.ui.heading import draw_heading
from hitl.views.imports import FilePreview, check_columns, check_roles, how_to_read
from pages._by_hand import draw_by_hand
from pages._errors import shown_errors
from pages._import_check import draw_plan_check, draw_project_check
from pages._import_receipt import draw_receipt
from pages._imports import start_more, start_new, upload_key
from pages._interrupted import draw_unfinished, unfinished_jobs
from pages._jobs import follow, making
from pages._session import DeskContext, PageContext, chosen_slug, open_desk, open_page
from pages._withdraw import draw_earlier


def main() -> None:
    chosen = open_page() if chosen_slug() else None
    desk = chosen or open_desk()
    page = chosen if may(desk.actor, Permission.IMPORT) else None
    draw_heading(_("Import"))
    job = follow(page, page.slug, "import", told_elsewhere=unfinished_jobs(page)) if page else None
    if page and job and not st.session_state.get(upload_key()):
        draw_receipt(page, job)
    is_unfinished = page is not None and draw_unfinished(page)
    with st.container(border=True):
        draw_form(desk, page, is_busy=is_unfinished or bool(job and job.is_live))
    if page:
        draw_earlier(page)
    draw_by_hand(desk.actor)


def draw_form(desk: DeskContext, page: PageContext | None, *, is_busy: bool) -> None:
    target = form.draw_target(page and page.project.name, can_make=may(desk.actor, Permission.CREATE_PROJECT))
    upload = form.draw_upload(upload_key())
    preview = upload and draw_preview(upload, name=upload.name, key=upload.file_id)
    if upload is None or preview is None:
        return
    with shown_errors():
        form.draw_rows(preview)
        draw_styles(preview, key=upload.file_id)
        if page and target == form.MORE:
            draw_more(page, preview, upload, is_busy=is_busy)
        else:
            draw_new(making(desk), preview, upload)


def draw_more(page: PageContext, preview: FilePreview, upload: UploadedFile, *, is_busy: bool) -> None:
    check_columns(preview, page.project.fields)
    form.draw_fixed_roles(preview, page.project.fields)
    how = how_to_read(preview, page.project.fields)
    args = (upload, {**how, "choices": draw_project_check(page, upload, how).to_json()})
    form.draw_start(_("Import"), is_busy=is_busy, on_start=start_more, args=args)


def draw_new(desk: DeskContext, preview: FilePreview, upload: UploadedFile) -> None:
    key = f"{upload.file_id}_{hash(preview.columns)}"
    fields = form.draw_roles(preview, key=f"roles_{key}")
    draft = form.draw_project(preview, fields, file_name=upload.name, key=upload.file_id)
    check_roles(fields, class_names=draft.class_names)
    how = how_to_read(preview, fields)
    draw_plan_check(desk, upload, how, fields, draft.class_names)
    form.draw_start(_("Make the project and import"), is_busy=False, on_start=start_new, args=(upload, draft, how))


main()
