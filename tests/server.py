"""A real Tandem in a process of its own, for the tests and benchmarks that need one."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from hitl.worker import stop_worker

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
STOP_SECONDS = 20
START_COMMANDS = {
    "python": [sys.executable, str(ROOT / "app.py")],
    "streamlit": [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")],
}


class NotHealthy(AssertionError):
    """The server ended or did not become healthy in time; the message holds its log."""


@dataclass(frozen=True)
class Server:
    """A running Tandem."""

    url: str
    port: int
    data_dir: Path
    process: subprocess.Popen
    log_path: Path

    def stop(self, number=signal.SIGTERM):
        """Send the signal and wait for the end; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def close(self):
        """Stop it and its worker, which outlives a server that was killed."""
        self.stop()
        stop_worker(self.data_dir)

    def read_log(self):
        """All that the server has said."""
        return self.log_path.read_text("utf-8", errors="replace")


def free_port():
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def launch(command, environ, data_dir, port, cwd, log_path):
    """The server's process, not yet ready."""
    settings = {"TANDEM_DATA": str(data_dir), "TANDEM_PORT": str(port), "TANDEM_SAMPLES": "no", "PYTHONUNBUFFERED": "1"}
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **settings, **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return Server(f"http://127.0.0.1:{port}", port, Path(data_dir), process, log_path)


def wait_until_healthy(server):
    """Return when /healthz says ok; fail with the log when the server ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(server.url):
        if server.process.poll() is not None:
            raise NotHealthy(f"The server ended with {server.process.returncode}:\n{server.read_log()}")
        if time.monotonic() > deadline:
            server.stop()
            raise NotHealthy(f"The server was not healthy within {START_SECONDS} s:\n{server.read_log()}")
        time.sleep(0.05)


def is_healthy(url):
    """Whether /healthz answers 200."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False
