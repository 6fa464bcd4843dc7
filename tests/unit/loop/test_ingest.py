"""An import is published whole or not at all; the same record twice is one item."""

import json

import pytest

from hitl.domain.errors import BadInput, Conflict
from hitl.domain.fields import Field, Role
from hitl.domain.import_choices import ChangedPolicy, ImportChoices
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Reject, Row
from hitl.loop.ingest import choose_test_groups, discard_import, publish_import, stage_rows
from hitl.loop.projects import ClassDraft, create_project, save_classes
from hitl.store.connection import fetch_all, fetch_value, open_project
from hitl.store.projects import list_classes
from hitl.store.rebuilding import check
from hitl.store.search import check_index
from hitl.store.staged_items import remove_staged
from tests.small_project import START, SmallProject


def stage(small, rows, *, request_id="file", tick=lambda last: None):
    values = [Row(n, dict(zip(("id", "text", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]
    return stage_rows(
        small.db,
        rows=values,
        file_name="more.csv",
        file_sha256="1" * 64,
        request_id=request_id,
        actor=small.actor,
        now=small.now(),
        tick=tick,
    )


def publish(small, import_id):
    return publish_import(small.db, import_id=import_id, actor=small.actor, now=small.now())


def visible(small):
    return fetch_value(small.db, "SELECT count(*) FROM item_state")


def test_staged_rows_are_unseen_until_published(small):
    import_id = stage(small, [("n1", "new", "")])
    assert visible(small) == 12
    publish(small, import_id)
    assert visible(small) == 13


def test_a_discarded_import_leaves_nothing(small):
    import_id = stage(small, [("n1", "new", "brand new class")])
    discard_import(small.db, import_id=import_id, actor=small.actor, now=small.now())
    assert visible(small) == 12
    assert fetch_value(small.db, "SELECT count(*) FROM items WHERE import_id = ?", (import_id,)) == 0
    with pytest.raises(Conflict):
        publish(small, import_id)


def test_an_interrupted_import_goes_on_where_it_stopped(small, monkeypatch):
    monkeypatch.setattr("hitl.loop.ingest.CHUNK_ROWS", 2)
    rows = [(f"n{number}", f"new {number}", "") for number in range(5)]

    def stop(_last_row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stage(small, rows, tick=stop)
    summary = publish(small, stage(small, rows))
    assert (summary.new, visible(small)) == (5, 17)


def test_publishing_twice_gives_the_same_summary(small):
    import_id = stage(small, [("n1", "new", "yes")])
    assert publish(small, import_id) == publish(small, import_id)


def test_the_same_file_again_changes_nothing(small):
    rows = [("n1", "new", "yes")]
    publish(small, stage(small, rows))
    summary = publish(small, stage(small, rows, request_id="again"))
    assert (summary.new, summary.changed, summary.unchanged, visible(small)) == (0, 0, 1, 13)


def test_a_changed_record_is_a_new_revision_and_its_label_does_not_carry_over(small):
    summary = publish(small, stage(small, [("t0", "a changed text", "")]))
    assert (summary.new, summary.changed, visible(small)) == (0, 1, 12)
    row = fetch_all(
        small.db,
        "SELECT revision, resolved_class_id FROM items JOIN item_state ON item_id = items.id WHERE external_id = 't0'",
    )
    assert row == [{"revision": 2, "resolved_class_id": None}]


def test_a_changed_record_ends_the_answer_its_earlier_revision_was_given(small):
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.95)))
    publish(small, stage(small, [("t11", "another text now", "")]))
    ended = fetch_all(small.db, "SELECT item_id, reason FROM release_ends JOIN releases ON releases.id = release_id")
    assert ended == [{"item_id": 12, "reason": "revised"}]


def test_items_with_equal_inputs_share_one_decision(small):
    summary = publish(small, stage(small, [("n1", "text number 0", "")]))
    assert summary.identical == 1
    labels = fetch_all(small.db, "SELECT DISTINCT group_id, resolved_class_id FROM item_state WHERE item_id IN (1, 13)")
    assert len(labels) == 1


def test_a_label_that_is_no_class_is_rejected_by_row_with_a_hint(small):
    summary = publish(small, stage(small, [("n1", "new", "yess"), ("n2", "good", "no")]))
    assert summary.rejected == (Reject(2, "label", "label 'yess' is not a class of this project. Did you mean 'yes'?"),)
    assert summary.new == 1


def test_an_id_that_stands_twice_in_a_file_is_rejected(small):
    summary = publish(small, stage(small, [("n1", "new", ""), ("n1", "newer", "")]))
    assert summary.new == 1
    assert summary.rejected[0].row == 3


def test_a_file_without_one_good_row_is_refused_and_says_why(small):
    import_id = stage(small, [("", "no id", "")])
    with pytest.raises(BadInput, match="Row 2: The id is empty"):
        publish(small, import_id)
    assert visible(small) == 12


def test_an_empty_file_is_refused(small):
    with pytest.raises(BadInput, match="no rows below its header"):
        publish(small, stage(small, []))


def test_a_missing_column_is_named_before_any_row_is_kept(small):
    rows = [Row(2, {"id": "n1", "label": "yes"})]
    with pytest.raises(BadInput, match="text"):
        stage_rows(
            small.db,
            rows=rows,
            file_name="wrong.csv",
            file_sha256="2" * 64,
            request_id="wrong",
            actor=small.actor,
            now=small.now(),
        )


def test_a_label_is_read_by_a_classs_present_name_before_an_old_one(small):
    drafts = [ClassDraft("yes", "sure"), ClassDraft("no", "no"), ClassDraft(None, "yes")]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    small.add_rows([("n1", "a new text", "yes"), ("n2", "another new text", "sure")])
    assert fetch_all(small.db, "SELECT imported_class_id AS id FROM items WHERE import_id = 2 ORDER BY items.id") == [
        {"id": 3},
        {"id": 1},
    ]


def test_a_fifth_of_many_labels_is_kept_for_testing(tmp_path):
    small = SmallProject(tmp_path, rows=250, labelled=240)
    kept = {row["group_id"] for row in fetch_all(small.db, "SELECT group_id FROM test_groups")}
    assert len(kept) == 48


def test_few_labels_are_all_for_training():
    assert choose_test_groups([(n, n) for n in range(199)]) == []


def test_the_test_never_takes_more_than_1500():
    assert len(choose_test_groups([(n, n * 7) for n in range(10_000)])) == 1_500


def test_labels_found_the_classes_where_the_project_has_none(tmp_path):
    fields = [Field("text", Role.TEXT), Field("label", Role.LABEL)]
    create_project(tmp_path, slug="open", name="Open", fields=fields, actor=LOCAL_OWNER, now=START)
    db = open_project(tmp_path, "open")
    labels = [("a", "Red"), ("b", "red "), ("c", "Blue")]
    rows = [Row(n, {"text": text, "label": label}) for n, (text, label) in enumerate(labels, start=2)]
    import_id = stage_rows(
        db,
        rows=rows,
        file_name="c.csv",
        file_sha256="3" * 64,
        request_id="c",
        actor=LOCAL_OWNER,
        now=START,
    )
    publish_import(db, import_id=import_id, actor=LOCAL_OWNER, now=START)
    names = [row["name"] for row in fetch_all(db, "SELECT name FROM class_revisions ORDER BY position")]
    assert names == ["Red", "Blue"]


def test_an_existing_models_answers_become_a_version(tmp_path):
    fields = [Field("text", Role.TEXT), Field("said", Role.PREDICTION), Field("sure", Role.CONFIDENCE)]
    create_project(tmp_path, slug="m", name="M", fields=fields, class_names=["yes", "no"], actor=LOCAL_OWNER, now=START)
    db = open_project(tmp_path, "m")
    rows = [Row(2, {"text": "a", "said": "yes", "sure": "0.97"}), Row(3, {"text": "b", "said": "no", "sure": "0.4"})]
    import_id = stage_rows(
        db,
        rows=rows,
        file_name="m.csv",
        file_sha256="4" * 64,
        request_id="m",
        actor=LOCAL_OWNER,
        now=START,
    )
    publish_import(db, import_id=import_id, actor=LOCAL_OWNER, now=START)
    assert fetch_all(db, "SELECT kind FROM versions") == [{"kind": "external"}]
    assert fetch_all(db, "SELECT class_id, confidence FROM predictions ORDER BY item_id") == [
        {"class_id": 1, "confidence": 0.97},
        {"class_id": 2, "confidence": 0.4},
    ]


def test_a_discard_that_was_cut_off_is_finished_before_the_next_import(small, monkeypatch):
    monkeypatch.setattr("hitl.loop.ingest.CHUNK_ROWS", 2)
    import_id = stage(small, [(f"n{number}", f"new {number}", "") for number in range(7)])
    calls = []

    def stop_at_the_second(db, import_id, *, count):
        calls.append(count)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return remove_staged(db, import_id, count=count)

    monkeypatch.setattr("hitl.loop.ingest.remove_staged", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        discard_import(small.db, import_id=import_id, actor=small.actor, now=small.now())
    assert fetch_value(small.db, "SELECT count(*) FROM items WHERE import_id = ?", (import_id,)) == 5
    monkeypatch.undo()
    summary = publish(small, stage(small, [("n1", "new 1", "")], request_id="next"))
    assert (summary.new, summary.changed) == (1, 0)
    assert fetch_value(small.db, "SELECT count(*) FROM items WHERE import_id = ?", (import_id,)) == 0
    assert (check(small.db), check_index(small.db)) == ([], [])


def test_references_are_checked_again_after_a_discard(small):
    discard_import(small.db, import_id=stage(small, [("n1", "new", "")]), actor=small.actor, now=small.now())
    assert fetch_value(small.db, "PRAGMA foreign_keys") == 1


def test_identical_items_are_counted_within_the_file_and_against_what_was_there(small):
    texts = ["same", "same", "same", "text number 0", "alone"]
    summary = publish(small, stage(small, [(f"n{number}", text, "") for number, text in enumerate(texts)]))
    assert summary.identical == 3
    assert check(small.db) == []


def test_two_imports_staged_at_once_are_published_in_any_order(small, monkeypatch):
    monkeypatch.setattr("hitl.loop.ingest.CHUNK_ROWS", 2)
    inner = []

    def stage_another(last_row):
        if last_row == 3:
            inner.append(stage(small, [("m1", "shared", "yes"), ("m2", "mine", "no"), ("m3", "x", "")], request_id="b"))

    outer = stage(small, [(f"n{n}", text, "") for n, text in enumerate(["a", "b", "shared", "c"])], tick=stage_another)
    summaries = [publish(small, import_id) for import_id in (outer, *inner)]
    assert [summary.new for summary in summaries] == [4, 3]
    assert visible(small) == 19
    labels = (
        "SELECT count(*) FROM item_state JOIN items ON id = item_id WHERE fields LIKE '%shared%' AND resolved_class_id"
    )
    assert fetch_value(small.db, labels) == 2
    assert check(small.db) == []


def test_a_label_of_a_later_import_answers_the_item_that_waited(small):
    small.add_rows([("n1", "twin", "")])
    summary = publish(small, stage(small, [("n2", "twin", "yes")]))
    assert summary.identical == 1
    assert (
        fetch_value(small.db, "SELECT count(*) FROM queue JOIN items ON items.id = item_id WHERE external_id = 'n1'")
        == 0
    )
    assert check(small.db) == []


def import_with(small, rows, **choices):
    values = [Row(n, dict(zip(("id", "text", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]
    import_id = stage_rows(
        small.db,
        rows=values,
        file_name="more.csv",
        file_sha256="1" * 64,
        request_id=small.request(),
        choices=ImportChoices(**choices),
        actor=small.actor,
        now=small.now(),
    )
    return publish(small, import_id)


def test_changed_records_are_left_out_where_the_owner_refuses_them(small):
    rows = [("t0", "another text", ""), ("t1", "text number 1", ""), ("n1", "new", "")]
    summary = import_with(small, rows, changed=ChangedPolicy.REFUSE)
    assert (summary.new, summary.changed, summary.unchanged) == (1, 0, 1)
    (reject,) = summary.rejected
    assert (reject.row, reject.cells, "changes are refused" in reject.message) == (2, ("t0", "another text", ""), True)


def test_a_label_means_the_class_that_the_owner_said(small):
    summary = import_with(small, [("n1", "a", "YESS"), ("n2", "b", "?")], labels={"yess": "yes", "?": ""})
    assert (summary.labelled, summary.unlabelled, summary.rejected) == (1, 1, ())


def test_a_label_that_the_owner_adds_becomes_a_class_when_the_import_is_published(small):
    import_with(small, [("n1", "a", "Perhaps"), ("n2", "b", "perhaps")], new_classes=("Perhaps",))
    assert [one.name for one in list_classes(small.db)] == ["yes", "no", "Perhaps"]


def test_a_class_of_a_discarded_import_is_never_seen(small):
    import_id = stage_rows(
        small.db,
        rows=[Row(2, {"id": "n1", "text": "a", "label": "Perhaps"})],
        file_name="more.csv",
        file_sha256="1" * 64,
        request_id=small.request(),
        choices=ImportChoices(new_classes=("Perhaps",)),
        actor=small.actor,
        now=small.now(),
    )
    discard_import(small.db, import_id=import_id, actor=small.actor, now=small.now())
    assert [one.name for one in list_classes(small.db)] == ["yes", "no"]


def test_the_choices_are_kept_with_the_import(small):
    summary = import_with(small, [("n1", "a", "?")], labels={"?": ""}, changed=ChangedPolicy.REFUSE)
    kept = fetch_value(small.db, "SELECT choices FROM imports WHERE id = ?", (summary.import_id,))
    assert ImportChoices.from_json(json.loads(kept)) == ImportChoices(ChangedPolicy.REFUSE, {"?": ""}, ())


def test_rows_left_out_keep_their_cells(small):
    summary = import_with(small, [("n1", "a", "yess"), ("", "b", ""), ("n2", "c", ""), ("n2", "d", "")])
    assert [one.cells for one in summary.rejected] == [("n1", "a", "yess"), ("", "b", ""), ("n2", "d", "")]


def test_new_answers_for_items_that_are_as_before_are_kept(tmp_path):
    fields = [Field("id", Role.ID), Field("text", Role.TEXT), Field("said", Role.PREDICTION)]
    create_project(tmp_path, slug="p", name="P", fields=fields, class_names=["yes", "no"], actor=LOCAL_OWNER, now=START)
    db = open_project(tmp_path, "p")
    common = {"actor": LOCAL_OWNER, "now": START}
    for request, answers in (("first", ("yes", "no")), ("second", ("no", "no"))):
        rows = [Row(n, {"id": f"a{n}", "text": f"text {n}", "said": said}) for n, said in enumerate(answers, start=2)]
        import_id = stage_rows(db, rows=rows, file_name="a.csv", file_sha256="0" * 64, request_id=request, **common)
        summary = publish_import(db, import_id=import_id, **common)
    assert (summary.new, summary.unchanged) == (0, 2)
    found = fetch_all(db, "SELECT item_id, class_id FROM predictions WHERE version_id = 2 ORDER BY item_id")
    assert found == [{"item_id": 1, "class_id": 2}, {"item_id": 2, "class_id": 2}]
    db.conn.close()
