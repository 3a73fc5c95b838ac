"""Derived features: formulas over features of the same row, in pandas, the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.egfr import compute_egfr
from riskkit.data.vocabulary import SETTINGS
from riskkit.features.analytes import ANALYTES
from riskkit.features.groups import COMPLICATION_GROUPS, DCSI_GROUPS, LAB_CONFIRMED
from riskkit.features.kidney import compute_a_stage, compute_g_stage, compute_kidney_risk, find_kidney_disease
from riskkit.features.schedule import SCHEDULE, compute_attained, compute_schedule_share

if TYPE_CHECKING:
    from collections.abc import Callable

HBA1C_TARGET_PCT = 7.0
ADHERENT_SHARE = 0.8
MANY_DRUGS = 5
FEWEST_READINGS = 3
HOMA_MG_DL = 405.0
CLAIMS, DIAGNOSES, FILLS, LABS = ("medical_claim",), ("diagnosis",), ("pharmacy_claim",), ("lab_result",)
ADHERENCE_CLASSES = ("diabetes_drug", "renin_angiotensin_drug", "lipid_lowering_drug")
MEASURED = ("creatinine_sustained_730d", "uacr_sustained_730d", "age_years", "is_female")
FIRSTS = (*COMPLICATION_GROUPS, *(f"dcsi_{group}" for group in DCSI_GROUPS))
"""Groups of diagnoses of which it matters whether they are new."""


@dataclass(frozen=True)
class Derived:
    """A formula over features of the same row.

    Parameters
    ----------
    inputs : tuple of str
        Features that it reads, where the catalogue has them.
    formula : callable
        From the frame of inputs to the values.
    tables : tuple of str
        Canonical tables of the inputs.
    """

    inputs: tuple[str, ...]
    formula: Callable[[pd.DataFrame], pd.Series[float]]
    tables: tuple[str, ...]


def _egfr(frame: pd.DataFrame) -> pd.Series[float]:
    return compute_egfr(frame["creatinine_latest_730d"], frame["age_years"], frame["is_female"])


def _kidney_risk(frame: pd.DataFrame) -> pd.Series[float]:
    return compute_kidney_risk(compute_g_stage(_egfr(frame)), compute_a_stage(frame["uacr_latest_730d"]))


def _dcsi_total(frame: pd.DataFrame) -> pd.Series[float]:
    """Sum the category maxima; a member without a code in a category has no points there."""
    names = [name for group in DCSI_GROUPS if (name := f"dcsi_{group}_730d") in frame]
    total: pd.Series[float] = frame[names].sum(axis=1, min_count=1)
    return total


def _kidney_confirmed(frame: pd.DataFrame, stem: str) -> pd.Series[float]:
    """Say what the records confirm, or one where the laboratory does; missing where there are no diagnoses."""
    creatinine, ratio, age, female = (frame[name] for name in MEASURED)
    measured = find_kidney_disease(compute_egfr(creatinine, age, female), ratio)
    coded = frame[f"{stem}_coded_730d"]
    return coded.where(coded.ge(1) | coded.isna() | ~measured, 1.0)


def _dcsi_confirmed(frame: pd.DataFrame) -> pd.Series[float]:
    names = [name for group in DCSI_GROUPS if (name := f"dcsi_{group}_confirmed_730d") in frame]
    parts = frame[names]
    if "dcsi_nephropathy_coded_730d" in frame:
        parts = parts.assign(kidney=_kidney_confirmed(frame, "dcsi_nephropathy"))
    total: pd.Series[float] = parts.sum(axis=1, min_count=1)
    return total


def _is_new(frame: pd.DataFrame, group: str) -> pd.Series[float]:
    """Say whether the first record of all the past lies in the last 365 days."""
    first = frame[f"days_since_first_{group}"]
    return first.le(365).astype("float64").where(frame[f"{group}_730d"].notna())


def _is_held(frame: pd.DataFrame, group: str) -> pd.Series[float]:
    first = frame[f"days_since_first_{group}"]
    return first.gt(365).astype("float64").where(frame[f"{group}_730d"].notna())


def _count_new(frame: pd.DataFrame) -> pd.Series[float]:
    named = [group for group in COMPLICATION_GROUPS if f"{group}_730d" in frame and group != "any_complication"]
    flags = pd.DataFrame({group: _is_new(frame, group) for group in named}, index=frame.index)
    total: pd.Series[float] = flags.sum(axis=1, min_count=1)
    return total


def _above_target(frame: pd.DataFrame) -> pd.Series[float]:
    return (frame["hba1c_latest_730d"] - HBA1C_TARGET_PCT).clip(lower=0.0)


def _share(frame: pd.DataFrame, part: str, whole: str) -> pd.Series[float]:
    below = frame[whole]
    return frame[part] / below.where(below > 0)


def _change(frame: pd.DataFrame, name: str) -> pd.Series[float]:
    """Subtract the year before from the last one."""
    year = frame[f"{name}_365d"]
    return year - (frame[f"{name}_730d"] - year)


def _variation(frame: pd.DataFrame, analyte: str) -> pd.Series[float]:
    enough = frame[f"{analyte}_tests_730d"] >= FEWEST_READINGS
    return _share(frame, f"{analyte}_sd_730d", f"{analyte}_mean_730d").where(enough)


def _homa_ir(frame: pd.DataFrame) -> pd.Series[float]:
    computed = frame["fasting_insulin_latest_730d"] * frame["glucose_latest_730d"] / HOMA_MG_DL
    return frame["homa_ir_stated_730d"].fillna(computed)


def _at_least(frame: pd.DataFrame, name: str, limit: float) -> pd.Series[float]:
    return frame[name].ge(limit).astype("float64").where(frame[name].notna())


def _attained(frame: pd.DataFrame, columns: tuple[str, ...], due: int) -> pd.Series[float]:
    return compute_attained(frame[list(columns)], due)


def _schedule(frame: pd.DataFrame) -> pd.Series[float]:
    return compute_schedule_share(frame, {name: (due, columns) for name, (due, columns, *_) in SCHEDULE.items()})


def _firsts() -> dict[str, Derived]:
    found = {}
    for group in FIRSTS:
        inputs = (f"days_since_first_{group}", f"{group}_730d")
        found[f"{group}_incident_365d"] = Derived(inputs, partial(_is_new, group=group), DIAGNOSES)
        found[f"{group}_prevalent"] = Derived(inputs, partial(_is_held, group=group), DIAGNOSES)
    pairs = [(f"days_since_first_{group}", f"{group}_730d") for group in COMPLICATION_GROUPS]
    every = tuple(name for pair in pairs for name in pair)
    return {**found, "new_complications_365d": Derived(every, _count_new, DIAGNOSES)}


def _confirmed() -> dict[str, Derived]:
    tables = (*DIAGNOSES, *CLAIMS, *LABS, "person")
    found = {
        f"{stem}_confirmed_730d": Derived(
            (f"{stem}_coded_730d", *MEASURED), partial(_kidney_confirmed, stem=stem), tables
        )
        for stem in LAB_CONFIRMED
    }
    points = [f"dcsi_{group}" for group in DCSI_GROUPS]
    names = [f"{stem}_{'coded' if stem in LAB_CONFIRMED else 'confirmed'}_730d" for stem in points]
    return {**found, "dcsi_total_confirmed_730d": Derived((*names, *MEASURED), _dcsi_confirmed, tables)}


def _kidney() -> dict[str, Derived]:
    filtration, ratio = ("creatinine_latest_730d", "age_years", "is_female"), ("uacr_latest_730d",)
    stage, albuminuria = (lambda frame: compute_g_stage(_egfr(frame))), (lambda frame: compute_a_stage(frame[ratio[0]]))
    return {
        "egfr_latest_730d": Derived(filtration, _egfr, (*LABS, "person")),
        "kdigo_g_stage_730d": Derived(filtration, stage, (*LABS, "person")),
        "kdigo_a_stage_730d": Derived(ratio, albuminuria, LABS),
        "kdigo_risk_730d": Derived((*filtration, *ratio), _kidney_risk, (*LABS, "person")),
    }


def _labs() -> dict[str, Derived]:
    homa = ("homa_ir_stated_730d", "fasting_insulin_latest_730d", "glucose_latest_730d")
    found = {
        "hba1c_above_target": Derived(("hba1c_latest_730d",), _above_target, LABS),
        "homa_ir_730d": Derived(homa, _homa_ir, LABS),
    }
    for analyte in ANALYTES:
        inputs = tuple(f"{analyte}_{part}_730d" for part in ("sd", "mean", "tests"))
        found[f"{analyte}_cv_730d"] = Derived(inputs, partial(_variation, analyte=analyte), LABS)
    return found


def _costs() -> dict[str, Derived]:
    names = ["allowed_amount", "paid_amount", "inpatient_days"]
    names += [f"{setting}_{what}" for setting in SETTINGS for what in ("visits", "allowed_amount")]
    changes = {
        f"{name}_change": Derived((f"{name}_365d", f"{name}_730d"), partial(_change, name=name), CLAIMS)
        for name in names
    }
    return {
        **_part("allowed_amount_trend", "allowed_amount_90d", "allowed_amount_365d", CLAIMS),
        **_part("member_amount_share_365d", "member_amount_365d", "allowed_amount_365d", CLAIMS),
        **changes,
    }


def _part(name: str, part: str, whole: str, tables: tuple[str, ...]) -> dict[str, Derived]:
    return {name: Derived((part, whole), partial(_share, part=part, whole=whole), tables)}


def _reached(name: str, value: str, limit: float, tables: tuple[str, ...]) -> dict[str, Derived]:
    return {name: Derived((value,), partial(_at_least, name=value, limit=limit), tables)}


def _drugs() -> dict[str, Derived]:
    found = {
        **_reached("polypharmacy_90d", "distinct_drugs_90d", MANY_DRUGS, FILLS),
        **_part("long_fill_share_365d", "long_fills_28d_365d", "fills_365d", FILLS),
    }
    for name in ADHERENCE_CLASSES:
        found |= _reached(f"{name}_adherent_365d", f"{name}_pdc_365d", ADHERENT_SHARE, (*FILLS, *CLAIMS))
    return found


def _schedules() -> dict[str, Derived]:
    found = {}
    for name, (due, columns, *_) in SCHEDULE.items():
        tables = tuple(dict.fromkeys("lab_result" if "_tests_" in column else "care_event" for column in columns))
        found[f"{name}_attained_365d"] = Derived(columns, partial(_attained, columns=columns, due=due), tables)
    every = tuple(column for _, columns, *_ in SCHEDULE.values() for column in columns)
    return {**found, "schedule_attained_365d": Derived(every, _schedule, ("care_event", "lab_result"))}


DERIVED: dict[str, Derived] = {
    **_kidney(),
    **_labs(),
    **_firsts(),
    "dcsi_total_730d": Derived(tuple(f"dcsi_{group}_730d" for group in DCSI_GROUPS), _dcsi_total, DIAGNOSES),
    **_confirmed(),
    **_costs(),
    **_drugs(),
    **_schedules(),
}
"""Formula of each derived feature; the context columns are always at hand."""
