"""The model inputs of items: learned fields only, each with one type."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from hitl.domain.fields import Field, Role, embedding_size, learned_fields
from hitl.ml.image_features import FEATURE_COUNT

MISSING_CATEGORY = "(missing)"
LARGEST_NUMBER = 1e100  # the square of anything larger overflows float64 when columns are scaled


def prepare_inputs(rows: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    """One column a learned field, ready for every estimator.

    Parameters
    ----------
    rows : DataFrame, shape (n_items, any)
        Raw values, of any type; of an image its features, shape (FEATURE_COUNT,), of an embedding its numbers, shape
        (`embedding_size`,), or anything else where they are missing.
        A learned field without a column counts as missing in every row.
    fields : sequence of Field
        Fields of other roles are left out.

    Returns
    -------
    DataFrame, shape (n_items, n_columns), columns as in `input_columns`
        Text as str ("" where missing), number as float64 (NaN where missing, unparsable, infinite or beyond ±1e100),
        category as str (`MISSING_CATEGORY` where missing or blank), an image as `FEATURE_COUNT` columns of float64
        (zeros where missing), an embedding as `embedding_size` columns of float32 (zeros where missing). Rows keep
        their order under a fresh index.

    Examples
    --------
    >>> rows = pd.DataFrame({"note": ["late", None], "price": ["2.50", "n/a"], "plan": [None, "gold"]})
    >>> fields = [Field("note", Role.TEXT), Field("price", Role.NUMBER), Field("plan", Role.CATEGORY)]
    >>> prepare_inputs(rows, fields).values.tolist()
    [['late', 2.5, '(missing)'], ['', nan, 'gold']]
    """
    learned = learned_fields(fields)
    columns = {
        field.name: _CONVERTERS[field.role](_column(rows, field.name)) for field in learned if field.role in _CONVERTERS
    }
    plain = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
    blocks = [_block(_column(rows, field.name), field) for field in learned if field.role not in _CONVERTERS]
    return pd.concat([plain, *blocks], axis=1)[input_columns(learned)] if blocks else plain


def input_columns(fields: Sequence[Field]) -> list[str]:
    """The columns that learned fields have among the inputs, in order: one each, of an image or an embedding many.

    Examples
    --------
    >>> len(input_columns([Field("photo", Role.IMAGE), Field("age", Role.NUMBER)])) == FEATURE_COUNT + 1
    True
    """
    return [
        column
        for field in learned_fields(fields)
        for column in ([field.name] if field.role in _CONVERTERS else block_columns(field))
    ]


def block_columns(field: Field) -> list[str]:
    """The columns of an image or embedding field: its name and a number, parted by a character that no header has.

    Raises
    ------
    NotFound
        The encoder of an embedding field is not known.
    """
    count = FEATURE_COUNT if field.role is Role.IMAGE else embedding_size(field)
    return [f"{field.name}\x1f{number:03}" for number in range(count)]


def columns_of(fields: Sequence[Field], role: Role) -> list[str]:
    """The columns of all image or embedding fields, in order."""
    return [column for field in fields if field.role is role for column in block_columns(field)]


def learnable_fields(inputs: pd.DataFrame, fields: Sequence[Field]) -> tuple[Field, ...]:
    """The learned fields that hold a value in at least one row; an empty column teaches nothing.

    Parameters
    ----------
    inputs : DataFrame, shape (n_items, n_columns)
        From `prepare_inputs`.
    fields : sequence of Field

    Examples
    --------
    >>> fields = [Field("note", Role.TEXT), Field("price", Role.NUMBER)]
    >>> learnable_fields(pd.DataFrame({"note": ["", " "], "price": [1.0, np.nan]}), fields)
    (Field(name='price', role=<Role.NUMBER: 'number'>),)
    """
    return tuple(field for field in learned_fields(fields) if _is_filled(inputs, field))


def names_of(fields: Sequence[Field], role: Role) -> list[str]:
    """Names of the fields with that role, in order.

    Examples
    --------
    >>> names_of([Field("a", Role.TEXT), Field("b", Role.NUMBER), Field("c", Role.TEXT)], Role.TEXT)
    ['a', 'c']
    """
    return [field.name for field in fields if field.role is role]


def _column(rows: pd.DataFrame, name: str) -> list[object]:
    return rows[name].tolist() if name in rows else [None] * len(rows)


def _is_filled(inputs: pd.DataFrame, field: Field) -> bool:
    if field.role not in _CONVERTERS:
        return bool(inputs[block_columns(field)].to_numpy().any())
    values = inputs[field.name]
    if field.role is Role.TEXT:
        return any(value.strip() for value in values)
    if field.role is Role.NUMBER:
        return bool(values.notna().any())
    return bool((values != MISSING_CATEGORY).any())


def _block(values: list[object], field: Field) -> pd.DataFrame:
    columns = block_columns(field)
    block = np.zeros((len(values), len(columns)), dtype=np.float64 if field.role is Role.IMAGE else np.float32)
    for row, value in enumerate(values):
        if isinstance(value, np.ndarray):
            block[row] = value
    return pd.DataFrame(block, columns=columns)


def _texts(values: list[object]) -> pd.Series:
    return pd.Series(["" if _is_missing(value) else str(value) for value in values], dtype=object)


def _numbers(values: list[object]) -> pd.Series:
    return pd.Series([_number(value) for value in values], dtype=np.float64)


def _categories(values: list[object]) -> pd.Series:
    return pd.Series([_category(value) for value in values], dtype=object)


def _number(value: object) -> float:
    if _is_missing(value):
        return math.nan
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return number if abs(number) <= LARGEST_NUMBER else math.nan


def _category(value: object) -> str:
    if _is_missing(value):
        return MISSING_CATEGORY
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of integers with gaps arrives as floats: 1.0 and "1" are one category
    return str(value).strip() or MISSING_CATEGORY


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


_CONVERTERS: dict[Role, Callable[[list[object]], pd.Series]] = {
    Role.TEXT: _texts,
    Role.NUMBER: _numbers,
    Role.CATEGORY: _categories,
}
