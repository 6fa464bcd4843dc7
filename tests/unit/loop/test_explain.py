"""Explain: the head of the queue ahead of time, what somebody asks about, and nothing that may not be seen."""

import json
import shutil
from dataclasses import asdict

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.covers import Cover
from hitl.domain.errors import NotFound, NotPermitted
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER, SYSTEM, Actor, MemberRole
from hitl.domain.rows import Row
from hitl.loop.encode import encode_items
from hitl.loop.explain import Explainer, ask_why, explain_items, find_explainable, find_unexplained
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.predict import predict_version
from hitl.loop.privacy import cover_fields
from hitl.loop.projects import create_project
from hitl.loop.promote import promote
from hitl.loop.redact import RedactionOrder, finish_redactions, redact_item
from hitl.loop.review import claim, decide, undo
from hitl.loop.route import set_policy
from hitl.loop.train import take_snapshot, train_version
from hitl.ml.estimators import registry
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.store.connection import fetch_all, fetch_value, open_project, open_tandem
from hitl.store.explanations import find_explanations, find_precedents, is_wished, latest_resolved
from hitl.views.review import read_cards
from hitl.views.why import read_why_of_item
from tests.bulk_acts import bulk_act
from tests.marked import files_with
from tests.query_plans import scans
from tests.small_project import LEAD, OTHER, START, SmallProject
from tests.word_encoder import WordEncoder

TEXTS = {"yes": "please send the money back for order {}", "no": "where is my parcel number {} now"}
NAMES = ("yes", "no")
FIELDS = (Field("text", Role.TEXT), Field("secret", Role.TEXT), Field("size", Role.NUMBER), Field("label", Role.LABEL))


def row_of(n, *, labelled):
    """Both texts and the number tell the class; the first labelled rows came with it."""
    name = NAMES[n % 2]
    values = {"text": TEXTS[name].format(n), "secret": ("zebra", "yak")[n % 2], "size": f"{n % 2 * 5 + n % 3}"}
    return Row(n + 2, {**values, "label": name if n < labelled else ""})


class Desk(SmallProject):
    """A trained project whose queue is full: three fields tell the class, one of them can be hidden."""

    def __init__(self, data_dir, *, rows=60, labelled=30, audit_rate=0.0):
        self.data_dir, self.slug, self.actor, self.clock, self.requests = data_dir, "small", LOCAL_OWNER, START, 0
        who = {"actor": self.actor, "now": START}
        create_project(data_dir, slug="small", name="S", fields=FIELDS, class_names=NAMES, audit_rate=audit_rate, **who)
        self.db = open_project(data_dir, "small")
        told = {"rows": [row_of(n, labelled=labelled) for n in range(rows)], "file_name": "a.csv"}
        staged = stage_rows(self.db, **told, file_sha256="0" * 64, request_id="import", **who)
        publish_import(self.db, import_id=staged, **who)
        if not audit_rate:  # nobody but people answers, so that all wait
            doubt = {"audit_rate": 0.0, "lease_seconds": 600, "query_strategy": "default"}
            set_policy(self.db, threshold=1.0, reason="all wait", **doubt, **who)

    def train(self):
        who = {"actor": self.actor, "now": self.now()}
        snapshot = take_snapshot(self.db, request_id=self.request(), **who)
        version = train_version(self.db, self.folder, snapshot_id=snapshot.id, seed=0, request_id=self.request(), **who)
        predict_version(self.db, self.folder, version_id=version, now=self.now())
        promote(self.db, version_id=version, reason="first", request_id=self.request(), **who)
        return version

    def explainer(self):
        return Explainer(self.db, self.folder, find_explainable(self.db))

    def explain(self, item_ids=None):
        item_ids = find_unexplained(self.db) if item_ids is None else item_ids
        return explain_items(self.db, self.explainer(), item_ids, now=self.now())

    def waiting(self):
        rows = fetch_all(self.db, "SELECT item_id FROM queue ORDER BY priority, group_id")
        return [row["item_id"] for row in rows]

    def bodies(self):
        rows = fetch_all(self.db, "SELECT item_id, body FROM explanations ORDER BY item_id")
        return {row["item_id"]: json.loads(row["body"]) for row in rows}

    def cards(self, count=12):
        return read_cards(
            self.db, claim(self.db, actor=OTHER, count=count, now=self.now()), people={}, viewer_id=OTHER.id
        )

    def values(self, item_id):
        return json.loads(fetch_value(self.db, "SELECT fields FROM items WHERE id = ?", (item_id,)))


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("trained"))
    desk.train()
    desk.db.conn.close()
    return desk.data_dir


@pytest.fixture
def desk(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "data")
    desk = Desk.__new__(Desk)
    desk.data_dir, desk.slug, desk.actor, desk.clock, desk.requests = tmp_path / "data", "small", LOCAL_OWNER, START, 99
    desk.db = open_project(desk.data_dir, "small")
    yield desk
    desk.db.conn.close()


def told(card, sign):
    """The words of a card that its marks name, with the names of its fields."""
    values = [field.value for field in card.fields]
    words = [values[field][start:end] for field, start, end, own in card.why.marks if own == sign]
    return words + [card.fields[field].name for field, own in card.why.fields if own == sign]


def test_the_head_of_the_queue_is_explained_and_then_nothing_is_left_to_do(desk):
    waiting = desk.waiting()
    assert len(waiting) > 5
    assert find_unexplained(desk.db) == waiting[:200]
    assert desk.explain() == len(waiting)
    assert find_unexplained(desk.db) == []
    assert set(desk.bodies()) == set(waiting)


def test_the_card_says_which_words_speak_for_the_answer_and_what_was_decided_before(desk):
    desk.explain()
    for card in desk.cards():
        name = NAMES[card.prediction.class_id - 1]
        assert card.why.against_id == card.prediction.runner_up_id
        assert set(" ".join(told(card, 1)).split()) & {*TEXTS[name].split(), "zebra", "yak"}
        assert 1 <= len(card.why.precedents) <= 3
        assert {(one.class_id, one.by) for one in card.why.precedents} == {(card.prediction.class_id, "import")}
        assert all(one.external_id and one.excerpt for one in card.why.precedents)


def test_a_body_holds_no_content(desk):
    desk.explain()
    stored = json.dumps(list(desk.bodies().values()))
    assert not [word for word in ("money", "parcel", "zebra", "yak", "please") if word in stored]


def test_a_hidden_field_is_neither_named_nor_felt(desk):
    desk.explain()
    assert any("secret" in json.dumps(body["words"]) for body in desk.bodies().values())
    cover_fields(desk.db, {"secret": Cover.MASKED}, actor=desk.actor, now=desk.now())
    assert all(card.why is None for card in desk.cards())
    assert desk.explain() == len(desk.waiting())
    assert not any("secret" in json.dumps(body["words"]) for body in desk.bodies().values())
    before = {item_id: body["near"] for item_id, body in desk.bodies().items()}
    for card in desk.cards():
        assert not {"zebra", "yak"} & set(told(card, 1) + told(card, -1))
        assert not any(word in one.excerpt for one in card.why.precedents for word in ("zebra", "yak"))
    explainer = desk.explainer()
    items = [
        {"id": item_id, "group_id": -1, "class_id": 1, "runner_up_id": 2}
        | {"fields": {**desk.values(item_id), "secret": "another animal altogether"}}
        for item_id in before
    ]
    assert {item_id: body["near"] for item_id, body in explainer.explain(desk.db, items).items()} == before


def test_a_body_of_before_the_hiding_shows_nothing_even_where_it_is_read(desk):
    desk.explain()
    cover_fields(desk.db, {"text": Cover.HIDDEN}, actor=desk.actor, now=desk.now())
    assert find_explanations(desk.db, desk.waiting()) == {}


def test_blind_items_are_neither_explained_nor_shown(tmp_path):
    desk = Desk(tmp_path, audit_rate=1.0)
    desk.train()
    blind = [row["item_id"] for row in fetch_all(desk.db, "SELECT item_id FROM queue WHERE route = 'audit'")]
    assert blind
    assert not set(blind) & set(find_unexplained(desk.db))
    ask_why(desk.db, item_id=blind[0], actor=OTHER, now=desk.now())
    assert blind[0] not in find_unexplained(desk.db)
    explain_items(desk.db, desk.explainer(), blind, now=desk.now())
    assert find_explanations(desk.db, blind) == {}
    assert all(card.why is None and card.prediction is None for card in desk.cards() if card.blind)
    assert read_why_of_item(desk.db, blind[0]).state != "known"
    desk.db.conn.close()


def test_what_is_redacted_is_gone_and_is_no_precedent(desk):
    desk.add_marked = Row(2, {"text": "please send the zyxomarked money back", "secret": "", "size": "", "label": ""})
    staged = stage_rows(
        desk.db,
        rows=[desk.add_marked],
        file_name="m.csv",
        file_sha256="1" * 64,
        request_id="m",
        actor=desk.actor,
        now=desk.now(),
    )
    publish_import(desk.db, import_id=staged, actor=desk.actor, now=desk.now())
    predict_version(desk.db, desk.folder, version_id=1, now=desk.now())
    item_id = fetch_value(desk.db, "SELECT max(id) FROM items")
    external_id = fetch_value(desk.db, "SELECT external_id FROM items WHERE id = ?", (item_id,))
    ask_why(desk.db, item_id=item_id, actor=OTHER, now=desk.now())
    items = [item_id, *desk.waiting()[:3]]
    desk.explain(items)
    assert item_id in desk.bodies()
    late = desk.explainer()
    tandem = open_tandem(desk.data_dir)
    order = RedactionOrder(external_id, "asked for")
    redact_item(desk.db, tandem, slug="small", order=order, request_id="r", actor=desk.actor, now=desk.now())
    assert item_id not in desk.bodies()
    assert not is_wished(desk.db, item_id)
    explain_items(desk.db, late, items, now=desk.now())
    assert item_id not in desk.bodies()
    finish_redactions(desk.db, tandem, desk.data_dir, slug="small", actor=SYSTEM, now=desk.now())
    assert files_with(desk.data_dir, "zyxomarked") == []
    tandem.conn.close()


def test_a_precedent_whose_decision_was_taken_back_is_none_any_more(desk):
    first, second = desk.waiting()[:2]
    decide(desk.db, actor=OTHER, request_id="d", item_id=first, class_id=1, now=desk.now())
    desk.explain([second])
    desk.bodies()
    near = desk.bodies()[second]["near"]
    desk.db.execute("UPDATE explanations SET body = json_set(body, '$.near', json(?))", (json.dumps([first]),))
    why = read_why_of_item(desk.db, second)
    assert [(one.by, name) for one, name in why.precedents] == [("person", "yes")]
    undo(desk.db, actor=OTHER, request_id="u", target_request_id="d", now=desk.now())
    assert read_why_of_item(desk.db, second).precedents == ()
    assert near


def test_items_kept_for_testing_and_those_that_wait_anew_are_no_precedents(desk):
    first, second, third = desk.waiting()[:3]
    for item_id in (first, second, third):
        decide(desk.db, actor=OTHER, request_id=f"d{item_id}", item_id=item_id, class_id=1, now=desk.now())
    assert {first, second, third} <= {row["id"] for row in latest_resolved(desk.db, event_count=99)}
    group_id = fetch_value(desk.db, "SELECT group_id FROM items WHERE id = ?", (first,))
    desk.db.execute("INSERT INTO test_groups(group_id, source, at) VALUES (?, 'import', '2026')", (group_id,))
    bulk_act(desk, BulkKind.REVIEW, item_ids=[second], actor=LEAD)
    assert {first, second, third} & {row["id"] for row in latest_resolved(desk.db, event_count=99)} == {third}
    assert {first, second, third} & set(find_precedents(desk.db, [first, second, third])) == {first, third}


def test_another_version_makes_all_of_it_anew_and_drops_what_is_of_the_one_before(desk):
    desk.explain([1, *desk.waiting()])
    for item_id in desk.waiting()[:4]:
        decide(desk.db, actor=OTHER, request_id=f"d{item_id}", item_id=item_id, class_id=1, now=desk.now())
    version = desk.train()
    assert all(card.why is None for card in desk.cards())
    assert find_unexplained(desk.db) == desk.waiting()
    desk.explain()
    assert {row["version_id"] for row in fetch_all(desk.db, "SELECT version_id FROM explanations")} == {version}


def test_a_few_new_places_at_the_end_of_the_head_wait_for_more(desk, monkeypatch):
    desk.explain()
    last = desk.waiting()[-1]
    desk.db.execute("DELETE FROM explanations WHERE item_id = ?", (last,))
    monkeypatch.setattr("hitl.loop.explain.URGENT_PLACES", 3)
    assert find_unexplained(desk.db) == []
    monkeypatch.setattr("hitl.loop.explain.FEWEST_AT_A_TIME", 1)
    assert find_unexplained(desk.db) == [last]


def test_who_reviews_can_ask_about_any_item(desk):
    assert read_why_of_item(desk.db, 1).state == "open"
    ask_why(desk.db, item_id=1, actor=OTHER, now=desk.now())
    assert read_why_of_item(desk.db, 1).state == "asked"
    assert find_unexplained(desk.db)[0] == 1
    desk.explain([1])
    why = read_why_of_item(desk.db, 1)
    assert why.state == "known"
    assert why.speaks_for
    assert not is_wished(desk.db, 1)
    with pytest.raises(NotFound):
        ask_why(desk.db, item_id=999, actor=OTHER, now=desk.now())
    with pytest.raises(NotPermitted):
        ask_why(desk.db, item_id=1, actor=Actor(9, "Guest", MemberRole.VIEWER), now=desk.now())


def test_without_a_version_that_predicts_nothing_is_explained(tmp_path):
    small = SmallProject(tmp_path)
    assert find_explainable(small.db) is None
    assert read_why_of_item(small.db, 5).state == "never"


def test_the_same_items_are_explained_alike_again(desk):
    desk.explain()
    first = desk.bodies()
    desk.db.execute("DELETE FROM explanations")
    desk.explain()
    assert desk.bodies() == first


def test_looking_for_what_to_explain_and_reading_it_reads_no_table_to_its_end(desk):
    desk.explain()

    def look():
        find_unexplained(desk.db)
        desk.cards()
        desk.explainer().explain(desk.db, [])

    assert not scans(desk.db, look)


def test_what_the_desk_is_sent_of_it_is_small(desk):
    desk.explain()
    sizes = [len(json.dumps(asdict(card.why), separators=(",", ":"), ensure_ascii=False)) for card in desk.cards()]
    assert max(sizes) < 1_000


def test_a_text_behind_an_encoder_is_explained_and_no_shortened_text_is_kept(tmp_path, monkeypatch):
    WordEncoder().use(monkeypatch)
    monkeypatch.setattr(registry, "ESTIMATORS", (TEXT_EMBEDDED,))
    desk = Desk(tmp_path)
    encode_items(desk.db, desk.folder, now=desk.now())
    desk.train()
    kept = [path for path in (desk.folder / "arrays").iterdir() if path.is_file()]
    before = {path: path.stat().st_size for path in kept}
    assert desk.explain() == len(desk.waiting())
    assert {path: path.stat().st_size for path in kept} == before
    for card in desk.cards():
        name = NAMES[card.prediction.class_id - 1]
        assert set(" ".join(told(card, 1)).split()) & {*TEXTS[name].split(), "zebra", "yak"}
        assert card.why.precedents
    desk.db.conn.close()
