"""Person-periods: which intervals a member counts in, how far, and that the hazards come out as they went in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.risk.person_period import Periods, expand_periods, make_edges, make_period_sequence

EDGES = make_edges([365])


def as_frame(rows: Periods) -> pd.DataFrame:
    return pd.DataFrame(vars(rows))


def test_an_event_ends_the_rows_and_counts_whole() -> None:
    rows = as_frame(expand_periods([1, 2], [182, 183], EDGES))
    # day 182 lies in the second quarter (91.25 to 182.5), day 183 in the third
    assert rows["interval"].tolist() == [0, 1, 0, 1, 2]
    assert rows["cause"].tolist() == [0, 1, 0, 0, 2]
    assert (rows["exposure"] == 1).all()


@pytest.mark.parametrize(
    ("days", "intervals", "last_share"), [(0, 0, 1.0), (73, 1, 0.8), (91.25, 1, 1.0), (365, 4, 1.0), (9999, 4, 1.0)]
)
def test_a_member_who_leaves_counts_as_far_as_observed(days: float, intervals: int, last_share: float) -> None:
    rows = expand_periods([0], [days], EDGES)
    assert len(rows.member) == intervals
    assert not rows.cause.any()
    # 73 / 91.25 = .8
    assert (rows.exposure[-1] if intervals else 1.0) == pytest.approx(last_share)


def test_an_event_at_the_horizon_or_later_is_follow_up_without_one() -> None:
    rows = expand_periods([1, 1], [365, 364], EDGES)
    assert rows.cause.tolist() == [0, 0, 0, 0, 0, 0, 0, 1]


def test_every_horizon_ends_an_interval_of_about_a_quarter() -> None:
    for horizons in ([365], [30, 365], [365, 1095, 1825], [100, 1000]):
        edges = make_edges(horizons)
        assert set(horizons) <= set(edges.tolist())
        assert np.diff(edges).max() < 1.5 * 91.25


def test_rows_stand_by_member_then_by_interval() -> None:
    rows = as_frame(expand_periods([0, 1, 0], [400, 100, 200], EDGES))
    assert rows[["member", "interval"]].to_records(index=False).tolist() == sorted(
        rows[["member", "interval"]].to_records(index=False).tolist()
    )


@pytest.mark.parametrize(
    ("cause", "days", "said"), [([3], [10], "cause holds 3"), ([0], [-1], "negative"), ([0], [np.nan], "missing")]
)
def test_a_time_that_cannot_be_is_refused(cause: list[int], days: list[float], said: str) -> None:
    with pytest.raises(DataContractError, match=said):
        expand_periods(cause, days, EDGES)


def test_a_constant_hazard_is_found_whatever_the_day_of_leaving() -> None:
    # Hazard .08 a quarter, uniform over its days; leaving uniform over the year, so that a quarter of all leave within
    # each interval. The weighted share of events must be .08 within three standard errors in every interval, where
    # dropping the broken intervals (events kept) says .08 x .875 / (1 - .25 x .96) = .092 in the first, and more after.
    rng = np.random.default_rng(1)
    n = 400_000
    quarter = rng.geometric(0.08, n) - 1
    event, left = (quarter + rng.random(n)) * 91.25, rng.uniform(0, 365, n)
    days = np.minimum(event, left)
    rows = as_frame(expand_periods((event <= left).astype(int), days, EDGES))
    rows["mass"] = rows["exposure"] * rows["cause"]
    sums = rows.groupby("interval").agg(events=("cause", "sum"), exposure=("exposure", "sum"))
    found = sums["events"] / sums["exposure"]
    error = np.sqrt(0.08 * 0.92 / sums["exposure"])
    assert (np.abs(found - 0.08) < 3 * error + 0.08**2 / 6).all()
    whole = rows[(rows["exposure"] == 1)].groupby("interval")["cause"].mean()
    assert (whole[:3] > 0.085).all()


def test_the_sequence_gives_the_rows_that_were_asked_for() -> None:
    x = np.arange(6.0).reshape(3, 2)
    rows = expand_periods([0, 1, 0], [182.5, 10, 100], EDGES)
    sequence = make_period_sequence(x, rows)
    full = np.column_stack([x[rows.member], rows.interval])
    assert len(sequence) == len(full)
    np.testing.assert_array_equal(sequence[1:4], full[1:4])
    np.testing.assert_array_equal(sequence[2], full[2])
    np.testing.assert_array_equal(sequence[[0, 3]], full[[0, 3]])
