"""Predict: a version answers every visible item once."""

import pytest

from hitl.adapters.artifacts import artifact_path, write_artifact
from hitl.domain.errors import JobCancelled, NoModel, NotFound, UntrustedModelFile
from hitl.loop import predict
from hitl.loop.predict import predict_version
from hitl.loop.train import take_snapshot, train_version
from hitl.store import versions as store
from hitl.store.connection import fetch_all, write_transaction
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    project = SmallProject(tmp_path, rows=30, labelled=20)
    taken = take_snapshot(project.db, request_id=project.request(), actor=project.actor, now=project.now())
    train_version(
        project.db,
        project.folder,
        snapshot_id=taken.id,
        seed=0,
        request_id=project.request(),
        actor=project.actor,
        now=project.now(),
    )
    return project


def answer(small, version_id=1, **options):
    return predict_version(small.db, small.folder, version_id=version_id, now=small.now(), **options)


def predictions(small):
    return fetch_all(small.db, "SELECT * FROM predictions ORDER BY item_id")


def test_every_visible_item_is_answered_with_valid_numbers(small):
    assert answer(small) == 30
    rows = predictions(small)
    assert [row["item_id"] for row in rows] == list(range(1, 31))
    assert {row["class_id"] for row in rows} <= {1, 2}
    assert all(row["class_id"] != row["runner_up_id"] for row in rows)
    assert all(0 < row["confidence"] < 1 and 0 <= row["novelty"] < 1 for row in rows)
    assert all(row["accept_score"] in (0.0, row["confidence"]) for row in rows)


def test_predicting_again_changes_nothing(small):
    answer(small)
    before = predictions(small)
    assert answer(small) == 0
    assert predictions(small) == before


def test_items_that_came_later_are_answered_alone(small):
    answer(small)
    small.add_rows([("late", "a text that came later", "")])
    assert answer(small) == 1
    assert len(predictions(small)) == 31


def test_an_interrupted_run_goes_on_to_the_same_answers(small, monkeypatch):
    monkeypatch.setattr(predict, "CHUNK_ITEMS", 12)

    def cancel(share, note):
        raise JobCancelled("A person asked for the job to stop.")

    with pytest.raises(JobCancelled):
        answer(small, tick=cancel)
    assert len(predictions(small)) == 12
    assert answer(small) == 18
    resumed = {row["item_id"]: (row["class_id"], row["confidence"]) for row in predictions(small)}
    small.db.execute("DELETE FROM predictions")
    small.db.conn.commit()
    answer(small)
    assert {row["item_id"]: (row["class_id"], row["confidence"]) for row in predictions(small)} == resumed


def test_progress_rises_to_one(small, monkeypatch):
    monkeypatch.setattr(predict, "CHUNK_ITEMS", 12)
    shares = []
    answer(small, tick=lambda share, note: shares.append(share))
    assert shares == [12 / 30, 24 / 30, 1.0]


def test_a_version_that_came_with_an_import_has_no_model_to_run(small):
    with write_transaction(small.db):
        version_id = store.add_version(
            small.db,
            kind="external",
            name="Old rules",
            estimator="external",
            parameters={},
            seed=0,
            libraries={},
            request_id=small.request(),
            actor_id=1,
            at="2026-01-05T09:00:00.000000Z",
        )
    with pytest.raises(NoModel, match="'Old rules' came with an import"):
        answer(small, version_id)


def test_a_model_file_changed_on_disk_is_refused_by_name(small):
    sha256 = store.read_version(small.db, 1).artifact_sha256
    path = artifact_path(small.folder / "artifacts", sha256)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(UntrustedModelFile, match=f"{sha256}.skops was changed"):
        answer(small)
    assert predictions(small) == []


def test_a_missing_model_file_is_named(small):
    path = artifact_path(small.folder / "artifacts", store.read_version(small.db, 1).artifact_sha256)
    path.unlink()
    with pytest.raises(NotFound, match="missing"):
        answer(small)


def test_a_foreign_file_under_its_own_hash_is_refused(small):
    sha256 = write_artifact(small.folder / "artifacts", b"cos\nsystem\n(S'true'\ntR.")
    with write_transaction(small.db):
        snapshot_id = store.read_version(small.db, 1).snapshot_id
        version_id = store.add_version(
            small.db,
            kind="trained",
            name="Forged",
            snapshot_id=snapshot_id,
            artifact_sha256=sha256,
            estimator="text_linear",
            parameters={},
            seed=0,
            libraries={},
            request_id=small.request(),
            actor_id=1,
            at="2026-01-05T09:00:00.000000Z",
        )
    with pytest.raises(UntrustedModelFile, match="not a Tandem model file"):
        answer(small, version_id)
