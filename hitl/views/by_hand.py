"""What can be made by hand: which columns a project without a file may have, and how its classes are written."""

from hitl.domain.errors import BadInput
from hitl.domain.fields import Role
from hitl.domain.language import _

MADE_ROLES = (Role.TEXT, Role.NUMBER, Role.CATEGORY, Role.LABEL, Role.ID, Role.SLICE, Role.SHOWN, Role.LINK)
"""A model's answers and images come with files."""

ADDABLE_ROLES = frozenset(MADE_ROLES)


def read_class_lines(text: str) -> dict[str, str]:
    r"""Class name → guideline, one class a line, what follows the first colon says when it applies.

    Raises
    ------
    BadInput
        A line has no name, or a name stands twice.

    >>> read_class_lines("Refund: money back\n\nOther")
    {'Refund': 'money back', 'Other': ''}
    """
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, _colon, guideline = (part.strip() for part in line.partition(":"))
        if not name:
            raise BadInput(_("A class has no name. Write it before the colon."))
        if name in found:
            raise BadInput(_("The class '{name}' stands twice. Remove one of the lines.").format(name=name))
        found[name] = guideline
    return found
