"""begin, add."""

import pytest


@pytest.fixture
def begun(terminal):
    terminal.done(
        "begin", "Complaints", "--text", "message", "--number", "amount", "--label", "topic", "--id", "ticket",
        "--class", "Refund: money back, please", "--class", "Other", "--guide", "Be kind.",
    )  # fmt: skip
    return terminal


def test_a_project_begins_without_a_file(begun):
    status = begun.json("status", "complaints")
    assert (status["items"], status["labels"]) == (0, {"Refund": 0, "Other": 0})


def test_an_item_is_added_and_waits(begun):
    assert begun.json("add", "complaints", "message=Where is it?", "amount=3.5", "ticket=a1")["new"] == 1
    assert begun.json("add", "complaints", "message=Twice", "amount=1", "topic=Refund")["new"] == 1
    status = begun.json("status", "complaints")
    assert (status["items"], status["waiting"], status["labels"]["Refund"]) == (2, 1, 1)


def test_the_same_request_adds_once(begun):
    for _ in range(2):
        begun.done("add", "complaints", "message=Once", "amount=1", "--request-id", "r1")
    assert begun.json("status", "complaints")["items"] == 1


def test_what_does_not_fit_is_refused_in_a_sentence_and_added_when_mended(begun):
    assert "amount" in begun.refused("add", "complaints", "message=Hello", "amount=much")
    assert "label 'Refnd'" in begun.refused("add", "complaints", "message=Hello", "amount=1", "topic=Refnd")
    assert "is no value" in begun.refused("add", "complaints", "message")
    assert begun.json("add", "complaints", "message=Hello", "amount=1")["new"] == 1
    assert begun.json("status", "complaints")["items"] == 1


def test_a_project_needs_something_to_learn_from(terminal):
    assert "No column is to be learned from" in terminal.refused("begin", "Empty", "--label", "topic")
