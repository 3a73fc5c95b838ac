"""An interpretable comparator: a boosted generalised additive model (EBM) of the same features, one curve a feature."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.sample import FloatArray, Kind

PACKAGE = "interpret"
INSTALL = "interpret-core is not installed: install riskkit with the extra 'gam'"
MOST_ROWS = 20_000
"""Training rows of the GAM, evenly spaced: its curves are settled by then, and its time grows with the rows."""

EFFORT = {"outer_bags": 1, "learning_rate": 0.04, "max_rounds": 1000, "max_bins": 64}
"""Measured on DE-SynPUF's admissions: no less discriminating than the package's own effort, in a third of the time."""


@dataclass(frozen=True)
class GamComparator:
    """A fitted additive model.

    Parameters
    ----------
    model : object
        The fitted machine of `interpret`.
    feature_names : tuple of str
        Columns, in fitting order.
    kind : {"binary", "cost"}
        What is predicted.
    """

    model: Any
    feature_names: tuple[str, ...]
    kind: Kind

    def predict(self, frame: pd.DataFrame) -> FloatArray:
        """Predict from the features.

        Parameters
        ----------
        frame : pandas.DataFrame of shape (n_rows, n_columns)
            At least the columns of `feature_names`; NaN is missing.

        Returns
        -------
        ndarray of shape (n_rows,)
            Probability, or currency per member year (not clipped: an additive model may go below 0).
        """
        matrix = frame[list(self.feature_names)].to_numpy(dtype=np.float64)
        fitted = self.model.predict_proba(matrix)[:, 1] if self.kind == "binary" else self.model.predict(matrix)
        return np.asarray(fitted, dtype=np.float64)


def is_gam_installed() -> bool:
    """Tell whether the package behind the GAM is there.

    Returns
    -------
    bool
        False where the extra `gam` was not installed.
    """
    return find_spec(PACKAGE) is not None


def fit_gam(kind: Kind, frame: pd.DataFrame, observed: FloatArray, weight: FloatArray) -> GamComparator:
    """Fit an explainable boosting machine without interactions, so that every effect is one curve.

    Parameters
    ----------
    kind : {"binary", "cost"}
        What is predicted.
    frame : pandas.DataFrame of shape (n_rows, n_features)
        Features, NaN where missing.
    observed, weight : ndarray of shape (n_rows,)
        Outcome and weight of each row.

    Returns
    -------
    GamComparator
        Fitted on at most 20,000 rows.

    Raises
    ------
    DataContractError
        If the package is not installed.

    References
    ----------
    .. [1] Lou Y., Caruana R., Gehrke J., Hooker G. (2013). Accurate intelligible models with pairwise interactions.
       KDD. doi:10.1145/2487575.2487579
    """
    if not is_gam_installed():
        message = f"comparator gam: {INSTALL}, or leave the comparator out."
        raise DataContractError(message)
    from interpret.glassbox import ExplainableBoostingClassifier, ExplainableBoostingRegressor

    rows = np.unique(np.linspace(0, len(frame) - 1, min(MOST_ROWS, len(frame))).round().astype(int))
    names = tuple(str(name) for name in frame)
    make = ExplainableBoostingClassifier if kind == "binary" else ExplainableBoostingRegressor
    model = make(feature_names=list(names), interactions=0, n_jobs=1, random_state=0, **EFFORT)
    with warnings.catch_warnings():
        # Said of the package's own pictures, which are not drawn here.
        warnings.filterwarnings("ignore", message="Missing values detected")
        # Of a feature that no training row has, it learns nothing, as it should.
        warnings.filterwarnings("ignore", message="All-NaN slice encountered")
        model.fit(frame.iloc[rows].to_numpy(dtype=np.float64), observed[rows], sample_weight=weight[rows])
    return GamComparator(model, names, kind)
