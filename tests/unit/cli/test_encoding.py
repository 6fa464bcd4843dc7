"""encode: what texts mean, read at the command line."""

import pytest

from tests.word_encoder import WordEncoder


@pytest.fixture
def few(terminal, monkeypatch):
    WordEncoder().use(monkeypatch)
    rows = [("a", f"text {n}", "yes" if n % 2 else "no") for n in range(12)]
    terminal.done("create", "Few", "--file", terminal.write("few.csv", ("kind", "text", "label"), rows))
    return terminal


def test_what_is_not_read_yet_is_read_and_told(few):
    told = few.done("encode", "few")
    assert told.stdout == "All texts are read: the next training tries both.\n"
    assert "12 texts are not read yet" in told.stderr
    assert "How long it takes is told after the first ones." in told.stderr
    assert few.json("encode", "few") == {"on": True, "ready": True, "waiting": 0, "encoder": "words"}


def test_a_project_is_kept_to_words_alone(few):
    assert few.json("encode", "few", "--off") == {"on": False, "ready": False, "waiting": 12, "encoder": "words"}
    assert few.refused("encode", "few").startswith("It is turned off in 'few'. Turn it on:")
    assert few.json("encode", "few", "--on")["on"]


def test_another_encoder_is_named_and_reads_at_once(few, monkeypatch):
    WordEncoder().use(monkeypatch, WordEncoder(name="others"), WordEncoder(name="extra", lacking="Run: pip"))
    few.done("encode", "few")
    found = few.json("encode", "few", "--encoder", "others")
    assert found == {"on": True, "ready": True, "waiting": 0, "encoder": "others"}
    assert few.refused("encode", "few", "--encoder", "extra").strip() == "Run: pip"
    assert few.refused("encode", "few", "--encoder", "bert").startswith("There is no encoder 'bert'.")
