"""Every verb that is given an actor or writes, done once where it has something to do; what it leaves in the logs.

A case is a function of the stage: it prepares, and returns what calls the verb for an actor. A verb that is given none
is the system's, or a person's who only shows by it who they are: ``stage.person_id``.
"""

import ast
import inspect
import random
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import hitl.loop
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.domain.covers import Cover
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop import (
    audit,
    backups,
    bulk,
    doctor,
    dry_run,
    encode,
    evaluate,
    explain,
    export,
    ingest,
    interrupted,
    jobs,
    learning_curve,
    order,
    packs,
    privacy,
    project_life,
    projects,
    promote,
    redact,
    review,
    route,
    saved_views,
    second_look,
    train,
    triggers,
    uploads,
    withdraw,
)
from hitl.loop.predict import predict_version
from hitl.store.audit_reads import LogFilter
from hitl.store.connection import open_project, open_tandem, write_transaction
from hitl.store.encoding import add_encoder_rule
from hitl.store.item_images import named_images
from hitl.store.routing import begin_routing
from hitl.store.versions import read_version
from tests.older_database import AT
from tests.small_project import START, SmallProject
from tests.stopped_import import stop_an_import
from tests.word_encoder import WordEncoder

SECRET = "zqsecret"
"""A word that stands in every text that a person or a file brings into the cases; no log may hold it."""
CLASSES = (f"{SECRET}-yes", f"{SECRET}-no")


@dataclass(frozen=True)
class Case:
    """One verb: how it is done, and the acts that it leaves in the project's log and in the desk's, in order."""

    prepare: object
    project: tuple[str, ...] = ()
    desk: tuple[str, ...] = ()


CASES: dict[str, Case] = {}
SILENT = {
    "review.claim": "leases pass; the decision is what stays",
    "review.release": "leases pass; the decision is what stays",
    "explain.ask_why": "a wish passes; it changes nothing that is said or decided",
    "dry_run.check_rows": "changes nothing",
    "uploads.keep_upload": "a file that waits for its import, which is recorded",
    "uploads.keep_for_check": "a file that waits for somebody to look at it",
    "uploads.drop_upload": "a file that no import reads",
    "audit.read_log": "changes nothing",
    "audit.read_site_log": "changes nothing",
    "audit.read_members_log": "changes nothing",
    "access_links.list_links": "changes nothing",
    "people.list_people": "changes nothing",
    "memberships.list_members": "changes nothing",
    "memberships.list_groups": "changes nothing",
    "sign_in.list_sessions": "changes nothing",
    "sign_in.find_session": "notes when a session was last used, which is seen as long as it stands",
    "single_sign_on.keep_attempt": "nobody is known yet; what comes of it is a sign-in",
    "single_sign_on.take_attempt": "nobody is known yet; what comes of it is a sign-in",
    "predict.predict_version": "predictions are made anew at any time; training and promotion are what stays",
    "encode.encode_items": "vectors are computed anew at any time",
    "explain.explain_items": "why a version says so is computed anew at any time",
    "order.order_queue": "places in the queue are chosen anew at any time",
    "withdraw.finish_withdrawals": "what is left of a withdrawal, which is recorded",
}
"""Verbs that leave no row, and why."""


_WRITERS = {"write_transaction", "recorded_on_desk", "append", "append_decision", "small_steps"}


def list_verbs():
    """Module and function of every public function of the loop that is given an actor, or writes."""
    return sorted({*functions_of_the_loop(takes_actor), *functions_of_the_loop(writes)})


def functions_of_the_loop(chosen):
    """Module and function of those public functions of the loop that ``chosen`` picks."""
    modules = [import_module(f"hitl.loop.{module.name}") for module in iter_modules(hitl.loop.__path__)]
    return sorted(
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and chosen(value)
    )


def takes_actor(verb):
    return "actor" in inspect.signature(verb).parameters


def writes(verb):
    """Whether a verb says that it writes, or opens a transaction or appends a row, itself or by a neighbour."""
    return "Writes:" in (verb.__doc__ or "") or bool(_reached(verb, set()) & _WRITERS)


def _reached(verb, seen):
    """The names that a function uses, with those of the functions of its own module that it uses."""
    named = {one.id for one in ast.walk(ast.parse(inspect.getsource(verb))) if isinstance(one, ast.Name)}
    own = [value for name in named - seen if inspect.isfunction(value := verb.__globals__.get(name))]
    seen |= named
    for one in own:
        if one.__module__ == verb.__module__:
            _reached(one, seen)
    return seen


def case(name, *, project=(), desk=()):
    def keep(prepare):
        CASES[name] = Case(prepare, tuple(project), tuple(desk))
        return prepare

    return keep


def build_stage(data_dir):
    """A project with labels, a version that was trained on them and answers, and items drawn for testing."""
    small = SmallProject(data_dir, rows=60, labelled=0, class_names=CLASSES)
    small.db.conn.close()
    small = Stage(data_dir, requests=1_000)
    small.add_rows([(f"{SECRET}{n}", f"{SECRET} text {n % 2} {n}", CLASSES[n % 2]) for n in range(60, 110)])
    snapshot = train.take_snapshot(small.db, request_id="first", **small.who())
    version_id = train.train_version(
        small.db, small.folder, snapshot_id=snapshot.id, seed=1, request_id="first", **small.who()
    )
    predict_version(small.db, small.folder, version_id=version_id, now=START)
    small.db.conn.close()


class Stage(SmallProject):
    """The project of ``build_stage``, or a copy of it, with its desk."""

    def __init__(self, data_dir, *, requests=2_000):
        self.data_dir, self.slug, self.clock, self.requests = data_dir, "small", START, requests
        self.actor = LOCAL_OWNER
        self.db = open_project(data_dir, "small")
        self.tandem = open_tandem(data_dir)
        self.tandem.table("people").insert({"id": 5, "name": SECRET, "kind": "person", "is_admin": 1}, ignore=True)
        for slug in ("small", "archived:small"):
            with suppress(sqlite3.IntegrityError):
                self.tandem.execute("INSERT INTO memberships(slug, person_id, role) VALUES (?, 5, 'owner')", (slug,))

    def who(self, actor=None):
        return {"actor": actor or self.actor, "now": self.now()}

    def close(self):
        self.db.conn.close()
        self.tandem.conn.close()


def copy_stage(built, folder):
    shutil.copytree(built, folder)
    return Stage(folder)


def label(stage, item_id, comment=""):
    return review.decide(
        stage.db,
        request_id=stage.request(),
        item_id=item_id,
        class_id=1 + item_id % 2,
        comment=comment,
        **stage.who(),
    )


@case("review.decide", project=["decide"])
def _(stage):
    return lambda actor: review.decide(
        stage.db, request_id=stage.request(), item_id=3, class_id=1, comment=SECRET, **stage.who(actor)
    )


@case("review.cannot_tell", project=["cannot_tell"])
def _(stage):
    return lambda actor: review.cannot_tell(
        stage.db, request_id=stage.request(), item_id=3, comment=SECRET, **stage.who(actor)
    )


@case("review.skip", project=["skip"])
def _(stage):
    return lambda actor: review.skip(stage.db, request_id=stage.request(), item_id=3, **stage.who(actor))


@case("review.undo", project=["undo"])
def _(stage):
    said = label(stage, 4)
    return lambda actor: review.undo(
        stage.db, request_id=stage.request(), target_request_id=said.request_id, **stage.who(actor)
    )


@case("review.return_skipped", project=["return_skipped"])
def _(stage):
    for item_id in (1, 2):
        review.skip(stage.db, request_id=stage.request(), item_id=item_id, **stage.who())
    return lambda actor: review.return_skipped(stage.db, request_id=stage.request(), **stage.who(actor))


@case("review.claim")
def _(stage):
    return lambda actor: review.claim(stage.db, count=2, **stage.who(actor))


@case("review.release")
def _(stage):
    [lease] = review.claim(stage.db, count=1, **stage.who())
    return lambda actor: review.release(stage.db, assignment_ids=[lease.id], **stage.who(actor))


def begin_bulk(stage, actor=None):
    return bulk.begin_act(
        stage.db,
        kind=BulkKind.CORRECT,
        class_id=1,
        item_ids=range(1, 6),
        selection={"text": SECRET},
        comment=SECRET,
        request_id=stage.request(),
        **stage.who(actor),
    )


@case("bulk.begin_act", project=["begin_bulk"])
def _(stage):
    return lambda actor: begin_bulk(stage, actor)


@case("bulk.go_on", project=["end_bulk"])
def _(stage):
    act = begin_bulk(stage)
    return lambda actor: bulk.go_on(stage.db, act_id=act.id, **stage.who(actor))


@case("bulk.finish_act", project=["end_bulk"])
def _(stage):
    act = begin_bulk(stage)
    return lambda actor: bulk.finish_act(stage.db, act_id=act.id, **stage.who(actor))


def done_bulk(stage):
    act = begin_bulk(stage)
    bulk.finish_act(stage.db, act_id=act.id, **stage.who())
    return act.id


@case("bulk.undo_act", project=["undo_bulk"])
def _(stage):
    act_id = done_bulk(stage)
    return lambda actor: bulk.undo_act(stage.db, act_id=act_id, request_id=stage.request(), **stage.who(actor))


def undone_bulk(stage):
    act_id = done_bulk(stage)
    bulk.undo_act(stage.db, act_id=act_id, request_id=stage.request(), **stage.who())
    return act_id


@case("bulk.go_on_undoing", project=["end_bulk_undo"])
def _(stage):
    act_id = undone_bulk(stage)
    return lambda actor: bulk.go_on_undoing(stage.db, act_id=act_id, **stage.who(actor))


@case("bulk.finish_undoing", project=["end_bulk_undo"])
def _(stage):
    act_id = undone_bulk(stage)
    return lambda actor: bulk.finish_undoing(stage.db, act_id=act_id, **stage.who(actor))


def stage_rows(stage, actor=None):
    values = {"id": f"{SECRET}-new", "text": f"{SECRET} new", "label": CLASSES[0]}
    return ingest.stage_rows(
        stage.db,
        rows=[Row(2, values), Row(3, {**values, "id": f"{SECRET}-bad", "text": ""})],
        file_name=f"{SECRET}.csv",
        file_sha256="1" * 64,
        request_id=stage.request(),
        **stage.who(actor),
    )


@case("ingest.stage_rows", project=["begin_import"])
def _(stage):
    return lambda actor: stage_rows(stage, actor)


@case("ingest.publish_import", project=["publish_import", "route"])
def _(stage):
    import_id = stage_rows(stage)
    return lambda actor: ingest.publish_import(stage.db, import_id=import_id, **stage.who(actor))


@case("ingest.discard_import", project=["discard_import"])
def _(stage):
    import_id = stage_rows(stage)
    return lambda actor: ingest.discard_import(stage.db, import_id=import_id, **stage.who(actor))


@case("ingest.add_item", project=["begin_import", "publish_import", "route"])
def _(stage):
    return lambda actor: ingest.add_item(
        stage.db, values={"text": f"typed {SECRET}"}, request_id=stage.request(), **stage.who(actor)
    )


@case("withdraw.withdraw_import", project=["withdraw_import"])
def _(stage):
    return lambda actor: withdraw.withdraw_import(
        stage.db, import_id=2, reason=SECRET, request_id=stage.request(), **stage.who(actor)
    )


@case("withdraw.finish_withdrawals")
def _(stage):
    withdraw.withdraw_import(stage.db, import_id=2, reason=SECRET, request_id=stage.request(), **stage.who())
    return lambda _actor: withdraw.finish_withdrawals(stage.db, now=stage.now())


@case("privacy.cover_fields", project=["cover_fields"])
def _(stage):
    return lambda actor: privacy.cover_fields(stage.db, {"text": Cover.HIDDEN}, **stage.who(actor))


@case("encode.set_encoder", project=["set_encoder"])
def _(stage):
    return lambda actor: encode.set_encoder(stage.db, is_on=False, **stage.who(actor))


@case("encode.choose_encoder", project=["choose_encoder"])
def _(stage):
    with write_transaction(stage.db):
        add_encoder_rule(stage.db, is_on=True, encoder="minilm-l6", actor_id=1, at="2026-01-05T09:00:00.000000Z")
    return lambda actor: encode.choose_encoder(stage.db, name="usem3", **stage.who(actor))


@case("explain.explain_items")
def _(stage):
    explainer = explain.Explainer(stage.db, stage.folder, read_version(stage.db, 1))
    return lambda _actor: explain.explain_items(stage.db, explainer, [61], now=stage.now())


@case("encode.encode_items")
def _(stage):
    def encode_by_words(_actor):
        with pytest.MonkeyPatch.context() as monkeypatch:
            WordEncoder().use(monkeypatch)
            encode.encode_items(stage.db, stage.folder, now=stage.now())

    return encode_by_words


@case("order.order_queue")
def _(stage):
    return lambda _actor: order.order_queue(stage.db, stage.folder)


@case("privacy.read_hidden", project=["read_hidden"])
def _(stage):
    privacy.cover_fields(stage.db, {"text": Cover.HIDDEN}, **stage.who())
    return lambda actor: privacy.read_hidden(stage.db, item_id=61, **stage.who(actor))


@case("explain.ask_why")
def _(stage):
    return lambda actor: explain.ask_why(stage.db, item_id=61, **stage.who(actor))


@case("redact.redact_item", project=["redact_item"])
def _(stage):
    order = redact.RedactionOrder(f"{SECRET}61", SECRET, with_comments=True)
    return lambda actor: redact.redact_item(
        stage.db, stage.tandem, slug="small", order=order, request_id=stage.request(), **stage.who(actor)
    )


@case("redact.finish_redactions", project=["finish_redaction"])
def _(stage):
    order = redact.RedactionOrder(f"{SECRET}61", SECRET)
    redact.redact_item(stage.db, stage.tandem, slug="small", order=order, request_id=stage.request(), **stage.who())
    return lambda actor: redact.finish_redactions(
        stage.db, stage.tandem, stage.data_dir, slug="small", **stage.who(actor)
    )


@case("projects.create_project", desk=["create_project"])
def _(stage):
    return lambda actor: projects.create_project(
        stage.data_dir,
        slug="other",
        name=SECRET,
        guide=SECRET,
        fields=[Field(SECRET, Role.TEXT)],
        class_names=CLASSES,
        guidelines={CLASSES[0]: SECRET},
        **stage.who(actor),
    )


@case("projects.save_classes", project=["save_classes"])
def _(stage):
    drafts = [projects.ClassDraft(None, f"{SECRET} third", SECRET)]
    return lambda actor: projects.save_classes(stage.db, classes=drafts, **stage.who(actor))


@case("projects.move_class", project=["save_classes"])
def _(stage):
    return lambda actor: projects.move_class(stage.db, key=CLASSES[0], step=1, **stage.who(actor))


@case("projects.set_guideline", project=["save_classes"])
def _(stage):
    return lambda actor: projects.set_guideline(stage.db, key=CLASSES[0], guideline=SECRET, **stage.who(actor))


@case("projects.set_guide", project=["set_guide"])
def _(stage):
    return lambda actor: projects.set_guide(stage.db, name=SECRET, guide=SECRET, metric="accuracy", **stage.who(actor))


@case("project_life.duplicate_settings", desk=["duplicate_project"])
def _(stage):
    return lambda actor: project_life.duplicate_settings(
        stage.data_dir, slug="small", new_slug="other", new_name=SECRET, **stage.who(actor)
    )


@case("project_life.archive_project", desk=["archive_project"])
def _(stage):
    return lambda actor: project_life.archive_project(stage.data_dir, slug="small", **stage.who(actor))


@case("project_life.bring_back_project", desk=["bring_back_project"])
def _(stage):
    project_life.archive_project(stage.data_dir, slug="small", **stage.who())
    return lambda actor: project_life.bring_back_project(stage.data_dir, slug="small", **stage.who(actor))


@case("project_life.delete_project", desk=["delete_project"])
def _(stage):
    return lambda actor: project_life.delete_project(
        stage.data_dir, slug="small", typed_name="Small", **stage.who(actor)
    )


@case("promote.promote", project=["promote", "route"])
def _(stage):
    return lambda actor: promote.promote(
        stage.db, version_id=1, reason=SECRET, request_id=stage.request(), **stage.who(actor)
    )


def promoted(stage):
    promote.promote(stage.db, version_id=1, reason=SECRET, request_id=stage.request(), **stage.who())


@case("promote.roll_back", project=["roll_back", "route"])
def _(stage):
    promoted(stage)
    stage.answer_with(dict.fromkeys(range(1, 111), (1, 0.95)))
    return lambda actor: promote.roll_back(stage.db, reason=SECRET, request_id=stage.request(), **stage.who(actor))


@case("route.set_policy", project=["set_policy", "route"])
def _(stage):
    return lambda actor: route.set_policy(
        stage.db,
        threshold=0.8,
        audit_rate=0.1,
        lease_seconds=60,
        query_strategy="default",
        reason=SECRET,
        **stage.who(actor),
    )


@case("route.finish_routing", project=["route"])
def _(stage):
    with write_transaction(stage.db):
        begin_routing(stage.db, at=AT)
    return lambda _actor: route.finish_routing(stage.db, now=stage.now())


@case("route.draw_items", project=["draw_items"])
def _(stage):
    return lambda actor: draw(stage, actor)


def draw(stage, actor=None):
    return route.draw_items(
        stage.db, purpose="test", count=5, request_id=stage.request(), rng=random.Random(1), **stage.who(actor)
    )


@case("saved_views.save_view", project=["save_view"])
def _(stage):
    return lambda actor: save_view(stage, actor)


def save_view(stage, actor=None):
    chosen = ExploreFilter(text=SECRET)
    return saved_views.save_view(
        stage.db, name=SECRET, chosen=chosen, order="id", request_id=stage.request(), **stage.who(actor)
    )


@case("saved_views.rename_view", project=["rename_view"])
def _(stage):
    view_id = save_view(stage)
    return lambda actor: saved_views.rename_view(stage.db, view_id=view_id, name=f"{SECRET} 2", **stage.who(actor))


@case("saved_views.remove_view", project=["remove_view"])
def _(stage):
    view_id = save_view(stage)
    return lambda actor: saved_views.remove_view(stage.db, view_id=view_id, **stage.who(actor))


@case("second_look.look_again", project=["second_look"])
def _(stage):
    second_look.set_second_look_rule(stage.db, share=1.0, at_once=3, bar=0.0, reason=SECRET, **stage.who())
    stage.add_rows([(f"{SECRET}{n}", f"{SECRET} more {n}", CLASSES[n % 2]) for n in range(110, 130)])
    snapshot = train.take_snapshot(stage.db, request_id="again", **stage.who())
    how = {"snapshot_id": snapshot.id, "seed": 1, "request_id": "again", **stage.who()}
    version_id = train.train_version(stage.db, stage.folder, **how)
    return lambda _actor: second_look.look_again(stage.db, version_id=version_id, now=stage.now())


@case("second_look.set_second_look_rule", project=["set_second_look_rule"])
def _(stage):
    return lambda actor: second_look.set_second_look_rule(
        stage.db, share=0.2, at_once=5, bar=0.4, reason=SECRET, **stage.who(actor)
    )


@case("triggers.set_triggers", project=["set_triggers"])
def _(stage):
    return lambda actor: triggers.set_triggers(
        stage.db,
        label_count=9,
        daily=None,
        is_paused=False,
        promotes=False,
        reason=SECRET,
        **stage.who(actor),
    )


@case("train.take_snapshot", project=["take_snapshot"])
def _(stage):
    return lambda actor: train.take_snapshot(stage.db, request_id=stage.request(), **stage.who(actor))


@case("train.train_version", project=["train"])
def _(stage):
    return lambda actor: train.train_version(
        stage.db, stage.folder, snapshot_id=1, seed=2, request_id=stage.request(), **stage.who(actor)
    )


@case("learning_curve.make_learning_curve", project=["make_curve"])
def _(stage):
    return lambda actor: learning_curve.make_learning_curve(
        stage.db, stage.folder, version_id=1, has_time=lambda: False, **stage.who(actor)
    )


def drawn_and_labelled(stage):
    draw(stage)
    for row in stage.db.query(
        "SELECT item_id FROM item_state WHERE group_id IN (SELECT group_id FROM test_groups) ORDER BY item_id"
    ):
        label(stage, row["item_id"])


@case("evaluate.evaluate_version", project=["answer_tests", "evaluate"])
def _(stage):
    drawn_and_labelled(stage)
    return lambda actor: evaluate.evaluate_version(stage.db, version_id=1, **stage.who(actor))


@case("evaluate.answer_tests", project=["answer_tests"])
def _(stage):
    drawn_and_labelled(stage)
    with write_transaction(stage.db):
        stage.db.execute("DELETE FROM predictions")
    return lambda actor: evaluate.answer_tests(stage.db, stage.folder, version_id=1, **stage.who(actor))


@case("evaluate.count_changes", project=["count_changes"])
def _(stage):
    other = stage.answer_with({61: (1, 0.9)}, champion=False)
    return lambda _actor: evaluate.count_changes(stage.db, old_id=1, new_id=other, now=stage.now())


@case("predict.predict_version")
def _(stage):
    with write_transaction(stage.db):
        stage.db.execute("DELETE FROM predictions")
    return lambda _actor: predict_version(stage.db, stage.folder, version_id=1, now=stage.now())


@case("export.export_table", project=["export"])
def _(stage):
    return lambda actor: export.export_table(
        stage.db,
        kind=export.ExportKind.ITEMS,
        path=stage.data_dir.parent / f"{SECRET}.csv",
        names={1: SECRET},
        **stage.who(actor),
    )


@case("audit.read_log")
def _(stage):
    return lambda actor: audit.read_log(stage.db, chosen=LogFilter(), actor=actor)


@case("audit.read_site_log")
def _(stage):
    return lambda actor: audit.read_site_log(stage.tandem, chosen=LogFilter(), actor=actor)


@case("audit.read_members_log")
def _(stage):
    return lambda actor: audit.read_members_log(stage.tandem, slug="small", chosen=LogFilter(), actor=actor)


@case("audit.export_log", project=["export_audit"])
def _(stage):
    return lambda actor: audit.export_log(stage.db, **to_file(stage, actor))


@case("audit.export_site_log", desk=["export_audit"])
def _(stage):
    return lambda actor: audit.export_site_log(stage.tandem, **to_file(stage, actor))


def to_file(stage, actor):
    path = stage.data_dir.parent / f"{SECRET}.csv"
    return {"chosen": LogFilter(), "path": path, "names": {1: SECRET}, **stage.who(actor)}


@case("packs.pack_project", project=["pack_project"])
def _(stage):
    return lambda actor: pack(stage, actor)


def pack(stage, actor=None):
    path = stage.data_dir.parent / f"{SECRET}.tandem"
    return packs.pack_project(stage.data_dir, slug="small", path=path, **stage.who(actor)).path


@case("packs.unpack_project", desk=["unpack_project"])
def _(stage):
    path = pack(stage)
    return lambda actor: packs.unpack_project(path, data_dir=stage.data_dir, slug="other", **stage.who(actor))


@case("doctor.rebuild", project=["rebuild", "route"])
def _(stage):
    with write_transaction(stage.db):
        begin_routing(stage.db, at=AT)
    return lambda actor: doctor.rebuild(stage.db, **stage.who(actor))


@case("doctor.remove_unused_images", project=["remove_images"])
def _(stage):
    assert not list(named_images(stage.db))
    (stage.folder / "images" / "ab").mkdir(parents=True)
    (stage.folder / "images" / "ab" / f"{'ab' * 32}.png").write_bytes(b"left")
    return lambda actor: doctor.remove_unused_images(
        stage.db, stage.folder, actor=actor, now=utc_now().replace(year=2100)
    )


@case("jobs.submit_job", desk=["ask_job"])
def _(stage):
    return lambda actor: ask(stage, actor)


def ask(stage, actor=None):
    args = {"note": SECRET}
    return jobs.submit_job(
        stage.tandem,
        slug="small",
        kind="train",
        args=args,
        request_id=f"{SECRET}-{stage.request()}",
        **stage.who(actor),
    )


@case("jobs.request_cancel", desk=["cancel_job"])
def _(stage):
    job = ask(stage)
    return lambda actor: jobs.request_cancel(stage.tandem, slug=job.slug, job_id=job.id, **stage.who(actor))


@case("interrupted.resume_import", desk=["resume_import"])
def _(stage):
    stop_an_import(stage.db, stage.tandem, stage.folder)
    import_id = max(row["id"] for row in stage.db.query("SELECT id FROM imports"))
    return lambda actor: interrupted.resume_import(
        stage.db, stage.tandem, slug="small", import_id=import_id, **stage.who(actor)
    )


@case("backups.back_up", desk=["back_up", "note_head"])
def _(stage):
    return lambda actor: back_up(stage, actor)


def back_up(stage, actor=None):
    path = stage.data_dir.parent / f"{SECRET}.backup"
    return backups.back_up(stage.data_dir, to=path, **stage.who(actor)).path


@case("backups.restore")
def _(stage):
    path = back_up(stage)
    return lambda actor: backups.restore(path, data_dir=stage.data_dir.parent / "restored", **stage.who(actor))


@case("dry_run.check_rows")
def _(stage):
    row = Row(2, {"id": SECRET, "text": SECRET, "label": ""})
    ground = dry_run.ground_of(stage.db, ingest.USUAL_CHOICES)
    return lambda actor: dry_run.check_rows(ground, [row], choices=ingest.USUAL_CHOICES, actor=actor)


@case("uploads.keep_upload")
def _(stage):
    return lambda actor: uploads.keep_upload(
        stage.data_dir, slug="small", name=f"{SECRET}.csv", chunks=[b"id\n"], actor=actor
    )


@case("uploads.drop_upload")
def _(stage):
    path: Path = uploads.keep_upload(stage.data_dir, slug="small", name="x.csv", chunks=[b"id\n"], actor=stage.actor)
    return lambda actor: uploads.drop_upload(path, actor=actor)
