"""A terminal: commands run through Typer on a data folder of their own, stdout and stderr apart."""

import csv
import json
import time
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from hitl.cli import app
from hitl.worker import ensure_worker, stop_worker, worker_alive
from tests.generated_texts import write_messages

PATIENCE_SECONDS = 60


class Terminal:
    """Commands in one data folder."""

    def __init__(self, folder):
        self.folder = folder
        self.data = folder / "data"

    def run(self, *arguments, color=False):
        command = ["--data", str(self.data), *map(str, arguments)]
        return CliRunner().invoke(app, command, prog_name="python -m hitl", color=color)

    def done(self, *arguments):
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result

    def json(self, *arguments):
        return json.loads(self.done(*arguments, "--json").stdout)

    def refused(self, *arguments):
        """The one sentence on stderr."""
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        last = result.stderr.splitlines()[-1]
        assert last.startswith("Error: ")
        return last.removeprefix("Error: ")

    def write(self, name, header, rows):
        path = self.folder / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path


@contextmanager
def living_worker(data_dir):
    """A worker that serves the folder, from its first heartbeat on."""
    ensure_worker(data_dir)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not worker_alive(data_dir):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield
    finally:
        stop_worker(data_dir)


@pytest.fixture
def terminal(tmp_path):
    return Terminal(tmp_path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A terminal beside a project "messages" of 160 items, 80 of them labelled, with a first version in use."""
    terminal = Terminal(tmp_path_factory.mktemp("trained"))
    rows = [(f"m{n}", text, topic if n % 2 else "") for n, (text, topic) in enumerate(write_messages(160))]
    file = terminal.write("messages.csv", ("id", "text", "label"), rows)
    terminal.done("create", "Messages", "--file", file)
    terminal.done("train", "messages")
    return terminal
