"""Every route of ours, asked by every role, by strangers and by nobody; a foreign project answers as none at all."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from hitl.api.gate import Gate
from hitl.api.routes import routes
from hitl.domain.people import Actor, MemberRole
from hitl.domain.policies import OPEN_ROUTES, ROUTE_PERMISSIONS, permissions_of
from hitl.domain.session_cookie import NAME
from hitl.loop.people import deactivate_person
from hitl.store.connection import fetch_value
from tests.accounts import OWNER, add_member, add_owner, now, opened
from tests.image_zip import ImageProject, bars, zip_of_files
from tests.small_project import SmallProject

SERVER = Starlette(routes=routes, middleware=[Middleware(Gate)])
CALLS = sorted((route.path, method) for route in routes for method in route.methods - {"HEAD"})
OF_PROJECTS = [call for call in CALLS if call[0] in ROUTE_PERMISSIONS]
SLUG = "pictures"


@pytest.fixture
def desk(own_data_folder, cheap_passwords):
    """A project with an image, its owner, a member for each role, and somebody who is in another project alone."""
    made = ImageProject(own_data_folder, count=0)
    made.add_zip(zip_of_files({"t.csv": "id,picture,label\np,a.png,\n", "a.png": bars(0, upright=True)}))
    SmallProject(own_data_folder, slug="other", rows=4).db.conn.close()
    tokens = {"administrator": add_owner(own_data_folder)}
    for role in MemberRole:
        tokens[role.value] = add_member(own_data_folder, login=role.value, roles={SLUG: role})
    tokens["stranger"] = add_member(own_data_folder, login="stranger", roles={"other": MemberRole.OWNER})
    return own_data_folder, tokens, fetch_value(made.db, "SELECT sha256 FROM item_images")


def ask(desk, path, method, who, *, slug=SLUG):
    _folder, tokens, sha256 = desk
    cookies = {NAME: tokens[who]} if who else None
    client = TestClient(SERVER, base_url="http://localhost", client=("127.0.0.1", 50000), cookies=cookies)
    address = path.format(slug=slug, sha256=sha256)
    return client.request(method, address, json={"want": 1} if method == "POST" else None, follow_redirects=False)


def test_every_route_is_in_the_table_and_nothing_else_is():
    assert {path for path, _ in CALLS} == set(ROUTE_PERMISSIONS) | OPEN_ROUTES
    assert not set(ROUTE_PERMISSIONS) & OPEN_ROUTES


def test_every_route_on_a_project_needs_something():
    assert {path for path, _ in CALLS if "{slug}" in path} == set(ROUTE_PERMISSIONS)


@pytest.mark.parametrize(("path", "method"), OF_PROJECTS)
def test_a_route_is_open_to_the_roles_of_the_table_alone(desk, path, method):
    for role in MemberRole:
        is_open = ROUTE_PERMISSIONS[path] in permissions_of(Actor(9, role.value, role))
        answer = ask(desk, path, method, role.value)
        assert answer.status_code == (200 if is_open else 403), (role, answer.text)


@pytest.mark.parametrize(("path", "method"), OF_PROJECTS)
def test_nobody_gets_nothing(desk, path, method):
    answer = ask(desk, path, method, None)
    assert answer.status_code == 401
    assert answer.content == ask(desk, path, method, None, slug="nowhere").content


@pytest.mark.parametrize("who", ["stranger", "administrator"])
@pytest.mark.parametrize(("path", "method"), OF_PROJECTS)
def test_a_foreign_project_answers_byte_for_byte_as_one_that_is_not_there(desk, path, method, who):
    if who == "administrator":  # the first account owns what there was; as a member of it no more
        with opened(desk[0]) as tandem, tandem.conn:
            tandem.execute("DELETE FROM memberships WHERE person_id = ?", (OWNER.id,))
    foreign, missing = ask(desk, path, method, who), ask(desk, path, method, who, slug="nowhere00")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content.replace(b"nowhere00", SLUG.encode())
    assert without_length(foreign) == without_length(missing)


def without_length(answer):
    return {name: value for name, value in answer.headers.items() if name != "content-length"}


@pytest.mark.parametrize(("path", "method"), OF_PROJECTS)
def test_a_closed_account_gets_nothing(desk, path, method):
    with opened(desk[0]) as tandem:
        person_id = fetch_value(tandem, "SELECT person_id FROM accounts WHERE login = 'owner'")
        deactivate_person(tandem, person_id=person_id, actor=OWNER, now=now())
    assert ask(desk, path, method, "owner").status_code in {401, 403}


def test_the_health_check_names_projects_to_administrators_alone(desk):
    for who in (None, "stranger", *[role.value for role in MemberRole]):
        assert set(ask(desk, "/healthz", "GET", who).json()) <= {"ok", "error"}
    assert SLUG in ask(desk, "/healthz", "GET", "administrator").json()["databases"]
