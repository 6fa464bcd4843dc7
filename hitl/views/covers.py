"""What is hidden in a project, and how far the search is after a change."""

from sqlite_utils import Database

from hitl.domain.covers import Covers
from hitl.domain.language import _
from hitl.store.field_covers import current_covers, find_indexing


def read_covers(db: Database) -> Covers:
    """The covered fields by name."""
    return current_covers(db)


def indexing_text(db: Database) -> str:
    """That the search is being made anew and finds less until then; empty when it is whole."""
    share = find_indexing(db)
    if share is None:
        return ""
    return _("The search is being made anew without hidden fields ({share}); until then it finds less.").format(
        share=f"{share:.0%}"
    )
