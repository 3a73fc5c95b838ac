"""A later year judged by its inputs: raised where they move, whatever the number of members."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.evaluation.input_drift import compute_input_drift

BAND = (0.95, 1.05)


def _year(n: int, shift: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"lab": rng.normal(shift, 1, n), "age": rng.normal(60, 10, n)})


def _score(frame: pd.DataFrame) -> np.ndarray:
    return 1 / (1 + np.exp(2 - 0.5 * frame["lab"].to_numpy()))


def _judge(n: int, shift: float, **importance: float):
    before, after = _year(n, 0, 1), _year(n, shift, 2)
    weights = importance or {"lab": 0.9, "age": 0.1}
    return compute_input_drift(before, after, _score(before), _score(after), importance=weights, stable=BAND)


@pytest.mark.parametrize("n", [1_000, 100_000])
@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "stable"), (0.4, "watch"), (1.0, "act")])
def test_the_verdict_is_the_same_for_a_thousand_and_for_a_hundred_thousand(n: int, shift: float, verdict: str) -> None:
    # The stability index of a normal shifted by d is about d squared: 0, .16 and 1.
    assert _judge(n, shift).verdict == verdict


def test_two_hundred_members_of_one_population_are_stable() -> None:
    # Ten bins of two samples of 200: 9 * (1 / 200 + 1 / 200) = .09 of the index is noise.
    found = [_judge(200, 0.0).score_shift for _ in range(1)]
    assert max(found) < 0.1


def test_a_feature_that_the_model_hardly_reads_raises_nothing() -> None:
    before = _year(5_000, 0, 1)
    after = _year(5_000, 0, 2).assign(age=lambda frame: frame["age"] + 30)
    found = compute_input_drift(
        before, after, _score(before), _score(after), importance={"lab": 0.97, "age": 0.03}, stable=BAND
    )
    assert found.verdict == "stable"
    assert [row["feature"] for row in found.moved] == ["age"]


def test_features_that_carry_the_model_raise_it_even_if_the_score_stands_still() -> None:
    before = _year(5_000, 0, 1)
    after = before.assign(lab=before["lab"] + 2)
    found = compute_input_drift(
        before, after, _score(before), _score(before), importance={"lab": 0.5, "age": 0.5}, stable=BAND
    )
    assert found.verdict == "act"
    assert found.moved_share == pytest.approx(0.5)
    assert found.mean_ratio == pytest.approx(1)


@pytest.mark.parametrize(("times", "verdict"), [(1.04, "stable"), (1.1, "watch"), (1.3, "act"), (0.75, "act")])
def test_a_mean_prediction_that_leaves_the_band_is_raised(times: float, verdict: str) -> None:
    before = pd.DataFrame({"lab": np.arange(4000.0)})
    score = np.full(4000, 100.0)
    score[:2000] = 1e-6
    after = np.where(score > 1, score * times, score)  # no member changes bin: the index says nothing
    found = compute_input_drift(before, before, score, after, importance={"lab": 1.0}, stable=BAND)
    if times >= 1:
        assert found.score_psi == pytest.approx(0, abs=1e-9)
    assert found.verdict == verdict


def test_the_finding_is_plain_values_and_names_the_features() -> None:
    found = _judge(2_000, 1.0).to_dict()
    assert found["moved"][0]["feature"] == "lab"
    assert "first lab" in found["reason"]
    assert found["score_low"] < found["score_shift"] < found["score_high"]
    cost = compute_input_drift(
        pd.DataFrame({"a": [1.0, 2.0]}),
        pd.DataFrame({"a": [1.0, 2.0]}),
        [0, 0],
        [0, 0],
        importance={"a": 1},
        stable=BAND,
    ).to_dict()
    assert cost["mean_ratio"] is None
