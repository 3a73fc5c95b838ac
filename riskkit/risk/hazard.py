"""Hazards by interval: gradient-boosted trees on person-periods, with the event and death as competing causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from riskkit.errors import DataContractError
from riskkit.risk.competing import compute_cumulative_incidence
from riskkit.risk.estimation import check_features, check_rows
from riskkit.risk.hazard_margins import compute_hazards, compute_margins, find_ends
from riskkit.risk.person_period import INTERVAL, Periods, expand_periods, make_edges, make_period_sequence
from riskkit.risk.training import Growth, Sample, TreeSettings, resolve_constraints, train_booster

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.training import OnIteration

    FloatArray = npt.NDArray[np.float64]

EVENT, DEATH = 1, 2


class HazardClassifier(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Predict the chance of an event by several horizons, where members leave early and death may come first.

    Two boosters of binary loss share the work, one after the other: the chance of dying within an interval, and the
    chance of the event within it for those who do not die. So h(death) = d and h(event) = (1 - d) c never exceed 1
    together, and the likelihood is that of the three-way choice {none, event, death}. One multiclass booster is not
    used, because LightGBM lays a monotone constraint on the margin of *every* class: a feature that must raise the
    event would raise "none" and "death" as well, and the probability of the event then falls along it all the same
    (measured: in 200 of 200 profiles). Here, with the hazards of death held, the cumulative incidence of the event
    never falls along a feature of constraint 1: its derivative by each c is S(t-1) (1 - d) (1 - later incidence) >= 0.

    Rows must come in a fixed order (sort them by key). The two columns of `y` are not a target that scikit-learn's
    common checks can make, so they are not run on this estimator; those on features are, through `check_rows`.

    Parameters
    ----------
    trees : TreeSettings, optional
        Size and growth of the trees; the defaults of `TreeSettings` where absent.
    horizons_days : sequence of int, default (365,)
        Horizons, strictly increasing; intervals are quarters, as near as the horizons allow.
    monotone_constraints : mapping of str to int, or sequence of int, optional
        -1, 0 or 1 by feature, for both boosters; the number of the interval is free.
    n_trees : sequence of int, optional
        Number of trees of each booster, in place of `trees.n_estimators`.
    early_stopping_rounds : int, optional
        Stop a booster after so many trees without a better loss on the evaluation rows given to `fit`.
    num_threads : int, default 2
        Threads; the trees do not depend on it.
    random_state : int, default 0
        Seed of row and feature sampling.

    Attributes
    ----------
    boosters_ : list of lightgbm.Booster
        Trees of the event and, where any member died, of death.
    edges_ : numpy.ndarray of shape (n_intervals + 1,)
        Days at which intervals begin, and the last horizon.
    best_iterations_ : tuple of int
        Number of trees of each booster.

    Examples
    --------
    A tenth has the event in the first quarter and a tenth in the second; then nothing more: 1 - .9 x .8889 = .2.

    >>> x = np.zeros((1000, 1))
    >>> days = np.repeat([50, 120, 400], [100, 100, 800])
    >>> trees = TreeSettings(num_leaves=4, n_estimators=200, feature_fraction=1, bagging_fraction=1, lambda_l2=0)
    >>> model = HazardClassifier(trees).fit(x, np.column_stack([days < 365, days]))
    >>> model.predict(x[:1]).round(3)
    array([[0.2]])
    """

    def __init__(
        self,
        trees: TreeSettings | None = None,
        *,
        horizons_days: Sequence[int] = (365,),
        monotone_constraints: Mapping[str, int] | Sequence[int] | None = None,
        n_trees: Sequence[int] | None = None,
        early_stopping_rounds: int | None = None,
        num_threads: int = 2,
        random_state: int = 0,
    ) -> None:
        self.trees = trees
        self.horizons_days = horizons_days
        self.monotone_constraints = monotone_constraints
        self.n_trees = n_trees
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
    ) -> HazardClassifier:
        """Grow the trees of both causes.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_members, n_features)
            Numeric features at the index date; NaN where missing.
        y : array-like of shape (n_members, 2)
            What ended the follow-up (0 nothing, 1 the event, 2 death), and the days from the index date to it.
        sample_weight : array-like of shape (n_members,), optional
            Weight of each member; 0 for those outside the risk set.
        eval_X, eval_y, eval_weight : array-like, optional
            Members on whom the loss is followed and training is stopped early.
        on_iteration : callable, optional
            Told of each tree: ``on_iteration(number, asked, loss)``; once for each cause.

        Returns
        -------
        HazardClassifier
            Itself.

        Raises
        ------
        DataContractError
            If no member of positive weight has the event within the horizons, or a time cannot be used.
        """
        times = _check_pairs(y)
        x, _, weight = check_rows(self, X, times[:, 0], sample_weight, y_numeric=True)
        self.edges_ = make_edges(self.horizons_days)
        rows = _expand(times, weight, self.edges_)
        watched = None
        if eval_X is not None:
            held = _check_pairs(eval_y)
            mass = _check_sample_weight(eval_weight, held, dtype=np.float64, ensure_non_negative=True)
            watched = (check_features(self, eval_X), _expand(held, mass, self.edges_), mass)
        if not (rows.cause == EVENT).any():
            message = (
                f"hazard: no event among {len(x)} members within {self.edges_[-1]:g} days, expected some. "
                "Check the label and the years."
            )
            raise DataContractError(message)
        causes = [EVENT, DEATH] if (rows.cause == DEATH).any() else [EVENT]
        self.boosters_ = [
            train_booster(
                _make_sample(x, rows, weight, cause),
                self._plan(cause, x.shape[1]),
                watch=None if watched is None else _make_sample(*watched, cause),
                early_stopping_rounds=self.early_stopping_rounds,
                on_iteration=on_iteration,
            )
            for cause in causes
        ]
        self.best_iterations_ = tuple(
            one.best_iteration if one.best_iteration > 0 else one.num_trees() for one in self.boosters_
        )
        return self

    def predict_margins(self, X: Any) -> FloatArray:
        """Predict the log odds of both causes in each interval.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_members, n_features)
            The features that `fit` saw.

        Returns
        -------
        numpy.ndarray of shape (n_causes, n_members, n_intervals)
            Margins of the event, for those who do not die in the interval, and of death where anybody died.
        """
        check_is_fitted(self)
        x = check_features(self, X)
        return compute_margins(self.boosters_, x, len(self.edges_) - 1, num_threads=self.num_threads)

    def predict(self, X: Any) -> FloatArray:
        """Predict the chance of the event by each horizon.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_members, n_features)
            The features that `fit` saw.

        Returns
        -------
        numpy.ndarray of shape (n_members, n_horizons)
            Cumulative incidence, not yet calibrated; never falls from one horizon to the next.
        """
        event, death = compute_hazards(self.predict_margins(X))
        ends = find_ends(self.edges_, self.horizons_days)
        return compute_cumulative_incidence(event, death)[:, ends]

    def _plan(self, cause: int, n_features: int) -> Growth:
        """Say how the booster of a cause is grown; each cause draws its own samples."""
        given = getattr(self, "feature_names_in_", None)
        names = tuple(f"x{i}" for i in range(n_features)) if given is None else tuple(str(name) for name in given)
        trees = self.trees or TreeSettings()
        if self.n_trees is not None:
            trees = trees.model_copy(update={"n_estimators": self.n_trees[cause - 1]})
        return Growth(
            objective={"objective": "binary"},
            trees=trees,
            names=(*names, INTERVAL),
            constraints=(*resolve_constraints(self.monotone_constraints, names), 0),
            seed=self.random_state + cause - 1,
            num_threads=self.num_threads,
        )

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags


def _check_pairs(y: Any) -> FloatArray:
    """Refuse a target that is not a cause and a time per member."""
    pairs = np.asarray(y, dtype=np.float64)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        message = f"y: found shape {pairs.shape}, expected (n_members, 2): cause and followed_days."
        raise DataContractError(message)
    return pairs


def _expand(times: FloatArray, weight: FloatArray, edges: FloatArray) -> Periods:
    """List the periods of the members who carry weight."""
    periods = expand_periods(times[:, 0], times[:, 1], edges)
    return periods.take(weight[periods.member] > 0)


def _make_sample(x: FloatArray, periods: Periods, weight: FloatArray, cause: int) -> Sample:
    """Mark one cause: death among all rows, the event among those that did not end in death."""
    rows = periods if cause == DEATH else periods.take(periods.cause != DEATH)
    mass = weight[rows.member] * rows.exposure
    # LightGBM takes a sequence wherever it takes an array; `Sample` only hands it on.
    matrix = cast("FloatArray", make_period_sequence(x, rows))
    return Sample(matrix, (rows.cause == cause).astype(np.float64), mass)
