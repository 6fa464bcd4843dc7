"""When a project trains by itself."""

from dataclasses import dataclass

from hitl.domain.schedule import Daily


@dataclass(frozen=True)
class TrainingTriggers:
    """The triggers in force; with neither a count nor a time a project trains only when somebody asks.

    Attributes
    ----------
    label_count : int or None
        Train after so many new, changed or withdrawn labels and changed classes.
    daily : Daily or None
        Train at this time, when something was said since the training before.
    is_paused : bool
        The triggers are kept and do nothing.
    promotes : bool
        A version trained so is promoted when the gate holds; otherwise it waits for a person.
    at : str
        When they were set, UTC.
    """

    label_count: int | None
    daily: Daily | None
    is_paused: bool
    promotes: bool
    reason: str
    actor_id: int
    at: str

    @property
    def is_on(self) -> bool:
        """Whether a training may begin by itself."""
        return not self.is_paused and (self.label_count is not None or self.daily is not None)
