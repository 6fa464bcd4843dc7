"""Two versions on the same test labels: a hand-computed case, slices, and what was learned in between."""

import csv
import io

import pytest

from hitl.loop.evaluate import evaluate_version
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import decide, undo
from hitl.loop.train import take_snapshot
from hitl.store.connection import fetch_all
from hitl.store.projects import list_classes
from hitl.store.versions import add_version, read_version
from hitl.views.changed_answers import read_changed_answers, write_flips
from hitl.views.comparison import pick_versions, read_comparison
from hitl.views.snapshot_changes import list_recipe_changes, read_snapshot_changes
from tests.small_project import SmallProject

KINDS = {"newly_wrong": "newly wrong", "fixed": "now right", "both_wrong": "both wrong"}


@pytest.fixture
def project(tmp_path):
    """Forty test labels; the second version fixes eight of ten errors and makes two."""
    small = SmallProject(tmp_path, rows=200, labelled=200)
    truth = {
        row["item_id"]: row["class_id"]
        for row in fetch_all(small.db, "SELECT item_id, resolved_class_id AS class_id FROM item_state")
    }
    kept = [
        row["item_id"]
        for row in fetch_all(small.db, "SELECT item_id FROM item_state JOIN test_groups USING (group_id) ORDER BY 1")
    ]
    for wrong in (kept[:10], kept[8:12]):
        answers = {item: (3 - truth[item] if item in wrong else truth[item], 0.8) for item in truth}
        version_id = small.answer_with(answers)
        evaluate_version(small.db, version_id=version_id, actor=small.actor, now=small.now())
    return small


def compare(project, **source):
    _, old, new = pick_versions(project.db, old="1", new="2")
    return read_comparison(project.db, old=old, new=new, source=source.get("source"))


def test_a_hand_computed_case(project):
    found = compare(project)
    row = found.overall
    assert (found.source, row.label_count) == ("imported_test", 40)
    assert (row.old.value, row.new.value) == (0.75, 0.9)
    assert (row.difference.fixed, row.difference.newly_wrong) == (8, 2)
    assert row.difference.value == pytest.approx(0.15)
    assert row.difference.low < 0.15 < row.difference.high
    assert row.chance == pytest.approx(2 * (1 + 10 + 45) / 1024)  # ten coins, at most two heads


def test_classes_add_up_to_all(project):
    found = compare(project)
    assert sum(row.label_count for row in found.classes) == 40
    assert sum(row.difference.fixed for row in found.classes) == 8
    assert {row.name for row in found.classes} == {"yes", "no"}


def test_flips_are_those_that_changed_newly_wrong_first(project):
    kinds = [flip.kind for flip in compare(project).flips]
    assert kinds == ["newly_wrong"] * 2 + ["fixed"] * 8


def test_turned_round_fixed_and_newly_wrong_change_places(project):
    _, old, new = pick_versions(project.db, old="2", new="1")
    found = read_comparison(project.db, old=old, new=new, source=None).overall.difference
    assert (found.fixed, found.newly_wrong) == (2, 8)


def test_all_flips_are_in_the_file_with_formulas_made_harmless(project):
    rows = list(csv.reader(io.StringIO(write_flips(compare(project), KINDS, actor=project.actor).decode())))
    assert len(rows) == 11
    assert rows[1][1] == "newly wrong"


def test_several_imports_are_slices(project):
    project.add_rows([(f"more{n}", f"another text {n}", ("yes", "no")[n % 2]) for n in range(200)])
    ids = [row["item_id"] for row in fetch_all(project.db, "SELECT item_id FROM item_state")]
    for class_id in (1, 2):
        version_id = project.answer_with(dict.fromkeys(ids, (class_id, 0.8)))
        evaluate_version(project.db, version_id=version_id, actor=project.actor, now=project.now())
    _, old, new = pick_versions(project.db, old="3", new="4")
    rows = read_comparison(project.db, old=old, new=new, source=None).slices
    assert {row.name: row.label_count for row in rows} == {"small.csv (import 1)": 40, "small.csv (import 2)": 40}


def test_without_a_choice_the_older_one_comes_first(project):
    _, old, new = pick_versions(project.db, old="", new="")
    assert (old.version.id, new.version.id) == (1, 2)
    _, old, new = pick_versions(project.db, old="99", new="1")
    assert (old.version.id, new.version.id) == (2, 1)


def test_changed_answers_of_all_items_are_looked_through(project):
    found = read_changed_answers(project.db, old_id=1, new_id=2, after=0)
    assert found.is_kept
    assert len(found.rows) == 10
    assert found.next_after is None
    assert (found.item_count, found.changed_count) == (None, None)


def snapshot_version(project):
    """A version that learned from everything said so far."""
    snapshot = take_snapshot(project.db, request_id=project.request(), actor=project.actor, now=project.now())
    version_id = add_version(
        project.db,
        kind="trained",
        name="Version",
        snapshot_id=snapshot.id,
        estimator="text_linear",
        parameters={"C": snapshot.id},
        seed=0,
        libraries={"numpy": "1"},
        artifact_sha256="-",
        request_id=project.request(),
        actor_id=1,
        at="x",
    )
    return read_version(project.db, version_id)


def test_labels_added_corrected_and_removed_are_told(tmp_path):
    small = SmallProject(tmp_path, rows=40, labelled=20)
    decide(small.db, actor=small.actor, request_id="undone later", item_id=30, class_id=1, now=small.now())
    before = snapshot_version(small)
    decide(small.db, actor=small.actor, request_id="new", item_id=25, class_id=2, now=small.now())
    decide(small.db, actor=small.actor, request_id="corrected", item_id=1, class_id=2, now=small.now())
    undo(small.db, actor=small.actor, request_id="u", target_request_id="undone later", now=small.now())
    after = snapshot_version(small)
    changes = read_snapshot_changes(small.db, before, after)
    found = {(move.old_name, move.new_name): move.count for move in changes.moves}
    assert found == {(None, "no"): 1, ("yes", "no"): 1, ("yes", None): 1}
    assert {one.name: one.new_count - one.old_count for one in changes.balances} == {"yes": -2, "no": 2}
    turned = read_snapshot_changes(small.db, after, before)
    assert {(move.new_name, move.old_name): move.count for move in turned.moves} == found


def test_a_retired_class_is_told_and_its_labels_are_removed(tmp_path):
    small = SmallProject(tmp_path, rows=40, labelled=30, class_names=("yes", "no"))
    save_classes(
        small.db,
        classes=[*(ClassDraft(one.key, one.name) for one in list_classes(small.db)), ClassDraft(None, "other")],
        actor=small.actor,
        now=small.now(),
    )
    decide(small.db, actor=small.actor, request_id="o", item_id=35, class_id=3, now=small.now())
    before = snapshot_version(small)
    drafts = [ClassDraft(one.key, one.name, retired=one.name == "other") for one in list_classes(small.db)]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    after = snapshot_version(small)
    changes = read_snapshot_changes(small.db, before, after)
    assert changes.class_changes == ("other: out of use",)
    assert {one.name: one.new_count for one in changes.balances}["other"] == 0


def test_too_much_in_between_is_not_listed(tmp_path, monkeypatch):
    small = SmallProject(tmp_path, rows=40, labelled=20)
    before = snapshot_version(small)
    for item_id in range(25, 30):
        decide(small.db, actor=small.actor, request_id=f"d{item_id}", item_id=item_id, class_id=1, now=small.now())
    monkeypatch.setattr("hitl.views.snapshot_changes.MOST_EVENTS", 4)
    changes = read_snapshot_changes(small.db, before, snapshot_version(small))
    assert changes.moves is None
    assert [one.new_count - one.old_count for one in changes.balances] == [5, 0]


def test_settings_that_differ_are_listed(tmp_path):
    small = SmallProject(tmp_path, rows=40, labelled=20)
    old, new = snapshot_version(small), snapshot_version(small)
    assert [(one.name, one.old, one.new) for one in list_recipe_changes(old, new)] == [
        ("how closely it follows the labels (C)", "1", "2")
    ]
    assert list_recipe_changes(old, old) == ()
