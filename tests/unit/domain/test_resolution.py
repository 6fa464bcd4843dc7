"""What was said about a group settles its label."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.records import Event, EventKind, Source
from hitl.domain.resolution import OPEN, resolve, standing_decisions


def event(number, kind=EventKind.LABEL, *, actor=1, class_id=None, source=Source.REVIEWER, target=None, surplus=False):
    return Event(
        id=number,
        group_id=1,
        item_id=1,
        actor_id=actor,
        source=source,
        kind=kind,
        class_id=class_id,
        request_id=None if source is Source.IMPORT else f"r{number}",
        target_id=target,
        shown_version_id=None,
        shown_class_id=None,
        shown_confidence=None,
        blind=False,
        surplus=surplus,
        comment="",
        at="2026-01-05T09:00:00.000000Z",
    )


def imported(number, class_id):
    return event(number, class_id=class_id, source=Source.IMPORT)


def test_nothing_said_leaves_it_open():
    assert resolve([]) == OPEN


def test_the_latest_reviewer_outranks_imported_labels():
    found = resolve([event(1, class_id=3), imported(2, 4)])
    assert (found.class_id, found.review_count) == (3, 1)


def test_contradicting_imported_labels_leave_it_open():
    assert resolve([imported(1, 3), imported(2, 4)]).class_id is None


def test_agreeing_imported_labels_settle_it():
    assert resolve([imported(1, 3), imported(2, 3)]).class_id == 3


def test_the_later_of_two_reviewers_settles_it():
    found = resolve([event(1, actor=1, class_id=3), event(2, actor=2, class_id=4)])
    assert (found.class_id, found.review_count) == (4, 2)


def test_a_surplus_answer_counts_and_settles_nothing():
    found = resolve([event(1, actor=1, class_id=3), event(2, actor=2, class_id=4, surplus=True)])
    assert (found.class_id, found.review_count) == (3, 2)


def test_undo_lets_the_earlier_decision_of_the_same_person_stand():
    said = [event(1, class_id=3), event(2, class_id=4), event(3, EventKind.UNDO, target=2)]
    assert resolve(said).class_id == 3


def test_undo_of_the_only_decision_lets_the_imported_label_stand():
    assert resolve([imported(1, 5), event(2, class_id=4), event(3, EventKind.UNDO, target=2)]).class_id == 5


def test_a_skip_is_no_answer():
    assert resolve([event(1, EventKind.SKIP)]) == OPEN


def test_cannot_tell_settles_without_a_class():
    found = resolve([imported(1, 5), event(2, EventKind.CANNOT_TELL)])
    assert (found.class_id, found.cannot_tell) == (None, True)


def test_an_adjudication_outranks_a_later_reviewer():
    ruling = event(1, EventKind.ADJUDICATE, class_id=3, source=Source.ADJUDICATION)
    assert resolve([ruling, event(2, actor=2, class_id=4)]).class_id == 3


EVENTS = st.lists(
    st.tuples(st.sampled_from(["label", "cannot_tell", "skip", "undo"]), st.integers(1, 3), st.integers(1, 2)),
    max_size=12,
)


@given(EVENTS)
def test_at_most_one_decision_a_person_stands_and_none_that_was_undone(plan):
    said = []
    for number, (kind, actor, class_id) in enumerate(plan, start=1):
        target = next((past.id for past in said if past.actor_id == actor and past.kind is EventKind.LABEL), None)
        if kind == "undo" and target is None:
            continue
        said.append(
            event(
                number,
                EventKind(kind),
                actor=actor,
                class_id=class_id if kind == "label" else None,
                target=target if kind == "undo" else None,
            )
        )
    standing = standing_decisions(said)
    undone = {one.target_id for one in said if one.kind is EventKind.UNDO}
    assert len({one.actor_id for one in standing}) == len(standing)
    assert not undone & {one.id for one in standing}


@given(EVENTS, st.randoms())
def test_the_order_of_reading_changes_nothing(plan, rng):
    said = [event(n, EventKind.LABEL, actor=a, class_id=c) for n, (_, a, c) in enumerate(plan, start=1)]
    shuffled = said.copy()
    rng.shuffle(shuffled)
    assert resolve(shuffled) == resolve(said)


def test_of_imported_labels_the_latest_of_each_record_stands():
    first, again = (replace(imported(number, class_id), record="a") for number, class_id in ((1, 3), (2, 4)))
    assert resolve([first, again]).class_id == 4
    assert resolve([first, again, replace(imported(3, 3), record="b")]).class_id is None
