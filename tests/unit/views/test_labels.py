"""Whether a version is out of date: what differs from what it learned, and only what it could learn from."""

from datetime import timedelta

import pytest

from hitl.domain.clock import utc_text
from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import cannot_tell, claim, decide, return_skipped, skip, undo
from hitl.loop.withdraw import withdraw_import
from hitl.store.events import latest_event_id
from hitl.store.projects import list_classes
from hitl.store.versions import add_snapshot, add_version
from hitl.views.labels import read_staleness
from tests.small_project import OTHER, START, SmallProject


@pytest.fixture
def trained(tmp_path):
    """A project whose newest version has learned from all that was said."""
    small = SmallProject(tmp_path)
    snapshot_id = add_snapshot(
        small.db,
        watermark=latest_event_id(small.db),
        rules={},
        class_counts={1: 2, 2: 2},
        digest="-",
        actor_id=1,
        at=utc_text(small.now()),
    )
    add_version(
        small.db,
        kind="trained",
        name="Version 1",
        snapshot_id=snapshot_id,
        estimator="given",
        parameters={},
        seed=0,
        libraries={},
        artifact_sha256="-",
        request_id="v",
        actor_id=1,
        at="x",
    )
    return small


def label(small, item_id, class_id, request_id, **more):
    common = {"actor": small.actor, "now": small.now(), **more}
    return decide(small.db, request_id=request_id, item_id=item_id, class_id=class_id, **common)


def news(small):
    return read_staleness(small.db).label_count


def test_a_version_that_knows_every_label_is_not_out_of_date(trained):
    assert not read_staleness(trained.db).is_stale


def test_a_corrected_label_makes_a_version_out_of_date_and_its_undoing_makes_it_current_again(trained):
    label(trained, 1, 2, "a")
    assert news(trained) == 1
    undo(trained.db, actor=trained.actor, request_id="b", target_request_id="a", now=trained.now())
    assert not read_staleness(trained.db).is_stale


def test_an_item_decided_over_and_over_is_one_new_label(trained):
    for number, class_id in enumerate((1, 2, 1)):
        label(trained, 9, class_id, f"again{number}")
    assert news(trained) == 1


def test_people_who_agree_with_an_imported_label_say_nothing_new(trained):
    label(trained, 1, 1, "same")
    assert news(trained) == 0


def test_a_label_that_nobody_can_tell_any_more_is_a_changed_one(trained):
    cannot_tell(trained.db, request_id="c", item_id=1, actor=trained.actor, now=trained.now())
    assert news(trained) == 1


def test_a_class_revised_twice_is_one_changed_class(trained):
    for guideline in ("a rule", "a better rule"):
        first, second = list_classes(trained.db)
        drafts = [ClassDraft(first.key, first.name, guideline), ClassDraft(second.key, second.name, second.guideline)]
        save_classes(trained.db, classes=drafts, actor=trained.actor, now=trained.now())
    assert read_staleness(trained.db).class_count == 1


def test_an_item_that_was_skipped_and_brought_back_says_nothing_new(trained):
    skip(trained.db, actor=trained.actor, request_id="s", item_id=9, now=trained.now())
    assert return_skipped(trained.db, actor=trained.actor, request_id="r", now=trained.now()) == 1
    assert news(trained) == 0


def test_a_surplus_answer_says_nothing_new(trained):
    [lease] = claim(trained.db, actor=trained.actor, now=trained.now())
    late = START + timedelta(days=1)
    [taken] = claim(trained.db, actor=OTHER, now=late)
    assert taken.item_id == lease.item_id
    label(trained, lease.item_id, 1, "first", actor=OTHER, now=late, assignment_id=taken.id)
    assert label(trained, lease.item_id, 2, "second", now=late, assignment_id=lease.id).outcome == "surplus"
    assert news(trained) == 1


def test_labels_that_were_withdrawn_after_it_learned_them_make_a_version_out_of_date(trained):
    withdraw_import(trained.db, import_id=1, reason="wrong", request_id="w", actor=trained.actor, now=trained.now())
    assert news(trained) == 4


def test_a_withdrawn_import_that_it_never_saw_changes_nothing_for_it(trained):
    late = trained.add_rows([("n1", "a late text", "yes")])
    before = news(trained)
    withdraw_import(
        trained.db, import_id=late.import_id, reason="wrong", request_id="w", actor=trained.actor, now=trained.now()
    )
    assert (before, news(trained)) == (1, 0)
