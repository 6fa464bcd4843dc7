"""A text as it is searched: letters that look or mean the same made the same, words of every script parted.

What the index holds was made by this function: changing it needs a migration that fills the index anew.
"""

import json
import re
import unicodedata
from collections.abc import Iterable

from hitl.domain.images import ImageRef

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\ud800-\udfff]"
)
"""Characters without a shape of their own, halves of one, and vowel points, which Hebrew and Arabic leave out."""

_UNPARTED = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that put no blanks between words: Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese, Yi."""

_PIECE = re.compile(r"[\x00-\x7f]*[^\x00-\x7f]{0,500}")
"""What is composed at once: to order a heap of accents takes the square of its height."""

_PICTURE = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2460-\u2bff\U0001f000-\U0001faff]")


def item_text(external_id: str, values: Iterable[object]) -> str:
    """What is searched of an item: its fields that are text, in their order, and its id; of an image its path.

    >>> item_text("t-1", ["Late again", 4.5, None]).split()
    ['Late', 'again', 't-1']
    """
    texts = [image.path if (image := ImageRef.parse(value)) else value for value in values if isinstance(value, str)]
    return searchable("\n".join([*texts, external_id]))


def stored_item_text(external_id: str, fields: str, covers: str | None = None) -> str:
    """The same of an item as it is stored, its fields as JSON; fields that ``covers`` names, JSON as well, left out.

    >>> stored_item_text("t-1", '{"text": "Late", "name": "Ada"}', '{"name": "hidden"}').split()
    ['Late', 't-1']
    """
    hidden = json.loads(covers) if covers else ()
    return item_text(external_id, [value for name, value in json.loads(fields).items() if name not in hidden])


def searchable(text: str) -> str:
    """The text with each character of an unparted script and each picture as a word of its own.

    Characters that cannot be seen are left out, so that nothing hides from a search; a picture becomes a word of
    letters, because the index takes only letters and digits for words.

    >>> searchable("Ångström"), searchable("返金"), searchable("so 😀")
    ('ångström', ' 返  金 ', 'so  u1f600 ')
    """
    if text.isascii():
        return text
    composed = "".join([unicodedata.normalize("NFKC", piece[0]) for piece in _PIECE.finditer(text.casefold())])
    plain = _UNSEEN.sub("", composed)
    return _PICTURE.sub(_as_word, _UNPARTED.sub(r" \g<0> ", plain))


def _as_word(picture: re.Match[str]) -> str:
    return f" u{ord(picture[0]):x} "
