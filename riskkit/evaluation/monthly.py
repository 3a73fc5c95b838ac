"""Performance by month: of follow-up, where the day of the event is known, or of the index date."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.cluster_sums import compute_clustered_metrics
from riskkit.evaluation.groups import SMALLEST_REPORTED_GROUP
from riskkit.evaluation.sample import FloatArray, check_values

DAYS_A_MONTH = 365.25 / 12
COLUMNS = ["month", "members", "events", "auroc", "oe_ratio", "low", "high"]


def name_follow_up_months(event_days: npt.ArrayLike) -> FloatArray:
    """Return the month of follow-up in which an event fell.

    Parameters
    ----------
    event_days : array-like of shape (n_rows,)
        Days from the index date to the event; NaN without an event.

    Returns
    -------
    ndarray of shape (n_rows,)
        1 for the first month; NaN without an event.

    Examples
    --------
    >>> name_follow_up_months([0, 30, 31, 364, float("nan")]).tolist()
    [1.0, 1.0, 2.0, 12.0, nan]
    """
    months: FloatArray = np.floor(np.asarray(event_days, dtype=np.float64) / DAYS_A_MONTH) + 1
    return months


def compute_follow_up_performance(
    frame: pd.DataFrame, reference_shares: npt.ArrayLike, *, n_bootstrap: int = 500, seed: int = 0
) -> pd.DataFrame:
    """Compute discrimination and O/E of the events of each month of follow-up.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        `person_id`, `observed` (0/1), `predicted`, `weight` and `event_days` (NaN without an event).
    reference_shares : array-like of shape (n_months,)
        Part of all events that each month held in the years of training; they sum to 1.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed.

    Returns
    -------
    pandas.DataFrame of shape (n_months, 7)
        `month`, `members` (events of the month and members without any), `events`, `auroc` of these, and `oe_ratio`
        with its 95% interval: events of the month over what the prediction and the month's usual share expect. A month
        of fewer than 11 events, but more than none, has its figures missing.

    Raises
    ------
    DataContractError
        If a value is not usable.

    Examples
    --------
    >>> frame = pd.DataFrame({"person_id": range(40), "observed": [1.0] * 20 + [0.0] * 20, "predicted": 0.5,
    ...                       "weight": 1.0, "event_days": [5.0] * 12 + [40.0] * 8 + [np.nan] * 20})
    >>> table = compute_follow_up_performance(frame, [0.5, 0.5], n_bootstrap=0)  # 12 events over .5 * .5 * 40
    >>> table["oe_ratio"].tolist()
    [1.2, nan]
    """
    y, p, w = check_values(frame["observed"], frame["predicted"], frame["weight"])
    month = np.where(y > 0, name_follow_up_months(frame["event_days"]), 0.0)
    shares = np.asarray(reference_shares, dtype=np.float64)
    persons = frame["person_id"].to_numpy()
    rows = []
    for at, share in enumerate(shares, start=1):
        event = np.where(np.minimum(month, shares.size) == at, 1.0, 0.0)
        rows.append(_measure_month(event, p, w, persons, (at, float(share)), n_bootstrap=n_bootstrap, seed=seed, y=y))
    return pd.DataFrame(rows, columns=COLUMNS)


def _measure_month(
    event: FloatArray,
    p: FloatArray,
    w: FloatArray,
    persons: npt.NDArray[np.object_],
    month: tuple[int, float],
    *,
    y: FloatArray,
    n_bootstrap: int,
    seed: int,
) -> list[float]:
    """One row: O/E over all members, as all are at risk of the month, AUROC against those without any event."""
    at, share = month
    events, open_ = int(event.sum()), (event > 0) | (y == 0)
    if 0 < events < SMALLEST_REPORTED_GROUP or share <= 0:
        return [at, float(open_.sum()), np.nan, np.nan, np.nan, np.nan, np.nan]
    whole = compute_clustered_metrics(event, p * share, w, persons, kind="cost", n_bootstrap=n_bootstrap, seed=seed)
    auroc = np.nan
    if events:
        some = compute_clustered_metrics(event[open_], p[open_], w[open_], kind="binary", n_bootstrap=0)
        auroc = float(some.set_index("metric")["value"]["auroc"])
    ratio, low, high = whole.loc[whole["metric"] == "oe_ratio", ["value", "low", "high"]].to_numpy()[0]
    return [at, float(open_.sum()), float(events), auroc, float(ratio), float(low), float(high)]
