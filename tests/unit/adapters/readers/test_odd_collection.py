"""Odd files of every format: every row is read or left out by number, or one sentence refuses the file."""

import pytest

from hitl.domain.errors import BadInput, HitlError
from tests.unit.adapters.odd.books import BOOKS
from tests.unit.adapters.odd.jsons import JSONS
from tests.unit.adapters.odd.packs import PACKS, PARQUETS
from tests.unit.adapters.odd.texts import TEXTS
from tests.unit.adapters.odd_files import Read

COLLECTION = {**TEXTS, **JSONS, **BOOKS, **PACKS, **PARQUETS}
READ = {title: odd for title, odd in COLLECTION.items() if not odd.refused}
REFUSED = {title: odd for title, odd in COLLECTION.items() if odd.refused}


def read(odd):
    return Read(odd.data, name=odd.name, **odd.options)


def test_no_case_stands_twice():
    assert len(COLLECTION) == sum(map(len, (TEXTS, JSONS, BOOKS, PACKS, PARQUETS))) >= 200


@pytest.mark.parametrize("title", READ)
def test_every_row_is_read_or_left_out_by_number(title):
    odd, found = READ[title], read(READ[title])
    assert tuple(found.cells) == odd.cells
    assert tuple(one.row for one in found.rejects) == odd.rejects
    assert all(one.message.endswith((".", "?")) for one in found.rejects)
    assert not odd.columns or found.columns == odd.columns
    assert odd.note in " ".join(found.reading.notes)
    numbers = [one.number if hasattr(one, "number") else one.row for one in found.records]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("title", [title for title in READ if title not in BOOKS])
def test_reading_again_as_found_gives_the_same(title):
    found = read(READ[title])
    again = Read(READ[title].data, name=READ[title].name, **found.options.to_json())
    assert (again.columns, again.records) == (found.columns, found.records)


@pytest.mark.parametrize("title", REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence(title):
    with pytest.raises(BadInput, match=REFUSED[title].refused) as refusal:
        read(REFUSED[title])
    assert isinstance(refusal.value, HitlError)
    assert str(refusal.value).rstrip().endswith((".", "?"))
