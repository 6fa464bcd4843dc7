"""Starting an import from a page: the project, the file, the job."""

from collections.abc import Iterator
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from hitl.domain.errors import HitlError
from hitl.loop.projects import create_project
from hitl.loop.uploads import drop_upload, keep_upload
from hitl.ui.import_form import MORE, TARGET_KEY, NewProject
from hitl.views.jobs import read_job_of_request
from hitl.views.projects import propose_slug
from pages._jobs import making, submit
from pages._session import DeskContext, acting_desk, choose, request_id

_ROUND = "import_round"
_CHUNK_BYTES = 1 << 20


def upload_key() -> str:
    """The key of the file chooser; a new one after each import lets the file go."""
    return f"import_upload_{st.session_state.get(_ROUND, 0)}"


def start_new(upload: UploadedFile, draft: NewProject, how: dict[str, object]) -> None:
    """A callback: make the project and import the file into it."""
    with acting_desk() as person:
        desk, slug = making(person), propose_slug(draft.name)
        if not is_asked(desk, upload):
            create_project(
                desk.data_dir,
                slug=slug,
                name=draft.name,
                fields=draft.fields,
                class_names=draft.class_names,
                guide=draft.guide,
                actor=desk.actor,
                now=desk.now,
            )
        begin(desk, slug, upload, how)


def start_more(upload: UploadedFile, how: dict[str, object]) -> None:
    """A callback: import the file into the chosen project."""
    with acting_desk() as desk:
        begin(desk, desk.slug or "", upload, how)


def begin(desk: DeskContext, slug: str, upload: UploadedFile, how: dict[str, object]) -> None:
    """Keep the file and ask for its import; a double click imports it once."""
    if not is_asked(desk, upload):
        path = keep_upload(desk.data_dir, slug=slug, name=upload.name, chunks=read_chunks(upload), actor=desk.actor)
        submit_import(desk, slug, upload, {"path": str(path), "file_name": upload.name, **how})
    st.session_state[TARGET_KEY] = MORE
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    choose(slug)


def submit_import(desk: DeskContext, slug: str, upload: UploadedFile, args: dict[str, object]) -> None:
    """Ask for the import; a file that no job will read is removed."""
    try:
        submit(desk, slug, "import", args, request=f"import.{upload.file_id}")
    except HitlError:
        drop_upload(Path(str(args["path"])), actor=desk.actor)
        raise


def is_asked(desk: DeskContext, upload: UploadedFile) -> bool:
    """Whether the import of this upload was asked for already."""
    return read_job_of_request(desk.tandem, request_id(f"import.{upload.file_id}"), now=desk.now) is not None


def read_chunks(upload: UploadedFile) -> Iterator[bytes]:
    """The upload in pieces, from its beginning."""
    upload.seek(0)
    while chunk := upload.read(_CHUNK_BYTES):
        yield chunk
