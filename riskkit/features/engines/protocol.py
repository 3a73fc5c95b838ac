"""What an engine must do: open a source beside the spine, and answer one query of the compiled catalogue at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray
    from sqlglot import exp

SPINE = "spine"
CODE_GROUP = "code_group"


class Session(Protocol):
    """A source opened by an engine."""

    @property
    def delivered(self) -> frozenset[str]:
        """Names of the canonical tables that the source has."""

    def answer(self, query: exp.Query) -> dict[str, NDArray[np.float64]]:
        """Run one query.

        Parameters
        ----------
        query : sqlglot.expressions.Query
            Query over the canonical tables, ``spine`` and ``code_group``; its columns are numbers.

        Returns
        -------
        dict of str to numpy.ndarray
            float64 values by column, NaN where the query gave none; the rows in any order.
        """


class Engine(Protocol):
    """A place where the compiled catalogue is answered."""

    def open(
        self, tables: Mapping[str, Path | pd.DataFrame], spine: pd.DataFrame, code_map: pd.DataFrame
    ) -> AbstractContextManager[Session]:
        """Open the tables of a source beside the spine and the map of codes.

        Parameters
        ----------
        tables : mapping of str to pathlib.Path or pandas.DataFrame
            Canonical tables; other names are left alone.
        spine : pandas.DataFrame
            `row_id`, `person_id`, `index_date`, `as_of_date`.
        code_map : pandas.DataFrame
            `code`, `vocabulary`, `code_group`, `points`.

        Returns
        -------
        context manager of Session
            The opened source, closed with the block.
        """


def read_numbers(answered: pa.Table) -> dict[str, NDArray[np.float64]]:
    """Return the columns of an answer as float64, NaN where there is no value.

    Parameters
    ----------
    answered : pyarrow.Table
        Numeric columns.

    Returns
    -------
    dict of str to numpy.ndarray
        Values by column.

    Examples
    --------
    >>> import pyarrow as pa
    >>> read_numbers(pa.table({"row_id": [0, 1], "visits": [2, None]}))["visits"].tolist()
    [2.0, nan]
    """
    import numpy as np

    names = answered.column_names
    return {name: np.asarray(answered[name].to_numpy(), dtype=np.float64) for name in names}


def relations(spine: pd.DataFrame, code_map: pd.DataFrame) -> dict[str, pa.Table]:
    """Return the spine and the map of codes with the types that every engine gives them.

    Parameters
    ----------
    spine : pandas.DataFrame
        `row_id`, `person_id`, `index_date`, `as_of_date`.
    code_map : pandas.DataFrame
        `code`, `vocabulary`, `code_group`, `points`.

    Returns
    -------
    dict of str to pyarrow.Table
        ``spine``, whose clocks are calendar days, and ``code_group``.
    """
    import pyarrow as pa

    day, text = pa.date32(), pa.string()
    kinds = {
        SPINE: {"row_id": pa.int64(), "person_id": text, "index_date": day, "as_of_date": day},
        CODE_GROUP: {"code": text, "vocabulary": text, "code_group": text, "points": pa.float64()},
    }
    held = {SPINE: spine, CODE_GROUP: code_map}
    return {
        name: pa.table(
            {column: pa.array(held[name][column], from_pandas=True).cast(kind) for column, kind in columns.items()}
        )
        for name, columns in kinds.items()
    }
