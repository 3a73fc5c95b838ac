"""Observed against expected by group of members, with small groups kept silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.intervals import bootstrap_sums, compute_percentiles, divide
from riskkit.evaluation.sample import FloatArray, ScoredSample, check_values

SMALLEST_REPORTED_GROUP = 11
NEEDED = ("person_id", "observed", "predicted")
FIGURES = ("weight", "observed", "expected", "oe_ratio", "low", "high", "predictive_ratio", "net_compensation")


def compute_group_metrics(
    frame: pd.DataFrame,
    by: Sequence[str],
    *,
    min_persons: int = SMALLEST_REPORTED_GROUP,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute observed, expected and their ratio for every value of every grouping column.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        `person_id`, `observed`, `predicted`, the columns of `by`, and `weight` (1 where absent). Observed and
        predicted are 0/1 and probabilities, or currency per member year.
    by : sequence of str
        Grouping columns, each reported on its own; a missing value is the group ``"missing"``.
    min_persons : int, default 11
        A group with fewer persons is listed with its figures missing and `suppressed` set.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed; 0 leaves the intervals missing.

    Returns
    -------
    pandas.DataFrame of shape (n_groups, 12)
        `grouping`, `group`, `n_persons`, `weight`, `observed`, `expected` (weighted means), `oe_ratio` with its 95%
        interval `low`, `high`, `predictive_ratio` (expected / observed), `net_compensation` (expected - observed a
        member year) and `suppressed`; sorted by grouping as given, then by group.

    Raises
    ------
    DataContractError
        If a column is absent or a value is not usable.

    References
    ----------
    .. [1] van Kleef R. C., McGuire T. G., van Vliet R. C., van de Ven W. P. (2017). European Journal of Health
       Economics 18. doi:10.1007/s10198-016-0862-z

    Examples
    --------
    >>> frame = pd.DataFrame({"person_id": list("abcd"), "sex": ["F", "F", "M", "M"],
    ...                       "observed": [1.0, 0, 1, 1], "predicted": [0.4, 0.4, 0.5, 0.5]})
    >>> compute_group_metrics(frame, ["sex"], min_persons=1, n_bootstrap=0)[["group", "observed", "oe_ratio"]]
      group  observed  oe_ratio
    0     F       0.5      1.25
    1     M       1.0      2.00
    """
    _check_columns(frame, [*NEEDED, *by])
    weight = frame["weight"] if "weight" in frame else None
    y, f, w = check_values(frame["observed"], frame["predicted"], weight)
    persons, uniques = pd.factorize(frame["person_id"], sort=True)
    sample = ScoredSample(y, f, w, persons, len(uniques), np.arange(len(y)))
    tables = [
        _compute_grouping(sample, frame[name], name=name, n_bootstrap=n_bootstrap, seed=seed).assign(grouping=name)
        for name in by
    ]
    return _suppress(pd.concat(tables, ignore_index=True), min_persons)


def _check_columns(frame: pd.DataFrame, needed: Sequence[str]) -> None:
    absent = [name for name in needed if name not in frame]
    if absent:
        message = (
            f"evaluation: the frame of predictions has no column {', '.join(absent)}; found "
            f"{', '.join(map(str, frame))}. Join the cohort's context columns and the labels to the predictions first."
        )
        raise DataContractError(message)


def _compute_grouping(
    sample: ScoredSample, values: pd.Series[str], *, name: str, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    labels = values.astype("str").where(values.notna(), "missing").to_numpy(dtype=object)
    names, codes = np.unique(labels.astype(str), return_inverse=True)
    member = np.eye(len(names))[codes] * sample.weight[:, None]
    columns = np.concatenate([member, member * sample.predicted[:, None], member * sample.observed[:, None]], axis=1)
    replicates = bootstrap_sums(columns, sample.persons, sample.n_persons, n_bootstrap=n_bootstrap, seed=seed)
    n_persons = [len(np.unique(sample.persons[codes == code])) for code in range(len(names))]
    table = pd.DataFrame({"grouping": name, "group": names, "n_persons": n_persons})
    return _add_figures(table, columns.sum(axis=0).reshape(3, -1), replicates.reshape(-1, 3, len(names)))


def _add_figures(table: pd.DataFrame, sums: FloatArray, replicates: FloatArray) -> pd.DataFrame:
    total, expected, observed = sums
    low, high = compute_percentiles(divide(replicates[:, 2], replicates[:, 1]))
    return table.assign(
        weight=total,
        observed=divide(observed, total),
        expected=divide(expected, total),
        oe_ratio=divide(observed, expected),
        low=low,
        high=high,
        predictive_ratio=divide(expected, observed),
        net_compensation=divide(expected - observed, total),
    )


def _suppress(table: pd.DataFrame, min_persons: int) -> pd.DataFrame:
    small = table["n_persons"] < min_persons
    figures = table[list(FIGURES)].mask(small)
    return table.assign(**{name: figures[name] for name in FIGURES}, suppressed=small)
