"""Light refits keep whole persons, draw them with replacement, and compare the features that matter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow import explanation_stability
from riskkit.workflow.explanation_stability import Refit, measure_stability

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["strong", "middle", "weak"]


def _frame(n: int = 600) -> ModelFrame:
    rng = np.random.default_rng(0)
    values = pd.DataFrame(rng.normal(size=(n, 3)), columns=NAMES)
    risk = 1 / (1 + np.exp(-(2.0 * values["strong"] + 1.0 * values["middle"] + 0.1 * values["weak"])))
    people = [f"P{number // 2:04d}" for number in range(n)]
    days = np.where(np.arange(n) % 2 == 0, pd.Timestamp("2023-01-01"), pd.Timestamp("2024-01-01"))
    key = pd.DataFrame({"person_id": people, "index_date": pd.to_datetime(days)})
    observed = (rng.random(n) < risk).to_numpy().astype(float)
    return ModelFrame(pd.concat([key, values], axis=1), observed, np.ones(n))


def _refit() -> Refit:
    spec = read_outcome_spec(ROOT / "models" / "outcomes" / "admission.toml")
    return Refit(spec, NAMES, {}, {"n_estimators": 20, "num_leaves": 4, "min_child_samples": 20})


def test_a_strong_signal_is_ranked_alike_by_every_refit() -> None:
    found = measure_stability(_refit(), _frame(), 0)
    assert set(found) == {"seeds", "bootstraps"}
    for figures in found.values():
        assert figures["fits"] == 2
        # Effects of 2, 1 and .1 on standard normal features: no sample of 300 persons turns them round.
        assert figures["spearman"]["lowest"] == 1.0
        assert figures["top3_overlap"]["lowest"] == 1.0


def test_the_limit_keeps_whole_persons(monkeypatch) -> None:
    monkeypatch.setattr(explanation_stability, "MOST_ROWS", 101)
    few = explanation_stability._limit_rows(_frame(), 0)
    # Two rows a person: 50 persons fit into 101 rows.
    assert few.groups.value_counts().tolist() == [2] * 50


def test_a_bootstrap_draws_persons_and_keeps_the_number_of_draws() -> None:
    frame = _frame()
    drawn = explanation_stability._resample(frame, 1)
    # 300 persons are drawn 300 times, each with both rows.
    assert drawn.weight.sum() == 600.0
    by_person = pd.Series(drawn.weight).groupby(drawn.groups.to_numpy()).nunique()
    assert (by_person == 1).all()
    assert 0.55 < len(by_person) / 300 < 0.72
