"""The worker encodes texts by itself, as the system, and lets every other job go first."""

from datetime import timedelta

import pytest

from hitl.adapters.encoders import universal
from hitl.domain.audit import current_via
from hitl.domain.people import SYSTEM
from hitl.domain.reader import Reader, current_reader, reading
from hitl.encoding import encoding_ready
from hitl.loop import encode
from hitl.loop.encode import set_encoder
from hitl.loop.jobs import request_cancel, submit_job
from hitl.loop.project_life import delete_project
from hitl.store.connection import fetch_all, open_tandem
from hitl.store.jobs import claim_next_job, list_latest_jobs
from hitl.store.routing import begin_routing
from hitl.worker import encoding, run, schedule
from hitl.worker.encoding import ask_for_encodings
from hitl.worker.routings import ask_for_routings
from hitl.worker.run import work_until_ended
from tests.small_project import START, SmallProject
from tests.word_encoder import WordEncoder

AT = "2026-01-05T10:00:00.000000Z"


@pytest.fixture(autouse=True)
def words(monkeypatch):
    monkeypatch.setenv("TANDEM_ENCODER", "yes")
    monkeypatch.setattr(encode, "CHUNK_ITEMS", 4)
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def project(tmp_path, words):
    return SmallProject(tmp_path)


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def jobs_of(tandem):
    return [(job.kind, job.status, job.actor_id) for job in list_latest_jobs(tandem, slug="small", count=9)]


def work(tmp_path, tandem):
    [job] = list_latest_jobs(tandem, slug="small", count=1)
    assert work_until_ended(tmp_path, job_id=job.id)
    return list_latest_jobs(tandem, slug="small", count=1)[0]


def test_what_waits_is_asked_for_once_and_done(tmp_path, project, tandem):
    for _ in range(3):
        ask_for_encodings(tmp_path, tandem, project.now())
    assert jobs_of(tandem) == [("encode", "queued", SYSTEM.id)]
    job = work(tmp_path, tandem)
    assert (job.status, job.note, job.progress) == ("done", "12 items read", 1.0)
    assert encoding_ready(project.db, project.folder)
    ask_for_encodings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 1


def test_one_that_was_cancelled_stays_so_until_there_is_something_new(tmp_path, project, tandem):
    ask_for_encodings(tmp_path, tandem, project.now())
    [job] = list_latest_jobs(tandem, slug="small", count=1)
    request_cancel(tandem, slug="small", job_id=job.id, actor=project.actor, now=project.now())
    ask_for_encodings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 1
    project.add_rows([("n1", "something new", "")])
    ask_for_encodings(tmp_path, tandem, project.now())
    assert [status for _, status, _ in jobs_of(tandem)] == ["queued", "cancelled"]


@pytest.mark.parametrize("where", ["site", "project"])
def test_nothing_is_asked_for_where_it_is_turned_off(tmp_path, project, tandem, monkeypatch, where):
    if where == "site":
        monkeypatch.setenv("TANDEM_ENCODER", "no")
    else:
        set_encoder(project.db, is_on=False, actor=project.actor, now=project.now())
    ask_for_encodings(tmp_path, tandem, project.now())
    assert jobs_of(tandem) == []


def test_a_project_made_again_under_the_short_name_of_a_deleted_one_is_read_too(tmp_path, project, tandem, caplog):
    ask_for_encodings(tmp_path, tandem, project.now())
    assert work(tmp_path, tandem).status == "done"
    project.db.conn.close()
    delete_project(tmp_path, slug="small", typed_name="Small", actor=project.actor, now=project.now())
    again = SmallProject(tmp_path, start=START + timedelta(minutes=10))
    ask_for_encodings(tmp_path, tandem, again.now())
    assert jobs_of(tandem) == [("encode", "queued", SYSTEM.id)]
    assert work(tmp_path, tandem).status == "done"
    assert encoding_ready(again.db, again.folder)
    assert caplog.records == []


def test_nothing_is_asked_for_while_another_job_is_under_way(tmp_path, project, tandem):
    submit_job(tandem, slug="small", kind="train", args={}, request_id="t", actor=project.actor, now=project.now())
    ask_for_encodings(tmp_path, tandem, project.now())
    assert [kind for kind, *_ in jobs_of(tandem)] == ["train"]


def test_other_work_of_the_project_is_asked_for_meanwhile(tmp_path, project, tandem):
    ask_for_encodings(tmp_path, tandem, project.now())
    project.db.execute("INSERT INTO routing(id, routed_to, since_release_id, begun_at) VALUES (1, 0, 0, ?)", (AT,))
    ask_for_routings(tmp_path, tandem, project.now())
    assert [kind for kind, *_ in jobs_of(tandem)] == ["reroute", "encode"]


def test_a_job_that_was_asked_for_later_goes_first(tmp_path, project, tandem):
    ask_for_encodings(tmp_path, tandem, project.now())
    submit_job(tandem, slug="small", kind="reroute", args={}, request_id="r", actor=project.actor, now=project.now())
    assert claim_next_job(tandem, token="t", at=AT, lost_before=AT).kind == "reroute"


def test_a_job_asked_for_in_the_middle_is_done_before_it_goes_on(tmp_path, project, tandem, words, monkeypatch):
    monkeypatch.setattr(encoding, "LOOK_SECONDS", 0.0)
    ask_for_encodings(tmp_path, tandem, project.now())
    encode_batch = words.encoder.encode

    def encode_and_ask(texts):
        if len(words.texts) == 4:
            ask = {"args": {}, "request_id": "r", "actor": project.actor, "now": project.now()}
            submit_job(tandem, slug="small", kind="reroute", **ask)
        return encode_batch(texts)

    object.__setattr__(words.encoder, "encode", encode_and_ask)
    encode_job = list_latest_jobs(tandem, slug="small", count=1)[0]
    assert work_until_ended(tmp_path, job_id=encode_job.id)
    ended = fetch_all(tandem, "SELECT kind, status, attempts FROM jobs ORDER BY ended_at")
    assert [(row["kind"], row["status"]) for row in ended] == [("reroute", "done"), ("encode", "done")]
    assert ended[1]["attempts"] == 1  # giving way is no failed attempt
    assert len(words.texts) == 12
    assert encoding_ready(project.db, project.folder)


def ask_within(monkeypatch, *askers):
    """Every chunk of texts the worker looks for what is due; only these askers look."""
    for module, name in ((encoding, "LOOK_SECONDS"), (encoding, "ASK_SECONDS"), (schedule, "LOOK_SECONDS")):
        monkeypatch.setattr(module, name, 0.0)
    monkeypatch.setattr(run, "Schedule", lambda folder, **_none: schedule.Schedule(folder, askers=askers))


def test_what_falls_due_in_the_middle_is_asked_for_and_done_before_it_goes_on(
    tmp_path, project, tandem, words, monkeypatch
):
    ask_within(monkeypatch, ask_for_routings)
    ask_for_encodings(tmp_path, tandem, project.now())
    encode_batch = words.encoder.encode

    def encode_and_begin_routing(texts):
        if len(words.texts) == 4:
            begin_routing(project.db, at=AT)
        return encode_batch(texts)

    object.__setattr__(words.encoder, "encode", encode_and_begin_routing)
    work(tmp_path, tandem)
    ended = fetch_all(tandem, "SELECT kind, status, attempts FROM jobs ORDER BY ended_at")
    assert [(row["kind"], row["status"]) for row in ended] == [("reroute", "done"), ("encode", "done")]
    assert ended[1]["attempts"] == 1
    assert len(words.texts) == 12


def test_where_nothing_falls_due_the_reading_goes_on_at_once(tmp_path, project, tandem, words, monkeypatch):
    looks = []
    ask_within(monkeypatch, lambda *_found: looks.append(len(words.texts)))
    ask_for_encodings(tmp_path, tandem, project.now())
    assert work(tmp_path, tandem).status == "done"
    assert {4, 8, 12} <= set(looks)
    assert len(words.texts) == 12


def test_what_falls_due_in_the_middle_is_asked_for_as_between_two_jobs(tmp_path, project, tandem, words, monkeypatch):
    looks = {}

    def look(*_found):
        looks[len(words.texts)] = (current_via(), current_reader())

    ask_within(monkeypatch, look)
    with reading(Reader(language="de", locale="de")):
        ask_for_encodings(tmp_path, tandem, project.now())
    assert work(tmp_path, tandem).language == "de"
    assert looks[0] == looks[4] == looks[8] == (current_via(), current_reader())


def test_an_encoder_that_is_missing_fails_the_job_in_a_sentence(tmp_path, project, tandem, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("TANDEM_ENCODER", "yes")
    universal._loaded.cache_clear()
    monkeypatch.setattr(universal, "VERSION", "0.0")
    ask_for_encodings(tmp_path, tandem, project.now())
    job = work(tmp_path, tandem)
    assert (job.status, job.error[:50]) == ("failed", "Encoding texts needs fast-universal-sentence-encod")
    universal._loaded.cache_clear()
