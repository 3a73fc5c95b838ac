"""Growing trees: the settings of a booster and the one call that trains it, the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from riskkit.policy import PolicyModel

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

OnIteration = Callable[[int, int, "float | None"], None]
"""Called after each tree with its number (from 1), the number asked for, and the loss on the watched rows, if any."""


class TreeSettings(PolicyModel):
    """Size and growth of the trees, the same in a specification file, in tuning and in an estimator.

    Parameters
    ----------
    num_leaves : int, default 31
        Most leaves of a tree.
    max_depth : int, default 6
        Most splits from root to leaf; at most 6, because the time of exact explanations grows with depth.
    learning_rate : float, default 0.05
        Shrinkage of each tree, in (0, 1].
    n_estimators : int, default 400
        Number of trees.
    min_child_samples : int, default 50
        Fewest rows in a leaf.
    feature_fraction : float, default 0.8
        Share of features that each tree may use.
    bagging_fraction : float, default 0.8
        Share of rows that each tree sees.
    lambda_l2 : float, default 1.0
        Ridge penalty on leaf values.

    Examples
    --------
    >>> TreeSettings(num_leaves=15).num_leaves
    15
    """

    num_leaves: int = Field(default=31, ge=2, le=64)
    max_depth: int = Field(default=6, ge=1, le=6)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    n_estimators: int = Field(default=400, ge=1, le=5000)
    min_child_samples: int = Field(default=50, ge=1)
    feature_fraction: float = Field(default=0.8, gt=0, le=1)
    bagging_fraction: float = Field(default=0.8, gt=0, le=1)
    lambda_l2: float = Field(default=1.0, ge=0)


@dataclass(frozen=True)
class Sample:
    """Rows that a booster learns from or is watched on.

    Parameters
    ----------
    x : numpy.ndarray of shape (n_rows, n_features)
        Features as float64, NaN where missing.
    y : numpy.ndarray of shape (n_rows,)
        What was observed.
    weight : numpy.ndarray of shape (n_rows,)
        Weight of each row, such as exposure in years.
    """

    x: FloatArray
    y: FloatArray
    weight: FloatArray


@dataclass(frozen=True)
class Growth:
    """How a booster is to be grown.

    Parameters
    ----------
    objective : mapping
        LightGBM's objective and its own parameters, such as ``{"objective": "binary"}``.
    trees : TreeSettings
        Size and growth of the trees.
    names : tuple of str
        Feature names in the order of the matrix.
    constraints : tuple of int
        -1, 0 or 1 for each feature.
    seed : int
        Seed of row and feature sampling.
    num_threads : int
        Threads; the trees do not depend on it.
    """

    objective: Mapping[str, Any]
    trees: TreeSettings
    names: tuple[str, ...]
    constraints: tuple[int, ...]
    seed: int
    num_threads: int


def train_booster(
    sample: Sample,
    growth: Growth,
    *,
    watch: Sample | None = None,
    early_stopping_rounds: int | None = None,
    on_iteration: OnIteration | None = None,
) -> lightgbm.Booster:
    """Train a booster that depends on the rows, their order, the settings and the seed alone.

    Parameters
    ----------
    sample : Sample
        Training rows, already sorted by key: LightGBM's sampling follows the order of the rows.
    growth : Growth
        Objective, trees, constraints, seed.
    watch : Sample, optional
        Rows on which the loss is followed.
    early_stopping_rounds : int, optional
        Stop after so many trees without a better loss on `watch`; needs `watch`.
    on_iteration : callable, optional
        Told of each tree: ``on_iteration(number, asked, loss)``.

    Returns
    -------
    lightgbm.Booster
        Cut at its best iteration where training stopped early.
    """
    import lightgbm as lgb

    params = make_lightgbm_params(growth)
    data = lgb.Dataset(sample.x, sample.y, weight=sample.weight, feature_name=list(growth.names), params=params)
    valid = [] if watch is None else [data.create_valid(watch.x, watch.y, weight=watch.weight)]
    callbacks: list[Callable[..., None]] = []
    if on_iteration is not None:
        callbacks.append(_tell(on_iteration))
    if early_stopping_rounds and watch is not None:
        callbacks.append(lgb.early_stopping(early_stopping_rounds, verbose=False))
    return lgb.train(params, data, growth.trees.n_estimators, valid_sets=valid, callbacks=callbacks)


def make_lightgbm_params(growth: Growth) -> dict[str, Any]:
    """Write LightGBM's own parameters.

    Parameters
    ----------
    growth : Growth
        What to grow.

    Returns
    -------
    dict
        Parameters for `lightgbm.train`. Monotone constraints always use the `basic` method: the `advanced` one was
        measured to break them.
    """
    trees = growth.trees
    return {
        **growth.objective,
        "num_leaves": trees.num_leaves,
        "max_depth": trees.max_depth,
        "learning_rate": trees.learning_rate,
        "min_data_in_leaf": trees.min_child_samples,
        "feature_fraction": trees.feature_fraction,
        "bagging_fraction": trees.bagging_fraction,
        "bagging_freq": 1 if trees.bagging_fraction < 1 else 0,
        "lambda_l2": trees.lambda_l2,
        "monotone_constraints": list(growth.constraints) if any(growth.constraints) else None,
        "monotone_constraints_method": "basic",
        "deterministic": True,
        "force_col_wise": True,
        "seed": growth.seed,
        "num_threads": growth.num_threads,
        "verbosity": -1,
    }


def resolve_constraints(constraints: Mapping[str, int] | Sequence[int] | None, names: Sequence[str]) -> tuple[int, ...]:
    """Order monotone constraints by feature.

    Parameters
    ----------
    constraints : mapping of str to int, sequence of int, or None
        -1 (falls), 0 (free) or 1 (rises) by feature name, or one for each feature in order.
    names : sequence of str
        Feature names.

    Returns
    -------
    tuple of int
        One for each of `names`.

    Raises
    ------
    ValueError
        If a name is unknown, a length differs, or a value is not -1, 0 or 1.

    Examples
    --------
    >>> resolve_constraints({"age_years": 1}, ["age_years", "bmi"])
    (1, 0)
    """
    if isinstance(constraints, Mapping):
        unknown = sorted(set(constraints) - set(names))
        if unknown:
            message = (
                f"monotone_constraints: no feature is named {unknown[0]!r}. Name one of the {len(names)} features."
            )
            raise ValueError(message)
        constraints = [constraints.get(name, 0) for name in names]
    found = tuple(int(value) for value in constraints or [0] * len(names))
    if len(found) != len(names) or not set(found) <= {-1, 0, 1}:
        message = f"monotone_constraints: expected -1, 0 or 1 for each of {len(names)} features, got {found}."
        raise ValueError(message)
    return found


def _tell(on_iteration: OnIteration) -> Callable[[Any], None]:
    """Wrap a listener as a LightGBM callback."""

    def callback(env: Any) -> None:
        results = env.evaluation_result_list
        on_iteration(env.iteration + 1, env.end_iteration, results[0][2] if results else None)

    return callback
