"""What runs as long as the server runs: the worker process, started, watched and stopped; and the first start."""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import anyio

from hitl.api.stopping import is_stopping, stop_in_order
from hitl.domain.audit import Via, act_through
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.logs import ids, tell
from hitl.domain.people import SYSTEM
from hitl.loop.jobs import JobKind, submit_job
from hitl.store.connection import list_slugs, open_tandem
from hitl.store.start import prepare_databases
from hitl.views.read_ahead import list_latest_projects, read_ahead
from hitl.worker import ensure_worker, stop_worker

CHECK_SECONDS = 3.0
READ_AHEAD_SECONDS = 6.0
SAMPLES_REQUEST = "samples-of-the-first-start"
_LOGGER = logging.getLogger("tandem.server")


def keep_worker(
    data_dir: Path, *, prepare: Callable[[Path], None], announce: Callable[[], None]
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """A lifespan during which a worker process serves the data folder; a dead one is replaced within seconds.

    Parameters
    ----------
    data_dir : Path
        The data folder; it exists.
    prepare : callable
        Called with the data folder before the worker starts: ``order_samples`` or ``leave_empty``.
    announce : callable
        Called once, when everything has started.
    """

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncGenerator[None]:
        act_through(Via.PAGE)
        await anyio.to_thread.run_sync(prepare_databases, data_dir)
        await anyio.to_thread.run_sync(prepare, data_dir)
        await anyio.to_thread.run_sync(ensure_worker, data_dir)
        with stop_in_order(data_dir):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_watch_worker, data_dir)
                tasks.start_soon(_read_ahead, data_dir)
                announce()
                try:
                    yield
                finally:
                    tasks.cancel_scope.cancel()
            await anyio.to_thread.run_sync(stop_worker, data_dir)

    return lifespan


def order_samples(data_dir: Path) -> None:
    """Ask the worker for the sample projects, once in the life of a data folder, unless it has projects already.

    Writes: jobs.
    """
    if list_slugs(data_dir):
        return
    try:
        tandem = open_tandem(data_dir)
        try:
            submit_job(
                tandem,
                slug="samples",
                kind=JobKind.SAMPLES,
                args={},
                request_id=SAMPLES_REQUEST,
                actor=SYSTEM,
                now=utc_now(),
            )
        finally:
            tandem.conn.close()
    except HitlError as error:
        tell(_LOGGER, "samples_not_ordered", level=logging.WARNING, error=error)


def leave_empty(data_dir: Path) -> None:
    """A data folder as it is: no samples."""


async def _read_ahead(data_dir: Path) -> None:
    """Read the latest projects, once the first page had time to be drawn."""
    await anyio.sleep(READ_AHEAD_SECONDS)
    try:
        for slug in await anyio.to_thread.run_sync(list_latest_projects, data_dir, abandon_on_cancel=True):
            await anyio.to_thread.run_sync(read_ahead, data_dir, slug, abandon_on_cancel=True)
    except Exception:  # the server's edge: what can't be read now is explained on its own page
        _LOGGER.exception("not_read_ahead")


async def _watch_worker(data_dir: Path) -> None:
    while True:
        await anyio.sleep(CHECK_SECONDS)
        if is_stopping():
            return
        try:
            await anyio.to_thread.run_sync(ensure_worker, data_dir)
        except Exception:  # the server's edge: a failed start is logged and tried again, pages stay up
            _LOGGER.exception("worker_not_started", extra=ids(again_in_seconds=CHECK_SECONDS))
