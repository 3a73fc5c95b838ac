"""Light refits of a hazard rank the features by what moves each horizon's risk, and few events are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow.explanation_stability import Refit
from riskkit.workflow.hazard_stability import _resample, measure_hazard_stability

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["strong", "middle", "weak"]


def make_times(n: int = 900, *, scale: float = 900.0) -> TimeFrame:
    """Two rows a person; the event comes the sooner the higher `strong`, half as much so `middle`, hardly `weak`."""
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.normal(size=(n, 3)), columns=NAMES)
    pace = np.exp(-(1.2 * values["strong"] + 0.6 * values["middle"] + 0.02 * values["weak"])).to_numpy()
    event, death = rng.exponential(scale * pace), rng.exponential(8000.0, n)
    days = np.floor(np.minimum(np.minimum(event, death), 1095.0))
    cause = np.where(days == 1095, 0.0, np.where(event < death, 1.0, 2.0))
    people = [f"P{number // 2:04d}" for number in range(n)]
    day = np.where(np.arange(n) % 2 == 0, pd.Timestamp("2020-01-01"), pd.Timestamp("2021-01-01"))
    key = pd.DataFrame({"person_id": people, "index_date": pd.to_datetime(day)})
    rows = ModelFrame(pd.concat([key, values], axis=1), cause, np.ones(n))
    return TimeFrame(rows, days, np.ones((n, 2)))


def make_refit() -> Refit:
    spec = read_outcome_spec(ROOT / "models" / "outcomes" / "cardiovascular.toml")
    # all three features stand before every tree, so that no seed withholds one
    trees = {
        "n_estimators": 50,
        "learning_rate": 0.1,
        "num_leaves": 4,
        "min_child_samples": 20,
        "feature_fraction": 1.0,
    }
    return Refit(spec, NAMES, {}, trees)


def test_a_strong_signal_is_ranked_alike_at_every_horizon_by_every_refit() -> None:
    found = measure_hazard_stability(make_refit(), make_times(), 0)
    # horizons of one and of three years
    assert len(found) == 2
    for horizon in found:
        assert set(horizon["stability"]) == {"seeds", "bootstraps"}
        for figures in horizon["stability"].values():
            assert figures["fits"] == 2
            # effects of 1.2, .6 and .02 on standard normal features: no sample of 450 persons turns them round
            assert figures["spearman"]["lowest"] == 1.0


def test_few_events_are_not_refitted_and_the_reason_is_said_without_their_number() -> None:
    # on average one event in 900 members of 1,095 days
    found = measure_hazard_stability(make_refit(), make_times(scale=8e6), 0)
    assert found == [{"stability_absent": "fewer than 20 events among the rows of a light refit"}] * 2


def test_a_bootstrap_draws_persons_with_all_their_rows_and_keeps_their_times() -> None:
    frame = make_times()
    drawn = _resample(frame, 1)
    # 450 persons are drawn 450 times, each with both rows
    assert drawn.rows.weight.sum() == 900.0
    by_person = pd.Series(drawn.rows.weight).groupby(drawn.rows.groups.to_numpy())
    assert (by_person.min() == by_person.max()).all()
    assert (by_person.size() == 2).all()
    kept = frame.features["person_id"].isin(set(drawn.features["person_id"])).to_numpy()
    assert drawn.followed_days.tolist() == frame.followed_days[kept].tolist()
