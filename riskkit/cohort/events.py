"""Events: time to an outcome that rules prove, to death, or to a threshold of cost, with death and leaving apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from riskkit.cohort.evidence import find_evidence
from riskkit.cohort.follow_up import (
    KEYS,
    compute_follow_up,
    find_data_end,
    is_enrolled_before,
    make_time_to_event,
)
from riskkit.cohort.spending import sum_by_day
from riskkit.data.engine import open_engine, open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from riskkit.data.outcome_rules import EventRules

    FollowUpEnd = pd.Timestamp | pd.Series[pd.Timestamp] | None

STATES = ("at_risk", "prevalent", "unknown")


def label_time_to_event(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    rules: EventRules,
    code_lists: pd.DataFrame,
    allowed_gap_days: int,
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label the time to the first event that rules prove.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    horizon_days : int
        Length of the outcome window ``[index_date, index_date + horizon_days)``.
    rules : EventRules
        What proves the outcome, and its washout.
    code_lists : pandas.DataFrame
        Prefixes from ``riskkit.data.codes.read_code_lists``.
    allowed_gap_days : int
        Days without enrolment that are forgiven: in the washout in all, in the follow-up one gap at a time.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        First day that no label may look at, for all members or by row; where missing, the day after the last record.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 9)
        In the order of the cohort: the columns of ``follow_up.make_time_to_event``, and `risk_state`: ``at_risk``,
        ``prevalent`` (mentioned in the washout) or ``unknown`` (not enrolled for the whole of it).

    Raises
    ------
    PolicyError
        If a rule names a group that no code list has.

    Notes
    -----
    Of two records that are needed, the event has the first one's date; the second must lie before `follow_up_end` too,
    so that what the data's end has not yet confirmed is no event. One mention in the washout, confirmed or not, takes
    a member out of the risk set, as does too short an enrolment: without a look back nobody is known to be free of
    the outcome. Both kinds keep their rows, with weight 0.
    """
    rows = cohort[KEYS].reset_index(drop=True)
    ends = resolve_ends(rows, tables, follow_up_end)
    follow = compute_follow_up(rows, tables, allowed_gap_days=allowed_gap_days, follow_up_end=ends)
    event, since = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for end, part in _by_end(ends):
        found = find_evidence(tables, rules, code_lists, before=end)
        event[part] = _days_to_nearest(rows.iloc[part], found.events, direction="forward")
        since[part] = _days_to_nearest(rows.iloc[part], found.mentions, direction="backward")
    state = _risk_state(rows, tables, -since <= rules.washout_days, rules.washout_days, allowed_gap_days)
    labels = make_time_to_event(rows, event, follow, horizon_days=horizon_days, risk_set=state.eq("at_risk").to_numpy())
    return labels.assign(risk_state=state)


def label_death(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    allowed_gap_days: int,
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label the time to death as a member; nothing competes with it.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `person` and `enrollment` are read.
    horizon_days : int
        Length of the outcome window.
    allowed_gap_days : int
        Gap between two spans of enrolment that does not end the follow-up.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        As for :func:`label_time_to_event`.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 8)
        As ``follow_up.make_time_to_event``; `cause` is 0 or 1.
    """
    rows = cohort[KEYS].reset_index(drop=True)
    ends = resolve_ends(rows, tables, follow_up_end)
    follow = compute_follow_up(rows, tables, allowed_gap_days=allowed_gap_days, follow_up_end=ends)
    return make_time_to_event(rows, follow["death_days"].to_numpy(), follow, horizon_days=horizon_days)


def label_high_cost(
    cohort: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    *,
    horizon_days: int,
    amount: str,
    threshold_amount: float,
    allowed_gap_days: int,
    settings: Sequence[str] = (),
    follow_up_end: FollowUpEnd = None,
) -> pd.DataFrame:
    """Label the first day on which the cost since the index date exceeds a threshold.

    Parameters
    ----------
    cohort : pandas.DataFrame
        Columns `person_id`, `index_date`.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables; `medical_claim` and `pharmacy_claim` are read.
    horizon_days : int
        Length of the outcome window.
    amount : str
        ``"allowed_amount"`` or ``"paid_amount"``.
    threshold_amount : float
        Currency per member-year; for another horizon than 365 days its share of it.
    allowed_gap_days : int
        Gap between two spans of enrolment that does not end the follow-up.
    settings : sequence of str, default ()
        Settings of `medical_claim` that count; empty for all, drugs included.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        As for :func:`label_time_to_event`.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 8)
        As ``follow_up.make_time_to_event``.

    Notes
    -----
    Nothing is annualised: a month with a stay of 3,000 is no year of 36,000, and a month without cost is no year
    without. Who passes the threshold before leaving has the event; who leaves below it is censored, and those who stay
    stand for them; death below it is an end that was seen. Over a full year the event is a yearly cost above the
    threshold. A correction counts on the day of what it corrects.
    """
    rows = cohort[KEYS].reset_index(drop=True)
    ends = resolve_ends(rows, tables, follow_up_end)
    follow = compute_follow_up(rows, tables, allowed_gap_days=allowed_gap_days, follow_up_end=ends)
    daily = sum_by_day(rows, tables, amount=amount, horizon_days=horizon_days, settings=settings)
    # To the cent: sums of floats may end a hair above a threshold that cents only reach.
    spent = daily.groupby(KEYS)["amount"].cumsum().round(2)
    above = daily[spent > threshold_amount * horizon_days / 365.0]
    first = above.groupby(KEYS, as_index=False)["days"].min()
    event = rows.merge(first, on=KEYS, how="left")["days"].to_numpy(dtype="float64", na_value=np.nan)
    return make_time_to_event(rows, event, follow, horizon_days=horizon_days)


def count_risk_set(labels: pd.DataFrame) -> pd.DataFrame:
    """Count who is at risk of a first event, who has had it, and of whom nothing is known.

    Parameters
    ----------
    labels : pandas.DataFrame
        From :func:`label_time_to_event`.

    Returns
    -------
    pandas.DataFrame
        One row per `index_date`: `members`, `at_risk`, `prevalent`, `unknown`; and of those at risk `events`,
        `deaths` and `censored` before the horizon, these last with weight 0.
    """
    held = labels["risk_set"]
    columns = {state: labels["risk_state"].eq(state) for state in STATES}
    counts = pd.DataFrame(
        {
            "index_date": labels["index_date"],
            "members": True,
            **columns,
            "events": held & labels["cause"].eq(1),
            "deaths": held & labels["cause"].eq(2),
            "censored": held & labels["weight"].eq(0),
        }
    )
    return counts.groupby("index_date", as_index=False).sum().astype(dict.fromkeys(counts.columns[1:], "int64"))


def resolve_ends(
    rows: pd.DataFrame, tables: Mapping[str, Path | pd.DataFrame], follow_up_end: FollowUpEnd
) -> pd.Series[pd.Timestamp]:
    """Say by row which day no label may look at: the one that is given, else the day after the last record.

    Parameters
    ----------
    rows : pandas.DataFrame
        The cohort.
    tables : mapping of str to pathlib.Path or pandas.DataFrame
        Canonical tables.
    follow_up_end : pandas.Timestamp or pandas.Series, optional
        The day, for all members or by row in the order of the cohort.

    Returns
    -------
    pandas.Series of datetime64[us]
        In the order of the cohort; missing where there is no record and no day is given.
    """
    given = follow_up_end.to_numpy() if isinstance(follow_up_end, pd.Series) else follow_up_end
    ends = pd.Series(given, index=range(len(rows)), dtype="datetime64[us]")
    if not ends.isna().any():
        return ends
    last = find_data_end(tables)
    return ends if last is None else ends.fillna(last)


def _by_end(ends: pd.Series[pd.Timestamp]) -> list[tuple[pd.Timestamp | None, NDArray[np.int64]]]:
    """Rows that share the day at which their follow-up ends."""
    open_ended = np.flatnonzero(ends.isna())
    parts: list[tuple[pd.Timestamp | None, NDArray[np.int64]]] = [
        (pd.Timestamp(end), np.flatnonzero(ends.eq(end))) for end in ends.dropna().unique()
    ]
    return [*parts, (None, open_ended)] if len(open_ended) else parts


def _days_to_nearest(
    rows: pd.DataFrame, dates: pd.DataFrame, *, direction: Literal["forward", "backward"]
) -> NDArray[np.float64]:
    """Days to the next date from the index date on, or back to the last one before it; missing without one."""
    order = rows.reset_index(names="place").sort_values("index_date", kind="stable")
    found = pd.merge_asof(
        order,
        dates.sort_values("date", kind="stable"),
        left_on="index_date",
        right_on="date",
        by="person_id",
        direction=direction,
        allow_exact_matches=direction == "forward",
    ).sort_values("place")
    days = (found["date"] - found["index_date"]).dt.days
    return np.asarray(days.to_numpy(dtype="float64", na_value=np.nan))


def _risk_state(
    rows: pd.DataFrame,
    tables: Mapping[str, Path | pd.DataFrame],
    mentioned: NDArray[np.bool_],
    washout_days: int,
    allowed_gap_days: int,
) -> pd.Series[str]:
    if washout_days == 0:
        return pd.Series("at_risk", index=rows.index, dtype="str")
    with open_engine() as engine:
        open_tables(engine, tables)
        spans = engine.execute("FROM enrollment").df().astype({"person_id": "str"})
    spans = spans.astype(dict.fromkeys(("start_date", "end_date"), "datetime64[us]"))
    known = is_enrolled_before(rows, spans, days=washout_days, allowed_gap_days=allowed_gap_days)
    return pd.Series(np.select([mentioned, ~known], ["prevalent", "unknown"], "at_risk"), dtype="str")
