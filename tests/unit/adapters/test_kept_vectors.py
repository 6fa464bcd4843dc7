"""hitl.adapters.kept_vectors: what is appended is found again, whatever became of the process that did it."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.adapters.kept_vectors import KeptVectors, count_vectors, keys_of, remove_other_recipes
from hitl.domain.errors import StoreUnusable


def keys(*names):
    return keys_of(hashlib.sha256(str(name).encode()).digest() for name in names)


def vectors(*numbers):
    return np.array([[number, -number, 0.5] for number in numbers], dtype=np.float32)


def kept_in(folder, recipe="r1"):
    return KeptVectors(folder, "things", recipe, size=3)


@pytest.fixture
def kept(tmp_path):
    made = kept_in(tmp_path)
    made.append(keys("a", "b", "c"), vectors(1, 2, 3))
    made.refresh()
    return made


def paths_of(folder):
    return folder / "arrays" / "things-r1.keys", folder / "arrays" / "things-r1.f2"


def test_vectors_come_back_in_the_order_asked_for(kept):
    assert kept.take(keys("c", "a", "nobody", "c")).tolist() == [[3, -3, 0.5], [1, -1, 0.5], [0, 0, 0], [3, -3, 0.5]]


def test_missing_are_told_once_each_by_their_first_place(kept):
    assert kept.missing(keys("x", "a", "y", "x", "b")).tolist() == [0, 2]
    assert kept.missing(keys("a", "b")).tolist() == []


def test_nothing_is_made_until_something_is_kept(tmp_path):
    empty = kept_in(tmp_path)
    assert (len(empty), empty.missing(keys("a")).tolist(), empty.take(keys("a")).tolist()) == (0, [0], [[0, 0, 0]])
    empty.erase(keys("a"))
    assert not (tmp_path / "arrays").exists()


def test_what_another_process_appends_is_seen_after_a_look(kept, tmp_path):
    kept_in(tmp_path).append(keys("d"), vectors(4))
    assert kept.missing(keys("d")).tolist() == [0]
    kept.refresh()
    assert kept.take(keys("d")).tolist() == [[4, -4, 0.5]]
    assert count_vectors(tmp_path, "things", "r1", size=3) == 4


@pytest.mark.parametrize(("of_keys", "of_vectors"), [(b"\xff" * 17, b""), (b"", b"\xff" * 5), (b"", b"\xff" * 12)])
def test_a_batch_that_was_cut_off_is_cut_away(kept, tmp_path, of_keys, of_vectors):
    for path, more in zip(paths_of(tmp_path), (of_keys, of_vectors), strict=True):
        with path.open("ab") as file:
            file.write(more)
    again = kept_in(tmp_path)
    assert len(again) == 3
    again.append(keys("d"), vectors(4))
    again.refresh()
    assert again.take(keys("a", "b", "c", "d"))[:, 0].tolist() == [1, 2, 3, 4]
    assert [path.stat().st_size for path in paths_of(tmp_path)] == [4 * 32, 4 * 3 * 2]


@pytest.mark.parametrize("gone", [0, 1])
def test_with_one_of_the_files_gone_all_is_computed_anew(kept, tmp_path, gone):
    paths_of(tmp_path)[gone].unlink()
    again = kept_in(tmp_path)
    assert again.missing(keys("a", "b")).tolist() == [0, 1]
    again.append(keys("a"), vectors(7))
    again.refresh()
    assert (len(again), again.take(keys("a", "b"))[:, 0].tolist()) == (1, [7, 0])


def test_hashes_that_begin_alike_are_told_apart(tmp_path):
    alike = np.array([[5, 0, 0, n] for n in range(4)], dtype=np.uint64)
    kept = kept_in(tmp_path)
    kept.append(alike[:3], vectors(1, 2, 3))
    kept.refresh()
    assert kept.take(alike[[2, 0, 1, 3]])[:, 0].tolist() == [3, 1, 2, 0]
    assert kept.missing(alike).tolist() == [3]


def test_erased_ones_are_noughts_in_the_files_and_missing(kept, tmp_path):
    kept.erase(keys("b", "nobody"))
    assert kept.missing(keys("a", "b", "c")).tolist() == [1]
    assert kept_in(tmp_path).take(keys("a", "b", "c"))[:, 0].tolist() == [1, 0, 3]
    of_keys, of_vectors = (path.read_bytes() for path in paths_of(tmp_path))
    assert (of_keys[32:64], of_vectors[6:12]) == (bytes(32), bytes(6))


def test_all_but_some_are_erased(kept, tmp_path):
    kept.erase_others([keys("a"), keys("c", "never kept")])
    assert kept_in(tmp_path).take(keys("a", "b", "c"))[:, 0].tolist() == [1, 0, 3]


def test_a_content_that_two_processes_kept_is_erased_twice(kept, tmp_path):
    kept.append(keys("b"), vectors(9))
    kept.erase_others([keys("a", "c")])
    assert kept_in(tmp_path).take(keys("b"))[:, 0].tolist() == [0]
    assert paths_of(tmp_path)[1].read_bytes()[18:] == bytes(6)


def test_erasing_leaves_nothing_behind_the_last_key(kept, tmp_path):
    with paths_of(tmp_path)[1].open("ab") as file:
        file.write(b"vectors of an older layout")
    kept.erase(keys("a"))
    assert [path.stat().st_size for path in paths_of(tmp_path)] == [3 * 32, 3 * 3 * 2]


def test_files_of_other_recipes_and_no_others_are_removed(kept, tmp_path):
    kept_in(tmp_path, "r0").append(keys("a"), vectors(1))
    (tmp_path / "arrays" / "else-r0.f2").touch()
    remove_other_recipes(tmp_path, "things", "r1")
    assert sorted(path.name for path in (tmp_path / "arrays").iterdir()) == [
        "else-r0.f2",
        "things-r1.f2",
        "things-r1.keys",
    ]


def test_a_folder_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "arrays").write_text("a file in its place")
    with pytest.raises(StoreUnusable, match="can't be written"):
        kept_in(tmp_path).append(keys("a"), vectors(1))


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 30), max_size=8), max_size=6), asked=st.lists(st.integers(0, 30)))
def test_it_holds_what_a_dictionary_would(tmp_path_factory, batches, asked):
    kept, known = kept_in(tmp_path_factory.mktemp("kept")), {}
    for batch in batches:
        new = [batch[place] for place in kept.missing(keys(*batch))]
        assert new == [n for n in dict.fromkeys(batch) if n not in known]
        kept.append(keys(*new), vectors(*new).reshape(-1, 3))
        kept.refresh()
        known |= {n: float(n) for n in new}
    assert kept.take(keys(*asked))[:, 0].tolist() == [known.get(n, 0.0) for n in asked]
