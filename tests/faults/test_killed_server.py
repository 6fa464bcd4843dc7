"""kill -9 of the server: what it acknowledged is there, and sending the rest again writes everything once."""

import http.client
import itertools
import json
import signal
import threading
import uuid

import pytest

from tests.faults.house import House
from tests.server import START_COMMANDS, free_port, launch, wait_until_healthy

ITEMS = 240
BROWSERS = 4
KILLED_AFTER = 40


class Decisions:
    """One decision for every item, by request id, and which of them the server acknowledged."""

    def __init__(self, items):
        self.ops = {
            str(uuid.UUID(int=item_id)): {"kind": "label", "item_id": item_id, "class_id": 1 + item_id % 2}
            for item_id in items
        }
        self.acknowledged = set()

    def send(self, port, request_ids):
        """Send them one by one until the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for request_id in request_ids:
            body = json.dumps({"ops": [{"request_id": request_id, **self.ops[request_id]}]})
            try:
                connection.request("POST", "/api/v1/review/small", body, {"content-type": "application/json"})
                answer = connection.getresponse()
                content = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError):
                return
            assert content["answers"][0]["outcome"] == "committed", content
            self.acknowledged.add(request_id)

    def send_all(self, port, request_ids):
        """The browsers that send them in turn, started."""
        parts = [list(itertools.islice(request_ids, start, None, BROWSERS)) for start in range(BROWSERS)]
        threads = [threading.Thread(target=self.send, args=(port, part)) for part in parts]
        for thread in threads:
            thread.start()
        return threads


@pytest.fixture
def desk(tmp_path):
    """A project whose items all wait."""
    house = House(tmp_path / "data", rows=ITEMS, labelled=0)
    yield house
    house.close()


@pytest.fixture
def start(desk, tmp_path):
    """A function that starts the real server on the project; all are stopped at the end."""
    servers = []

    def start():
        log_path = tmp_path / f"server-{len(servers)}.log"
        servers.append(launch(START_COMMANDS["python"], {}, desk.folder, free_port(), tmp_path, log_path))
        wait_until_healthy(servers[-1])
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def test_every_acknowledged_decision_outlives_a_kill_and_none_is_doubled(desk, start):
    decisions = Decisions([row["item_id"] for row in desk.rows("SELECT item_id FROM item_state")])
    server = start()
    threads = decisions.send_all(server.port, list(decisions.ops))
    desk.wait_until(lambda: len(decisions.acknowledged) >= KILLED_AFTER)
    server.stop(signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert len(decisions.acknowledged) < ITEMS, "the kill came too late to prove anything"
    written = {row["request_id"] for row in desk.rows("SELECT request_id FROM events WHERE source = 'reviewer'")}
    assert decisions.acknowledged <= written
    desk.assert_sound()

    rest = [request_id for request_id in decisions.ops if request_id not in decisions.acknowledged]
    for thread in decisions.send_all(start().port, rest):
        thread.join()
    assert decisions.acknowledged == set(decisions.ops)
    rows = desk.rows("SELECT request_id, item_id, class_id FROM events WHERE source = 'reviewer'")
    assert {row["request_id"]: (row["item_id"], row["class_id"]) for row in rows} == {
        request_id: (op["item_id"], op["class_id"]) for request_id, op in decisions.ops.items()
    }
    assert len(rows) == ITEMS
    desk.assert_sound()


def test_a_job_goes_on_when_the_server_is_killed(house, tmp_path):
    server = launch(START_COMMANDS["python"], {}, house.folder, free_port(), tmp_path, tmp_path / "server.log")
    try:
        wait_until_healthy(server)
        job_id = house.submit("train")
        house.wait_until(lambda: house.job(job_id).stage == "train")
        server.stop(signal.SIGKILL)
        job = house.wait_for_end(job_id)
        assert (job.status, job.attempts) == ("done", 1), job.error
        house.assert_sound()
    finally:
        server.close()
