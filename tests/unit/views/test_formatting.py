"""Numbers, dates and times read as the reader writes them."""

from datetime import UTC, datetime

import pytest

from hitl.domain.reader import make_reader, reading
from hitl.views.formatting import ago_text, day_text, moment_text, number, percent_pattern, size_text, stamp_text
from hitl.views.measures import Rate
from hitl.views.wording import ago, count_of, interval, percent, rate_text

NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
EVENING = "2026-11-24T20:04:05.000000Z"


def said(locale, zone="UTC"):
    return reading(make_reader(locale, zone))


@pytest.mark.parametrize(
    ("locale", "whole", "decimal"),
    [
        ("en-US", "1,234,567", "1,234.57"),
        ("de-DE", "1.234.567", "1.234,57"),
        ("de-CH", "1’234’567", "1’234.57"),
        ("fr-FR", "1\u202f234\u202f567", "1\u202f234,57"),
        ("en-IN", "12,34,567", "1,234.57"),
        ("ar", "1,234,567", "1,234.57"),
        ("tlh", "1,234,567", "1,234.57"),
    ],
)
def test_a_number_has_the_separators_of_the_locale(locale, whole, decimal):
    with said(locale):
        assert (number(1234567), number(1234.567, 2)) == (whole, decimal)


@pytest.mark.parametrize(
    ("locale", "text", "least", "span"),
    [
        ("en", "91.4 %", "< 1 %", "85.0 – 94.0 %"),
        ("de-DE", "91,4\u00a0%", "< 1\u00a0%", "85,0 – 94,0\u00a0%"),
        ("tr", "%91,4", "< %1", "%85,0 – %94,0"),
    ],
)
def test_a_share_is_a_percentage_of_the_locale(locale, text, least, span):
    with said(locale):
        assert (percent(0.914, 1), percent(0.001), interval(Rate(0.9, 0.85, 0.94, 120))) == (text, least, span)


@pytest.mark.parametrize(("locale", "text"), [("en", "85 %"), ("de-DE", "85\u00a0%"), ("tr", "%85")])
def test_a_slider_writes_the_sign_where_the_locale_has_it(locale, text):
    with said(locale):
        assert percent_pattern() % 85 == text == percent(0.85)


@pytest.mark.parametrize(
    ("zone", "written", "read"),
    [
        ("Europe/Berlin", "2025-09-19T11:56:39Z", "19 Sept 2025, 13:56"),
        ("Europe/Berlin", "2025-09-19T11:56:39+05:30", "19 Sept 2025, 08:26"),
        ("Europe/Berlin", "2025-09-19 11:56", "19 Sept 2025, 11:56"),
        ("America/New_York", "2025-09-19", "19 Sept 2025"),
        ("UTC", "2025-13-19", None),
        ("UTC", "2025-09-19 broken", None),
        ("UTC", "٢٠٢٥-09-19", None),
        ("UTC", "0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_date_of_a_file_is_read_as_a_date(zone, written, read):
    with said("en-GB", zone):
        assert stamp_text(written) == read


@pytest.mark.parametrize(
    ("locale", "zone", "day", "moment"),
    [
        ("en-US", "America/New_York", "Nov 24, 2026", "Nov 24, 2026, 3:04\u202fPM"),
        ("en-GB", "Europe/London", "24 Nov 2026", "24 Nov 2026, 20:04"),
        ("de-DE", "Asia/Kolkata", "25.11.2026", "25.11.2026, 01:34"),
        ("cs", "UTC", "24.\u00a011.\u00a02026", "24.\u00a011.\u00a02026, 20:04"),
        ("ar", "UTC", "24\u200f/11\u200f/2026", "24\u200f/11\u200f/2026, 8:04\u00a0م"),
    ],
)
def test_a_moment_is_on_the_readers_clock_in_the_readers_order(locale, zone, day, moment):
    with said(locale, zone):
        assert (day_text(EVENING), moment_text(EVENING)) == (day, moment)


@pytest.mark.parametrize(
    ("locale", "minutes", "hours", "older"),
    [
        ("en", "55 min ago", "20 h ago", "Nov 1, 2026"),
        ("de-DE", "vor\u00a055\u00a0Min.", "vor\u00a020\u00a0Std.", "01.11.2026"),
        ("ar", "قبل\u00a055\u00a0دقيقة", "قبل\u00a020\u00a0ساعة", "01\u200f/11\u200f/2026"),
    ],
)
def test_how_long_ago_is_in_the_readers_words_and_older_things_have_a_date(locale, minutes, hours, older):
    with said(locale):
        texts = [ago_text(f"2026-11-{at}:00.000000Z", NOW) for at in ("24T20:05", "24T00:30", "01T10:00")]
    assert [text.strip() for text in texts] == [minutes, hours, older]


def test_the_hour_that_comes_twice_is_told_by_its_own_clock():
    with said("de-DE", "Europe/Berlin"):
        texts = [moment_text(f"2026-10-25T0{hour}:30:00.000000Z") for hour in (0, 1)]
        assert ago("2026-10-25T00:30:00.000000Z", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "vor\u00a01\u00a0Std."
    assert texts == ["25.10.2026, 02:30"] * 2


def test_sentences_take_the_readers_numbers():
    with said("de-DE"):
        assert count_of(12000, "{count} item", "{count} items") == "12.000 items"
        assert rate_text(Rate(0.9, 0.85, 0.94, 1200)).startswith(
            "90,0\u00a0% (95\u00a0% range 85,0 – 94,0\u00a0%, 1.200"
        )
        assert size_text(12_345_678) == "12,3 MB"
