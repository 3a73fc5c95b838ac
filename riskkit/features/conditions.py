"""Features of diagnosis: condition groups, complications and the severity index, from code lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.features.catalogue import Feature
from riskkit.features.confirmation import confirm_feature, confirmed_total
from riskkit.features.groups import COMPLICATION_GROUPS, DCSI_GROUPS
from riskkit.features.wording import name_group

if TYPE_CHECKING:
    import pandas as pd


UNSPECIFIED = frozenset({"any_complication", "diabetes", "diabetes_complicated"})
"""Groups that hold the unspecified codes E10-E14 .8 and .9, which a team can add at will: never confirmed."""


def condition_features(code_groups: pd.DataFrame) -> list[Feature]:
    """Declare one feature per condition group that the code lists hold, and the complications and their severity.

    A single record raises them, so they are clinical; beside each stands its confirmed version, for payment.

    Parameters
    ----------
    code_groups : pandas.DataFrame
        Columns `list`, `group`: the groups of every code list.

    Returns
    -------
    list of Feature
        Groups ``diagnoses``, ``kidney``, ``eye``, ``nerves``, ``heart``, ``foot`` and ``glycaemia``.
    """
    listed = code_groups[["list", "group"]].drop_duplicates().sort_values(["list", "group"])
    features: list[Feature] = []
    for name, group in listed.itertuples(index=False):
        if name == "conditions":
            features += _condition(group)
        elif name == "complications":
            features += [*_with_confirmed(_complication(group), group), *_firsts("complications", group, group)]
        elif name == "dcsi":
            features += [*_with_confirmed(_severity(group), group), *_firsts("dcsi", group, f"dcsi_{group}")]
    held = {feature.name for feature in features}
    new = [_new_complications()] if held & {f"{group}_incident_365d" for group in COMPLICATION_GROUPS} else []
    return [*features, *new, *_totals()]


def _condition(group: str) -> list[Feature]:
    where = (("code_group", f"conditions:{group}"),)
    words, zh = name_group(group)
    held = Feature(
        f"dx_{group}_730d",
        f"diagnosis of {words} in 730 days",
        f"730天内诊断:{zh}",
        "flag",
        "diagnoses",
        "diagnoses",
        "any",
        where=where,
        window_days=730,
        direction=1,
    )
    dated = Feature(
        f"dx_{group}_records_365d",
        f"records of {words} in 365 days",
        f"365天内{zh}记录数",
        "count",
        "diagnoses",
        "diagnoses",
        "count",
        where=where,
    )
    return [*_with_confirmed(held, group), dated]


def _with_confirmed(single: Feature, group: str) -> list[Feature]:
    return [single, *([] if group in UNSPECIFIED else confirm_feature(single))]


def _complication(group: str) -> Feature:
    words, zh = name_group(group)
    return Feature(
        f"{group}_730d",
        f"{words} in 730 days",
        f"730天内{zh}",
        "flag",
        COMPLICATION_GROUPS.get(group, "diagnoses"),
        "diagnoses",
        "any",
        where=(("code_group", f"complications:{group}"),),
        window_days=730,
        direction=1,
    )


def _severity(group: str) -> Feature:
    words, zh = name_group(group)
    return Feature(
        f"dcsi_{group}_730d",
        f"severity points for {words} in 730 days",
        f"730天内{zh}严重度评分",
        "points",
        DCSI_GROUPS.get(group, "diagnoses"),
        "diagnoses",
        "points",
        column="points",
        where=(("code_group", f"dcsi:{group}"),),
        window_days=730,
        direction=1,
    )


def _firsts(name: str, group: str, stem: str) -> list[Feature]:
    """Declare when a group was first recorded, and whether that was in the last year or before."""
    clinical = {"complications": COMPLICATION_GROUPS, "dcsi": DCSI_GROUPS}[name]
    words, zh = name_group(group)
    place = clinical.get(group, "diagnoses")
    since = Feature(
        f"days_since_first_{stem}",
        f"days since the first record of {words}",
        f"首次记录{zh}至今天数",
        "days",
        place,
        "diagnosis_history",
        "days_since_first",
        where=(("code_group", f"{name}:{group}"),),
        window_days=None,
    )
    if group not in clinical:
        return [since]
    derived = {
        f"{stem}_incident_365d": (f"{words}, first recorded in 365 days", f"365天内新发{zh}"),
        f"{stem}_prevalent": (f"{words}, recorded before the last 365 days", f"365天前已有{zh}"),
    }
    flags = [
        Feature(flag, *meanings, "flag", place, "derived", "derived", window_days=None, direction=1)
        for flag, meanings in derived.items()
    ]
    return [since, *flags]


def _new_complications() -> Feature:
    return Feature(
        "new_complications_365d",
        "complications first recorded in 365 days",
        "365天内新发并发症数",
        "count",
        "diagnoses",
        "derived",
        "derived",
        direction=1,
    )


def _totals() -> list[Feature]:
    return [
        Feature(
            "dcsi_total_730d",
            "diabetes complications severity index (0-13)",
            "糖尿病并发症严重度指数",
            "points",
            "diagnoses",
            "derived",
            "derived",
            window_days=730,
            direction=1,
        ),
        confirmed_total(),
        Feature(
            "distinct_diagnoses_365d",
            "different diagnosis codes in 365 days",
            "365天内不同诊断数",
            "count",
            "diagnoses",
            "diagnosis_codes",
            "distinct",
            column="code",
        ),
        Feature(
            "distinct_diagnoses_730d",
            "different diagnosis codes in 730 days",
            "730天内不同诊断数",
            "count",
            "diagnoses",
            "diagnosis_codes",
            "distinct",
            column="code",
            window_days=730,
        ),
    ]
