"""Model files: named by their hash, refused when it differs."""

import hashlib

import pytest

from hitl.adapters.artifacts import artifact_path, read_artifact, write_artifact
from hitl.domain.errors import NotFound, StoreUnusable, UntrustedModelFile


def test_what_was_written_is_read_under_its_hash(tmp_path):
    sha256 = write_artifact(tmp_path / "artifacts", b"model")
    assert sha256 == hashlib.sha256(b"model").hexdigest()
    assert read_artifact(tmp_path / "artifacts", sha256) == b"model"


def test_the_same_bytes_twice_are_one_file(tmp_path):
    assert write_artifact(tmp_path, b"model") == write_artifact(tmp_path, b"model")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_tampered_file_is_refused_by_name(tmp_path):
    sha256 = write_artifact(tmp_path, b"model")
    artifact_path(tmp_path, sha256).write_bytes(b"m0del")
    with pytest.raises(UntrustedModelFile, match=sha256):
        read_artifact(tmp_path, sha256)


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(NotFound, match="train again") as said:
        read_artifact(tmp_path, "0" * 64)
    assert str(tmp_path) not in str(said.value)  # whoever may only look reads it too


def test_a_folder_that_can_not_be_made_is_one_sentence(tmp_path):
    (tmp_path / "artifacts").write_text("a file in the way")
    with pytest.raises(StoreUnusable, match="can't be written") as said:
        write_artifact(tmp_path / "artifacts", b"model")
    assert str(tmp_path) not in str(said.value)


def test_a_folder_in_the_place_of_a_model_file_is_told_in_one_sentence(tmp_path):
    sha256 = write_artifact(tmp_path, b"model")
    artifact_path(tmp_path, sha256).unlink()
    artifact_path(tmp_path, sha256).mkdir()
    with pytest.raises(StoreUnusable, match="can't be read") as said:
        read_artifact(tmp_path, sha256)
    assert str(tmp_path) not in str(said.value)
