"""The deck in other languages: every word comes from the catalogue; numbers and days are the reader's."""

import re
import sys

import pytest

from tests.browser import pseudo_server
from tests.browser.kept_ports import take_port
from tests.browser.review_desk import CARD, press_and_wait, wait_until_saved
from tests.catalogues import PSEUDO, outside_of_messages, write_pseudo_language
from tests.server import ROOT, launch, wait_until_healthy
from tests.small_project import SmallProject

SPOKEN_TEXTS = """(root) => {
  const found = [];
  const walk = (element) => {
    for (const label of ["aria-label", "title", "placeholder"]) found.push(element.getAttribute(label) ?? "");
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) found.push(child.textContent);
      else if (child.nodeType === Node.ELEMENT_NODE) walk(child);
    }
  };
  walk(root);
  return found.map((text) => text.trim()).filter(Boolean);
}"""
RIGHT_EDGES = """(card) => ({
  card: card.getBoundingClientRect().right,
  buttons: [...card.querySelectorAll("button")].map((one) => one.getBoundingClientRect().right),
})"""
KEYS = {"Enter", "Shift", "⌫", "↵", "←", "→", "?", "1", "2", "1 – 2", "U", "S", "X", "C", "G", "Z"}
DATA = re.compile(r"yes|no|id|Version|t\d+|text number \d+|⟦then")  # the last is a message around a name


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The server of two projects that a model has answered, with the pseudo-language; in *small* nobody decides."""
    folder = tmp_path_factory.mktemp("languages")
    for slug, rows in (("small", 1200), ("spoken", 30)):
        project = SmallProject(folder / "data", slug=slug, rows=rows)
        project.answer_with(dict.fromkeys(range(1, rows + 1), (2, 0.58)))
        project.db.conn.close()
    write_pseudo_language(folder / "locale")
    command, environ = [sys.executable, pseudo_server.__file__], {"PYTHONPATH": str(ROOT)}
    server = launch(command, environ, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


def open_deck(page, server, locale, *, slug="small"):
    """The deck as a reader of that language has it: what their browser asks for, and how it writes numbers."""
    chromium = page.context.new_cdp_session(page)
    reader = {"userAgent": page.evaluate("navigator.userAgent"), "acceptLanguage": locale}
    chromium.send("Emulation.setUserAgentOverride", reader)
    chromium.send("Emulation.setLocaleOverride", {"locale": locale})
    chromium.send("Emulation.setTimezoneOverride", {"timezoneId": "UTC"})
    page.goto(f"{server.url}/review?project={slug}")
    page.wait_for_selector(CARD)
    assert page.evaluate("navigator.language") == locale


def test_every_word_of_the_deck_comes_from_the_catalogue(page, server):
    open_deck(page, server, PSEUDO, slug="spoken")
    press_and_wait(page, "1")
    wait_until_saved(page)
    texts = page.locator(".deck").evaluate(SPOKEN_TEXTS)
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".deck .lookbar:not([hidden])")
    texts += page.locator(".deck").evaluate(SPOKEN_TEXTS)
    assert any("⟦All saved" in text for text in texts)
    strange = {text for text in map(outside_of_messages, texts) if any(letter.isalpha() for letter in text)}
    assert not {text for text in strange if text not in KEYS and not DATA.fullmatch(text)}


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_long_words_stay_within_the_card(page, server, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_deck(page, server, PSEUDO)
    edges = page.locator(".deck .card").evaluate(RIGHT_EDGES)
    assert edges["buttons"]
    assert max(edges["buttons"]) <= edges["card"]


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_short_words_stand_side_by_side(page, server, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_deck(page, server, "en")
    tops = page.locator(".deck .second button").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().top)"
    )
    assert len(tops) == 2
    assert len(set(tops)) == 1


@pytest.mark.parametrize(
    ("locale", "waiting", "share"),
    [
        ("de-DE", "1.196", "58\u00a0%"),
        ("en-IN", "1,196", "58\u202f%"),
        ("ar", "1,196", "58%"),
        ("tlh", "1,196", "58\u202f%"),
    ],
)
def test_numbers_of_the_deck_are_the_readers(page, server, locale, waiting, share):
    open_deck(page, server, locale)
    assert waiting in page.locator(".counts").inner_text()
    assert page.locator(".said .share").inner_text() == share
