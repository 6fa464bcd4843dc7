"""Texts cut into words: of every script, with their places."""

import itertools

import pytest

from hitl.ml.explain.words import LONGEST_TEXT, cut_words


def words_of(text):
    return [text[start:end] for start, end in cut_words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I was charged twice, (again)!", ["I", "was", "charged", "twice", "again"]),
        ("don't re-book snake_case", ["don", "t", "re", "book", "snake_case"]),
        ("costs £5.50 or 20€ !!! :-)", ["costs", "£5", "50", "or", "20€", "!!!", ":-)"]),
        ("Où est mon remboursement?", ["Où", "est", "mon", "remboursement"]),
        ("हिन्दी में लिखा", ["हिन्दी", "में", "लिखा"]),
        ("أين طلبي؟", ["أين", "طلبي"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("返金 please返金", ["返", "金", "please", "返", "金"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("👍🏽 ok", ["👍🏽", "ok"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_words_of_every_script_are_found_with_their_places(text, words):
    assert words_of(text) == words


def test_places_are_in_order_and_never_overlap():
    spans = cut_words("one two,two 三 four" * 50)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


def test_of_an_endless_text_the_beginning_is_cut():
    assert cut_words("word " * 100_000)[-1][1] <= LONGEST_TEXT
