"""What a deck may send: each part that does not fit is refused by its name."""

import json

import pytest

from hitl.api.review_request import MOST_CARDS, MOST_OPS, Op, parse_review_request
from hitl.domain.errors import BadInput
from hitl.loop.review import LONGEST_COMMENT, Shown

ID = "00000000-0000-0000-0000-000000000001"
LABEL = {"request_id": ID, "kind": "label", "item_id": 1, "class_id": 2}


def parse(**body):
    return parse_review_request(json.dumps(body).encode())


def test_an_empty_request_asks_for_nothing():
    request = parse()
    assert (request.ops, request.want, request.holding, request.release, request.mark) == ((), 0, (), (), None)


def test_a_whole_operation_is_read():
    shown = {"version_id": 3, "class_id": 2, "confidence": 1}
    request = parse(ops=[{**LABEL, "assignment_id": 9, "comment": "c", "shown": shown}], want=MOST_CARDS, mark="m")
    assert request.ops == (Op(ID, "label", 1, 9, 2, None, "c", Shown(3, 2, 1.0)),)
    assert (request.want, request.mark) == (MOST_CARDS, "m")


def test_parts_that_a_kind_does_not_use_are_left_out():
    assert parse(ops=[{**LABEL, "kind": "skip"}]).ops == (Op(ID, "skip", 1),)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "delete"}, "ops[0]: the kind must be one of label, cannot_tell, skip, undo, return_skipped."),
        ({"kind": None}, "ops[0]: the kind must be one of"),
        ({"class_id": None}, "ops[0]: label needs class_id."),
        ({"request_id": "1"}, "ops[0].request_id must be a UUID in small letters."),
        ({"request_id": ID.upper().replace("1", "A")}, "ops[0].request_id must be a UUID in small letters."),
        ({"item_id": 0}, "ops[0].item_id must be a whole number"),
        ({"item_id": True}, "ops[0].item_id must be a whole number"),
        ({"item_id": 2**63}, "ops[0].item_id must be a whole number"),
        ({"item_id": 1.5}, "ops[0].item_id must be a whole number"),
        ({"comment": 5}, "ops[0].comment must be text."),
        ({"comment": "x" * (LONGEST_COMMENT + 1)}, "ops[0].comment has 2,001 characters; 2,000 fit."),
        ({"comment": "\ud83d"}, "ops[0].comment holds half a character"),
        ({"shown": []}, "ops[0].shown must be a JSON object."),
        ({"shown": {"version_id": 1, "class_id": 1, "confidence": 1.01}}, "ops[0].shown.confidence must be a share"),
        ({"shown": {"version_id": 1, "class_id": 1, "confidence": True}}, "ops[0].shown.confidence must be a share"),
        ({"shown": {"class_id": 1, "confidence": 1}}, "ops[0].shown.version_id must be a whole number"),
        ({"actor_id": 1}, "ops[0] has parts that are not known here: actor_id."),
    ],
)
def test_a_wrong_part_of_an_operation_is_named(change, sentence):
    with pytest.raises(BadInput) as caught:
        parse(ops=[LABEL | change])
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"ops": {}}, "ops must be a list."),
        ({"ops": [1]}, "ops[0] must be a JSON object."),
        ({"ops": [LABEL] * (MOST_OPS + 1)}, "ops has 101 entries; 100 fit into one request."),
        ({"want": MOST_CARDS + 1}, "want must be a whole number from 0 to 48."),
        ({"want": -1}, "want must be a whole number"),
        ({"holding": ["1"]}, "holding must be a whole number"),
        ({"unexplained": ["1"]}, "unexplained must be a whole number"),
        ({"release": list(range(1, 200))}, "release has 199 entries; 100 fit into one request."),
        ({"mark": "x" * 65}, "mark has 65 characters; 64 fit."),
        ({"op": []}, "the body has parts that are not known here: op."),
    ],
)
def test_a_wrong_part_of_the_request_is_named(body, sentence):
    with pytest.raises(BadInput) as caught:
        parse(**body)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"3"])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(BadInput, match="the body must be a JSON object"):
        parse_review_request(body)


def test_a_confidence_that_is_not_known_is_none():
    shown = {"version_id": 3, "class_id": 2, "confidence": None}
    assert parse(ops=[{**LABEL, "shown": shown}]).ops[0].shown == Shown(3, 2, None)
