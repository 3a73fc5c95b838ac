"""Exact contributions of features to a prediction: TreeSHAP on the margin, totals by group, and importance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.explain.boosters import explain_matrix

if TYPE_CHECKING:
    from lightgbm import Booster

FloatArray = npt.NDArray[np.float64]

KEY = ["person_id", "index_date"]
BASE = "base_value"


def compute_contributions(
    booster: Booster, features: pd.DataFrame, *, batch_rows: int = 50_000, num_threads: int = 2
) -> pd.DataFrame:
    """Compute TreeSHAP contributions on the raw margin, equal to `shap.TreeExplainer` without background data.

    Many rows are explained by tables (`riskkit.explain.tree_shap`), which are held to LightGBM's own contributions on
    200 of the rows; a few rows, and trees with categorical splits or paths too long for tables, by LightGBM itself.

    Parameters
    ----------
    booster : lightgbm.Booster
        A model with one output.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        `person_id`, `index_date` and at least the booster's features as numbers; NaN is missing.
    batch_rows : int, default 50000
        Rows at a time where LightGBM explains; contributions of a row do not depend on it.
    num_threads : int, default 2
        Threads of LightGBM.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_features)
        `person_id`, `index_date`, `base_value` and one column per feature, in the order of the booster; base value
        and contributions sum to the raw score. Rows in the order given.

    Raises
    ------
    DataContractError
        If a feature is absent from `features`.
    ModelStoreError
        If the booster has more than one output.
    AcceptanceError
        If contributions and raw score differ by more than 1e-6, or tables and LightGBM by more than 2e-5.

    References
    ----------
    .. [1] Lundberg S. M. et al. (2020). From local explanations to global understanding with explainable AI for
       trees. Nature Machine Intelligence 2. doi:10.1038/s42256-019-0138-9
    """
    names = [str(name) for name in booster.feature_name()]
    if booster.num_model_per_iteration() != 1:
        message = f"booster: {booster.num_model_per_iteration()} outputs, expected 1. Explain one outcome at a time."
        raise ModelStoreError(message)
    absent = [name for name in names if name not in features]
    if absent:
        message = f"features: {', '.join(absent)} absent, expected every feature of the booster. Build them all."
        raise DataContractError(message)
    matrix = features[names].to_numpy(dtype=np.float64)
    values = explain_matrix(booster, matrix, num_threads, batch_rows=batch_rows)
    return make_frame(features[KEY], values[:, -1], values[:, :-1], names)


def compute_group_contributions(contributions: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Add up contributions by clinical group.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        Contributions in any unit.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name` and `group`.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_groups)
        `person_id`, `index_date`, `base_value` and one column a group, in the order of the catalogue.

    Raises
    ------
    DataContractError
        If a feature is absent from the catalogue.
    """
    names, base, phi = split_frame(contributions)
    groups = find_groups(names, catalogue)
    order = list(dict.fromkeys(groups))
    totals = np.zeros((len(order), len(phi)))
    for column, group in zip(phi.T, groups, strict=True):
        totals[order.index(group)] += column
    return make_frame(contributions[KEY], base, totals.T, order)


def compute_importance(contributions: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Rank features by the mean size of their contributions.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        Contributions in any unit.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `group`.

    Returns
    -------
    pandas.DataFrame of shape (n_features, 5)
        `feature`, `meaning`, `group`, `mean_abs` and `share` of the total, the largest first.

    Raises
    ------
    DataContractError
        If a feature is absent from the catalogue.
    """
    names, _, phi = split_frame(contributions)
    groups = find_groups(names, catalogue)
    meaning = catalogue.set_index("name")["meaning"].loc[names].tolist()
    size = np.abs(phi).mean(axis=0) if len(phi) else np.zeros(len(names))
    share = size / size.sum() if size.sum() > 0 else size
    table = pd.DataFrame({"feature": names, "meaning": meaning, "group": groups, "mean_abs": size, "share": share})
    return table.sort_values("mean_abs", ascending=False, kind="stable", ignore_index=True)


def find_groups(names: list[str], catalogue: pd.DataFrame) -> list[str]:
    """Look up the clinical group of every feature.

    Parameters
    ----------
    names : list of str
        Features.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name` and `group`.

    Returns
    -------
    list of str
        One group a feature.

    Raises
    ------
    DataContractError
        If a feature is absent from the catalogue.
    """
    known = dict(zip(catalogue["name"].tolist(), catalogue["group"].tolist(), strict=True))
    absent = [name for name in names if name not in known]
    if absent:
        message = f"catalogue: no entry for {', '.join(absent)}. Pass the catalogue that the model was trained with."
        raise DataContractError(message)
    return [str(known[name]) for name in names]


def split_frame(contributions: pd.DataFrame) -> tuple[list[str], FloatArray, FloatArray]:
    """Return feature names, base values and the matrix of a contributions frame.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        `person_id`, `index_date`, `base_value` and one column per feature.

    Returns
    -------
    tuple of list of str, ndarray of shape (n_rows,), ndarray of shape (n_rows, n_features)
        Names, base values, contributions.

    Raises
    ------
    DataContractError
        If a key column or `base_value` is absent.
    """
    absent = [name for name in (*KEY, BASE) if name not in contributions]
    if absent:
        message = f"contributions: no column {', '.join(absent)}. Pass the frame of compute_contributions."
        raise DataContractError(message)
    names = [str(name) for name in contributions if name not in (*KEY, BASE)]
    return names, contributions[BASE].to_numpy(np.float64), contributions[names].to_numpy(np.float64)


def add_columns(matrix: FloatArray) -> FloatArray:
    """Add columns one after another, so that a row's sum has the same last bit in a batch and alone.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, n_columns)
        Numbers.

    Returns
    -------
    ndarray of shape (n_rows,)
        Row sums.

    Examples
    --------
    >>> add_columns(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [3.0, 7.0]
    """
    total = np.zeros(len(matrix))
    for column in matrix.T:
        total += column
    return total


def make_frame(key: pd.DataFrame, base: FloatArray, values: FloatArray, names: list[str]) -> pd.DataFrame:
    """Put key, base values and a matrix of contributions together.

    Parameters
    ----------
    key : pandas.DataFrame of shape (n_rows, 2)
        `person_id`, `index_date`.
    base : ndarray of shape (n_rows,)
        Base values.
    values : ndarray of shape (n_rows, n_columns)
        Contributions.
    names : list of str
        Their columns.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, 3 + n_columns)
        A contributions frame with a fresh index.
    """
    left = key.reset_index(drop=True).assign(**{BASE: base})
    return pd.concat([left, pd.DataFrame(values, columns=names)], axis=1)
