"""What is said of records whose content was redacted, and of versions that are retired because of it."""

from hitl.domain.language import _


def retired_sentence(name: str) -> str:
    """Why a version predicts and is measured no more, and what to do.

    >>> retired_sentence("Version 2")
    'Version 2 is retired: content was redacted, and its model file is gone. Train a new version.'
    """
    return _("{name} is retired: content was redacted, and its model file is gone. Train a new version.").format(
        name=name
    )


def redacted_message(external_id: str) -> str:
    """Why a row of a record whose content was taken away is not imported, and what to do.

    >>> redacted_message("t-1")
    "The content of 't-1' was redacted, so it is not taken in again. Remove the row from the file."
    """
    return _("The content of '{name}' was redacted, so it is not taken in again. Remove the row from the file.").format(
        name=external_id
    )
