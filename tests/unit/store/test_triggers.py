"""How much was said since a training: counted as the Train page counts, but no further than asked."""

import random

import pytest

from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import decide, skip, undo
from hitl.loop.route import draw_items
from hitl.store.projects import list_classes
from hitl.store.reads_overview import count_events_since
from hitl.store.triggers import Known, count_news, first_news_at
from tests.small_project import SmallProject


def said(project):
    """Labels, a correction, an undo, a skip brought back, a test label and a class revision."""
    who = {"actor": project.actor}
    for item_id, class_id in ((5, 1), (6, 2), (5, 2)):
        decide(
            project.db, item_id=item_id, class_id=class_id, request_id=f"d{item_id}{class_id}", now=project.now(), **who
        )
    undo(project.db, target_request_id="d62", request_id="u62", now=project.now(), **who)
    skip(project.db, item_id=8, request_id="skip", now=project.now(), **who)
    undo(project.db, target_request_id="skip", request_id="unskip", now=project.now(), **who)
    draw_items(project.db, purpose="test", count=1, request_id="draw", rng=random.Random(0), now=project.now(), **who)
    drawn = next(iter(project.db.query("SELECT item_id FROM item_state JOIN test_groups USING (group_id)")))
    decide(project.db, item_id=drawn["item_id"], class_id=1, request_id="test", now=project.now(), **who)
    drafts = [ClassDraft(one.key, one.name, "a rule") for one in list_classes(project.db)]
    save_classes(project.db, classes=drafts, now=project.now(), **who)


@pytest.fixture
def project(tmp_path):
    small = SmallProject(tmp_path)
    said(small)
    return small


def known(watermark):
    return Known(watermark, frozenset())


@pytest.mark.parametrize("at_most", [0, 1, 3, 1000])
def test_it_counts_what_the_train_page_counts_up_to_the_limit(project, at_most):
    totals = []
    for watermark in range(25):
        counts = count_events_since(project.db, watermark)
        totals.append(counts.labels + counts.classes)
        assert count_news(project.db, known(watermark), at_most=at_most) == min(totals[-1], at_most)
    assert totals[0] == 12  # 2 classes, 4 imported labels, 3 decisions, 1 undo, 2 class revisions; no skip, no test
    assert totals[-1] == 0


def test_the_first_news_after_a_watermark_is_the_oldest(project):
    rows = list(project.db.query("SELECT id, at FROM events ORDER BY id"))
    assert first_news_at(project.db, known(0)) == rows[0]["at"]
    assert first_news_at(project.db, known(rows[-1]["id"])) is None
