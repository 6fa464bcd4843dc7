"""When back-ups are made by themselves, where to, and how many stay."""

from dataclasses import dataclass
from pathlib import Path

from hitl.domain.schedule import Daily

BACKUP_KIND = "tandem-backup"
BACKUP_SLUG = "backup:"
"""Under which the jobs of back-ups stand: no project can have this name."""


@dataclass(frozen=True)
class BackupPlan:
    """Once every local day, into a folder of which the newest ``keep`` stay, at least 1."""

    folder: Path
    rule: Daily
    keep: int
