"""Does the model hold in every group: discrimination, O/E and slope by group, with small groups kept silent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.cluster_sums import compute_clustered_metrics
from riskkit.evaluation.groups import SMALLEST_REPORTED_GROUP
from riskkit.evaluation.sample import Kind

NEEDED = ("person_id", "observed", "predicted", "weight")
AGE_BANDS = (0, 18, 45, 55, 65, 75, 85)


def compute_group_performance(
    frame: pd.DataFrame,
    by: Sequence[str],
    *,
    kind: Kind,
    min_persons: int = SMALLEST_REPORTED_GROUP,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the leading figures of a model in every group of every grouping column.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        `person_id`, `observed`, `predicted`, `weight` and the columns of `by`; a missing value is the group
        ``"missing"``.
    by : sequence of str
        Grouping columns, each reported on its own.
    kind : {"binary", "cost"}
        What is predicted.
    min_persons : int, default 11
        A group of fewer persons, or of fewer persons with an event or without one, has its figures withheld.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed.

    Returns
    -------
    pandas.DataFrame
        `grouping`, `group`, `n_persons`, `suppressed`, `metric`, `value`, `low`, `high`; four rows a group, sorted by
        grouping as given, then by group. Of a suppressed group value and interval are missing, and `n_persons` too if
        it is the small number.

    Raises
    ------
    DataContractError
        If a column is absent or a value is not usable.

    Examples
    --------
    >>> frame = pd.DataFrame({"person_id": list("abcd"), "sex": ["F", "F", "M", "M"], "weight": 1.0,
    ...                       "observed": [1.0, 0, 1, 0], "predicted": [0.4, 0.6, 0.5, 0.3]})
    >>> table = compute_group_performance(frame, ["sex"], kind="binary", min_persons=1, n_bootstrap=0)
    >>> table.loc[table["metric"] == "auroc", ["group", "value"]].to_numpy().tolist()
    [['F', 0.0], ['M', 1.0]]
    """
    absent = [name for name in (*NEEDED, *by) if name not in frame]
    if absent:
        message = (
            f"evaluation: the frame of predictions has no column {', '.join(absent)}; found "
            f"{', '.join(map(str, frame))}. Join the cohort's context columns and the labels to the predictions first."
        )
        raise DataContractError(message)
    tables = []
    for name in by:
        labels = frame[name].astype("str").where(frame[name].notna(), "missing")
        for group in sorted(labels.unique()):
            rows = frame[(labels == group).to_numpy()]
            table = _measure(rows, kind, min_persons, n_bootstrap=n_bootstrap, seed=seed)
            tables.append(table.assign(grouping=name, group=group))
    columns = ["grouping", "group", "n_persons", "suppressed", "metric", "value", "low", "high"]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _measure(rows: pd.DataFrame, kind: Kind, min_persons: int, *, n_bootstrap: int, seed: int) -> pd.DataFrame:
    n_persons = rows["person_id"].nunique()
    small = n_persons < min_persons or (kind == "binary" and _smallest_class(rows) < min_persons)
    if rows["weight"].sum() <= 0:
        small = True
    table = compute_clustered_metrics(
        rows["observed"],
        rows["predicted"],
        None if small else rows["weight"],
        rows["person_id"],
        kind=kind,
        n_bootstrap=0 if small else n_bootstrap,
        seed=seed,
    )
    if small:
        table[["value", "low", "high"]] = np.nan
    return table.assign(n_persons=np.nan if n_persons < min_persons else float(n_persons), suppressed=small)


def _smallest_class(rows: pd.DataFrame) -> int:
    """Persons on the rarer side; 0 where one side is empty, which gives nobody away and is judged by the whole."""
    event = rows["observed"] > 0
    counts = [rows.loc[side, "person_id"].nunique() for side in (event, ~event)]
    return max(counts) if min(counts) == 0 else min(counts)


def name_age_bands(age_years: npt.ArrayLike) -> pd.Series[str]:
    """Name the age band of each member, as group reports show it.

    Parameters
    ----------
    age_years : array-like of shape (n_rows,)
        Age at the index date; NaN is ``"missing"``.

    Returns
    -------
    pandas.Series of str
        ``"00-17"``, ``"18-44"``, ..., ``"85+"``.

    Examples
    --------
    >>> name_age_bands([17.9, 18, 90]).tolist()
    ['00-17', '18-44', '85+']
    """
    names = [f"{low:02d}-{high - 1:02d}" for low, high in pairwise(AGE_BANDS)]
    cut = pd.cut(np.asarray(age_years, dtype=np.float64), [*AGE_BANDS, np.inf], right=False, labels=[*names, "85+"])
    return pd.Series(cut).astype("object").fillna("missing").astype("str")
