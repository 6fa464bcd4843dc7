"""The sample projects: whole, ready to be reviewed in, honest, and built once."""

import csv
import json
import re
import shutil

import pytest

from hitl.adapters.image_folder import read_image
from hitl.domain.clock import utc_now
from hitl.domain.images import ImageRef
from hitl.ml.cytology import CLASS_COLUMN, ID_COLUMN, load_cytology
from hitl.ml.digits import load_digits
from hitl.samples import SOURCES, STAGING, build_samples
from hitl.store.connection import list_slugs, open_project
from hitl.store.events import latest_event_id
from hitl.store.item_counts import count_queue, count_states
from hitl.store.items import read_items
from hitl.store.policies import current_policy
from hitl.store.projects import active_classes, read_project
from hitl.store.reads_export import stream_items
from hitl.store.rebuilding import check
from hitl.store.versions import champion_id, groups_for_testing, latest_evaluations, read_version

SLUGS = ("handwritten-digits", "support-tickets", "tumour-cytology")


@pytest.fixture(scope="module", params=SLUGS)
def sample(built_samples, request):
    db = open_project(built_samples, request.param)
    yield db
    db.conn.close()


@pytest.fixture(scope="module")
def tickets():
    with (SOURCES / "support_tickets.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_projects_are_there_and_nothing_else_is_left(built_samples):
    assert list_slugs(built_samples) == list(SLUGS)
    assert not (built_samples / STAGING).exists()


def test_the_build_takes_less_than_thirty_seconds_of_cpu(built_samples, samples_log):
    assert samples_log[-1][0] == "seconds"
    assert samples_log[-1][1] < 30


def test_the_progress_rises_to_one(built_samples, samples_log):
    shares = [share for share, _ in samples_log[:-1]]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_sample_opens_with_a_few_labels_a_model_and_work_for_people(sample):
    states = count_states(sample)
    assert 60 <= states.imported <= 120
    assert states.items - states.imported > 400
    assert states.accepted >= 100
    assert count_queue(sample).waiting >= 50
    assert read_version(sample, champion_id(sample)).name == "Version 1"
    assert current_policy(sample).threshold < 1


def test_a_samples_tables_agree_with_its_facts(sample):
    assert check(sample) == []


def test_a_sample_claims_no_test_accuracy_that_it_has_no_labels_for(sample):
    assert groups_for_testing(sample) == set()
    assert list(latest_evaluations(sample, champion_id(sample))) == ["cross_validation"]


@pytest.mark.parametrize(
    ("slug", "share"), [("support-tickets", 0.85), ("tumour-cytology", 0.97), ("handwritten-digits", 0.97)]
)
def test_what_the_model_accepts_is_right_by_the_hidden_labels(built_samples, tickets, slug, share):
    """As the data sheets say."""
    cases = load_cytology(seed=0)
    digits = load_digits(seed=0)
    truth = (
        dict(zip(digits.ids, digits.names, strict=True))
        | dict(zip(cases[ID_COLUMN], cases[CLASS_COLUMN], strict=True))
        | {one["id"]: one["label"] for one in tickets}
    )
    db = open_project(built_samples, slug)
    items = [item for item in stream_items(db, champion_id(db)) if item["route"] == "auto_accept" and not item["label"]]
    db.conn.close()
    assert len(items) >= 100
    assert sum(truth[item["id"]] == item["predicted_label"] for item in items) >= share * len(items)


def test_a_samples_guide_is_two_sentences_and_every_class_has_a_guideline(sample):
    guide = read_project(sample).guide
    assert len(re.findall(r"[.!?](?= |$)", guide)) == 2
    assert all(label_class.guideline for label_class in active_classes(sample))


def test_the_items_are_those_of_the_source_in_readable_columns(built_samples):
    db = open_project(built_samples, "tumour-cytology")
    [first] = read_items(db, [1])
    db.conn.close()
    assert first["external_id"] == "C-001"
    assert len(first["fields"]) == 30
    assert first["fields"]["Radius (mean)"] == 14.25


def test_the_digits_are_images_that_are_there(built_samples):
    db = open_project(built_samples, "handwritten-digits")
    items = read_items(db, list(range(1, 1_798)))
    db.conn.close()
    folder = built_samples / "projects" / "handwritten-digits"
    images = [ImageRef.parse(item["fields"]["drawing"]) for item in items]
    assert len({image.sha256 for image in images}) == 1_797
    assert all(read_image(folder, image.sha256, image.kind).startswith(b"\x89PNG") for image in images)


def test_the_digits_data_sheet_counts_what_scikit_learn_carries():
    sheet = (SOURCES / "handwritten_digits.md").read_text("utf-8")
    names = load_digits(seed=0).names
    for name in sorted(set(names)):
        assert f"{name} ({names.count(name)})" in sheet


def test_a_second_build_changes_nothing(built_samples):
    db = open_project(built_samples, SLUGS[0])
    before = latest_event_id(db)
    build_samples(built_samples, now=utc_now(), tick=lambda share, note: None)
    assert latest_event_id(db) == before
    db.conn.close()


def test_a_build_that_was_stopped_leaves_whole_projects_alone(built_samples, tmp_path):
    """The first of the missing ones is begun, then stopped: nothing of it is to be seen, the other is as it was."""
    shutil.copytree(built_samples / "projects" / SLUGS[0], tmp_path / "projects" / SLUGS[0])

    class Stopped(Exception):
        pass

    def stop_half_way(share, note):
        if share > 0.2:
            raise Stopped

    with pytest.raises(Stopped):
        build_samples(tmp_path, now=utc_now(), tick=stop_half_way)
    assert list_slugs(tmp_path) == [SLUGS[0]]
    assert not (tmp_path / STAGING).exists()


def test_what_a_killed_build_left_is_cleared_away(built_samples, tmp_path):
    shutil.copytree(built_samples / "projects" / SLUGS[1], tmp_path / "projects" / SLUGS[1])
    leftover = tmp_path / STAGING / "projects" / SLUGS[0]
    leftover.mkdir(parents=True)
    (leftover / "project.db").write_text("half a project")
    build_samples(tmp_path, now=utc_now(), tick=lambda share, note: None)
    assert list_slugs(tmp_path) == list(SLUGS)
    assert not (tmp_path / STAGING).exists()


def test_there_are_at_least_600_distinct_tickets_in_seven_classes(tickets):
    classes = json.loads((SOURCES / "support_tickets.classes.json").read_text("utf-8"))
    assert len({re.sub(r"\W+|\d+", " ", ticket["message"].lower()) for ticket in tickets}) >= 600
    assert {ticket["label"] for ticket in tickets} - {""} == {one["name"] for one in classes}
    assert len(classes) == 7
    assert 5 <= sum(not ticket["label"] for ticket in tickets) <= 20


def test_the_first_120_tickets_show_every_class(tickets):
    assert len({ticket["label"] for ticket in tickets[:120]} - {""}) == 7


def test_the_ticket_data_sheet_counts_what_the_file_holds(tickets):
    sheet = (SOURCES / "support_tickets.md").read_text("utf-8")
    for name in {ticket["label"] for ticket in tickets} - {""}:
        count = sum(ticket["label"] == name for ticket in tickets)
        assert f"| {name} | {count} |" in sheet
    assert f"| **Total** | **{len(tickets)}** |" in sheet


def test_no_ticket_holds_an_address_a_spreadsheet_formula_or_a_mail_address(tickets):
    for ticket in tickets:
        assert not re.search(r"\S+@\S+\.\w|https?://|\+\d{6,}", ticket["message"])
        assert ticket["message"][0] not in "=+-@"
