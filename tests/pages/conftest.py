"""The pages as Streamlit draws them, on a small project whose two versions are really trained, once a session.

def test_x(open_page, house): app = open_page("train")     the project: 60 texts, 34 labels, version 2 waits
def test_y(open_page, data_dir): app = open_page("train")  no project at all
"""

import shutil
from functools import cache
from pathlib import Path
from unittest import mock

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from hitl.domain.people import Actor, MemberRole
from hitl.loop.evaluate import evaluate_version
from hitl.loop.predict import predict_version
from hitl.loop.promote import promote
from hitl.loop.review import decide
from hitl.loop.train import take_snapshot, train_version
from hitl.store.connection import open_project, open_tandem
from tests.desk_of_people import cheap_passwords  # noqa: F401  a fixture for all
from tests.small_project import SmallProject

SHELL = Path(__file__).resolve().parents[2] / "pages" / "_shell.py"
VIEWER = Actor(id=1, name="Guest", role=MemberRole.VIEWER)
TEXTS = {"yes": "please send the money back for order {}", "no": "where is my parcel number {} now"}
ROWS = 60
LABELLED = 30


class House:
    """A data folder of its own with a copy of the built project."""

    def __init__(self, data_dir: Path, slug: str) -> None:
        self.data_dir = data_dir
        self.slug = slug
        self.db = open_project(data_dir, slug)
        self.tandem = open_tandem(data_dir)

    @property
    def folder(self) -> Path:
        return self.data_dir / "projects" / self.slug

    def close(self):
        self.db.conn.close()
        self.tandem.conn.close()


@pytest.fixture(scope="session", autouse=True)
def _packages_searched_once():
    """Each AppTest searches the installed packages for components, as a server does at its start; they stay so."""
    found = cache(manifest_scanner.scan_component_manifests)
    with mock.patch.object(manifest_scanner, "scan_component_manifests", found):
        yield


@pytest.fixture(scope="session")
def built_project(tmp_path_factory):
    """Version 1 is in use; a correction and three decisions later version 2 waits to be promoted."""
    project = SmallProject(tmp_path_factory.mktemp("built"), rows=0)
    names = ("yes", "no")
    project.add_rows(
        [(f"t{n}", TEXTS[names[n % 2]].format(n), names[n % 2] if n < LABELLED else "") for n in range(ROWS)]
    )
    promote(project.db, version_id=train(project), reason="first", **who(project))
    for item_id in (40, 41, 42, 43):
        decide(project.db, item_id=item_id, class_id=1 + item_id % 2, **who(project))
    train(project)
    project.db.conn.close()
    return project.data_dir


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory):
    """The folder of a ``tandem.db`` in which nobody is and nothing was done."""
    folder = tmp_path_factory.mktemp("empty")
    open_tandem(folder).conn.close()
    return folder


def train(project):
    snapshot = take_snapshot(project.db, **who(project))
    version_id = train_version(project.db, project.folder, snapshot_id=snapshot.id, seed=0, **who(project))
    predict_version(project.db, project.folder, version_id=version_id, now=project.now())
    evaluate_version(project.db, version_id=version_id, actor=project.actor, now=project.now())
    return version_id


def who(project):
    return {"actor": project.actor, "request_id": project.request(), "now": project.now()}


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    """An empty data folder that the pages read."""
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def house(built_project, empty_desk, data_dir):
    """The built project, copied, in the data folder that the pages read."""
    shutil.copy(empty_desk / "tandem.db", data_dir)
    shutil.copytree(built_project / "projects", data_dir / "projects")
    copied = House(data_dir, "small")
    yield copied
    copied.close()


@pytest.fixture
def become(monkeypatch):
    """A function: from the next run on whoever has the page open is this actor."""

    def become_it(actor):
        monkeypatch.setattr("hitl.views.visitor.LOCAL_OWNER", actor)

    return become_it


@pytest.fixture
def withdraw_role(become):
    """A function: whoever has the page open may from now on look and do nothing; the buttons are still there."""
    return lambda: become(VIEWER)


@pytest.fixture
def open_page():
    """A function that opens a page by its file's name, with options of the address."""

    def open_it(name, **query):
        app = AppTest.from_file(str(SHELL), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if name != "overview":
            open_every_part(app).switch_page(f"{name}.py").run()
        assert not app.exception, app.exception[0].message
        return app

    return open_it


def open_every_part(app):
    """The page opened next draws all parts of Settings, as for a reader who has clicked on every tab."""
    app.session_state["settings_part"] = ""
    app.session_state["settings_part_opened"] = set(range(9))
    return app


def read_texts(app):
    """All that the page says, as one text, without the backslashes that keep Markdown plain."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "text", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def links_of(app):
    """The links of the page itself; those of the sidebar are on every page."""
    return [link.page for link in app.main.get("page_link")]


def every_link_of(app):
    return [link.page for link in app.get("page_link")]
