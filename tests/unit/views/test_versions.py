"""Versions as screens show them."""

import pytest

from hitl.store.connection import write_transaction
from hitl.store.versions import prune_predictions
from hitl.views.versions import count_unanswered, list_version_summaries, read_version_before, read_version_detail
from tests.small_project import SmallProject

ITEMS = range(1, 13)


@pytest.fixture
def project(tmp_path):
    made = SmallProject(tmp_path)
    made.answer_with(dict.fromkeys(ITEMS, (1, 0.95)))
    return made


def test_one_version_is_in_use(project):
    project.answer_with(dict.fromkeys(ITEMS, (2, 0.95)), champion=False)
    assert [summary.is_champion for summary in list_version_summaries(project.db)] == [False, True]


def test_the_way_back_is_the_champion_before(project):
    assert read_version_before(project.db) is None
    project.answer_with(dict.fromkeys(ITEMS, (2, 0.95)))
    assert read_version_before(project.db).version.id == 1


def test_items_without_a_prediction_are_counted(project):
    with write_transaction(project.db):
        prune_predictions(project.db, [])
    assert count_unanswered(project.db, 1) == 12


def test_a_missing_model_file_is_named(project):
    detail = read_version_detail(project.db, project.folder, 1, people={})
    assert "-.skops is missing" in detail.file_problem


def test_a_version_that_is_not_there_is_none(project):
    assert read_version_detail(project.db, project.folder, 99, people={}) is None
