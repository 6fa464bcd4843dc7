"""Items that two versions answer differently."""

import pytest

from hitl.store.version_changes import (
    add_changes,
    end_of_window,
    latest_changes,
    read_changed_classes,
    read_window_of_changes,
)
from tests.small_project import SmallProject


@pytest.fixture
def project(tmp_path):
    """Twelve items; the second version calls 3, 7 and 11 otherwise."""
    small = SmallProject(tmp_path)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.9)))
    small.answer_with({item: (2 if item in (3, 7, 11) else 1, 0.8) for item in range(1, 13)}, champion=False)
    return small


def window(project, after, item_count=4, limit=50):
    rows = read_window_of_changes(project.db, old_id=1, new_id=2, after=after, item_count=item_count, limit=limit)
    return [row["item_id"] for row in rows]


def test_they_are_counted_by_both_answers(project):
    rows = read_changed_classes(project.db, old_id=1, new_id=2)
    assert [(row["old_class_id"], row["new_class_id"], row["count"]) for row in rows] == [(1, 1, 9), (1, 2, 3)]


def test_windows_one_after_the_other_show_each_once(project):
    found, after, windows = [], 0, 0
    while after is not None:
        found += window(project, after)
        after = end_of_window(project.db, new_id=2, after=after, item_count=4)
        windows += 1
    assert (found, windows) == ([3, 7, 11], 3)


def test_a_row_has_both_answers_and_the_label_if_there_is_one(project):
    [row] = read_window_of_changes(project.db, old_id=1, new_id=2, after=0, item_count=4, limit=9)
    assert (row["external_id"], row["old_class_id"], row["new_class_id"], row["label_id"]) == ("t2", 1, 2, 1)
    assert (row["old_confidence"], row["new_confidence"]) == (0.9, 0.8)


def test_the_latest_count_is_kept_once(project):
    assert latest_changes(project.db, old_id=1, new_id=2) is None
    for changed in (3, 3, 4):
        add_changes(project.db, old_id=1, new_id=2, body={"items": 12, "changed": changed, "pairs": []}, at="x")
    assert latest_changes(project.db, old_id=1, new_id=2)["changed"] == 4
    assert project.db.table("version_changes").count == 2
    assert latest_changes(project.db, old_id=2, new_id=1) is None
