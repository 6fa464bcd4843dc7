"""What SQLite itself finds wrong with a database."""

from hitl.store.integrity import find_damage
from tests.small_project import SmallProject


def test_a_row_that_points_nowhere_is_named(tmp_path):
    db = SmallProject(tmp_path).db
    assert find_damage(db) == []
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute(
        "INSERT INTO assignments(group_id, item_id, slot, actor_id, leased_at, expires_at)"
        " VALUES (5, 99, 1, 1, 'x', 'x')"
    )
    assert find_damage(db) == ["row 1 of assignments points to a row of items that is not there"]
