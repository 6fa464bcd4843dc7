"""The learning curve as the page shows it: a hint in words, and versions measured alike."""

import pytest

from hitl.charts import LIGHT, draw_learning_curve
from hitl.store.learning_curves import add_learning_curve
from hitl.views.learning_curve import describe_gain, describe_hint, read_learning_curve
from hitl.views.versions import list_version_summaries
from tests.small_project import SmallProject

LAW = {"floor": 0.0, "scale": 1.5, "exponent": 0.5}


def point(labels, accuracy):
    return {"label_count": labels, "accuracy": accuracy, "low": accuracy - 0.1, "high": accuracy + 0.05, "deviation": 0}


@pytest.fixture
def project(tmp_path):
    small = SmallProject(tmp_path)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.9)))
    return small


def read(project):
    return read_learning_curve(project.db, list_version_summaries(project.db))


def keep(project, law=LAW, **more):
    points = [point(40, 0.76), point(64, 0.81), point(100, 0.85), point(160, 0.88)]
    body = {"points": points, "repeats": 3, "law": law, "label_count": 200, **more}
    add_learning_curve(project.db, version_id=1, body=body, at="2026-01-05T09:00:00.000000Z")


def test_before_one_is_made_there_is_nothing_to_draw(project):
    view = read(project)
    assert (view.is_made, view.marks, view.law, view.hint) == (False, (), (), "")
    assert "not made yet" in draw_learning_curve(view, LIGHT).alt


def test_the_curve_made_last_is_shown_with_its_hint_and_version(project):
    keep(project, law=None)
    keep(project)
    view = read(project)
    assert [mark.label_count for mark in view.marks] == [40, 64, 100, 160]
    assert (view.version_name, view.repeats) == ("Version", 3)
    assert view.law[0][0] == pytest.approx(40)
    assert view.law[-1][0] == pytest.approx(400)
    chart = draw_learning_curve(view, LIGHT)
    assert len(chart.data) == 4
    assert "Hint: about 200 more labels" in chart.alt


def test_the_hint_names_the_next_step_within_reach():
    # error 1.5/√n: 10.6 % at 200 labels; 7.5 % at 400
    assert describe_hint(LAW, 200) == "Hint: about 200 more labels would bring this estimate from 89 % to 92.5 %."


def test_a_step_out_of_reach_is_not_promised():
    law = {"floor": 0.2, "scale": 1.5, "exponent": 0.5}
    assert describe_hint(law, 200) == "Hint: even 800 labels would bring this estimate from 69 % to 75 % only."


def test_without_a_law_it_cannot_be_known_yet():
    assert describe_hint(None, 200).startswith("It can't be known yet")


def test_what_the_next_decisions_bring_is_said_with_its_range(project):
    keep(project, gain={"label_count": 100, "value": 0.0142, "low": 0.004, "high": 0.021})
    assert describe_gain(project.db) == (
        "Hint: the next 100 decisions may raise the estimate by about 1.4 points (0.4 to 2.1), if they are like those "
        "so far."
    )


def test_without_a_curve_or_a_law_what_they_bring_can_not_be_said(project):
    assert describe_gain(project.db).endswith("no learning curve was made.")
    keep(project, law=None, gain=None)
    assert "does not rise clearly" in describe_gain(project.db)


def test_one_version_alone_is_no_course(project):
    assert read(project).versions == ()
