"""The server: one process and one port for the Streamlit app, our own HTTP routes and the gate in front of both.

``python app.py`` and ``streamlit run app.py`` start it alike.
"""

import contextlib
import logging
import os
import sys
from pathlib import Path

import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from hitl import __version__
from hitl.api.first_start import describe_start
from hitl.api.layers import build_layers
from hitl.api.lifespan import keep_worker, leave_empty, order_samples
from hitl.api.routes import place_routes
from hitl.api.slow_heads import close_slow_heads
from hitl.domain.logs import configure_logs, tell
from hitl.domain.web_path import serve_under
from hitl.settings import read_settings_or_exit

ROOT = Path(__file__).resolve().parent


def move_to(wanted: dict[str, str | int]) -> None:
    """Begin ``streamlit run`` again where TANDEM_HOST and TANDEM_PORT say, unless it already listens there.

    Streamlit binds its port before it reads this file, so the same command starts over with the address given.
    What its own command line or environment says (``--server.port``) goes first.
    """
    is_given = {key: "environment variable" in st.config.get_where_defined(key) for key in wanted}  # by flag, too
    moved = {key: str(value) for key, value in wanted.items() if st.get_option(key) != value and not is_given[key]}
    if not moved:
        return
    os.environ |= {st.config.get_config_options()[key].env_var: value for key, value in moved.items()}
    os.closerange(3, 1024)  # the port bound too early is inheritable and would stay open
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def announce() -> None:
    """Where Tandem is to be found, and on a first start how the first owner gets in."""
    tell(logging.getLogger("tandem.server"), "ready", version=__version__, port=st.get_option("server.port"))
    address, port = str(st.get_option("server.address")), int(st.get_option("server.port"))
    print(describe_start(settings, address, port), flush=True)  # noqa: T201


settings = read_settings_or_exit()
os.umask(0o077)  # what server and worker write is their own user's alone
configure_logs(settings.log_style, settings.log_level)
close_slow_heads()
serve_under(base := settings.base_path)
listen = {"server.address": settings.host, "server.port": settings.port, "server.baseUrlPath": base.strip("/")}
routes = place_routes(base)
app = st.App(
    ROOT / "pages" / "_shell.py",
    routes=[*routes, Mount(f"{base}/app/static", StaticFiles(directory=ROOT / "static"))],
    middleware=build_layers(Path(st.__file__).parent / "static" / "index.html", routes, is_secure=settings.is_secure),
    lifespan=keep_worker(
        settings.data_dir, prepare=order_samples if settings.with_samples else leave_empty, announce=announce
    ),
)

if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        app.run(config=listen)
elif sys.argv and Path(sys.argv[0]).resolve() == Path(__file__).resolve():
    move_to(listen)
