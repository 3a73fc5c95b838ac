"""Bounds: the values that a feature can have for any member, from its unit, its aggregate and its measure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskkit.data.measures import MEASURES
from riskkit.features.groups import DCSI_MOST_POINTS

if TYPE_CHECKING:
    from riskkit.features.catalogue import Feature

WHOLE_UNITS = {"flag", "count", "level", "stage", "step", "band", "points", "persons"}
BOUNDS_OF_CONTEXT = {"age_years": (0.0, 120.0), "institution_level": (1.0, 3.0)}
MONTHS_A_YEAR = 12.0
DAYS_A_YEAR = 365.0
DAYS_OF_LIFE = BOUNDS_OF_CONTEXT["age_years"][1] * 365.25
UNBOUNDED_DAYS = {"drugs", "stays"}
"""Sources whose days are not days of the window: supplies add up and last beyond it, a stay began before it."""


@dataclass(frozen=True)
class Bounds:
    """What a feature can hold.

    Parameters
    ----------
    minimum, maximum : float
        Inclusive.
    whole : bool
        True where only whole numbers are possible.
    """

    minimum: float = -math.inf
    maximum: float = math.inf
    whole: bool = False

    def holds(self, value: float) -> bool:
        """Say whether a value is possible.

        Parameters
        ----------
        value : float
            The value.

        Returns
        -------
        bool
            True where it lies between the bounds, and is whole where it must be.

        Examples
        --------
        >>> flag = Bounds(0, 1, whole=True)
        >>> [flag.holds(value) for value in (0, 1, 0.5, 2)]
        [True, True, False, False]
        """
        return self.minimum <= value <= self.maximum and not (self.whole and value != int(value))

    def __str__(self) -> str:
        """Say the bounds in words."""
        number = "a whole number" if self.whole else "a number"
        if math.isinf(self.minimum):
            return number
        if math.isinf(self.maximum):
            return f"{number} from {self.minimum:g}"
        return f"{number} from {self.minimum:g} to {self.maximum:g}"


def find_bounds(feature: Feature) -> Bounds:
    """Find what a feature can hold.

    Parameters
    ----------
    feature : Feature
        A feature of the catalogue.

    Returns
    -------
    Bounds
        Those of the measure for a value of it; 0 or 1 for a flag; at most the window for its days and months, and a
        life for days without one; the points of the severity index by category and in all; otherwise not negative, but
        for trends and changes.
    """
    whole = feature.unit in WHOLE_UNITS and feature.aggregate != "mean"
    measure = MEASURES.get(str(dict(feature.where).get("analyte")))
    if feature.name in BOUNDS_OF_CONTEXT:
        minimum, maximum = BOUNDS_OF_CONTEXT[feature.name]
    elif feature.unit == "flag":
        minimum, maximum = 0.0, 1.0
    elif measure is not None and feature.column == "value" and feature.unit == measure.unit:
        minimum, maximum = measure.minimum, measure.maximum
        if feature.aggregate == "sd":
            minimum, maximum = 0.0, maximum - minimum
    elif feature.aggregate == "slope" or feature.unit == "step" or feature.name.endswith("_change"):
        minimum, maximum = -math.inf, math.inf
    else:
        minimum, maximum = 0.0, _find_highest(feature)
    return Bounds(minimum, maximum, whole=whole)


def _find_highest(feature: Feature) -> float:
    window = math.inf if feature.window_days is None else float(feature.window_days)
    if feature.unit == "fraction" and "_cv_" not in feature.name:
        return 1.0
    if feature.unit == "points" and feature.name.startswith("dcsi_"):
        return _find_most_points(feature.name)
    if feature.unit == "months":
        return window * MONTHS_A_YEAR / DAYS_A_YEAR
    if feature.unit == "days" and feature.source not in UNBOUNDED_DAYS:
        return min(window, DAYS_OF_LIFE)
    return math.inf


def _find_most_points(name: str) -> float:
    """Return the most points of a category of the severity index, or of all for their total."""
    category = name.removeprefix("dcsi_").split("_", maxsplit=1)[0]
    return float(DCSI_MOST_POINTS.get(category, sum(DCSI_MOST_POINTS.values())))
