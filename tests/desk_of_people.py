"""A desk whose people have accounts: the first owner, and whoever a test invites."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from argon2 import PasswordHasher

from hitl import access
from hitl.adapters import passwords
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.access_links import invite, make_setup_link, use_link
from hitl.store.connection import open_tandem

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "gravel-otter-lantern-39"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def cheap_passwords():
    """Passwords are hashed with numbers that cost nothing, for tests about something else."""
    passwords._nobodys_hash.cache_clear()
    with mock.patch.object(passwords, "_HASHER", CHEAP):
        yield
    passwords._nobodys_hash.cache_clear()


class DeskOfPeople:
    """The database of people with its clock, which stands still until a test moves it."""

    def __init__(self, data_dir, *, with_owner=True):
        self.data_dir = data_dir
        self.db = open_tandem(data_dir)
        self.now = START
        if with_owner:
            link = make_setup_link(self.db, actor=LOCAL_OWNER, now=self.now)
            done = use_link(self.db, link.token, login="olga", name="Olga", password=PASSWORD, now=self.now)
            self.owner, self.owner_token = done.person, done.token

    @property
    def owner_actor(self):
        return self.actor(LOCAL_OWNER.id)

    def actor(self, person_id, slug=None):
        return access.actor_in(self.db, person_id, slug)

    def later(self, **span):
        self.now += timedelta(**span)
        return self.now

    def invite(self, login, **more):
        return invite(self.db, name=login.capitalize(), login=login, actor=self.owner_actor, now=self.now, **more)

    def join(self, login, **more):
        """Somebody invited who has chosen a password; the person."""
        link = self.invite(login, **more)
        return use_link(self.db, link.token, password=PASSWORD, now=self.now).person

    def acts(self):
        """What the audit log says, oldest first: (who, act, subject)."""
        rows = self.db.query("SELECT actor_id, act, subject FROM audit_log ORDER BY id")
        return [(row["actor_id"], row["act"], row["subject"]) for row in rows]
