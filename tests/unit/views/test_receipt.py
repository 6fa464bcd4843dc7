"""What the newest version would change."""

from dataclasses import replace

import pytest

from hitl.loop.evaluate import evaluate_version
from hitl.store.connection import write_transaction
from hitl.views.receipt import read_receipt
from tests.small_project import SmallProject

ITEMS = range(1, 13)


@pytest.fixture
def project(tmp_path):
    return SmallProject(tmp_path, labelled=6)


def keep_for_testing(project, group_ids):
    with write_transaction(project.db):
        for group_id in group_ids:
            project.db.execute(
                "INSERT INTO test_groups(group_id, source, at) VALUES (?, 'import', '2026-01-05T09:00:00.000000Z')",
                (group_id,),
            )


def answer(project, class_ids, *, champion):
    version_id = project.answer_with({item: (class_ids[item], 0.95) for item in ITEMS}, champion=champion)
    evaluate_version(project.db, version_id=version_id, actor=project.actor, now=project.now())
    return version_id


def test_without_a_newer_version_there_is_no_receipt(project):
    answer(project, dict.fromkeys(ITEMS, 1), champion=True)
    assert read_receipt(project.db) is None


def test_changed_fixed_and_newly_wrong_answers_are_counted(project):
    keep_for_testing(project, [1, 2, 3, 4])  # labelled yes, no, yes, no
    answer(project, {**dict.fromkeys(ITEMS, 1), 3: 2}, champion=True)  # right on 1 alone
    answer(project, {**dict.fromkeys(ITEMS, 1), 1: 2, 2: 2, 4: 2}, champion=False)  # wrong on 1 alone
    receipt = read_receipt(project.db)
    assert (receipt.item_count, receipt.changed_count) == (12, 4)
    assert (receipt.test_label_count, receipt.fixed_count, receipt.newly_wrong_count) == (4, 3, 1)
    assert (receipt.challenger_accuracy.value, receipt.champion_accuracy.value) == (0.75, 0.25)
    assert receipt.suggested_reason == "Accuracy 75.0 % against 25.0 % on 4 test labels"


@pytest.mark.parametrize(
    ("fixed", "newly_wrong", "chance"), [(0, 0, None), (1, 0, 1.0), (3, 1, 0.625), (6, 0, 0.03125), (5, 5, 1.0)]
)
def test_the_chance_of_a_difference_is_the_exact_sign_test(project, fixed, newly_wrong, chance):
    answer(project, dict.fromkeys(ITEMS, 1), champion=True)
    answer(project, dict.fromkeys(ITEMS, 2), champion=False)
    receipt = replace(read_receipt(project.db), fixed_count=fixed, newly_wrong_count=newly_wrong)
    assert receipt.chance == chance


def test_without_test_labels_nothing_is_compared(project):
    answer(project, dict.fromkeys(ITEMS, 1), champion=True)
    answer(project, dict.fromkeys(ITEMS, 2), champion=False)
    receipt = read_receipt(project.db)
    assert receipt.challenger_accuracy is None
    assert receipt.champion_accuracy is None
    assert receipt.test_label_count == 0
