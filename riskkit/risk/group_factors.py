"""Recalibration within groups, for those alone that the payer has declared legitimate rate factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, ModelStoreError, PolicyError
from riskkit.risk.credibility import COST_POWER, compute_cell_ratios
from riskkit.risk.line import solve_shift
from riskkit.risk.links import Kind, to_margin, to_value

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GroupFactors:
    """A frozen shift on the link scale for each group of members.

    Parameters
    ----------
    kind : {'binary', 'cost'}
        The shift is one of log odds or of log amount.
    by : str
        Column of the groups.
    shifts : mapping of str to float
        By group; a group that is not among them is not shifted.
    credibility : mapping of str to float
        How far each group's own experience was believed, 0 to 1.

    Examples
    --------
    >>> factors = GroupFactors("cost", "region", {"east": float(np.log(1.2))}, {"east": 1.0})
    >>> factors.apply([100.0, 100.0], ["east", "west"]).round(6).tolist()
    [120.0, 100.0]
    """

    kind: Kind
    by: str
    shifts: Mapping[str, float]
    credibility: Mapping[str, float]

    def apply(self, predicted: npt.ArrayLike, groups: npt.ArrayLike) -> FloatArray:
        """Shift each prediction by its group.

        Parameters
        ----------
        predicted : array-like of shape (n_rows,)
            Calibrated probabilities, or amounts per year.
        groups : array-like of shape (n_rows,)
            Group of each row.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Predictions in the same order within each group.
        """
        shift = _read_labels(groups).map(dict(self.shifts)).fillna(0.0).to_numpy(np.float64)
        value = np.asarray(predicted, dtype=np.float64)
        return np.where(shift == 0, value, to_value(to_margin(value, self.kind) + shift, self.kind))

    def to_dict(self) -> dict[str, Any]:
        """Write the shifts as plain values.

        Returns
        -------
        dict
            Values that JSON carries without loss.
        """
        return {**asdict(self), "shifts": dict(self.shifts), "credibility": dict(self.credibility)}


def require_rate_factor(by: str, declared: Collection[str], *, place: str) -> None:
    """Refuse to recalibrate within a group that is no legitimate rate factor.

    Parameters
    ----------
    by : str
        Column of the groups.
    declared : collection of str
        What `[calibration] groups` lists.
    place : str
        The file that lists it, for the message.

    Raises
    ------
    PolicyError
        If the column is not declared.

    Examples
    --------
    >>> require_rate_factor("region", ("region",), place="outcomes/payment_cost.toml")
    """
    if by not in declared:
        listed = ", ".join(sorted(declared)) or "none"
        message = (
            f"{place} [calibration] groups: {by!r} is not declared a rate factor (declared: {listed}). Recalibrating "
            f"within {by!r} would let a sicker member of one group be cheaper than a healthier one of another. Report "
            "it instead, or declare it where the payer says that rates may differ by it."
        )
        raise PolicyError(message)


def fit_group_factors(
    frame: pd.DataFrame, *, by: str, kind: Kind, declared: Collection[str], place: str = "outcome"
) -> GroupFactors:
    """Fit the shifts of the groups of one legitimate rate factor, those of small groups close to none.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_rows, n_columns)
        `person_id`, `predicted`, `observed`, `weight` (1 where absent) and the column of the groups.
    by : str
        That column.
    kind : {'binary', 'cost'}
        What is predicted.
    declared : collection of str
        What `[calibration] groups` lists.
    place : str, default 'outcome'
        The file that lists it.

    Returns
    -------
    GroupFactors
        Each group's observed over expected, shrunk towards that of all members by its credibility; over the rows the
        total is what was observed.

    Raises
    ------
    PolicyError
        If the column is not declared.
    DataContractError
        If the column is absent, or there is nothing to calibrate to.

    References
    ----------
    .. [1] Buehlmann and Gisler (2005), A Course in Credibility Theory and its Applications,
       doi:10.1007/3-540-29273-X.
    """
    require_rate_factor(by, declared, place=place)
    if by not in frame:
        message = f"predictions: column {by!r} is missing, expected the groups to recalibrate within. Add it."
        raise DataContractError(message)
    weight = frame["weight"].to_numpy(np.float64) if "weight" in frame else np.ones(len(frame))
    predicted, observed = (frame[name].to_numpy(np.float64) for name in ("predicted", "observed"))
    cells, names = pd.factorize(_read_labels(frame[by]), sort=True)
    persons = pd.factorize(frame["person_id"])[0]
    spread = weight**2 * predicted * (1 - predicted) if kind == "binary" else weight * predicted**COST_POWER
    found = compute_cell_ratios(weight * predicted, weight * observed, cells, persons, variance=spread)
    level = (weight * observed).sum() / (weight * predicted).sum()
    margin = to_margin(predicted, kind)
    shifts = np.zeros(len(names))
    for cell, factor in enumerate(found.factor):
        rows = cells == cell
        target = np.full(rows.sum(), (weight * predicted)[rows].sum() * level * factor / weight[rows].sum())
        most = target if kind == "cost" else np.minimum(target, 1 - 1e-9)
        shifts[cell] = solve_shift(margin[rows], most, weight[rows], kind=kind)
    shifts += solve_shift(margin + shifts[cells], observed, weight, kind=kind)
    return GroupFactors(kind, by, _name(names, shifts), _name(names, found.credibility))


def group_factors_from_dict(values: Mapping[str, Any]) -> GroupFactors:
    """Read what `GroupFactors.to_dict` wrote.

    Parameters
    ----------
    values : mapping
        The plain values.

    Returns
    -------
    GroupFactors
        The shifts.

    Raises
    ------
    ModelStoreError
        If a key is unknown or missing.
    """
    try:
        return GroupFactors(**values)
    except TypeError as exc:
        message = f"group factors: cannot be read ({exc}), expected what riskkit wrote. Fit them again."
        raise ModelStoreError(message) from exc


def _read_labels(groups: npt.ArrayLike) -> pd.Series[str]:
    """Read groups as text; a missing one is the group ``missing``."""
    labels = pd.Series(np.asarray(groups, dtype=object))
    return labels.where(labels.notna(), "missing").astype("str")


def _name(names: pd.Index[Any], values: FloatArray) -> dict[str, float]:
    """Write one number a group."""
    return {str(name): float(value) for name, value in zip(names, values, strict=True)}
