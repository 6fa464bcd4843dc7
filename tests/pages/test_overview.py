"""The first page: how the project stands, and what to do next."""

import shutil
from contextlib import closing

from hitl.store.connection import open_tandem
from tests.pages.conftest import VIEWER, links_of, read_texts
from tests.small_project import SmallProject


def test_without_a_project_it_welcomes_and_leads_to_import(open_page, data_dir):
    app = open_page("overview")
    assert [title.value for title in app.title] == ["Welcome to Tandem"]
    assert links_of(app) == ["import"]


def test_without_a_project_the_samples_are_asked_for_once(open_page, data_dir):
    app = open_page("overview")
    app.button("build_samples").click().run()
    assert "The sample projects are on their way" in read_texts(app)
    assert [button.key for button in app.button if button.key == "build_samples"] == []
    with closing(open_tandem(data_dir)) as tandem:
        assert [job["kind"] for job in tandem.query("SELECT kind FROM jobs")] == ["samples"]


def test_a_waiting_version_is_the_first_thing_to_do(open_page, house):
    app = open_page("overview")
    assert "Version 2 is trained: compare it with the model in use and decide" in read_texts(app)
    assert links_of(app)[0] == "train"


def test_counts_of_people_and_machine_are_apart(open_page, house):
    app = open_page("overview")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown[":material/how_to_reg: Answered by people"] == "4"
    assert int(shown[":material/smart_toy: Answered by the model"]) > 0


def test_few_labels_lead_to_review_not_to_training(open_page, data_dir):
    SmallProject(data_dir, labelled=2)
    app = open_page("overview")
    assert "A first model needs 10 labels; there are 2" in read_texts(app)
    assert "review" in links_of(app)
    assert "train" not in links_of(app)


def test_enough_labels_without_a_model_lead_to_training(open_page, data_dir):
    SmallProject(data_dir, rows=20, labelled=20)
    app = open_page("overview")
    assert links_of(app)[0] == "train"


def test_where_nothing_waits_disagreements_are_offered(open_page, data_dir):
    project = SmallProject(data_dir, rows=4, labelled=4)
    project.answer_with(dict.fromkeys(range(1, 5), (1, 0.99)))
    app = open_page("overview")
    assert "2 labels differ from the model" in read_texts(app)
    assert any(link.page == "explore" and "disagrees=yes" in link.query_string for link in app.get("page_link"))


def test_a_project_that_cannot_be_opened_is_explained(open_page, house):
    house.close()
    shutil.rmtree(house.folder / "artifacts")
    for name in ("project.db-wal", "project.db-shm"):
        (house.folder / name).unlink(missing_ok=True)
    (house.folder / "project.db").write_text("no database at all, only a text that is long enough" * 40)
    app = open_page("overview")
    assert "is not a Tandem database" in app.error[0].value


def test_the_owner_sees_how_the_back_ups_stand_and_others_do_not(open_page, house, monkeypatch):
    assert "back-up" not in read_texts(open_page("overview"))
    add_backup_job(house, "done", None, at="2026-01-05T09:00:00.000000Z")
    add_backup_job(house, "failed", "The disk is full. *Make room*.", at="2026-01-06T09:00:00.000000Z")
    warning = open_page("overview").warning[0].value.replace("\\", "")
    assert warning == "Last back-up: Jan 5, 2026. The last try failed: The disk is full. *Make room*."
    monkeypatch.setattr("hitl.views.visitor.LOCAL_OWNER", VIEWER)
    assert "back-up" not in read_texts(open_page("overview"))


def add_backup_job(house, status, error, *, at):
    house.tandem.execute(
        "INSERT INTO jobs(slug, kind, args, status, error, request_id, actor_id, created_at, ended_at)"
        " VALUES ('backup:', 'backup', '{}', ?, ?, ?, 0, ?, ?)",
        (status, error, at, at, at),
    )
