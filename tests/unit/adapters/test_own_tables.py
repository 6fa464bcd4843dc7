"""Tables exported from here and read again: every text comes back as it was."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hitl.adapters.readers import open_table
from hitl.adapters.tables import OWN_HEADS, Column, neutralise, restore, write_table
from hitl.domain.rows import Row

HEAD = OWN_HEADS[0]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40) | st.text(
    "'=+-@\t\r\n\",; a1.\ufeff#", max_size=12
)


def read_back(cells, columns=(*HEAD, "text")):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.csv"
        records = [[f"i{n}", *[""] * (len(HEAD) - 1), cell] for n, cell in enumerate(cells)]
        write_table(path, columns=[Column(name) for name in columns], records=records)
        with open_table(path) as table:
            rows = list(table.records)
    assert all(isinstance(row, Row) for row in rows)
    return table, [row.values[table.columns[-1]] for row in rows]


@given(st.lists(TEXTS, min_size=1, max_size=8))
@example(["'=1", "''=1", "=1", "'", "''", "-1", "'-1", "-1 ", "'- x"])
@example(["a\n\ufeffb", "\r", "\r\n", ' "x', '"', "sep=;", "# x"])
def test_every_text_comes_back_as_it_was(texts):
    assert read_back(texts)[1] == texts


@given(TEXTS)
def test_a_guard_is_taken_off_and_nothing_else(text):
    assert restore(neutralise(text)) == text
    assert neutralise(text) in {text, f"'{text}"}


def test_a_column_whose_name_is_a_formula_comes_back_and_the_reading_says_so():
    table, _ = read_back(["x"], columns=(*HEAD, "=sum"))
    assert table.columns[-1] == "=sum"
    assert "exported from Tandem" in table.reading.notes[-1]


@pytest.mark.parametrize("head", OWN_HEADS)
def test_other_files_keep_their_apostrophes(head):
    made = io.StringIO()
    csv.writer(made).writerows([["text", *head], ["'=1", *["'=2"] * len(head)], ["'=3", *["x"] * len(head)]])
    with open_table(io.BytesIO(made.getvalue().encode()), name="a.csv") as table:
        assert [row.values["text"] for row in table.records] == ["'=1", "'=3"]
