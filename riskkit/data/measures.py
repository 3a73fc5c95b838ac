"""Measures: the one unit in which each analyte is carried, and the values that a living person can have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """An analyte's unit and plausible values.

    Parameters
    ----------
    analyte : str
        Name in `lab_result.analyte`.
    unit : str
        The unit of its values; a value in another unit is refused, never read as if it were in this one.
    minimum, maximum : float
        Inclusive bounds of what is plausible, in `unit`.
    conversion : str, default ""
        How another usual unit is brought to this one.
    """

    analyte: str
    unit: str
    minimum: float
    maximum: float
    conversion: str = ""


MEASURES: dict[str, Measure] = {
    measure.analyte: measure
    for measure in (
        Measure("hba1c", "%", 3, 20, "mmol/mol / 10.929 + 2.15"),
        Measure("glucose", "mg/dL", 10, 1000, "mmol/L x 18.018"),
        Measure("creatinine", "mg/dL", 0.1, 30, "umol/L / 88.4"),
        Measure("uacr", "mg/g", 0, 30_000, "mg/mmol / 0.113"),
        Measure("ldl", "mg/dL", 1, 1000, "mmol/L x 38.67"),
        Measure("systolic_bp", "mmHg", 40, 320),
        Measure("bmi", "kg/m2", 8, 120),
    )
}
"""Measures by analyte; an analyte that is not here carries whatever unit its source states."""
