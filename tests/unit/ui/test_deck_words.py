"""The deck's scripts are handed every word they name, and hold none themselves."""

import re
from pathlib import Path

import pytest

from hitl.domain.reader import make_reader, reading
from hitl.ui import deck
from hitl.ui.deck.words import read_words

FOLDER = Path(deck.__file__).parent
SCRIPTS = sorted(FOLDER.glob("*.js"))
SENTENCE = re.compile(r"[\"'`][^\"'`]*[A-Za-z]{3,} [a-z]{2,} [a-z]+[^\"'`]*[\"'`]")
NO_WORDS = re.compile(r'TYPED_INTO|RANDOM|querySelector|make\("')


def named(pattern):
    texts = "\n".join(path.read_text("utf-8") for path in [*SCRIPTS, FOLDER / "deck.html"])
    return set(re.findall(pattern, texts))


def test_every_word_that_the_scripts_name_is_there():
    words = read_words()
    assert named(r'\bsay\("(\w+)"') | named(r'data-say(?:-label)?="(\w+)"') <= set(words["words"])
    assert named(r'\bsayCount\("(\w+)"') <= set(words["counted"])


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_holds_no_sentence(path):
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("//")]
    assert not [line for line in lines if SENTENCE.search(line) and not NO_WORDS.search(line)]


@pytest.mark.parametrize(
    ("locale", "percent"),
    [("en", "{number} %"), ("de-DE", "{number}\u00a0%"), ("tr", "%{number}"), ("eu", "%\u00a0{number}")],
)
def test_a_percentage_has_the_pattern_of_the_locale(locale, percent):
    with reading(make_reader(locale, None)):
        assert read_words()["percent"] == percent


def test_each_plural_category_of_a_language_has_its_form(catalogue):
    one, many = (
        "{count} decision is not saved: keep this tab open.",
        "{count} decisions are not saved: keep this tab open.",
    )
    catalogue("cs", {(one, many): ("jedno", "několik", "mnoho")})
    with reading(make_reader("cs-CZ", None)):
        forms = read_words()["counted"]["not_kept"]
    assert forms == {"one": "jedno", "few": "několik", "other": "mnoho"}
