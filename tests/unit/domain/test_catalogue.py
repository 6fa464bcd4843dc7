"""The template of all messages is what the code says now, and the pseudo-language marks each."""

import runpy

from hitl.domain.language import _, speaking
from tests.catalogues import TEMPLATE, outside_of_messages
from tests.test_architecture import ROOT


def test_the_template_holds_the_messages_of_the_code():
    script = runpy.run_path(str(ROOT / "docs" / "make_messages.py"))
    assert script["extract_messages"]() == TEMPLATE.read_bytes(), "Words have changed: make messages"


def test_the_pseudo_language_shows_what_is_no_message(pseudo_language):
    with speaking(pseudo_language):
        text = f"{_('just now')} and an old word"
    assert text.startswith("⟦just now·")
    assert outside_of_messages(text) == " and an old word"
