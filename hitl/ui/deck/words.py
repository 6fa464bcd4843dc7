"""The words of the deck, for its scripts: each in the reader's language, with the forms a count can take."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from babel import Locale

from hitl.domain.language import _ as translated
from hitl.domain.language import current_language, later, plural_later
from hitl.domain.language import ngettext as counted
from hitl.domain.reader import current_reader
from hitl.views.formatting import babel_locale, percent_number

_COUNTS_TRIED = 200
_WORDS = {
    # reasons
    "reason_low_confidence": later("Low confidence"),
    "reason_novel": later("Unusual"),
    "reason_by_words": later("A class known by words alone"),
    "reason_audit": later("Blind check"),
    "reason_cold_start": later("No model yet"),
    "reason_auto_accept": later("Auto-accepted"),
    "reason_second_look": later("Sent back"),
    "reason_doubted": later("Second look"),
    "identical": later("identical +{count}"),
    "more_unusual": later("More unusual than {share} of what the model learned from"),
    # the item and what the model says
    "empty": later("empty"),
    "image_of": later("{field} of {item}"),
    "image_enlarged": later("The image, enlarged"),
    "no_image": later("no image"),
    "image_broken": later("The image can't be shown. Reload the page; if it stays so, run `python -m hitl doctor`."),
    "answer_hidden": later("The model's answer is hidden: this item checks the model."),
    "answer_hidden_again": later("The model's answer is hidden, so that you look afresh."),
    "not_answered": later("The model has not answered this item."),
    "then": later("then {name} {share}"),
    "version_title": later("The model version that gave this answer"),
    "sureness_unknown": later("how sure is not known"),
    # why the model says so
    "why": later("Why"),
    "by_words": later("{name} is known by its words alone"),
    "speaks_for": later("Speaks for {name}: {words}"),
    "speaks_against": later("against it: {words}"),
    "decided_before": later("Decided like this before: {classes}"),
    "class_times": later("{name} ×{count}"),
    "decided_items": later("Items decided like this before"),
    "decided_by_person": later("by a person"),
    "decided_by_import": later("imported label"),
    "image_of_decided": later("Image of {item}"),
    "spoken_item": later("Item {name}. {reason}."),
    "spoken_guess": later("The model says {name}, {share}."),
    "item_to_review": later("Item to review"),
    "fields_of_item": later("Fields of the item"),
    # answering
    "answer": later("Answer"),
    "used_before": later("used before"),
    "models_answer": later("{name}, the model's answer"),
    "models_second_answer": later("{name}, the model's second answer"),
    "retired_class": later("a retired class"),
    "classes": later("Classes"),
    "find_class": later("Find a class"),
    "type_to_find": later("Type to find a class ({count})"),
    "no_such_class": later("No class of that name. Try a part of it, or press Esc."),
    "comment_label": later("Comment, saved with your answer"),
    "comment_hint": later("Esc goes back to the item. The text stays."),
    "guidelines_heading": later("Guide and class guidelines"),
    "no_guideline": later("No guideline yet."),
    # actions
    "undo": later("Undo"),
    "back": later("Back"),
    "skip": later("Skip"),
    "next": later("Next"),
    "cannotTell": later("Can't tell"),
    "zoom": later("Zoom"),
    "comment": later("Comment"),
    "guidelines": later("Guidelines"),
    "help": later("Keys"),
    "close": later("Close"),
    "dismiss": later("Dismiss"),
    "try_now": later("Try now"),
    "show_again": later("Show them again"),
    "undo_last": later("Undo the last one"),
    # what was said
    "you_answered": later("You answered {name}."),
    "you_skipped": later("You skipped this item."),
    "you_could_not_tell": later("You answered “Can't tell”."),
    "looking": later("Undo changes it, → goes on."),
    "taken_back": later("That is taken back: answer again."),
    "kind_label": later("decision"),
    "kind_skip": later("skip"),
    "kind_cannot_tell": later("“Can't tell”"),
    "kind_undo": later("undo"),
    "heading_surplus": later("Somebody had answered already"),
    "heading_refused": later("Not saved"),
    "heading_released": later("Back in the queue"),
    "released": later(
        "It no longer waits for you: its time ran out, or it was settled elsewhere. You decided nothing on it."
    ),
    "need_a_look": later("Answers that need a look"),
    # how it stands
    "review_desk": later("Review desk"),
    "loading": later("Loading"),
    "counts": later("{decided} decided today · {waiting} waiting"),
    "saved": later("All saved"),
    "saving_one": later("Saving…"),
    "saving": later("Saving {count}…"),
    "refused_by_server": later("The server refused."),
    "unreachable": later("Can't reach the server."),
    "trying_again": later("Trying again."),
    "no_more_here": later("No more items here"),
    "keys_off": later("Keys are off. Click the card to use them."),
    # keys
    "key_suggestion": later("Answer with a suggestion"),
    "key_class": later("Answer with a class"),
    "key_any_letter": later("any letter or /"),
    "key_find": later("Find a class by its name"),
    "key_confirm": later("Confirm the model's answer"),
    "key_skip": later("Skip; it comes back when you ask for it"),
    "key_s_or": later("S or →"),
    "key_undo": later("Undo, several times"),
    "key_u_or": later("U or Backspace"),
    "key_shift_u_or": later("Backspace or Shift U"),
    "key_back": later("Look back at earlier items"),
    "key_comment": later("Write a comment"),
    "key_guidelines": later("Show or hide the guidelines"),
    "key_scroll": later("Scroll a long item"),
    "key_scroll_names": later("↑ ↓ Space"),
    "key_zoom": later("See an image larger, then in full size"),
    "key_why": later("Show or hide the items decided like this before"),
    "key_help": later("These keys"),
}
_COUNTED = {
    "identical_title": plural_later(
        "{count} more item with the same content; your answer counts for all",
        "{count} more items with the same content; your answer counts for all",
    ),
    "kept": plural_later(
        "{count} decision is kept in this browser and will be sent.",
        "{count} decisions are kept in this browser and will be sent.",
    ),
    "not_kept": plural_later(
        "{count} decision is not saved: keep this tab open.", "{count} decisions are not saved: keep this tab open."
    ),
}


def read_words() -> dict[str, Any]:
    """The deck's words: ``words`` by name, ``counted`` by name and CLDR plural category, and how numbers are written.

    Returns
    -------
    dict
        ``language`` and ``locale`` are BCP 47 tags; ``percent`` is the pattern of a whole percentage, its number
        ``{number}``.
    """
    language = babel_locale(current_language())
    samples = _sample_counts(str(language))
    return {
        "language": _tag(language),
        "locale": _tag(babel_locale(current_reader().locale)),
        "percent": percent_number(0.07).replace("7", "{number}"),
        "words": {name: translated(message) for name, message in _WORDS.items()},
        "counted": {name: _forms(one, many, samples) for name, (one, many) in _COUNTED.items()},
    }


def _forms(one: str, many: str, samples: Mapping[str, int]) -> dict[str, str]:
    return {category: counted(one, many, count) for category, count in samples.items()}


@lru_cache(maxsize=64)
def _sample_counts(language: str) -> dict[str, int]:
    """The smallest count of each plural category of a language."""
    rule = babel_locale(language).plural_form
    return {str(rule(count)): count for count in reversed(range(_COUNTS_TRIED))}


def _tag(locale: Locale) -> str:
    return str(locale).replace("_", "-")
