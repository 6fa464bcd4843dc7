"""redact at a terminal, on projects of each kind: a string that only the item holds is in no file afterwards."""

from hitl.domain.fields import Field, Role
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.predict import predict_version
from hitl.loop.projects import create_project
from hitl.loop.promote import promote
from hitl.loop.train import take_snapshot, train_version
from hitl.store.connection import fetch_all, fetch_value, open_project, open_tandem
from hitl.store.item_images import named_images
from hitl.store.versions import champion_id, read_version
from tests.image_zip import ImageProject
from tests.marked import files_with
from tests.small_project import START, SmallProject

MARK = "Zyxomarkedword"


def train(project, *, promoted=True):
    who = {"actor": project.actor, "now": project.now()}
    snapshot = take_snapshot(project.db, request_id=project.request(), **who)
    version = train_version(
        project.db, project.folder, snapshot_id=snapshot.id, seed=1, request_id=project.request(), **who
    )
    predict_version(project.db, project.folder, version_id=version, now=project.now())
    if promoted:
        promote(project.db, version_id=version, reason="first", request_id=project.request(), **who)
    return version


def test_what_would_go_is_said_first_and_a_text_is_gone(terminal):
    small = SmallProject(terminal.data)
    small.add_rows([("m1", f"{MARK} text of somebody", "yes")])
    asked = terminal.refused("redact", "small", "m1", "--reason", "asked for")
    assert asked == "1 revision of m1 loses its content. Add --yes to redact it."
    assert files_with(terminal.data, MARK)
    done = terminal.json("redact", "small", "m1", "--reason", "asked for", "--yes")
    assert (done["redaction"], done["revisions"], done["backups"]) == (1, 1, "")
    assert files_with(terminal.data, MARK) == []
    assert "redacted already" in terminal.refused("redact", "small", "m1", "--reason", "again", "--yes")
    assert "no item 'nobody'" in terminal.refused("redact", "small", "nobody", "--reason", "x", "--yes")


def test_a_record_of_columns_is_gone_from_the_model_file_as_well(terminal):
    project = SmallProject(terminal.data, rows=0)
    fields = (
        Field("id", Role.ID),
        Field("town", Role.CATEGORY),
        Field("size", Role.NUMBER),
        Field("region", Role.SLICE),
        Field("label", Role.LABEL),
    )
    create_project(
        terminal.data, slug="columns", name="Columns", fields=fields, class_names=("yes", "no"), audit_rate=0.0,
        actor=project.actor, now=START,
    )  # fmt: skip
    project.slug, project.db = "columns", open_project(terminal.data, "columns")
    rows = [(f"t{n}", f"town {n % 3}", str(n), "EU", ("yes", "no")[n % 2]) for n in range(40)]
    rows += [(f"m{n}", MARK, str(n), MARK, "yes") for n in (1,)]
    named = [Row(n, dict(zip((one.name for one in fields), row, strict=True))) for n, row in enumerate(rows, start=2)]
    who = {"actor": project.actor, "now": project.now()}
    made = stage_rows(project.db, rows=named, file_name="c.csv", file_sha256="0", request_id=project.request(), **who)
    publish_import(project.db, import_id=made, **who)
    version = train(project)
    assert any(path.startswith("projects/columns/artifacts/") for path in files_with(terminal.data, MARK))
    terminal.done("redact", "columns", "m1", "--reason", "asked for", "--yes")
    assert files_with(terminal.data, MARK) == []
    tandem = open_tandem(terminal.data)
    waiting = fetch_all(tandem, "SELECT kind, status FROM jobs WHERE kind = 'train'")
    tandem.conn.close()
    assert waiting == [{"kind": "train", "status": "queued"}]
    assert champion_id(project.db) == version
    assert read_version(project.db, version).is_retired
    assert "columns: ok" in terminal.run("doctor").stdout


def test_an_image_is_gone_with_its_thumbnail_its_features_and_its_name(terminal):
    project = ImageProject(terminal.data, count=16, labelled=16)
    train(project, promoted=False)
    shas = dict(fetch_all_pairs(project))
    sha256 = shas[3]
    key = bytes.fromhex(sha256)
    [keys], [features] = ([*(project.folder / "arrays").glob(f"*.{end}")] for end in ("keys", "f2"))
    place, length = keys.read_bytes().index(key) // 32, features.stat().st_size // 16
    assert any(features.read_bytes()[place * length :][:length])
    terminal.done("redact", "pictures", "b2", "--reason", "asked for", "--yes", "--new-id")
    assert key not in keys.read_bytes()
    assert not any(features.read_bytes()[place * length :][:length])
    assert (keys.stat().st_size, features.stat().st_size) == (16 * 32, 16 * length)
    assert files_with(terminal.data, sha256, "img/2.png") == []
    assert len(list(named_images(project.db))) == 15
    assert fetch_value(project.db, "SELECT external_id FROM items WHERE id = 3").startswith("redacted-")


def fetch_all_pairs(project):
    rows = fetch_all(project.db, "SELECT item_id, sha256 FROM item_images")
    return [(row["item_id"], row["sha256"]) for row in rows]


def test_older_back_ups_that_hold_it_are_named(terminal, monkeypatch, tmp_path):
    small = SmallProject(terminal.data)
    small.add_rows([("m1", f"{MARK} text of somebody", "yes")])
    monkeypatch.setenv("TANDEM_BACKUPS", str(tmp_path / "copies"))
    terminal.done("backup", "--to", tmp_path / "copies")
    told = terminal.done("redact", "small", "m1", "--reason", "asked for", "--yes").stdout
    assert "1 older back-up in" in told
    assert "still holds it: tandem-" in told
    terminal.done("backup", "--to", tmp_path / "next")
    restored = next((tmp_path / "next").glob("*.backup"))
    terminal.run("restore", restored, "--data", tmp_path / "restored")
    assert files_with(tmp_path / "restored", MARK) == []
