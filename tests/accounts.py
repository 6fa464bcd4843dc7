"""People with accounts, for tests: the first owner, and others with a role in a project; argon2 is really asked."""

from contextlib import contextmanager
from datetime import UTC, datetime

from hitl.domain.people import LOCAL_OWNER, Actor
from hitl.loop.access_links import invite, make_setup_link, use_link
from hitl.loop.sign_in import sign_in
from hitl.store.connection import open_tandem

PASSWORD = "seven green kettles sing"
OWNER = Actor(id=1, name="Ann", role=None, is_admin=True)


def add_owner(data_dir, *, login="ann", name="Ann"):
    """The first account; the token of its session."""
    with opened(data_dir) as tandem:
        link = make_setup_link(tandem, actor=LOCAL_OWNER, now=now())
        return use_link(tandem, link.token, password=PASSWORD, name=name, login=login, now=now()).token


def add_member(data_dir, *, login="ben", name="Ben", roles=None):
    """Somebody the owner invited, who has joined; the token of their session."""
    with opened(data_dir) as tandem:
        link = invite(tandem, name=name, login=login, roles=roles, actor=OWNER, now=now())
        return use_link(tandem, link.token, password=PASSWORD, now=now()).token


def begin_session(data_dir, login):
    """Another session of somebody who has joined; its token."""
    with opened(data_dir) as tandem:
        return sign_in(tandem, login=login, password=PASSWORD, now=now()).token


def now():
    return datetime.now(UTC)


@contextmanager
def opened(data_dir):
    """The database of people while a block lasts."""
    tandem = open_tandem(data_dir)
    try:
        yield tandem
    finally:
        tandem.conn.close()
