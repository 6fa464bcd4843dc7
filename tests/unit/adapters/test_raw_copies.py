"""Databases copied by a process of its own, and read back from the file."""

import hashlib
import os
import zlib
from pathlib import Path

import pytest

from hitl.adapters.raw_copies import raw_copier
from hitl.domain.errors import StoreUnusable

MANY_BLOCKS = os.urandom(9_000_001)


@pytest.fixture(params=["plain", "two words", "two\nlines", os.fsdecode(b"no \xff text")])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param / "project.db"
    path.parent.mkdir()
    return path


@pytest.mark.parametrize("content", [b"", b"one block", MANY_BLOCKS], ids=["empty", "small", "many steps"])
def test_what_stands_in_the_file_is_what_was_in_the_source_wherever_that_lies(
    source: Path, tmp_path: Path, content: bytes
) -> None:
    source.write_bytes(content)
    with (tmp_path / "archive").open("x+b") as file, raw_copier(file) as copier:
        copied = copier.copy(source, begin=100)
        file.seek(100)
        assert file.read() == content
    assert (copied.size, copied.crc) == (len(content), zlib.crc32(content))
    assert copied.sha256 == hashlib.sha256(content).hexdigest()


def test_one_process_copies_several_sources_after_each_other(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(MANY_BLOCKS)
    (tmp_path / "second").write_bytes(b"second")
    with (tmp_path / "archive").open("x+b") as file, raw_copier(file) as copier:
        first = copier.copy(tmp_path / "first", begin=0)
        copier.copy(tmp_path / "second", begin=first.size)
        file.seek(0)
        assert file.read() == MANY_BLOCKS + b"second"


def test_a_source_that_is_not_there_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    with (
        (tmp_path / "archive").open("x+b") as file,
        raw_copier(file) as copier,
        pytest.raises(StoreUnusable, match=r"gone\.db can't be copied \(No such file"),
    ):
        copier.copy(tmp_path / "gone.db", begin=0)


def test_a_copy_that_reads_back_otherwise_than_it_was_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"content")
    with (tmp_path / "archive").open("x+b") as file, (tmp_path / "other").open("x+b") as other:
        other.write(b"c0ntent")
        other.flush()
        with raw_copier(file) as copier:
            copier._file = other  # a disk that gives back other bytes
            with pytest.raises(StoreUnusable, match="differs from what was written"):
                copier.copy(tmp_path / "source", begin=0)
