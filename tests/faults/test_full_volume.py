"""A real disk that is full: each command says what to do and leaves what was there; with room it works."""

from contextlib import closing
from datetime import timedelta

import pytest
from sqlite_utils import Database
from typer.testing import CliRunner

import hitl.worker.run as life
from hitl.cli import app
from hitl.domain.clock import utc_now
from hitl.store.connection import open_tandem
from hitl.store.handles import connect
from hitl.store.jobs import list_latest_jobs
from hitl.worker.redacting import ask_for_redactions
from tests.faults.anywhere import dump, dump_beside_packing, facts
from tests.faults.house import House, text_of
from tests.faults.small_volume import mount, unmount
from tests.older_database import LABELS, make_older_desk

ROOM = (0, 4, 40, 100, 160, 240, 400, 700, 1_200, 2_000, 3_000, 4_500, 7_000)
"""Kilobytes; growing, so that every command comes further before it finds no more."""

DONE = "decisions may soon be refused"
"""What a restore adds to its result where little room is left."""


@pytest.fixture
def volume(tmp_path):
    volume = mount(tmp_path / "volume", megabytes=40)
    yield volume
    unmount(volume)


@pytest.fixture
def there(volume, monkeypatch):
    """A house on the small disk; what a command left behind is taken over at once."""
    monkeypatch.setattr(life, "LEASE_SECONDS", 0.2)
    house = House(volume.path / "data")
    yield house
    house.close()


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def refused_until_there_is_room(volume, command, *, after_refusal):
    """The command with more and more room: what it said each time it was refused; at the end it worked."""
    said = []
    for kilobytes in ROOM:
        volume.leave(kilobytes)
        result = run(*command)
        if result.exit_code == 0 or DONE in result.output:
            break
        said.append(result.output)
        after_refusal()
    else:
        volume.clear()
        result = run(*command)
    assert result.exit_code == 0 or DONE in result.output, result.output
    assert said
    return said


def is_help(text):
    return "Traceback" not in text and "ake room" in text


def assert_help(said):
    assert [text for text in said if not is_help(text)] == []


def shown(folder):
    return sorted(path.name for path in folder.glob("*"))


@pytest.mark.parametrize("how", [(), ("--thorough",)], ids=["quick", "thorough"])
def test_a_backup_onto_it(house, volume, how):
    command = ("--data", house.folder, "backup", "--to", volume.path / "copies", *how)
    said = refused_until_there_is_room(
        volume, command, after_refusal=lambda: shown(volume.path / "copies") == [] or pytest.fail("something is left")
    )
    assert_help(said)


def test_a_restore_onto_it(house, volume, tmp_path):
    assert run("--data", house.folder, "backup", "--to", tmp_path / "my.backup").exit_code == 0
    back = volume.path / "back"
    said = refused_until_there_is_room(
        volume,
        ("restore", tmp_path / "my.backup", "--data", back),
        after_refusal=lambda: back.exists() and pytest.fail("a half folder"),
    )
    assert_help(said)
    assert dump(back) == dump(house.folder)


def test_a_pack_onto_it(house, volume):
    made = volume.path / "small.tandem"
    command = ("--data", house.folder, "pack", "small", "--out", made)
    said = refused_until_there_is_room(volume, command, after_refusal=lambda: made.exists() and pytest.fail("half"))
    assert_help(said)


def test_an_unpacking_onto_it(there, volume, tmp_path):
    assert run("--data", there.folder, "pack", "small", "--out", tmp_path / "small.tandem").exit_code == 0
    command = ("--data", there.folder, "unpack", tmp_path / "small.tandem", "--as", "again")
    said = refused_until_there_is_room(
        volume, command, after_refusal=lambda: shown(there.folder / "projects") == ["small"] or pytest.fail("half")
    )
    assert_help(said)
    assert dump_beside_packing(there.folder, "again") == dump_beside_packing(there.folder)


def test_an_import_onto_it(there, volume, tmp_path):
    lines = ["id,text,label", *[f"n{n},{text_of(n)}," for n in range(3_000)]]
    (tmp_path / "more.csv").write_text("\n".join(lines) + "\n")
    before = facts(there, "events", "items", "import_ends")

    def look():
        volume.clear()
        there.assert_sound()
        assert there.count("SELECT count(*) FROM item_state") in {60, 3_060}  # whole or not at all
        assert there.rows("SELECT * FROM items LIMIT 60") == before["items"]

    said = refused_until_there_is_room(
        volume, ("--data", there.folder, "ingest", "small", tmp_path / "more.csv"), after_refusal=look
    )
    assert_help(said)
    assert there.count("SELECT count(*) FROM item_state") == 3_060
    there.assert_sound()


def test_a_training_onto_it(there, volume):
    before = facts(there, "events", "items")

    def look():
        volume.clear()
        there.assert_sound()
        assert facts(there, "events", "items") == before

    said = refused_until_there_is_room(volume, ("--data", there.folder, "train", "small"), after_refusal=look)
    assert_help(said)
    assert there.count("SELECT count(*) FROM versions") >= 1
    there.assert_sound()


def test_a_redaction_on_it(there, volume):
    """Its content goes at once; what is left in files is tried again until there is room."""
    command = ("--data", there.folder, "redact", "small", "t7", "--reason", "asked for", "--yes")

    def look():
        volume.clear()
        there.assert_sound()
        assert there.count("SELECT count(*) FROM redactions") in {0, 1}
        assert there.count("SELECT count(*) FROM redaction_ends") == 0

    said = []
    for kilobytes in ROOM:
        volume.leave(kilobytes)
        result = run(*command)
        look()
        said.append(result.output)
        if there.count("SELECT count(*) FROM redactions"):
            break
    assert_help(said)
    assert "The content is out of the project already" in said[-1]
    with closing(open_tandem(there.folder).conn) as conn:
        tandem = Database(conn)
        ask_for_redactions(there.folder, tandem, utc_now() + timedelta(minutes=1))
        job = list_latest_jobs(tandem, slug="small", count=1)[0]
    assert life.work_until_ended(there.folder, job_id=job.id)
    assert there.count("SELECT count(*) FROM redaction_ends") == 1
    there.assert_sound()


def test_an_export_onto_it(house, volume):
    made = volume.path / "labels.csv"
    command = ("--data", house.folder, "export", "small", "items", "--out", made)
    said = refused_until_there_is_room(volume, command, after_refusal=lambda: made.exists() and pytest.fail("half"))
    assert_help(said)


def test_an_upgrade_on_it(volume):
    older = make_older_desk(volume.path / "data")

    def look():
        volume.clear()
        with closing(connect(older)) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert conn.execute("SELECT count(*) FROM events WHERE source = 'reviewer'").fetchone() == (LABELS,)

    said = refused_until_there_is_room(volume, ("--data", volume.path / "data", "status", "old"), after_refusal=look)
    assert_help(said)
    upgraded = dump(volume.path / "data", "old")
    assert sum("'no doubt'" in line for line in upgraded) == LABELS
