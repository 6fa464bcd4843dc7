"""A dry run says of every row what an import would make of it, and keeps nothing."""

import random

import pytest

from hitl.domain.errors import BadInput, NotPermitted
from hitl.domain.fields import Field, Role
from hitl.domain.import_check import Finding, ImportCheck, LabelCount
from hitl.domain.import_choices import ChangedPolicy, ImportChoices
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.domain.rows import Reject, Row
from hitl.loop import dry_run
from hitl.loop.dry_run import check_rows, ground_of, planned_ground
from hitl.loop.projects import ClassDraft, save_classes
from hitl.store.connection import fetch_value
from tests.small_project import FIELDS

USUAL = ImportChoices()


def rows_of(rows):
    return [
        row if isinstance(row, Reject) else Row(number, dict(zip(("id", "text", "label"), row, strict=True)))
        for number, row in enumerate(rows, start=2)
    ]


def check(small, rows, choices=USUAL, **more):
    return check_rows(ground_of(small.db, choices), rows_of(rows), choices=choices, actor=LOCAL_OWNER, **more)


def test_each_row_counts_once_with_its_number(small):
    found = check(
        small,
        [
            ("n1", "a new one", "yes"),  # 2
            ("t0", "text number 0", ""),  # 3 as before
            ("t1", "another text", ""),  # 4 changed
            ("n1", "again", ""),  # 5 its id stood before
            ("n2", "a new two", "yess"),  # 6 no class
            ("", "", ""),  # 7 empty
            Reject(8, "", "Broken."),
            ("", "no id", ""),  # 9 broken
        ],
    )
    assert (found.row_count, found.new, found.unchanged, found.changed) == (
        8,
        Finding(1, (2,)),
        Finding(1, (3,)),
        Finding(1, (4,)),
    )
    assert (found.repeated.rows, found.no_class.rows, found.empty.rows, found.broken.rows) == ((5,), (6,), (7,), (8, 9))
    assert found.left_out.count == 5
    assert (found.labelled.rows, found.unlabelled.rows) == ((2,), (4,))


def test_nothing_is_kept(small):
    before = fetch_value(small.db, "SELECT total_changes()")
    check(small, [("n1", "new", "yes"), ("n2", "new", "brand new")])
    assert fetch_value(small.db, "SELECT total_changes()") == before


def test_a_label_that_is_no_class_comes_with_the_nearest(small):
    (unknown,) = check(small, [("n1", "a", "Yess"), ("n2", "b", "Yess")]).unknown_labels
    assert (unknown.text, unknown.found, unknown.nearest, unknown.is_retired) == (
        "Yess",
        Finding(2, (2, 3)),
        "yes",
        False,
    )


def test_a_label_of_a_retired_class_is_told_as_such(small):
    drafts = [ClassDraft("yes", "yes"), ClassDraft("no", "no", retired=True)]
    save_classes(small.db, classes=drafts, actor=LOCAL_OWNER, now=small.now())
    (unknown,) = check(small, [("n1", "a", "no")]).unknown_labels
    assert unknown.is_retired


def test_a_label_is_read_as_the_class_it_was_said_to_mean(small):
    found = check(small, [("n1", "a", "YESS"), ("n2", "b", "?")], ImportChoices(labels={"yess": "yes", "?": ""}))
    assert (found.labelled.rows, found.unlabelled.rows, found.unknown_labels) == ((2,), (3,), ())


def test_a_label_can_be_added_as_a_class(small):
    found = check(small, [("n1", "a", "Perhaps")], ImportChoices(new_classes=("perhaps",)))
    assert (found.new.count, found.unknown_labels) == (1, ())


def test_changed_records_are_left_out_where_changes_are_refused(small):
    found = check(small, [("t1", "another text", "")], ImportChoices(changed=ChangedPolicy.REFUSE))
    assert (found.changed.count, found.refused.rows) == (0, (2,))
    assert "changes are refused" in found.rejects[0].message


def test_identical_rows_are_counted_and_shown_in_groups(small):
    found = check(small, [("n1", "same", ""), ("n2", "same", ""), ("n3", "same", ""), ("n4", "text number 0", "")])
    assert found.identical == 3
    assert [(one.example, one.count, one.is_known) for one in found.identical_groups] == [
        ("same", 3, False),
        ("text number 0", 1, True),
    ]


def test_identical_rows_whose_labels_differ_are_listed_with_them(small):
    found = check(small, [("n1", "same", "yes"), ("n2", "same", "no"), ("n3", "same", "no"), ("n4", "other", "no")])
    (conflict,) = found.conflicts
    assert (found.conflict_count, conflict.example) == (1, "same")
    assert sorted(conflict.labels, key=lambda one: one.label) == [LabelCount("no", 2, 3), LabelCount("yes", 1, 2)]


def test_a_label_that_differs_from_the_settled_one_is_a_conflict(small):
    (conflict,) = check(small, [("n1", "text number 0", "no")]).conflicts
    assert {(one.label, one.count) for one in conflict.labels} == {("yes", 0), ("no", 1)}


def test_a_new_project_is_told_the_classes_that_would_be_made(small):
    ground = planned_ground(FIELDS, class_names=(), group_rule="inputs", choices=USUAL)
    rows = rows_of([("a", "x", "Spam"), ("b", "y", "spam"), ("c", "z", "ham")])
    found = check_rows(ground, rows, choices=USUAL, actor=LOCAL_OWNER)
    assert [(one.label, one.count) for one in found.classes] == [("Spam", 2), ("ham", 1)]


def test_every_row_left_out_is_told_with_its_cells(small):
    told = []
    check(small, [("n1", "a", "yess"), ("", "b", "")], on_reject=told.append)
    assert [(one.row, one.cells) for one in told] == [(2, ("n1", "a", "yess")), (3, ("", "b", ""))]


def test_a_missing_column_is_named(small):
    with pytest.raises(BadInput, match="no column 'text'"):
        check_rows(ground_of(small.db, USUAL), [Row(2, {"id": "a"})], choices=USUAL, actor=LOCAL_OWNER)


def test_who_may_not_import_may_not_check(small):
    viewer = Actor(id=9, name="Viewer", role=MemberRole.VIEWER)
    with pytest.raises(NotPermitted):
        check_rows(ground_of(small.db, USUAL), [], choices=USUAL, actor=viewer)


def test_a_check_comes_back_from_a_job_as_it_was(small):
    found = check(small, [("n1", "same", "yes"), ("n2", "same", "no"), ("n3", "a", "yess"), ("", "", "")])
    assert ImportCheck.from_json(found.to_json()) == found


@pytest.mark.parametrize("seed", range(12))
def test_an_import_brings_what_its_dry_run_said(small, seed, monkeypatch):
    monkeypatch.setattr(dry_run, "CHUNK_ROWS", 7)
    monkeypatch.setattr("hitl.loop.ingest.CHUNK_ROWS", 7)
    rng = random.Random(seed)
    texts = [f"text number {n}" for n in range(6)] + ["new", "newer"]
    rows = [
        (rng.choice(["t", "n"]) + str(rng.randrange(9)), rng.choice(texts), rng.choice(["yes", "no", "", "yess"]))
        for _ in range(25)
    ]
    found = check(small, rows)
    summary = small.add_rows(rows)
    assert (found.new.count, found.changed.count, found.unchanged.count) == (
        summary.new,
        summary.changed,
        summary.unchanged,
    )
    assert (found.labelled.count, found.identical) == (summary.labelled, summary.identical)
    assert found.rejects == summary.rejected


def test_without_an_id_column_every_row_is_new(small):
    fields = (Field("text", Role.TEXT), Field("label", Role.LABEL))
    ground = planned_ground(fields, class_names=("yes", "no"), group_rule="inputs", choices=USUAL)
    rows = [Row(number, {"text": "same", "label": "yes"}) for number in (2, 3)]
    found = check_rows(ground, rows, choices=USUAL, actor=LOCAL_OWNER)
    assert (found.new.count, found.identical) == (2, 1)


def test_a_retired_class_is_not_made_anew_by_an_import(small):
    drafts = [ClassDraft("yes", "yes"), ClassDraft("no", "no", retired=True)]
    save_classes(small.db, classes=drafts, actor=LOCAL_OWNER, now=small.now())
    with pytest.raises(BadInput, match="'No' is a class that was retired"):
        ground_of(small.db, ImportChoices(new_classes=("No",)))
