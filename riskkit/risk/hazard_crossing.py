"""Cross-fitting: risks of calibration members by trees that saw no row of theirs, where follow-up runs into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.risk.hazard import EVENT, HazardClassifier
from riskkit.risk.hazard_horizons import split_horizons
from riskkit.risk.matrix import assign_folds, make_matrix

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.hazard_frame import TimeFrame

    FloatArray = npt.NDArray[np.float64]

FOLDS = 3
"""Groups of persons; each is predicted by trees grown on the others, at two more fits' cost."""


def runs_into(train: TimeFrame, calibration: TimeFrame, longest_days: float) -> bool:
    """Tell whether training follows a member past the day from which the same member is calibrated on.

    Training rows of one year are followed over several, so that they hold the very events that the calibration rows of
    the next year are about. Trees that learnt from them rank these rows better than any that are to come, and a map
    fitted on them stretches the risks by as much.

    Parameters
    ----------
    train, calibration : TimeFrame
        Rows of both.
    longest_days : float
        The last horizon, beyond which training does not look.

    Returns
    -------
    bool
        False where no person stands on both sides, or the follow-up of all who do ends in time.
    """
    days = pd.to_timedelta(np.minimum(train.followed_days, longest_days), unit="D")
    ends = pd.DataFrame({"person_id": train.rows.groups, "end": train.features["index_date"] + days})
    starts = calibration.features[["person_id", "index_date"]]
    both = starts.merge(ends.groupby("person_id", as_index=False)["end"].max(), on="person_id")
    return bool((both["end"] > both["index_date"]).any())


def predict_apart(
    estimator: HazardClassifier, x: pd.DataFrame, train: TimeFrame, calibration: TimeFrame
) -> FloatArray | None:
    """Predict calibration members by trees that were grown on the training rows of other persons.

    Parameters
    ----------
    estimator : HazardClassifier
        The estimator of all training rows, whose settings and numbers of trees are used.
    x : pandas.DataFrame of shape (n_train, n_features)
        Matrix of the training rows.
    train, calibration : TimeFrame
        Rows, sorted by key.

    Returns
    -------
    numpy.ndarray of shape (n_calibration, n_horizons) or None
        Steps, as `split_horizons` makes them; None where the events lie in so few persons that a part has none.

    References
    ----------
    .. [1] Stone (1974), Cross-validatory choice and assessment of statistical predictions, Journal of the Royal
       Statistical Society B 36, doi:10.1111/j.2517-6161.1974.tb00994.x.
    """
    persons = pd.concat([train.rows.groups, calibration.rows.groups], ignore_index=True)
    folds = assign_folds(persons, n_folds=FOLDS, seed=estimator.random_state)
    inside, outside = folds[: len(x)], folds[len(x) :]
    last = float(estimator.horizons_days[-1])
    counted = train.has_event(last) & (train.rows.weight > 0) & (train.rows.observed == EVENT)
    if any(not counted[inside != fold].any() for fold in range(FOLDS)):
        return None
    matrix = make_matrix(calibration.features, [str(name) for name in x.columns])
    steps = np.empty((len(matrix), len(estimator.horizons_days)))
    for fold in range(FOLDS):
        rows, own = inside != fold, outside == fold
        apart = HazardClassifier(**estimator.get_params(deep=False))
        apart.set_params(n_trees=(*estimator.best_iterations_, estimator.best_iterations_[0])[:2])
        apart.fit(x[rows], train.times[rows], train.rows.weight[rows])
        if own.any():
            steps[own] = split_horizons(apart.predict(pd.DataFrame(matrix[own], columns=x.columns)))
    return steps
