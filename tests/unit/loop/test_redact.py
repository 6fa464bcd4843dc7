"""A redacted item is gone from every file, and that it was here, what was decided and who did so stay."""

import pytest

from hitl.domain.errors import BadInput, Conflict, FactGuarded, NoModel, NotFound
from hitl.domain.people import SYSTEM
from hitl.domain.rows import Row
from hitl.loop.audit import examine_logs, export_log
from hitl.loop.backups import back_up
from hitl.loop.encode import encode_items
from hitl.loop.export import ExportKind, export_table
from hitl.loop.ingest import stage_rows
from hitl.loop.packs import pack_project
from hitl.loop.predict import predict_version
from hitl.loop.promote import promote
from hitl.loop.redact import RedactionOrder, finish_redactions, plan_redaction, redact_item
from hitl.loop.review import claim, decide
from hitl.loop.train import take_snapshot, train_version
from hitl.store.audit_reads import LogFilter
from hitl.store.connection import fetch_all, fetch_value, open_tandem, write_transaction
from hitl.store.items import find_item_id
from hitl.store.rebuilding import check
from hitl.store.search import check_index, matching_item_ids
from hitl.store.versions import champion_id, read_version
from hitl.views.redaction import effects_text
from tests.marked import files_with
from tests.small_project import SmallProject
from tests.word_encoder import WordEncoder

MARK = "Zyxomarkedword"


@pytest.fixture
def desk(small):
    small.tandem = open_tandem(small.data_dir)
    yield small
    small.tandem.conn.close()


def redact(desk, external_id="m1", *, finish=True, request="r", **changed):
    order = RedactionOrder(**{"external_id": external_id, "reason": "asked for", **changed})
    made = redact_item(
        desk.db, desk.tandem, slug="small", order=order, request_id=request, actor=desk.actor, now=desk.now()
    )
    if finish:
        done = finish_redactions(desk.db, desk.tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now())
        assert done == 1
        assert check(desk.db) == check_index(desk.db) == []
    return made


def add_marked(desk, *more):
    desk.add_rows([("m1", f"{MARK} text of somebody", "yes"), *more])


def train(desk, request="t"):
    who = {"actor": desk.actor, "now": desk.now()}
    snapshot = take_snapshot(desk.db, request_id=request, **who)
    version = train_version(desk.db, desk.folder, snapshot_id=snapshot.id, seed=1, request_id=request, **who)
    predict_version(desk.db, desk.folder, version_id=version, now=desk.now())
    return version


def test_nothing_of_it_stands_in_any_file(desk):
    add_marked(desk)
    desk.add_rows([("m1", f"{MARK} in a later revision", ""), *((f"n{n}", f"more {n}", "") for n in range(30))])
    assert files_with(desk.data_dir, MARK)
    redact(desk)
    assert files_with(desk.data_dir, MARK) == []
    assert matching_item_ids(desk.db, MARK) == []
    assert find_item_id(desk.db, "m1") is None


def take_along(desk, folder):
    """A back-up, the project as one file, every export and the log."""
    folder.mkdir()
    who = {"actor": desk.actor, "now": desk.now()}
    back_up(desk.data_dir, to=folder / "all.backup", **who)
    pack_project(desk.data_dir, slug="small", path=folder / "small.tandem", **who)
    for kind in ExportKind:
        for suffix in ("csv", "jsonl"):
            export_table(desk.db, kind=kind, path=folder / f"{kind.value}.{suffix}", names={}, **who)
    export_log(desk.db, chosen=LogFilter(), path=folder / "audit.jsonl", names={}, **who)
    return folder


def test_nothing_that_is_taken_along_afterwards_holds_it(desk, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    add_marked(desk, *((f"x{n}", f"word{n % 2} text {n}", ("yes", "no")[n % 2]) for n in range(30)))
    item_id = find_item_id(desk.db, "m1")
    decide(desk.db, actor=desk.actor, request_id="d", item_id=item_id, class_id=2, comment=MARK, now=desk.now())
    train(desk)
    promote(desk.db, version_id=1, reason="first", request_id="p", actor=desk.actor, now=desk.now())
    held = set(files_with(take_along(desk, outside / "before"), MARK))
    assert {"all.backup", "small.tandem", "items.csv", "items.jsonl", "labels.csv", "decisions.jsonl"} <= held
    redact(desk, with_comments=True)
    after = take_along(desk, outside / "after")
    assert len(list(after.iterdir())) == 11
    assert files_with(after, MARK) == []
    assert files_with(after, "m1")


def test_that_it_was_here_and_what_was_decided_stays(desk):
    add_marked(desk)
    item_id = find_item_id(desk.db, "m1")
    decide(
        desk.db, actor=desk.actor, request_id="d", item_id=item_id, class_id=2, comment="my own words", now=desk.now()
    )
    redact(desk)
    row = fetch_all(desk.db, "SELECT external_id, fields, row_number FROM items WHERE id = ?", (item_id,))
    assert row == [{"external_id": "m1", "fields": "{}", "row_number": 2}]
    kept = fetch_all(
        desk.db, "SELECT class_id, comment FROM events WHERE item_id = ? AND source = 'reviewer'", (item_id,)
    )
    assert kept == [{"class_id": 2, "comment": "my own words"}]
    acts = [row["act"] for row in fetch_all(desk.db, "SELECT act FROM audit_log ORDER BY id DESC LIMIT 2")]
    assert acts == ["finish_redaction", "redact_item"]


def test_its_id_and_the_comments_about_it_go_where_that_is_asked_for(desk):
    add_marked(desk, ("n1", "another", ""))
    desk.add_rows([("zyx-77-id", "a text", "")])
    item_id = find_item_id(desk.db, "zyx-77-id")
    decide(desk.db, actor=desk.actor, request_id="d", item_id=item_id, class_id=2, comment=MARK, now=desk.now())
    redact(desk, "zyx-77-id", keeps_id=False, with_comments=True, finish=False)
    redact(desk, "m1", request="s", finish=False)
    finish_redactions(desk.db, desk.tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now())
    assert files_with(desk.data_dir, MARK, "zyx-77-id") == []
    assert examine_logs(desk.data_dir)["small"].findings == ()


def test_a_record_that_says_the_same_is_named_and_stays_unless_it_is_meant_too(desk):
    add_marked(desk, ("m2", f"{MARK} text of somebody", ""))
    plan = plan_redaction(desk.db, desk.folder, "m1", now=desk.now())
    assert plan.identical == ("m2",)
    redact(desk)
    assert len(matching_item_ids(desk.db, MARK)) == 1
    redact(desk, "m2", request="other", with_identical=True)
    assert files_with(desk.data_dir, MARK) == []


def test_rows_left_out_of_an_import_go_with_it(desk):
    add_marked(desk)
    desk.add_rows(
        [("n1", f"{MARK} text of somebody", "no such class"), ("m1", f"{MARK} again", "nor"), ("o", "fits", "")]
    )
    assert fetch_value(desk.db, "SELECT count(*) FROM import_rejects WHERE cells LIKE ?", (f"%{MARK}%",)) == 2
    assert plan_redaction(desk.db, desk.folder, "m1", now=desk.now()).reject_count == 2
    redact(desk)
    assert files_with(desk.data_dir, MARK) == []


def test_who_holds_it_loses_the_lease_and_can_decide_no_more(desk):
    add_marked(desk)
    desk.add_rows([("m1", f"{MARK} text without a label", "")])
    claimed = claim(desk.db, actor=desk.actor, count=50, now=desk.now())
    item_id = find_item_id(desk.db, "m1")
    assert item_id in {one.item_id for one in claimed}
    redact(desk)
    held = fetch_all(desk.db, "SELECT item_id FROM assignments WHERE ended_at IS NULL")
    assert item_id not in {row["item_id"] for row in held}
    with pytest.raises(NotFound):
        decide(desk.db, actor=desk.actor, request_id="late", item_id=item_id, class_id=1, now=desk.now())


def test_versions_that_learned_from_it_are_retired_and_their_answers_stand(desk):
    desk.add_rows([(f"x{n}", f"word{n % 2} text {MARK} number {n}", ("yes", "no")[n % 2]) for n in range(30)])
    version = train(desk)
    promote(desk.db, version_id=version, reason="first", request_id="p", actor=desk.actor, now=desk.now())
    path = desk.folder / "artifacts" / f"{read_version(desk.db, version).artifact_sha256}.skops"
    assert path.exists()
    plan = plan_redaction(desk.db, desk.folder, "x1", now=desk.now())
    assert (plan.version_names, plan.retires_champion) == (("Version 1",), True)
    answers = fetch_value(desk.db, "SELECT count(*) FROM predictions")
    redact(desk, "x1")
    assert not path.exists()
    assert champion_id(desk.db) == version
    assert read_version(desk.db, version).is_retired
    assert fetch_value(desk.db, "SELECT count(*) FROM predictions") == answers - 1
    desk.add_rows([("new", "a new text", "")])
    with pytest.raises(NoModel, match="retired"):
        predict_version(desk.db, desk.folder, version_id=version, now=desk.now())
    later = train(desk, "again")
    promote(desk.db, version_id=later, reason="takes over", request_id="q", actor=desk.actor, now=desk.now())
    with pytest.raises(Conflict, match="retired"):
        promote(desk.db, version_id=version, reason="back", request_id="b", actor=desk.actor, now=desk.now())


def test_versions_that_met_it_without_a_label_are_named_and_stay_with_nothing_of_it(tmp_path, monkeypatch):
    WordEncoder().use(monkeypatch)
    desk = SmallProject(tmp_path, rows=0, class_names=("late parcel", "card declined"))
    desk.tandem = open_tandem(desk.data_dir)
    said = [("late parcel", "card declined")[n % 2] for n in range(40)]
    desk.add_rows([(f"x{n}", f"{text} {n}", text if n < 16 else "") for n, text in enumerate(said)])
    desk.add_rows([("m1", f"{MARK} late parcel", "")])
    encode_items(desk.db, desk.folder, now=desk.now())
    version = train(desk)
    assert read_version(desk.db, version).parameters["unlabelled_weight"]
    desk.add_rows([("later", "another late parcel", "")])
    plans = {name: plan_redaction(desk.db, desk.folder, name, now=desk.now()) for name in ("m1", "x1", "later")}
    named = {name: (plan.version_names, plan.pool_names) for name, plan in plans.items()}
    assert named == {"m1": ((), ("Version 1",)), "x1": (("Version 1",), ()), "later": ((), ())}
    assert "Version 1 also learned from items without a label and stays" in effects_text(plans["m1"])
    assert "without a label" not in effects_text(plans["x1"]) + effects_text(plans["later"])
    redact(desk, "m1")
    assert not read_version(desk.db, version).is_retired
    assert files_with(desk.data_dir, MARK) == []
    redact(desk, "x1", request="labelled")
    assert plan_redaction(desk.db, desk.folder, "x20", now=desk.now()).pool_names == ()
    desk.tandem.conn.close()
    desk.db.conn.close()


def test_an_answer_given_that_a_redaction_ended_says_so(desk):
    desk.add_rows([("m1", f"{MARK} text without a label", "")])
    desk.answer_with(dict.fromkeys(range(1, 14), (1, 0.95)))
    redact(desk)
    ended = fetch_all(desk.db, "SELECT release_ends.reason FROM release_ends JOIN releases ON releases.id = release_id")
    assert ended == [{"reason": "redacted"}]


def test_a_version_that_never_saw_it_stays(desk):
    desk.add_rows([(f"x{n}", f"word{n % 2} text {n}", ("yes", "no")[n % 2]) for n in range(30)])
    version = train(desk)
    add_marked(desk)
    redact(desk)
    assert not read_version(desk.db, version).is_retired


def test_its_content_is_not_taken_in_again_and_nothing_of_the_row_is_kept(desk):
    add_marked(desk)
    redact(desk)
    summary = desk.add_rows([("m1", f"{MARK} once more", "yes"), ("n1", "another", "")])
    assert summary.new == 1
    assert "redacted" in fetch_value(desk.db, "SELECT message FROM import_rejects")
    assert files_with(desk.data_dir, MARK) == []


def test_what_is_staged_of_it_goes_as_well_and_is_not_published(desk):
    add_marked(desk)
    import_id = stage_rows(
        desk.db,
        rows=[Row(2, {"id": "m1", "text": f"{MARK} staged", "label": ""})],
        file_name="later.csv",
        file_sha256="0" * 64,
        request_id="later",
        actor=desk.actor,
        now=desk.now(),
    )
    assert import_id
    redact(desk)
    assert files_with(desk.data_dir, MARK) == []


def test_files_that_wait_and_older_copies_of_the_database_go(desk):
    add_marked(desk)
    (desk.folder / "uploads").mkdir(exist_ok=True)
    places = [
        desk.folder / "uploads" / "abc-file.csv",
        desk.folder / "project.db.before-m026_redaction",
        desk.data_dir / "tandem.db.before-t006_audit",
        desk.data_dir / "checks" / "abc" / "rejected-rows.csv",
    ]
    for path in places:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MARK)
    desk.clock = desk.clock.replace(year=2100)  # the files are older than the redaction
    redact(desk)
    assert files_with(desk.data_dir, MARK) == []


def test_it_waits_for_a_file_that_is_being_read(desk):
    add_marked(desk)
    with write_transaction(desk.tandem):
        desk.tandem.execute(
            "INSERT INTO jobs(slug, kind, args, request_id, actor_id, created_at)"
            " VALUES ('small', 'import', '{}', 'j', 1, 'x')"
        )
    with pytest.raises(Conflict, match="being read"):
        redact(desk)


def test_the_same_request_again_is_the_same_redaction_and_another_is_refused(desk):
    add_marked(desk)
    first = redact(desk, finish=False)
    assert redact(desk, finish=False) == first
    with pytest.raises(Conflict, match="already"):
        redact(desk, request="other")
    with pytest.raises(NotFound):
        redact(desk, "nobody", request="third")
    with pytest.raises(BadInput, match="why"):
        redact(desk, "t1", request="fourth", reason=" ")


def test_cut_off_anywhere_it_is_gone_on_with(desk, monkeypatch):
    add_marked(desk)
    redact(desk, finish=False)
    monkeypatch.setattr("hitl.loop.redact.write_anew", lambda _db: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        finish_redactions(desk.db, desk.tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now())
    monkeypatch.undo()
    assert finish_redactions(desk.db, desk.tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now()) == 1
    assert finish_redactions(desk.db, desk.tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now()) == 0
    assert files_with(desk.data_dir, MARK) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE items SET fields = '{}'",
        "UPDATE items SET fields = '{\"text\": \"another\"}' WHERE external_id = 'm1'",
        "UPDATE items SET row_number = 9, fields = '{}' WHERE external_id = 'm1'",
        "UPDATE groups SET input_hash = 1 WHERE id = 1",
        "UPDATE events SET comment = ''",
        "UPDATE evaluations SET body = '{}'",
        "DELETE FROM items",
    ],
)
def test_while_a_redaction_is_open_only_what_it_names_can_be_emptied(desk, statement):
    add_marked(desk)
    decide(
        desk.db,
        actor=desk.actor,
        request_id="d",
        item_id=find_item_id(desk.db, "t5"),
        class_id=2,
        comment="words",
        now=desk.now(),
    )
    version = desk.answer_with(dict.fromkeys(range(1, 14), (1, 0.9)))
    with write_transaction(desk.db):
        desk.db.execute(
            "INSERT INTO evaluations(version_id, source, label_count, body, at)"
            " VALUES (?, 'imported_test', 1, '{\"accuracy\": 1}', 'x')",
            (version,),
        )
    redact(desk, finish=False)
    desk.db.execute("PRAGMA foreign_keys=OFF")
    with pytest.raises(FactGuarded, match="facts"), write_transaction(desk.db):
        desk.db.execute(statement)
