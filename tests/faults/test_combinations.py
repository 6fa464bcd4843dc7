"""Acts that meet in time: each of them is whole, none loses what the other did."""

import shutil

from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.backups import back_up, restore
from hitl.loop.bulk import begin_act, finish_act, finish_undoing, go_on, undo_act
from hitl.loop.packs import pack_project, unpack_project
from hitl.loop.promote import promote
from hitl.loop.saved_views import save_view
from hitl.loop.train import take_snapshot
from hitl.loop.triggers import set_triggers
from hitl.loop.withdraw import withdraw_import
from hitl.store import routing
from hitl.store.connection import fetch_all, open_project, write_transaction
from hitl.store.snapshot_rows import learned_groups
from hitl.worker.run import work_until_ended
from tests.faults.anywhere import dump_beside_packing as dump
from tests.faults.house import opened
from tests.older_database import LABELS, make_older_desk


def who(**more):
    return {"actor": LOCAL_OWNER, "now": utc_now(), **more}


def done(house, kind, **args):
    job_id = house.submit(kind, **args)
    work_until_ended(house.folder, job_id=job_id)
    job = house.job(job_id)
    assert job.status == "done", job.error
    return job


def unlabelled(db):
    return [row["item_id"] for row in fetch_all(db, "SELECT item_id FROM item_state WHERE resolved_class_id IS NULL")]


def begin_all(db):
    return begin_act(
        db, kind=BulkKind.CORRECT, class_id=1, item_ids=unlabelled(db), selection={}, **who(request_id="bulk")
    )


def test_an_import_withdrawn_while_its_items_are_being_routed_leaves_none_behind(house):
    done(house, "train")
    work_until_ended(house.folder, job_id=house.submit_import(300)[0])
    at = "2026-01-05T09:00:00.000000Z"
    with opened(open_project(house.folder, "small")) as db:
        with write_transaction(db):
            routing.begin_routing(db, at=at)
        assert routing.route_next(db, count=200, at=at) == 200
        withdraw_import(db, import_id=2, reason="the wrong file", **who(request_id="w"))
        while routing.route_next(db, count=100, at=at):
            pass
    house.assert_sound()
    assert house.count("SELECT count(*) FROM item_state") == 60
    assert house.count("SELECT count(*) FROM queue JOIN items ON items.id = item_id WHERE import_id = 2") == 0
    open_releases = "SELECT count(*) FROM releases JOIN items ON items.id = item_id WHERE import_id = 2"
    assert house.count(f"{open_releases} AND releases.id NOT IN (SELECT release_id FROM release_ends)") == 0


def test_a_snapshot_taken_in_the_middle_of_a_bulk_act_stays_as_it_was(large_house):
    house = large_house
    with opened(open_project(house.folder, "small")) as db:
        act = begin_all(db)
        progress = go_on(db, act_id=act.id, **who())
        assert not progress.ended
        snapshots = [take_snapshot(db, **who(request_id="during"))]
        finish_act(db, act_id=act.id, **who())
        snapshots.append(take_snapshot(db, **who(request_id="after")))
        rows = [len(learned_groups(db, one).class_ids) for one in snapshots]
        assert 40 < rows[0] < rows[1]
        undo_act(db, act_id=act.id, **who(request_id="u"))
        finish_undoing(db, act_id=act.id, **who())
        assert [len(learned_groups(db, one).class_ids) for one in snapshots] == rows
    house.assert_sound()


def test_a_bulk_act_that_a_promoted_version_learned_from_can_be_undone(house):
    done(house, "train")
    with opened(open_project(house.folder, "small")) as db:
        act = begin_all(db)
        finish_act(db, act_id=act.id, **who())
    second = done(house, "train").result["version_id"]
    house.assert_sound()
    with opened(open_project(house.folder, "small")) as db:
        promote(db, version_id=second, reason="it knows more", **who(request_id="p"))
        undo_act(db, act_id=act.id, **who(request_id="u"))
        finish_undoing(db, act_id=act.id, **who())
        assert len(unlabelled(db)) == act.group_count
    house.assert_sound()
    assert house.count("SELECT version_id FROM promotions ORDER BY id DESC LIMIT 1") == second


def test_a_backup_of_an_older_desk_is_brought_to_this_version_when_it_is_restored(tmp_path):
    older = make_older_desk(tmp_path / "data")
    kept = shutil.copytree(tmp_path / "data", tmp_path / "kept")
    back_up(kept, to=tmp_path / "my.backup", **who())
    assert older.exists()
    restore(tmp_path / "my.backup", data_dir=tmp_path / "back", **who())
    with opened(open_project(tmp_path / "back", "old")) as db:
        said = fetch_all(db, "SELECT count(*) AS count FROM events WHERE source = 'reviewer'")
    assert said == [{"count": LABELS}]


def test_a_pack_holds_bulk_acts_saved_views_triggers_and_versions(house, tmp_path):
    done(house, "train")
    with opened(open_project(house.folder, "small")) as db:
        act = begin_all(db)
        finish_act(db, act_id=act.id, **who())
        save_view(db, name="Mine", chosen=ExploreFilter(), order="item", **who(request_id="view"))
        set_triggers(db, label_count=5, daily=None, is_paused=False, promotes=False, reason="often", **who())
    before = dump(house.folder)
    pack_project(house.folder, slug="small", path=tmp_path / "small.tandem", **who())
    unpack_project(tmp_path / "small.tandem", data_dir=house.folder, slug="again", **who())
    assert dump(house.folder, "again") == before
    house.assert_sound("again")
