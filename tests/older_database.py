"""A project and a tandem.db as the first Tandem left them: the first migrations alone, filled through SQL."""

from sqlite_utils import Database

from hitl.store.handles import connect, guard
from hitl.store.migrations import PROJECT_MIGRATIONS, TANDEM_MIGRATIONS, m001_first, t001_first

AT = "2026-01-05T09:00:00.000000Z"
FIELDS = '[{"name": "id", "role": "id"}, {"name": "text", "role": "text"}, {"name": "label", "role": "label"}]'
LABELS = 20


def later_names(migrations, first):
    """The migrations that came after a module's."""
    return [one.name for one in migrations._migrations if one.fn.__module__ != first.__name__]


def make_older_desk(data_dir, *, slug="old", items=50):
    """A data folder with one project of so many items, the first 20 of them decided, and the database of people."""
    folder = data_dir / "projects" / slug
    folder.mkdir(parents=True)
    with_first(data_dir / "tandem.db", TANDEM_MIGRATIONS, t001_first).close()
    conn = with_first(folder / "project.db", PROJECT_MIGRATIONS, m001_first)
    conn.execute("BEGIN")
    fill(conn, items)
    conn.execute("COMMIT")
    conn.close()
    return folder / "project.db"


def with_first(path, migrations, first):
    conn = connect(path)
    conn.execute("PRAGMA journal_mode=WAL")
    guard(conn)
    migrations.apply(Database(conn), stop_before=later_names(migrations, first)[:1])
    return conn


def fill(conn, items):
    conn.execute("INSERT INTO project_revisions VALUES (1, 'Old', '', 'accuracy', 'inputs', ?, 1, ?)", (FIELDS, AT))
    conn.execute("INSERT INTO policies VALUES (1, 0.9, 0.02, 1, 600, 'default', 'first', 1, ?)", (AT,))
    for number, name in enumerate(("yes", "no"), start=1):
        conn.execute("INSERT INTO classes VALUES (?, ?)", (number, name))
        conn.execute(
            "INSERT INTO events(id, kind, source, actor_id, class_id, request_id, at)"
            " VALUES (?, 'class', 'rule', 1, ?, ?, ?)",
            (number, number, f"class-{number}", AT),
        )
        conn.execute("INSERT INTO class_revisions VALUES (?, ?, ?, '', ?, 0)", (number, number, name, number))
    conn.execute("INSERT INTO imports VALUES (1, 'old.csv', ?, ?, 0, NULL, 'import-1', 1, ?)", ("0" * 64, items, AT))
    for number in range(1, items + 1):
        conn.execute("INSERT INTO groups VALUES (?, ?)", (number, number))
        text = f'{{"text": "text of item {number}"}}'
        conn.execute(
            "INSERT INTO items VALUES (?, 1, ?, ?, 1, ?, NULL, ?)", (number, number, f"o{number}", number, text)
        )
    conn.execute("INSERT INTO import_ends VALUES (1, 'published', '{}', ?)", (AT,))
    for number in range(1, LABELS + 1):
        decide(conn, number)


def decide(conn, number):
    """A decision as the first Tandem wrote it, without what is derived from it."""
    conn.execute(
        "INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, request_id, comment, at)"
        " VALUES ('label', 'reviewer', 1, ?, ?, ?, ?, 'no doubt', ?)",
        (number, number, 1 + number % 2, f"decision-{number}", AT),
    )
