"""A known record that is imported again with another label: the newer statement of the same source stands."""

import pytest

from hitl.domain.fields import Field, Role
from hitl.domain.import_check import DecidedOtherwise, ImportCheck
from hitl.domain.import_choices import USUAL_CHOICES, ChangedPolicy, ImportChoices
from hitl.domain.rows import Row
from hitl.loop.dry_run import check_rows, ground_of
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.review import cannot_tell, decide, undo
from hitl.loop.withdraw import withdraw_import
from hitl.store.connection import fetch_value, open_project
from hitl.store.rebuilding import check
from hitl.store.snapshot_rows import snapshot_labels

YES, NO = 1, 2


@pytest.fixture
def relabelled(small):
    """``t0`` was imported as yes, and now as no."""
    summary = small.add_rows([("t0", "text number 0", "no")])
    return small, summary.import_id


def label_of(small, name):
    return fetch_value(
        small.db,
        "SELECT resolved_class_id FROM item_state JOIN items ON items.id = item_id WHERE external_id = ?",
        (name,),
    )


def who(small):
    return {"actor": small.actor, "request_id": small.request(), "now": small.now()}


def test_the_new_label_takes_the_place_of_the_earlier_one(relabelled):
    small, _ = relabelled
    assert label_of(small, "t0") == NO
    assert check(small.db) == []


def test_withdrawing_it_lets_the_earlier_label_stand_again(relabelled):
    small, import_id = relabelled
    withdraw_import(small.db, import_id=import_id, reason="wrong", **who(small))
    assert label_of(small, "t0") == YES
    assert check(small.db) == []


def test_a_snapshot_learns_the_new_label_and_an_earlier_one_the_old(relabelled):
    small, _ = relabelled
    group_id = fetch_value(small.db, "SELECT group_id FROM items WHERE external_id = 't0' LIMIT 1")
    now = fetch_value(small.db, "SELECT max(id) FROM events")
    assert snapshot_labels(small.db, now, withdrawn=[])[group_id] == NO
    assert snapshot_labels(small.db, now - 1, withdrawn=[])[group_id] == YES


def test_labels_of_different_records_with_one_content_still_have_to_agree(relabelled):
    small, _ = relabelled
    small.add_rows([("other", "text number 0", "yes")])
    assert label_of(small, "t0") is None
    small.add_rows([("other", "text number 0", "no")])
    assert label_of(small, "t0") == NO
    assert check(small.db) == []


def test_what_a_person_decided_stands(small):
    item_id = fetch_value(small.db, "SELECT id FROM items WHERE external_id = 't0'")
    decide(small.db, item_id=item_id, class_id=YES, **who(small))
    small.add_rows([("t0", "text number 0", "no")])
    assert label_of(small, "t0") == YES
    assert check(small.db) == []


def test_a_dry_run_counts_them(small):
    rows = [
        Row(2, {"id": "t0", "text": "text number 0", "label": "no"}),
        Row(3, {"id": "t1", "text": "another text", "label": "no"}),
        Row(4, {"id": "t9", "text": "text number 9", "label": "no"}),
    ]
    found = check_rows(ground_of(small.db, USUAL_CHOICES), rows, choices=USUAL_CHOICES, actor=small.actor)
    assert (found.changed.count, found.relabelled.rows) == (3, (2,))


def check_of(small, rows, choices=USUAL_CHOICES):
    values = [Row(n, dict(zip(("id", "text", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]
    return check_rows(ground_of(small.db, choices), values, choices=choices, actor=small.actor)


def item_called(small, name):
    return fetch_value(small.db, "SELECT max(id) FROM items WHERE external_id = ?", (name,))


@pytest.fixture
def decided(small):
    """Of ``t8`` a person said no, of ``t0`` (imported as yes) too."""
    for name in ("t8", "t0"):
        decide(small.db, item_id=item_called(small, name), class_id=NO, **who(small))
    return small


def test_labels_that_people_decided_otherwise_are_listed_with_their_rows(decided):
    found = check_of(
        decided,
        [
            ("t8", "text number 8", "yes"),  # 2
            ("t8b", "text number 8", "yes"),  # 3 another record of the same content
            ("t0", "text number 0", "yes"),  # 4 as it was imported before
            ("t9", "text number 9", "yes"),  # 5 nobody decided
            ("t8c", "text number 8", "no"),  # 6 the same answer
            ("t8d", "text number 8", ""),  # 7
            ("t0e", "other", "yes"),  # 8
        ],
    )
    assert (found.decided_otherwise.count, found.decided_otherwise.rows) == (3, (2, 3, 4))
    assert found.decisions[0] == DecidedOtherwise(2, "text number 8", "yes", "no")
    assert found.conflict_count == 0
    assert ImportCheck.from_json(found.to_json()) == found


def test_changed_records_that_people_decided_before_are_listed_with_their_rows(decided):
    rows = [("t8", "a changed text", ""), ("t9", "changed too", ""), ("t0", "text number 0", "no")]
    found = check_of(decided, rows)
    assert (found.changed.count, found.decided_before.rows) == (3, (2,))
    assert ImportCheck.from_json(found.to_json()) == found


def test_where_people_could_not_tell_a_label_is_listed_too(small):
    cannot_tell(small.db, item_id=item_called(small, "t8"), **who(small))
    (one,) = check_of(small, [("t8", "text number 8", "yes")]).decisions
    assert (one.label, one.decided) == ("yes", "")


def test_a_decision_that_was_undone_is_none(small):
    said = who(small)
    decide(small.db, item_id=item_called(small, "t8"), class_id=NO, **said)
    undo(small.db, target_request_id=said["request_id"], **who(small))
    assert check_of(small, [("t8", "text number 8", "yes")]).decided_otherwise.count == 0


def test_rows_left_out_contradict_nobody(decided):
    refusing = ImportChoices(changed=ChangedPolicy.REFUSE)
    assert check_of(decided, [("t8", "text number 8", "yes")], refusing).decided_otherwise.count == 0


def test_the_import_leaves_the_decisions_as_the_check_said(decided):
    decided.add_rows([("t8", "text number 8", "yes"), ("t8b", "text number 8", "yes")])
    assert (label_of(decided, "t8b"), check(decided.db)) == (NO, [])


NUMBERS = (Field("id", Role.ID), Field("size", Role.NUMBER), Field("label", Role.LABEL))


@pytest.fixture
def table(small):
    """A project of numbers, where each record is a group of its own; of ``a`` a person said no."""
    plan = {"slug": "table", "name": "Table", "fields": NUMBERS, "class_names": ("yes", "no")}
    create_project(small.data_dir, **plan, actor=small.actor, now=small.now())
    small.db = open_project(small.data_dir, "table")
    import_sizes(small, [("a", "1.5", ""), ("b", "1.5", "yes")])
    decide(small.db, item_id=item_called(small, "a"), class_id=NO, **who(small))
    yield small
    small.db.conn.close()


def import_sizes(small, rows):
    named = {"file_name": "s.csv", "file_sha256": "1" * 64, "request_id": small.request()}
    import_id = stage_rows(small.db, rows=sizes(rows), **named, actor=small.actor, now=small.now())
    publish_import(small.db, import_id=import_id, actor=small.actor, now=small.now())


def sizes(rows):
    return [Row(n, dict(zip(("id", "size", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]


def test_in_a_table_of_numbers_too_a_new_label_never_takes_the_place_of_a_decision(table):
    rows = [("a", "1.5", "yes"), ("b", "1.5", "no")]
    found = check_rows(ground_of(table.db, USUAL_CHOICES), sizes(rows), choices=USUAL_CHOICES, actor=table.actor)
    assert (found.changed.count, found.decided_otherwise.rows) == (2, (2,))
    import_sizes(table, rows)
    assert (label_of(table, "a"), label_of(table, "b")) == (NO, NO)
    assert check(table.db) == []


def test_in_a_table_of_numbers_new_content_is_labelled_anew(table):
    import_sizes(table, [("a", "2.5", "yes")])
    newest = fetch_value(
        table.db,
        "SELECT resolved_class_id FROM item_state WHERE item_id = (SELECT max(id) FROM items WHERE external_id = 'a')",
    )
    assert newest == YES
