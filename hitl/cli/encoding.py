"""encode: what texts mean, read now or never."""

from typing import Annotated

import typer

from hitl.cli.app import Desk, Json, Project, note, tell
from hitl.cli.jobs import carry_out
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.encode import choose_encoder, set_encoder
from hitl.loop.jobs import JobKind
from hitl.store.connection import project_folder
from hitl.views.encoding import EncodingView, read_encoder


def encode(
    context: typer.Context,
    project: Project,
    switch: Annotated[
        bool | None, typer.Option("--on/--off", help="Whether models may learn from what texts mean; nothing is read.")
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The encoder that reads the texts from now on; it then does."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read the texts that are not read yet, so that models learn from what they mean.

    The worker does it by itself for up to 200,000 texts; more wait for this command. It tells how long it takes after
    the first texts, and goes on where it was stopped.
    """
    desk: Desk = context.obj
    if switch is not None:
        with desk.project(project) as db:
            set_encoder(db, is_on=switch, actor=LOCAL_OWNER, now=utc_now())
    if encoder is not None:
        with desk.project(project) as db:
            choose_encoder(db, name=encoder, actor=LOCAL_OWNER, now=utc_now())
    view = _read(desk, project)
    if switch is None and view.waiting_count:
        _require_on(view, project)
        note(view.sentence)
        carry_out(desk, slug=project, kind=JobKind.ENCODE, args={})
        view = _read(desk, project)
    told = {"on": view.is_on, "ready": view.is_ready, "waiting": view.waiting_count, "encoder": view.chosen.name}
    tell(told, view.sentence, as_json=as_json)


def _read(desk: Desk, project: str) -> EncodingView:
    with desk.project(project) as db:
        return read_encoder(db, project_folder(desk.data_dir, project))


def _require_on(view: EncodingView, project: str) -> None:
    if not view.is_on:
        sentence = _("It is turned off in '{project}'. Turn it on: python -m hitl encode {project} --on")
        raise BadInput(sentence.format(project=project))
