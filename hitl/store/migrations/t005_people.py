"""People with accounts: how they sign in, what they are members of, and the links that let them in.

``people_groups`` are groups of people; a project's ``groups`` are of items. A job that the local owner asked for is
done as the local owner's, whoever has person 1 by then.
"""

from sqlite_utils import Database

from hitl.store.migrations.sequence import TANDEM_MIGRATIONS


@TANDEM_MIGRATIONS()
def t005_people(db: Database) -> None:
    """The three that were there stay what they are; jobs that were there are the local owner's, as all were."""
    db.executescript("""
        ALTER TABLE people ADD COLUMN created_at TEXT;
        ALTER TABLE people ADD COLUMN deactivated_at TEXT;
        ALTER TABLE people ADD COLUMN erased_at TEXT;
        ALTER TABLE people ADD COLUMN is_admin INTEGER NOT NULL DEFAULT 0 CHECK(is_admin IN (0, 1));
        ALTER TABLE people ADD COLUMN language TEXT;
        ALTER TABLE people ADD COLUMN pseudonym TEXT;
        CREATE UNIQUE INDEX people_pseudonym ON people(pseudonym) WHERE pseudonym IS NOT NULL;
        ALTER TABLE jobs ADD COLUMN as_local_owner INTEGER NOT NULL DEFAULT 1 CHECK(as_local_owner IN (0, 1));
        CREATE TABLE accounts(
            person_id INTEGER PRIMARY KEY REFERENCES people(id),
            login TEXT NOT NULL UNIQUE CHECK(login <> ''),
            password_hash TEXT,
            password_set_at TEXT,
            failures INTEGER NOT NULL DEFAULT 0 CHECK(failures >= 0),
            locked_until TEXT
        ) STRICT;
        CREATE TABLE refused_sign_ins(day TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE identities(
            issuer TEXT NOT NULL,
            subject TEXT NOT NULL,
            person_id INTEGER NOT NULL REFERENCES people(id),
            PRIMARY KEY(issuer, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX identities_person ON identities(person_id);
        CREATE TABLE sign_in_attempts(
            state_hash TEXT PRIMARY KEY,
            nonce TEXT NOT NULL,
            verifier TEXT NOT NULL,
            next TEXT NOT NULL,
            expires_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sessions(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            token_hash TEXT NOT NULL UNIQUE,
            person_id INTEGER NOT NULL REFERENCES people(id),
            how TEXT NOT NULL CHECK(how IN ('password', 'identity', 'link')),
            agent TEXT NOT NULL,
            created_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            ends_at TEXT NOT NULL,
            ended_at TEXT,
            ended_why TEXT CHECK((ended_at IS NULL) = (ended_why IS NULL))
        ) STRICT;
        CREATE INDEX sessions_person ON sessions(person_id, id);
        CREATE TABLE access_links(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            token_hash TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK(kind IN ('setup', 'invite', 'reset')),
            person_id INTEGER NOT NULL REFERENCES people(id),
            made_by INTEGER NOT NULL REFERENCES people(id),
            made_at TEXT NOT NULL,
            expires_at TEXT NOT NULL,
            used_at TEXT,
            withdrawn_at TEXT,
            CHECK(used_at IS NULL OR withdrawn_at IS NULL)
        ) STRICT;
        CREATE INDEX access_links_person ON access_links(person_id, id);
        CREATE TABLE people_groups(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK(name <> '')
        ) STRICT;
        CREATE TABLE people_group_members(
            people_group_id INTEGER NOT NULL REFERENCES people_groups(id) ON DELETE CASCADE,
            person_id INTEGER NOT NULL REFERENCES people(id),
            how TEXT NOT NULL CHECK(how IN ('hand', 'identity')),
            PRIMARY KEY(people_group_id, person_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX people_group_members_person ON people_group_members(person_id);
        CREATE TABLE memberships(
            id INTEGER PRIMARY KEY,
            slug TEXT NOT NULL,
            person_id INTEGER REFERENCES people(id),
            people_group_id INTEGER REFERENCES people_groups(id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK(role IN ('viewer', 'reviewer', 'adjudicator', 'lead', 'owner')),
            CHECK((person_id IS NULL) <> (people_group_id IS NULL)),
            UNIQUE(slug, person_id),
            UNIQUE(slug, people_group_id)
        ) STRICT;
        CREATE INDEX memberships_person ON memberships(person_id) WHERE person_id IS NOT NULL;
        """)
