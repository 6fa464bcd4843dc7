"""A learning curve of a version: its settings on parts of its labels, kept with it."""

import pytest

from hitl.domain.errors import NoModel, NotEnoughLabels, NotPermitted
from hitl.domain.people import Actor, MemberRole
from hitl.loop.learning_curve import make_learning_curve
from hitl.loop.train import take_snapshot, train_version
from hitl.store.connection import write_transaction
from hitl.store.learning_curves import label_counts_of_versions, latest_learning_curve
from hitl.store.versions import add_version
from tests.small_project import SmallProject


def trained(tmp_path, labelled):
    small = SmallProject(tmp_path, rows=labelled, labelled=labelled)
    who = {"actor": small.actor, "now": small.now()}
    snapshot = take_snapshot(small.db, request_id="s", **who)
    train_version(small.db, small.folder, snapshot_id=snapshot.id, seed=0, request_id="t", **who)
    return small


def make(small, **over):
    values = {"version_id": 1, "has_time": lambda: False, "actor": small.actor, "now": small.now(), **over}
    make_learning_curve(small.db, small.folder, **values)


def test_it_is_kept_with_its_version_and_says_what_it_used(tmp_path):
    small = trained(tmp_path, 60)
    make(small)
    found = latest_learning_curve(small.db)
    assert found["version_id"] == 1
    assert found["body"]["label_count"] == 60
    assert [point["label_count"] for point in found["body"]["points"]] == [12, 19, 30, 48]
    assert label_counts_of_versions(small.db) == {1: 60}


def test_the_gain_of_the_next_labels_is_kept_with_it_or_none(tmp_path):
    small = trained(tmp_path, 60)
    make(small)
    body = latest_learning_curve(small.db)["body"]
    assert (body["gain"] is None) == (body["law"] is None)


def test_groups_kept_for_testing_take_no_part(tmp_path):
    small = trained(tmp_path, 200)
    make(small)
    assert latest_learning_curve(small.db)["body"]["label_count"] == 160


def test_too_few_labels_are_refused_and_nothing_is_kept(tmp_path):
    small = trained(tmp_path, 20)
    with pytest.raises(NotEnoughLabels, match="at least 40 labels; there are 20"):
        make(small)
    assert latest_learning_curve(small.db) is None


def test_a_version_that_came_with_an_import_has_none(tmp_path):
    small = trained(tmp_path, 60)
    with write_transaction(small.db):
        add_version(
            small.db,
            kind="external",
            name="Imported",
            estimator="external",
            parameters={},
            seed=0,
            libraries={},
            request_id="x",
            actor_id=1,
            at="x",
        )
    with pytest.raises(NoModel, match="came with an import"):
        make(small, version_id=2)


def test_who_may_only_look_is_refused(tmp_path):
    small = trained(tmp_path, 60)
    with pytest.raises(NotPermitted):
        make(small, actor=Actor(id=1, name="Guest", role=MemberRole.VIEWER))
