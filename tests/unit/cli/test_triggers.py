"""triggers: shown, set piece by piece, refused in a sentence."""

import pytest


@pytest.fixture
def few(terminal):
    rows = [("a", f"text {n}", "yes" if n % 2 else "no") for n in range(6)]
    terminal.done("create", "Few", "--file", terminal.write("few.csv", ("kind", "text", "label"), rows))
    return terminal


def test_without_options_it_tells_how_things_are(few):
    assert few.done("triggers", "few").stdout == "It trains only when somebody asks for it.\n"
    assert few.json("triggers", "few")["after"] is None


def test_each_option_leaves_the_others_as_they_were(few):
    few.done("triggers", "few", "--daily", "3:30", "--zone", "Europe/Berlin", "--reason", "at night")
    found = few.json("triggers", "few", "--after", "50", "--reason", "and often")
    assert (found["after"], found["daily"], found["zone"], found["paused"]) == (50, "03:30", "Europe/Berlin", False)
    assert found["labels_left"] == 42  # 6 labels and 2 classes so far
    assert few.json("triggers", "few", "--pause", "--reason", "holidays")["paused"]
    found = few.json("triggers", "few", "--resume", "--daily", "off", "--reason", "back")
    assert (found["after"], found["daily"], found["paused"]) == (50, None, False)
    assert few.json("triggers", "few", "--promote", "--reason", "trusted")["promotes"]
    assert not few.json("triggers", "few", "--wait", "--reason", "not any more")["promotes"]
    few.done("triggers", "few", "--after", "0", "--reason", "enough")
    assert few.done("triggers", "few").stdout == "It trains only when somebody asks for it.\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--after", "5"], "Say why it shall train by itself so"),
        (["--daily", "25:00", "--reason", "x"], "'25:00' is not a time of day"),
        (["--daily", "3:00", "--zone", "Mars", "--reason", "x"], "'Mars' is not a time zone known here"),
        (["--zone", "UTC", "--reason", "x"], "A time zone needs a time"),
        (["--reason", "x"], "There is nothing to set"),
    ],
)
def test_what_cannot_be_is_refused(few, options, sentence):
    assert few.refused("triggers", "few", *options).startswith(sentence)


def test_a_project_that_is_not_there_is_refused(few):
    assert "There is no project 'many'" in few.refused("triggers", "many")
