"""What keeps models from learning by the words of the classes, in a sentence."""

from sqlite_utils import Database

from hitl.domain.class_words import lacking_words
from hitl.domain.language import _, ngettext
from hitl.encoding import encoder_is_here, text_names
from hitl.store.encoding import encoder_rule
from hitl.store.projects import active_classes
from hitl.views.formatting import number

_SHOWN_NAMES = 3


def lacking_words_text(db: Database) -> str | None:
    """Which classes have too few words, and what to do.

    None where nothing hangs on it: no class lacks words or every one does, or texts are not encoded here.

    Raises
    ------
    NotFound
        The project's encoder is one that this Tandem does not know.
    """
    classes = active_classes(db)
    lacking = [one.name for one in lacking_words(classes)]
    if not 0 < len(lacking) < len(classes) or not _are_words_read(db):
        return None
    sentence = ngettext(
        "Models don't learn from the names of the classes, as they can while labels are few: {names} is a single word. "
        "Give it a guideline of a sentence.",
        "Models don't learn from the names of the classes, as they can while labels are few: {names} are single words. "
        "Give each a guideline of a sentence.",
        len(lacking),
    )
    return sentence.format(names=_listed(lacking))


def _are_words_read(db: Database) -> bool:
    return encoder_rule(db).is_on and bool(text_names(db)) and encoder_is_here(db)


def _listed(names: list[str]) -> str:
    shown, left = ", ".join(f"“{name}”" for name in names[:_SHOWN_NAMES]), len(names) - _SHOWN_NAMES
    return shown if left <= 0 else _("{classes} and {count} more").format(classes=shown, count=number(left))
