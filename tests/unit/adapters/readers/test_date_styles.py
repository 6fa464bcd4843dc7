"""Dates with the day or the month first: the whole column decides, and what it leaves open stays as it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.adapters.readers.date_styles import DateEvidence, DateStyle, find_dates, iso_date, iso_dates
from hitl.domain.rows import Reject, Row

DAY, MONTH, PLAIN = DateStyle.DAY_FIRST, DateStyle.MONTH_FIRST, DateStyle.PLAIN


def style_of(*cells):
    evidence = DateEvidence()
    for cell in cells:
        evidence.add(cell)
    return evidence.style()


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["03/04/2024", "31/01/2024"], DAY),
        (["03/04/2024", "01/31/2024"], MONTH),
        (["03.04.2024", ""], DAY),
        (["3-4-24", "n/a", "30-4-24"], DAY),
        (["03/04/2024"], None),
        (["31/01/2024", "01/31/2024"], None),
        (["04/04/2024"], PLAIN),
        (["31/01/2024", "soon"], PLAIN),
        (["2024-01-31"], PLAIN),
        (["32/01/2024"], PLAIN),
        (["1.5", "2.5"], PLAIN),
        ([""], PLAIN),
    ],
)
def test_the_style_follows_from_all_cells(cells, style):
    assert style_of(*cells) == style


@pytest.mark.parametrize(
    ("text", "style", "iso"),
    [
        ("31.12.2024", DAY, "2024-12-31"),
        ("12/31/2024", MONTH, "2024-12-31"),
        ("1/2/69", DAY, "1969-02-01"),
        ("1/2/68", DAY, "2068-02-01"),
        ("31.12.2024 13:05", DAY, "2024-12-31T13:05:00"),
        ("12/31/2024 12:05:06.5 AM", MONTH, "2024-12-31T00:05:06.500000"),
        ("31.02.2024", DAY, "31.02.2024"),
        ("31/12/2024", MONTH, "31/12/2024"),
        ("31/12/2024 25:00", DAY, "31/12/2024 25:00"),
        ("31/12/2024 13:00 PM", DAY, "31/12/2024 13:00 PM"),
        ("03/04/2024", PLAIN, "03/04/2024"),
    ],
)
def test_a_date_is_written_as_iso_and_what_is_none_stays(text, style, iso):
    assert iso_date(text, style) == iso


def test_other_columns_and_rejects_pass_untouched():
    records = [Row(2, {"a": "31/12/2024", "b": "31/12/2024"}), Reject(3, "", "x")]
    assert list(iso_dates(records, {"a": DAY})) == [Row(2, {"a": "2024-12-31", "b": "31/12/2024"}), records[1]]


def test_no_more_of_a_file_is_read_than_may_hold_dates():
    read = []

    def records():
        for number in range(2, 100):
            read.append(number)
            yield Row(number, {"a": "words"})

    assert not find_dates(records(), ["a"])["a"].is_possible
    assert read == [2]


@given(st.dates(date(1000, 1, 1)), st.sampled_from([DAY, MONTH]))
def test_a_date_survives_both_styles(day, style):
    written = day.strftime("%d/%m/" if style is DAY else "%m/%d/") + f"{day.year:04}"
    assert iso_date(written, style) == day.isoformat()
