"""Texts are encoded once, from the first item to the last, whatever stops it; then models learn from them."""

import pytest

from hitl.adapters.image_folder import FOLDER as IMAGES
from hitl.adapters.text_embeddings import TextEmbeddings, count_kept
from hitl.domain.errors import JobCancelled, NotFound, NotPermitted
from hitl.domain.fields import Field, Role
from hitl.domain.people import SYSTEM
from hitl.encoding import encoder_of, encoding_ready
from hitl.loop import encode
from hitl.loop.encode import choose_encoder, encode_items, find_due_encoding, set_encoder, waiting_texts
from hitl.loop.evaluate import answer_tests
from hitl.loop.learning_curve import make_learning_curve
from hitl.loop.predict import predict_version
from hitl.loop.projects import create_project
from hitl.loop.redact import RedactionOrder, finish_redactions, redact_item
from hitl.loop.train import take_snapshot, train_version
from hitl.ml.estimators import registry
from hitl.store.connection import fetch_all, fetch_value, open_project, open_tandem, write_transaction
from hitl.store.encoding import encoder_rule, read_encoding
from hitl.store.items import visible_count
from hitl.store.versions import read_version
from tests.small_project import LEAD, OTHER, SmallProject
from tests.word_encoder import WordEncoder

TOPICS = ("my parcel came late and wet", "the card was declined at the till")


@pytest.fixture
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def small(tmp_path, words):
    return SmallProject(tmp_path)


def encode_all(small, tick=lambda share, note: None):
    return encode_items(small.db, small.folder, now=small.now(), tick=tick)


def add_topics(small, count=60, labelled=60):
    """Texts whose words tell the class, a word of their own in each."""
    rows = [(f"n{n}", f"{TOPICS[n % 2]} no{n}", ("yes", "no")[n % 2] if n < labelled else "") for n in range(count)]
    return small.add_rows(rows)


def train(small, request="t"):
    who = {"actor": small.actor, "now": small.now()}
    snapshot = take_snapshot(small.db, request_id=request, **who)
    return train_version(small.db, small.folder, snapshot_id=snapshot.id, seed=1, request_id=request, **who)


def redact(small, names):
    tandem = open_tandem(small.data_dir)
    for name in names:
        order, who = RedactionOrder(name, "asked for"), {"actor": small.actor, "now": small.now()}
        redact_item(small.db, tandem, slug=small.slug, order=order, request_id=name, **who)
    finish_redactions(small.db, tandem, small.data_dir, slug=small.slug, actor=SYSTEM, now=small.now())
    tandem.conn.close()


def predictions(small, version_id):
    sql = "SELECT item_id, class_id, confidence, novelty FROM predictions WHERE version_id = ? ORDER BY item_id"
    return fetch_all(small.db, sql, (version_id,))


def test_every_text_is_encoded_once(small, words):
    assert not encoding_ready(small.db, small.folder)
    assert waiting_texts(small.db, small.folder) == 12
    assert encode_all(small) == 12
    assert encoding_ready(small.db, small.folder)
    assert (len(words.texts), waiting_texts(small.db, small.folder)) == (12, 0)
    assert encode_all(small) == 0
    assert len(words.texts) == 12


def test_items_that_come_later_wait_and_equal_texts_do_not_count_twice(small, words):
    encode_all(small)
    small.add_rows([("n1", "text number 3", ""), ("n2", "a new text", "")])
    assert not encoding_ready(small.db, small.folder)
    assert encode_all(small) == 2
    assert words.texts[12:] == ["a new text"]
    assert encoding_ready(small.db, small.folder)


def test_an_import_that_is_published_after_a_later_item_is_encoded_too(small, words):
    encode_all(small)
    last = fetch_value(small.db, "SELECT max(id) FROM items")
    small.add_rows([("n1", "staged first", "")])
    with write_transaction(small.db):
        small.db.execute("UPDATE encoding SET encoded_to = ?", (last + 100,))
    small.add_rows([("n2", "published after", "")])
    assert read_encoding(small.db, "words-1").encoded_to == last + 1
    assert encode_all(small) == 1


def test_one_that_is_stopped_goes_on_where_it_was(small, words, monkeypatch):
    monkeypatch.setattr(encode, "CHUNK_ITEMS", 4)
    monkeypatch.setattr("hitl.adapters.text_embeddings.BATCH_TEXTS", 2)

    def stop(share, note):
        if share > 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        encode_all(small, stop)
    assert not encoding_ready(small.db, small.folder)
    assert encode_all(small) == 12 - 4
    assert sorted(words.texts) == sorted(f"text number {n}" for n in range(12))


def test_the_share_done_and_the_time_left_are_told(small, monkeypatch):
    monkeypatch.setattr(encode, "CHUNK_ITEMS", 4)
    told = []
    encode_all(small, lambda share, note: told.append((round(share, 2), note)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told[0][1] == "Reading the texts (4 of 12 items)"
    assert read_encoding(small.db, "words-1").texts_per_second > 0


def test_removed_vectors_are_computed_anew(small, words):
    encode_all(small)
    for path in (small.folder / "arrays").iterdir():
        path.unlink()
    assert not encoding_ready(small.db, small.folder)
    assert encode_all(small) == 12
    assert encoding_ready(small.db, small.folder)


def test_a_project_without_texts_has_nothing_to_encode(tmp_path, words):
    who = {"actor": SYSTEM, "now": SmallProject(tmp_path).now()}
    fields = [Field("age", Role.NUMBER)]
    create_project(tmp_path, slug="ages", name="Ages", fields=fields, class_names=["a", "b"], **who)
    db = open_project(tmp_path, "ages")
    assert encode_items(db, tmp_path / "projects" / "ages", now=who["now"]) == 0
    assert not encoding_ready(db, tmp_path / "projects" / "ages")
    assert find_due_encoding(db, tmp_path / "projects" / "ages") is None
    db.conn.close()


def test_what_is_due_is_named_by_what_made_it_due(small):
    first = find_due_encoding(small.db, small.folder)
    assert first == find_due_encoding(small.db, small.folder) == "encode-words-1-0-12"
    encode_all(small)
    assert find_due_encoding(small.db, small.folder) is None
    small.add_rows([("n1", "a new text", "")])
    assert find_due_encoding(small.db, small.folder) == "encode-words-1-0-13"
    encode_all(small)
    for path in (small.folder / "arrays").iterdir():
        path.unlink()
    assert find_due_encoding(small.db, small.folder) == "encode-words-1-0-13-anew-13"


def test_many_texts_wait_for_a_person(small, monkeypatch):
    monkeypatch.setattr(encode, "MOST_UNASKED_TEXTS", 11)
    assert find_due_encoding(small.db, small.folder) is None
    encode_all(small)
    small.add_rows([("n1", "a new text", "")])  # once they are encoded, a few more follow by themselves
    assert find_due_encoding(small.db, small.folder) is not None


def test_leads_turn_it_off_and_on(small):
    encode_all(small)
    set_encoder(small.db, is_on=False, actor=small.actor, now=small.now())
    set_encoder(small.db, is_on=False, actor=small.actor, now=small.now())
    assert not encoding_ready(small.db, small.folder)
    assert find_due_encoding(small.db, small.folder) is None
    set_encoder(small.db, is_on=True, actor=small.actor, now=small.now())
    assert encoding_ready(small.db, small.folder)
    assert fetch_value(small.db, "SELECT count(*) FROM encoder_rules") == 2
    with pytest.raises(NotPermitted):
        set_encoder(small.db, is_on=False, actor=OTHER, now=small.now())


@pytest.fixture
def other(words, monkeypatch):
    """Another encoder beside the usual one."""
    other = WordEncoder(name="others")
    words.use(monkeypatch, other)
    return other


def choose(small, name, actor=None):
    choose_encoder(small.db, name=name, actor=actor or small.actor, now=small.now())


def test_another_encoder_reads_all_texts_anew_and_the_first_is_found_as_it_was(small, words, other):
    encode_all(small)
    choose(small, "others")
    assert (encoding_ready(small.db, small.folder), waiting_texts(small.db, small.folder)) == (False, 12)
    assert find_due_encoding(small.db, small.folder) == "encode-others-1-1-12"
    assert encode_all(small) == 12
    assert encoding_ready(small.db, small.folder)
    assert (len(words.texts), len(other.texts)) == (12, 12)
    choose(small, "words")
    assert encoding_ready(small.db, small.folder)
    assert find_due_encoding(small.db, small.folder) is None


def test_who_chose_what_is_told_once(small, other):
    set_encoder(small.db, is_on=False, actor=small.actor, now=small.now())
    for _ in range(2):
        choose(small, "others", actor=LEAD)
    set_encoder(small.db, is_on=True, actor=small.actor, now=small.now())
    assert (encoder_of(small.db).name, encoder_rule(small.db).is_on) == ("others", True)
    rows = fetch_all(small.db, "SELECT is_on, encoder FROM encoder_rules ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [(0, None), (0, "others"), (1, "others")]
    assert fetch_value(small.db, "SELECT count(*) FROM audit_log WHERE act = 'choose_encoder'") == 1


def test_an_encoder_that_is_not_known_or_not_installed_is_refused(small, words, monkeypatch):
    words.use(monkeypatch, WordEncoder(name="extra", lacking="Run: pip install extra"))
    with pytest.raises(NotFound, match="Run: pip install extra"):
        choose(small, "extra")
    with pytest.raises(NotFound, match=r"no encoder 'bert'\. Known: words, extra"):
        choose(small, "bert")
    with pytest.raises(NotPermitted):
        choose(small, "extra", actor=OTHER)
    assert fetch_value(small.db, "SELECT count(*) FROM encoder_rules") == 0


def test_after_a_redaction_only_the_chosen_encoder_has_vectors(small, words, other):
    small.add_rows([("m1", "somebody's secret", "")])
    encode_all(small)
    choose(small, "others")
    encode_all(small)
    redact(small, ["m1"])
    assert count_kept(small.folder, words.encoder) == 0
    other.texts.clear()
    TextEmbeddings(small.folder, other.encoder).keep(["somebody's secret", "text number 3"])
    assert other.texts == ["somebody's secret"]
    choose(small, "words")
    assert encode_all(small) == 12


def test_models_learn_from_meanings_once_all_are_encoded_and_name_the_encoder(small, monkeypatch):
    monkeypatch.setattr(registry, "ESTIMATORS", (registry.TEXT_EMBEDDED, registry.TEXT_LINEAR))  # both find all
    add_topics(small)
    before = read_version(small.db, train(small))
    encode_all(small)
    after = read_version(small.db, train(small, "u"))
    assert (before.estimator, after.estimator) == ("text_linear", "text_embedded")
    assert "words" not in before.libraries
    assert after.libraries["words"] == "1 (MIT)"


def test_with_very_many_labels_models_learn_from_words_alone(small, monkeypatch):
    monkeypatch.setattr("hitl.loop.train.MOST_EMBEDDED_LABELS", 59)
    monkeypatch.setattr(registry, "ESTIMATORS", (registry.TEXT_EMBEDDED, registry.TEXT_LINEAR))
    add_topics(small)
    encode_all(small)
    assert read_version(small.db, train(small)).estimator == "text_linear"


@pytest.fixture
def embedded(small, words, monkeypatch):
    """A version that reads meanings: words alone do not compete."""
    monkeypatch.setattr(registry, "ESTIMATORS", (registry.TEXT_EMBEDDED,))
    add_topics(small)
    small.add_rows([(f"late{n}", f"{TOPICS[n % 2]} later{n}", "") for n in range(8)])
    encode_all(small)
    return train(small)


def test_a_version_that_reads_meanings_answers_the_same_after_a_restart(small, embedded):
    version = read_version(small.db, embedded)
    assert (version.estimator, version.libraries["words"]) == ("text_embedded", "1 (MIT)")
    assert predict_version(small.db, small.folder, version_id=embedded, now=small.now()) == visible_count(small.db)
    answers = predictions(small, embedded)
    with write_transaction(small.db):
        small.db.execute("DELETE FROM predictions")
    small.db.conn.close()
    small.db = open_project(small.data_dir, small.slug)
    predict_version(small.db, small.folder, version_id=embedded, now=small.now())
    assert predictions(small, embedded) == answers
    last = {row["item_id"]: row["class_id"] for row in answers[-8:]}
    assert list(last.values()) == [1, 2] * 4


def test_a_version_answers_by_the_encoder_that_it_learned_by(small, embedded, other):
    choose(small, "others")
    encode_all(small)
    predict_version(small.db, small.folder, version_id=embedded, now=small.now())
    after = read_version(small.db, train(small, "u"))
    assert len(predictions(small, embedded)) == visible_count(small.db)
    assert [name for name in after.libraries if name in {"words", "others"}] == ["others"]


def test_predicting_encodes_what_came_since(small, words, embedded):
    small.add_rows([("new", f"{TOPICS[0]} just now", "")])
    predict_version(small.db, small.folder, version_id=embedded, now=small.now())
    assert words.texts[-1] == f"{TOPICS[0]} just now"
    assert predictions(small, embedded)[-1]["class_id"] == 1


def test_it_answers_tests_and_has_a_learning_curve(small, embedded):
    with write_transaction(small.db):
        small.db.execute("INSERT INTO test_groups(group_id, source, at) SELECT max(id), 'import', 'x' FROM groups")
    who = {"actor": small.actor, "now": small.now()}
    make_learning_curve(small.db, small.folder, version_id=embedded, has_time=lambda: False, **who)
    assert answer_tests(small.db, small.folder, version_id=embedded, **who) == 1


def test_another_version_of_the_encoder_does_not_answer_in_its_place(small, embedded, monkeypatch):
    WordEncoder("2").use(monkeypatch)
    with pytest.raises(NotFound, match=r"words-1.*It has words-2\. Train a new version"):
        predict_version(small.db, small.folder, version_id=embedded, now=small.now())
    assert not encoding_ready(small.db, small.folder)


def test_a_redacted_text_leaves_no_vector(small, words):
    small.add_rows([("m1", "somebody's secret", ""), ("m2", "said by two", ""), ("m3", "said by two", "")])
    encode_all(small)
    kept = TextEmbeddings(small.folder, words.encoder)
    assert kept.kept_count == 14
    redact(small, ["m1", "m2"])
    words.texts.clear()
    TextEmbeddings(small.folder, words.encoder).keep(["somebody's secret", "said by two", "text number 3"])
    assert words.texts == ["somebody's secret"]
    assert encoding_ready(small.db, small.folder)
    assert not (small.folder / IMAGES).exists()
