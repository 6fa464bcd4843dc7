"""A log that was tampered with is found out, and the first broken link is named."""

import re
import shutil
import subprocess
import sys
from contextlib import closing

import pytest

from hitl.domain.people import LOCAL_OWNER
from hitl.loop.audit import examine_logs
from hitl.loop.backups import back_up, restore
from hitl.loop.packs import pack_project, unpack_project
from hitl.loop.project_life import archive_project, bring_back_project, delete_project
from hitl.loop.projects import create_project
from hitl.loop.review import decide
from hitl.store.audit import forget_comments, read_head, row_hash
from hitl.store.audit_heads import note_heads
from hitl.store.connection import fetch_value, open_project, open_tandem, write_transaction
from hitl.store.handles import connect
from tests.older_database import make_older_desk
from tests.small_project import FIELDS, START, SmallProject
from tests.test_architecture import ROOT

WHO = {"actor": LOCAL_OWNER, "now": START}


@pytest.fixture
def small(tmp_path):
    small = SmallProject(tmp_path / "data", rows=8, labelled=0)
    for item_id in range(1, 7):
        label(small, item_id, comment="no doubt" if item_id == 2 else "")
    return small


def label(small, item_id, comment=""):
    who = {"actor": small.actor, "now": small.now()}
    return decide(small.db, request_id=small.request(), item_id=item_id, class_id=1, comment=comment, **who)


def tamper(data_dir, *statements, name="projects/small/project.db"):
    """What somebody does who writes into the file, past Tandem and its guards."""
    with closing(connect(data_dir / name)) as conn:
        for (trigger,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            conn.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            conn.execute(statement)


def chain_anew(data_dir, first, name="projects/small/project.db"):
    """The hashes from a row on are computed anew, as somebody does who knows how."""
    with closing(connect(data_dir / name)) as conn:
        rows = conn.execute("SELECT * FROM audit_log WHERE id >= ? ORDER BY id", (first,)).fetchall()
        before = conn.execute("SELECT hash FROM audit_log WHERE id = ?", (first - 1,)).fetchone()[0]
        for row in rows:
            digest = row_hash((*row[:7], before))
            conn.execute("UPDATE audit_log SET hash_before = ?, hash = ? WHERE id = ?", (before, digest, row[0]))
            before = digest


def findings(data_dir, name="small", **options):
    return examine_logs(data_dir, **options)[name].findings


def note(small):
    tandem = open_tandem(small.data_dir)
    with write_transaction(tandem):
        note_heads(small.data_dir, tandem, now=small.now())
    tandem.conn.close()


def rows_of(small):
    return fetch_value(small.db, "SELECT count(*) FROM audit_log")


def test_a_log_that_nobody_touched_is_whole(small):
    note(small)
    examined = examine_logs(small.data_dir)
    assert {name: one.findings for name, one in examined.items()} == {"small": (), "tandem": ()}
    assert examined["small"].row_count == rows_of(small)
    assert examined["small"].head == read_head(small.db).text


CHANGED = "UPDATE audit_log SET actor_id = 9 WHERE id = 7"
REMOVED = "DELETE FROM audit_log WHERE id = 7"
DOWN = "UPDATE audit_log SET id = id - 1 WHERE id > 7"
UP = "UPDATE audit_log SET id = -id - 1 WHERE id > 7"
TURNED = "UPDATE audit_log SET id = -id WHERE id < 0"
COPIED = (
    "INSERT INTO audit_log SELECT 8, at, actor_id, via, act, subject, details, hash_before, hash FROM audit_log"
    " WHERE id = 7"
)
FORGED = (
    "INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, request_id, at)"
    " VALUES ('label', 'reviewer', 1, 8, 8, 1, 'forged', '2026')"
)
SWAPPED = "UPDATE audit_log SET id = CASE id WHEN 7 THEN -8 ELSE -7 END WHERE id IN (7, 8)"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([CHANGED], "Row 7 was changed."),
        ([REMOVED], "Row 7 is missing."),
        (["DELETE FROM audit_log WHERE id IN (5, 6, 7)"], "The rows from 5 to 7 are missing."),
        ([REMOVED, DOWN], "Row 7 was moved from its place: it is row 8;"),
        ([UP, TURNED, COPIED], "Row 7 was inserted"),
        ([SWAPPED, TURNED], "Row 7 was moved from its place: it is row 8;"),
        (["UPDATE audit_log SET hash = zeroblob(32) WHERE id = 7"], "Row 7 was changed."),
        (["UPDATE audit_log SET details = '{}' WHERE id = 1"], "Row 1 was changed."),
        (["DELETE FROM audit_log"], "The log is empty"),
        (["DELETE FROM audit_log WHERE id = 1"], "Row 1 is missing."),
    ],
)
def test_the_first_broken_link_is_named(small, statements, said):
    tamper(small.data_dir, *statements)
    found = findings(small.data_dir)
    assert found[0].startswith(said)
    assert "compare with a back-up" in found[0]


def test_a_row_changed_together_with_its_hash_is_found_at_the_next(small):
    tamper(small.data_dir, CHANGED)
    with closing(connect(small.folder / "project.db")) as conn:
        row = conn.execute("SELECT * FROM audit_log WHERE id = 7").fetchone()
        conn.execute("UPDATE audit_log SET hash = ? WHERE id = 7", (row_hash(row[:8]),))
    assert findings(small.data_dir)[0].startswith("Row 7 was changed, and its hash with it: row 8 does not follow it.")


def test_an_inserted_row_is_named(small):
    """The rows after it are moved on by one, and the first of them still follows the row before the inserted one."""
    tamper(small.data_dir, UP, TURNED, COPIED)
    with closing(connect(small.folder / "project.db")) as conn:
        row = conn.execute("SELECT * FROM audit_log WHERE id = 8").fetchone()
        before = conn.execute("SELECT hash FROM audit_log WHERE id = 7").fetchone()[0]
        digest = row_hash((*row[:7], before))
        conn.execute("UPDATE audit_log SET hash_before = ?, hash = ? WHERE id = 8", (before, digest))
    assert findings(small.data_dir)[0].startswith("Row 8 was inserted")


def test_an_end_that_was_cut_off_is_found_by_what_the_desk_noted(small):
    note(small)
    last = rows_of(small)
    tamper(small.data_dir, f"DELETE FROM audit_log WHERE id > {last - 2}")
    [cut, *_] = findings(small.data_dir)
    assert cut.startswith(f"Its end is cut off: the rows from {last - 1} to {last} at least are missing")
    assert "in the log of the desk at 2026-01-05T09:00" in cut


def test_an_end_that_was_cut_off_is_found_by_what_a_back_up_noted(small, tmp_path):
    path = back_up(small.data_dir, to=tmp_path / "kept.backup", **WHO).path
    tamper(small.data_dir, "DELETE FROM audit_log WHERE id > 6")
    tamper(small.data_dir, "DELETE FROM audit_log WHERE act = 'note_head'", name="tandem.db")
    assert "cut off" in findings(small.data_dir, backups=[path])[0]
    assert "in the back-up kept.backup" in findings(small.data_dir, backups=[path])[0]
    [desk] = findings(small.data_dir, "tandem", backups=[path])
    assert "cut off" in desk


def test_a_log_written_anew_from_some_row_on_is_found_by_what_was_noted(small):
    note(small)
    label(small, 7)
    tamper(small.data_dir, CHANGED)
    chain_anew(small.data_dir, 7)
    assert "was written anew from there or before" in findings(small.data_dir)[0]


def test_another_log_in_its_place_is_found_by_what_was_noted(small, tmp_path):
    note(small)
    other = SmallProject(tmp_path / "other", rows=8, labelled=0)
    other.db.conn.close()
    small.db.conn.close()
    shutil.copy(other.folder / "project.db", small.folder / "project.db")
    assert findings(small.data_dir)[0].startswith("Another log stands in its place")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET class_id = 2 WHERE item_id = 3", "is not what row"),
        ("UPDATE events SET at = '2027' WHERE item_id = 3", "is not what row"),
        ("UPDATE events SET comment = 'maybe' WHERE item_id = 2", "The comment of event"),
        ("UPDATE events SET comment = 'maybe' WHERE item_id = 3", "The comment of event"),
        ("UPDATE events SET comment = '' WHERE item_id = 2", "The comment of event"),
        ("DELETE FROM comment_seals", "is not what row"),
        ("DELETE FROM events WHERE item_id = 4", "is missing."),
        (FORGED, "1 event is in no row of the log"),
    ],
)
def test_a_decision_that_was_tampered_with_is_found(small, statement, said):
    tamper(small.data_dir, statement)
    [found] = findings(small.data_dir)
    assert said in found


def test_a_comment_that_was_redacted_is_no_finding(small):
    event_id = fetch_value(small.db, "SELECT id FROM events WHERE comment <> ''")
    with write_transaction(small.db):
        forget_comments(small.db, [event_id])
    tamper(small.data_dir, f"UPDATE events SET comment = '' WHERE id = {event_id}")
    assert findings(small.data_dir) == ()
    tamper(small.data_dir, f"UPDATE events SET comment = 'other' WHERE id = {event_id}")
    assert "The comment of event" in findings(small.data_dir)[0]


def test_many_findings_of_a_kind_are_counted(small):
    tamper(small.data_dir, "UPDATE events SET at = '2027' WHERE item_id IS NOT NULL")
    assert [text for text in findings(small.data_dir) if text.startswith("3 more like these")]


def test_the_facts_of_an_older_project_are_no_findings(tmp_path):
    make_older_desk(tmp_path)
    open_project(tmp_path, "old").conn.close()
    assert findings(tmp_path, "old") == ()
    tamper(tmp_path, "UPDATE events SET class_id = 1", name="projects/old/project.db")
    assert findings(tmp_path, "old") == ()


def test_a_project_keeps_a_valid_log_wherever_it_goes(small, tmp_path):
    note(small)
    packed = pack_project(small.data_dir, slug="small", path=tmp_path / "s.tandem", **WHO).path
    label(small, 7)
    note(small)
    small.db.conn.close()
    unpack_project(packed, data_dir=small.data_dir, slug="again", **WHO)
    unpack_project(packed, data_dir=tmp_path / "elsewhere", **WHO)
    archive_project(small.data_dir, slug="small", **WHO)
    bring_back_project(small.data_dir, slug="small", new_slug="renamed", **WHO)
    for data_dir in (small.data_dir, tmp_path / "elsewhere"):
        assert not [text for one in examine_logs(data_dir).values() for text in one.findings]
    tamper(small.data_dir, "DELETE FROM audit_log WHERE id > 9", name="projects/renamed/project.db")
    assert "cut off" in findings(small.data_dir, "renamed")[0]


def test_a_new_project_of_a_deleted_ones_name_is_no_finding(small, tmp_path):
    note(small)
    path = back_up(small.data_dir, to=tmp_path / "kept.backup", **WHO).path
    small.db.conn.close()
    delete_project(small.data_dir, slug="small", typed_name="Small", **WHO)
    create_project(small.data_dir, slug="small", name="New", fields=FIELDS, actor=LOCAL_OWNER, now=small.now())
    note(small)
    assert findings(small.data_dir, backups=[path]) == ()


def test_a_desk_that_was_restored_is_compared_with_what_was_noted_before(small, tmp_path):
    old = back_up(small.data_dir, to=tmp_path / "old.backup", actor=LOCAL_OWNER, now=small.now()).path
    label(small, 7)
    new = back_up(small.data_dir, to=tmp_path / "new.backup", actor=LOCAL_OWNER, now=small.now()).path
    target = tmp_path / "restored"
    restore(old, data_dir=target, actor=LOCAL_OWNER, now=small.now())
    examined = examine_logs(target, backups=[old, new])
    assert {name: one.findings for name, one in examined.items()} == {"small": (), "tandem": ()}


SCRIPT = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "audit.md").read_text("utf-8"), re.DOTALL)[1]


def verify_outside(small):
    small.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    command = [sys.executable, "-c", SCRIPT, str(small.folder / "project.db")]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_log_is_verified_outside_of_tandem_by_the_lines_of_the_document(small):
    done = verify_outside(small)
    assert done.stdout.split()[-1] == read_head(small.db).hash.hex()
    tamper(small.data_dir, CHANGED)
    done = verify_outside(small)
    assert (done.returncode, done.stderr.strip()) == (1, "row 7 is not what was written")
