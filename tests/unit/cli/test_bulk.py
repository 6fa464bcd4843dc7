"""bulk."""

from importlib import import_module

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.saved_views import save_view
from hitl.store.connection import open_project
from tests.small_project import SmallProject


@pytest.fixture
def desk(terminal):
    """A project "small": twelve items, four of them labelled; the model says yes to all."""
    small = SmallProject(terminal.data)
    small.answer_with({item: (1, 0.5 + item / 100) for item in range(1, 13)})
    yield terminal
    small.db.conn.close()


def labels(terminal):
    status = terminal.json("status", "small")
    return status["labels"]


def test_a_dry_run_tells_what_would_change_and_changes_nothing(desk):
    preview = desk.json("bulk", "small", "correct", "--class", "no", "--filter", "low=0.55", "--dry-run")
    assert (preview["items"], preview["becomes"]) == (8, {"no": 8})
    assert preview["present"] == {"no label yet": 8}
    assert len(preview["sample"]) == 5
    text = desk.done("bulk", "small", "correct", "--class", "no", "--all", "--dry-run").stdout
    assert "10 items would change. Nothing is changed yet." in text
    assert "2 left out: already so." in text
    assert labels(desk) == {"yes": 2, "no": 2}


def test_an_act_is_done_listed_and_undone(desk):
    done = desk.done("bulk", "small", "confirm", "--filter", "low=60%", "--reason", "all fine").stdout
    assert "3 items labelled as the model answers" in done
    assert labels(desk) == {"yes": 5, "no": 2}
    [act] = desk.json("bulk", "small")["acts"]
    assert (act["state"], act["by"]) == ("done", "Local owner")
    desk.done("bulk", "small", "--undo", act["act"])
    assert labels(desk) == {"yes": 2, "no": 2}
    assert "(undone)" in desk.done("bulk", "small").stdout
    assert "undone already" in desk.refused("bulk", "small", "--undo", act["act"])


def test_items_are_named_by_their_own_ids(desk):
    desk.done("bulk", "small", "review", "--item", "t0", "--item", "t1")
    assert desk.json("status", "small")["waiting"] == 10


def test_a_large_act_is_done_in_the_background(desk, monkeypatch):
    monkeypatch.setattr(import_module("hitl.cli.bulk"), "AT_ONCE", 3)
    monkeypatch.setattr(import_module("hitl.worker.bulk"), "_FEWEST", 2)
    act = desk.json("bulk", "small", "cannot_tell", "--all")
    assert act["state"] == "done"
    assert desk.json("status", "small")["cannot_tell"] == 12
    assert desk.json("bulk", "small", "--undo", act["act"])["state"] == "undone"
    assert desk.json("status", "small")["cannot_tell"] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("confirm",), "Say which items"),
        (("confirm", "--all", "--item", "t1"), "one of the four"),
        (("correct", "--all"), "--class"),
        (("confirm", "--class", "yes", "--all"), "--class"),
        (("confirm", "--filter", "colour=red"), "'colour=red' is no condition"),
        (("confirm", "--filter", "low=much"), "'much' is no share"),
        (("confirm", "--filter", "reviewed=maybe"), "neither yes nor no"),
        (("confirm", "--filter", "slice=region"), "slice=COLUMN:VALUE"),
        (("confirm", "--filter", "class=yess"), "Did you mean 'yes'?"),
        (("confirm", "--view", "late"), "There is no view 'late'. Views here: none yet."),
        (("confirm", "--item", "t99"), "There is no item 't99'"),
        (("--undo", "9"), "no bulk act 9"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(desk, arguments, sentence):
    assert sentence in desk.refused("bulk", "small", *arguments)


def test_a_saved_view_says_which_items(desk):
    db = open_project(desk.data, "small")
    save_view(
        db,
        name="Sure ones",
        chosen=ExploreFilter(low=0.6),
        order="novel",
        request_id="view",
        actor=LOCAL_OWNER,
        now=utc_now(),
    )
    db.conn.close()
    assert desk.json("bulk", "small", "confirm", "--view", "sure ones", "--dry-run")["items"] == 3
