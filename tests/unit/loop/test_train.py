"""Train: the labels as of a moment become a version that can be rebuilt."""

import hashlib

import pytest

from hitl.adapters.artifacts import read_artifact
from hitl.domain.errors import JobCancelled, NotEnoughLabels, NotFound, NotPermitted
from hitl.domain.people import Actor, MemberRole
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import decide
from hitl.loop.train import take_snapshot, train_version
from hitl.ml.model_files import load_model
from hitl.store import versions as store
from hitl.store.connection import fetch_value
from hitl.store.projects import list_classes
from tests.small_project import SmallProject

VIEWER = Actor(id=9, name="Viewer", role=MemberRole.VIEWER)


def labelled_project(data_dir, *, labelled=24, rows=30):
    return SmallProject(data_dir, rows=rows, labelled=labelled)


def snapshot(small, *, request_id=None, actor=None):
    return take_snapshot(
        small.db, request_id=request_id or small.request(), actor=actor or small.actor, now=small.now()
    )


def trained(small, snapshot_id, *, seed=0, request_id=None, **options):
    return train_version(
        small.db,
        small.folder,
        snapshot_id=snapshot_id,
        seed=seed,
        request_id=request_id or small.request(),
        actor=options.pop("actor", small.actor),
        now=small.now(),
        **options,
    )


def correct(small, item_id, class_id):
    decide(small.db, actor=small.actor, request_id=small.request(), item_id=item_id, class_id=class_id, now=small.now())


def test_a_snapshot_counts_the_labels_of_each_class(tmp_path):
    found = snapshot(labelled_project(tmp_path))
    assert found.label_count == 24
    assert sorted(found.class_counts.values()) == [12, 12]


def test_the_same_request_gives_the_same_snapshot(tmp_path):
    small = labelled_project(tmp_path)
    first = snapshot(small, request_id="once")
    correct(small, 30, 1)
    assert snapshot(small, request_id="once") == first


def test_the_same_labels_have_the_same_hash_and_a_corrected_one_another(tmp_path):
    small = labelled_project(tmp_path)
    first, second = snapshot(small), snapshot(small)
    correct(small, 1, 2)
    third = snapshot(small)
    assert first.hash == second.hash
    assert third.hash != first.hash
    assert third.label_count == first.label_count


@pytest.mark.parametrize(
    ("labelled", "found"), [(0, "There are none yet"), (1, "There are 1, all 'yes'"), (4, "There are 4")]
)
def test_too_few_labels_are_refused_with_what_is_missing(tmp_path, labelled, found):
    small = labelled_project(tmp_path, labelled=labelled)
    with pytest.raises(NotEnoughLabels, match=f"at least 10 labels in at least 2 classes. {found}"):
        snapshot(small)
    assert fetch_value(small.db, "SELECT count(*) FROM snapshots") == 0


def test_one_class_alone_is_refused_by_its_name(tmp_path):
    small = labelled_project(tmp_path, labelled=0)
    for item_id in range(1, 13):
        correct(small, item_id, 1)
    with pytest.raises(NotEnoughLabels, match="There are 12, all 'yes'"):
        snapshot(small)


def test_labels_kept_for_testing_are_in_no_snapshot(tmp_path):
    small = labelled_project(tmp_path, rows=210, labelled=210)
    assert snapshot(small).label_count == 210 - len(store.groups_for_testing(small.db))
    assert len(store.groups_for_testing(small.db)) == 42


def test_labels_of_a_retired_class_are_in_no_snapshot_after_it(tmp_path):
    small = labelled_project(tmp_path)
    for item_id in range(25, 31):
        decide(
            small.db,
            actor=small.actor,
            request_id=small.request(),
            item_id=item_id,
            class_id=add_class(small, "maybe"),
            now=small.now(),
        )
    before = snapshot(small)
    add_class(small, "maybe", retired=True)
    after = snapshot(small)
    assert (len(before.class_counts), len(after.class_counts)) == (3, 2)
    assert len(load_model_of(small, trained(small, before.id)).class_ids) == 3


def add_class(small, name, *, retired=False):
    drafts = [ClassDraft("yes", "yes"), ClassDraft("no", "no"), ClassDraft(None, name, retired=retired)]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    return next(one.id for one in list_classes(small.db) if one.name == name)


def load_model_of(small, version_id):
    sha256 = store.read_version(small.db, version_id).artifact_sha256
    return load_model(read_artifact(small.folder / "artifacts", sha256))


def test_who_may_only_look_can_neither_take_a_snapshot_nor_train(tmp_path):
    small = labelled_project(tmp_path)
    with pytest.raises(NotPermitted):
        snapshot(small, actor=VIEWER)
    with pytest.raises(NotPermitted):
        trained(small, snapshot(small).id, actor=VIEWER)


def test_a_version_holds_its_recipe_and_a_file_that_can_be_loaded(tmp_path):
    small = labelled_project(tmp_path)
    taken = snapshot(small)
    version = store.read_version(small.db, trained(small, taken.id, seed=5))
    data = read_artifact(small.folder / "artifacts", version.artifact_sha256)
    model = load_model(data)
    assert hashlib.sha256(data).hexdigest() == version.artifact_sha256
    assert (version.name, version.snapshot_id, version.seed) == ("Version 1", taken.id, 5)
    assert (version.estimator, version.parameters) == (model.estimator, model.parameters)
    assert set(version.libraries) == {"python", "scikit-learn", "numpy", "scipy", "pandas", "skops"}
    assert model.class_ids.tolist() == [1, 2]


def test_training_twice_on_a_snapshot_gives_the_same_bits(tmp_path):
    small = labelled_project(tmp_path)
    taken = snapshot(small)
    first = store.read_version(small.db, trained(small, taken.id))
    correct(small, 1, 2)  # later labels do not reach back into a snapshot
    second = store.read_version(small.db, trained(small, taken.id))
    assert first.probe_sha256 == second.probe_sha256
    assert first.name != second.name


def test_the_same_request_gives_the_same_version(tmp_path):
    small = labelled_project(tmp_path)
    taken = snapshot(small)
    assert trained(small, taken.id, request_id="once") == trained(small, taken.id, request_id="once")
    assert len(store.list_versions(small.db)) == 1


def test_cross_validation_is_kept_with_the_version(tmp_path):
    small = labelled_project(tmp_path)
    version_id = trained(small, snapshot(small).id)
    found = store.latest_evaluations(small.db, version_id)["cross_validation"]
    assert found["label_count"] == found["body"]["n"] == 24
    assert sum(map(sum, found["body"]["confusion"])) == 24


def test_a_cancelled_training_leaves_no_version(tmp_path):
    small = labelled_project(tmp_path)
    taken = snapshot(small)

    def cancel(share, note):
        raise JobCancelled("A person asked for the job to stop.")

    with pytest.raises(JobCancelled):
        trained(small, taken.id, tick=cancel)
    assert store.list_versions(small.db) == []


def test_a_snapshot_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotFound, match="no snapshot 99"):
        trained(labelled_project(tmp_path), 99)
