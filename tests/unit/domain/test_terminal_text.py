"""Nothing that came with data steers a terminal."""

import json

import pytest

from hitl.domain.terminal_text import inert


@pytest.mark.parametrize("steering", ["\x1b[31m", "\x1b]0;t\x07", "\x9b31m", "\r", "\x08", "\x7f", "\x00", "\u202e"])
def test_what_steers_a_terminal_is_spelled_out(steering):
    shown = inert(f"before{steering}after")
    assert shown.startswith("before\\u")
    assert shown.endswith("after")
    assert steering[0] not in shown


def test_words_of_any_script_lines_and_tabs_stay():
    text = "Größe\t日本語 שלום 👍🏽\nnext"
    assert inert(text) == text


def test_json_stays_the_same_json():
    content = {"name": "a\x1b[31m \x9b \u202e b\n"}
    assert json.loads(inert(json.dumps(content, ensure_ascii=False))) == content
