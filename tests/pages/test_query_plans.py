"""No page reads a whole table that grows with the project, once the columns are in memory."""

import pytest

from hitl.domain.people import LOCAL_OWNER
from hitl.loop.review import decide
from hitl.store import connection
from tests.query_plans import whole_reads
from tests.small_project import START

PAGES = ("overview", "explore", "review", "train", "versions", "compare", "import_", "settings")
OPTIONS = {
    "explore": {
        "item": "t50",
        "q": "money",
        "near": "money back",
        "version": "2",
        "changed": "yes",
        "split": "class",
        "from": "0.1",
    },
    "versions": {"version": "1"},
}


@pytest.fixture
def traced(monkeypatch):
    """The statements that connections to projects run, opened from now on."""
    ran = []
    real = connection._open

    def open_traced(path, *args, **options):
        db = real(path, *args, **options)
        if path.name == "project.db":
            db.conn.set_trace_callback(ran.append)
        return db

    monkeypatch.setattr(connection, "_open", open_traced)
    return ran


@pytest.mark.parametrize("name", PAGES)
def test_a_page_drawn_again_reads_by_key_or_index_alone(name, open_page, house, traced):
    app = open_page(name)
    for option, value in OPTIONS.get(name, {}).items():
        app.query_params[option] = value
    app.run()
    traced.clear()
    app.run()
    assert not app.exception
    assert not whole_reads(house.db, traced)


@pytest.mark.parametrize("name", PAGES)
def test_nor_does_it_after_a_decision(name, open_page, house, traced):
    app = open_page(name)
    decide(house.db, actor=LOCAL_OWNER, request_id="new", item_id=50, class_id=1, now=START)
    traced.clear()
    app.run()
    assert not app.exception
    assert not whole_reads(house.db, traced)
