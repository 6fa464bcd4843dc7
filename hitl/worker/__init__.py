"""Background jobs, done one after the other by one process beside the server.

    process   start it, stop it, ask whether it lives: a lock on data/worker.lock, which the system frees at its death
    run       claim a job, keep its lease by a heartbeat, do its stages, end it; an orderly stop queues it again
    schedule  between jobs and while texts are read: what is due is asked for as a job
    stages    what each kind of job does: chains of the loop's verbs, each safe to do again

Whoever reads a job reads ``tandem.db``; nothing waits for this process to answer.
"""

from hitl.worker.process import ensure_worker, kill_worker, stop_worker, worker_alive

__all__ = ["ensure_worker", "kill_worker", "stop_worker", "worker_alive"]
