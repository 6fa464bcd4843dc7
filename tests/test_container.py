"""Dockerfile and compose file, read as far as that goes without an engine: they fit the code."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from hitl.api.gate import HEALTH_PATH
from hitl.api.stopping import GRACE_SECONDS
from hitl.settings import read_settings
from tests.server import free_port, launch, wait_until_healthy
from tests.test_architecture import ROOT

IGNORED = ROOT / ".dockerignore"


def read_steps(text):
    """The instructions of a Dockerfile with their arguments, lines joined."""
    joined = re.sub(r"\\\n\s*", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]


STEPS = read_steps((ROOT / "Dockerfile").read_text("utf-8"))
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")


def arguments(name):
    return [argument for step, argument in STEPS if step == name]


def environment():
    return dict(pair.split("=", 1) for text in arguments("ENV") for pair in shlex.split(text))


def test_the_base_image_is_pinned_to_the_python_that_is_tested():
    assert arguments("FROM") == ["python:3.11-slim"]
    assert "for Python 3.11" in (ROOT / "constraints.txt").read_text("utf-8")


def test_it_runs_as_nobody_in_particular_and_keeps_its_data_in_one_volume():
    assert arguments("USER") == ["tandem"]
    assert arguments("VOLUME") == ["/data"]
    names = [name for name, _ in STEPS]
    assert names.index("USER") < names.index("CMD")
    assert environment()["TANDEM_DATA"].startswith("/data/")


def test_every_file_it_copies_is_there_and_what_runs_it_is_not_left_out():
    for argument in arguments("COPY"):
        *sources, _ = argument.split()
        assert [source for source in sources if not (ROOT / source).exists()] == []
    kept = {name[1:] for name in IGNORED.read_text("utf-8").split() if name.startswith("!")}
    assert {"app.py", "hitl", "pages", "static", ".streamlit", "requirements.txt", "constraints.txt"} <= kept
    assert [name for name in kept if not (ROOT / name).exists() and name != "data/samples"] == []


def test_what_is_copied_is_enough_to_serve(tmp_path):
    for name in ("app.py", "hitl", "pages", "static", ".streamlit"):
        source, target = ROOT / name, tmp_path / "app" / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    command = [sys.executable, "-P", "app.py"]
    log, environ = tmp_path / "log", {"PYTHONPATH": str(tmp_path / "app"), "TANDEM_HOST": "127.0.0.1"}
    server = launch(command, environ, tmp_path / "data" / "tandem", free_port(), tmp_path / "app", log)
    try:
        wait_until_healthy(server)
        assert "ready" in server.read_log()
    finally:
        server.close()


def test_its_settings_are_ones_that_are_read():
    known = {name: value for name, value in environment().items() if name.startswith("TANDEM_")}
    settings = read_settings(known)
    assert (settings.host, settings.with_samples) == ("0.0.0.0", False)
    source = (ROOT / "hitl" / "settings.py").read_text("utf-8")
    assert [name for name in [*known, *re.findall(r"TANDEM_[A-Z]+", COMPOSE)] if name not in source] == []


def health_check():
    """The Python program of the health check."""
    (text,) = arguments("HEALTHCHECK")
    *_, program = shlex.split(text.partition("CMD ")[2])
    return program


def test_the_health_check_asks_our_health_address():
    assert HEALTH_PATH in health_check()
    assert "127.0.0.1" in health_check()
    compile(health_check(), "HEALTHCHECK", "exec")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_ends_as_the_answer_is(tmp_path, status, code):
    server = (
        "import http.server, sys\n"
        "class H(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        f"        self.send_response({status} if self.path == '{HEALTH_PATH}' else 404); self.end_headers()\n"
        "    def log_message(self, *a): pass\n"
        "s = http.server.HTTPServer(('127.0.0.1', 0), H); print(s.server_port, flush=True); s.handle_request()\n"
    )
    with subprocess.Popen([sys.executable, "-c", server], stdout=subprocess.PIPE, text=True) as process:
        port = process.stdout.readline().strip()
        done = subprocess.run(
            [sys.executable, "-c", health_check()], env={**os.environ, "TANDEM_PORT": port}, capture_output=True
        )
    assert done.returncode == code


def test_stopping_it_gives_the_server_the_time_it_takes():
    assert arguments("STOPSIGNAL") == ["SIGTERM"]
    assert int(re.search(r"stop_grace_period: (\d+)s", COMPOSE)[1]) > GRACE_SECONDS
    assert arguments("CMD") == ['["python", "app.py"]']


def test_compose_serves_this_machine_alone_without_rights_it_need_not_have():
    assert "TANDEM_HOST: 127.0.0.1" in COMPOSE
    assert "network_mode: host" in COMPOSE
    assert "ports:" not in COMPOSE
    assert "cap_drop: [ALL]" in COMPOSE
    assert "no-new-privileges:true" in COMPOSE
    assert re.search(r"volumes:\n\s+- tandem:/data\n", COMPOSE)
