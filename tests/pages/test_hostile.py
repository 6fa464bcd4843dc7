"""Names, texts, comments and files that want to be more than text are shown as text on every page."""

import re
from datetime import UTC, datetime

import pytest

from hitl.domain.errors import BadInput
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.review import decide
from hitl.store.connection import open_project

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NAME = (
    "![x](http://evil.example) [l](javascript:alert(1)) $x^2$ :red[r] :material/bolt: <b>&amp; "
    "\x1b[31m\u202eabc\u200b😀"
)
TEXTS = (
    NAME,
    "<script>alert(1)</script>",
    "x" * 1_000_000,
    "# h\n\n| a | b |\n|-|-|\n| 1 | 2 |",
    "\u202e\u200d\ufeff",
    "'; DROP--",
)
PAGES = ("overview", "review", "explore", "train", "versions", "import_", "settings")
DANGEROUS = re.compile(r"(?<!\\)!\[|(?<!\\)\]\(|(?<!\\)\$|(?<!\\):red\[|(?<!\\)<(b|script|img)", re.IGNORECASE)


NAMED = {"id": Role.ID, "text": Role.TEXT, "![f](u) <b>": Role.CATEGORY, "label": Role.LABEL}
FIELDS = tuple(Field(name, role) for name, role in NAMED.items())
CLASSES = (NAME[:60], "no")


def row_of(number, text):
    values = (f"{NAME[:40]}{number}", text, NAME, "")
    return Row(number, dict(zip([field.name for field in FIELDS], values, strict=True)))


@pytest.fixture
def hostile(data_dir):
    about = {"slug": "hostile", "name": NAME[:100], "fields": FIELDS, "class_names": CLASSES}
    create_project(data_dir, **about, actor=LOCAL_OWNER, now=NOW)
    db = open_project(data_dir, "hostile")
    rows = [row_of(number, text) for number, text in enumerate(TEXTS, 2)]
    who = {"actor": LOCAL_OWNER, "now": NOW}
    import_id = stage_rows(db, rows=rows, file_name=NAME[:60], file_sha256="0" * 64, request_id="i", **who)
    publish_import(db, import_id=import_id, **who)
    decide(db, item_id=1, class_id=1, comment=NAME, request_id="d", **who)
    yield db
    db.conn.close()


def markdown_of(app):
    kinds = ("title", "subheader", "header", "markdown", "caption", "info", "warning", "error", "success")
    return [str(element.value) for kind in kinds for element in getattr(app, kind)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_hostile_content_as_text(open_page, hostile, name):
    app = open_page(name, project="hostile")
    assert not app.exception
    ours = re.compile(r":material/\w+:|:(small|(\w+-)?badge)\[")
    found = [text for text in markdown_of(app) if "evil" in text or "script" in text.lower() or "alert" in text]
    assert [text[:200] for text in found if DANGEROUS.search(ours.sub("", text))] == []


def test_the_item_itself_is_text_in_explore(open_page, hostile):
    app = open_page("explore", project="hostile", item="1")
    assert not app.exception
    assert [text[:200] for text in markdown_of(app) if "evil" in text and DANGEROUS.search(text)] == []


def test_an_error_that_quotes_what_somebody_wrote_shows_it_as_text(open_page, hostile, monkeypatch):
    def refuse(*_args, **_named):
        raise BadInput(f"'{NAME}' is no class.")

    monkeypatch.setattr("pages._session.read_project", refuse)
    [error] = open_page("overview", project="hostile").error
    assert "evil" in error.value
    assert not DANGEROUS.search(error.value)
