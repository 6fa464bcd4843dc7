"""audit list · audit export · doctor --audit."""

import csv
import json

import pytest

from hitl.domain.people import LOCAL_OWNER
from hitl.loop.backups import back_up
from hitl.store.handles import connect
from tests.small_project import START, SmallProject
from tests.unit.cli.conftest import Terminal


@pytest.fixture
def desk(tmp_path):
    terminal = Terminal(tmp_path)
    SmallProject(terminal.data, rows=3, labelled=0).db.conn.close()
    terminal.done("decide", "small", "t0", "yes")
    return terminal


def harm(desk):
    conn = connect(desk.data / "projects" / "small" / "project.db")
    conn.execute("DROP TRIGGER audit_log_no_update")
    conn.execute("UPDATE audit_log SET actor_id = 9 WHERE id = 3")
    conn.close()


def test_the_newest_rows_come_first_as_sentences(desk):
    lines = desk.done("audit", "list", "small").stdout.splitlines()
    assert lines[0].endswith("Local owner decided item t0 (on the command line)")
    assert lines[-1].endswith("The log begins; what is older is not in it")
    assert desk.json("audit", "list", "small", "--what", "decisions")["older_than"] is None


def test_without_a_project_it_is_the_log_of_the_desk(desk):
    assert "made the project small" in desk.done("audit", "list").stdout
    assert "Nothing in the log fits." in desk.done("audit", "list", "--about", "item:77").stdout


def test_an_unknown_kind_of_acts_is_refused(desk):
    assert "There is no kind of acts 'weather'" in desk.refused("audit", "list", "small", "--what", "weather")


def test_all_rows_go_to_a_file_and_the_log_notes_it(desk, tmp_path):
    path = tmp_path / "log.csv"
    told = desk.json("audit", "export", "small", "--out", path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert told["rows"] == len(rows)
    assert rows[-1]["act"] == "export_audit"
    assert [row["hash_before"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


def test_the_doctor_tells_whole_logs_with_their_ends(desk):
    examined = desk.json("doctor", "--audit")
    assert examined["ok"]
    assert examined["logs"]["small"]["head"] in desk.done("doctor", "--audit").stdout


def test_the_doctor_names_the_first_broken_link(desk):
    harm(desk)
    result = desk.run("doctor", "--audit", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["logs"]["small"]["findings"][0].startswith("Row 3 was changed.")
    assert "small: Row 3 was changed." in desk.run("doctor", "--audit").stdout


def test_the_doctor_compares_with_the_newest_back_up(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("TANDEM_BACKUPS", str(tmp_path / "copies"))
    made = back_up(desk.data, to=tmp_path / "copies", actor=LOCAL_OWNER, now=START).path
    assert f"Compared with {made.name}." in desk.done("doctor", "--audit").stdout
