"""kill -9 at many statements drawn at random, long: each job is done once, and what was acknowledged is there."""

import shutil

import pytest

from tests.faults import anywhere
from tests.faults.anywhere import command, dump_beside_packing, kill_at
from tests.faults.house import House
from tests.faults.test_killed_anywhere import JOBS, again, assert_upgraded, draw
from tests.older_database import make_older_desk

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

ALL_JOBS = {**JOBS, "routing": (anywhere.Routing, 60, 250)}
SEEDS = range(10, 22)


@pytest.mark.parametrize("name", ALL_JOBS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_job_killed_anywhere_is_done_once(tmp_path, monkeypatch, name, seed):
    act, rows, statements = ALL_JOBS[name]
    act(House(tmp_path / "data", rows=rows)).run(draw(name, seed, statements), monkeypatch)


@pytest.mark.parametrize("nth", range(1, 520, 40))
def test_a_withdrawal_killed_anywhere_can_be_ended(tmp_path, nth):
    house = House(tmp_path / "data")
    arguments = ("withdraw", "small", 1, "--reason", "wrong file", "--yes")
    kill_at(nth, house, *command(house, *arguments))
    code, said = again(house.folder, *arguments)
    assert code == 0 or "already" in said
    assert house.count(anywhere.VISIBLE) == 0
    house.assert_sound()


@pytest.mark.parametrize("nth", range(3, 360, 40))
def test_an_unpacking_killed_anywhere_is_whole_or_not_at_all(tmp_path, nth):
    house = House(tmp_path / "data")
    again(house.folder, "pack", "small", "--out", tmp_path / "small.tandem")
    arguments = ("unpack", tmp_path / "small.tandem", "--as", "again")
    kill_at(nth, house, *command(house, *arguments), database="*")
    if not (house.folder / "projects" / "again").exists():
        assert again(house.folder, *arguments)[0] == 0
    assert dump_beside_packing(house.folder, "again") == dump_beside_packing(house.folder)


@pytest.mark.parametrize("nth", range(5, 660, 40))
def test_an_upgrade_killed_anywhere_loses_nothing(tmp_path, nth):
    house = House(tmp_path / "data")
    make_older_desk(tmp_path / "older")
    folder = shutil.copytree(tmp_path / "older", tmp_path / "copied")
    kill_at(nth, house, "hitl", "--data", folder, "status", "old", database="*")
    assert_upgraded(folder)
