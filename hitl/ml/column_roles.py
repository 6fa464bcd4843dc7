"""A first guess at what each column of an import is for, with the reason in plain words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitl.domain.fields import Role
from hitl.domain.language import _, ngettext
from hitl.domain.links import safe_link

if TYPE_CHECKING:
    import pandas as pd

LABEL_NAMES = frozenset(
    {
        "label",
        "labels",
        "class",
        "classes",
        "category",
        "target",
        "intent",
        "topic",
        "sentiment",
        "diagnosis",
        "outcome",
        "churn",
        "truth",
        "gold",
        "y",
    }
)
SURE_LABEL_NAMES = frozenset({"label", "labels"})  # believed even where a sorted file shows one value only
ID_NAME = re.compile(r"(^|[_\W])(id|uuid|guid|key|number|nr|no|index|idx)$|[a-z]Id$|ID$|^id[_\W]", re.IGNORECASE)
MOST_LABELS = 200
MOST_CATEGORIES = 50
LABEL_SHARE = 0.5  # of distinct values: above it a column called "class" names things, it does not sort them
CATEGORY_SHARE = 0.2
NUMBER_SHARE = 0.95
IMAGE_SHARE = 0.5
UNIQUE_SHARE = 0.99
ANSWERED_SHARE = 0.5  # few values, and most of them still missing: answers are being collected
SURE_SHARE = 0.95
DATE = re.compile(r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}))(?:[ T].{1,20})?")
FEWEST_NUMBERS = 10  # a number with fewer distinct values is more likely a code
ID_LENGTH = 40
TEXT_WORDS = 3.0


@dataclass(frozen=True)
class ProposedRole:
    """A column, the role it seems to have, and why, as a sentence for the person who decides."""

    name: str
    role: Role
    reason: str


@dataclass(frozen=True)
class _Column:
    name: str
    n_rows: int
    n_filled: int
    n_distinct: int
    mean_words: float
    mean_length: float
    number_share: float
    date_share: float
    link_share: float
    has_spaces: bool

    @property
    def distinct_share(self) -> float:
        """Distinct values a filled value, [0, 1]."""
        return self.n_distinct / max(self.n_filled, 1)


def propose_roles(sample: "pd.DataFrame", *, image_shares: Mapping[str, float] | None = None) -> list[ProposedRole]:
    """A role for each column, in order; at most one column is the label, and one the id.

    Parameters
    ----------
    sample : DataFrame of str, shape (n_rows, n_columns)
        Raw values of some hundred rows or more; "" and missing values count as empty.
    image_shares : mapping of column to share, (0, 1], optional
        How many of a column's filled values name an image that the file brings.

    Examples
    --------
    >>> import pandas as pd
    >>> sample = pd.DataFrame({"text": [f"card {number} was declined" for number in range(60)],
    ...                        "label": ["card", "payment", "payment"] * 20})
    >>> [(one.name, str(one.role)) for one in propose_roles(sample)]
    [('text', 'text'), ('label', 'label')]
    """
    images = {name: share for name, share in (image_shares or {}).items() if share >= IMAGE_SHARE}
    columns = [_describe(str(name), sample[name]) for name in sample.columns]
    label = _likeliest_label([column for column in columns if column.name not in images])
    proposals = [
        _image_proposal(column.name, images[column.name])
        if column.name in images
        else _label_proposal(column)
        if column.name == label
        else _propose(column)
        for column in columns
    ]
    ids = [one for one in proposals if one.role is Role.ID]
    item_id = next((one for one in ids if ID_NAME.search(one.name)), ids[0] if ids else None)
    return [_beside_id(one) if one in ids and one is not item_id else one for one in proposals]


def _image_proposal(name: str, share: float) -> ProposedRole:
    if share == 1.0:
        return ProposedRole(name, Role.IMAGE, _("Every value is the path of an image in the zip."))
    sentence = _("{share} of the values are paths of images in the zip; the other rows will be left out.")
    return ProposedRole(name, Role.IMAGE, sentence.format(share=f"{share * 100:.0f} %"))


def _beside_id(proposal: ProposedRole) -> ProposedRole:
    return ProposedRole(proposal.name, Role.SHOWN, _("Every value is different, and another column names the items."))


def _describe(name: str, values: "pd.Series") -> _Column:
    import pandas as pd  # noqa: PLC0415  the pages and commands that only name roles need none of it

    filled = [str(value).strip() for value in values if not pd.isna(value) and str(value).strip()]
    count = max(len(filled), 1)
    return _Column(
        name=name,
        n_rows=len(values),
        n_filled=len(filled),
        n_distinct=len(set(filled)),
        mean_words=sum(len(value.split()) for value in filled) / count,
        mean_length=sum(len(value) for value in filled) / count,
        number_share=float(pd.to_numeric(pd.Series(filled, dtype=object), errors="coerce").notna().sum()) / count,
        date_share=sum(bool(DATE.fullmatch(value)) for value in filled) / count,
        link_share=sum(safe_link(value) is not None for value in filled) / count,
        has_spaces=any(" " in value for value in filled),
    )


def _likeliest_label(columns: list[_Column]) -> str | None:
    """A column called just that; else the last whose name and few values say so: files put the answer at the end.

    Else the last of few values that is mostly empty.
    """
    possible = [column for column in columns if 1 <= column.n_distinct <= MOST_LABELS]
    repeating = [column for column in possible if column.n_distinct >= 2 and column.distinct_share <= LABEL_SHARE]
    exact = [column.name for column in possible if column.name.lower() in SURE_LABEL_NAMES]
    named = [column.name for column in repeating if _words_of(column.name) & LABEL_NAMES]
    unfinished = [column.name for column in repeating if _is_unfinished(column)]
    return next(iter(reversed(exact or named or unfinished)), None)


def _is_unfinished(column: _Column) -> bool:
    return column.n_filled <= ANSWERED_SHARE * column.n_rows and column.number_share < NUMBER_SHARE


def _words_of(name: str) -> set[str]:
    return set(re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower().replace("_", " ").replace("-", " ").split())


def _label_proposal(column: _Column) -> ProposedRole:
    values = ngettext("{count} value", "{count} different values", column.n_distinct).format(count=column.n_distinct)
    if _words_of(column.name) & LABEL_NAMES:
        return ProposedRole(
            column.name, Role.LABEL, _("The name says so, and the sample holds {values}.").format(values=values)
        )
    return ProposedRole(
        column.name,
        Role.LABEL,
        _("Mostly empty, and else {values}: answers that people have begun to give.").format(values=values),
    )


def _propose(column: _Column) -> ProposedRole:
    for applies, role, reason in _RULES:
        if applies(column):
            return ProposedRole(column.name, role, reason(column))
    return ProposedRole(column.name, Role.TEXT, _("Many different values that are not numbers."))


def _is_id(column: _Column) -> bool:
    is_unique = column.n_filled > 1 and column.distinct_share >= UNIQUE_SHARE and column.mean_length <= ID_LENGTH
    return is_unique and not column.has_spaces and bool(ID_NAME.search(column.name))


def _is_code(column: _Column) -> bool:
    """Unique, one word each, not numbers, and some enough of them: keys under any name."""
    is_unique = column.n_filled >= FEWEST_NUMBERS and column.distinct_share == 1.0
    return is_unique and not column.has_spaces and column.number_share < NUMBER_SHARE


def _is_number(column: _Column) -> bool:
    return column.number_share >= NUMBER_SHARE and (
        column.n_distinct >= FEWEST_NUMBERS or column.distinct_share > LABEL_SHARE
    )


def _is_category(column: _Column) -> bool:
    is_repeating = column.distinct_share <= CATEGORY_SHARE or column.n_distinct <= FEWEST_NUMBERS < column.n_filled
    return column.n_distinct <= MOST_CATEGORIES and is_repeating


def _is_slice(column: _Column) -> bool:
    """Too many values to learn from, yet they repeat: shops, authors, cities."""
    return column.distinct_share <= CATEGORY_SHARE and column.mean_words < TEXT_WORDS


_RULES: tuple[tuple[Callable[[_Column], bool], Role, Callable[[_Column], str]], ...] = (
    (lambda column: column.n_filled == 0, Role.IGNORE, lambda _column: _("Every value is empty.")),
    (lambda column: column.n_distinct == 1, Role.IGNORE, lambda _column: _("Every row has the same value.")),
    (lambda column: column.link_share >= SURE_SHARE, Role.LINK, lambda _column: _("The values are web addresses.")),
    (lambda column: column.date_share >= SURE_SHARE, Role.SHOWN, lambda _column: _("The values are dates.")),
    (_is_id, Role.ID, lambda _column: _("The name says so, and every value is different.")),
    (
        _is_number,
        Role.NUMBER,
        lambda column: _("{number_share:.0f} % of the values are numbers.").format(
            number_share=column.number_share * 100
        ),
    ),
    (_is_code, Role.ID, lambda _column: _("Every value is different and one word.")),
    (_is_category, Role.CATEGORY, lambda column: _("Only {count} different values.").format(count=column.n_distinct)),
    (
        lambda column: column.mean_words >= TEXT_WORDS,
        Role.TEXT,
        lambda column: _("{mean_words:.0f} words a value on average.").format(mean_words=column.mean_words),
    ),
    (
        _is_slice,
        Role.SLICE,
        lambda column: _("{n_distinct} values that repeat: good for showing numbers apart.").format(
            n_distinct=column.n_distinct
        ),
    ),
)
