"""demo · serve: the app in a browser."""

import os
import sys
from typing import Annotated

import typer

from hitl.cli.app import Desk, note
from hitl.cli.jobs import carry_out, finish
from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.domain.records import Job
from hitl.loop.jobs import JobKind
from hitl.settings import PROJECT_ROOT, read_settings
from hitl.store.jobs import find_active_job

SAMPLES_SLUG = "samples"

Host = Annotated[str | None, typer.Option(help="Where to listen; else TANDEM_HOST, else 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Else TANDEM_PORT, else 8501.")]


def demo(
    context: typer.Context,
    host: Host = None,
    port: Port = None,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make the samples, don't serve.")] = False,
) -> None:
    """Make the sample projects and serve the app.

    Samples that are there stay as they are.
    """
    desk: Desk = context.obj
    note(f"{_build_samples(desk).note}.")
    if not build_only:
        _start_server(desk, host=host, port=port)


def serve(context: typer.Context, host: Host = None, port: Port = None) -> None:
    """Serve the app until Ctrl-C."""
    _start_server(context.obj, host=host, port=port)


def _build_samples(desk: Desk) -> Job:
    """The job that builds them; where a server's first start has asked for it already, that one."""
    with desk.tandem() as tandem:
        active = find_active_job(tandem, slug=SAMPLES_SLUG, kind=JobKind.SAMPLES)
    return finish(desk, active.id) if active else carry_out(desk, slug=SAMPLES_SLUG, kind=JobKind.SAMPLES, args={})


def _start_server(desk: Desk, *, host: str | None, port: int | None) -> None:
    """Become the server: signals then reach it directly, and its exit code is ours."""
    script = PROJECT_ROOT / "app.py"
    if not script.exists():
        raise NotFound(_("{script} is missing. Start Tandem from a checkout of its source code.").format(script=script))
    wanted = {"TANDEM_DATA": str(desk.data_dir)}
    wanted |= {"TANDEM_HOST": host} if host else {}
    wanted |= {"TANDEM_PORT": str(port)} if port else {}
    read_settings({**os.environ, **wanted})
    os.environ |= wanted
    os.execv(sys.executable, [sys.executable, str(script)])  # noqa: S606
