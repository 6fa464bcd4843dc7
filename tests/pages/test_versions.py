"""The Versions page: every version, promote, roll back, an untrusted file."""

from hitl.domain.people import LOCAL_OWNER
from hitl.loop.promote import promote
from hitl.store.connection import write_transaction
from hitl.store.jobs import list_latest_jobs
from hitl.store.learning_curves import add_learning_curve
from hitl.store.versions import champion_id, prune_predictions, read_version
from tests.pages.conftest import read_texts
from tests.small_project import START, SmallProject


def promote_second(house):
    promote(house.db, version_id=2, reason="better", request_id="p2", actor=LOCAL_OWNER, now=START)


def test_without_versions_it_leads_to_training(open_page, data_dir):
    SmallProject(data_dir)
    app = open_page("versions")
    assert "No versions yet" in read_texts(app)


def test_every_version_is_listed_and_the_champion_marked(open_page, house):
    table = open_page("versions").dataframe[0].value
    assert table["Version"].tolist() == ["Version 2", "Version 1 · in use"]
    assert table["n"].tolist() == [34, 30]


def test_the_recipe_names_what_makes_the_version_again(open_page, house):
    texts = read_texts(open_page("versions"))
    version = read_version(house.db, 1)
    assert version.artifact_sha256 in texts
    assert f"scikit-learn {version.libraries['scikit-learn']}" in texts


def test_one_click_rolls_back(open_page, house):
    promote_second(house)
    app = open_page("versions")
    app.button(key="roll_back").click().run()
    assert champion_id(house.db) == 1
    assert not [button for button in app.button if button.key == "roll_back"]


def test_a_version_without_predictions_is_promoted_by_a_job(open_page, house):
    with write_transaction(house.db):
        prune_predictions(house.db, [1])
    app = open_page("versions", version="2")
    app.text_input(key="promote_2_reason").set_value("better").run()
    app.button(key="promote_2").click().run()
    (job,) = list_latest_jobs(house.tandem, slug="small", count=5)
    assert (job.kind, job.args) == ("promote", {"version_id": 2, "reason": "better"})


def test_a_tampered_model_file_is_named_and_cannot_be_promoted(open_page, house):
    sha256 = read_version(house.db, 2).artifact_sha256
    path = house.folder / "artifacts" / f"{sha256}.skops"
    path.write_bytes(path.read_bytes() + b"x")
    app = open_page("versions", version="2")
    assert f"{sha256}.skops" in app.error[0].value.replace("\\", "")
    assert not [button for button in app.button if button.key == "promote_2"]


def test_who_may_only_look_is_refused_in_a_sentence(open_page, house, withdraw_role):
    promote_second(house)
    app = open_page("versions")
    withdraw_role()
    app.button(key="roll_back").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert champion_id(house.db) == 2


def test_it_says_how_far_the_measuring_has_come_and_what_is_next(open_page, house):
    texts = read_texts(open_page("versions"))
    assert "Stage 1 of 3" in texts
    assert "A blind test of about" in texts


def test_a_class_with_too_few_labels_has_no_number(open_page, house):
    table = open_page("versions").dataframe[1].value
    assert table["Class"].tolist() == ["yes", "no"]
    assert "Found" not in table
    assert table["Found range"].tolist() == ["too few: 15 of about 25"] * 2
    assert "Too few means: not enough labels yet (have 15, need about 25)." in read_texts(open_page("versions"))


def test_the_learning_curve_is_made_by_a_job(open_page, house):
    app = open_page("versions")
    assert "Would more labels help?" in [subheader.value for subheader in app.subheader]
    app.button(key="make_curve").click().run()
    (job,) = list_latest_jobs(house.tandem, slug="small", count=5)
    assert (job.kind, job.args) == ("curve", {"version_id": 2})
    assert app.button(key="make_curve").disabled


def test_a_learning_curve_is_drawn_with_its_hint(open_page, house):
    points = [
        {"label_count": count, "accuracy": 0.8, "low": 0.6, "high": 0.9, "deviation": 0} for count in (8, 12, 20, 30)
    ]
    body = {"points": points, "repeats": 3, "law": None, "label_count": 34}
    add_learning_curve(house.db, version_id=2, body=body, at="2026-01-05T09:00:00.000000Z")
    texts = read_texts(open_page("versions"))
    assert "It can't be known yet what more labels would bring" in texts
    assert "repeated 3 times" in texts
