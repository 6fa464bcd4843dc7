"""What training would learn from, and what it is measured on."""

import random

import pytest

from hitl.loop.evaluate import evaluate_version
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import decide
from hitl.loop.route import draw_items
from hitl.store.projects import list_classes
from hitl.views.training import read_training
from tests.small_project import SmallProject


@pytest.fixture
def project(tmp_path):
    return SmallProject(tmp_path)


def draw(project, count):
    return draw_items(
        project.db,
        purpose="test",
        count=count,
        request_id=project.request(),
        actor=project.actor,
        now=project.now(),
        rng=random.Random(0),
    )


def test_labels_and_open_items_are_counted(project):
    desk = read_training(project.db)
    assert (desk.item_count, desk.label_count, desk.unanswered_count) == (12, 4, 8)
    assert desk.missing == "A first model needs 10 labels; there are 4. Label 6 more."


def test_labels_of_a_retired_class_are_not_learned_from(project):
    drafts = [
        ClassDraft(one.key, one.name, one.guideline, retired=one.name == "no") for one in list_classes(project.db)
    ]
    save_classes(project.db, classes=drafts, actor=project.actor, now=project.now())
    desk = read_training(project.db)
    assert desk.label_count == 2
    assert desk.missing == "All 2 labels are 'yes'. Label at least one item of another class."
    assert [row.shown_name for row in desk.classes] == ["yes", "no (retired)"]


def test_drawn_items_wait_until_they_are_decided(project):
    draw(project, 3)
    group_id = next(iter(project.db.query("SELECT group_id FROM test_groups ORDER BY 1")))["group_id"]
    item_id = next(iter(project.db.query("SELECT item_id FROM item_state WHERE group_id = ?", [group_id])))["item_id"]
    decide(
        project.db,
        actor=project.actor,
        request_id=project.request(),
        item_id=item_id,
        class_id=1,
        now=project.now(),
    )
    tests = read_training(project.db).tests
    assert (tests.imported_count, tests.drawn_count, tests.drawn_labelled_count, tests.waiting_count) == (0, 3, 1, 2)


def test_test_labels_are_not_learned_from(project):
    before = read_training(project.db).label_count
    draw(project, 8)
    project.add_rows([("t11", "text number 11", "no")])
    assert read_training(project.db).label_count == before


def test_labels_that_the_champion_was_not_measured_with_are_counted(project):
    project.answer_with(dict.fromkeys(range(1, 13), (1, 0.95)))
    draw(project, 2)
    for row in list(project.db.query("SELECT item_id FROM item_state JOIN test_groups USING (group_id)")):
        decide(
            project.db,
            actor=project.actor,
            request_id=project.request(),
            item_id=row["item_id"],
            class_id=1,
            now=project.now(),
        )
    assert read_training(project.db).unmeasured_count == 2
    evaluate_version(project.db, version_id=1, actor=project.actor, now=project.now())
    assert read_training(project.db).unmeasured_count == 0
