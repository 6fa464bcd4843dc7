"""Our own routes beside the Streamlit app: health, and what the review deck calls."""

from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from hitl import __version__
from hitl.api.gate import HEALTH_PATH, LOCAL_OWNER_KEY
from hitl.api.image import routes as image_routes
from hitl.api.review import routes as review_routes
from hitl.api.stopping import is_stopping
from hitl.settings import read_settings
from hitl.views.health import read_health
from hitl.worker import worker_alive


async def get_health(request: Request) -> JSONResponse:
    """Whether every database opens and the worker lives: 200, or 503 when not.

    The local owner also reads which databases there are; a probe under any other name reads only ``ok``.
    """
    report = await anyio.to_thread.run_sync(_measure_health)
    shown = report if request.scope.get(LOCAL_OWNER_KEY) else {"ok": report["ok"]}
    return JSONResponse(shown, status_code=200 if report["ok"] else 503, headers={"cache-control": "no-store"})


def _measure_health() -> dict[str, Any]:
    data_dir = read_settings().data_dir
    health = read_health(data_dir)
    alive = worker_alive(data_dir)
    return {
        "ok": health.ok and alive and not is_stopping(),
        "state": "stopping" if is_stopping() else "serving",
        "version": __version__,
        "databases": dict(health.databases),
        "worker": {"alive": alive},
    }


def place_routes(base: str) -> list[BaseRoute]:
    """Our routes under a base path; the health check also at the root, where the machine's own probes ask."""
    placed: list[BaseRoute] = [
        Route(f"{base}{route.path}", route.endpoint, methods=list(route.methods or ()))
        for route in routes
        if isinstance(route, Route)
    ]
    return placed if not base else [Route(HEALTH_PATH, get_health, methods=["GET"]), *placed]


routes: list[BaseRoute] = [Route(HEALTH_PATH, get_health, methods=["GET"]), *review_routes, *image_routes]
