"""What is read before somebody asks: the projects written last, and then nothing is left to read."""

import os

from hitl.domain.explore_filter import ExploreFilter
from hitl.store.columns import cache
from hitl.views.explore import read_items
from hitl.views.read_ahead import MOST_PROJECTS, list_latest_projects, read_ahead
from tests.sliced_project import SlicedProject
from tests.small_project import SmallProject


def test_the_projects_written_last_come_first(tmp_path):
    for number in range(MOST_PROJECTS + 2):
        project = SmallProject(tmp_path, slug=f"p{number}", rows=0)
        project.db.conn.close()
        os.utime(project.folder / "project.db", (number, number))
    assert list_latest_projects(tmp_path) == ["p6", "p5", "p4", "p3", "p2"]


def test_a_page_finds_everything_read(tmp_path, monkeypatch):
    sliced = SlicedProject(tmp_path)
    version_id = sliced.answer_with({item: (1, item / 20) for item in range(1, 13)})
    assert read_ahead(tmp_path, "sliced") == 12
    for name in ("load_items", "load_answers", "load_slice", "load_events"):
        monkeypatch.setattr(cache, name, None)
    page = read_items(
        sliced.db,
        ExploreFilter(version_id=version_id, slices=(("region", "EU"),)),
        order="least_sure",
        page=1,
        slice_field="region",
    )
    assert page.total_count == 6
