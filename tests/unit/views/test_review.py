"""What a reviewer sees: cards without a word too much, honest counts, and the next step when nothing is waiting."""

from datetime import timedelta

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.review import cannot_tell, claim, decide, skip, undo
from hitl.store.connection import open_project
from hitl.views.review import (
    lost_assignments,
    read_cards,
    read_cold_start,
    read_desk,
    read_progress,
    read_quick_progress,
    read_rest,
)
from tests.bulk_acts import bulk_act
from tests.doubted_labels import SURELY_WRONG, doubt
from tests.small_project import LEAD, OTHER, START, SmallProject

YES, NO = 1, 2


@pytest.fixture
def small(tmp_path):
    """Twelve short texts; the first four came with a label, eight wait."""
    return SmallProject(tmp_path)


def answer(small, item_id, class_id=YES, actor=LOCAL_OWNER):
    request_id = small.request()
    decide(small.db, actor=actor, request_id=request_id, item_id=item_id, class_id=class_id, now=small.now())
    return request_id


def answer_all(small, actor=LOCAL_OWNER):
    while claimed := claim(small.db, actor=actor, count=12, now=small.now()):
        for assignment in claimed:
            answer(small, assignment.item_id, assignment.item_id % 2 + 1, actor)


def deal(small, count=12):
    leases = claim(small.db, actor=LOCAL_OWNER, count=count, now=small.now())
    return read_cards(small.db, leases, people={8: "Team lead"})


def rest(small, actor=LOCAL_OWNER):
    return read_rest(small.db, read_progress(small.db, actor, small.now()))


def test_a_card_that_was_sent_back_says_by_whom_and_why(small):
    bulk_act(small, BulkKind.REVIEW, item_ids=[2], actor=LEAD, comment="looks <b>wrong</b>")
    card = deal(small, 1)[0]
    assert (card.item_id, card.route) == (2, "second_look")
    assert card.note == "Sent back by Team lead. “looks <b>wrong</b>” “no” stands until it is decided again."
    assert deal(small, 2)[1].note is None


@pytest.mark.parametrize(
    ("who", "said"),
    [(LOCAL_OWNER, "You answered “yes” before."), (OTHER, "A colleague answered “yes” before.")],
)
def test_a_card_of_a_doubted_label_says_whose_it_is_and_hides_what_the_model_answers(tmp_path, who, said):
    small = SmallProject(tmp_path, rows=80, labelled=60)
    small.answer_with(dict.fromkeys(range(1, 81), (NO, 0.99)))
    answer(small, 3, YES, actor=who)
    doubt(small, {3: (YES, SURELY_WRONG)})
    leases = claim(small.db, actor=LOCAL_OWNER, count=1, now=small.now())
    (card,) = read_cards(small.db, leases, people={7: "Second reviewer"}, viewer_id=LOCAL_OWNER.id)
    assert (card.route, card.blind, card.prediction) == ("second_look", True, None)
    assert card.note.startswith(f"{said} The model finds it unlike other “yes”: please look again.")
    assert "no" not in card.note.lower().split()


def test_a_card_of_a_doubted_imported_label_says_where_it_came_from(tmp_path):
    small = SmallProject(tmp_path, rows=80, labelled=60)
    doubt(small, {3: (YES, SURELY_WRONG)})
    assert deal(small, 1)[0].note.startswith("“yes” came with the data.")


def test_a_card_holds_what_the_reviewer_decides_on(small):
    small.answer_with(dict.fromkeys(range(1, 13), (NO, 0.7)))
    card = deal(small, 1)[0]
    assert card.external_id == f"t{card.item_id - 1}"
    assert [(field.name, field.role, field.value) for field in card.fields] == [
        ("text", "text", f"text number {card.item_id - 1}")
    ]
    assert (card.prediction.class_id, card.prediction.confidence, card.prediction.version_name) == (NO, 0.7, "Version")
    assert (card.route, card.blind) == ("low_confidence", False)


def test_without_a_model_a_card_has_no_prediction(small):
    cards = deal(small)
    assert len(cards) == 8
    assert all(card.prediction is None and card.route == "cold_start" and not card.blind for card in cards)


def test_items_with_the_same_content_are_counted_on_one_card(small):
    small.add_rows([("a", "the same", ""), ("b", "the same", ""), ("c", "the same", "")])
    assert sorted(card.identical_count for card in deal(small)) == [0] * 8 + [2]


def test_progress_counts_answers_that_stand_and_no_skips(small):
    last = answer(small, 5)
    answer(small, 6)
    cannot_tell(small.db, actor=LOCAL_OWNER, request_id=small.request(), item_id=7, now=small.now())
    skip(small.db, actor=LOCAL_OWNER, request_id=small.request(), item_id=8, now=small.now())
    undo(small.db, actor=LOCAL_OWNER, request_id=small.request(), target_request_id=last, now=small.now())
    progress = read_progress(small.db, LOCAL_OWNER, small.now())
    assert (progress.waiting, progress.reviewed_by_me_today, progress.skipped_by_me) == (6, 2, 1)
    assert read_quick_progress(small.db, LOCAL_OWNER, small.now()).skipped_by_me is None


def test_progress_begins_anew_each_day_and_is_each_persons_own(small):
    answer(small, 5)
    answer(small, 6, actor=OTHER)
    assert read_progress(small.db, OTHER, small.now()).reviewed_by_me_today == 1
    assert read_progress(small.db, LOCAL_OWNER, small.now() + timedelta(days=1)).reviewed_by_me_today == 0


def test_an_answer_dated_in_the_future_is_none_of_today(small):
    small.clock += timedelta(days=400)
    answer(small, 5)
    small.clock -= timedelta(days=400)
    answer(small, 6)
    assert read_progress(small.db, LOCAL_OWNER, small.now()).reviewed_by_me_today == 1


def test_an_answer_dated_later_today_is_one_of_today(small):
    small.clock += timedelta(hours=2)
    answer(small, 5)
    small.clock -= timedelta(hours=2)
    assert read_progress(small.db, LOCAL_OWNER, small.now()).reviewed_by_me_today == 1


def test_a_lease_that_somebody_elses_answer_ended_is_lost(small):
    held = [assignment.id for assignment in claim(small.db, actor=LOCAL_OWNER, count=2, now=small.now())]
    item_id = deal(small, 2)[0].item_id
    answer(small, item_id, actor=OTHER)
    assert lost_assignments(small.db, LOCAL_OWNER, held) == held[:1]


def test_the_desk_offers_the_classes_in_use_with_their_guidelines(small):
    desk = read_desk(small.db)
    assert [(entry.id, entry.name, entry.guideline) for entry in desk.classes] == [(YES, "yes", ""), (NO, "no", "")]


# ---- nothing to do: each state says what helps


def test_a_project_without_items_points_to_import(tmp_path):
    create_project(
        tmp_path,
        slug="empty",
        name="Empty",
        fields=(Field("text", Role.TEXT),),
        class_names=["yes", "no"],
        actor=LOCAL_OWNER,
        now=START,
    )
    db = open_project(tmp_path, "empty")
    found = read_rest(db, read_progress(db, LOCAL_OWNER, START))
    assert (found.title, found.links[0].page) == ("No items yet", "import")


def test_what_was_skipped_is_offered_again(small):
    for assignment in claim(small.db, actor=LOCAL_OWNER, count=12, now=small.now()):
        skip(small.db, actor=LOCAL_OWNER, request_id=small.request(), item_id=assignment.item_id, now=small.now())
    assert (rest(small).title, rest(small).text) == ("You skipped 8 items", "Nothing else is waiting for you.")


def test_what_others_hold_is_said_to_come_back(small):
    claim(small.db, actor=OTHER, count=12, now=small.now())
    found = rest(small)
    assert found.title == "Others are at work on the rest"
    assert found.text.startswith("8 waiting items are with other people.")


def test_all_settled_with_too_few_labels_says_what_is_missing(tmp_path):
    small = SmallProject(tmp_path, rows=6, labelled=2)
    answer_all(small)
    found = rest(small)
    assert found.title == "Everything here is settled"
    assert "A first model needs 10 labels; there are 6. Label 4 more." in found.text
    assert found.links[0].page == "import"


def test_all_settled_with_enough_labels_points_to_the_first_training(small):
    answer_all(small)
    assert [link.page for link in rest(small).links] == ["train", "import"]


def test_all_settled_since_the_last_training_points_to_training_again(small):
    small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.6)))
    answer_all(small)
    assert [link.page for link in rest(small).links] == ["train", "explore"]


def test_cold_start_says_how_far_it_is_to_a_model(small):
    assert read_cold_start(small.db) == "A first model needs 10 labels; there are 4. Label 6 more."
    answer_all(small)
    assert read_cold_start(small.db) == "There are enough labels for a first model: start it on the Train page."
    small.answer_with(dict.fromkeys(range(1, 13), (YES, 0.6)))
    assert read_cold_start(small.db) is None


@pytest.mark.parametrize(
    ("text", "href"), [("https://desk.example/7", "https://desk.example/7"), ("javascript:x", None)]
)
def test_a_link_on_a_card_is_an_address_only_where_it_may_be_followed(tmp_path, text, href):
    fields = (Field("text", Role.TEXT), Field("source", Role.LINK))
    create_project(
        tmp_path, slug="linked", name="L", fields=fields, class_names=["a", "b"], actor=LOCAL_OWNER, now=START
    )
    db = open_project(tmp_path, "linked")
    rows = [Row(2, {"text": "hello", "source": text})]
    common = {"actor": LOCAL_OWNER, "now": START}
    import_id = stage_rows(db, rows=rows, file_name="a.csv", file_sha256="0" * 64, request_id="r", **common)
    publish_import(db, import_id=import_id, **common)
    (card,) = read_cards(db, claim(db, count=1, **common), people={})
    assert [(one.value, one.href) for one in card.fields] == [("hello", None), (text, href)]
    db.conn.close()


def test_a_date_that_is_only_shown_reads_as_a_date(tmp_path):
    fields = (Field("text", Role.TEXT), Field("sent", Role.SHOWN))
    create_project(
        tmp_path, slug="dated", name="D", fields=fields, class_names=["a", "b"], actor=LOCAL_OWNER, now=START
    )
    db = open_project(tmp_path, "dated")
    rows = [Row(2, {"text": "2025-09-19", "sent": "2025-09-19"})]
    common = {"actor": LOCAL_OWNER, "now": START}
    import_id = stage_rows(db, rows=rows, file_name="a.csv", file_sha256="0" * 64, request_id="r", **common)
    publish_import(db, import_id=import_id, **common)
    (card,) = read_cards(db, claim(db, count=1, **common), people={})
    assert [one.value for one in card.fields] == ["2025-09-19", "Sep 19, 2025"]
    db.conn.close()
