"""What a chain of stages works with, and one step of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.people import Actor
from hitl.worker.progress import JobRun


@dataclass(frozen=True)
class Bench:
    """What a stage works with: the job and its project."""

    run: JobRun
    db: Database
    folder: Path

    @property
    def actor(self) -> Actor:
        """The person who asked, with the role they have now."""
        return self.run.acting()

    def request_id(self, step: str) -> str:
        """The id of one step of the job: doing it again finds what it made.

        The time keeps it apart from a job of the same number on the desk that the project came from.
        """
        return f"job-{self.run.job.id}-{self.run.job.created_at}-{step}"

    def made(self, name: str) -> int:
        """The id of what an earlier stage made."""
        return int(str(self.run.made[name]))


@dataclass(frozen=True)
class Stage:
    """One step of a chain; ``share`` is its usual part of the job's time."""

    name: str
    share: float
    note: str
    do: Callable[[Bench], None]
