"""What stands on the Import page before a file is chosen: what a file looks like, and what happens with it."""

import pandas as pd
import streamlit as st

from hitl.domain.language import _


def draw_import_start() -> None:
    """Draw an example of a table, what can be read, and the steps until the items are here."""
    example, steps = st.columns([3, 2], gap="medium")
    with example:
        st.markdown(f"**{_('What a file can look like')}**")
        st.table(pd.DataFrame(_example_rows()), hide_index=True)
        st.caption(
            _(
                "One row an item, one column a property, the names in the first row. An own name for each item "
                "and labels are welcome, and both may be missing. A column can hold texts, numbers, dates or links."
            )
        )
    with steps:
        st.markdown(f"**{_('What happens next')}**")
        st.markdown(
            "\n".join(
                f"{place}. {step}"
                for place, step in enumerate(
                    (
                        _("You see how the file is read, and correct it."),
                        _("You say what each column is for; we propose it."),
                        _("Every row is checked: what is new, changed, or would be left out."),
                        _("You import it. A wrong import can be taken back as a whole."),
                    ),
                    start=1,
                )
            )
        )
        st.caption(_("Images come as a zip: with a table that names their paths, or in folders, one for each class."))


def _example_rows() -> list[dict[str, str]]:
    names = (_("ticket"), _("message"), _("channel"), _("topic"))
    rows = (
        ("T-101", _("My parcel has not arrived yet."), _("mail"), _("delivery")),
        ("T-102", _("I was charged twice for one order."), _("chat"), _("billing")),
        ("T-103", _("How do I change my address?"), _("mail"), ""),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]
