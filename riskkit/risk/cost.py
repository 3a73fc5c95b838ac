"""The expected cost of a member year: Tweedie, two-part or least-squares boosting, as a scikit-learn regressor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from riskkit.risk.estimation import check_features, check_rows, grow, make_watch
from riskkit.risk.links import Link, combine_margins, invert_link
from riskkit.risk.training import Sample

if TYPE_CHECKING:
    import lightgbm

    from riskkit.risk.training import OnIteration, TreeSettings

FloatArray = npt.NDArray[np.float64]

CostObjective = Literal["tweedie", "two_part", "regression"]

FLOOR_SHARE = 0.1
"""Least squares: predictions below this share of the mean cost are bent to stay positive (see `invert_link`)."""


class CostRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Predict cost per member year.

    Fit it on annualised cost (cost / exposure) with `sample_weight` = exposure in years, so that the weighted mean of
    the target is total cost over member years. Rows must come in a fixed order (sort them by key).

    Parameters
    ----------
    trees : TreeSettings, optional
        Size and growth of the trees; the defaults of `TreeSettings` where absent.
    objective : {'tweedie', 'two_part', 'regression'}, default 'tweedie'
        `tweedie`: one booster under the Tweedie deviance. `two_part`: the probability of any cost times the expected
        cost where there is any (gamma deviance). `regression`: squared error, which often explains the most variance.
    variance_power : float, default 1.6
        Variance of the Tweedie law grows as mean ** variance_power; between 1 and 2.
    cap_quantile : float, optional
        For `regression`: costs above this weighted quantile of the training costs are learnt as the quantile.
        Predictions then sum to the capped costs; recalibrate them.
    monotone_constraints : mapping of str to int, or sequence of int, optional
        -1, 0 or 1 by feature name (`x0`, `x1`, ... for arrays) or in column order.
    early_stopping_rounds : int, optional
        Stop after so many trees without a better loss on the evaluation rows given to `fit`; not with `two_part`.
    num_threads : int, default 2
        Threads of training and prediction; the trees do not depend on it.
    random_state : int, RandomState or None, default 0
        Seed of row and feature sampling.

    Attributes
    ----------
    booster_ : lightgbm.Booster
        The trees; of `two_part`, those of the amount.
    boosters_ : tuple of lightgbm.Booster
        All boosters: one, or those of any cost and of its amount.
    link_ : str
        `log` or `identity`.
    floor_ : float
        Where predictions begin to be bent, in currency per year; 0 for the log link.
    best_iteration_ : int
        Number of trees kept.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : numpy.ndarray of str
        Their names, where `X` had any.

    Examples
    --------
    Three members cost 3000, 12000 and 500 in 0.75, 0.25 and 1 years: 15500 / 2 = 7750 a year.

    >>> model = CostRegressor(objective="regression")
    >>> model = model.fit(np.zeros((3, 1)), [4000, 48000, 500], [0.75, 0.25, 1.0])
    >>> model.predict([[0.0]]).round(2)
    array([7750.])
    """

    def __init__(
        self,
        trees: TreeSettings | None = None,
        *,
        objective: CostObjective = "tweedie",
        variance_power: float = 1.6,
        cap_quantile: float | None = None,
        monotone_constraints: Mapping[str, int] | Sequence[int] | None = None,
        early_stopping_rounds: int | None = None,
        num_threads: int = 2,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.trees = trees
        self.objective = objective
        self.variance_power = variance_power
        self.cap_quantile = cap_quantile
        self.monotone_constraints = monotone_constraints
        self.early_stopping_rounds = early_stopping_rounds
        self.num_threads = num_threads
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        eval_X: Any = None,
        eval_y: Any = None,
        eval_weight: Any = None,
        on_iteration: OnIteration | None = None,
    ) -> CostRegressor:
        """Grow the trees.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_rows, n_features)
            Numeric features; NaN where missing.
        y : array-like of shape (n_rows,)
            Cost per year, in currency; not negative unless `objective` is `regression`.
        sample_weight : array-like of shape (n_rows,), optional
            Exposure in years.
        eval_X, eval_y, eval_weight : array-like, optional
            Rows on which the loss is followed and training is stopped early.
        on_iteration : callable, optional
            Told of each tree: ``on_iteration(number, asked, loss)``.

        Returns
        -------
        CostRegressor
            Itself.

        Raises
        ------
        ValueError
            If a parameter is unknown, a cost is negative under a log link, or there is no cost at all.
        DataContractError
            If a frame has a column that is not numeric.
        """
        self._check_parameters()
        x, cost, weight = check_rows(self, X, y, sample_weight, y_numeric=True)
        self._check_cost(cost, weight)
        sample = Sample(x, self._cap(cost, weight), weight)
        watched = None if eval_y is None else np.asarray(eval_y, dtype=np.float64)
        watch = make_watch(self, eval_X, watched, eval_weight)
        self.boosters_ = self._grow_parts(sample, watch, on_iteration)
        self.booster_ = self.boosters_[-1]
        self.best_iteration_ = (
            self.booster_.best_iteration if self.booster_.best_iteration > 0 else self.booster_.num_trees()
        )
        return self

    def predict(self, X: Any) -> FloatArray:
        """Predict cost per year.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_rows, n_features)
            The features that `fit` saw.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Currency per member year, not negative.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.
        """
        check_is_fitted(self)
        x = check_features(self, X)
        margins = [np.asarray(part.predict(x, raw_score=True, num_threads=self.num_threads)) for part in self.boosters_]
        return invert_link(combine_margins(margins), self.link_, floor=self.floor_)

    @property
    def link_(self) -> Link:
        """Link of the raw margin."""
        return "identity" if self.objective == "regression" else "log"

    def _check_parameters(self) -> None:
        """Refuse parameters that do not go together."""
        if self.objective not in {"tweedie", "two_part", "regression"}:
            message = f"objective: expected tweedie, two_part or regression, got {self.objective!r}."
            raise ValueError(message)
        if not 1 < self.variance_power < 2:
            message = f"variance_power: expected a number between 1 and 2, got {self.variance_power!r}."
            raise ValueError(message)
        if self.cap_quantile is not None and self.objective != "regression":
            message = "cap_quantile: only the objective 'regression' can learn capped costs. Set it to None."
            raise ValueError(message)
        if self.early_stopping_rounds and self.objective == "two_part":
            message = "early_stopping_rounds: two parts would stop at different trees. Set n_estimators instead."
            raise ValueError(message)

    def _check_cost(self, cost: FloatArray, weight: FloatArray) -> None:
        """Refuse costs that a log link cannot carry."""
        if self.link_ == "log" and (cost < 0).any():
            message = (
                f"y: {int((cost < 0).sum())} costs are negative, which {self.objective!r} cannot learn. "
                "Net the reversals first, or choose 'regression'."
            )
            raise ValueError(message)
        if self.link_ == "log" and not (cost * weight).sum() > 0:
            message = "y: there is no cost at all, expected a positive total."
            raise ValueError(message)

    def _cap(self, cost: FloatArray, weight: FloatArray) -> FloatArray:
        """Cap the costs to be learnt and set the floor of the predictions."""
        self.cap_ = np.inf if self.cap_quantile is None else _compute_quantile(cost, weight, self.cap_quantile)
        capped = np.minimum(cost, self.cap_)
        mean = float(np.average(capped, weights=weight))
        self.floor_ = FLOOR_SHARE * max(mean, 0.0) if self.link_ == "identity" else 0.0
        return capped

    def _grow_parts(
        self, sample: Sample, watch: Sample | None, on_iteration: OnIteration | None
    ) -> tuple[lightgbm.Booster, ...]:
        """Grow one booster, or those of any cost and of its amount."""
        parts: list[tuple[Sample, dict[str, Any]]]
        if self.objective == "regression":
            parts = [(sample, {"objective": "regression"})]
        elif self.objective == "tweedie":
            parts = [(sample, {"objective": "tweedie", "tweedie_variance_power": self.variance_power})]
        else:
            some = sample.y > 0
            anything = Sample(sample.x, some.astype(np.float64), sample.weight)
            amount = Sample(sample.x[some], sample.y[some], sample.weight[some])
            parts, watch = [(anything, {"objective": "binary"}), (amount, {"objective": "gamma"})], None
        return tuple(grow(self, part, objective, watch=watch, on_iteration=on_iteration) for part, objective in parts)

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn that missing values are welcome and costs are positive."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.positive_only = True
        return tags


def _compute_quantile(values: FloatArray, weight: FloatArray, share: float) -> float:
    """Find the value below which a share of the weight lies."""
    return float(np.quantile(values, share, weights=weight, method="inverted_cdf"))
