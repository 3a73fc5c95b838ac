"""The frozen calibrator: an increasing map from what a booster says to what happens, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.errors import DataContractError, ModelStoreError
from riskkit.risk.beta import compute_beta_margin
from riskkit.risk.isotonic import interpolate_knots
from riskkit.risk.links import Kind, to_margin, to_value

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

LEAST_CHANCE = 1e-12

_RARE = ("powers", "low", "high")

METHODS = {
    "binary": ("identity", "intercept", "sigmoid", "beta", "isotonic", "venn_abers"),
    "cost": ("identity", "scale", "loglinear", "deciles", "isotonic"),
}
"""Maps by kind, the simplest first."""

LINES = {"binary": ("intercept", "sigmoid"), "cost": ("scale", "loglinear")}
"""Name of a shift, and of a line with a slope, by kind."""


@dataclass(frozen=True)
class Calibrator:
    """An increasing map of predictions: first knots or two powers, if any, then a line on the link scale.

    Parameters
    ----------
    kind : {'binary', 'cost'}
        The link is the logit of a probability or the logarithm of an amount.
    method : str
        `identity`; `intercept` and `scale` (a line of slope 1); `sigmoid` and `loglinear` (a line); `beta` (two powers
        and a shift); `isotonic`, `venn_abers` and `deciles` (knots, and a line of slope 1 that ties the sums).
    intercept, slope : float, default 0.0 and 1.0
        The line; the slope is positive.
    x, y : tuple of float, default ()
        Knots. Between them the map is linear; beyond the ends it keeps its distance on the link scale, so that it
        never ties two members whom the booster ranks apart.
    losses : mapping of str to float
        Cross-validated loss of each method that was tried.
    powers : tuple of float, default ()
        For `beta`: a and b of a ln p - b ln(1 - p), neither negative, not both 0.
    low, high : tuple of float, default ()
        For `venn_abers`: the two probabilities at each knot between which the calibrated one lies.

    Examples
    --------
    >>> Calibrator("binary", "intercept", intercept=-0.301).apply(np.array([0.05, 0.1, 0.2, 0.4])).round(3)
    array([0.037, 0.076, 0.156, 0.33 ])
    """

    kind: Kind
    method: str
    intercept: float = 0.0
    slope: float = 1.0
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    losses: Mapping[str, float] = field(default_factory=dict)
    powers: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    def apply(self, predicted: npt.ArrayLike) -> FloatArray:
        """Calibrate predictions.

        Parameters
        ----------
        predicted : array-like of shape (n_rows,)
            Probabilities, or amounts per year.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Calibrated, in the same order as `predicted` (up to the last digits of a float).
        """
        value = np.asarray(predicted, dtype=np.float64)
        if self.method == "identity":
            return value.copy()
        return self._follow_line(self.compute_margin(value))

    def compute_margin(self, predicted: npt.ArrayLike) -> FloatArray:
        """Compute what the line is applied to.

        Parameters
        ----------
        predicted : array-like of shape (n_rows,)
            Probabilities, or amounts per year.

        Returns
        -------
        numpy.ndarray of shape (n_rows,)
            Log odds or log amounts after the knots or powers, before the line.
        """
        value = np.asarray(predicted, dtype=np.float64)
        if self.powers:
            return compute_beta_margin(value, *self.powers)
        return self._follow_knots(value, self.y) if self.x else to_margin(value, self.kind)

    def compute_interval(self, predicted: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Compute the two probabilities between which a Venn-Abers prediction lies.

        Parameters
        ----------
        predicted : array-like of shape (n_rows,)
            Uncalibrated probabilities.

        Returns
        -------
        tuple of numpy.ndarray of shape (n_rows,)
            Lower and upper probability; their distance says how little is known there.

        Raises
        ------
        DataContractError
            If the method is not `venn_abers`.
        """
        if not self.low:
            message = (
                f"calibrator: method {self.method!r} has no interval, expected 'venn_abers'. Calibrate by that method."
            )
            raise DataContractError(message)
        value = np.asarray(predicted, dtype=np.float64)
        low, high = (self._follow_line(self._follow_knots(value, knots)) for knots in (self.low, self.high))
        return low, high

    def then(self, intercept: float, slope: float = 1.0) -> Calibrator:
        """Follow this map by one more line on the link scale, as a yearly update does.

        Parameters
        ----------
        intercept, slope : float
            The line; the slope is positive.

        Returns
        -------
        Calibrator
            One map that does both.

        Examples
        --------
        Twice ln f, plus 1, is what came out; three times that, plus .5, is 6 ln f + 3.5.

        >>> both = Calibrator("cost", "loglinear", intercept=1.0, slope=2.0).then(0.5, 3.0)
        >>> both.slope, both.intercept
        (6.0, 3.5)
        """
        shift, line = LINES[self.kind]
        plain = self.method in {"identity", shift, line}
        both = replace(self, intercept=intercept + slope * self.intercept, slope=slope * self.slope)
        return replace(both, method=shift if both.slope == 1 else line) if plain else both

    def to_dict(self) -> dict[str, Any]:
        """Write the map as plain values.

        Returns
        -------
        dict
            Values that JSON carries without loss; keys that only some methods have are left out of the others.
        """
        lists = {name: list(getattr(self, name)) for name in ("x", "y", *_RARE)}
        values = {**asdict(self), "losses": dict(self.losses), **lists}
        return {name: value for name, value in values.items() if name not in _RARE or value}

    def _follow_knots(self, value: FloatArray, knots: tuple[float, ...]) -> FloatArray:
        """Follow the knots, and beyond them keep the distance of the nearest one on the link scale."""
        x, y = np.asarray(self.x), np.asarray(knots)
        inside = np.clip(value, x[0], x[-1])
        curve = to_margin(interpolate_knots(inside, x, y), self.kind)
        return np.asarray(curve + to_margin(value, self.kind) - to_margin(inside, self.kind))

    def _follow_line(self, margin: FloatArray) -> FloatArray:
        """Apply the line and leave the link scale."""
        answer = to_value(self.intercept + self.slope * margin, self.kind)
        # A line fitted to few, separated rows can be so steep that a float rounds to certainty, which nobody has.
        return np.clip(answer, LEAST_CHANCE, 1 - LEAST_CHANCE) if self.kind == "binary" else answer


def calibrator_from_dict(values: Mapping[str, Any]) -> Calibrator:
    """Read what `Calibrator.to_dict` wrote.

    Parameters
    ----------
    values : mapping
        The plain values.

    Returns
    -------
    Calibrator
        The map.

    Raises
    ------
    ModelStoreError
        If a key is unknown or missing, or the map would not be increasing.

    Examples
    --------
    >>> calibrator_from_dict(Calibrator("cost", "scale", intercept=0.5).to_dict()).intercept
    0.5
    """
    try:
        lists = {name: tuple(values.get(name, ())) for name in _RARE}
        calibrator = Calibrator(**{**values, "x": tuple(values["x"]), "y": tuple(values["y"]), **lists})
        increasing = increases(calibrator)
    except (KeyError, TypeError) as exc:
        message = f"calibrator: cannot be read ({exc}), expected what riskkit wrote. Store the model again."
        raise ModelStoreError(message) from exc
    if not increasing:
        message = (
            "calibrator: the stored map does not increase, expected slope and knots that do. Store the model again."
        )
        raise ModelStoreError(message)
    return calibrator


def increases(calibrator: Calibrator) -> bool:
    """Say whether slope, knots and powers make a map that increases.

    Parameters
    ----------
    calibrator : Calibrator
        The map.

    Returns
    -------
    bool
        False where any part of it is level or falls.

    Examples
    --------
    >>> increases(Calibrator("cost", "loglinear", slope=0.9)), increases(Calibrator("cost", "loglinear", slope=-0.1))
    (True, False)
    """
    a_and_b = calibrator.powers or (1.0, 1.0)
    lengths = {len(knots) for knots in (calibrator.y, calibrator.low, calibrator.high) if knots}
    return (
        calibrator.slope > 0
        and all((np.diff(knots) > 0).all() for knots in (calibrator.x, calibrator.y))
        and all((np.diff(knots) >= 0).all() for knots in (calibrator.low, calibrator.high))
        and lengths <= {len(calibrator.x)}
        and len(calibrator.y) == len(calibrator.x)
        and (len(a_and_b) == 2 and min(a_and_b) >= 0 and max(a_and_b) > 0)
    )
