"""What each kind of job does: chains of the loop's verbs, each safe to be done again.

train: snapshot → order → train → predict → evaluate → second look → promote (only where nothing predicts yet) → order;
import: read → stage → publish → predict → reroute → order, or discard what an interrupted one had staged;
check: what a large file would bring; predict: predict → reroute; samples: the sample projects;
promote and roll_back: predict what the version has not answered yet → bring it into use, route all items;
reroute: route what a new policy, a class out of use or a job cut off left to be routed;
compare: two versions answer the test items that they have not answered → evaluate both;
bulk: an act on many items, or its undoing; redact: what a redaction left; encode: what texts mean.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from hitl.adapters.image_keeper import ImageKeeper
from hitl.adapters.readers.settling import open_unkept, settle_reading
from hitl.adapters.uploads import digest_file
from hitl.domain.clock import utc_now
from hitl.domain.errors import JobCancelled, JobLost, NoModel, NotFound
from hitl.domain.import_choices import ImportChoices
from hitl.domain.language import _, later
from hitl.domain.people import SYSTEM, Actor
from hitl.domain.rows import Reject, Row
from hitl.encoding import encoding_ready
from hitl.loop.evaluate import count_changes, evaluate_version
from hitl.loop.gate import judge_gate
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.order import order_queue
from hitl.loop.predict import predict_version
from hitl.loop.promote import promote, roll_back
from hitl.loop.redact import find_training_owed
from hitl.loop.route import finish_routing
from hitl.loop.second_look import look_again
from hitl.loop.train import take_snapshot, train_version
from hitl.loop.withdraw import finish_withdrawals
from hitl.store.connection import open_project, project_folder
from hitl.store.projects import read_project
from hitl.store.reads_imports import imported_version_id, unfinished_imports
from hitl.store.triggers import current_triggers
from hitl.store.versions import champion_before, champion_id, find_promotion, read_version
from hitl.views.second_look import describe_sent
from hitl.views.wording import count_of
from hitl.worker.backing_up import perform_backup
from hitl.worker.bench import Bench, Stage
from hitl.worker.bulk import perform_bulk
from hitl.worker.checking import perform_check
from hitl.worker.comparing import perform_comparison
from hitl.worker.discarding import clear_abandoned, discard_own, perform_discard
from hitl.worker.encoding import perform_encoding
from hitl.worker.learning_curve import perform_learning_curve
from hitl.worker.progress import JobRun
from hitl.worker.redacting import perform_redaction
from hitl.worker.sample_projects import perform_samples


def perform(run: JobRun) -> str:
    """What the job brought, in a few words, after all its stages.

    Raises
    ------
    NotPermitted
        Whoever asked for it may not do it any more.
    HitlError
        A stage can't be done; the message says why.
    JobCancelled, JobLost, WorkerStopped
        From ``JobRun.tick``.
    """
    run.acting()
    return _KINDS[run.job.kind](run)


def _perform_chain(run: JobRun, stages: tuple[Stage, ...], conclude: Callable[[Bench], str]) -> str:
    db = open_project(run.data_dir, run.job.slug)
    try:
        bench = Bench(run, db, project_folder(run.data_dir, run.job.slug))
        begin = 0.0
        for stage in stages:
            run.enter(stage.name, begin=begin, share=stage.share, note=_(stage.note))
            run.acting()
            stage.do(bench)
            begin += stage.share
        return conclude(bench)
    finally:
        db.conn.close()


def _take_snapshot(bench: Bench) -> None:
    snapshot = take_snapshot(
        bench.db,
        actor=bench.actor,
        now=utc_now(),
        request_id=bench.request_id("snapshot"),
        texts_encoded=encoding_ready(bench.db, bench.folder),
    )
    bench.run.keep(snapshot_id=snapshot.id)


def _train(bench: Bench) -> None:
    version_id = train_version(
        bench.db,
        bench.folder,
        snapshot_id=bench.made("snapshot_id"),
        seed=int(str(bench.run.job.args.get("seed", 0))),
        request_id=bench.request_id("train"),
        actor=bench.actor,
        now=utc_now(),
        tick=bench.run.tick,
    )
    bench.run.keep(version_id=version_id)


def _evaluate(bench: Bench) -> None:
    version_id, champion = bench.made("version_id"), champion_id(bench.db)
    evaluate_version(bench.db, version_id=version_id, actor=bench.actor, now=utc_now())
    if champion not in (None, version_id):  # the champion on the same labels
        evaluate_version(bench.db, version_id=champion, actor=bench.actor, now=utc_now())
        count_changes(bench.db, old_id=champion, new_id=version_id, now=utc_now())


def _look_again(bench: Bench) -> None:
    turn = look_again(bench.db, version_id=bench.made("version_id"), now=utc_now())
    bench.run.keep(sent_back=turn.sent_count)


def _predict(bench: Bench) -> None:
    predict_version(bench.db, bench.folder, version_id=bench.made("version_id"), now=utc_now(), tick=bench.run.tick)


def _promote_first(bench: Bench) -> None:
    """The first version is promoted at once; one trained by itself where people want that and the gate holds."""
    reason = _reason_to_promote(bench)
    if reason is not None:
        _promote(bench, bench.made("version_id"), reason=reason, actor=SYSTEM)
        bench.run.keep(promoted=True)


def _reason_to_promote(bench: Bench) -> str | None:
    if _may_promote_unasked(bench):
        return _("The first version of the project")
    triggers = current_triggers(bench.db)
    wanted = bench.run.job.args.get("trigger") and triggers and triggers.promotes
    if not (wanted or find_training_owed(bench.db)):
        return None
    verdict = judge_gate(bench.db, bench.made("version_id"))
    return _("Not worse: {reason}").format(reason=verdict.reason) if verdict.holds else None


def _may_promote_unasked(bench: Bench) -> bool:
    """Whether nothing predicts yet, or an earlier attempt at this job has promoted and not come to its end."""
    return champion_id(bench.db) is None or find_promotion(bench.db, bench.request_id("promote")) is not None


def _promote(bench: Bench, version_id: int, *, reason: str, actor: Actor) -> None:
    """From here on the job goes to its end: a version that predicts with half of its items routed helps nobody."""
    bench.run.commit_to_end()
    promote(
        bench.db,
        version_id=version_id,
        reason=reason,
        request_id=bench.request_id("promote"),
        actor=actor,
        now=utc_now(),
        tick=bench.run.tick,
    )


def _conclude_training(bench: Bench) -> str:
    name = read_version(bench.db, bench.made("version_id")).name
    sent = int(str(bench.run.made.get("sent_back", 0)))
    more = f". {describe_sent(sent)}" if sent else ""
    if bench.run.made.get("promoted"):
        return _("{name} is trained and predicts now").format(name=name) + more
    return _("{name} is trained; compare it and promote it on the versions page").format(name=name) + more


def _perform_import(run: JobRun) -> str:
    if "discard" in run.job.args:
        return perform_discard(run)
    try:
        return _perform_chain(run, _IMPORT, _conclude_import)
    except (JobLost, JobCancelled):  # what a cancelled one has staged stays: a person says whether it goes on
        raise
    except Exception:  # whatever ended it: an import is published whole or not at all, and the error goes on
        discard_own(run)
        raise


def _read_file(bench: Bench) -> None:
    if "reading" in bench.run.made:
        return
    if "import_id" not in bench.run.made:
        clear_abandoned(bench.run, bench.db)
        sha256 = digest_file(_require_upload(bench.run)).sha256
        bench.run.keep(import_id=_stage(bench, (), sha256=sha256), sha256=sha256)
    bench.run.keep(reading=_settle_reading(bench))


def _settle_reading(bench: Bench) -> dict[str, object]:
    def tick(row_count: int) -> None:
        bench.run.tick(0.5, _("Checking the file ({row_count:,} rows so far)").format(row_count=row_count))

    return settle_reading(
        _require_upload(bench.run),
        file_name=_file_name(bench),
        args=bench.run.job.args,
        fields=read_project(bench.db).fields,
        tick=tick,
    )


def _stage_rows(bench: Bench) -> None:
    if bench.made("import_id") not in unfinished_imports(bench.db):
        return
    path = _require_upload(bench.run)
    size = max(path.stat().st_size, 1)
    with path.open("rb") as stream:

        def tick(last_row: int) -> None:
            bench.run.tick(stream.tell() / size, _("Reading rows ({last_row:,} so far)").format(last_row=last_row))

        settled = bench.run.made.get("reading")
        with open_unkept(
            stream, file_name=_file_name(bench), settled=settled if isinstance(settled, dict) else bench.run.job.args
        ) as opened:
            images = ImageKeeper(opened.images, bench.folder, read_project(bench.db).fields) if opened.images else None
            keep = images.keep if images and images.has_work else None
            _stage(bench, opened.rows, sha256=str(bench.run.made["sha256"]), tick=tick, keep_images=keep)


def _stage(bench: Bench, rows: Iterable[Row | Reject], *, sha256: str, **how: Any) -> int:
    return stage_rows(
        bench.db,
        rows=rows,
        file_name=_file_name(bench),
        file_sha256=sha256,
        request_id=bench.request_id("import"),
        choices=ImportChoices.from_json(bench.run.job.args.get("choices")),
        actor=bench.actor,
        now=utc_now(),
        **how,
    )


def _publish(bench: Bench) -> None:
    bench.run.commit_to_end()
    summary = publish_import(bench.db, import_id=bench.made("import_id"), actor=bench.actor, now=utc_now())
    bench.run.keep(summary=asdict(summary))


def _promote_imported(bench: Bench) -> None:
    version_id = imported_version_id(bench.db, bench.made("import_id"))
    if version_id is not None and _may_promote_unasked(bench):
        _promote(bench, version_id, reason=_("The answers that came with the first import"), actor=SYSTEM)


def _predict_champion(bench: Bench) -> None:
    version_id = champion_id(bench.db)
    if version_id is not None:
        _predict_if_trained(bench, version_id)


def _predict_if_trained(bench: Bench, version_id: int) -> None:
    """An imported version has answers and no model, nor has a retired one: what it has not answered stays so."""
    version = read_version(bench.db, version_id)
    if version.kind == "trained" and not version.is_retired:
        predict_version(bench.db, bench.folder, version_id=version_id, now=utc_now(), tick=bench.run.tick)


def _require_champion(bench: Bench) -> None:
    if champion_id(bench.db) is None:
        raise NoModel(_("No version predicts yet. Train one first."))
    _predict_champion(bench)


def _predict_wanted(bench: Bench) -> None:
    version = read_version(bench.db, int(str(bench.run.job.args["version_id"])))
    _predict_if_trained(bench, version.id)
    bench.run.keep(version_id=version.id)


def _predict_before(bench: Bench) -> None:
    version_id = champion_before(bench.db)
    if version_id is not None:
        _predict_if_trained(bench, version_id)


def _promote_wanted(bench: Bench) -> None:
    _promote(bench, bench.made("version_id"), reason=str(bench.run.job.args["reason"]), actor=bench.actor)


def _roll_back(bench: Bench) -> None:
    bench.run.commit_to_end()
    version_id = roll_back(
        bench.db,
        reason=str(bench.run.job.args["reason"]),
        request_id=bench.request_id("roll-back"),
        actor=bench.actor,
        now=utc_now(),
        tick=bench.run.tick,
    )
    bench.run.keep(version_id=version_id)


def _conclude_promotion(bench: Bench) -> str:
    return _("{name} predicts now").format(name=read_version(bench.db, bench.made("version_id")).name)


def _reroute(bench: Bench) -> None:
    finish_withdrawals(bench.db, now=utc_now(), tick=bench.run.tick)
    finish_routing(bench.db, now=utc_now(), tick=bench.run.tick)


def _order(bench: Bench) -> None:
    order_queue(bench.db, bench.folder)


def _conclude_import(bench: Bench) -> str:
    _upload_of(bench.run).unlink(missing_ok=True)
    summary = bench.run.made["summary"]
    if not isinstance(summary, dict):
        return ""
    return count_of(summary["new"], "{count} new item", "{count} new items")


def _upload_of(run: JobRun) -> Path:
    """The file to import, which is kept until its import has ended."""
    return Path(str(run.job.args["path"]))


def _require_upload(run: JobRun) -> Path:
    path = _upload_of(run)
    if not path.exists():
        raise NotFound(_("The uploaded file is no longer there. Upload it again."))
    return path


def _file_name(bench: Bench) -> str:
    return str(bench.run.job.args["file_name"])


_TRAINING = (
    Stage("snapshot", 0.02, later("Collecting the labels"), _take_snapshot),
    Stage("follow", 0.02, later("Choosing what to ask meanwhile"), _order),
    Stage("train", 0.71, later("Comparing settings"), _train),
    Stage("predict", 0.15, later("Predicting all items"), _predict),
    Stage("evaluate", 0.04, later("Measuring the new version"), _evaluate),
    Stage("second_look", 0.01, later("Looking for labels that may be wrong"), _look_again),
    Stage("promote", 0.03, later("Bringing it into use"), _promote_first),
    Stage("order", 0.02, later("Choosing what to ask first"), _order),
)
_IMPORT = (
    Stage("read", 0.02, later("Checking the file"), _read_file),
    Stage("stage", 0.58, later("Reading rows"), _stage_rows),
    Stage("publish", 0.08, later("Showing the new items"), _publish),
    Stage("promote", 0.02, later("Taking over the answers in the file"), _promote_imported),
    Stage("predict", 0.25, later("Predicting the new items"), _predict_champion),
    Stage("reroute", 0.03, later("Routing the new items"), _reroute),
    Stage("order", 0.02, later("Choosing what to ask first"), _order),
)
_PREDICTION = (
    Stage("predict", 0.9, later("Predicting all items"), _require_champion),
    Stage("reroute", 0.08, later("Routing all items"), _reroute),
    Stage("order", 0.02, later("Choosing what to ask first"), _order),
)
_PROMOTION = (
    Stage("predict", 0.5, later("Predicting all items"), _predict_wanted),
    Stage("promote", 0.48, later("Bringing it into use"), _promote_wanted),
    Stage("order", 0.02, later("Choosing what to ask first"), _order),
)
_ROLL_BACK = (
    Stage("predict", 0.5, later("Predicting the items that came in since"), _predict_before),
    Stage("promote", 0.48, later("Returning to it"), _roll_back),
    Stage("order", 0.02, later("Choosing what to ask first"), _order),
)
_ROUTING = (
    Stage("reroute", 0.98, later("Routing all items"), _reroute),
    Stage("order", 0.02, later("Choosing what to ask first"), _order),
)
_KINDS: dict[str, Callable[[JobRun], str]] = {
    "check": lambda run: perform_check(run, run.acting()),
    "train": partial(_perform_chain, stages=_TRAINING, conclude=_conclude_training),
    "import": _perform_import,
    "predict": partial(_perform_chain, stages=_PREDICTION, conclude=lambda _bench: _("All items are predicted")),
    "promote": partial(_perform_chain, stages=_PROMOTION, conclude=_conclude_promotion),
    "roll_back": partial(_perform_chain, stages=_ROLL_BACK, conclude=_conclude_promotion),
    "compare": lambda run: perform_comparison(run, run.acting()),
    "curve": lambda run: perform_learning_curve(run, run.acting()),
    "reroute": partial(_perform_chain, stages=_ROUTING, conclude=lambda _bench: _("All items are routed")),
    "samples": perform_samples,
    "backup": perform_backup,
    "redact": perform_redaction,
    "encode": perform_encoding,
    "bulk": lambda run: perform_bulk(run, run.acting()),
}
