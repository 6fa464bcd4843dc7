"""backup · restore."""

import pytest

from tests.unit.cli.conftest import Terminal


def test_a_backup_restored_is_the_same_desk(trained, tmp_path):
    made = trained.json("backup", "--to", tmp_path / "copies")
    assert made["projects"] == 1
    done = trained.json("restore", made["path"], "--data", tmp_path / "back")
    assert done["projects"] == ["messages"]
    assert done["findings"] == {"tandem": [], "messages": []}
    back = Terminal(tmp_path)
    back.data = tmp_path / "back"
    assert back.json("status", "messages") == trained.json("status", "messages")


def test_training_goes_on_in_a_restored_desk_and_makes_a_version_of_its_own(trained, tmp_path):
    made = trained.json("backup", "--to", tmp_path / "copies")
    trained.done("restore", made["path"], "--data", tmp_path / "back")
    back = Terminal(tmp_path)
    back.data = tmp_path / "back"
    back.done("decide", "messages", "m0", back.json("status", "messages")["labels"].popitem()[0])
    back.done("train", "messages")
    assert len(back.json("versions", "messages")["versions"]) == 2


def test_a_folder_in_use_is_not_restored_over(trained, tmp_path):
    made = trained.json("backup", "--to", tmp_path / "copies")
    assert "nothing is overwritten" in trained.refused("restore", made["path"])


@pytest.mark.parametrize("name", ["missing.backup", "text.backup"])
def test_what_is_no_backup_is_refused_in_a_sentence(terminal, tmp_path, name):
    (tmp_path / "text.backup").write_text("hello")
    assert name in terminal.refused("restore", tmp_path / name, "--data", tmp_path / "back")


def test_a_restored_desk_with_a_missing_model_says_so_and_ends_with_1(trained, tmp_path):
    own = Terminal(tmp_path)
    made = trained.json("backup", "--to", tmp_path / "copies")
    own.done("restore", made["path"])
    for path in (own.data / "projects" / "messages" / "artifacts").iterdir():
        path.unlink()
    made = own.json("backup", "--to", tmp_path / "lacking")
    result = own.run("restore", made["path"], "--data", tmp_path / "back")
    assert result.exit_code == 1
    assert "is missing" in result.stdout


def test_without_a_place_it_goes_where_the_settings_say_or_is_refused(trained, tmp_path, monkeypatch):
    assert "--to" in trained.refused("backup")
    monkeypatch.setenv("TANDEM_BACKUPS", str(tmp_path / "copies"))
    assert trained.json("backup")["check"] == "thorough"
    assert len(list((tmp_path / "copies").glob("*.backup"))) == 1


def test_a_disk_that_is_nearly_full_is_a_warning_after_a_restore_that_worked(trained, tmp_path, monkeypatch):
    made = trained.json("backup", "--to", tmp_path / "copies")
    monkeypatch.setattr("hitl.loop.doctor.LEAST_FREE_BYTES", 1 << 62)
    result = trained.run("restore", made["path"], "--data", tmp_path / "back")
    assert (result.exit_code, "MB free" in result.stdout) == (0, True)
    assert trained.run("doctor").exit_code == 1
