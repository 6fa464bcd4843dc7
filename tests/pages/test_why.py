"""Why the model says so, in the panel of Explore: read, asked for, and never of a blind item."""

from hitl.domain.clock import utc_now
from hitl.loop.explain import Explainer, explain_items, find_explainable, find_unexplained
from hitl.store.connection import fetch_value
from hitl.store.explanations import add_explanations
from tests.pages.conftest import VIEWER, read_texts
from tests.small_project import SmallProject

WAITS = "t50"


def panel(open_page, item=WAITS):
    app = open_page("explore")
    app.query_params["item"] = item
    return app.run()


def explain(house):
    explainer = Explainer(house.db, house.folder, find_explainable(house.db))
    explain_items(house.db, explainer, find_unexplained(house.db), now=utc_now())


def buttons(app):
    return [button.key for button in app.button]


def test_the_worker_is_asked_by_a_button_and_then_the_words_stand_there(open_page, house):
    app = panel(open_page)
    assert "Speaks for" not in read_texts(app)
    app.button(key="ask_why").click().run()
    assert "Why is being worked out" in read_texts(app)
    assert "ask_why" not in buttons(app)
    explain(house)
    told = read_texts(app.run())
    assert "Speaks for **yes**:" in told
    assert ":blue-background[" in told
    assert "please send the money back for order" in told.split("Speaks for")[1]
    assert "imported label" in told.split("Speaks for")[1]


def test_who_only_looks_is_offered_no_button_and_reads_what_is_there(open_page, house, become):
    become(VIEWER)
    assert "ask_why" not in buttons(panel(open_page))
    item_id = fetch_value(house.db, "SELECT id FROM items WHERE external_id = ?", (WAITS,))
    explainer = Explainer(house.db, house.folder, find_explainable(house.db))
    explain_items(house.db, explainer, [item_id], now=utc_now())
    assert "Speaks for" in read_texts(panel(open_page))


def test_of_a_blind_item_nothing_is_said(open_page, data_dir):
    small = SmallProject(data_dir, rows=12, audit_rate=1.0)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.99)))
    body = {"against": 2, "words": [["text", 0, 4, 1.0]], "fields": [], "near": [1]}
    add_explanations(small.db, dict.fromkeys(range(1, 13), body), version_id=1, cover_id=0, at="2026")
    blind = fetch_value(
        small.db, "SELECT external_id FROM queue JOIN items ON items.id = item_id WHERE route = 'audit' LIMIT 1"
    )
    app = panel(open_page, blind)
    assert "stays hidden until then" in read_texts(app)
    assert "Speaks for" not in read_texts(app)
    assert "ask_why" not in buttons(app)
    assert "Speaks for" in read_texts(panel(open_page, "t1"))
