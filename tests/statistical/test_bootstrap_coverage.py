"""Intervals of the person-cluster bootstrap cover the truth about as often as they say."""

from __future__ import annotations

import numpy as np

from riskkit.evaluation.calibration import weighted_oe_ratio
from riskkit.evaluation.discrimination import weighted_auroc
from riskkit.evaluation.intervals import bootstrap_statistics
from riskkit.evaluation.sample import make_sample

STUDIES = 200
# 95% of 200 studies has a standard error of 1.5 points; four of them, and one more for the small samples.
LOWEST_COVERAGE = 0.95 - 0.06 - 0.015


def _study(seed: int, *, by_person: bool) -> tuple[bool, float]:
    """Three years of 150 persons with a person effect; the true O/E is 1."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(150), 3)
    expected = rng.uniform(0.5, 1.5, 150)[person]
    observed = expected * rng.gamma(1, 1, 150)[person] * rng.gamma(5, 0.2, 450)
    sample = make_sample(observed, expected, groups=person if by_person else None, kind="cost")
    row = bootstrap_statistics(sample, {"oe": weighted_oe_ratio}, n_bootstrap=200, seed=seed).iloc[0]
    return bool(row["low"] <= 1 <= row["high"]), float(row["high"] - row["low"])


def test_oe_intervals_cover_the_truth_when_persons_are_drawn() -> None:
    covered = np.mean([_study(seed, by_person=True)[0] for seed in range(STUDIES)])
    assert covered >= LOWEST_COVERAGE


def test_drawing_rows_instead_of_persons_would_be_too_sure() -> None:
    covered = np.mean([_study(seed, by_person=False)[0] for seed in range(STUDIES)])
    # A person's mean has variance 1 + .4 / 3, but (1 + .4) / 3 as if its rows were independent: .64 as wide.
    assert covered < LOWEST_COVERAGE


def test_auroc_intervals_cover_the_area_between_two_normals() -> None:
    # Scores N(0, 1) and N(1, 1): the area is Phi(1 / sqrt 2) = .7602.
    hits = []
    for seed in range(STUDIES):
        rng = np.random.default_rng(seed)
        y = np.repeat([0.0, 1.0], [200, 60])
        score = 1 / (1 + np.exp(-rng.normal(y, 1)))
        sample = make_sample(y, score, kind="binary")
        row = bootstrap_statistics(sample, {"auroc": weighted_auroc}, n_bootstrap=200, seed=seed).iloc[0]
        hits.append(row["low"] <= 0.7602 <= row["high"])
    assert np.mean(hits) >= LOWEST_COVERAGE
