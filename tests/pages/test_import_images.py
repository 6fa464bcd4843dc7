"""The Import page with zips of images: roles proposed, a project made, thumbnails in Explore."""

import json

from hitl.domain.images import ImageRef
from hitl.store.connection import open_project, open_tandem
from hitl.store.jobs import list_latest_jobs
from hitl.store.projects import list_classes
from hitl.worker.run import work_until_ended
from tests.image_zip import bars, zip_of_bars, zip_of_files


def import_zip(app, data_dir, slug):
    app.button(key="start_import").click().run()
    tandem = open_tandem(data_dir)
    (job,) = list_latest_jobs(tandem, slug=slug, count=9)
    tandem.conn.close()
    work_until_ended(data_dir, job_id=job.id)


def test_a_zip_of_images_becomes_a_project_of_images(open_page, data_dir):
    app = open_page("import_")
    app.file_uploader[0].upload("bars.zip", zip_of_bars(24), "application/zip").run()
    roles = next(table.value for table in app.dataframe if "Use" in table.value.columns)
    assert dict(zip(roles["Column"], roles["Use"], strict=True))["picture"] == "image"
    import_zip(app, data_dir, "bars")
    db = open_project(data_dir, "bars")
    fields = [json.loads(row["fields"]) for row in db["items"].rows]
    db.conn.close()
    assert ImageRef.parse(fields[3]["picture"]).path == "set/img/3.png"
    app = open_page("explore", project="bars", item="b3")
    assert app.dataframe[0].value["Image"][0].startswith("/api/v1/image/bars/")
    assert 'alt="picture of b3"' in app.get("html")[0].proto.body


def test_of_several_tables_beside_the_images_one_is_chosen(open_page, data_dir):
    rows = {"train.csv": range(12), "test.csv": range(12, 16)}
    tables = {
        name: "id,picture,label\n" + "".join(f"b{n},img/{n}.png,{('up', 'across')[n % 2]}\n" for n in numbers)
        for name, numbers in rows.items()
    }
    images = {f"img/{n}.png": bars(n, upright=n % 2 == 0) for n in range(16)}
    app = open_page("import_")
    app.file_uploader[0].upload("both.zip", zip_of_files({**tables, **images}), "application/zip").run()
    assert "holds 2 files" in app.info[0].value
    app.selectbox[0].set_value("test.csv").run()
    assert len(app.dataframe[0].value) == 4
    app.selectbox[0].set_value("train.csv").run()
    import_zip(app, data_dir, "both")
    db = open_project(data_dir, "both")
    assert [json.loads(row["fields"])["picture"] != "" for row in db["items"].rows] == [True] * 12
    db.conn.close()


def test_folders_of_images_are_taken_for_classes(open_page, data_dir):
    files = {f"all/{kind}/{n}.png": bars(n, upright=kind == "up") for kind in ("up", "across") for n in range(6)}
    app = open_page("import_")
    app.file_uploader[0].upload("folders.zip", zip_of_files(files), "application/zip").run()
    import_zip(app, data_dir, "folders")
    db = open_project(data_dir, "folders")
    assert {label_class.name for label_class in list_classes(db)} == {"up", "across"}
    db.conn.close()
