"""What both estimators do alike: check the rows as scikit-learn asks, then grow a booster from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import _check_sample_weight, check_random_state, validate_data

from riskkit.risk.matrix import require_numeric
from riskkit.risk.training import Growth, OnIteration, Sample, TreeSettings, resolve_constraints, train_booster

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt
    from sklearn.base import BaseEstimator

    FloatArray = npt.NDArray[np.float64]


def check_features(estimator: BaseEstimator, X: Any) -> FloatArray:
    """Check the features of rows to predict.

    Parameters
    ----------
    estimator : sklearn.base.BaseEstimator
        A fitted estimator.
    X : pandas.DataFrame or array-like of shape (n_rows, n_features)
        The rows.

    Returns
    -------
    numpy.ndarray of shape (n_rows, n_features)
        float64, NaN where missing.

    Raises
    ------
    DataContractError
        If a frame has a column that is not numeric.
    """
    _refuse_text(X)
    x: FloatArray = validate_data(estimator, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan")
    return x


def check_rows(
    estimator: BaseEstimator, X: Any, y: Any, sample_weight: Any, *, y_numeric: bool
) -> tuple[FloatArray, npt.NDArray[Any], FloatArray]:
    """Check training rows and remember their features on the estimator.

    Parameters
    ----------
    estimator : sklearn.base.BaseEstimator
        The estimator being fitted.
    X, y, sample_weight : array-like
        The rows; `sample_weight` may be None.
    y_numeric : bool
        True where `y` is an amount, False where it is a label.

    Returns
    -------
    tuple of numpy.ndarray
        Features, target and weights.

    Raises
    ------
    ValueError
        If lengths differ, a target is missing, or a weight is negative.
    DataContractError
        If a frame has a column that is not numeric.
    """
    _refuse_text(X)
    x, target = validate_data(estimator, X, y, dtype=np.float64, ensure_all_finite="allow-nan", y_numeric=y_numeric)
    weight = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
    if not weight.sum() > 0:
        message = "sample_weight: every weight is zero, expected a positive sum."
        raise ValueError(message)
    return x, target, weight


def make_watch(estimator: BaseEstimator, eval_X: Any, observed: FloatArray | None, eval_weight: Any) -> Sample | None:
    """Check the rows on which the loss is followed.

    Parameters
    ----------
    estimator : sklearn.base.BaseEstimator
        The estimator being fitted, which knows its features.
    eval_X : array-like or None
        Their features.
    observed : numpy.ndarray or None
        Their target as numbers.
    eval_weight : array-like or None
        Their weights.

    Returns
    -------
    Sample or None
        None where there are no such rows.

    Raises
    ------
    ValueError
        If only one of features and target is given, or early stopping is asked without them.
    """
    if (eval_X is None) != (observed is None):
        message = "eval_X and eval_y belong together, got only one of them."
        raise ValueError(message)
    if observed is None:
        if estimator.early_stopping_rounds:
            message = "early_stopping_rounds needs rows to watch: give eval_X and eval_y to fit, or set it to None."
            raise ValueError(message)
        return None
    x = check_features(estimator, eval_X)
    return Sample(x, observed, _check_sample_weight(eval_weight, x, dtype=np.float64, ensure_non_negative=True))


def grow(
    estimator: BaseEstimator,
    sample: Sample,
    objective: Mapping[str, Any],
    *,
    watch: Sample | None,
    on_iteration: OnIteration | None,
) -> lightgbm.Booster:
    """Grow the booster that an estimator's parameters ask for.

    Parameters
    ----------
    estimator : sklearn.base.BaseEstimator
        Gives `trees`, `monotone_constraints`, `early_stopping_rounds`, `num_threads`, `random_state`.
    sample : Sample
        Training rows.
    objective : mapping
        LightGBM's objective and its own parameters.
    watch : Sample or None
        Rows on which the loss is followed.
    on_iteration : callable or None
        Told of each tree.

    Returns
    -------
    lightgbm.Booster
        The trees.
    """
    given = getattr(estimator, "feature_names_in_", None)
    names = tuple(f"x{i}" for i in range(sample.x.shape[1])) if given is None else tuple(str(name) for name in given)
    growth = Growth(
        objective=objective,
        trees=estimator.trees or TreeSettings(),
        names=names,
        constraints=resolve_constraints(estimator.monotone_constraints, names),
        seed=_draw_seed(estimator.random_state),
        num_threads=estimator.num_threads,
    )
    return train_booster(
        sample,
        growth,
        watch=watch,
        early_stopping_rounds=estimator.early_stopping_rounds,
        on_iteration=on_iteration,
    )


def _draw_seed(random_state: Any) -> int:
    """Take an integer as it is; draw one from anything else that scikit-learn accepts."""
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(np.iinfo(np.int32).max))


def _refuse_text(X: Any) -> None:
    """Refuse a pandas frame with a column that is not numeric."""
    if hasattr(X, "dtypes") and hasattr(X, "columns"):
        require_numeric(X)
