"""Every error of the product: the class says what happened, the message what to do."""


class HitlError(Exception):
    """Something the user can mend; its text says what was wanted, what was found and what to do."""


class BadInput(HitlError):
    """A value from outside does not fit; the message names row, field and remedy."""


class NotFound(HitlError):
    """What was asked for is not there."""


class NoProject(NotFound):
    """There is no project of that short name, or none for who asks."""

    def __init__(self, message: str, *, slug: str) -> None:
        super().__init__(message)
        self.slug = slug


class NotPermitted(HitlError):
    """The actor's role does not carry the permission."""


class SignInRefused(HitlError):
    """A name and password, or an identity, that open nothing; the words are the same for every reason."""


class Conflict(HitlError):
    """Somebody or something else got there first."""


class FactGuarded(HitlError):
    """The database refused to change or contradict a fact."""


class StoreUnusable(HitlError):
    """A database can't be opened: newer schema, not a database, or not writable."""


class NotEnoughLabels(HitlError):
    """Training is not possible yet; the message says what is missing."""


class UntrustedModelFile(HitlError):
    """A model file is tampered with, foreign, or of another library version."""


class NoModel(HitlError):
    """The project has no model version that could answer."""


class NotReady(HitlError):
    """What is asked for rests on something that is not done yet, or turned off; the message says what to do."""


class JobCancelled(HitlError):
    """A person asked for the job to stop."""


class JobFailed(HitlError):
    """A job ended without its result; the message is the job's own."""


class JobLost(HitlError):
    """Another worker has taken the job over."""
