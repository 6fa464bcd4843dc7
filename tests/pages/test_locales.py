"""Pages as readers of other locales and time zones see them."""

from datetime import UTC, datetime

import pytest

from hitl.domain.language import speaking
from hitl.domain.reader import make_reader
from tests.catalogues import outside_of_messages
from tests.pages.conftest import read_texts


@pytest.fixture
def read_as(monkeypatch):
    """A function that makes every page be for a reader."""

    def read(locale, zone):
        monkeypatch.setattr("pages._reader.read_browser", lambda: make_reader(locale, zone))

    return read


def add_decisions(house, at, count):
    house.db.execute("DROP TRIGGER IF EXISTS events_class_active")
    for number in range(count):
        house.db.execute(
            "INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, request_id, at)"
            " VALUES ('label', 'reviewer', 1, 1, 1, 1, ?, ?)",
            (f"{at}-{number}", at),
        )


@pytest.mark.parametrize(
    ("locale", "zone", "day"),
    [
        ("de-DE", "Asia/Kolkata", "25.11.2025"),
        ("en-GB", "America/New_York", "24 Nov 2025"),
        ("ar", "Asia/Kolkata", "25\u200f/11\u200f/2025"),
        ("xx-YY", "Nowhere/Town", "Nov 24, 2025"),
    ],
)
def test_a_date_is_the_readers_day_in_the_readers_form(open_page, house, read_as, locale, zone, day):
    add_decisions(house, "2025-11-24T19:00:00.000000Z", 1)
    house.db.execute("DROP TRIGGER promotions_no_update")
    house.db.execute("UPDATE promotions SET at = '2025-11-24T19:00:00.000000Z'")
    read_as(locale, zone)
    assert day in read_texts(open_page("versions")) + read_texts(open_page("overview"))


def test_numbers_have_the_readers_separators(open_page, house, read_as):
    read_as("de-DE", "Europe/Berlin")
    shown = [metric.value for metric in open_page("overview").metric]
    assert any("," in value and "%" in value and "." not in value for value in shown), shown


def test_decisions_today_are_those_of_the_readers_day(open_page, house, read_as, monkeypatch):
    monkeypatch.setattr("pages._session.utc_now", lambda: datetime(2030, 5, 2, 1, 0, tzinfo=UTC))
    add_decisions(house, "2030-05-01T23:30:00.000000Z", 3)
    add_decisions(house, "2030-05-01T12:00:00.000000Z", 2)
    add_decisions(house, "2030-04-25T12:00:00.000000Z", 1)
    todays = {}
    for zone in ("UTC", "Asia/Kolkata", "America/New_York"):
        read_as("en", zone)
        todays[zone] = next(one.value for one in open_page("overview").metric if "today" in one.label)
    assert todays == {"UTC": "0", "Asia/Kolkata": "3", "America/New_York": "5"}


def test_a_page_of_the_pseudo_language_marks_the_words_of_the_catalogue(open_page, house, read_as, pseudo_language):
    read_as(pseudo_language, "UTC")
    texts = read_texts(open_page("train"))
    assert "⟦" in texts
    with speaking(pseudo_language):
        assert len(outside_of_messages(texts)) < len(texts)
