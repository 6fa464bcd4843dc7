"""/healthz: databases, worker, version; 503 when something is wrong."""

import sqlite3

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import hitl
from hitl.api import routes
from hitl.api import routes as health_routes
from hitl.api.gate import Gate
from hitl.domain.session_cookie import NAME
from tests.accounts import add_member, add_owner

CLIENT = TestClient(Gate(Starlette(routes=routes.routes)), base_url="http://localhost", client=("127.0.0.1", 50000))


@pytest.fixture
def data_dir(monkeypatch, tmp_path):
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def _worker_lives(monkeypatch):
    monkeypatch.setattr(routes, "worker_alive", lambda _data_dir: True)


@pytest.mark.usefixtures("data_dir", "_worker_lives")
def test_all_is_well_is_200_with_version_and_databases():
    answer = CLIENT.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "state": "serving",
        "version": hitl.__version__,
        "databases": {"tandem": "ok"},
        "worker": {"alive": True},
    }


@pytest.mark.usefixtures("data_dir")
def test_without_a_worker_it_is_503():
    answer = CLIENT.get("/healthz")
    assert (answer.status_code, answer.json()["worker"]) == (503, {"alive": False})


@pytest.mark.usefixtures("_worker_lives")
def test_a_file_that_is_no_database_is_503_and_named(data_dir):
    (data_dir / "tandem.db").write_bytes(b"this is not a database, whatever its name says " * 50)
    answer = CLIENT.get("/healthz")
    assert answer.status_code == 503
    assert "tandem.db" in answer.json()["databases"]["tandem"]


@pytest.mark.usefixtures("_worker_lives")
def test_a_database_of_a_newer_tandem_is_503_and_named(data_dir):
    CLIENT.get("/healthz")
    with sqlite3.connect(data_dir / "tandem.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
            " SELECT migration_set, 'm999', applied_at FROM _sqlite_migrations LIMIT 1"
        )
    answer = CLIENT.get("/healthz")
    assert answer.status_code == 503
    assert "written by a newer Tandem" in answer.json()["databases"]["tandem"]


@pytest.mark.usefixtures("data_dir", "_worker_lives")
def test_a_probe_under_another_name_learns_nothing_but_ok():
    assert CLIENT.get("/healthz", headers={"Host": "desk.example.org"}).json() == {"ok": True}


@pytest.mark.usefixtures("_worker_lives")
def test_with_accounts_an_administrator_alone_reads_which_databases_there_are(data_dir):
    administrator, member = add_owner(data_dir), add_member(data_dir)
    shown = [CLIENT.get("/healthz", headers={"Cookie": f"{NAME}={one}"}).json() for one in (administrator, member, "")]
    assert [sorted(one) for one in shown] == [["databases", "ok", "state", "version", "worker"], ["ok"], ["ok"]]


def test_a_server_that_was_told_to_stop_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    monkeypatch.setattr(health_routes, "is_stopping", lambda: True)
    report = health_routes._measure_health()
    assert (report["ok"], report["state"]) == (False, "stopping")
