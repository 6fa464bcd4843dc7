"""GET /api/v1/image/{slug}/{sha256}: only what a visible item shows, and nothing but images."""

import io

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hitl.adapters.image_folder import find_kept, image_path
from hitl.adapters.image_keeper import ImageKeeper
from hitl.adapters.readers import open_table
from hitl.api.gate import Gate
from hitl.api.image import routes
from hitl.domain.rows import Row
from hitl.loop.ingest import stage_rows
from hitl.store.connection import fetch_value
from tests.image_zip import ImageProject, bars, encoded, zip_of_files
from tests.small_project import SmallProject

PHOTO = encoded(Image.new("RGB", (900, 600), (10, 120, 220)), "JPEG")


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    made = ImageProject(tmp_path, count=0)
    made.add_zip(zip_of_files({"t.csv": "id,picture,label\np,photo.jpg,\n", "photo.jpg": PHOTO}))
    return made


@pytest.fixture
def client():
    return TestClient(Gate(Starlette(routes=routes)), base_url="http://localhost", client=("127.0.0.1", 50000))


@pytest.fixture
def sha256(project):
    return fetch_value(project.db, "SELECT sha256 FROM item_images")


def refusal(answer):
    assert set(answer.json()) == {"error"}
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


def test_an_image_is_shown_as_what_it_is_and_kept_by_no_browser(client, sha256):
    answer = client.get(f"/api/v1/image/pictures/{sha256}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert Image.open(io.BytesIO(answer.content)).size == (900, 600)


def test_a_thumbnail_is_small(client, sha256):
    answer = client.get(f"/api/v1/image/pictures/{sha256}?size=small")
    assert Image.open(io.BytesIO(answer.content)).size == (256, 171)


@pytest.mark.parametrize(
    "path",
    [
        "pictures/" + "0" * 64,
        "pictures/..%2f..%2fproject.db",
        "pictures/project.db",
        "..%2fpictures/" + "0" * 64,
        "nowhere/" + "0" * 64,
        "pictures/" + "0" * 63 + "%00",
        "pictures/" + "Z" * 64,
    ],
)
def test_nothing_else_is_found(client, project, path):
    answer = client.get(f"/api/v1/image/{path}")
    assert answer.status_code == 404


def test_the_hash_in_capitals_is_another_address(client, sha256):
    assert refusal(client.get(f"/api/v1/image/pictures/{sha256.upper()}")) == 404


def test_an_image_of_another_project_is_not_shown(client, project, sha256):
    SmallProject(project.data_dir, slug="other").db.conn.close()
    assert refusal(client.get(f"/api/v1/image/other/{sha256}")) == 404


def test_an_image_of_an_import_that_is_not_finished_is_not_shown(client, project):
    data = zip_of_files({"t.csv": "id,picture,label\nq,a.png,\n", "a.png": bars(1, upright=True)})
    with open_table(io.BytesIO(data), name="x.zip") as table:
        stage_rows(
            project.db,
            rows=table.records,
            file_name="x.zip",
            file_sha256="2" * 64,
            request_id="r",
            actor=project.actor,
            now=project.now(),
            keep_images=ImageKeeper(table.images, project.folder, project.fields).keep,
        )
    staged = fetch_value(
        project.db, "SELECT sha256 FROM item_images JOIN items ON items.id = item_id WHERE external_id = 'q'"
    )
    assert find_kept(project.folder, staged) == "png"
    assert refusal(client.get(f"/api/v1/image/pictures/{staged}")) == 404


def test_an_image_that_is_no_longer_shown_is_not_given(client, project, sha256):
    project.add_zip(zip_of_files({"t.csv": "id,picture,label\np,a.png,\n", "a.png": bars(1, upright=True)}))
    assert refusal(client.get(f"/api/v1/image/pictures/{sha256}")) == 404


def test_a_missing_file_is_told(client, project, sha256):
    image_path(project.folder, sha256, "jpg").unlink()
    answer = client.get(f"/api/v1/image/pictures/{sha256}")
    assert refusal(answer) == 404
    assert "Restore it" in answer.json()["error"]


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
def test_another_sites_page_gets_no_image(client, sha256, headers):
    assert refusal(client.get(f"/api/v1/image/pictures/{sha256}", headers=headers)) == 403


def test_a_stranger_is_stopped_at_the_gate(project, sha256):
    stranger = TestClient(Gate(Starlette(routes=routes)), base_url="http://example.org", client=("10.0.0.7", 50000))
    assert stranger.get(f"/api/v1/image/pictures/{sha256}").status_code == 403


def test_a_row_cannot_claim_an_image_it_did_not_bring(project, sha256):
    """A reference typed into a table is a path like any other, and no such path is in it."""
    forged = Row(2, {"id": "thief", "picture": f"{sha256}.jpg photo.jpg", "label": ""})
    data = zip_of_files({"t.csv": f"id,picture,label\nthief,{sha256}.jpg photo.jpg,\n", "a.png": bars(1, upright=True)})
    with open_table(io.BytesIO(data), name="x.zip") as table:
        (kept,) = ImageKeeper(table.images, project.folder, project.fields).keep([forged])
    assert "holds no image" in kept.message
