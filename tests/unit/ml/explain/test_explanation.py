"""Which words and fields are worth showing."""

from hitl.ml.explain.explanation import MOST_STRETCHES, FieldWeight, Stretch, weightiest
from hitl.ml.explain.words import cut_words


def explained(text, weights, fields=()):
    """The words of a text with given weights, others weighing nothing."""
    stretches = [Stretch("t", start, end, weights.get(text[start:end], 0.0)) for start, end in cut_words(text)]
    found = weightiest([("t", text, stretches)], [FieldWeight(*one) for one in fields])
    return [(text[one.start : one.end], one.weight > 0) for one in found.words], found


def test_the_weightiest_words_of_both_signs_are_kept_in_the_order_of_the_text():
    words, _ = explained("my invoice and password and the bill", {"bill": 3.0, "invoice": 2.0, "password": -1.0})
    assert words == [("invoice", True), ("password", False), ("bill", True)]


def test_neighbours_that_speak_for_the_same_are_one():
    words, _ = explained("I was charged twice but twice", {"charged": 2.0, "twice": 1.0})
    assert words == [("charged twice", True), ("twice", True)]
    words, _ = explained("charged twice", {"charged": 2.0, "twice": -1.0})
    assert words == [("charged", True), ("twice", False)]
    words, _ = explained("charged, twice", {"charged": 2.0, "twice": 1.0})
    assert words == [("charged", True), ("twice", True)]


def test_characters_of_a_script_without_spaces_join_to_words():
    words, _ = explained("商品の返金を希望", {"返": 2.0, "金": 1.5, "希": -0.5})
    assert words == [("返金", True), ("希", False)]


def test_a_word_counts_with_all_its_places_whatever_its_letters():
    words, found = explained("Refund now refund", {"Refund": 0.6, "refund": 0.6, "now": 1.0})
    assert ("now", True) in words or words == [("Refund now refund", True)]
    assert found.words[0].weight > 1.0


def test_what_weighs_less_than_a_fifth_of_the_weightiest_is_left_out():
    words, found = explained("big small", {"big": 10.0, "small": 1.9}, [("age", 8.0), ("size", -1.5)])
    assert words == [("big", True)]
    assert found.fields == (FieldWeight("age", 8.0),)


def test_at_most_five_words_for_and_three_against_and_three_fields_for_and_two_against():
    text = " , ".join(f"w{n}" for n in range(20))
    weights = {f"w{n}": 10.0 - n / 10 if n < 10 else n / 10 - 20 for n in range(20)}
    words, found = explained(text, weights, [(f"f{n}", n - 4.5) for n in range(10)])
    assert sorted(word for word, is_for in words if is_for) == ["w0", "w1", "w2", "w3", "w4"]
    assert sorted(word for word, is_for in words if not is_for) == ["w10", "w11", "w12"]
    assert [one.field for one in found.fields] == ["f0", "f9", "f1", "f8", "f7"]


def test_a_word_that_stands_everywhere_is_marked_in_a_few_places():
    _, found = explained("spam , " * 500, {"spam": 1.0})
    assert len(found.words) == MOST_STRETCHES


def test_nothing_weighs_nothing():
    assert explained("", {})[0] == []
    assert explained("some words", {})[1].fields == ()
