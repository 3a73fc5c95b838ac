"""Features of the index stay: what is known on the day of discharge, through a window of that one day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.data.vocabulary import ADMISSION_SOURCES, ADMISSION_TYPES, DISCHARGE_STATUSES, SPECIALTIES
from riskkit.features.catalogue import Feature
from riskkit.features.wording import name_group

if TYPE_CHECKING:
    import pandas as pd

STATED = {
    "stated_outpatient_visits": ("outpatient visits in the year before", "前一年门诊次数", "count"),
    "stated_emergency_visits": ("emergency visits in the year before", "前一年急诊次数", "count"),
    "stated_inpatient_visits": ("inpatient stays in the year before", "前一年住院次数", "count"),
    "stated_lab_procedures": ("laboratory procedures in the stay", "住院期间检验次数", "count"),
    "stated_procedures": ("other procedures in the stay", "住院期间操作次数", "count"),
    "stated_medications": ("medications in the stay", "住院期间用药数", "count"),
    "stated_diagnoses": ("diagnoses entered", "登记诊断数", "count"),
    "stated_age_band": ("age band, middle", "年龄组中值", "years"),
    "hba1c_band": ("HbA1c band (0 normal, 1 over 7 %, 2 over 8 %)", "糖化血红蛋白分级", "band"),
    "glucose_band": ("glucose band (0 normal, 1 over 200, 2 over 300 mg/dL)", "血糖分级", "band"),
    "insulin_change": ("insulin dose change", "胰岛素剂量变化", "step"),
    "drug_change": ("diabetes drugs changed", "降糖药调整", "flag"),
    "diabetes_drug": ("on a diabetes drug", "使用降糖药", "flag"),
}
DRUG_CLASSES = ("A10A", "A10BA", "A10BB", "A10BF", "A10BG", "A10BX")


def index_stay_features(code_groups: pd.DataFrame) -> list[Feature]:
    """Declare the features of the index stay.

    Parameters
    ----------
    code_groups : pandas.DataFrame
        Columns `list`, `group`: the groups of every code list.

    Returns
    -------
    list of Feature
        Group ``index_stay``.
    """
    facts = {
        "admission_type": (ADMISSION_TYPES, "admission", "入院类型"),
        "admission_source": (ADMISSION_SOURCES, "admitted from", "入院途径"),
        "discharge_status": (DISCHARGE_STATUSES, "discharged", "离院方式"),
        "specialty": (SPECIALTIES, "specialty", "科室"),
    }
    features = [_length()]
    for dimension, (values, words, words_zh) in facts.items():
        features += [_fact(dimension, value, words, words_zh) for value in values]
    features += [_stated(analyte, *spec) for analyte, spec in STATED.items()]
    features += [_drug(code) for code in DRUG_CLASSES]
    groups = code_groups.loc[code_groups["list"].eq("conditions"), "group"].drop_duplicates().sort_values()
    for group in groups:
        features += _diagnosis(group)
    return features


def _length() -> Feature:
    name, words = "index_stay_days", "length of the stay"
    return Feature(name, words, "住院天数", "days", "index_stay", "stays", "max", "stay_days", window_days=1)


def _fact(dimension: str, value: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"index_{dimension}_{value}",
        f"{words}: {value.replace('_', ' ')}",
        f"{words_zh}:{value}",
        "flag",
        "index_stay",
        "stays",
        "any",
        where=((dimension, value),),
        window_days=1,
    )


def _stated(analyte: str, words: str, words_zh: str, unit: str) -> Feature:
    return Feature(
        f"index_{analyte}",
        words,
        words_zh,
        unit,
        "index_stay",
        "labs",
        "latest",
        column="value",
        where=(("analyte", analyte),),
        window_days=1,
    )


def _drug(code: str) -> Feature:
    dimension = f"atc{len(code)}"
    return Feature(
        f"index_drug_{code.lower()}",
        f"drug class {code} in the stay",
        f"住院用药{code}",
        "flag",
        "index_stay",
        "drugs",
        "any",
        where=((dimension, code),),
        window_days=1,
    )


def _diagnosis(group: str) -> list[Feature]:
    where = (("code_group", f"conditions:{group}"),)
    words, words_zh = name_group(group)
    return [
        Feature(
            f"index_principal_{group}",
            f"principal diagnosis: {words}",
            f"主要诊断:{words_zh}",
            "flag",
            "index_stay",
            "diagnoses",
            "any",
            where=(*where, ("is_principal", True)),
            window_days=1,
        ),
        Feature(
            f"index_any_{group}",
            f"diagnosis in the stay: {words}",
            f"住院诊断:{words_zh}",
            "flag",
            "index_stay",
            "diagnoses",
            "any",
            where=where,
            window_days=1,
        ),
    ]
