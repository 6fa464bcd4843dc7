"""kill -9 while images are kept: no item ever names an image that is not there, and the next worker ends the import."""

import pytest

from hitl.adapters.image_folder import is_whole
from hitl.adapters.uploads import save_upload
from hitl.store.connection import open_project
from hitl.store.item_images import named_images
from tests.faults.house import opened
from tests.image_zip import ImageProject, zip_of_bars

IMAGES = 80
DEATHS = {
    "while images are written": ("hitl.adapters.image_folder", "_stage", "after", 30),
    "while they are synced": ("hitl.adapters.image_folder", "_sync", "before", 1),
    "when they have their names": ("hitl.adapters.image_folder", "_sync", "after", 2),
    "when their rows are written": ("hitl.store.staging", "Stager.write", "after", 1),
    "when they are published": ("hitl.worker.stages", "publish_import", "after", 1),
}


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS)
def test_an_image_import_killed_anywhere_is_ended_by_the_next_worker(house, death):
    project = ImageProject(house.folder, count=0)
    project.db.conn.close()
    path = save_upload(project.folder / "uploads", "bars.zip", [zip_of_bars(IMAGES)])
    job_id = house.submit("import", slug="pictures", path=str(path), file_name="bars.zip")
    house.let_die(*death)
    assert_images_are_there(project)
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    assert house.count("SELECT count(*) FROM item_state", slug="pictures") == IMAGES
    assert house.count("SELECT count(*) FROM item_images", slug="pictures") == IMAGES
    assert_images_are_there(project)
    house.assert_sound("pictures")


def assert_images_are_there(project):
    with opened(open_project(project.data_dir, project.slug)) as db:
        assert all(is_whole(project.folder, sha256, kind) for sha256, kind in named_images(db))
