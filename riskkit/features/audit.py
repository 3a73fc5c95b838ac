"""The audit of the two clocks: a sample of members built again from nothing but what each could show by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sqlglot import exp

from riskkit.data.engine import open_engine, open_tables
from riskkit.data.schemas import TABLES
from riskkit.errors import LeakageError
from riskkit.features.build import KEYS, build_features
from riskkit.features.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskkit.data.contract import TableSchema

MEMBERS = 200
TOLERANCE = 1e-9
SHARED_GROUP = "team"
"""Features of a member's team read other members' records, so a sample of members cannot build them again."""


def audit_sample(
    cohort: pd.DataFrame,
    features: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    chosen: Catalogue,
    *,
    everything: Catalogue,
    code_map: pd.DataFrame,
    members: int = MEMBERS,
    seed: int = 0,
) -> int:
    """Build the features of a sample again, from tables cut off at each member's own index date, and compare.

    The records are cut by plain comparisons in pandas, not by the window that the catalogue uses: whatever slipped
    past the window, or was joined to the features afterwards, shows as a difference.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Cohort frame, in the order of `features`.
    features : pandas.DataFrame
        Features frame that is audited.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables, whole.
    chosen, everything : Catalogue
        The features, and the whole catalogue.
    code_map : pandas.DataFrame
        Groups of each code that occurs.
    members : int, default 200
        Most rows of the sample.
    seed : int, default 0
        Seed of the sample.

    Returns
    -------
    int
        Rows compared.

    Raises
    ------
    LeakageError
        If a value differs; it names the feature, the row and both values, and never the member.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(cohort), size=min(members, len(cohort)), replace=False))
    own = Catalogue(tuple(feature for feature in chosen.features if feature.group != SHARED_GROUP))
    # One made-up member per row, so that each keeps an index date and a past of its own.
    label = pd.Series([f"row{row:09d}" for row in rows], dtype="str")
    sample = cohort.iloc[rows].reset_index(drop=True)
    spine = sample[[*KEYS, "as_of_date"]].assign(label=label)
    cut = {name: _cut(TABLES[name], tables[name], spine) for name in TABLES if name in tables}
    again = build_features(sample.assign(person_id=label), cut, own, everything=everything, code_map=code_map)
    names = [feature.name for feature in own.features]
    _compare(features.iloc[rows][names].to_numpy(), again[names].to_numpy(), names, rows)
    return len(rows)


def _cut(schema: TableSchema, held: Path | pd.DataFrame, spine: pd.DataFrame) -> pd.DataFrame:
    """Keep what each row of the sample could show: past events, known by then, with no word on a later day."""
    with open_engine() as engine:
        open_tables(engine, {schema.name: held})
        engine.register("wanted", spine[["person_id"]].drop_duplicates())
        of_sample = exp.In(this=exp.column("person_id"), query=exp.select("person_id").from_("wanted").subquery())
        found = engine.execute(exp.select(exp.Star()).from_(schema.name).where(of_sample).sql("duckdb")).df()
    found = found.astype({"person_id": "str"}).merge(spine, on="person_id")
    if schema.event_date is not None:
        known = schema.available_date or schema.event_date
        past = found[schema.event_date] < found["index_date"]
        found = found[past & (found[known].dt.normalize() <= found["as_of_date"])]
    for column in schema.columns:
        if column.kind == "date" and column.name != schema.available_date:
            later = found[column.name] > found["index_date"]
            found[column.name] = found[column.name].mask(later, found["index_date"])
    if schema.name == "person":
        found = found.drop_duplicates("label")
    return found.assign(person_id=found["label"])[schema.column_names].reset_index(drop=True)


def _compare(built: np.ndarray, again: np.ndarray, names: list[str], rows: np.ndarray) -> None:
    same = np.isclose(built, again, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    if not same.all():
        row, column = np.argwhere(~same)[0]
        differ = int((~same).any(axis=1).sum())
        message = (
            f"feature {names[column]!r}: found {built[row, column]:g} in row {rows[row]}, expected "
            f"{again[row, column]:g} from the records known at its index date ({differ} of {len(rows)} sampled rows "
            "differ). Something later reached the features: take it out before any model is trained."
        )
        raise LeakageError(message)
