"""A person of one project finds nothing of another: no word, no count, and no difference to one that is not there."""

import shutil

import pytest

from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import LOCAL_OWNER, MemberRole
from hitl.domain.policies import PAGE_PERMISSIONS
from hitl.domain.session_cookie import NAME
from hitl.loop.jobs import submit_job
from hitl.loop.project_life import archive_project
from hitl.loop.review import decide
from hitl.loop.saved_views import save_view
from tests.accounts import add_member, add_owner, opened
from tests.small_project import START, SmallProject

SECRET = "zqsecret"
FOREIGN, MISSING, ARCHIVED = f"{SECRET}-other", "zqmissing-other", f"{SECRET}-gone"
LINKS = [("overview", {}), *[(page, {}) for page in sorted(PAGE_PERMISSIONS) if page != "overview"]]
LINKS += [
    ("explore", {"item": "t1"}),
    ("explore", {"view": "1"}),
    ("explore", {"q": SECRET}),
    ("versions", {"version": "1"}),
]


@pytest.fixture(scope="module")
def three_projects(built_project, empty_desk, tmp_path_factory):
    """A desk with the built project and two more whose ids are the same and whose every word is secret.

    Its folder, the token of who owns all three, and that of who owns the first alone.
    """
    data_dir = shutil.copytree(built_project, tmp_path_factory.mktemp("three") / "data")
    shutil.copy(empty_desk / "tandem.db", data_dir)
    for slug in (FOREIGN, ARCHIVED):
        made = SmallProject(data_dir, slug=slug, class_names=(f"{SECRET}-yes", f"{SECRET}-no"))
        made.add_rows([(f"{SECRET}{n}", f"{SECRET} {n}", "") for n in range(30)])
        chosen = {"chosen": ExploreFilter(text=SECRET), "order": "newest", "request_id": "v"}
        save_view(made.db, name=SECRET, **chosen, actor=LOCAL_OWNER, now=START)
        decide(made.db, item_id=20, class_id=1, comment=SECRET, actor=LOCAL_OWNER, request_id="d", now=START)
        made.db.conn.close()
    archive_project(data_dir, slug=ARCHIVED, actor=LOCAL_OWNER, now=START)
    args = {"path": SECRET, "file_name": SECRET}
    with opened(data_dir) as tandem:
        for kind in ("train", "import", "bulk", "reroute"):
            about = {"slug": FOREIGN, "kind": kind, "args": args, "request_id": kind}
            submit_job(tandem, **about, actor=LOCAL_OWNER, now=START)
    return data_dir, add_owner(data_dir), add_member(data_dir, roles={"small": MemberRole.OWNER})


@pytest.fixture
def member(three_projects, data_dir, monkeypatch):
    """The owner of the first project reads the pages, on a copy of that desk.

    Gives a function after which the owner of all three is here instead.
    """
    made, owner, token = three_projects
    shutil.copytree(made, data_dir, dirs_exist_ok=True)
    monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: token})
    return lambda: monkeypatch.setattr("pages._actor.read_cookies", lambda: {NAME: owner})


def sent(app):
    """Every byte that the browser gets of a page, the address it asked for left out."""
    found = []

    def walk(node):
        proto = getattr(node, "proto", None)
        if proto is not None:
            found.append(proto.SerializeToString())
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(app._tree)
    return b"\n".join(found)


@pytest.mark.parametrize(("page", "query"), LINKS, ids=str)
def test_no_page_of_ones_own_project_says_a_word_of_another(open_page, member, page, query):
    said = sent(open_page(page, **query)).replace(query.get("q", "-").encode(), b"")
    assert b"Small" in said
    assert SECRET.encode() not in said
    assert b"zqsecret" not in said.lower()


@pytest.mark.parametrize("slug", [FOREIGN, ARCHIVED])
@pytest.mark.parametrize(("page", "query"), [link for link in LINKS if "q" not in link[1]], ids=str)
def test_a_link_into_another_project_says_what_a_link_to_none_says(open_page, member, page, query, slug):
    foreign, missing = (shown(open_page(page, project=one, **query), one) for one in (slug, MISSING))
    assert foreign == missing
    assert not any(SECRET in word for word in foreign)


def shown(app, slug):
    """What each element shows, in order, without the short name that was asked for."""
    kinds = ("title", "markdown", "caption", "warning", "error", "info", "button", "selectbox", "dataframe", "metric")
    found = []
    for kind in kinds:
        for element in getattr(app, kind):
            text = f"{getattr(element, 'label', '')} {element.value} {getattr(element, 'options', '')}"
            found.append(f"{kind}: {text}".replace("\\", "").replace(slug, "ASKED"))
    return found


def test_the_projects_to_choose_from_are_ones_own(open_page, member):
    assert open_page("overview").sidebar.selectbox[0].options == ["Small"]


@pytest.mark.parametrize("page", ["overview", "explore", "settings"])
def test_whoever_owns_it_reads_those_words(open_page, member, page):
    member()
    assert SECRET.encode() in sent(open_page(page, project=FOREIGN))
