"""demo and serve: the command becomes the server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hitl.cli import server

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_until_healthy(process, port):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    raise AssertionError("The server did not answer.")


def test_serve_answers_on_the_port_given_until_it_is_told_to_stop(terminal, port):
    (terminal.data / "projects" / "taken").mkdir(parents=True)
    command = [sys.executable, "-m", "hitl", "--data", str(terminal.data), "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        assert wait_until_healthy(process, port) == 200
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_serve_refuses_a_host_that_is_none(terminal):
    assert "TANDEM_HOST must be an address" in terminal.refused("serve", "--host", "http://x")


def test_serve_refuses_where_the_app_is_not_beside_the_package(terminal, monkeypatch, tmp_path):
    monkeypatch.setattr(server, "PROJECT_ROOT", tmp_path)
    assert "app.py is missing" in terminal.refused("serve")


def test_a_port_out_of_range_is_wrong_use(terminal):
    assert terminal.run("serve", "--port", "70000").exit_code == 2


def test_demo_builds_what_is_missing_and_keeps_what_is_there(terminal, built_samples):
    terminal.data.symlink_to(built_samples, target_is_directory=True)
    before = {path: path.stat().st_mtime_ns for path in built_samples.glob("projects/*/project.db")}
    assert "The sample projects are ready." in terminal.done("demo", "--build-only").stderr
    assert {path: path.stat().st_mtime_ns for path in built_samples.glob("projects/*/project.db")} == before
    assert {line["slug"] for line in terminal.json("status")["projects"]} == {
        "handwritten-digits",
        "support-tickets",
        "tumour-cytology",
    }
