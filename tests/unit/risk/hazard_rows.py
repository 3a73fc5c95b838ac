"""Members whose hazards are known, for the tests of hazards: a label function of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import OutcomeSpec

NAMES = ["age_years", "hba1c", "noise"]
QUARTER = 91.25


@dataclass(frozen=True)
class Known:
    """Members with their times and their true risks by horizon."""

    frame: TimeFrame
    true: np.ndarray


def make_times(
    n_rows: int, *, horizons: tuple[int, ...] = (365, 1095), seed: int = 0, prefix: str = "p", censored: bool = True
) -> Known:
    """Make members with constant hazards a quarter: event .02 exp(.6 a + .3 b), death .01 exp(.5 a).

    Both are exponential in time, so that the true risk by H quarters is e / (e + d) x (1 - exp(-(e + d) H)).
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, 3))
    event, death = 0.02 * np.exp(0.6 * x[:, 0] + 0.3 * x[:, 1]), 0.01 * np.exp(0.5 * x[:, 0])
    end = rng.uniform(150, 1.5 * horizons[-1], n_rows) if censored else np.full(n_rows, horizons[-1])
    end = np.minimum(end, horizons[-1])
    to_event, to_death = rng.exponential(QUARTER / event), rng.exponential(QUARTER / death)
    days = np.minimum(np.minimum(to_event, to_death), end)
    cause = np.where(days == end, 0.0, np.where(days == to_event, 1.0, 2.0))
    features = pd.DataFrame(x, columns=NAMES)
    features.insert(0, "person_id", [f"{prefix}{i:05d}" for i in range(n_rows)])
    features.insert(1, "index_date", pd.Timestamp("2015-01-01"))
    total = event + death
    true = np.column_stack([event / total * (1 - np.exp(-total * h / QUARTER)) for h in horizons])
    weights = np.column_stack([weigh_censoring(days, cause > 0, h) for h in horizons])
    return Known(TimeFrame(ModelFrame(features, cause, np.ones(n_rows)), days, weights), true)


def weigh_censoring(days: np.ndarray, ended: np.ndarray, horizon: float) -> np.ndarray:
    """Weight by the inverse Kaplan-Meier chance of being followed, one member after another."""
    left = ~ended & (days < horizon)
    order = np.argsort(days, kind="stable")
    chance, curve = 1.0, {}
    for place, row in enumerate(order):
        curve[row] = chance
        if left[row]:
            chance *= 1 - 1 / (len(order) - place)
    at_end = chance
    weight = [
        0.0 if left[i] else 1 / (curve[i] if ended[i] and days[i] < horizon else at_end) for i in range(len(days))
    ]
    return np.array(weight)


def make_hazard_spec(**blocks: Any) -> OutcomeSpec:
    """Make a specification with small trees; `blocks` replace keys block by block."""
    spec = OutcomeSpec.model_validate(
        {
            "name": "outcome",
            "title": "Outcome",
            "title_zh": "结局",
            "kind": "hazard",
            "policy": "clinical",
            "label": "death",
            "label_options": {"allowed_gap_days": 0},
            "horizon_days": 1095,
            "horizons_days": [365, 1095],
            "features": {"include": ["demography"]},
            "model": {"objective": "hazard", "num_leaves": 5, "n_estimators": 25, "learning_rate": 0.2},
            "tuning": {"trials": 0, "timeout_seconds": 60},
            "calibration": {"methods": ["identity", "sigmoid", "isotonic"]},
            "acceptance": {"reference": "test", "effective": "2024-01-01"},
        }
    )
    return spec.with_overrides(blocks)
