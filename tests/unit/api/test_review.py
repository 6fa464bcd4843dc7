"""POST /api/v1/review/{slug}: what is refused with which sentence, and that a decision is written once."""

import json
from uuid import UUID

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hitl.api.gate import Gate
from hitl.api.review import LARGEST_BODY, routes
from hitl.loop.review import LONGEST_COMMENT
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.explanations import add_explanations
from tests.small_project import OTHER, SmallProject

YES, NO = 1, 2
URL = "/api/v1/review/small"
JSON = {"content-type": "application/json"}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Twelve short texts; the first four came with a label, eight wait."""
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    return SmallProject(tmp_path)


@pytest.fixture
def client():
    return client_of(None)


def client_of(actor):
    """The route behind the gate, as the local owner or as somebody who signed in."""
    app = Gate(Starlette(routes=routes))

    async def signed_in(scope, receive, send):
        await app({**scope, "tandem_actor": actor} if actor else scope, receive, send)

    return TestClient(signed_in, base_url="http://localhost", client=("127.0.0.1", 50000))


def request_id(number):
    return str(UUID(int=number))


def label(number, card, class_id=YES, **more):
    return {"request_id": request_id(number), "kind": "label", "class_id": class_id, **place(card), **more}


def place(card):
    return {"item_id": card["item_id"], "assignment_id": card["assignment_id"]}


def post(client, **body):
    answer = client.post(URL, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def cards(client, want=3):
    return post(client, want=want)["deck"]


def refusal(answer):
    """Status and sentence; there is nothing else in a refusal."""
    assert set(answer.json()) == {"error"}
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error"]


def decisions(small):
    return fetch_all(small.db, "SELECT * FROM events WHERE source = 'reviewer' ORDER BY id")


# ---- what never gets in


def test_another_sites_page_is_refused(client, small):
    status, sentence = refusal(client.post(URL, json={}, headers={"sec-fetch-site": "cross-site"}))
    assert (status, sentence) == (403, "This request came from another site's page. Open Tandem itself and try again.")
    assert not fetch_all(small.db, "SELECT * FROM assignments")


@pytest.mark.usefixtures("small")
def test_a_body_that_is_not_declared_as_json_is_refused(client):
    status, sentence = refusal(client.post(URL, content="{}", headers={"content-type": "text/plain"}))
    assert (status, sentence) == (400, "The body must be application/json, found 'text/plain'.")


@pytest.mark.usefixtures("small")
def test_a_body_that_is_too_large_is_refused(client):
    status, sentence = refusal(client.post(URL, content=b" " * (LARGEST_BODY + 1), headers=JSON))
    assert (status, sentence) == (400, "The body is larger than 2 MiB. Send fewer decisions at once.")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"want": NaN}', b"[" * 100_000])
@pytest.mark.usefixtures("small")
def test_what_is_not_json_is_refused(client, body):
    assert refusal(client.post(URL, content=body, headers=JSON)) == (400, "The body is not JSON. Reload the page.")


@pytest.mark.parametrize("body", [b'{"\\ud800": 1}', b'{"ops": [{"\\udfff": 1}]}'])
@pytest.mark.usefixtures("small")
def test_a_part_whose_name_is_half_a_character_is_refused(client, body):
    status, sentence = refusal(client.post(URL, content=body, headers=JSON))
    assert status == 400
    assert "parts that are not known here" in sentence


@pytest.mark.usefixtures("small")
def test_a_browser_that_leaves_before_its_body_is_whole_is_no_error():
    sent = []
    parts = iter([{"type": "http.request", "body": b'{"wa', "more_body": True}, {"type": "http.disconnect"}])
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": URL, "headers": headers, "client": ("127.0.0.1", 1)}

    async def receive():
        return next(parts)

    async def send(message):
        sent.append(message)

    anyio.run(Gate(Starlette(routes=routes)), {**scope, "query_string": b"", "root_path": ""}, receive, send)
    assert sent[0]["status"] == 400


@pytest.mark.parametrize("slug", ["nothing-here", "UPPER"])
@pytest.mark.usefixtures("small")
def test_a_project_that_is_not_there_is_named(client, slug):
    status, sentence = refusal(client.post(f"/api/v1/review/{slug}", json={}))
    assert status in {400, 404}
    assert slug in sentence


@pytest.mark.usefixtures("small")
def test_a_project_made_anew_under_the_same_name_is_told_apart(client):
    status, sentence = refusal(client.post(URL, json={"mark": "2020-01-01T00:00:00.000000Z"}))
    assert (status, sentence) == (409, "This project was made anew since the page was opened. Reload the page.")


def test_without_the_gate_nobody_is_let_in(small):
    client = TestClient(Starlette(routes=routes), base_url="http://localhost")
    assert refusal(client.post(URL, json={}))[0] == 403
    assert not decisions(small)


# ---- the answer


def test_the_reply_has_the_documented_parts(client, small):
    small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.6)))
    reply = post(client, want=2)
    assert set(reply) == {"answers", "deck", "whys", "stale", "progress", "rest", "cold_start", "version_id"}
    assert reply["progress"] == {"waiting": 8, "reviewed_by_me_today": 0, "skipped_by_me": None}
    assert (reply["answers"], reply["stale"], reply["rest"], reply["cold_start"]) == ([], [], None, None)
    card = reply["deck"][0]
    assert card["prediction"] == {
        "version_id": reply["version_id"],
        "version_name": "Version",
        "class_id": YES,
        "confidence": 0.6,
        "runner_up_id": NO,
        "runner_up_confidence": 0.4,
        "novelty": 0.0,
        "by_words": False,
    }
    text = f"text number {card['item_id'] - 1}"
    assert card["fields"] == [{"name": "text", "role": "text", "value": text, "href": None, "image": None}]


def test_why_the_model_says_so_comes_with_the_card_or_later_to_who_holds_it(client, small):
    small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.6)))
    first, second = cards(client, 2)
    assert (first["why"], second["why"]) == (None, None)
    body = {"against": NO, "words": [["text", 0, 4, 1.0]], "fields": [], "near": [1]}
    add_explanations(small.db, dict.fromkeys(range(1, 13), body), version_id=1, cover_id=0, at="2026")
    held = [first["assignment_id"], second["assignment_id"]]
    reply = post(client, want=3, holding=held, unexplained=held[:1])
    (third,) = reply["deck"]
    assert reply["whys"] == {str(held[0]): third["why"]}
    assert third["why"]["marks"] == [[0, 0, 4, 1]]
    assert third["why"]["precedents"] == [
        {"external_id": "t0", "excerpt": "text number 0", "class_id": YES, "by": "import", "image": None}
    ]
    assert post(client, want=3, holding=[*held, third["assignment_id"]], unexplained=[9_999])["whys"] == {}


@pytest.mark.usefixtures("small")
def test_cards_that_are_held_are_not_dealt_again(client):
    first = cards(client, 2)
    held = [card["assignment_id"] for card in first]
    second = post(client, want=4, holding=held)["deck"]
    assert len(second) == 2
    assert {card["item_id"] for card in first}.isdisjoint(card["item_id"] for card in second)


def test_a_decision_is_written_with_what_was_shown(client, small):
    version_id = small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.6)))
    card = cards(client)[0]
    shown = {"version_id": version_id, "class_id": YES, "confidence": 0.6}
    reply = post(client, ops=[label(1, card, NO, shown=shown, comment=" why ")])
    assert reply["answers"] == [{"request_id": request_id(1), "outcome": "committed", "message": ""}]
    row = decisions(small)[0]
    assert (row["item_id"], row["class_id"], row["comment"]) == (card["item_id"], NO, "why")
    assert (row["shown_version_id"], row["shown_class_id"], row["shown_confidence"]) == (version_id, YES, 0.6)


def test_a_repeated_request_is_one_decision(client, small):
    op = label(1, cards(client)[0])
    first, second = post(client, ops=[op]), post(client, ops=[op, op])
    assert first["answers"] * 2 == second["answers"]
    assert len(decisions(small)) == 1


def test_one_refused_operation_keeps_no_other_back(client, small):
    first, second, third = cards(client)
    reply = post(client, ops=[label(1, first), label(2, second, class_id=99), label(3, third)])
    assert [answer["outcome"] for answer in reply["answers"]] == ["committed", "refused", "committed"]
    assert reply["answers"][1]["message"] == (
        "That class is not in use in this project. Reload the page to see the present classes."
    )
    assert [row["item_id"] for row in decisions(small)] == [first["item_id"], third["item_id"]]


def test_a_prediction_that_was_never_made_is_refused_and_keeps_no_other_back(client, small):
    first, second, _ = cards(client)
    never = {"version_id": 999, "class_id": YES, "confidence": 0.5}
    reply = post(client, ops=[label(1, first, shown=never), label(2, second)])
    assert [answer["outcome"] for answer in reply["answers"]] == ["refused", "committed"]
    assert len(decisions(small)) == 1


def test_an_item_that_is_not_there_is_refused(client, small):
    reply = post(client, ops=[label(1, {"item_id": 10**9, "assignment_id": 1})])
    assert reply["answers"][0]["outcome"] == "refused"
    assert reply["answers"][0]["message"].startswith("The item is not there any more")
    assert not decisions(small)


def test_a_comment_of_the_greatest_length_is_kept_whole(client, small):
    comment = "é" * LONGEST_COMMENT
    post(client, ops=[label(1, cards(client)[0], comment=comment)])
    assert decisions(small)[0]["comment"] == comment


def test_a_longer_comment_is_refused(client, small):
    op = label(1, cards(client)[0], comment="x" * (LONGEST_COMMENT + 1))
    status, sentence = refusal(client.post(URL, json={"ops": [op]}))
    assert (status, sentence) == (400, "ops[0].comment has 2,001 characters; 2,000 fit. Shorten it.")
    assert not decisions(small)


def test_undo_brings_the_item_back_and_an_earlier_answer_stands_again(client, small):
    card = cards(client, 1)[0]
    post(client, ops=[label(1, card, YES), label(2, card, NO)])
    post(client, ops=[{"request_id": request_id(3), "kind": "undo", "target": request_id(2)}])
    resolved = "SELECT resolved_class_id FROM item_state WHERE item_id = ?"
    assert fetch_value(small.db, resolved, (card["item_id"],)) == YES
    reply = post(client, ops=[{"request_id": request_id(4), "kind": "undo", "target": request_id(1)}], want=1)
    assert reply["deck"][0]["item_id"] == card["item_id"]


def test_skipped_items_stay_away_until_they_are_asked_for(client, small):
    everything = cards(client, 12)
    skips = [{"request_id": request_id(n), "kind": "skip", **place(card)} for n, card in enumerate(everything, 1)]
    reply = post(client, ops=skips, want=12)
    assert (reply["deck"], reply["progress"]["skipped_by_me"]) == ([], 8)
    assert reply["rest"]["title"] == "You skipped 8 items"
    reply = post(client, ops=[{"request_id": request_id(99), "kind": "return_skipped"}], want=12)
    assert {card["item_id"] for card in reply["deck"]} == {card["item_id"] for card in everything}
    assert len(decisions(small)) == 16


def test_cannot_tell_settles_the_item_without_a_label(client, small):
    card = cards(client, 1)[0]
    post(client, ops=[{"request_id": request_id(1), "kind": "cannot_tell", **place(card)}])
    assert decisions(small)[0]["kind"] == "cannot_tell"
    assert fetch_value(small.db, "SELECT count(*) FROM queue WHERE item_id = ?", (card["item_id"],)) == 0


# ---- two people


def test_two_people_never_hold_the_same_item(client, small):
    mine, theirs = cards(client, 4), cards(client_of(OTHER), 12)
    assert len(mine) == len(theirs) == 4
    assert {card["item_id"] for card in mine}.isdisjoint(card["item_id"] for card in theirs)
    reply = post(client_of(OTHER), ops=[label(n, card) for n, card in enumerate(theirs, 1)], want=4)
    assert (reply["deck"], reply["rest"]["title"]) == ([], "Others are at work on the rest")
    assert len(decisions(small)) == 4


def test_an_answer_after_the_lease_was_lost_is_surplus_with_a_reason(client, small):
    card = cards(client, 1)[0]
    small.db.execute("UPDATE assignments SET expires_at = '2026-01-01T00:00:00.000000Z'")
    small.db.conn.commit()
    other = client_of(OTHER)
    theirs = cards(other, 1)[0]
    assert theirs["item_id"] == card["item_id"]
    post(other, ops=[label(1, theirs, NO)])
    reply = post(client, ops=[label(2, card, YES)], holding=[card["assignment_id"]])
    assert reply["answers"] == [
        {
            "request_id": request_id(2),
            "outcome": "surplus",
            "message": "Somebody else had decided this item before; your answer is kept as a second opinion.",
        }
    ]
    assert reply["stale"] == [card["assignment_id"]]
    resolved = "SELECT resolved_class_id FROM item_state WHERE item_id = ?"
    assert fetch_value(small.db, resolved, (card["item_id"],)) == NO


def test_a_late_skip_takes_the_item_from_nobody(client, small):
    card = cards(client, 1)[0]
    small.db.execute("UPDATE assignments SET expires_at = '2026-01-01T00:00:00.000000Z'")
    small.db.conn.commit()
    other = client_of(OTHER)
    theirs = cards(other, 1)[0]
    post(client, ops=[{"request_id": request_id(1), "kind": "skip", **place(card)}])
    assert post(other, want=1, holding=[theirs["assignment_id"]])["stale"] == []


def test_somebody_elses_request_id_is_refused(client, small):
    mine, theirs = cards(client, 1)[0], cards(client_of(OTHER), 1)[0]
    post(client, ops=[label(1, mine)])
    reply = post(client_of(OTHER), ops=[label(1, theirs)])
    assert reply["answers"][0]["outcome"] == "refused"
    assert len(decisions(small)) == 1


def test_released_cards_go_to_the_next_person(client, small):
    mine = cards(client, 8)
    other = client_of(OTHER)
    assert cards(other, 1) == []
    post(client, release=[card["assignment_id"] for card in mine])
    assert cards(other, 1)[0]["item_id"] == mine[0]["item_id"]
    assert not decisions(small)


# ---- blind items


def test_a_drawn_item_carries_no_prediction_anywhere(client, tmp_path, monkeypatch):
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    small = SmallProject(tmp_path, audit_rate=1.0)
    small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.9764)))
    dealt = cards(client, 12)
    assert dealt
    assert all(card["blind"] and card["prediction"] is None for card in dealt)
    assert "0.9764" not in json.dumps(dealt)
    post(client, ops=[label(1, dealt[0])])
    row = decisions(small)[0]
    assert (row["blind"], row["shown_version_id"], row["shown_class_id"]) == (1, None, None)
