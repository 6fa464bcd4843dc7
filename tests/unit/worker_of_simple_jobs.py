"""A worker process whose jobs only wait, end or break: ``python worker_of_simple_jobs.py DATA_DIR``."""

import sys
import time
import types
from pathlib import Path

from hitl.domain.errors import NotEnoughLabels


def perform(run):
    args = run.job.args
    run.enter("wait", begin=0.0, share=1.0, note="Waiting")
    if args.get("break") == "sentence":
        raise NotEnoughLabels("Training needs at least 5 labels; there are 2.")
    if args.get("break") == "bug":
        raise ZeroDivisionError
    step = int(run.made.get("step", 0))
    while step < args["steps"]:
        time.sleep(0.02)
        step += 1
        run.keep(step=step, attempts=run.job.attempts)
        run.tick(step / args["steps"], f"Step {step} of {args['steps']}")
    return "Waited enough"


stages = types.ModuleType("hitl.worker.stages")
stages.perform = perform
sys.modules["hitl.worker.stages"] = stages

if __name__ == "__main__":
    from hitl.worker.__main__ import main

    sys.exit(main(["worker", str(Path(sys.argv[1]))]))
