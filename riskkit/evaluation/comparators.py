"""Simple models to stand beside the real one: age-sex cells, one index alone, a linear fit or a GAM of the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError, PolicyError
from riskkit.evaluation.sample import FloatArray, Kind, as_finite

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from riskkit.evaluation.gam import GamComparator

ComparatorName = Literal["age_sex", "linear", "logistic", "dcsi", "charlson", "hcc", "gam"]
SINGLE_INDEX = ("dcsi", "charlson", "hcc")
"""A published index as the only feature, put on the scale of the outcome by a regression."""

BAND_YEARS = 5
YOUNGEST_OPEN_BAND = 85
KEYS = ("person_id", "index_date", "as_of_date")


@dataclass(frozen=True)
class AgeSexComparator:
    """Credibility-weighted mean outcome by five-year age band and sex.

    Parameters
    ----------
    cells : dict of (str, str) to float
        Prediction of each cell of age band and sex.
    overall : float
        Prediction of a cell that training never saw.
    """

    cells: dict[tuple[str, str], float]
    overall: float

    def predict(self, frame: pd.DataFrame) -> FloatArray:
        """Predict from age and sex.

        Parameters
        ----------
        frame : pandas.DataFrame of shape (n_rows, n_columns)
            `age_years` and `sex`, as in the cohort frame.

        Returns
        -------
        ndarray of shape (n_rows,)
            Probability, or currency per member year.
        """
        keys = _name_cells(frame)
        return np.array([self.cells.get(key, self.overall) for key in keys], dtype=np.float64)


@dataclass(frozen=True)
class LinearComparator:
    """Linear (amount) or logistic (0/1) regression on the features, missing values imputed and flagged.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Imputer with indicator, scaling, regression.
    feature_names : tuple of str
        Columns, in fitting order.
    kind : {"binary", "cost"}
        What is predicted.
    """

    pipeline: Pipeline
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
            Probability, or currency per member year (not clipped: a linear model may go below 0).

        Raises
        ------
        DataContractError
            If a feature is absent.
        """
        matrix = _select(frame, self.feature_names)
        fitted = self.pipeline.predict_proba(matrix)[:, 1] if self.kind == "binary" else self.pipeline.predict(matrix)
        return np.asarray(fitted, dtype=np.float64)


def fit_comparator(
    name: ComparatorName,
    kind: Kind,
    frame: pd.DataFrame,
    observed: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
) -> AgeSexComparator | LinearComparator | GamComparator:
    """Fit a comparator on the training rows of the model it stands beside.

    Parameters
    ----------
    name : {"age_sex", "linear", "logistic", "dcsi", "charlson", "hcc", "gam"}
        `linear` for cost, `logistic` for binary, the others for either kind; `gam` needs the `interpret-core` package.
    kind : {"binary", "cost"}
        What is predicted.
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        For `age_sex` the cohort frame (`age_years`, `sex`); otherwise the features frame, of which every column but
        the keys is used: for `dcsi`, `charlson` and `hcc` the one column of that index.
    observed : array-like of shape (n_rows,)
        0/1, or annualised amounts.
    weight : array-like of shape (n_rows,), optional
        Censoring weight or exposure in member years; 1 where absent. A row of weight 0 is left out: of a member who
        left before the horizon nothing is known.

    Returns
    -------
    AgeSexComparator, LinearComparator or GamComparator
        Its `predict(frame)` returns one value a row.

    Raises
    ------
    DataContractError
        If a column is absent, rows do not match or a label is missing.
    PolicyError
        If `name` does not go with `kind`.

    Examples
    --------
    >>> features = pd.DataFrame({"visits": [0.0, 1.0, 2.0, np.nan]})
    >>> linear = fit_comparator("linear", "cost", features, [0.0, 100.0, 200.0, 500.0])
    >>> linear.predict(features).mean().round(6).item()
    200.0
    """
    y = as_finite(observed, "observed")
    w = np.ones(y.size) if weight is None else as_finite(weight, "weight")
    if not len(frame) == y.size == w.size:
        message = f"comparator {name}: {len(frame)} rows, {y.size} outcomes, {w.size} weights; expected one each a row."
        raise DataContractError(message)
    if not (w > 0).all():
        frame, y, w = frame[w > 0], y[w > 0], w[w > 0]
    if name == "age_sex":
        return _fit_age_sex(frame, y, w)
    if name == "gam":
        from riskkit.evaluation.gam import fit_gam

        return fit_gam(kind, frame[[column for column in frame if column not in KEYS]], y, w)
    if name not in SINGLE_INDEX and {"linear": "cost", "logistic": "binary"}.get(name) != kind:
        message = f'comparator: "{name}" with kind="{kind}"; expected age_sex, linear for cost or logistic for binary.'
        raise PolicyError(message)
    return _fit_linear(frame, y, w, kind=kind)


def _fit_linear(frame: pd.DataFrame, y: FloatArray, w: FloatArray, *, kind: Kind) -> LinearComparator:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    names = tuple(str(name) for name in frame if name not in KEYS)
    # Lightly penalised, as the indicators of features measured together are collinear.
    model = Ridge(alpha=1.0) if kind == "cost" else LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=100)
    imputer = SimpleImputer(strategy="mean", add_indicator=True, keep_empty_features=True)
    # A line has nothing to say beyond the values that it was fitted on: there it would be a straw man.
    pipeline = make_pipeline(imputer, MinMaxScaler(clip=True), StandardScaler(), model)
    pipeline.fit(_select(frame, names), y, **{f"{pipeline.steps[-1][0]}__sample_weight": w})
    return LinearComparator(pipeline, names, kind)


def _select(frame: pd.DataFrame, names: tuple[str, ...]) -> FloatArray:
    absent = [name for name in names if name not in frame]
    if absent:
        message = f"comparator: the features lack {', '.join(absent)}. Build them with the catalogue used in training."
        raise DataContractError(message)
    return frame[list(names)].to_numpy(dtype=np.float64)


def _fit_age_sex(frame: pd.DataFrame, y: FloatArray, w: FloatArray) -> AgeSexComparator:
    """Buehlmann-Straub: cell means shrunk to their credibility-weighted mean."""
    rows = pd.DataFrame(_name_cells(frame), columns=["band", "sex"]).assign(w=w, wy=w * y, wyy=w * y * y)
    cells = rows.groupby(["band", "sex"]).agg(n=("w", "size"), w=("w", "sum"), wy=("wy", "sum"), wyy=("wyy", "sum"))
    cells = cells[cells["w"] > 0]
    size = cells["w"].to_numpy()
    mean = cells["wy"].to_numpy() / size
    within = float((cells["wyy"].to_numpy() - size * mean**2).sum()) / max(float((cells["n"] - 1).sum()), 1.0)
    credibility = _compute_credibility(size, mean, max(within, 0.0))
    overall = float(np.average(mean, weights=credibility if credibility.any() else size))
    shrunk = overall + credibility * (mean - overall)
    keys = [(str(band), str(sex)) for band, sex in cells.index]
    return AgeSexComparator(dict(zip(keys, shrunk.tolist(), strict=True)), overall)


def _compute_credibility(size: FloatArray, mean: FloatArray, within: float) -> FloatArray:
    total = size.sum()
    spread = (size * (mean - np.average(mean, weights=size)) ** 2).sum() - (len(size) - 1) * within
    room = total - (size**2).sum() / total
    between = max(float(spread / room), 0.0) if room > 0 else 0.0
    if between == 0:
        return np.zeros(len(size))
    credibility: FloatArray = size / (size + within / between)
    return credibility


def _name_cells(frame: pd.DataFrame) -> list[tuple[str, str]]:
    absent = [name for name in ("age_years", "sex") if name not in frame]
    if absent:
        message = f"comparator age_sex: the frame lacks {', '.join(absent)}. Pass the cohort frame, not the features."
        raise DataContractError(message)
    age = frame["age_years"].to_numpy(dtype=np.float64, na_value=np.nan)
    low = np.minimum(np.floor(age / BAND_YEARS) * BAND_YEARS, YOUNGEST_OPEN_BAND)
    bands = ["missing" if np.isnan(start) else f"{start:.0f}+" for start in low.tolist()]
    sexes = frame["sex"].astype("str").where(frame["sex"].notna(), "missing").tolist()
    return list(zip(bands, sexes, strict=True))
