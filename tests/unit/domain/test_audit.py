import threading

import pytest

from hitl.domain.audit import TEXT_DETAILS, Via, act_through, acting_through, check_row, current_via


def test_whoever_says_nothing_acts_by_the_shell():
    assert current_via() is Via.SHELL


def test_the_nearest_way_holds_and_the_process_says_the_rest():
    act_through(Via.PAGE)
    try:
        with acting_through(Via.API):
            assert current_via() is Via.API
        found = []
        thread = threading.Thread(target=lambda: found.append(current_via()))
        thread.start()
        thread.join()
        assert found == [Via.PAGE] == [current_via()]
    finally:
        act_through(Via.SHELL)


@pytest.mark.parametrize("name", sorted(TEXT_DETAILS))
@pytest.mark.parametrize("text", ["two words", "señor", "<b>", "x" * 65, "a\n"])
def test_a_text_of_a_person_is_no_detail(name, text):
    with pytest.raises(ValueError, match="no number"):
        check_row("act", "", {name: text})


@pytest.mark.parametrize("value", ["text", 0.5, ["a"], b"x"])
def test_a_detail_without_a_name_for_texts_is_a_whole_number(value):
    with pytest.raises(ValueError, match="no number"):
        check_row("act", "", {"count": value})


@pytest.mark.parametrize(("act", "subject"), [("", ""), ("Two words", ""), ("act", "3"), ("act", "item:a b")])
def test_an_act_and_its_subject_are_codes(act, subject):
    with pytest.raises(ValueError, match="can be about"):
        check_row(act, subject, {})
