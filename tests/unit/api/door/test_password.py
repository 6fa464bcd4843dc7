"""hitl.api.door.password: one's own password, changed on a page of the door."""

import pytest

from hitl.domain.session_cookie import NAME
from hitl.loop.sign_in import find_session, sign_in
from tests.accounts import PASSWORD, add_member, add_owner, begin_session, now, opened

PATH = "/auth/password"
NEW = "nine purple ladders hum"
FORM = {"old": PASSWORD, "password": NEW, "again": NEW}


@pytest.fixture
def tokens(own_data_folder, browser):
    """Ben is here with the first session, and has a second one elsewhere."""
    add_owner(own_data_folder)
    here = add_member(own_data_folder)
    browser.cookies.set(NAME, here)
    return here, begin_session(own_data_folder, "ben")


def stands(folder, token):
    with opened(folder) as tandem:
        return find_session(tandem, token, now=now()) is not None


def test_the_rules_stand_there_before_anything_is_typed(browser, tokens):
    text = browser.get(PATH).text
    assert "At least 12 characters" in text
    assert 'autocomplete="current-password"' in text
    assert text.count('autocomplete="new-password"') == 2


def test_a_new_password_ends_all_sessions_but_this_one(browser, own_data_folder, tokens):
    answer = browser.post(PATH, data=FORM)
    assert (answer.status_code, "Your password is changed" in answer.text) == (200, True)
    assert [stands(own_data_folder, token) for token in tokens] == [True, False]
    with opened(own_data_folder) as tandem:
        assert sign_in(tandem, login="ben", password=NEW, now=now()).person.name == "Ben"


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"old": ""}, "old", "Type the password that you have now"),
        ({"old": "not that one"}, "old", "The old password is not right"),
        ({"password": "", "again": ""}, "password", "Type a new password"),
        ({"password": "short", "again": "short"}, "password", "it needs 12"),
        ({"again": "other words entirely"}, "again", "differ"),
    ],
)
def test_what_does_not_fit_is_said_below_its_field(browser, own_data_folder, tokens, typed, field, said):
    answer = browser.post(PATH, data={**FORM, **typed})
    [line] = [line for line in answer.text.splitlines() if f'id="error-{field}"' in line]
    assert (answer.status_code, said in line) == (400, True)
    assert f'aria-describedby="hint-{field} error-{field}"' in answer.text or f'aria-describedby="error-{field}"' in (
        answer.text
    )
    assert answer.text.count('aria-invalid="true"') == 1
    assert all(stands(own_data_folder, token) for token in tokens)


def test_no_password_is_sent_back(browser, tokens):
    answer = browser.post(PATH, data={**FORM, "old": "not that one"})
    assert NEW not in answer.text
    assert "not that one" not in answer.text


def test_whoever_is_not_signed_in_signs_in_first(make_browser, own_data_folder):
    add_owner(own_data_folder)
    for answer in (make_browser().get(PATH), make_browser().post(PATH, data=FORM)):
        assert (answer.status_code, answer.headers["location"]) == (303, "/auth/sign-in?next=/you")


def test_the_local_owner_has_no_password_to_change(browser, own_data_folder):
    assert browser.get(PATH).headers["location"] == "/"


def test_another_sites_form_changes_nothing(browser, own_data_folder, tokens):
    answer = browser.post(PATH, data=FORM, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    with opened(own_data_folder) as tandem:
        assert sign_in(tandem, login="ben", password=PASSWORD, now=now())
