"""New databases for tests: what the migrations make of nothing is made once a session, and copied.

Each copy begins an audit log and a sequence of changes of its own, as if the migrations had been applied to it.
"""

import os
import shutil
import threading
from contextlib import closing, contextmanager, suppress
from itertools import count
from unittest import mock

from sqlite_utils import Database

from hitl.store import connection
from hitl.store.handles import connect
from hitl.store.migrations import PROJECT_MIGRATIONS, m024_audit, t006_audit

OWN_CHANGES = "UPDATE item_changes SET token = random()"


class Templates:
    """A folder with one database a sequence of migrations, to which nothing has happened yet."""

    def __init__(self, folder):
        self.folder = folder
        self.open = connection._open_as_it_is
        self.made = {}
        self.copies = count()
        self.lock = threading.Lock()

    def open_or_copy(self, path, migrations, *, least_applied):
        """As the real function, which finds a copy where there was no file."""
        if not least_applied and path.parent.is_dir() and not path.exists():
            self.put(path, migrations)
        return self.open(path, migrations, least_applied=least_applied)

    def put(self, path, migrations):
        """A copy under that path; on another disk, and where somebody was faster, there is none."""
        template, details = self.find(migrations)
        copy = self.folder / f"copy-{next(self.copies)}.db"
        shutil.copyfile(template, copy)
        with closing(connect(copy)) as conn:
            conn.execute("PRAGMA synchronous=OFF")
            conn.execute("BEGIN")
            m024_audit.begin_audit_log(Database(conn), **details)
            if migrations is PROJECT_MIGRATIONS:
                conn.execute(OWN_CHANGES)
            conn.execute("COMMIT")
        with suppress(OSError):
            os.link(copy, path)
        copy.unlink()

    def find(self, migrations):
        """The template, and what the first row of its audit log says."""
        key = (migrations.name, len(migrations._migrations))
        with self.lock:
            if key not in self.made:
                self.made[key] = self.make(migrations, self.folder / f"{migrations.name}-{len(self.made)}.db")
            return self.made[key]

    def make(self, migrations, path):
        begun = []
        with note_calls(begun):
            db, _is_older = self.open(path, migrations, least_applied=0)
        db.conn.close()
        [details] = begun
        return path, details


@contextmanager
def note_calls(begun):
    """No audit log is begun in this block; with what details it would have been is noted."""
    with (
        mock.patch.object(m024_audit, "begin_audit_log", lambda db, **details: begun.append(details)),
        mock.patch.object(t006_audit, "begin_audit_log", lambda db, **details: begun.append(details)),
    ):
        yield


@contextmanager
def copied_databases(folder):
    """In this block new databases are copies."""
    with mock.patch.object(connection, "_open_as_it_is", Templates(folder).open_or_copy):
        yield
