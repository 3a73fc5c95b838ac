"""Stability of a hazard's explanations: light refits of both causes, compared by what moves each horizon's risk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.explain.boosters import explain_matrix
from riskkit.explain.stability import compute_stability
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.hazard import HazardClassifier
from riskkit.risk.hazard_margins import compute_margins
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.hazard_split import attribute_risk
from riskkit.risk.matrix import make_matrix
from riskkit.workflow.explanation_stability import BOOTSTRAPS, SEEDS, choose_rows, draw_persons, lighten

if TYPE_CHECKING:
    from riskkit.risk.hazard_frame import TimeFrame
    from riskkit.workflow.explanation_stability import Refit

FloatArray = npt.NDArray[np.float64]

MOST_ROWS, MOST_TREES, EXPLAINED_ROWS = 4_000, 50, 200
"""A member is a row for each quarter and cause, so that a hazard affords fewer of them than a single outcome."""
LEAST_EVENTS = 20


def measure_hazard_stability(refit: Refit, train: TimeFrame, seed: int) -> list[dict[str, Any]]:
    """Refit a hazard a few times and compare which features move the risk of each horizon.

    The refits are light, as those of other outcomes: at most 4,000 rows of whole persons and 50 trees a cause, compared
    with one another and not with the kept model. What is compared is what is explained, before calibration, which
    keeps the order: the attribution of the horizon's risk to the features, with the event and death together.

    Parameters
    ----------
    refit : Refit
        Outcome, features and settings.
    train : TimeFrame
        Training rows.
    seed : int
        Seed of the kept model.

    Returns
    -------
    list of dict
        One per horizon: `stability` with `seeds` and `bootstraps`, each from `compute_stability`; or
        `stability_absent`, the reason, where the rows hold fewer than 20 events.
    """
    ordered = train.sort()
    frame = ordered.take(choose_rows(ordered.rows.groups, seed, most=MOST_ROWS))
    events = int(((frame.rows.observed == 1) & (frame.rows.weight > 0)).sum())
    horizons = len(refit.spec.horizons_days)
    if events < LEAST_EVENTS:
        reason = f"fewer than {LEAST_EVENTS} events among the rows of a light refit"
        return [{"stability_absent": reason} for _ in range(horizons)]
    drawn = np.unique(np.linspace(0, len(frame.followed_days) - 1, EXPLAINED_ROWS).astype(np.int64))
    shown = frame.take(drawn).features
    reference = _weigh_features(refit, frame, shown, seed)
    seeds = [_weigh_features(refit, frame, shown, seed + number) for number in range(1, SEEDS + 1)]
    samples = [_weigh_features(refit, _resample(frame, seed + number), shown, seed) for number in range(BOOTSTRAPS)]
    return [
        {
            "stability": {
                "seeds": compute_stability(reference[place], [one[place] for one in seeds]),
                "bootstraps": compute_stability(reference[place], [one[place] for one in samples]),
            }
        }
        for place in range(horizons)
    ]


def _resample(frame: TimeFrame, seed: int) -> TimeFrame:
    """Draw persons with replacement: a person drawn twice weighs twice."""
    times = draw_persons(frame.rows.groups, seed)
    weighed = replace(frame, rows=replace(frame.rows, weight=frame.rows.weight * times))
    return weighed.take(np.flatnonzero(times).astype(np.int64))


def _weigh_features(refit: Refit, frame: TimeFrame, shown: pd.DataFrame, seed: int) -> FloatArray:
    """Fit both causes and return the mean size of each feature's part in the risk, by horizon."""
    spec, names = refit.spec, refit.feature_names
    estimator = HazardClassifier(
        lighten(refit, most_trees=MOST_TREES),
        horizons_days=spec.horizons_days,
        monotone_constraints={name: refit.directions.get(name, 0) for name in names} if spec.model.monotone else {},
        num_threads=2,
        random_state=seed,
    )
    matrix = make_matrix(frame.features, names)
    estimator.fit(pd.DataFrame(matrix, columns=names), frame.times, frame.rows.weight)
    margins = compute_margins(estimator.boosters_, make_matrix(shown, names), len(estimator.edges_) - 1, num_threads=2)
    model = HazardModel(
        spec=spec,
        feature_names=tuple(names),
        booster_texts=tuple(booster.model_to_string() for booster in estimator.boosters_),
        calibrators=tuple(Calibrator("binary", "identity") for _ in spec.horizons_days),
        baseline=tuple(tuple(row) for row in margins.mean(axis=1).tolist()),
    )
    parts = [
        np.abs(attribute_risk(model, shown, place, explain=explain_matrix)[1]).mean(axis=0)
        for place in range(len(spec.horizons_days))
    ]
    return np.array(parts)
