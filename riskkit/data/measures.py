"""Measures: the one unit in which an analyte is carried, the units it may come in, and what a person can have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Conversion:
    """Another unit in which an analyte may come: ``value * factor + offset`` in the analyte's own unit.

    Parameters
    ----------
    unit : str
        The other unit.
    factor : float
        Positive.
    offset : float, default 0
        In the analyte's own unit.
    """

    unit: str
    factor: float
    offset: float = 0.0

    def convert(self, value: float) -> float:
        """Bring a value to the analyte's own unit.

        Parameters
        ----------
        value : float
            In this unit.

        Returns
        -------
        float
            In the analyte's own unit.
        """
        return value * self.factor + self.offset


@dataclass(frozen=True)
class Measure:
    """An analyte's unit and plausible values.

    Parameters
    ----------
    analyte : str
        Name in `lab_result.analyte`.
    unit : str
        The unit in which its values are carried.
    minimum, maximum : float
        Inclusive bounds of what is plausible, in `unit`.
    others : tuple of Conversion, default ()
        Other units that are converted when read; a value in any further unit is refused, never read as if it were.
    typical : float, optional
        A common value among diabetic members, in `unit`, against which a lab in the wrong unit stands out.
    """

    analyte: str
    unit: str
    minimum: float
    maximum: float
    others: tuple[Conversion, ...] = ()
    typical: float | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that is accepted, the analyte's own first."""
        return (self.unit, *(conversion.unit for conversion in self.others))


def unit_key(unit: str) -> str:
    """Spell a unit in the one way in which units are compared.

    Parameters
    ----------
    unit : str
        As a source writes it.

    Returns
    -------
    str
        Lower case, without blanks, micro written as ``u``.

    Examples
    --------
    >>> unit_key("µmol/L"), unit_key("MG / DL")
    ('umol/l', 'mg/dl')
    """
    return "".join(unit.lower().replace("µ", "u").replace("μ", "u").split())


def _per_litre(factor: float) -> tuple[Conversion, ...]:
    return (Conversion("mmol/L", factor),)


# Molar masses as the reference laboratories publish them; glycated haemoglobin by the IFCC-NGSP master equation.
_GLUCOSE, _CHOLESTEROL, _TRIGLYCERIDES, _UREA = 18.018, 38.67, 88.57, 2.801

MEASURES: dict[str, Measure] = {
    measure.analyte: measure
    for measure in (
        Measure("hba1c", "%", 3, 20, (Conversion("mmol/mol", 1 / 10.929, 2.15),), 7.5),
        Measure("glucose", "mg/dL", 10, 1000, _per_litre(_GLUCOSE), 150),
        Measure("glucose_2h", "mg/dL", 10, 1000, _per_litre(_GLUCOSE), 220),
        Measure("glycated_albumin", "%", 3, 90, (), 20),
        Measure("creatinine", "mg/dL", 0.1, 30, (Conversion("umol/L", 1 / 88.4),), 0.9),
        Measure("egfr", "mL/min/1.73m2", 0, 300, (), 80),
        Measure("uacr", "mg/g", 0, 30_000, (Conversion("mg/mmol", 1 / 0.113),), 20),
        Measure("ldl", "mg/dL", 1, 1000, _per_litre(_CHOLESTEROL), 100),
        Measure("hdl", "mg/dL", 1, 300, _per_litre(_CHOLESTEROL), 45),
        Measure("total_cholesterol", "mg/dL", 10, 2000, _per_litre(_CHOLESTEROL), 180),
        Measure("triglycerides", "mg/dL", 5, 10_000, _per_litre(_TRIGLYCERIDES), 150),
        Measure("bun", "mg/dL", 0.5, 300, _per_litre(_UREA), 16),
        Measure("uric_acid", "mg/dL", 0.2, 40, (Conversion("umol/L", 1 / 59.48),), 5.5),
        Measure("fasting_insulin", "uU/mL", 0, 2000, (Conversion("pmol/L", 1 / 6.0),), 10),
        Measure("insulin_2h", "uU/mL", 0, 2000, (Conversion("pmol/L", 1 / 6.0),), 40),
        Measure("c_peptide", "ng/mL", 0, 60, (Conversion("nmol/L", 3.02),), 2),
        Measure("c_peptide_2h", "ng/mL", 0, 60, (Conversion("nmol/L", 3.02),), 4),
        Measure("systolic_bp", "mmHg", 40, 320, (), 135),
        Measure("diastolic_bp", "mmHg", 20, 220, (), 80),
        Measure("heart_rate", "/min", 20, 300),
        Measure("bmi", "kg/m2", 8, 120),
        Measure("weight", "kg", 1, 500),
        Measure("height", "cm", 30, 260),
        Measure("waist", "cm", 30, 300),
        Measure("homa_ir", "index", 0, 300),
        Measure("smoking", "level", 0, 2),
        Measure("smoking_pack_years", "pack-years", 0, 300),
        Measure("alcohol", "level", 0, 1),
        Measure("activity", "min/week", 0, 10_080),
        Measure("polygenic_score", "sd", -10, 10),
    )
}
"""Measures by analyte; an analyte that is not here carries whatever unit its source states.

References
----------
.. [1] Weykamp et al. (2008), The IFCC reference measurement system for HbA1c: NGSP % = IFCC / 10.929 + 2.15,
   doi:10.1373/clinchem.2007.091637.
"""
