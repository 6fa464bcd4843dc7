"""Hidden fields on the pages: set by the owner, opened by who may, shown to nobody else."""

from hitl.domain.clock import utc_now
from hitl.domain.covers import Cover
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.privacy import cover_fields
from hitl.store.connection import fetch_value
from hitl.store.field_covers import current_covers
from tests.pages.conftest import read_texts
from tests.small_project import OTHER


def test_the_owner_hides_a_field_on_the_settings_page(open_page, house):
    app = open_page("settings")
    app.segmented_control(key=f"cover_{house.slug}_text").set_value("hidden").run()
    app.button(key="covers_save").click().run()
    assert current_covers(house.db) == {"text": Cover.HIDDEN}


def test_hidden_fields_are_opened_item_by_item(open_page, house):
    cover_fields(house.db, {"text": Cover.HIDDEN}, actor=LOCAL_OWNER, now=utc_now())
    app = open_page("explore")
    app.query_params["item"] = "t1"
    app.run()
    assert "parcel number 1 now" not in read_texts(app)
    assert fetch_value(house.db, "SELECT count(*) FROM audit_log WHERE act = 'read_hidden'") == 0
    app.button(key="show_hidden").click().run()
    assert "parcel number 1 now" in read_texts(app)
    assert fetch_value(house.db, "SELECT count(*) FROM audit_log WHERE act = 'read_hidden'") == 1


def test_who_may_not_read_them_is_offered_no_button(open_page, house, become):
    become(OTHER)
    cover_fields(house.db, {"text": Cover.HIDDEN}, actor=LOCAL_OWNER, now=utc_now())
    app = open_page("explore")
    app.query_params["item"] = "t1"
    app.run()
    assert "show_hidden" not in [button.key for button in app.button]
    assert "parcel number 1 now" not in read_texts(app)
