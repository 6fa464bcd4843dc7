"""Every verb leaves just the rows it should, in the transaction of what it does; a refused one leaves none."""

from contextlib import closing

import pytest

from hitl.domain.audit import Via, acting_through
from hitl.domain.errors import NotPermitted
from hitl.domain.people import LOCAL_OWNER, SYSTEM, Actor, MemberRole
from hitl.loop.audit import examine_logs
from hitl.loop.ingest import read_summary
from hitl.loop.projects import save_classes, set_guide
from hitl.loop.review import decide
from hitl.store.audit import event_seal, row_hash
from hitl.store.connection import open_project, write_transaction
from hitl.store.handles import connect
from hitl.store.projects import read_project
from hitl.store.routing import find_routing
from tests import verb_cases_of_people  # noqa: F401  more cases
from tests.verb_cases import (
    CASES,
    SECRET,
    SILENT,
    build_stage,
    copy_stage,
    functions_of_the_loop,
    label,
    list_verbs,
    takes_actor,
    writes,
)

pytestmark = pytest.mark.usefixtures("cheap_passwords")
NOBODY = Actor(id=77, name=f"{SECRET} name", role=MemberRole.VIEWER)
ACTOR = Actor(id=5, name=f"{SECRET} name", role=MemberRole.OWNER, is_admin=True)
OWN_ONLY = {"review.undo", "review.return_skipped", "bulk.go_on", "bulk.finish_act", "bulk.undo_act"}
OWN_ONLY |= {
    "people.change_password",
    "access_links.make_setup_link",
    "bulk.go_on_undoing",
    "bulk.finish_undoing",
    "review.release",
}
"""Verbs on what oneself did: they are done by the one who prepared."""
NO_REFUSAL = {"review.release", "people.change_password"}
VERBS = sorted(CASES)
SYSTEMS = {"route", "second_look", "note_head"}
IN_STEPS = {"route.finish_routing"}
"""What they write follows from facts and is written in steps; the row comes with the last one."""
WITHOUT_ACTOR = set(functions_of_the_loop(lambda verb: writes(verb) and not takes_actor(verb)))
"""Verbs by which somebody only shows who they are, and steps of the system."""
THEIR_OWN = {"sign_in", "sign_out", "use_link"}
"""Acts of such verbs that are done by the person; others of theirs are nobody's here."""


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "data"
    build_stage(folder)
    return folder


@pytest.fixture
def stage(built, tmp_path):
    stage = copy_stage(built, tmp_path / "data")
    yield stage
    stage.close()


def log_of(path):
    with closing(connect(path)) as conn:
        return conn.execute("SELECT * FROM audit_log ORDER BY id").fetchall()


def logs_of(stage):
    """Both logs; of a project that is gone, an empty one."""
    places = list(stage.data_dir.rglob("small/project.db"))
    return (log_of(places[0]) if places else [], log_of(stage.data_dir / "tandem.db"))


def dump(path):
    with closing(connect(path)) as conn:
        return sorted(line for line in conn.iterdump() if "_fts" not in line)  # VACUUM may order indexes anew


def dumps_of(stage):
    paths = sorted(stage.data_dir.rglob("*.db"))
    return {path.relative_to(stage.data_dir).as_posix(): dump(path) for path in paths}


def acted(stage, name, act, actor):
    """Who is named by a row: the actor, or where the verb is given none, the person themself or the system."""
    if act in SYSTEMS or (name in WITHOUT_ACTOR and act not in THEIR_OWN):
        return SYSTEM.id
    return stage.person_id if name in WITHOUT_ACTOR else actor.id


def test_every_verb_of_the_loop_is_here():
    assert list_verbs() == VERBS


def test_verbs_that_write_without_being_told_who_acts_are_found_from_the_code():
    assert {"sign_in.sign_in", "sign_in.sign_out", "access_links.use_link", "evaluate.count_changes"} <= WITHOUT_ACTOR
    assert "sign_in.refusal" not in list_verbs()


def test_a_verb_without_a_row_says_why():
    assert {name for name, one in CASES.items() if not one.project and not one.desk} == {*SILENT, "backups.restore"}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_leaves_just_its_rows(stage, name):
    act, actor = CASES[name].prepare(stage), LOCAL_OWNER if name in OWN_ONLY else ACTOR
    before = logs_of(stage)
    with acting_through(Via.API):
        act(actor)
    added = [after[len(earlier) :] for earlier, after in zip(before, logs_of(stage), strict=True)]
    assert [row[4] for row in added[0]] == list(CASES[name].project)
    assert [row[4] for row in added[1]] == list(CASES[name].desk)
    for row in [*added[0], *added[1]]:
        assert (row[2], row[3]) == (acted(stage, name, row[4], actor), "api")
        assert row[8] == row_hash(row[:8])
    assert not [text for one in examine_logs(stage.data_dir).values() for text in one.findings]


@pytest.mark.parametrize("name", sorted(set(VERBS) - set(SILENT) - IN_STEPS - {"backups.restore"}))
def test_what_can_not_be_recorded_is_not_done(stage, name):
    act, actor = CASES[name].prepare(stage), LOCAL_OWNER if name in OWN_ONLY else ACTOR
    for db in (stage.db, stage.tandem):
        db.execute("CREATE TRIGGER killed BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'killed'); END")
    before = dumps_of(stage)
    with pytest.raises(Exception, match="killed"):
        act(actor)
    after = dumps_of(stage)
    after.pop("projects/other/project.db", None)
    assert list(after) == list(before)
    assert after == before


def test_a_routing_whose_row_can_not_be_written_is_not_at_its_end(stage):
    act = CASES["route.finish_routing"].prepare(stage)
    stage.db.execute("CREATE TRIGGER killed BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'killed'); END")
    with pytest.raises(Exception, match="killed"):
        act(ACTOR)
    assert find_routing(stage.db) is not None


@pytest.mark.parametrize("name", sorted(set(VERBS) - NO_REFUSAL - WITHOUT_ACTOR))
def test_a_refused_verb_leaves_no_row(stage, name):
    act, before = CASES[name].prepare(stage), logs_of(stage)
    with pytest.raises(NotPermitted):
        act(NOBODY)
    assert logs_of(stage) == before


@pytest.mark.parametrize("name", sorted(set(VERBS) - set(SILENT)))
def test_no_row_holds_what_a_person_wrote_or_a_file_says(stage, name):
    act, actor = CASES[name].prepare(stage), LOCAL_OWNER if name in OWN_ONLY else ACTOR
    assert any(SECRET in line for lines in dumps_of(stage).values() for line in lines)
    act(actor)
    logs = {path: log_of(path) for path in stage.data_dir.parent.rglob("*.db")}
    assert not [row for rows in logs.values() for row in rows if SECRET in repr(row)]


def test_a_restored_desk_says_when_its_back_up_was_made(stage):
    made = CASES["backups.restore"].prepare(stage)(LOCAL_OWNER)
    rows = log_of(stage.data_dir.parent / "restored" / "tandem.db")
    assert rows[-1][4] == "restore"
    assert made.made_at in rows[-1][6]


def test_a_new_project_says_in_its_own_log_who_made_it(stage):
    CASES["projects.create_project"].prepare(stage)(ACTOR)
    rows = log_of(stage.data_dir / "projects" / "other" / "project.db")
    assert [row[4] for row in rows] == ["begin", "create_project", "save_classes"]


def test_an_unpacked_project_goes_on_with_its_log_and_says_where_it_came_from(stage):
    CASES["packs.unpack_project"].prepare(stage)(ACTOR)
    before, rows = log_of(stage.folder / "project.db"), log_of(stage.data_dir / "projects" / "other" / "project.db")
    assert rows[:-1] == before
    assert rows[-1][4] == "unpack_project"
    assert '"from_project":"small"' in rows[-1][6]
    assert '"chain"' in rows[-1][6]


def test_the_same_request_again_is_not_recorded_again(stage):
    said = {"item_id": 3, "class_id": 1, "request_id": "once"}
    decide(stage.db, **said, **stage.who())
    before = logs_of(stage)
    decide(stage.db, **said, **stage.who())
    assert logs_of(stage) == before


def test_the_row_of_a_decision_names_its_item_and_seals_its_event(stage):
    said = label(stage, 3)
    row = log_of(stage.folder / "project.db")[-1]
    assert row[5] == "item:3"
    [event] = stage.db.query("SELECT * FROM events WHERE id = ?", (said.event_id,))
    columns = [value for name, value in event.items() if name != "comment"]
    assert f'"seal":"{event_seal(columns, "")}"' in row[6]


def test_the_row_of_an_import_counts_what_it_brought(stage):
    import_id = CASES["ingest.add_item"].prepare(stage)(ACTOR).import_id
    assert read_summary(stage.db, import_id).new == 1
    [details] = [row[6] for row in log_of(stage.folder / "project.db")[-2:] if row[4] == "publish_import"]
    assert '"new":1' in details


def test_a_verb_that_changes_nothing_is_not_recorded(stage):
    before = logs_of(stage)
    project = read_project(stage.db)
    set_guide(stage.db, name=project.name, guide=project.guide, metric=project.metric, **stage.who())
    save_classes(stage.db, classes=[], **stage.who())
    assert logs_of(stage) == before


def test_rows_are_written_by_the_connection_of_what_they_record(stage):
    """One file, one transaction: what another reader sees is both or neither."""
    reader = open_project(stage.data_dir, "small")
    counts = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM audit_log)"
    before = reader.conn.execute(counts).fetchone()
    with write_transaction(stage.db):
        label(stage, 3)
        assert reader.conn.execute(counts).fetchone() == before
    assert reader.conn.execute(counts).fetchone() == (before[0] + 1, before[1] + 1)
    reader.conn.close()
