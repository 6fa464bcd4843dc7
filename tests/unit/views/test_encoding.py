"""How a project stands with its encoder, in sentences."""

import pytest

from hitl.views.encoding import EncoderChoice, EncodingView, read_encoder
from tests.small_project import SmallProject
from tests.word_encoder import WordEncoder


def view(**changes):
    chosen = EncoderChoice("words", "words 1", "MIT", 16, "For tests.", "")
    values = {"chosen": chosen, "choices": (chosen,), "is_on": True, "is_ready": False, "waiting_count": 500_000}
    return EncodingView(**{**values, "left_seconds": None, **changes})


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (None, "How long it takes is told after the first ones."),
        (5.0, "It takes about 1 min."),
        (1_200.0, "It takes about 20 min."),
        (5_400.0, "It takes about 90 min."),
        (10_000.0, "It takes about 3 hours."),
    ],
)
def test_how_long_the_rest_takes(seconds, sentence):
    assert view(left_seconds=seconds).sentence.endswith(sentence)


def test_only_very_many_wait_for_somebody():
    assert view().waits_for_somebody
    assert not view(waiting_count=200_000).waits_for_somebody
    assert not view(is_on=False).waits_for_somebody


def test_it_is_read_from_the_project(tmp_path, monkeypatch):
    words, small = WordEncoder().use(monkeypatch), SmallProject(tmp_path)
    small.db.execute("INSERT INTO encoding VALUES (?, 4, 0, 2.0, 'x')", (words.encoder.recipe,))
    found = read_encoder(small.db, small.folder)
    assert (found.is_on, found.is_ready, found.waiting_count, found.left_seconds) == (True, False, 8, 4.0)
    assert found.chosen.title == "Words thrown to places 1"


def test_what_can_be_chosen_says_what_it_is_good_for_and_what_it_lacks(tmp_path, monkeypatch):
    small = SmallProject(tmp_path)
    WordEncoder().use(monkeypatch, WordEncoder(name="extra", lacking="Run: pip install extra"))
    found = read_encoder(small.db, small.folder)
    assert [one.sentence for one in found.choices] == [
        "Words thrown to places 1: For tests. MIT, 16 numbers a text.",
        "Words thrown to places 1: For tests. MIT, 16 numbers a text. Run: pip install extra",
    ]


@pytest.mark.parametrize(
    ("lacking", "command"),
    [
        ("Missing. Run: pip install extra -c x", "pip install extra -c x"),
        ("⟦Run: pip install extra⟧", "pip install extra"),
        ("", ""),
    ],
)
def test_the_command_that_installs_is_told_apart(tmp_path, monkeypatch, lacking, command):
    small = SmallProject(tmp_path)
    WordEncoder().use(monkeypatch, WordEncoder(name="extra", lacking=lacking))
    assert read_encoder(small.db, small.folder).choices[-1].command == command


def test_of_the_extra_encoder_it_is_said_that_it_reads_english(tmp_path):
    small = SmallProject(tmp_path)
    told = {one.name: one.sentence for one in read_encoder(small.db, small.folder).choices}
    assert told["minilm-l6"].startswith("all-MiniLM-L6 v2: English mainly; ")
    assert "Apache-2.0, 384 numbers a text." in told["minilm-l6"]
