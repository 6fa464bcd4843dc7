"""How much differs since a training: counted as the Train page counts, but looked at only where enough was said."""

import random

import pytest

from hitl.loop.projects import ClassDraft, save_classes
from hitl.loop.review import decide, skip, undo
from hitl.loop.route import draw_items
from hitl.store.projects import list_classes
from hitl.store.triggers import Known, count_news, first_news_at, has_news
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


def test_it_counts_what_differs_and_nothing_twice(project):
    ids = [row["id"] for row in project.db.query("SELECT id FROM events ORDER BY id")]
    counts = [count_news(project.db, known(watermark)) for watermark in [0, *ids]]
    assert counts[0] == 7  # 2 classes, 4 imported labels, 1 decision that stands; no undo, no correction, no test
    assert counts[-1] == 0


@pytest.mark.parametrize("at_least", [1, 2, 7, 8, 12])
def test_whether_there_is_enough_news_is_what_the_count_says(project, at_least):
    for watermark in range(25):
        enough = count_news(project.db, known(watermark)) >= at_least
        assert has_news(project.db, known(watermark), at_least=at_least) == enough


def test_the_first_news_after_a_watermark_is_the_oldest(project):
    rows = list(project.db.query("SELECT id, at FROM events ORDER BY id"))
    assert first_news_at(project.db, known(0)) == rows[0]["at"]
    assert first_news_at(project.db, known(rows[-1]["id"])) is None
