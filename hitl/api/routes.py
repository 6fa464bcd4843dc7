"""Our own routes beside the Streamlit app: health, the door, and what the review deck calls."""

from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from hitl import __version__
from hitl.access import may
from hitl.api.door.links import routes as link_routes
from hitl.api.door.password import routes as password_routes
from hitl.api.door.sign_in import routes as sign_in_routes
from hitl.api.door.single_sign_on import routes as single_sign_on_routes
from hitl.api.gate import HEALTH_PATH
from hitl.api.image import routes as image_routes
from hitl.api.loopback import is_at_this_machine
from hitl.api.review import routes as review_routes
from hitl.api.stopping import is_stopping
from hitl.api.visitor import acting_in
from hitl.domain.errors import NotPermitted
from hitl.domain.people import Permission
from hitl.settings import read_settings
from hitl.views.health import OK, read_health
from hitl.worker import worker_alive


async def get_health(request: Request) -> JSONResponse:
    """Whether every database opens and the worker lives: 200, or 503 when not.

    Who looks after this Tandem also reads which databases there are; a probe without a session reads only ``ok``.
    """
    report = await anyio.to_thread.run_sync(_measure_health)
    shows_all = await anyio.to_thread.run_sync(_may_see_all, request.scope, report)
    shown = report if shows_all else {"ok": report["ok"]}
    return JSONResponse(shown, status_code=200 if report["ok"] else 503, headers={"cache-control": "no-store"})


def _may_see_all(scope: Scope, report: dict[str, Any]) -> bool:
    """Whoever looks after this Tandem; while the database of people is broken, whoever sits at this machine."""
    if report["databases"]["tandem"] != OK:
        return is_at_this_machine(scope)
    try:
        return may(acting_in(scope, read_settings().data_dir, None), Permission.OPERATE)
    except NotPermitted:
        return False


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


routes: list[BaseRoute] = [
    Route(HEALTH_PATH, get_health, methods=["GET"]),
    *sign_in_routes,
    *link_routes,
    *password_routes,
    *single_sign_on_routes,
    *review_routes,
    *image_routes,
]
