"""The Import page with a large file: its check is a job that is followed, cancelled, and made again when it is old."""

import pytest

from hitl.domain.clock import utc_now
from hitl.loop.review import decide
from hitl.store.jobs import find_job, list_latest_jobs
from hitl.worker.run import work_until_ended
from tests.pages.conftest import read_texts
from tests.pages.test_import import choose_file, import_all, jobs  # noqa: F401
from tests.small_project import LOCAL_OWNER

ROWS = "id,text,label\nn1,new text,yes\nn2,other text,yess\nt0,changed text,\n"


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch):
    monkeypatch.setattr("pages._import_check.CHECKED_AT_ONCE_BYTES", 10)


def click(app, label):
    next(one for one in app.button if one.label == label).click().run()


def counts(app):
    return {metric.label: metric.value for metric in app.metric}


def check(app, house, *, slug="small", label="Check the whole file first"):
    click(app, label)
    (job, *_) = list_latest_jobs(house.tandem, slug=slug, count=1)
    assert (job.kind, job.status) == ("check", "queued")
    work_until_ended(house.data_dir, job_id=job.id)
    app.run()
    return job


def test_it_is_checked_in_the_background_when_somebody_asks(open_page, house):
    app = choose_file(open_page("import_"), ROWS)
    assert not app.metric
    job = check(app, house)
    assert (counts(app)["New"], counts(app)["Changed"], counts(app)["Left out"]) == ("1", "1", "1")
    assert "Did you mean 'yes'?" in next(t.value for t in app.dataframe if "What to do" in t.value)["What to do"][0]
    assert find_job(house.tandem, job.id).note == "3 rows checked"
    assert not list((house.data_dir / "checks").glob("*/*tickets.csv"))


def test_while_it_waits_the_job_is_shown_and_cancelling_removes_the_file(open_page, house):
    app = choose_file(open_page("import_"), ROWS)
    click(app, "Check the whole file first")
    assert "waiting for its turn" in read_texts(app)
    assert not [one for one in app.button if one.label == "Check the whole file first"]
    assert list((house.data_dir / "checks").glob("*/*tickets.csv"))
    click(app, "Cancel")
    app.run()
    assert "was cancelled" in read_texts(app)
    assert not list((house.data_dir / "checks").glob("*/*tickets.csv"))
    check(app, house)
    assert counts(app)["New"] == "1"


def test_other_choices_are_checked_again_when_wanted(open_page, house):
    app = choose_file(open_page("import_"), ROWS)
    check(app, house)
    next(one for one in app.segmented_control if "changed" in one.label).set_value("refuse").run()
    assert counts(app)["Changed"] == "1"
    check(app, house, label="Check again with these choices")
    assert (counts(app)["Changed"], counts(app)["Left out"]) == ("0", "2")


def test_a_project_that_has_changed_since_is_told_and_checked_anew(open_page, house):
    app = choose_file(open_page("import_"), ROWS)
    check(app, house)
    decide(house.db, item_id=50, class_id=1, request_id="late", actor=LOCAL_OWNER, now=utc_now())
    app.run()
    assert "The project has changed since this check" in read_texts(app)
    check(app, house, label="Check again")
    assert "has changed since" not in read_texts(app)


def test_a_file_for_a_new_project_is_checked_too(open_page, house):
    app = open_page("import_")
    app.segmented_control[0].set_value("new").run()
    choose_file(app, ROWS)
    check(app, house, slug="")
    assert counts(app)["New"] == "3"
    assert "2 classes would be made:" in read_texts(app)


def test_a_result_that_is_no_longer_kept_is_made_again(open_page, house):
    app = choose_file(open_page("import_"), ROWS)
    check(app, house)
    for kept in (house.data_dir / "checks").glob("*/check.json"):
        kept.unlink()
    app.run()
    assert "no longer kept" in read_texts(app)
    check(app, house, label="Check again")
    assert counts(app)["New"] == "1"


def test_a_file_that_does_not_fit_says_why(open_page, house):
    app = choose_file(open_page("import_"), "id,text,label\nn1,new text,yes\n" + '"', name="odd.csv")
    check(app, house)
    assert counts(app)["New"] == "1"
    assert not app.exception
