"""Files damaged at random: a table or one sentence, never another error; what stands before the damage is read."""

import random

import pytest

from hitl.domain.errors import HitlError
from hitl.domain.rows import Row
from tests.unit.adapters.odd.books import book
from tests.unit.adapters.odd.packs import parquet
from tests.unit.adapters.odd_files import Read, zip_of

ROWS = 40
CSV = b"id,text\n" + b"".join(b'%d,"a text, quoted %d"\n' % (n, n) for n in range(ROWS))
JSON_LINES = b"".join(b'{"id": %d, "text": {"a": "x %d"}}\n' % (n, n) for n in range(ROWS))


def _parquet():
    import pyarrow as pa  # noqa: PLC0415

    return parquet(pa.array(range(ROWS)), pa.array([f"text {n}" for n in range(ROWS)]))


SOUND = {
    "table.csv": CSV,
    "lines.jsonl": JSON_LINES,
    "list.json": b"[" + JSON_LINES.strip().replace(b"\n", b",\n") + b"]",
    "utf16.csv": CSV.decode().encode("utf-16"),
    "packed.zip": zip_of({"table.csv": CSV}),
    "file.parquet": _parquet(),
}
SLOW = {"book.xlsx": book(["id", "text"], *[[n, f"text {n}"] for n in range(ROWS)])}


def damage(data, rng):
    """A few bytes changed, taken out or put in, or the end cut off."""
    made = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(max(len(made), 1))
        act = rng.randrange(5)
        if act == 0:
            made[place : place + 1] = bytes([rng.randrange(256)])
        elif act == 1:
            del made[place : place + rng.randint(1, 30)]
        elif act == 2:
            made[place:place] = rng.choice([b"\0", b'"', b"\xff", b"\r", b",", b"{", b"\xef\xbb\xbf", b"=" * 40])
        elif act == 3:
            made = made[:place]
        else:
            made[place:place] = made[: rng.randint(1, 50)]
    return bytes(made)


def outcome(data, name):
    try:
        return Read(data, name=name)
    except HitlError:
        return None


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_a_table_or_a_sentence(name, seed):
    outcome(damage(SOUND[name], random.Random(f"{name} {seed}")), name)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_workbook_is_a_table_or_a_sentence(seed):
    outcome(damage(SLOW["book.xlsx"], random.Random(seed)), "book.xlsx")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", ["table.csv", "lines.jsonl"])
def test_rows_before_and_after_the_damaged_ones_are_all_there(name, seed):
    rng = random.Random(f"{name} {seed}")
    lines = SOUND[name].splitlines(keepends=True)
    first = 10
    noise = rng.choice([b'"', b"\xff", b"\0", b",,,", b'x"', b'"x', b"{", b"}"])
    line = lines[first]
    place = rng.randrange(1, len(line) - 1)
    lines[first] = line[:place] + noise + line[place:]
    found = outcome(b"".join(lines), name)
    intact = {str(n) for n in range(ROWS)} - {str(first if name == "lines.jsonl" else first - 1)}
    ids = [one.values["id"] for one in found.records if isinstance(one, Row)]
    assert intact <= set(ids)
    assert len(found.records) >= ROWS - 1


@pytest.mark.chaos
@pytest.mark.parametrize("name", [*SOUND, *SLOW])
@pytest.mark.parametrize("seed", range(20))
def test_many_damaged_files_are_tables_or_sentences(name, seed):
    rng = random.Random(f"long {name} {seed}")
    for _ in range(20 if name in SLOW else 500):
        outcome(damage({**SOUND, **SLOW}[name], rng), name)
