"""Net compensation: what a payment leaves over or lacks by group, with intervals and the scatter inside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.groups import SMALLEST_REPORTED_GROUP
from riskkit.evaluation.intervals import bootstrap_sums, compute_percentiles, divide
from riskkit.evaluation.sample import check_values

NEEDED = ("person_id", "observed", "predicted", "weight")
FIGURES = ("share", "observed", "paid", "net_compensation", "low", "high", "ratio", "residual_sd", "contribution")


def compute_net_compensation(
    frame: pd.DataFrame,
    by: Sequence[str],
    *,
    min_persons: int = SMALLEST_REPORTED_GROUP,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute payment less cost per member year for every value of every grouping column.

    Parameters
    ----------
    frame : pandas.DataFrame
        `person_id`, `observed` (cost) and `predicted` (payment), both currency per member year, `weight` (member
        years), and the columns of `by`; a missing value is the group ``"missing"``.
    by : sequence of str
        Grouping columns, each reported on its own.
    min_persons : int, default 11
        A group with fewer persons is listed with its figures missing and `suppressed` set; where it is the only one of
        its column the next smallest goes too, because the total would give it away.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed.

    Returns
    -------
    pandas.DataFrame
        `grouping`, `group`, `n_persons`, `share` (of member years), `observed`, `paid`, `net_compensation` with its
        95% interval `low`, `high`, `ratio` (paid / observed), `residual_sd` (scatter of payment less cost inside the
        group: equal means still leave something to pick), `contribution` (share x net compensation), `suppressed`.

    Raises
    ------
    DataContractError
        If a column is absent or a value is not usable.

    References
    ----------
    .. [1] van Kleef R. C. et al. (2017). European Journal of Health Economics 18. doi:10.1007/s10198-016-0862-z
    .. [2] Oskam M. et al. (2023). Group-level residual variance, METHODS 6.

    Examples
    --------
    >>> frame = pd.DataFrame({"person_id": list("abcd"), "tier": ["low", "low", "high", "high"], "weight": 1.0,
    ...                       "observed": [100.0, 300, 900, 1100], "predicted": [600.0, 600, 600, 600]})
    >>> table = compute_net_compensation(frame, ["tier"], min_persons=1, n_bootstrap=0)
    >>> table[["group", "net_compensation", "residual_sd"]].values.tolist()
    [['high', -400.0, 100.0], ['low', 400.0, 100.0]]
    """
    missing = [name for name in (*NEEDED, *by) if name not in frame]
    if missing:
        message = f"net compensation: column {missing[0]!r} is missing, expected {', '.join(NEEDED)}. Join it first."
        raise DataContractError(message)
    check_values(frame["observed"], frame["predicted"], frame["weight"])
    tables = [_tabulate(frame, name, n_bootstrap=n_bootstrap, seed=seed) for name in by]
    return pd.concat([_suppress(table, min_persons) for table in tables], ignore_index=True)


def _tabulate(frame: pd.DataFrame, name: str, *, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Compute the figures of one grouping."""
    labels = frame[name].astype("str").where(frame[name].notna(), "missing").to_numpy(dtype=object).astype(str)
    names, codes = np.unique(labels, return_inverse=True)
    persons, uniques = pd.factorize(frame["person_id"], sort=True)
    weight = frame["weight"].to_numpy(dtype=np.float64)
    observed, paid = (frame[column].to_numpy(dtype=np.float64) for column in ("observed", "predicted"))
    member = np.eye(len(names))[codes] * weight[:, None]
    gain = paid - observed
    columns = np.concatenate([member, member * gain[:, None]], axis=1)
    draws = bootstrap_sums(columns, persons, len(uniques), n_bootstrap=n_bootstrap, seed=seed)
    low, high = compute_percentiles(divide(draws[:, len(names) :], draws[:, : len(names)]))
    total = member.sum(axis=0)
    cost, money = divide(observed @ member, total), divide(paid @ member, total)
    centred = (gain - (money - cost)[codes]) ** 2
    persons_in = [len(np.unique(persons[codes == code])) for code in range(len(names))]
    return pd.DataFrame(
        {
            "grouping": name,
            "group": names,
            "n_persons": persons_in,
            "share": total / total.sum(),
            "observed": cost,
            "paid": money,
            "net_compensation": money - cost,
            "low": low,
            "high": high,
            "ratio": divide(money, cost),
            "residual_sd": np.sqrt(divide(centred @ member, total)),
            "contribution": total / total.sum() * (money - cost),
        }
    )


def _suppress(table: pd.DataFrame, min_persons: int) -> pd.DataFrame:
    """Take out groups of few persons, and one more where the others would give a single one away."""
    small = (table["n_persons"] < min_persons).to_numpy(copy=True)
    if small.sum() == 1 and len(table) > 1:
        others = table["n_persons"].where(~small)
        small[int(others.argmin())] = True
    figures = table[["n_persons", *FIGURES]].astype("float64").mask(pd.Series(small, index=table.index), axis=0)
    return table.assign(**{column: figures[column] for column in ("n_persons", *FIGURES)}, suppressed=small)
