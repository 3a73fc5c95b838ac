"""Features of the person and the membership: age, sex, place, insurance, tenure."""

from __future__ import annotations

from riskkit.features.catalogue import Feature

CONTEXT_FEATURES = {
    "age_years": "age_years",
    "is_female": "sex",
    "is_urban": "urban",
    "is_employee": "insurance_type",
    "institution_level": "institution_level",
}
"""Feature name to the cohort column that it is read from."""


STATED_MONTHS = {
    "stated_part_a_months": ("hospital cover", "住院保障"),
    "stated_part_b_months": ("medical cover", "门诊保障"),
    "stated_managed_care_months": ("managed care", "管理式医疗"),
}
SPANS = {
    "tenure_days": ("current_days", ("days of the running enrolment", "本次连续参保天数"), "days", None),
    "enrolled_days": ("enrolled_days", ("days enrolled so far", "累计参保天数"), "days", None),
    "enrolled_months_365d": ("months", ("months enrolled in 365 days", "365天内参保月数"), "months", 365),
    "enrolment_gap_days_730d": (
        "gap_days",
        ("days without enrolment since joining, in 730 days", "730天内参保中断天数"),
        "days",
        730,
    ),
    "enrolment_gaps_730d": ("gaps", ("enrolments after a gap in 730 days", "730天内参保中断次数"), "count", 730),
}
"""Asked of merged enrolment spans, so that a contract renewed without a gap is one."""


def demographic_features() -> list[Feature]:
    """Declare the features of person and membership.

    Returns
    -------
    list of Feature
        Groups ``demography`` and ``membership``.
    """
    return [
        Feature("age_years", "age", "年龄", "years", "demography", "context", "context", direction=1, policy="payment"),
        Feature("is_female", "female sex", "女性", "flag", "demography", "context", "context", policy="payment"),
        Feature("is_urban", "lives in a city", "城镇居民", "flag", "demography", "context", "context"),
        Feature("is_employee", "employee insurance", "职工医保", "flag", "demography", "context", "context"),
        Feature(
            "institution_level",
            "level of the team's institution",
            "机构等级",
            "level",
            "membership",
            "context",
            "context",
        ),
        Feature(
            "days_since_joining",
            "days since the first enrolment in 730 days",
            "730天内首次参保至今天数",
            "days",
            "membership",
            "enrolment",
            "days_since_first",
            window_days=730,
        ),
        Feature(
            "enrolment_spans_730d",
            "enrolment spans begun in 730 days",
            "730天内参保次数",
            "count",
            "membership",
            "enrolment",
            "count",
            window_days=730,
        ),
        *[_membership(name, *spec) for name, spec in SPANS.items()],
        *[_stated_months(analyte, *words) for analyte, words in STATED_MONTHS.items()],
    ]


def _membership(name: str, column: str, words: tuple[str, str], unit: str, days: int | None) -> Feature:
    return Feature(name, *words, unit, "membership", "membership", "sum", column=column, window_days=days)


def _stated_months(analyte: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"{analyte}_365d",
        f"months of {words} stated for the last year",
        f"上年{words_zh}月数",
        "months",
        "membership",
        "labs",
        "latest",
        column="value",
        where=(("analyte", analyte),),
    )
