"""kill -9 during backup, restore, pack, unpack and delete: the source is as it was, nothing half-done has its name,
and a second run works.
"""

import os
import resource
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hitl.cli import app
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.backups import back_up
from hitl.loop.jobs import request_cancel
from hitl.store.connection import list_slugs, open_tandem
from tests.faults import forked
from tests.faults.anywhere import dump_beside_packing as dump
from tests.faults.house import ROOT, opened

COMMAND = Path(__file__).with_name("dying_command.py")
WRITING = {
    "holding the database still": ("hitl.store.copies", "_reads_the_file_alone", "after", 1),
    "in the middle of the file": ("hitl.adapters.archives", "_add_database", "after", 1),
    "before it was read back": ("hitl.loop.backups", "_read_back", "before", 1),
    "unpacking it to look at it": ("hitl.adapters.archives", "_extract", "after", 1),
    "before it has its name": ("os", "link", "before", 1),
}
READING = {
    "at the first member": ("hitl.adapters.archives", "_extract", "after", 1),
    "opening the databases": ("hitl.store.copies", "_check_schema", "before", 1),
}


def run(house, *arguments, death=None):
    """A command of its own process: its exit code, or minus the signal that ended it."""
    command = [COMMAND, *death] if death else ["hitl"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = forked.run(*command, "--data", house.folder, *arguments, environ=environ, cwd=ROOT, timeout=60)
    if death:
        assert done.returncode == -signal.SIGKILL, f"it never came to {death}: {done.stdout}{done.stderr}"
    return done


def again(house, *arguments):
    result = CliRunner().invoke(app, ["--data", str(house.folder), *map(str, arguments)])
    assert result.exit_code == 0, result.output


def shown(folder):
    """What somebody sees in a folder who looks."""
    return sorted(path.name for path in folder.glob("[!.]*"))


@pytest.mark.parametrize("death", WRITING.values(), ids=WRITING)
def test_a_backup_that_is_killed_has_no_name_and_the_next_one_works(house, tmp_path, death):
    before = dump(house.folder)
    run(house, "backup", "--thorough", "--to", tmp_path / "copies", death=death)
    assert shown(tmp_path / "copies") == []
    assert dump(house.folder) == before
    again(house, "backup", "--to", tmp_path / "copies")
    [made] = (tmp_path / "copies").glob("*.backup")
    again(house, "restore", made, "--data", tmp_path / "back")
    assert dump(tmp_path / "back") == before
    house.assert_sound()


@pytest.mark.parametrize(
    "death", [*READING.values(), ("hitl.loop.backups", "_put_in_place", "before", 1)], ids=[*READING, "before its name"]
)
def test_a_restore_that_is_killed_makes_no_folder_and_the_next_one_works(house, tmp_path, death):
    again(house, "backup", "--to", tmp_path / "my.backup")
    run(house, "restore", tmp_path / "my.backup", "--data", tmp_path / "back", death=death)
    assert not (tmp_path / "back").exists()
    again(house, "restore", tmp_path / "my.backup", "--data", tmp_path / "back")
    assert dump(tmp_path / "back") == dump(house.folder)


@pytest.mark.parametrize("death", list(WRITING.values())[1::3], ids=list(WRITING)[1::3])
def test_packing_that_is_killed_leaves_no_file(house, tmp_path, death):
    before = dump(house.folder)
    path = tmp_path / "small.tandem"
    run(house, "pack", "small", "--out", path, death=death)
    assert not path.exists()
    assert dump(house.folder) == before
    again(house, "pack", "small", "--out", path)
    assert path.exists()


@pytest.mark.parametrize(
    "death", [*READING.values(), ("hitl.loop.packs", "move_project", "before", 2)], ids=[*READING, "before its name"]
)
def test_unpacking_that_is_killed_brings_no_project(house, tmp_path, death):
    again(house, "pack", "small", "--out", tmp_path / "small.tandem")
    run(house, "unpack", tmp_path / "small.tandem", "--as", "again", death=death)
    assert list_slugs(house.folder) == ["small"]
    again(house, "unpack", tmp_path / "small.tandem", "--as", "again")
    assert dump(house.folder, "again") == dump(house.folder)


DELETING = {
    "before it is taken away": (("hitl.loop.project_life", "take_away", "before", 1), True),
    "just taken away": (("hitl.loop.project_life", "take_away", "after", 1), False),
    "half removed": (("os", "unlink", "after", 1), False),
}


@pytest.mark.parametrize(("death", "is_there"), DELETING.values(), ids=DELETING)
def test_a_deletion_that_is_killed_is_whole_or_not_at_all_and_can_be_ended(house, death, is_there):
    job_id = house.submit("train")
    with pytest.raises(AssertionError):
        again(house, "delete", "small", "--confirm", "Small")
    cancel(house, job_id)
    before = dump(house.folder)
    run(house, "delete", "small", "--confirm", "Small", death=death)
    assert list_slugs(house.folder) == (["small"] if is_there else [])
    if is_there:
        assert dump(house.folder) == before
    again(house, "delete", "small", "--confirm", "Small")
    assert list((house.folder / "projects").iterdir()) == []
    assert house.job(job_id).slug.startswith("deleted:small-")


def cancel(house, job_id):
    with opened(open_tandem(house.folder)) as db:
        request_cancel(db, slug="small", job_id=job_id, actor=LOCAL_OWNER, now=utc_now())


def test_a_backup_on_a_full_disk_says_so_and_leaves_nothing(house, tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(HitlError, match=r"[Mm]ake room"):
            back_up(house.folder, to=tmp_path / "copies", actor=LOCAL_OWNER, now=utc_now())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert list((tmp_path / "copies").iterdir()) == []
    house.assert_sound()
