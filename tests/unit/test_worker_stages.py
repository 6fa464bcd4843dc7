"""What the jobs do to a project, done in this process by the worker's own code."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from hitl.adapters.uploads import save_upload
from hitl.domain.clock import utc_now
from hitl.domain.errors import Conflict, NotFound, NotPermitted, StoreUnusable
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.loop import ingest
from hitl.loop.gate import GateVerdict
from hitl.loop.interrupted import discarding_args, find_interrupted, resume_import
from hitl.loop.jobs import request_cancel, submit_job
from hitl.loop.review import decide
from hitl.loop.route import draw_items
from hitl.loop.second_look import set_second_look_rule
from hitl.loop.triggers import set_triggers
from hitl.store.connection import fetch_value, open_tandem, write_transaction
from hitl.store.items import visible_count
from hitl.store.jobs import find_active_job, find_job, list_latest_jobs
from hitl.store.test_answers import count_unanswered_tests
from hitl.store.version_changes import latest_changes
from hitl.store.versions import (
    champion_id,
    latest_evaluations,
    list_promotions,
    list_versions,
    prune_predictions,
    unpredicted_count,
)
from hitl.worker import progress, run, stages
from hitl.worker.process import LOCK_NAME, claim_lock, worker_alive
from hitl.worker.run import work_until_ended
from tests.generated_texts import write_messages
from tests.small_project import SmallProject

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
REVIEWER = Actor(id=1, name="Reviewer", role=MemberRole.REVIEWER)


class Desk:
    """A small project with jobs."""

    def __init__(self, folder):
        self.folder = folder
        self.project = SmallProject(folder, rows=30, labelled=20)
        self.tandem = open_tandem(folder)

    @property
    def db(self):
        return self.project.db

    def submit(self, kind, **args):
        return submit_job(
            self.tandem,
            slug="small",
            kind=kind,
            args=args,
            request_id=self.project.request(),
            actor=LOCAL_OWNER,
            now=utc_now(),
        ).id

    def do(self, kind, **args):
        job_id = self.submit(kind, **args)
        assert work_until_ended(self.folder, job_id=job_id)
        return find_job(self.tandem, job_id)

    def import_rows(self, rows):
        text = "id,text,label\n" + "".join(f"{row}\n" for row in rows)
        path = save_upload(self.project.folder / "uploads", "more.csv", [text.encode()])
        return self.do("import", path=str(path), file_name="more.csv")

    def interrupted(self):
        return find_interrupted(self.db, self.tandem, slug="small")

    def discard_interrupted(self):
        (one,) = self.interrupted()
        return self.do("import", **discarding_args(one))

    def resume(self, import_id):
        how = {"slug": "small", "import_id": import_id, "actor": LOCAL_OWNER, "now": utc_now()}
        job_id = resume_import(self.db, self.tandem, **how).id
        assert work_until_ended(self.folder, job_id=job_id)
        return find_job(self.tandem, job_id)

    def cancel_an_import(self, monkeypatch, *, rows=5):
        """It is cancelled after its first chunk of two rows."""
        with monkeypatch.context() as patched:
            patched.setattr(ingest, "CHUNK_ROWS", 2)
            patched.setattr(progress, "_WRITE_SECONDS", 0)
            original = stages.JobRun.tick

            def cancelling(run, done, note):
                if note.startswith("Reading rows (3"):
                    request_cancel(self.tandem, slug=run.job.slug, job_id=run.job.id, actor=LOCAL_OWNER, now=utc_now())
                original(run, done, note)

            patched.setattr(stages.JobRun, "tick", cancelling)
            return self.import_rows([f"c{number},a fresh text {number}," for number in range(rows)])

    def close(self):
        self.tandem.conn.close()
        self.project.db.conn.close()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_training_makes_a_version_that_answers_everything_and_only_the_first_is_promoted(desk):
    assert desk.do("train").note == "Version 1 is trained and predicts now"
    second = desk.do("train")
    assert "compare it and promote it" in second.note
    assert champion_id(desk.db) != second.result["version_id"]
    assert unpredicted_count(desk.db, second.result["version_id"]) == 0


def test_the_end_of_a_training_says_how_many_labels_came_back(tmp_path):
    desk = Desk(tmp_path)
    rows = [(f"m{n}", text, topic) for n, (text, topic) in enumerate(write_messages(60, seed=3))]
    yes_or_no = {topic: ("yes", "no")[n % 2] for n, topic in enumerate(sorted({row[2] for row in rows}))}
    desk.project.add_rows([(name, text, yes_or_no[topic]) for name, text, topic in rows])
    set_second_look_rule(desk.db, share=0.1, at_once=3, bar=0.0, reason="all", actor=LOCAL_OWNER, now=utc_now())
    job = desk.do("train")
    assert job.note == "Version 1 is trained and predicts now. 3 labels were sent back for a second look."
    assert fetch_value(desk.db, "SELECT count(*) FROM queue WHERE route = 'second_look'") == 3
    desk.close()


def test_promoting_lets_an_old_version_answer_again_what_was_removed(desk):
    ids = []
    for _ in range(4):
        ids.append(desk.do("train").result["version_id"])
        if len(ids) > 1:
            assert desk.do("promote", version_id=ids[-1], reason="next").status == "done"
    assert unpredicted_count(desk.db, ids[0]) == visible_count(desk.db)
    job = desk.do("promote", version_id=ids[0], reason="It was better")
    assert (job.status, job.note) == ("done", "Version 1 predicts now")
    assert champion_id(desk.db) == ids[0]
    assert list_promotions(desk.db)[0]["reason"] == "It was better"
    assert unpredicted_count(desk.db, ids[0]) == 0


def test_two_versions_are_compared_though_the_predictions_of_both_are_gone(desk):
    assert desk.do("train").status == "done"
    decide(desk.db, actor=LOCAL_OWNER, request_id="more", item_id=21, class_id=1, now=utc_now())
    assert desk.do("train").status == "done"
    draw_items(desk.db, purpose="test", count=6, request_id="draw", rng=Random(0), actor=LOCAL_OWNER, now=utc_now())
    drawn = fetch_value(desk.db, "SELECT min(item_id) FROM item_state JOIN test_groups USING (group_id)")
    decide(desk.db, actor=LOCAL_OWNER, request_id="test", item_id=drawn, class_id=2, now=utc_now())
    with write_transaction(desk.db):
        while prune_predictions(desk.db, []):
            pass
    assert [count_unanswered_tests(desk.db, version_id) for version_id in (1, 2)] == [1, 1]
    assert desk.do("compare", old_id=1, new_id=2).status == "done"
    assert [count_unanswered_tests(desk.db, version_id) for version_id in (1, 2)] == [0, 0]
    assert [latest_evaluations(desk.db, one)["drawn_test"]["label_count"] for one in (1, 2)] == [1, 1]


@pytest.mark.parametrize(("promotes", "trigger", "champion"), [(True, True, 2), (False, True, 1), (True, False, 1)])
def test_a_training_by_itself_promotes_only_where_that_is_wanted(desk, monkeypatch, promotes, trigger, champion):
    monkeypatch.setattr(stages, "judge_gate", lambda *_: GateVerdict(holds=True, reason="equal"))
    desk.do("train")
    set_triggers(
        desk.db,
        label_count=1,
        daily=None,
        is_paused=False,
        promotes=promotes,
        reason="why",
        actor=LOCAL_OWNER,
        now=utc_now(),
    )
    decide(desk.db, actor=LOCAL_OWNER, request_id="more", item_id=21, class_id=1, now=utc_now())
    job = desk.do("train", **({"trigger": "labels", "event_id": 1} if trigger else {}))
    assert job.status == "done"
    assert champion_id(desk.db) == champion


def test_a_training_by_itself_waits_where_the_gate_does_not_hold(desk):
    desk.do("train")
    set_triggers(
        desk.db,
        label_count=1,
        daily=None,
        is_paused=False,
        promotes=True,
        reason="why",
        actor=LOCAL_OWNER,
        now=utc_now(),
    )
    decide(desk.db, actor=LOCAL_OWNER, request_id="more", item_id=21, class_id=1, now=utc_now())
    assert desk.do("train", trigger="labels", event_id=1).status == "done"
    assert champion_id(desk.db) == 1


def test_a_training_counts_the_answers_it_changes(desk):
    desk.do("train")
    decide(desk.db, actor=LOCAL_OWNER, request_id="more", item_id=21, class_id=1, now=utc_now())
    desk.do("train")
    found = latest_changes(desk.db, old_id=1, new_id=2)
    assert found["items"] == 30
    assert found["changed"] == sum(count for _, _, count in found["pairs"])


def test_promoting_what_is_not_there_fails_in_a_sentence(desk):
    job = desk.do("promote", version_id=99, reason="why")
    assert (job.status, job.error) == ("failed", "There is no version 99.")


def test_promoting_the_champion_fails_in_a_sentence(desk):
    version_id = desk.do("train").result["version_id"]
    job = desk.do("promote", version_id=version_id, reason="why")
    assert (job.status, job.error) == ("failed", "Version 1 is the champion already.")


def test_rolling_back_after_an_import_answers_the_new_items_first(desk):
    first = desk.do("train").result["version_id"]
    desk.do("promote", version_id=desk.do("train").result["version_id"], reason="next")
    assert desk.import_rows(["late,one more text,"]).status == "done"
    assert unpredicted_count(desk.db, first) == 1
    job = desk.do("roll_back", reason="It was worse")
    assert (job.status, job.note) == ("done", "Version 1 predicts now")
    assert (champion_id(desk.db), unpredicted_count(desk.db, first)) == (first, 0)


def test_rolling_back_to_nothing_fails_in_a_sentence(desk):
    desk.do("train")
    assert "no earlier champion" in desk.do("roll_back", reason="why").error


@pytest.mark.parametrize("kind", ["promote", "roll_back"])
def test_who_may_only_review_may_not_change_the_champion(desk, kind):
    with pytest.raises(NotPermitted):
        submit_job(desk.tandem, slug="small", kind=kind, args={}, request_id="r", actor=REVIEWER, now=utc_now())
    assert find_active_job(desk.tandem, slug="small", kind=kind) is None


def test_an_import_that_fails_leaves_nothing_behind(desk):
    job = desk.import_rows(["a,,"])
    assert job.status == "failed"
    assert visible_count(desk.db) == 30
    assert not list((desk.project.folder / "uploads").iterdir())


def test_an_import_keeps_how_it_reads_its_file(desk):
    data = "id;text;label\nm77;über den Wolken;\n".encode("cp1252")
    path = save_upload(desk.project.folder / "uploads", "more.csv", [data])
    job = desk.do("import", path=str(path), file_name="more.csv", options={"delimiter": ";"})
    assert (job.status, job.result["summary"]["new"]) == ("done", 1)
    assert job.result["reading"]["options"] == {
        "encoding": "cp1252",
        "delimiter": ";",
        "quote": '"',
        "has_header": True,
    }


def test_nothing_is_done_here_while_another_worker_serves_the_folder(desk):
    job_id = desk.submit("train")
    lock = claim_lock(desk.folder)
    assert lock is not None
    with lock:
        assert worker_alive(desk.folder)
        assert not work_until_ended(desk.folder, job_id=job_id)
    assert find_job(desk.tandem, job_id).status == "queued"
    assert not worker_alive(desk.folder)


def test_signals_are_given_back_when_the_work_is_done(desk):
    before = signal.getsignal(signal.SIGINT)
    desk.do("train")
    assert signal.getsignal(signal.SIGINT) is before


def test_an_import_is_cancelled_before_it_is_published_and_then_not_at_all(desk, monkeypatch):
    desk.do("train")

    def cancel_at(verb):
        original = getattr(stages, verb)

        def cancelling(*args, **options):
            done = original(*args, **options)
            job = find_active_job(desk.tandem, slug="small", kind="import")
            request_cancel(desk.tandem, slug=job.slug, job_id=job.id, actor=LOCAL_OWNER, now=utc_now())
            return done

        monkeypatch.setattr(stages, verb, cancelling)
        return desk.import_rows([f"{verb}-{number},a fresh text {verb} {number}," for number in range(5)])

    assert (cancel_at("stage_rows").status, visible_count(desk.db)) == ("cancelled", 30)
    monkeypatch.undo()
    desk.discard_interrupted()
    assert (cancel_at("publish_import").status, visible_count(desk.db)) == ("done", 35)
    assert unpredicted_count(desk.db, champion_id(desk.db)) == 0


def test_a_cancelled_import_keeps_what_it_read_unseen_until_it_goes_on(desk, monkeypatch):
    assert desk.cancel_an_import(monkeypatch).status == "cancelled"
    (one,) = desk.interrupted()
    assert (one.file_name, one.item_count, one.last_row, one.can_go_on) == ("more.csv", 2, 3, True)
    assert visible_count(desk.db) == 30
    job = desk.resume(one.import_id)
    assert (job.status, job.result["summary"]["new"], visible_count(desk.db)) == ("done", 5, 35)
    assert desk.interrupted() == ()
    assert not list((desk.project.folder / "uploads").iterdir())


def test_discarding_an_interrupted_import_leaves_nothing_of_it(desk, monkeypatch):
    desk.cancel_an_import(monkeypatch)
    assert desk.discard_interrupted().note == "The import is discarded"
    assert desk.interrupted() == ()
    assert fetch_value(desk.db, "SELECT count(*) FROM items") == 30
    assert not list((desk.project.folder / "uploads").iterdir())
    assert desk.import_rows(["n1,a fresh text,"]).status == "done"


def test_another_import_waits_until_somebody_decides_about_the_interrupted_one(desk, monkeypatch):
    desk.cancel_an_import(monkeypatch)
    job = desk.import_rows(["n1,a fresh text,"])
    assert (job.status, job.error) == (
        "failed",
        "The import of more.csv stopped at row 3. Go on with it or discard it first.",
    )
    assert desk.interrupted()[0].item_count == 2


def test_an_interrupted_import_without_its_file_can_only_be_discarded(desk, monkeypatch):
    desk.cancel_an_import(monkeypatch)
    (one,) = desk.interrupted()
    Path(one.job.args["path"]).unlink()
    with pytest.raises(Conflict, match="is no longer there"):
        desk.resume(one.import_id)
    assert desk.import_rows(["n1,a fresh text,"]).status == "done"
    assert desk.interrupted() == ()


def test_what_is_under_way_or_has_ended_is_not_interrupted(desk, monkeypatch):
    desk.import_rows(["n1,a fresh text,"])
    with pytest.raises(NotFound, match="not interrupted"):
        desk.resume(2)
    desk.cancel_an_import(monkeypatch)
    (one,) = desk.interrupted()
    how = {"slug": "small", "import_id": one.import_id, "now": utc_now()}
    with pytest.raises(NotPermitted):
        resume_import(desk.db, desk.tandem, actor=REVIEWER, **how)
    resume_import(desk.db, desk.tandem, actor=LOCAL_OWNER, **how)
    assert desk.interrupted() == ()


def test_a_folder_that_is_taken_away_between_two_looks_ends_the_work_quietly(desk, monkeypatch):
    job_id = desk.submit("train")

    def claim_too_late(*_args, **_options):
        (desk.folder / LOCK_NAME).unlink()
        raise StoreUnusable("disk I/O error")

    monkeypatch.setattr(run, "claim_next_job", claim_too_late)
    assert work_until_ended(desk.folder, job_id=job_id)
    monkeypatch.setattr(run, "claim_next_job", lambda *_args, **_options: fail())
    with pytest.raises(StoreUnusable):
        work_until_ended(desk.folder, job_id=job_id)


def fail():
    raise StoreUnusable("disk I/O error")


def test_a_command_that_is_interrupted_cancels_its_job(tmp_path):
    project = SmallProject(tmp_path, rows=1, labelled=0)
    project.add_rows([(f"m{n}", text, ("yes", "no")[n % 2]) for n, (text, _) in enumerate(write_messages(400))])
    command = [sys.executable, "-m", "hitl", "--data", str(tmp_path), "train", "small"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    tandem = open_tandem(tmp_path)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(job.status == "running" for job in list_latest_jobs(tandem, slug="small", count=1)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, output) == (1, "")
    assert errors.splitlines()[-1].startswith("Stopped.")
    assert "Traceback" not in errors
    [job] = list_latest_jobs(tandem, slug="small", count=1)
    assert job.status == "cancelled"
    assert list_versions(project.db) == []
    tandem.conn.close()
    project.db.conn.close()
