"""30 people at one queue: every item is decided once, no decision is lost, nobody is given what another holds."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import Actor, MemberRole
from hitl.loop.review import claim, decide, skip
from hitl.store.connection import open_project
from tests.faults.house import ROOT, House, opened
from tests.server import free_port

REVIEWERS = 30
ITEMS = 300
HELD = 3
DESK = Path(__file__).with_name("desk_of_many.py")
STARTING_SECONDS = 30

LABELS = "SELECT count(*) FROM events WHERE source = 'reviewer' AND kind = 'label' AND NOT surplus"
SHARED_LEASES = """
    SELECT count(*) FROM assignments AS one JOIN assignments AS other
        ON one.group_id = other.group_id AND one.id < other.id AND one.actor_id <> other.actor_id
    WHERE other.leased_at < coalesce(one.ended_at, '9')
    """


@pytest.fixture
def crowd(tmp_path):
    """A project with nothing answered: all of its items wait."""
    return House(tmp_path / "data", rows=ITEMS, labelled=0)


def assert_each_item_was_decided_once(house, acknowledged):
    assert len(acknowledged) == ITEMS
    assert house.count(LABELS) == ITEMS
    assert house.count("SELECT count(DISTINCT group_id) FROM events WHERE source = 'reviewer'") == ITEMS
    assert {row["request_id"] for row in house.rows("SELECT request_id FROM events WHERE source = 'reviewer'")} == set(
        acknowledged
    )
    assert house.count("SELECT count(*) FROM queue") == 0
    assert house.count(SHARED_LEASES) == 0
    house.assert_sound()


def test_thirty_reviewers_with_connections_of_their_own(crowd):
    start = threading.Barrier(REVIEWERS)

    def review(number):
        actor = Actor(id=100 + number, name=f"Reviewer {number}", role=MemberRole.REVIEWER)
        done = []
        with opened(open_project(crowd.folder, "small")) as db:
            start.wait()
            while held := claim(db, actor=actor, count=HELD, now=utc_now()):
                lease = held[0]
                answer = decide(
                    db,
                    actor=actor,
                    request_id=str(uuid.uuid4()),
                    item_id=lease.item_id,
                    class_id=1 + lease.item_id % 2,
                    assignment_id=lease.id,
                    now=utc_now(),
                )
                assert answer.outcome == "committed"
                done.append(answer.request_id)
        return done

    with ThreadPoolExecutor(REVIEWERS) as pool:
        done = list(pool.map(review, range(REVIEWERS)))
    assert_each_item_was_decided_once(crowd, [request for part in done for request in part])


def test_thirty_reviewers_over_http_who_send_everything_twice(crowd):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(DESK), str(port)],
        env={**os.environ, "TANDEM_DATA": str(crowd.folder), "PYTHONPATH": str(ROOT)},
    )
    try:
        wait_until_listening(port, process)
        with ThreadPoolExecutor(REVIEWERS) as pool:
            done = list(pool.map(lambda number: review_over_http(port, 100 + number), range(REVIEWERS)))
    finally:
        process.kill()
        process.wait()
    assert_each_item_was_decided_once(crowd, [request for part in done for request in part])


def review_over_http(port, number):
    """All that this reviewer got acknowledged as committed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    done = []
    reply = post(connection, number, {"want": HELD})
    while reply["deck"]:
        ops = [label(card) for card in reply["deck"]]
        body = {"ops": ops, "want": HELD}
        first = post(connection, number, {"ops": ops})
        reply = post(connection, number, body)  # as a deck does that has heard nothing
        assert first["answers"] == reply["answers"]
        assert {answer["outcome"] for answer in reply["answers"]} == {"committed"}
        done += [answer["request_id"] for answer in reply["answers"]]
    connection.close()
    return done


def label(card):
    return {
        "request_id": str(uuid.uuid4()),
        "kind": "label",
        "item_id": card["item_id"],
        "assignment_id": card["assignment_id"],
        "class_id": 1 + card["item_id"] % 2,
    }


def post(connection, number, body):
    headers = {"content-type": "application/json", "x-reviewer": str(number)}
    connection.request("POST", "/api/v1/review/small", json.dumps(body), headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    assert answer.status == 200, content
    return content


def wait_until_listening(port, process):
    deadline = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            probe.connect()
        except OSError:
            time.sleep(0.05)
        else:
            probe.close()
            return
    pytest.fail("The desk did not start.")


def test_what_a_reviewer_held_who_never_came_back_is_given_to_others(crowd):
    gone = Actor(id=100, name="Gone", role=MemberRole.REVIEWER)
    here = Actor(id=101, name="Here", role=MemberRole.REVIEWER)
    now = utc_now()
    with opened(open_project(crowd.folder, "small")) as db:
        lost = {lease.group_id for lease in claim(db, actor=gone, count=HELD, now=now)}
        kept_away = {lease.group_id for lease in claim(db, actor=here, count=ITEMS, now=now)}
        assert len(kept_away) == ITEMS - HELD
        for lease in claim(db, actor=here, count=ITEMS, now=now):
            skip(db, actor=here, request_id=str(uuid.uuid4()), item_id=lease.item_id, now=now)
        later = claim(db, actor=here, count=ITEMS, now=now + timedelta(days=1))
    assert {lease.group_id for lease in later} == lost
