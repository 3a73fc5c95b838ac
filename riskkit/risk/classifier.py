"""The probability of an event: gradient-boosted trees under the logistic loss, as a scikit-learn classifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from riskkit.risk.estimation import check_features, check_rows, grow, make_watch
from riskkit.risk.links import compute_expit
from riskkit.risk.training import Sample

if TYPE_CHECKING:
    from riskkit.risk.training import OnIteration, TreeSettings

FloatArray = npt.NDArray[np.float64]


class RiskClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Predict the probability of a binary outcome.

    Rows must come in a fixed order (sort them by key): LightGBM's sampling follows it. No class is ever re-weighted,
    because that would break calibration.

    Parameters
    ----------
    trees : TreeSettings, optional
        Size and growth of the trees; the defaults of `TreeSettings` where absent.
    monotone_constraints : mapping of str to int, or sequence of int, optional
        -1, 0 or 1 by feature name (`x0`, `x1`, ... for arrays) or in column order.
    early_stopping_rounds : int, optional
        Stop after so many trees without a better loss on the evaluation rows given to `fit`.
    num_threads : int, default 2
        Threads of training and prediction; the trees do not depend on it.
    random_state : int, RandomState or None, default 0
        Seed of row and feature sampling.

    Attributes
    ----------
    booster_ : lightgbm.Booster
        The trees.
    classes_ : numpy.ndarray of shape (2,)
        The two labels; the second is the event.
    best_iteration_ : int
        Number of trees kept.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : numpy.ndarray of str
        Their names, where `X` had any.

    Examples
    --------
    >>> import numpy as np
    >>> from riskkit.risk.training import TreeSettings
    >>> x = np.repeat([[0.0], [1.0]], 100, axis=0)
    >>> y = np.r_[np.repeat([0, 1], [90, 10]), np.repeat([0, 1], [40, 60])]
    >>> model = RiskClassifier(TreeSettings(bagging_fraction=1, lambda_l2=0)).fit(x, y)
    >>> model.predict_proba([[0.0], [1.0]])[:, 1].round(3)
    array([0.1, 0.6])
    """

    def __init__(
        self,
        trees: TreeSettings | None = None,
        *,
        monotone_constraints: Mapping[str, int] | Sequence[int] | None = None,
        early_stopping_rounds: int | None = None,
        num_threads: int = 2,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.trees = trees
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
    ) -> RiskClassifier:
        """Grow the trees.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_rows, n_features)
            Numeric features; NaN where missing.
        y : array-like of shape (n_rows,)
            Labels of two classes.
        sample_weight : array-like of shape (n_rows,), optional
            Weights, such as inverse censoring probabilities.
        eval_X, eval_y, eval_weight : array-like, optional
            Rows on which the loss is followed and training is stopped early.
        on_iteration : callable, optional
            Told of each tree: ``on_iteration(number, asked, loss)``.

        Returns
        -------
        RiskClassifier
            Itself.

        Raises
        ------
        ValueError
            If `y` has not exactly two classes, or X, y and weights do not fit together.
        DataContractError
            If a frame has a column that is not numeric.
        """
        x, labels, weight = check_rows(self, X, y, sample_weight, y_numeric=False)
        self.classes_ = _find_classes(labels, weight)
        watched = None if eval_y is None else self._mark_events(np.asarray(eval_y))
        self.booster_ = grow(
            self,
            Sample(x, self._mark_events(labels), weight),
            {"objective": "binary"},
            watch=make_watch(self, eval_X, watched, eval_weight),
            on_iteration=on_iteration,
        )
        self.best_iteration_ = (
            self.booster_.best_iteration if self.booster_.best_iteration > 0 else self.booster_.num_trees()
        )
        return self

    def predict_proba(self, X: Any) -> FloatArray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_rows, n_features)
            The features that `fit` saw.

        Returns
        -------
        numpy.ndarray of shape (n_rows, 2)
            Probability of no event and of the event.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If `fit` has not been called.
        """
        check_is_fitted(self)
        margin = self.booster_.predict(check_features(self, X), raw_score=True, num_threads=self.num_threads)
        event = compute_expit(np.asarray(margin, dtype=np.float64))
        return np.column_stack([1.0 - event, event])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Predict the likelier class.

        Parameters
        ----------
        X : pandas.DataFrame or array-like of shape (n_rows, n_features)
            The features that `fit` saw.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            One of `classes_`.
        """
        event = self.predict_proba(X)[:, 1] > 0.5
        return np.asarray(self.classes_[event.astype(np.intp)])

    def _mark_events(self, labels: npt.NDArray[Any]) -> FloatArray:
        """Code the second class as 1."""
        return np.asarray(labels == self.classes_[1], dtype=np.float64)

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn that missing values are welcome and two classes are all."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags


def _find_classes(labels: npt.NDArray[Any], weight: FloatArray) -> npt.NDArray[Any]:
    """Find the two classes, or say what else there is."""
    check_classification_targets(labels)
    found = type_of_target(labels, input_name="y")
    classes = np.unique(labels[weight > 0])
    if found not in {"binary", "multiclass"} or len(classes) != 2:
        message = (
            f"Only binary classification is supported. The type of the target is {found}, with {len(classes)} "
            "class(es) of positive weight; expected two."
        )
        raise ValueError(message)
    return classes
