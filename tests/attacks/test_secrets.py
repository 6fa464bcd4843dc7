"""Attacks on what should be nowhere: secrets in files that others read, words in logs, code that unpickles."""

import ast
import io
import json
import logging
import os
import stat
import tomllib
from pathlib import Path

import pytest

from hitl.api.limits import LARGEST_UPLOAD
from hitl.domain.errors import BadInput
from hitl.domain.logs import configure_logs
from hitl.loop.access_links import invite
from hitl.settings import read_settings
from tests.accounts import OWNER, PASSWORD, now, opened
from tests.attacks.conftest import COOKIE
from tests.test_architecture import HITL, PAGES, TOP, list_imports, parse, relative, within

ROOT = Path(__file__).resolve().parents[2]
UNPICKLING = ("pickle", "cPickle", "cloudpickle", "dill", "joblib", "jsonpickle", "marshal", "shelve", "yaml")
UNPICKLING_CALLS = {
    "eval",
    "exec",
    "compile",
    "read_pickle",
    "to_pickle",
    "allow_pickle",
    "__import__",
    "system",
    "popen",
}
STREAMLIT = {
    "server.address": "127.0.0.1",
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.maxUploadSize": 500,
    "server.maxMessageSize": 64,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "browser.gatherUsageStats": False,
}
MARK = "canary-7d41"


def list_names(tree):
    """Every function that is called and every keyword that is given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def is_pattern(path, name):
    """``re.compile`` is no ``compile``."""
    return name == "compile" and "re.compile(" in path.read_text("utf-8")


def test_code_that_unpickles_or_runs_text():
    trees = {path: parse(path) for path in [*HITL, *PAGES, *TOP]}
    imports = {path: {name for name in list_imports(tree) if within(name, UNPICKLING)} for path, tree in trees.items()}
    calls = {
        path: {name for name in list_names(tree) if name in UNPICKLING_CALLS and not is_pattern(path, name)}
        for path, tree in trees.items()
    }
    assert {relative(path): names for path, names in [*imports.items(), *calls.items()] if names} == {}


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644])
def test_a_secret_that_others_can_read(mode, tmp_path):
    path = tmp_path / "secret"
    path.write_text("the secret\n")
    path.chmod(mode)
    with pytest.raises(BadInput, match="others may read"):
        read_secret(path)
    path.chmod(0o600)
    assert read_secret(path) == "the secret"


def test_a_secret_that_is_somebody_elses(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_text("the secret\n")
    path.chmod(0o600)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner == 0:
        assert read_secret(path) == "the secret"  # root may read everything anyway
        os.chown(path, 12_345, -1)
    with pytest.raises(BadInput, match="belongs to another user"):
        read_secret(path)


def test_a_secret_that_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(BadInput):
        read_secret(tmp_path / "pipe")


def read_secret(path):
    environ = {"TANDEM_SSO_ISSUER": "https://id.example.org", "TANDEM_SSO_CLIENT_ID": "t"}
    return read_settings({**environ, "TANDEM_SSO_SECRET_FILE": str(path)}).single_sign_on.client_secret


def test_the_data_folder_is_its_owners_alone(desk):
    assert stat.S_IMODE(desk.data_dir.stat().st_mode) & 0o077 == 0


def test_words_and_tokens_in_the_logs(desk):
    """Whoever reads the log can't sign in as anybody and learns nothing of what people work on."""
    log = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogRecordFactory()
    configure_logs("json", "debug", stream=log)
    try:
        secrets = walk_through(desk)
    finally:
        logging.getLogger().handlers[:] = before[0]
        logging.setLogRecordFactory(before[1])
    told = log.getvalue()
    lines = [json.loads(line) for line in told.splitlines()]
    assert {line["status"] for line in lines if line["event"] == "request"} >= {200, 303, 400, 401, 404}
    assert [secret for secret in secrets if secret in told] == []


def walk_through(desk):
    """A session of somebody with marked words everywhere; what must not be in the log."""
    with opened(desk.data_dir) as tandem:
        link = invite(tandem, name=f"{MARK}-name", login=f"{MARK}-login", actor=OWNER, now=now())
    browser = desk.browser()
    browser.get(f"/auth/link/{link.token}")
    form = {"password": PASSWORD, "again": PASSWORD}
    token = browser.post(f"/auth/link/{link.token}", data=form).cookies[COOKIE]
    browser.post("/auth/sign-in", data={"login": f"{MARK}-login", "password": f"{MARK}-password", "next": f"/{MARK}"})
    ben = desk.browser("ben")
    op = {"request_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "kind": "label", "item_id": 6, "class_id": 1}
    ben.post("/api/v1/review/small", json={"ops": [{**op, "comment": MARK}], "want": 2})
    ben.post("/api/v1/review/small", content=f'{{"{MARK}": 1}}', headers={"content-type": "application/json"})
    ben.get(f"/api/v1/image/{MARK}/{'0' * 64}")
    ben.get(f"/explore?q={MARK}", headers={"user-agent": MARK, "referer": MARK, "x-forwarded-for": MARK})
    desk.browser().get(f"/review?{MARK}")
    desk.browser(f"{MARK}-token").post("/api/v1/review/small", json={})
    return [MARK, token, link.token, desk.tokens["ben"], PASSWORD, "text number"]


@pytest.mark.parametrize("option", STREAMLIT)
def test_streamlits_own_options(option):
    section, name = option.split(".")
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config[section][name] == STREAMLIT[option]


def test_an_upload_that_a_page_takes_is_taken_by_the_server():
    assert STREAMLIT["server.maxUploadSize"] + 1 == LARGEST_UPLOAD >> 20


def test_the_security_rules_of_the_linter_are_on():
    """Exceptions stand in the code with their reason; only the store may put pieces of SQL together."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in rules["select"]
    assert {rule for rule in rules["ignore"] if rule.startswith("S") and rule[1:].isdigit()} == {"S603"}
    assert {path: rule for path, rule in rules["per-file-ignores"].items() if path.startswith(("hitl", "pages"))} == {
        "hitl/cli/*": ["FBT"],
        "hitl/store/*": ["S608"],
        "pages/*": ["D103", "INP"],
    }
    noted = [
        line for path in [*HITL, *PAGES, *TOP] for line in path.read_text("utf-8").splitlines() if "noqa: S" in line
    ]
    assert len([line for line in noted if "noqa: SIM" not in line]) <= 10
