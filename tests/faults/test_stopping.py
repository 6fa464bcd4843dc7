"""A server told to stop answers what it has begun and then ends; told twice, or kept waiting, it ends at once."""

import json
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing

import pytest

from hitl.store.handles import connect
from hitl.worker import worker_alive
from tests.server import START_COMMANDS, free_port, launch, wait_until_healthy
from tests.small_project import SmallProject

IN_ORDER_SECONDS = 10
AT_ONCE_SECONDS = 3


@pytest.fixture
def server(tmp_path):
    SmallProject(tmp_path / "data").db.conn.close()
    server = launch(START_COMMANDS["python"], {}, tmp_path / "data", free_port(), tmp_path, tmp_path / "server.log")
    wait_until_healthy(server)
    yield server
    server.process.kill()
    server.close()


class Decision(threading.Thread):
    """A decision sent to the server; ``outcome`` is what was answered, None when nothing was."""

    def __init__(self, server):
        super().__init__()
        self.server, self.outcome, self.request_id = server, None, str(uuid.uuid4())
        self.start()

    def run(self):
        op = {"request_id": self.request_id, "kind": "label", "item_id": 9, "class_id": 1}
        headers = {"origin": self.server.url, "content-type": "application/json"}
        url = f"{self.server.url}/api/v1/review/small"
        request = urllib.request.Request(url, json.dumps({"ops": [op]}).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=40) as answer:
                self.outcome = json.load(answer)["answers"][0]["outcome"]
        except (OSError, urllib.error.URLError):
            return

    def is_written(self):
        with closing(connect(self.server.data_dir / "projects" / "small" / "project.db")) as conn:
            sql = "SELECT count(*) FROM events WHERE request_id = ?"
            return conn.execute(sql, (self.request_id,)).fetchone() == (1,)


class Lock:
    """The project's write lock, held until ``end``."""

    def __init__(self, server):
        self.conn = connect(server.data_dir / "projects" / "small" / "project.db")
        self.conn.execute("BEGIN IMMEDIATE")

    def end(self):
        self.conn.close()


def wait_for_log(server, text):
    deadline = time.monotonic() + 20
    while text not in server.read_log():
        assert time.monotonic() < deadline, server.read_log()
        time.sleep(0.02)


def wait_until_under_way(server):
    """The gate has let a request through that now waits for the lock: nothing tells, so let it get there."""
    for _ in range(20):
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_the_end(server, number):
    lock = Lock(server)
    decision = Decision(server)
    wait_until_under_way(server)
    server.process.send_signal(number)
    wait_for_log(server, " stopping signal=")
    assert server.process.poll() is None
    lock.end()
    decision.join()
    server.process.wait(IN_ORDER_SECONDS)
    assert decision.outcome == "committed"
    assert decision.is_written()
    assert not worker_alive(server.data_dir)


def test_a_request_that_has_to_wait_too_long_is_neither_answered_nor_written(server):
    lock = Lock(server)
    decision = Decision(server)
    wait_until_under_way(server)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(IN_ORDER_SECONDS + AT_ONCE_SECONDS) == 1
    decision.join()
    lock.end()
    assert decision.outcome is None
    assert not decision.is_written()
    assert not worker_alive(server.data_dir)


def test_a_second_signal_ends_it_at_once(server):
    lock = Lock(server)
    decision = Decision(server)
    wait_until_under_way(server)
    server.process.send_signal(signal.SIGTERM)
    wait_for_log(server, " stopping signal=SIGTERM")
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(AT_ONCE_SECONDS) == 1
    decision.join()
    lock.end()
    assert not decision.is_written()
