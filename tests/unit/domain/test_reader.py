"""Who reads is what thread, shell or nobody says; a reader's day is that of their calendar."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from hitl.domain import reader
from hitl.domain.reader import Reader, current_reader, day_start, find_reader_by, make_reader, reading


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    monkeypatch.setattr(reader, "_FOUND_BY", [])


@pytest.mark.parametrize(
    "tag", ["", "x", "de-DE-1996-x-a-b-c", "../../etc/passwd", "de\0DE", "de" * 60, "d€", "12", None]
)
def test_a_locale_that_cannot_be_meant_is_english(tag):
    assert make_reader(tag, None) == Reader()


@pytest.mark.parametrize("name", ["", "Nowhere/Town", "../UTC", "/etc/localtime", "America", "UTC\0", "Z" * 300, None])
def test_a_zone_that_cannot_be_meant_is_utc(name):
    assert make_reader(None, name).zone == "UTC"


def test_a_thread_that_says_nothing_asks_the_shell_each_time():
    found = []
    find_reader_by(lambda: make_reader("fr", None))
    thread = Thread(target=lambda: found.append(current_reader().language))
    with reading(make_reader("de", None)):
        thread.start()
        thread.join()
        assert current_reader().language == "de"
    assert found == ["fr"]


@pytest.mark.parametrize(
    ("zone", "moment", "start"),
    [
        ("UTC", "2026-11-24T00:00", "2026-11-24T00:00"),
        ("Asia/Kolkata", "2026-11-24T18:29", "2026-11-23T18:30"),
        ("Asia/Kolkata", "2026-11-24T18:30", "2026-11-24T18:30"),
        ("America/St_Johns", "2026-11-24T03:29", "2026-11-23T03:30"),
        ("Pacific/Kiritimati", "2026-11-24T10:00", "2026-11-24T10:00"),
    ],
)
def test_a_day_begins_at_the_readers_midnight(zone, moment, start):
    with reading(make_reader(None, zone)):
        assert day_start(at(moment)) == at(start)


def test_the_days_on_which_clocks_change_have_23_and_25_hours():
    with reading(make_reader(None, "Europe/Berlin")):
        hours = [
            (day_start(at(f"{after}T12:00")) - day_start(at(f"{after}T12:00"), days_before=1)) / timedelta(hours=1)
            for after in ("2026-03-30", "2026-10-26", "2026-07-02")
        ]
    assert hours == [23, 25, 24]


def test_a_day_whose_midnight_is_left_out_begins_when_clocks_have_changed():
    with reading(make_reader(None, "Asia/Beirut")):
        assert day_start(at("2021-03-28T12:00")) == at("2021-03-27T22:00")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
