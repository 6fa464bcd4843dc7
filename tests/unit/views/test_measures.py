"""Measurements in a form that screens share: what hurts first, what too few labels can't carry, old bodies too."""

import pytest

from hitl.views.measures import decode_evaluation, explain_few
from hitl.views.measuring_stage import find_stage

NAMES = {1: "yes", 2: "no", 3: "rare"}


def share(right, n):
    return {"value": right / n if n else None, "low": 0.0, "high": 1.0, "n": n}


def decode(source="imported_test", *, right=85, n=100, per_class=(), **body):
    body = {"accuracy": share(right, n), "per_class": list(per_class), **body}
    return decode_evaluation({"label_count": n, "body": body, "at": "x"}, source=source, class_names=NAMES)


def one_class(class_id, found, labels):
    return {"class_id": class_id, "precision": share(found, found), "recall": share(found, labels), "f1": None}


def one_slice(value, right, n, chance):
    measured = {"accuracy": share(right, n), "accepted": share(n, n), "risk": share(n - right, n)}
    return {"field": "region", "value": value, "chance": chance, **measured}


def test_a_body_of_before_has_no_slices_and_no_threshold():
    found = decode()
    assert (found.slices, found.threshold, found.looked_count) == ((), None, 0)


def test_as_many_labels_are_needed_as_the_accuracy_asks_for():
    assert (decode(right=85).needed_count, decode(right=50).needed_count, decode(n=0, right=0).needed_count) == (
        49,
        93,
        93,
    )


def test_the_class_with_most_labels_missed_comes_first_and_a_rare_one_last():
    found = decode(per_class=[one_class(1, 95, 100), one_class(3, 0, 9), one_class(2, 120, 150)])
    assert [one.name for one in found.classes_by_hurt] == ["no", "yes", "rare"]
    assert [one.missed_count for one in found.classes_by_hurt] == [30, 5, 9]


def test_a_slice_stands_out_where_chance_is_ruled_out():
    found = decode(
        slices=[one_slice("south", 5, 60, 0.001), one_slice("east", 50, 60, 0.4), one_slice("x", 1, 2, None)]
    )
    assert [one.stands_out for one in found.slices] == [True, False, False]
    assert found.looked_count == 2
    assert found.slices[0].risk.value == pytest.approx(55 / 60)


def test_too_few_labels_are_said_with_the_count_there_is():
    assert explain_few(1_200, 93) == "not enough labels yet (have 1,200, need about 95)"


@pytest.mark.parametrize(
    ("sources", "number"),
    [
        ([], 0),
        (["cross_validation"], 1),
        (["cross_validation", "imported_test"], 2),
        (["drawn_test", "cross_validation"], 3),
    ],
)
def test_the_stage_is_the_furthest_source(sources, number):
    assert find_stage([decode(source) for source in sources]).number == number


def test_each_stage_says_what_brings_the_next():
    assert "blind test of about 49 items" in find_stage([decode("cross_validation")]).what_next
    assert "the items of today" in find_stage([decode("imported_test")]).what_next
    assert "have 20, need about 50" in find_stage([decode("drawn_test", right=17, n=20)]).what_next
    assert "halve the range" in find_stage([decode("drawn_test", n=100)]).what_next


def test_what_could_not_be_measured_reaches_no_stage():
    assert find_stage([decode(n=0, right=0)]).number == 0
