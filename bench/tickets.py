"""A project of any size, written straight into the tables in the shapes that the verbs leave behind.

``python -m bench.tickets FOLDER [ITEMS [EVENTS]]`` makes one to look at.
"""

import sys
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.ingest import TEST_LIMIT
from hitl.loop.projects import create_project
from hitl.store.connection import open_project, write_transaction
from hitl.store.derived import settle_scope
from hitl.store.import_spans import extend_span
from hitl.store.item_changes import note_change
from hitl.store.items import add_import, end_import
from hitl.store.publishing import show_items
from hitl.store.rebuilding import rebuild
from hitl.store.scopes import ALL
from hitl.store.search import rebuild_index
from hitl.store.test_answers import keep_test_answers
from hitl.store.versions import add_promotion, add_snapshot, add_version
from tests.small_project import START

FIELDS = (
    Field("id", Role.ID),
    Field("text", Role.TEXT),
    Field("region", Role.SLICE),
    Field("channel", Role.SLICE),
    Field("label", Role.LABEL),
)
CLASSES = ("billing", "delivery", "refund", "technical", "account", "other")
AT = "2026-01-{day:02d}T10:00:00.000000Z"
_SCATTERED = "(({id}) * 2654435761 % 4294967296) / 4294967296.0"
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
_WORDS = ("parcel", "invoice", "money", "password", "address", "screen", "late", "broken", "wrong", "card", "order")


def build_project(data_dir: Path, *, slug: str = "big", items: int = 1_000_000, events: int = 50_000) -> Database:
    """Items with text and two slices; three versions of which the second is in use and the third waits."""
    create_project(
        data_dir,
        slug=slug,
        name=f"{items:,} tickets",
        fields=FIELDS,
        class_names=CLASSES,
        audit_rate=0.0,
        actor=LOCAL_OWNER,
        now=START,
    )
    db = open_project(data_dir, slug)
    with write_transaction(db):
        add_published_items(db, items)
        for number in (1, 2, 3):
            add_answers(db, number, items)
        add_promotions(db)
        add_decisions(db, events, items)
    rebuild(db)
    rebuild_index(db)
    with write_transaction(db):
        add_tests(db)
        settle_scope(db, ALL, at=AT.format(day=20))
    db.execute("ANALYZE")
    return db


def add_published_items(db: Database, count: int) -> None:
    import_id = add_import(
        db,
        file_name="big.csv",
        file_sha256="0" * 64,
        request_id="big",
        choices={},
        actor_id=LOCAL_OWNER.id,
        at=AT.format(day=5),
    )
    values = {"count": count, "import_id": import_id}
    words = " || ' ' || ".join(f"CASE (n / {31**place}) % {len(_WORDS)} {cases()} END" for place in range(4))
    db.execute(f"{_NUMBERS} INSERT INTO groups(id, input_hash) SELECT n, n FROM numbers", {"count": count})
    db.execute(
        f"""
        {_NUMBERS} INSERT INTO items(id, import_id, row_number, external_id, group_id, fields)
        SELECT n, :import_id, n + 1, 'T-' || n, n, json_object(
            'text', 'Ticket ' || n || ': my ' || {words} || ', please help me as soon as you can',
            'region', CASE n % 5 WHEN 0 THEN 'US' WHEN 1 THEN 'Asia' ELSE 'EU' END,
            'channel', CASE n % 3 WHEN 0 THEN 'mail' WHEN 1 THEN 'chat' ELSE 'phone' END)
        FROM numbers
        """,
        values,
    )
    extend_span(db, import_id, first_item_id=1, item_count=count, first_group_id=1)
    end_import(db, import_id, outcome="published", summary={}, at=AT.format(day=5))
    show_items(db, import_id, at=AT.format(day=5))


def cases() -> str:
    return " ".join(f"WHEN {number} THEN '{word}'" for number, word in enumerate(_WORDS))


def add_answers(db: Database, number: int, count: int) -> None:
    """A version and its prediction of every item; each version answers some items differently."""
    at = AT.format(day=5 + number)
    snapshot = add_snapshot(
        db, watermark=0, rules={}, class_counts={1: 100, 2: 100}, digest=f"digest {number}", actor_id=1, at=at
    )
    version_id = add_version(
        db,
        kind="trained",
        name=f"version {number}",
        snapshot_id=snapshot,
        estimator="text_linear",
        parameters={},
        seed=number,
        libraries={},
        artifact_sha256="0" * 64,
        request_id=f"version-{number}",
        actor_id=1,
        at=at,
    )
    sure = f"(0.34 + 0.66 * (1 - {_SCATTERED.format(id=f'n + 7 * {number}')} * {_SCATTERED.format(id='n * 3')}))"
    db.execute(
        f"""
        {_NUMBERS} INSERT INTO predictions(version_id, item_id, class_id, confidence, runner_up_id,
            runner_up_confidence, novelty, other_accept_score, priority)
        SELECT :version_id, n, class_id, sure, class_id % {len(CLASSES)} + 1, (1 - sure) * 0.8,
            {_SCATTERED.format(id="n * 11")}, CASE WHEN {_SCATTERED.format(id="n * 11")} >= 0.98 THEN 0 END, sure
        FROM (SELECT n, 1 + (n + (n % 17 = :version_id)) % {len(CLASSES)} AS class_id, {sure} AS sure FROM numbers)
        """,
        {"count": count, "version_id": version_id},
    )


def add_promotions(db: Database) -> None:
    for version_id in (1, 2):
        add_promotion(
            db,
            version_id=version_id,
            kind="promote",
            reason="better",
            request_id=f"promote-{version_id}",
            actor_id=1,
            at=AT.format(day=10 + version_id),
        )


def add_decisions(db: Database, events: int, items: int) -> None:
    """Decisions of two people on items spread over the whole project; one in forty is a skip."""
    db.execute(
        f"""
        {_NUMBERS} INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, request_id,
            shown_version_id, shown_class_id, shown_confidence, at)
        SELECT CASE WHEN n % 40 = 0 THEN 'skip' ELSE 'label' END, 'reviewer', 1 + n % 2, item, item,
            CASE WHEN n % 40 <> 0 THEN 1 + n % {len(CLASSES)} END, 'decision-' || n, 2, 1, 0.5,
            strftime('%Y-%m-%dT%H:%M:%S.000000Z', '2026-01-06', '+' || (n * 14 * 1440 / :count) || ' minutes')
        FROM (SELECT n, 1 + (n * 19) % :items AS item FROM numbers)
        """,
        {"count": events, "items": items},
    )


def add_tests(db: Database) -> None:
    """As many decided groups as an import keeps for testing, and what each version answers on them."""
    db.execute(
        """
        INSERT INTO test_groups(group_id, source, at) SELECT group_id, 'import', ? FROM (
            SELECT DISTINCT group_id FROM events WHERE kind = 'label' ORDER BY group_id LIMIT ?)
        """,
        (AT.format(day=5), TEST_LIMIT),
    )
    note_change(db)
    for version_id in (1, 2, 3):
        keep_test_answers(db, version_id)


def main() -> None:
    folder, *sizes = sys.argv[1:]
    build_project(Path(folder), **dict(zip(("items", "events"), map(int, sizes), strict=False)))


if __name__ == "__main__":
    main()
