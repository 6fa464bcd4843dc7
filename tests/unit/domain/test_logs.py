"""A log line holds time, level, event and ids, and nothing that people wrote, whatever is raised or logged."""

import io
import json
import logging
import sqlite3

import pytest

from hitl.domain.errors import BadInput
from hitl.domain.logs import configure_logs, ids, tell

CANARY = "canary-9f3a the customer wrote this"
LOGGER = logging.getLogger("tandem.test")


@pytest.fixture(params=["json", "text"])
def style(request):
    return request.param


@pytest.fixture
def log(style):
    """A function that gives what was logged so far."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs(style, "debug", stream=stream)
    yield stream.getvalue
    logging.setLogRecordFactory(factory)
    root.handlers[:] = before
    root.setLevel(level)


def raise_deep():
    try:
        sqlite3.connect(":memory:").execute(f"SELECT '{CANARY}")
    except sqlite3.OperationalError as error:
        raise BadInput(f"Row 3: '{CANARY}' is no class.") from error


@pytest.mark.parametrize("style", ["json"], indirect=True)
def test_an_event_is_one_json_object_a_line(log):
    tell(LOGGER, "job_ended", job=7, status="done", seconds=1.5, note=None)
    [line] = log().splitlines()
    said = json.loads(line)
    assert said.pop("time").endswith("Z")
    assert said == {
        "level": "info",
        "logger": "tandem.test",
        "event": "job_ended",
        "job": 7,
        "status": "done",
        "seconds": 1.5,
        "note": None,
    }


@pytest.mark.parametrize("style", ["text"], indirect=True)
def test_an_event_as_text_reads_at_a_glance(log):
    tell(LOGGER, "job_ended", job=7, status="done")
    assert log().split(" ", 1)[1] == "INFO tandem.test job_ended job=7 status=done\n"


def test_an_error_is_told_by_its_class_and_its_places_never_by_its_words(log):
    try:
        raise_deep()
    except BadInput as error:
        LOGGER.exception("job_broke", extra=ids(job=7, error=error))
    said = log()
    assert "canary" not in said
    assert "BadInput" in said
    assert "OperationalError" in said
    assert "test_logs.py:" in said
    assert "raise_deep" in said


def test_what_a_library_fills_into_its_sentence_is_left_out(log):
    library = logging.getLogger("some.library")
    library.warning("Can't read %s", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        library.exception("It broke")
    assert "canary" not in log()
    assert "Can't read %s" in log()
    assert "ValueError" in log()


def test_a_logger_that_brought_its_own_handler_is_put_in_line(log):
    library, own = logging.getLogger("library.with.handler"), io.StringIO()
    library.addHandler(logging.StreamHandler(own))
    library.propagate = False
    library.error("Broken: %s", CANARY)
    assert own.getvalue() == ""
    assert "library.with.handler" in log()
    assert "canary" not in log()


def test_a_value_can_neither_begin_a_line_nor_colour_a_terminal(log, style):
    tell(LOGGER, "odd", folder="a\nb\x1b[31m\u202e\0c" + "x" * 500)
    assert len(log().splitlines()) == 1
    assert len(log()) < 500
    assert not {"\x1b", "\u202e", "\0"} & set(log())
