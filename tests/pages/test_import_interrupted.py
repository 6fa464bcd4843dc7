"""The Import page when an import stopped half-way: what is there of it, and the two ways on."""

import pytest

from hitl.store.connection import fetch_value
from hitl.store.items import visible_count
from hitl.worker.run import work_until_ended
from tests.pages.conftest import read_texts
from tests.pages.test_import import choose_file
from tests.stopped_import import stop_an_import


@pytest.fixture
def stopped(house):
    """The id of the job of an import that was cancelled after one of its three rows."""
    return stop_an_import(house.db, house.tandem, house.folder)


def test_it_says_what_is_there_and_no_other_import_may_begin(open_page, house, stopped):
    app = open_page("import_")
    told = read_texts(app)
    assert "The import of stopped.csv is not finished" in told
    assert "at row 2: 1 item was read, which nobody sees yet" in told
    choose_file(app, "id,text,label\nn1,new text,yes\n")
    assert app.button(key="start_import").disabled


def test_it_is_said_once_that_it_stopped(open_page, house, stopped):
    told = read_texts(open_page("import_"))
    assert "was cancelled" not in told
    assert told.count("Go on from there, or discard what was read.") == 1


def test_why_it_stopped_is_said_with_it(open_page, house, stopped):
    house.tandem.execute(
        "UPDATE jobs SET status = 'failed', error = 'The worker stopped 3 times.' WHERE id = ?", [stopped]
    )
    house.tandem.conn.commit()
    told = read_texts(open_page("import_"))
    assert told.count("The worker stopped 3 times.") == 1


def test_going_on_brings_in_the_rest(open_page, house, stopped):
    app, before = open_page("import_"), visible_count(house.db)
    app.button(key="resume_2").click().run()
    work_until_ended(house.data_dir, job_id=stopped)
    app.run()
    assert visible_count(house.db) == before + 3
    assert "is not finished" not in read_texts(app)


def test_discarding_removes_what_was_read(open_page, house, stopped):
    app, before = open_page("import_"), fetch_value(house.db, "SELECT count(*) FROM items")
    app.button(key="discard_2").click().run()
    work_until_ended(house.data_dir, job_id=stopped + 1)
    app.run()
    assert fetch_value(house.db, "SELECT count(*) FROM items") == before - 1
    assert "is not finished" not in read_texts(app)
    assert not app.exception
