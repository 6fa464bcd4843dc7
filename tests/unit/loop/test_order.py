"""The head of the queue is chosen from many items together; audits keep their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.loop import order
from hitl.loop.order import give_places, order_queue
from hitl.loop.predict import predict_version
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.promote import promote
from hitl.loop.review import claim
from hitl.loop.route import set_policy
from hitl.loop.train import take_snapshot, train_version
from hitl.ml import quick_fit
from hitl.store.asked_first import WaitingGroup, labelled_groups
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.rebuilding import check
from tests.small_project import OTHER, SmallProject

TOPICS = ("card blocked chip", "transfer pending bank", "refund money shop", "parcel late courier")


@pytest.fixture
def mixed_up(tmp_path):
    """Forty texts on four topics, none labelled."""
    small = SmallProject(tmp_path, rows=0, class_names=("yes", "no", "maybe", "other"))
    counts = (14, 10, 8, 8)
    texts = [(topic, n) for topic, count in zip(TOPICS, counts, strict=True) for n in range(count)]
    small.add_rows([(f"i{n}", f"{topic} {number}", "") for n, (topic, number) in enumerate(texts)])
    yield small
    small.db.conn.close()


def queue(small):
    rows = fetch_all(small.db, "SELECT item_id, route, priority FROM queue ORDER BY priority, group_id")
    return {row["item_id"]: (row["route"], row["priority"]) for row in rows}


def topics(small, item_ids):
    rows = {row["id"]: row["fields"] for row in fetch_all(small.db, "SELECT id, fields FROM items")}
    return [next(topic for topic in TOPICS if topic in rows[item_id]) for item_id in item_ids]


def strategy(small, name):
    set_policy(
        small.db,
        threshold=0.95,
        audit_rate=0.0,
        lease_seconds=60,
        query_strategy=name,
        reason="test",
        actor=small.actor,
        now=small.now(),
    )


def answer(small, count):
    small.decide_next(count, lambda item_id: TOPICS.index(topics(small, [item_id])[0]) + 1)


def test_before_the_first_label_the_first_items_show_what_there_is(mixed_up):
    assert order_queue(mixed_up.db, mixed_up.folder, count=6) == 6
    assert len(set(topics(mixed_up, list(queue(mixed_up))[:6]))) >= 3
    assert check(mixed_up.db) == []


def test_places_stay_the_same_but_for_who_has_them(mixed_up):
    before = queue(mixed_up)
    order_queue(mixed_up.db, mixed_up.folder, count=10)
    after = queue(mixed_up)
    assert sorted(place for _route, place in after.values()) == pytest.approx(
        sorted(place for _route, place in before.values())
    )
    assert set(after) == set(before)


def test_audits_and_what_was_drawn_for_a_test_are_not_moved(mixed_up):
    mixed_up.draw(8, purpose="audit")
    before = {item: found for item, found in queue(mixed_up).items() if found[0] == "audit"}
    order_queue(mixed_up.db, mixed_up.folder, count=30)
    assert {item: found for item, found in queue(mixed_up).items() if found[0] == "audit"} == before
    assert len(before) == 8


def test_choosing_again_starts_from_the_items_own_places(mixed_up):
    order_queue(mixed_up.db, mixed_up.folder, count=5)
    first = queue(mixed_up)
    order_queue(mixed_up.db, mixed_up.folder, count=5)
    assert queue(mixed_up) == first
    strategy(mixed_up, "margin")
    assert order_queue(mixed_up.db, mixed_up.folder) == 0
    assert fetch_all(mixed_up.db, "SELECT * FROM asked_first") == []


def test_with_a_model_doubtful_items_come_first(mixed_up):
    answer(mixed_up, 12)
    mixed_up.answer_with({item: (1, 0.5 + item / 100) for item in range(1, 41)})
    order_queue(mixed_up.db, mixed_up.folder, count=4)
    head = list(queue(mixed_up))[:4]
    assert all(item in list(queue(mixed_up))[:40] for item in head)
    assert check(mixed_up.db) == []


def test_places_chosen_for_another_version_hold_no_longer(mixed_up):
    order_queue(mixed_up.db, mixed_up.folder, count=10)
    mixed_up.answer_with({item: (1, 0.5 + item / 100) for item in range(1, 41)})
    assert list(queue(mixed_up)) == sorted(queue(mixed_up), key=lambda item: queue(mixed_up)[item][1])
    assert next(iter(queue(mixed_up))) == 1
    assert check(mixed_up.db) == []


def test_two_people_are_given_the_best_items_one_after_the_other(mixed_up):
    order_queue(mixed_up.db, mixed_up.folder, count=8)
    head = list(queue(mixed_up))[:8]
    got = [
        lease.item_id
        for turn in range(4)
        for lease in claim(
            mixed_up.db, actor=(mixed_up.actor, OTHER)[turn % 2], count=2 * (turn // 2 + 1), now=mixed_up.now()
        )
    ]
    assert set(got) == set(head)


def test_an_answered_item_leaves_the_head(mixed_up):
    order_queue(mixed_up.db, mixed_up.folder, count=10)
    head = list(queue(mixed_up))[:10]
    answer(mixed_up, 4)
    assert list(queue(mixed_up))[:6] == head[4:]


def test_an_empty_project_has_nothing_to_choose_from(tmp_path):
    small = SmallProject(tmp_path, rows=0)
    assert order_queue(small.db, small.folder) == 0
    small.db.conn.close()


PRIORITIES = (0.0, 0.1, 0.25, 0.5, 1.0)
GROUPS = st.binary(min_size=1, max_size=12).map(lambda drawn: [divmod(byte, len(PRIORITIES)) for byte in drawn])
"""Of each group the turn in which it is chosen and the number of its priority; bytes are drawn at once."""


@given(groups=GROUPS, chosen_count=st.integers(1, 12))
def test_chosen_ones_come_first_in_their_order(groups, chosen_count):
    priorities = [PRIORITIES[number] for _turn, number in groups]
    waiting = [WaitingGroup(n, n, priority, 0.0) for n, priority in enumerate(priorities)]
    rows = sorted(range(len(groups)), key=lambda n: groups[n][0])[:chosen_count]
    places = give_places(waiting, rows)
    final = {one.group_id: places.get(one.group_id, one.priority) for one in waiting}
    order = sorted(final, key=final.__getitem__)
    assert order[: len(rows)] == rows
    assert sorted(final.values()) == pytest.approx(sorted(priorities), abs=1e-9)


@pytest.fixture
def learned(tmp_path):
    """Two topics are labelled and learned, two others wait, and a class of their own nobody has given yet."""
    small = SmallProject(tmp_path, rows=0, class_names=("yes", "no", "maybe"))
    labels = ("yes", "no", "", "")
    rows = [(topic, label, n) for topic, label in zip(TOPICS, labels, strict=True) for n in range(16)]
    small.add_rows([(f"i{n}", f"{topic} {number}", label) for n, (topic, label, number) in enumerate(rows)])
    who = {"actor": small.actor, "now": small.now()}
    snapshot = take_snapshot(small.db, request_id="s", **who)
    version = train_version(small.db, small.folder, snapshot_id=snapshot.id, seed=0, request_id="t", **who)
    predict_version(small.db, small.folder, version_id=version, now=small.now())
    promote(small.db, version_id=version, reason="first", request_id="p", **who)
    yield small
    small.db.conn.close()


def label(small, topic, class_id, count):
    rows = fetch_all(small.db, "SELECT item_id FROM queue ORDER BY item_id")
    wanted = [row["item_id"] for row in rows if topics(small, [row["item_id"]]) == [topic]][:count]
    for item_id in wanted:
        small.decide(item_id, class_id)


def test_what_was_said_since_the_version_learned_decides_what_is_in_doubt(learned):
    order_queue(learned.db, learned.folder, count=8)
    assert set(topics(learned, list(queue(learned))[:8])) == set(TOPICS[2:])
    label(learned, TOPICS[2], 3, 8)
    order_queue(learned.db, learned.folder, count=4)
    assert topics(learned, list(queue(learned))[:1]) == [TOPICS[3]]
    assert check(learned.db) == []


def test_a_quick_fit_moves_places_and_answers_nothing(learned):
    kept = ("predictions", "item_state", "releases", "versions", "evaluations", "promotions", "draws", "events")
    label(learned, TOPICS[2], 3, 8)
    before = {table: fetch_all(learned.db, f"SELECT * FROM {table}") for table in kept}
    files = sorted((learned.folder / "artifacts").iterdir())
    assert order_queue(learned.db, learned.folder, count=8) == 8
    assert {table: fetch_all(learned.db, f"SELECT * FROM {table}") for table in kept} == before
    assert sorted((learned.folder / "artifacts").iterdir()) == files


def test_a_version_that_has_learned_all_that_was_said_is_not_fitted_again(learned, monkeypatch):
    monkeypatch.setattr(quick_fit, "quick_proba", None)
    assert order_queue(learned.db, learned.folder, count=8) == 8
    label(learned, TOPICS[2], 3, 1)
    with pytest.raises(TypeError):
        order_queue(learned.db, learned.folder, count=8)


def test_labels_of_a_class_out_of_use_are_not_learned(learned, monkeypatch):
    label(learned, TOPICS[2], 3, 4)
    drafts = [ClassDraft("yes", "yes"), ClassDraft("no", "no"), ClassDraft("maybe", "maybe", retired=True)]
    save_classes(learned.db, classes=drafts, actor=learned.actor, now=learned.now())
    seen, whole = [], quick_fit.quick_proba

    def watched(recipe, inputs, y, asked, **how):
        seen.extend(y.tolist())
        return whole(recipe, inputs, y, asked, **how)

    monkeypatch.setattr(quick_fit, "quick_proba", watched)
    order_queue(learned.db, learned.folder, count=8)
    assert set(seen) == {1, 2}


def test_where_words_are_read_for_the_fit_fewer_items_come_into_question(learned, monkeypatch):
    monkeypatch.setattr(order, "MOST_READ", 5)
    assert asked_about(learned, monkeypatch) == 32
    label(learned, TOPICS[2], 3, 8)
    assert asked_about(learned, monkeypatch) == 5


def asked_about(small, monkeypatch):
    """How many items the head was chosen from; none had a place given before."""
    seen, whole = [], order.give_places
    small.db.execute("DELETE FROM asked_first")
    monkeypatch.setattr(order, "give_places", lambda waiting, rows: seen.append(len(waiting)) or whole(waiting, rows))
    order_queue(small.db, small.folder, count=3)
    small.db.execute("DELETE FROM asked_first")
    return seen[0]


def test_a_version_of_more_labels_than_a_quick_fit_takes_is_not_fitted_again(learned, monkeypatch):
    monkeypatch.setattr(quick_fit, "quick_proba", None)
    label(learned, TOPICS[2], 3, 1)
    monkeypatch.setattr(order, "MOST_LABELLED", 32)  # as many as the version has learned from
    assert order_queue(learned.db, learned.folder, count=8) == 8
    monkeypatch.setattr(order, "MOST_LABELLED", 40)
    with pytest.raises(TypeError):
        order_queue(learned.db, learned.folder, count=8)


def test_labels_kept_for_testing_take_no_place_among_the_latest(tmp_path):
    small = SmallProject(tmp_path, rows=300, labelled=250)
    kept = fetch_value(small.db, "SELECT count(*) FROM test_groups")
    found = labelled_groups(small.db, limit=100)
    assert (kept > 0, len(found)) == (True, 100)
    groups = "SELECT group_id FROM items WHERE id = ? INTERSECT SELECT group_id FROM test_groups"
    assert not any(fetch_all(small.db, groups, (item_id,)) for item_id, _class_id in found)
