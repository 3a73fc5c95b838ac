"""Bounds: what the contract takes for plausible of an analyte, in each unit in which its values may come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.measures import MEASURES

if TYPE_CHECKING:
    import duckdb


def load_bounds(engine: duckdb.DuckDBPyConnection) -> None:
    """Give an adapter's connection the bounds of each analyte, so that it can set aside what reading would refuse.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the table ``bound``: `analyte`, `unit`, `slope` and `shift` (a value times `slope` plus
        `shift` is in the analyte's own unit), `lowest` and `highest` (inclusive, in the analyte's own unit).

    Examples
    --------
    >>> from riskkit.data.engine import open_engine
    >>> with open_engine() as engine:
    ...     load_bounds(engine)
    ...     engine.execute("SELECT slope, shift FROM bound WHERE unit = 'mg/dL' AND analyte = 'glucose'").fetchall()
    [(1.0, 0.0)]
    """
    rows = [
        (measure.analyte, unit, slope, shift, float(measure.minimum), float(measure.maximum))
        for measure in MEASURES.values()
        for unit, slope, shift in (
            (measure.unit, 1.0, 0.0),
            *((other.unit, other.factor, other.offset) for other in measure.others),
        )
    ]
    names = ["analyte", "unit", "slope", "shift", "lowest", "highest"]
    engine.register("bound_rows", pd.DataFrame(rows, columns=names))
    engine.execute("CREATE TEMP TABLE bound AS SELECT * FROM bound_rows")
    engine.unregister("bound_rows")
