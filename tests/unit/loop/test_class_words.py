"""Versions that learn from the words of the classes: which words, and that a version can be made again."""

import json

import pytest

from hitl.adapters.artifacts import read_artifact
from hitl.loop import order
from hitl.loop.encode import encode_items
from hitl.loop.learning_curve import make_learning_curve
from hitl.loop.order import order_queue
from hitl.loop.predict import predict_version
from hitl.loop.projects import ClassDraft, save_classes, set_guideline
from hitl.loop.promote import promote
from hitl.loop.review import claim
from hitl.loop.route import set_policy
from hitl.loop.train import take_snapshot, train_version
from hitl.ml import learning_curve
from hitl.ml.model_files import load_model
from hitl.store.connection import fetch_all
from hitl.store.versions import read_version
from hitl.views.item_detail import read_item
from hitl.views.review import read_cards
from tests.small_project import OTHER, SmallProject
from tests.word_encoder import WordEncoder

CLASSES = ("late_parcel", "card declined", "lost keys")
LATE, CARD, KEYS = 1, 2, 3


@pytest.fixture(autouse=True)
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def small(tmp_path):
    return project(tmp_path, CLASSES)


def project(tmp_path, names, *, labelled=8, of_each=18):
    """Of three topics the first two are labelled; nobody has given the third class."""
    small = SmallProject(tmp_path, rows=0, class_names=names)
    said = ("late parcel", "card declined", "lost keys")
    labels = (names[0], names[1], "")
    rows = [
        (f"{text} {number}", label if number < labelled else "")
        for number in range(of_each)
        for text, label in zip(said, labels, strict=True)
    ]
    small.add_rows([(f"i{n}", text, label) for n, (text, label) in enumerate(rows)])
    encode_items(small.db, small.folder, now=small.now())
    return small


def snapshot(small):
    return take_snapshot(small.db, request_id=small.request(), actor=small.actor, now=small.now())


def trained(small, snapshot_id):
    who = {"request_id": small.request(), "actor": small.actor, "now": small.now()}
    return read_version(small.db, train_version(small.db, small.folder, snapshot_id=snapshot_id, seed=0, **who))


def in_use(small):
    version = trained(small, snapshot(small).id)
    predict_version(small.db, small.folder, version_id=version.id, now=small.now())
    promote(small.db, version_id=version.id, reason="-", request_id=small.request(), actor=small.actor, now=small.now())
    return version


def classes_known(small, version):
    return load_model(read_artifact(small.folder / "artifacts", version.artifact_sha256)).class_ids.tolist()


def test_a_version_knows_a_class_by_its_words_before_anybody_gave_it(small):
    version = in_use(small)
    assert version.parameters["class_words"]
    assert classes_known(small, version) == [LATE, CARD, KEYS]
    told = fetch_all(small.db, "SELECT class_id, other_accept_score, count(*) AS n FROM predictions GROUP BY 1, 2")
    assert [(row["other_accept_score"]) for row in told if row["class_id"] == KEYS] == [0.0]


def test_its_answers_by_words_go_to_people_and_say_so(small):
    in_use(small)
    released = fetch_all(
        small.db, "SELECT predictions.class_id FROM releases JOIN predictions USING (version_id, item_id)"
    )
    assert KEYS not in {row["class_id"] for row in released}
    cards = read_cards(small.db, claim_all(small), people={})
    shown = {card.prediction.class_id: card.prediction.by_words for card in cards if card.prediction}
    assert shown[KEYS]
    assert not any(by_words for class_id, by_words in shown.items() if class_id != KEYS)
    item = read_item(small.db, next(card.external_id for card in cards if card.prediction.class_id == KEYS), people={})
    assert item.prediction.by_words


def test_sure_by_words_alone_it_says_why_a_person_decides(small):
    in_use(small)
    policy = {"audit_rate": 0.0, "lease_seconds": 60, "query_strategy": "default", "reason": "-"}
    set_policy(small.db, threshold=0.05, **policy, actor=small.actor, now=small.now())
    by_words = fetch_all(
        small.db,
        "SELECT external_id, route FROM item_state JOIN items ON items.id = item_id JOIN predictions USING (item_id)"
        " WHERE class_id = ?",
        [KEYS],
    )
    assert {row["route"] for row in by_words} == {"novel"}
    item = read_item(small.db, by_words[0]["external_id"], people={})
    assert item.route_reason == "The model had no label of this class to learn from, so a person decides."


def claim_all(small):
    return claim(small.db, actor=OTHER, count=60, now=small.now())


def test_a_version_is_made_again_from_its_snapshot_whatever_the_classes_are_called_now(small):
    taken = snapshot(small)
    first = trained(small, taken.id)
    names = [
        ClassDraft("late_parcel", "late"),
        ClassDraft("card declined", "other words"),
        ClassDraft("lost keys", "x"),
    ]
    save_classes(small.db, classes=names, actor=small.actor, now=small.now())
    assert trained(small, taken.id).probe_sha256 == first.probe_sha256
    assert trained(small, snapshot(small).id).parameters.get("class_words") is None


def test_a_snapshot_from_before_there_were_words_is_learned_from_without_them(small):
    taken = snapshot(small)
    rules = json.dumps({key: value for key, value in taken.rules.items() if key != "class_words"})
    for row in fetch_all(small.db, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'snapshots'"):
        small.db.execute(f'DROP TRIGGER "{row["name"]}"')
    with small.db.conn:
        small.db.execute("UPDATE snapshots SET rules = ?", (rules,))
    version = trained(small, taken.id)
    assert version.parameters.get("class_words") is None
    assert classes_known(small, version) == [LATE, CARD]


def test_where_the_encoder_was_taken_away_training_and_queue_go_on_without_words(small, monkeypatch):
    in_use(small)
    WordEncoder(lacking="Install it.").use(monkeypatch)
    item_id = next(iter(fetch_all(small.db, "SELECT item_id FROM queue")))["item_id"]
    small.decide(item_id, KEYS)
    monkeypatch.setattr(order, "words_of_classes", None)
    assert order_queue(small.db, small.folder, count=5) == 5
    taken = snapshot(small)
    assert taken.rules["class_words"] is False
    assert trained(small, taken.id).parameters.get("class_words") is None


def test_its_learning_curve_learns_from_the_pool_and_the_words_of_then_too(tmp_path, monkeypatch):
    small = project(tmp_path, CLASSES, labelled=20, of_each=24)
    version = trained(small, snapshot(small).id)
    assert (version.parameters["class_words"], version.parameters["unlabelled_weight"]) == (1.0, 1.0)
    names = [ClassDraft(name, name[:4]) for name in CLASSES]
    save_classes(small.db, classes=names, actor=small.actor, now=small.now())
    seen, whole = [], learning_curve.run_trials
    monkeypatch.setattr(
        learning_curve, "run_trials", lambda exam, one, advance: seen.append(one) or whole(exam, one, advance)
    )
    who = {"actor": small.actor, "now": small.now()}
    make_learning_curve(small.db, small.folder, version_id=version.id, has_time=lambda: False, **who)
    assert {tuple(one.word_class_ids.tolist()) for one in seen} == {(LATE, CARD, KEYS)}
    labels, pool = 40, 32
    assert {one.neighbourhood.labelled for one in seen} == {labels + len(CLASSES)}
    assert {one.neighbourhood.ties.shape[0] for one in seen} == {labels + len(CLASSES) + pool}


def test_a_class_out_of_use_is_not_answered(small):
    drafts = [ClassDraft(name, name, retired=name == "lost keys") for name in CLASSES]
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())
    assert classes_known(small, trained(small, snapshot(small).id)) == [LATE, CARD]


def test_a_class_of_one_word_says_too_little_and_a_guideline_helps(tmp_path):
    small = project(tmp_path, ("late_parcel", "card declined", "keys"))
    assert classes_known(small, trained(small, snapshot(small).id)) == [LATE, CARD]
    set_guideline(small.db, key="keys", guideline="lost keys", actor=small.actor, now=small.now())
    assert classes_known(small, trained(small, snapshot(small).id)) == [LATE, CARD, KEYS]


def test_the_queue_follows_by_the_words_of_now(small, monkeypatch):
    version = in_use(small)
    asked, whole = [], order.words_of_classes
    monkeypatch.setattr(
        order, "words_of_classes", lambda classes, *where: asked.append(classes) or whole(classes, *where)
    )
    item_id = next(iter(fetch_all(small.db, "SELECT item_id FROM queue")))["item_id"]
    small.decide(item_id, KEYS)
    order_queue(small.db, small.folder, count=5)
    assert version.parameters["class_words"]
    assert [one.name for one in asked[0]] == list(CLASSES)


def test_words_are_encoded_once_and_kept_beside_those_of_items(small, words):
    in_use(small)
    assert [text for text in words.texts if text in {"late parcel", "lost keys"}] == ["late parcel", "lost keys"]
    words.texts.clear()
    small.decide(next(iter(fetch_all(small.db, "SELECT item_id FROM queue")))["item_id"], KEYS)
    assert order_queue(small.db, small.folder, count=5) == 5
    assert words.texts == []
    set_guideline(small.db, key="lost keys", guideline="found", actor=small.actor, now=small.now())
    order_queue(small.db, small.folder, count=5)
    assert words.texts == ["lost keys. found"]
