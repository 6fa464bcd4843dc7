"""hitl.settings: what the environment may say."""

from pathlib import Path

import pytest

from hitl.domain.errors import BadInput, StoreUnusable
from hitl.settings import PROJECT_ROOT, prepare_data_dir, read_settings


def test_without_variables_it_listens_on_this_machine_alone():
    settings = read_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8501)


def test_without_variables_the_data_folder_lies_beside_the_app():
    assert read_settings({}).data_dir == PROJECT_ROOT / "data"
    assert (PROJECT_ROOT / "app.py").exists()


def test_an_empty_variable_means_its_default():
    assert read_settings({"TANDEM_DATA": "", "TANDEM_HOST": " ", "TANDEM_PORT": ""}) == read_settings({})


def test_a_relative_data_folder_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_settings({"TANDEM_DATA": "desk"}).data_dir == tmp_path / "desk"


def test_a_tilde_means_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_settings({"TANDEM_DATA": "~/desk"}).data_dir == tmp_path / "desk"


def test_a_data_folder_that_is_a_file_is_refused(tmp_path):
    file = tmp_path / "desk"
    file.write_text("")
    with pytest.raises(BadInput, match="TANDEM_DATA must be a folder"):
        read_settings({"TANDEM_DATA": str(file)})


@pytest.mark.parametrize("port", ["1", "8600", "65535", " 8600 "])
def test_any_port_number_is_taken(port):
    assert read_settings({"TANDEM_PORT": port}).port == int(port)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "80.5", "8501/tcp", "８５０１"])
def test_what_is_no_port_is_refused_by_name(port):
    with pytest.raises(BadInput, match=r"TANDEM_PORT must be a whole number from 1 to 65535, found '"):
        read_settings({"TANDEM_PORT": port})


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "localhost", "desk.example.org"])
def test_addresses_and_host_names_are_taken(host):
    assert read_settings({"TANDEM_HOST": host}).host == host


@pytest.mark.parametrize("host", ["http://localhost", "localhost:8501", "two words", "-x"])
def test_what_is_no_host_is_refused_by_name(host):
    with pytest.raises(BadInput, match="TANDEM_HOST must be an address"):
        read_settings({"TANDEM_HOST": host})


@pytest.mark.parametrize(("text", "wanted"), [("", True), ("yes", True), ("No", False)])
def test_the_samples_are_built_unless_told_not_to(text, wanted):
    assert read_settings({"TANDEM_SAMPLES": text}).with_samples is wanted


def test_an_answer_that_is_neither_yes_nor_no_is_refused_by_name():
    with pytest.raises(BadInput, match="TANDEM_SAMPLES must be yes or no, found 'perhaps'"):
        read_settings({"TANDEM_SAMPLES": "perhaps"})


def test_a_missing_data_folder_is_made_for_its_owner_alone(tmp_path):
    folder = tmp_path / "new" / "desk"
    prepare_data_dir(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreUnusable, match="can't be made: Not a directory"):
        prepare_data_dir(Path(file, "desk"))


def test_back_ups_have_a_folder_a_time_in_a_zone_and_a_number(tmp_path):
    assert read_settings({}).backups is None
    environ = {"TANDEM_BACKUPS": str(tmp_path), "TANDEM_BACKUPTIME": "4:30 Europe/Berlin", "TANDEM_BACKUPKEEP": "14"}
    plan = read_settings(environ).backups
    assert (plan.folder, plan.rule.text, plan.rule.zone, plan.keep) == (tmp_path, "04:30", "Europe/Berlin", 14)
    usual = read_settings({"TANDEM_BACKUPS": str(tmp_path)}).backups
    assert (usual.rule.text, usual.rule.zone, usual.keep) == ("03:00", "UTC", 7)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANDEM_BACKUPTIME", "25:00"),
        ("TANDEM_BACKUPTIME", "03:00 Nowhere/Town"),
        ("TANDEM_BACKUPKEEP", "0"),
        ("TANDEM_BACKUPKEEP", "many"),
        ("TANDEM_LOG", "xml"),
        ("TANDEM_LOGLEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_meant_names_its_variable(tmp_path, name, value):
    with pytest.raises(BadInput, match=name):
        read_settings({"TANDEM_BACKUPS": str(tmp_path), name: value})


@pytest.mark.parametrize(("given", "path"), [("", ""), ("/tandem", "/tandem"), ("/a/b-c/", "/a/b-c"), ("/", "")])
def test_a_base_path_is_a_path_without_a_slash_at_its_end(given, path):
    assert read_settings({"TANDEM_BASEPATH": given}).base_path == path


@pytest.mark.parametrize("given", ["tandem", "/a b", "/../x", "//evil.example", "/a?b", "http://x/y"])
def test_what_is_no_base_path_is_refused(given):
    with pytest.raises(BadInput, match="TANDEM_BASEPATH"):
        read_settings({"TANDEM_BASEPATH": given})
