"""Build the features frame: one function for training, for batch scoring and for a single member."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.data.engine import DEFAULT_MEMORY_GB
from riskkit.errors import LeakageError
from riskkit.features.catalogue import Catalogue
from riskkit.features.compile import compile_catalogue
from riskkit.features.demographics import CONTEXT_FEATURES
from riskkit.features.derive import DERIVED
from riskkit.features.engines.duckdb_engine import DuckDBEngine
from riskkit.features.leakage import guard_plans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from riskkit.features.engines.protocol import Engine, Session
    from riskkit.features.plan import Plan

    Progress = Callable[[str, int, int], None]

KEYS = ["person_id", "index_date"]
SPINE = [*KEYS, "as_of_date"]
# An aggregate that counts: nothing seen is zero where the table was delivered, and missing where it was not.
COUNTING = {"any", "count", "sum", "distinct", "points"}
LABEL_COLUMNS = {"observed", "weight", "outcome", "event_days", "exposure_months"}


def build_features(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    chosen: Catalogue,
    *,
    everything: Catalogue,
    code_map: pd.DataFrame,
    memory_gb: float = DEFAULT_MEMORY_GB,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Compute the features of a cohort as they were known at each member's index date.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame: `person_id`, `index_date`, `as_of_date` and the context columns.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    chosen : Catalogue
        Features to compute.
    everything : Catalogue
        The whole catalogue, in which the inputs of derived features are found.
    code_map : pandas.DataFrame
        Columns `code`, `vocabulary`, `code_group` (``list:group``) and `points`: the groups of each code that occurs.
    memory_gb : float, default 4
        Memory limit of DuckDB where no engine is given.
    engine : Engine, optional
        Where the catalogue is answered; DuckDB inside this process where not given.
    progress : callable, optional
        Called with (source, queries done, queries in all).

    Returns
    -------
    pandas.DataFrame of shape (n_members, 2 + n_features)
        `person_id`, `index_date` and one float64 column per feature, sorted by key. A count is 0 where its table was
        delivered without such an event, and missing where the source has no such table.

    Raises
    ------
    LeakageError
        If a feature bears the name of a label column, or a query could read past the window.
    """
    _refuse_labels(chosen)
    needed = _with_inputs(chosen, everything)
    spine = cohort.sort_values(KEYS, ignore_index=True)
    plans = compile_catalogue(needed)
    guard_plans(plans)
    columns = _context(spine)
    chosen_engine = engine or DuckDBEngine(memory_gb)
    with chosen_engine.open(tables, spine[SPINE].rename_axis("row_id").reset_index(), code_map) as session:
        for done, plan in enumerate(plans):
            if progress:
                progress(plan.source, done, len(plans))
            columns |= _run(session, plan, len(spine))
    if progress:
        progress("done", len(plans), len(plans))
    frame = pd.DataFrame(columns, index=spine.index)
    derived = {f.name: DERIVED[f.name].formula(frame) for f in needed.features if f.aggregate == "derived"}
    frame = frame.assign(**derived)[[feature.name for feature in chosen.features]].astype("float64")
    return pd.concat([spine[KEYS], frame], axis=1)


def _refuse_labels(catalogue: Catalogue) -> None:
    taken = LABEL_COLUMNS & {feature.name for feature in catalogue.features}
    if taken:
        message = f"features: {sorted(taken)[0]!r} is a label, not a feature. Remove it from the catalogue."
        raise LeakageError(message)


def _with_inputs(chosen: Catalogue, everything: Catalogue) -> Catalogue:
    """Add what the derived features are computed from."""
    names = {feature.name for feature in chosen.features}
    needed = {name for derived in names & DERIVED.keys() for name in DERIVED[derived].inputs} - names
    return Catalogue((*chosen.features, *(f for f in everything.features if f.name in needed)))


def _context(spine: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    flags = {"sex": "female", "insurance_type": "employee"}
    values = {}
    for feature, column in CONTEXT_FEATURES.items():
        held = spine[column]
        if column in flags:
            held = held.eq(flags[column]).astype("Float64").where(held.notna())
        values[feature] = held.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return {name: np.asarray(column, dtype=np.float64) for name, column in values.items()}


def _run(session: Session, plan: Plan, rows: int) -> dict[str, NDArray[np.float64]]:
    """Run one query and lay its rows out along the spine."""
    names = [feature.name for feature in plan.features]
    if plan.table not in session.delivered:
        return {name: np.full(rows, np.nan) for name in names}
    found = session.answer(plan.query)
    places = found["row_id"].astype(np.int64)
    columns = {}
    for feature in plan.features:
        column = np.full(rows, 0.0 if feature.aggregate in COUNTING else np.nan)
        column[places] = found[feature.name]
        columns[feature.name] = column
    return columns
