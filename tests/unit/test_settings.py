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


SSO = {"TANDEM_SSO_ISSUER": "https://id.example.org", "TANDEM_SSO_CLIENT_ID": "tandem"}


def test_the_public_address_says_whether_browsers_come_by_https():
    assert read_settings({"TANDEM_ADDRESS": "https://desk.example.org/"}).address == "https://desk.example.org"
    assert read_settings({"TANDEM_ADDRESS": "https://desk.example.org"}).is_secure
    assert not read_settings({"TANDEM_ADDRESS": "http://desk:8501"}).is_secure
    assert not read_settings({}).is_secure


@pytest.mark.parametrize(
    "text",
    [
        "desk.example.org",
        "ftp://desk",
        "https://",
        "https://a b",
        "https://u:p@desk",
        "https://desk/?x",
    ],
)
def test_an_address_that_nobody_could_type_is_refused(text):
    with pytest.raises(BadInput, match="TANDEM_ADDRESS"):
        read_settings({"TANDEM_ADDRESS": text})


def test_address_and_base_path_name_the_same_path():
    both = {"TANDEM_ADDRESS": "https://desk.example.org/tandem", "TANDEM_BASEPATH": "/tandem"}
    assert read_settings(both).address == "https://desk.example.org/tandem"
    for one in both:
        with pytest.raises(BadInput, match="Both must name the same path"):
            read_settings({**both, one: "https://desk.example.org" if one == "TANDEM_ADDRESS" else "/other"})


def test_single_sign_on_needs_issuer_and_client():
    assert read_settings({}).single_sign_on is None
    assert read_settings(SSO).single_sign_on.creates_people
    for missing in SSO:
        with pytest.raises(BadInput, match=f"{missing} is missing"):
            read_settings({**SSO, missing: ""})


def test_an_issuer_is_asked_by_https_alone():
    with pytest.raises(BadInput, match="must be an address that begins with https"):
        read_settings({**SSO, "TANDEM_SSO_ISSUER": "http://id.example.org"})


def test_the_secret_is_taken_from_a_file_that_only_its_owner_may_read(tmp_path):
    file = tmp_path / "secret"
    file.write_text("hush\n")
    environ = {**SSO, "TANDEM_SSO_SECRET_FILE": str(file)}
    for mode in (0o640, 0o604, 0o620):
        file.chmod(mode)
        with pytest.raises(BadInput, match="chmod 600"):
            read_settings(environ)
    file.chmod(0o600)
    assert read_settings(environ).single_sign_on.client_secret == "hush"
    assert "hush" not in repr(read_settings(environ))


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_secret_file_that_holds_none_is_refused(tmp_path, content):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
        file.chmod(0o600)
    with pytest.raises(BadInput, match="TANDEM_SSO_SECRET_FILE"):
        read_settings({**SSO, "TANDEM_SSO_SECRET_FILE": str(file)})
