"""How long pages wait for the database with 100,000 items: charts, lists, a change of policy."""

import time
from collections.abc import Callable
from pathlib import Path

from bench.figure import Figure, quantile
from hitl.domain.clock import utc_now
from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.route import finish_routing, set_policy
from hitl.views.explore import read_items
from hitl.views.histogram import read_histogram
from hitl.views.overview import read_overview
from hitl.views.settings_policy import read_preview
from tests.small_project import SmallProject

ITEMS = 100_000
REPEATS = 7
SCAN = "SELECT count(*), avg(confidence), sum(accept_score >= 0.9) FROM predictions"


def measure(folder: Path) -> list[Figure]:
    project = SmallProject(folder / "data", rows=ITEMS, labelled=2_000)
    items = [row[0] for row in project.db.execute("SELECT item_id FROM item_state")]
    project.answer_with({item: (1 + item % 2, 0.5 + (item * 7919 % 5_000) / 10_000) for item in items})
    db = project.db
    floor = time_of(lambda: db.execute(SCAN).fetchall())
    works: list[tuple[str, Callable[[], object], float]] = [
        ("histogram of confidence", lambda: read_histogram(db), 500),
        ("overview page", lambda: read_overview(db, names={}, now=utc_now()), 500),
        ("least sure items, first page", lambda: read_items(db, ExploreFilter(), order="least_sure", page=1), 700),
        ("items with a word", lambda: read_items(db, ExploreFilter(text="99999"), order="oldest", page=1), 900),
        ("what a threshold means", lambda: read_preview(db, 0.8), 300),
    ]
    figures = [Figure(f"{name}, 100,000 items", "ms", time_of(work), bound, floor) for name, work, bound in works]
    return [*figures, Figure("new policy routes 100,000 items", "ms", time_policy(project), 4_000, floor)]


def time_of(work: Callable[[], object]) -> float:
    """The median of a few runs, in milliseconds."""
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1_000)
    return quantile(taken, 0.5)


def time_policy(project: SmallProject) -> float:
    begun = time.perf_counter()
    set_policy(
        project.db,
        threshold=0.8,
        audit_rate=0.02,
        lease_seconds=900,
        query_strategy="default",
        reason="Measured",
        actor=project.actor,
        now=project.now(),
    )
    finish_routing(project.db, now=project.now())
    return (time.perf_counter() - begun) * 1_000
