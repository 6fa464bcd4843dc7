"""The Audit page: for leads and owners, with the desk's log for administrators."""

from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.domain.session_cookie import NAME
from hitl.loop.memberships import set_role
from hitl.loop.review import decide
from hitl.store.connection import fetch_value
from tests.accounts import OWNER, add_member, add_owner, now
from tests.pages.conftest import VIEWER, read_texts
from tests.small_project import START, SmallProject


def say(house, count):
    for number in range(count):
        decide(house.db, request_id=f"a{number}", item_id=45, class_id=1 + number % 2, actor=LOCAL_OWNER, now=START)


def sentences(app):
    return app.dataframe[0].value["What"].tolist()


def test_what_was_done_is_told_in_sentences_newest_first(open_page, house):
    say(house, 1)
    app = open_page("audit")
    assert sentences(app)[0] == "Local owner decided item t44"
    assert app.dataframe[0].value["How"].tolist()[0] == "on the command line"


def test_older_rows_come_by_the_page_and_another_choice_begins_anew(open_page, house):
    say(house, 60)
    app = open_page("audit")
    newest = app.dataframe[0].value["Row"].tolist()
    app.button(key="audit_older").click().run()
    older = app.dataframe[0].value["Row"].tolist()
    assert older[0] == newest[-1] - 1
    app.selectbox(key="audit_what").select("imports").run()
    assert all("import" in text for text in sentences(app))


def test_where_nothing_fits_the_page_says_what_to_do(open_page, house):
    app = open_page("audit")
    app.text_input(key="audit_about").set_value("item 9999").run()
    assert "Nothing in the log fits." in read_texts(app)


def test_the_log_of_the_desk_is_beside_it(open_page, house):
    app = open_page("audit")
    app.segmented_control(key="audit_log").set_value("desk").run()
    assert sentences(app)[-1] == "The log begins; what is older is not in it"


def test_who_is_no_lead_is_told_whom_to_ask(open_page, house, become):
    become(VIEWER)
    app = open_page("audit")
    assert "Ask a lead or the owner." in read_texts(app)
    assert len(app.dataframe) == 0


def test_an_owner_reads_who_got_a_role_in_the_project_and_nothing_of_others(
    open_page, house, monkeypatch, cheap_passwords
):
    SmallProject(house.data_dir, slug="other", rows=4).db.conn.close()
    add_owner(house.data_dir)
    add_member(house.data_dir, login="ben", roles={"other": MemberRole.OWNER})
    token = add_member(house.data_dir, login="olga", name="Olga", roles={"small": MemberRole.OWNER})
    ben = fetch_value(house.tandem, "SELECT person_id FROM accounts WHERE login = 'ben'")
    for slug in ("small", "other"):
        set_role(house.tandem, slug=slug, person_id=ben, role=MemberRole.LEAD, actor=OWNER, now=now())
    monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token})
    app = open_page("audit")
    assert app.segmented_control(key="audit_log").options == ["This project", "Who is in it, and its jobs"]
    app.segmented_control(key="audit_log").set_value("members").run()
    assert sentences(app) == [f"Ann changed the role of {name} in a project" for name in ("Ben", "Olga")]
    assert list(app.selectbox(key="audit_who").options) == ["Ann"]
