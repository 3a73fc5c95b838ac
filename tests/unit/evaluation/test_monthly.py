"""Performance by month of follow-up, against the month's usual share of events."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.evaluation.monthly import compute_follow_up_performance, name_follow_up_months

RNG = np.random.default_rng(8)
N = 20_000
P = RNG.beta(2, 8, N)


def _frame(shares: np.ndarray) -> pd.DataFrame:
    event = RNG.random(N) < P
    month = RNG.choice(len(shares), N, p=shares)
    days = np.where(event, month * 365.25 / 12 + 10, np.nan)
    return pd.DataFrame(
        {"person_id": np.arange(N), "observed": event.astype(float), "predicted": P, "weight": 1.0, "event_days": days}
    )


def test_the_first_day_of_a_year_is_in_its_first_month_and_the_last_in_its_twelfth() -> None:
    assert name_follow_up_months([0, 364.9, np.nan])[:2].tolist() == [1.0, 12.0]


def test_months_with_their_usual_share_have_an_ratio_of_one() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    table = compute_follow_up_performance(_frame(shares), shares, n_bootstrap=100)
    assert table["events"].sum() == pytest.approx(P.sum(), rel=0.05)
    assert ((table["low"] < 1.03) & (table["high"] > 0.97)).all()
    # P follows a beta law of 2 and 8: its AUROC is far from chance in every month.
    assert (table["auroc"] > 0.65).all()


def test_events_that_come_early_show_in_the_month_not_in_the_total() -> None:
    table = compute_follow_up_performance(_frame(np.array([0.6, 0.4])), [0.5, 0.5], n_bootstrap=100)
    # .6 / .5 = 1.2 in the first month, .4 / .5 = .8 in the second
    assert table["oe_ratio"].tolist() == pytest.approx([1.2, 0.8], abs=0.05)
    assert table["low"].iloc[0] > 1 > table["high"].iloc[1]


def test_a_month_of_a_few_events_is_withheld() -> None:
    frame = _frame(np.array([1.0, 0.0]))
    frame.loc[frame.index[frame["observed"] > 0][:5], "event_days"] = 40.0
    table = compute_follow_up_performance(frame, [0.9, 0.1], n_bootstrap=0)
    assert np.isnan(table["events"].iloc[1])
    assert np.isnan(table["oe_ratio"].iloc[1])
