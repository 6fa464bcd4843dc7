"""How a file is read, shown and open to correction: encoding, delimiter, header, sheet, numbers and dates."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

import streamlit as st

from hitl.adapters.readers import ManyFiles, Reading, ReadOptions
from hitl.adapters.readers.date_styles import DateStyle
from hitl.adapters.readers.number_styles import NumberStyle
from hitl.domain.errors import HitlError
from hitl.domain.language import Words, _, current_language, later
from hitl.views.imports import FilePreview, read_preview
from hitl.views.reading import DELIMITER_NAMES, ENCODING_NAMES, reading_text
from hitl.views.wording import plain

NUMBER_NAMES = Words(
    {
        NumberStyle.PLAIN: later("As they are"),
        NumberStyle.COMMA: later("Decimal comma: 1.234,56"),
        NumberStyle.POINT: later("Decimal point: 1,234.56"),
    }
)
_QUOTE_NAMES = Words({'"': later('Double  "'), "'": later("Single  '")})
_HEADER_NAMES = Words({True: later("The columns' names"), False: later("The first item")})
_CHOICES = ("encoding", "delimiter", "quote", "has_header", "sheet", "member")


def chosen_options(key: str) -> ReadOptions:
    """What a person has chosen for the file of that key; nothing before the first drawing."""
    chosen = st.session_state.get(_store_key(key), {})
    return ReadOptions(**{name: chosen[name] for name in _CHOICES if name in chosen})


def chosen_numbers(key: str) -> dict[str, NumberStyle]:
    """How a person has said that the numbers of columns are written."""
    return dict(st.session_state.get(f"{_store_key(key)}_numbers", {}))


def chosen_dates(key: str) -> dict[str, DateStyle]:
    """What a person has said comes first in the dates of columns."""
    return dict(st.session_state.get(f"{_store_key(key)}_dates", {}))


def draw_preview(upload: BinaryIO, *, name: str, key: str) -> FilePreview | None:
    """Draw how an upload is read and what may be corrected; the preview, or None while it can't be read so."""
    options = chosen_options(key)
    try:
        with st.spinner(_("Reading the file …")):
            preview = _read(upload, name, key, options, chosen_numbers(key), chosen_dates(key), current_language())
    except ManyFiles as error:
        st.info(plain(error), icon=":material/folder_zip:")
        _draw_choice("member", _("File inside the zip"), error.members, None, key=key)
        return None
    except HitlError as error:
        st.error(plain(error), icon=":material/error:")
        if options != ReadOptions():
            draw_corrections(_("How the file is read"), options, key=key)
        return None
    draw_reading(preview.reading, key=key)
    return preview


@st.cache_data(max_entries=4, show_spinner=False)
def _read(
    _upload: BinaryIO,
    name: str,
    key: str,  # noqa: ARG001  what the cache knows the upload by
    options: ReadOptions,
    numbers: Mapping[str, NumberStyle],
    dates: Mapping[str, DateStyle],
    language: str,  # noqa: ARG001  the notes on it are in the reader's
) -> FilePreview:
    """The preview of an upload; its key stands for its bytes."""
    return read_preview(_upload, name=name, options=options, numbers=numbers, dates=dates)


def draw_reading(reading: Reading, *, key: str) -> None:
    """Draw how the file is read, with what may be corrected."""
    options = reading.options
    if len(reading.members) > 1:
        _draw_choice("member", _("File inside the zip"), reading.members, options.member, key=key)
    if len(reading.sheets) > 1:
        _draw_choice("sheet", _("Sheet"), reading.sheets, options.sheet, key=key)
    draw_corrections(reading_text(reading), options, key=key)
    for note in reading.notes:
        st.caption(plain(note))


def draw_corrections(title: str, options: ReadOptions, *, key: str) -> None:
    """Draw what can be said about a text file's form, and whether its first row names the columns."""
    shown = [name for name in ("encoding", "delimiter", "quote", "has_header") if getattr(options, name) is not None]
    if not shown:
        st.caption(plain(title))
        return
    with st.expander(plain(title), icon=":material/tune:", key=f"reading_{key}"):
        columns = st.columns(len(shown))
        for column, name in zip(columns, shown, strict=True):
            with column:
                _draw_correction(name, getattr(options, name), key=key)


def draw_styles(preview: FilePreview, *, key: str) -> None:
    """Draw the columns whose numbers or dates can be read in more ways than one, to be corrected."""
    draw_numbers(preview, key=key)
    draw_dates(preview, key=key)


def draw_numbers(preview: FilePreview, *, key: str) -> None:
    """Draw the columns whose numbers are not written plainly, to be corrected."""
    chosen = chosen_numbers(key)
    told = [one for one in preview.columns if one.numbers is not NumberStyle.PLAIN or one.name in chosen]
    if not told:
        return
    with st.expander(
        _("How numbers are written"), icon=":material/pin:", expanded=any(not one.numbers for one in told)
    ):
        for one in told:
            st.selectbox(
                plain(
                    _("{name}, such as {number_example}").format(
                        name=one.name, number_example=one.number_example or one.example
                    )
                ),
                list(NUMBER_NAMES),
                index=list(NUMBER_NAMES).index(one.numbers or NumberStyle.PLAIN),
                format_func=lambda style: NUMBER_NAMES[style],
                key=f"numbers_{key}_{one.name}",
                on_change=_keep_style,
                args=(key, one.name, "numbers"),
            )


def draw_dates(preview: FilePreview, *, key: str) -> None:
    """Draw the columns whose dates have the day or the month first, to be corrected."""
    told = [one for one in preview.columns if one.date_example]
    if not told:
        return
    names = {
        DateStyle.PLAIN: _("As they are"),
        DateStyle.DAY_FIRST: _("Day first: 31/12/2024"),
        DateStyle.MONTH_FIRST: _("Month first: 12/31/2024"),
    }
    is_open = any(one.dates is None for one in told)
    with st.expander(_("How dates are written"), icon=":material/calendar_month:", expanded=is_open):
        for one in told:
            st.selectbox(
                plain(_("{column}, such as {example}").format(column=one.name, example=one.date_example)),
                list(names),
                index=list(names).index(one.dates or DateStyle.PLAIN),
                format_func=lambda style: names[style],
                key=f"dates_{key}_{one.name}",
                on_change=_keep_style,
                args=(key, one.name, "dates"),
            )


def _draw_correction(name: str, value: object, *, key: str) -> None:
    titles = {
        "encoding": _("Encoding"),
        "delimiter": _("Between cells"),
        "quote": _("Quotes"),
        "has_header": _("The first row holds"),
    }
    names: Mapping[object, str] = {
        "encoding": ENCODING_NAMES,
        "delimiter": DELIMITER_NAMES,
        "quote": _QUOTE_NAMES,
        "has_header": _HEADER_NAMES,
    }[name]  # type: ignore[assignment]  # keys are str or bool
    _draw_choice(name, titles[name], list(dict.fromkeys([*names, value])), value, key=key, names=names)


def _draw_choice(
    name: str,
    title: str,
    choices: Sequence[object],
    value: object,
    *,
    key: str,
    names: Mapping[object, str] | None = None,
) -> None:
    st.selectbox(
        title,
        choices,
        index=choices.index(value) if value in choices else None,
        format_func=lambda one: (names or {}).get(one, str(one)),
        key=f"{name}_{key}",
        on_change=_keep_choice,
        args=(key, name),
        accept_new_options=name == "encoding",
    )


def _keep_choice(key: str, name: str) -> None:
    st.session_state.setdefault(_store_key(key), {})[name] = st.session_state[f"{name}_{key}"]


def _keep_style(key: str, column: str, kind: str) -> None:
    st.session_state.setdefault(f"{_store_key(key)}_{kind}", {})[column] = st.session_state[f"{kind}_{key}_{column}"]


def _store_key(key: str) -> str:
    return f"read_options_{key}"
