"""What each role finds on each page: only pages that are open to it, and no button that would be refused."""

from pathlib import Path

import pytest

from hitl.access import may
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.domain.policies import PAGE_PERMISSIONS, opens_page
from tests.pages.conftest import every_link_of, read_texts
from tests.small_project import SmallProject

PAGES = Path(__file__).resolve().parents[2] / "pages"
REFUSALS = ("is not open to the role", "Only administrators of this Tandem", "no member of this project")
CLOSED = "your role does not open it"
ACTORS = [Actor(id=1, name=role.value.capitalize(), role=role) for role in MemberRole]
PAIRS = [pytest.param(page, actor, id=f"{page}-{actor.name}") for page in sorted(PAGE_PERMISSIONS) for actor in ACTORS]
GOES_AWAY = ("archive_", "delete_")


def test_every_page_is_in_the_table_and_nothing_else_is():
    assert set(PAGE_PERMISSIONS) == {path.stem for path in PAGES.glob("[a-z]*.py")}


@pytest.mark.parametrize(("page", "actor"), PAIRS)
def test_a_role_opens_the_pages_of_the_table_and_no_button_there_is_refused(open_page, house, become, page, actor):
    become(actor)
    app = open_page(page)
    assert (CLOSED in read_texts(app)) is not opens_page(actor, page)
    buttons = [button.key for button in app.button if not button.disabled]
    if not opens_page(actor, page):
        assert not buttons
    for key in buttons:
        found = [button for button in app.button if button.key == key and not button.disabled]
        if not found or key.startswith(GOES_AWAY):
            continue
        found[0].click().run()
        assert not app.exception, (key, app.exception[0].message)
        assert not any(refusal in read_texts(app) for refusal in REFUSALS), key


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_no_link_leads_to_a_page_that_is_closed(open_page, house, become, actor):
    become(actor)
    for name in [name for name in sorted(PAGE_PERMISSIONS) if opens_page(actor, name)]:
        linked = {link.rpartition("/")[2] or "overview" for link in every_link_of(open_page(name))}
        assert all(opens_page(actor, page) for page in PAGE_PERMISSIONS if page.rstrip("_") in linked), name


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_an_item_is_corrected_by_who_may_and_read_by_all(open_page, house, become, actor):
    become(actor)
    app = open_page("explore", item="t50")
    keys = {button.key for button in app.button}
    assert ("correction_save" in keys) is may(actor, Permission.REVIEW)
    assert ("add_item_save" in keys) is may(actor, Permission.IMPORT)
    assert ("explore_many" in {toggle.key for toggle in app.toggle}) is may(actor, Permission.BULK)
    assert "History" in read_texts(app)


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_settings_show_each_role_its_own_parts(open_page, house, become, actor):
    become(actor)
    app = open_page("settings")
    parts = {"When the model answers": Permission.SET_POLICY, "Classes": Permission.MANAGE}
    parts |= {"Project": Permission.MANAGE, "Hidden fields": Permission.MANAGE, "Export": Permission.EXPORT}
    is_open = opens_page(actor, "settings")
    assert [tab.label for tab in app.tabs] == [
        title for title, needed in parts.items() if is_open and may(actor, needed)
    ]


def test_who_may_make_no_project_gets_no_form_for_one(open_page, house, become):
    become(Actor(id=1, name="Lead", role=MemberRole.LEAD))
    app = open_page("import_")
    assert "Make a project without a file" not in [fold.label for fold in app.expander]
    assert not app.segmented_control


def test_an_empty_project_tells_a_reviewer_whom_to_ask(open_page, data_dir, become):
    SmallProject(data_dir, rows=0)
    become(Actor(id=1, name="Reviewer", role=MemberRole.REVIEWER))
    app = open_page("overview")
    assert "ask one of them" in read_texts(app)
    assert every_link_of(app) == ["you"]


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_a_learning_curve_that_is_not_made_is_offered_to_who_may_make_it(open_page, house, become, actor):
    become(actor)
    said = read_texts(open_page("versions"))
    assert ("Would more labels help?" in said) is may(actor, Permission.TRAIN)
