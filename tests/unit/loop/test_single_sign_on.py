"""hitl.loop.single_sign_on: an attempt comes back once, within ten minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from hitl.domain.errors import NotFound
from hitl.domain.single_sign_on import SsoAttempt
from hitl.loop import single_sign_on
from hitl.loop.single_sign_on import keep_attempt, take_attempt
from hitl.store.connection import open_tandem

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def attempt(state="s"):
    return SsoAttempt(state=state, nonce="n", verifier="v", asked="/review")


def test_an_attempt_comes_back_whole_and_once(tandem):
    keep_attempt(tandem, attempt(), now=NOW)
    assert take_attempt(tandem, "s", now=NOW) == attempt()
    with pytest.raises(NotFound, match="Begin again"):
        take_attempt(tandem, "s", now=NOW)


def test_after_ten_minutes_it_comes_back_no_more(tandem):
    keep_attempt(tandem, attempt(), now=NOW)
    with pytest.raises(NotFound):
        take_attempt(tandem, "s", now=NOW + timedelta(minutes=10))


def test_the_state_itself_is_not_stored(tandem):
    keep_attempt(tandem, attempt("a-secret-state"), now=NOW)
    assert "a-secret-state" not in str(list(tandem.query("SELECT * FROM sign_in_attempts")))


def test_what_is_never_finished_does_not_pile_up(tandem, monkeypatch):
    monkeypatch.setattr(single_sign_on, "MOST_ATTEMPTS", 3)
    for number in range(5):
        keep_attempt(tandem, attempt(f"s{number}"), now=NOW + timedelta(seconds=number))
    assert tandem.table("sign_in_attempts").count == 3
    assert take_attempt(tandem, "s4", now=NOW + timedelta(seconds=5))
