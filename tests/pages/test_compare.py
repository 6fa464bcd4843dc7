"""The Compare page: any two versions on the same test labels, and the items that changed."""

from random import Random

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.evaluate import evaluate_version
from hitl.loop.review import decide
from hitl.loop.route import draw_items
from hitl.store.connection import fetch_all, write_transaction
from hitl.store.jobs import list_latest_jobs
from hitl.store.versions import add_predictions, prune_predictions
from tests.pages.conftest import read_texts
from tests.pages.test_train import jobs_of
from tests.small_project import SmallProject


@pytest.fixture
def tested(open_page, house):
    """Six items are tested; version 1 calls them all yes, version 2 all no."""
    app = open_page("train")
    app.number_input(key="blind_test_count").set_value(6).run()
    app.button(key="draw_test").click().run()
    rows = fetch_all(house.db, "SELECT item_id FROM item_state JOIN test_groups USING (group_id) ORDER BY item_id")
    with write_transaction(house.db):
        while prune_predictions(house.db, []):
            pass
        for version_id, class_id in ((1, 1), (2, 2)):
            answers = [(row["item_id"], class_id, 0.9, None, None, 0.0, 0.9, 0.1) for row in rows]
            add_predictions(house.db, version_id, answers)
    for row in rows:
        label = 2 if row["item_id"] % 3 else 1
        decide(
            house.db,
            actor=LOCAL_OWNER,
            request_id=f"blind-{row['item_id']}",
            item_id=row["item_id"],
            class_id=label,
            now=utc_now(),
        )
    for version_id in (1, 2):
        evaluate_version(house.db, version_id=version_id, actor=LOCAL_OWNER, now=utc_now())
    house.labels = [2 if row["item_id"] % 3 else 1 for row in rows]
    return house


def frames(app):
    return [frame.value for frame in app.dataframe]


def test_with_fewer_than_two_versions_it_leads_to_training(open_page, data_dir):
    SmallProject(data_dir)
    assert "Two versions are needed" in read_texts(open_page("compare"))


def test_without_test_labels_neither_is_called_better(open_page, house):
    texts = read_texts(open_page("compare"))
    assert "no test labels that both have answered" in texts
    assert "They answer every test item alike." not in texts
    assert not [table for table in frames(open_page("compare")) if table.empty]


def test_both_are_measured_on_the_same_test_labels(open_page, tested):
    app = open_page("compare")
    shown = {metric.label: metric.value for metric in app.metric}
    noes = tested.labels.count(2)
    assert shown["Accuracy of Version 1"] == f"{(6 - noes) / 6:.1%}".replace("%", " %")
    assert shown["Accuracy of Version 2"] == f"{noes / 6:.1%}".replace("%", " %")
    assert shown["Difference in points"] == f"{(2 * noes - 6) / 6 * 100:+.1f}".replace("-", "−")
    assert f"{noes} now right" in read_texts(app)
    assert f"{6 - noes} newly wrong" in read_texts(app)


def test_the_items_that_changed_are_listed_newly_wrong_first_with_links(open_page, tested):
    [flips] = [frame for frame in frames(open_page("compare")) if "What" in frame]
    wrong = tested.labels.count(1)
    assert flips["What"].tolist() == ["newly wrong"] * wrong + ["now right"] * (6 - wrong)
    assert flips["Open"][0].startswith("explore?project=small&item=t")
    assert (flips["Old"][0], flips["New"][0]) == ("yes", "no")


def test_too_few_labels_of_a_class_are_said(open_page, tested):
    [classes] = [frame for frame in frames(open_page("compare")) if "Difference" in frame]
    assert all(text.startswith("too few: ") for text in classes["Difference"])
    assert "Old" not in classes


def test_where_no_class_has_labels_enough_it_says_how_to_get_them(open_page, tested):
    texts = read_texts(open_page("compare"))
    assert "Another blind test gives more" in texts
    assert "Holm" not in texts


def test_what_they_learned_from_is_told(open_page, house):
    app = open_page("compare")
    [balance] = [frame for frame in frames(app) if "More" in frame]
    assert balance["More"].sum() == 4
    texts = read_texts(app)
    assert "labels added: yes" in texts
    assert "Settings, seed and libraries are the same." in texts or [f for f in frames(app) if "Setting" in f]


def test_the_two_are_chosen_in_the_address_or_in_the_fields(open_page, tested):
    app = open_page("compare", old="2", new="1")
    assert app.selectbox(key="compare_old").value == "2"
    app.selectbox(key="compare_old").set_value("1").run()
    app.selectbox(key="compare_new").set_value("2").run()
    assert not app.exception
    shown = [metric.label for metric in app.metric]
    assert shown[:2] == ["Accuracy of Version 1", "Accuracy of Version 2"]


@pytest.fixture
def missing(house):
    """One test label that neither version has answered."""
    draw_items(house.db, purpose="test", count=3, request_id="draw", rng=Random(0), actor=LOCAL_OWNER, now=utc_now())
    with write_transaction(house.db):
        while prune_predictions(house.db, []):
            pass
    drawn = fetch_all(house.db, "SELECT item_id FROM item_state JOIN test_groups USING (group_id)")
    decide(house.db, actor=LOCAL_OWNER, request_id="b", item_id=drawn[0]["item_id"], class_id=1, now=utc_now())
    return house


def test_missing_answers_are_made_by_a_job(open_page, missing):
    app = open_page("compare")
    assert "1 test label has no answer" in app.info[0].value
    app.button(key="compare_answer").click().run()
    [job] = list_latest_jobs(missing.tandem, slug="small", count=5)
    assert (job.kind, job.status, job.args) == ("compare", "queued", {"old_id": 1, "new_id": 2})


def test_who_may_only_look_is_refused_in_a_sentence(open_page, missing, withdraw_role):
    app = open_page("compare")
    withdraw_role()
    app.button(key="compare_answer").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert jobs_of(missing) == []
