"""Features of a survey: what members stated of their health, plan and means, where a source carries it."""

from __future__ import annotations

from riskkit.features.catalogue import Feature

SURVEY: dict[str, tuple[str, str, str]] = {
    "stated_physician_visits": ("visits to physicians stated for the last year", "上年医师就诊次数", "count"),
    "stated_other_visits": ("visits to other professionals stated for the last year", "上年非医师就诊次数", "count"),
    "stated_mental_visits": ("visits for mental health stated for the last year", "上年心理就诊次数", "count"),
    "stated_coinsurance": ("share of the cost that the member pays", "自付比例", "%"),
    "stated_deductible_plan": ("plan with a deductible for each member", "个人起付线计划", "flag"),
    "stated_disease_index": ("index of chronic diseases", "慢性病指数", "index"),
    "stated_mental_health": ("index of mental health", "心理健康指数", "index"),
    "stated_general_health": ("index of general health", "总体健康指数", "index"),
    "stated_physical_limitation": ("limited in physical activity", "活动受限", "flag"),
    "stated_health_good": ("health stated as good", "自评健康良好", "flag"),
    "stated_health_fair": ("health stated as fair", "自评健康一般", "flag"),
    "stated_health_poor": ("health stated as poor", "自评健康较差", "flag"),
    "stated_income": ("income of the family", "家庭收入", "USD"),
    "stated_education": ("education of the head of the family", "户主受教育年数", "years"),
    "stated_family_size": ("members of the family", "家庭人数", "persons"),
    "stated_site": ("site of the study, by its number", "研究地点编号", "number"),
}
"""Words in English and Chinese and unit of each stated value."""


def survey_features() -> list[Feature]:
    """Declare the features of a survey; none may enter a rate, since a member's own word would then be money.

    Returns
    -------
    list of Feature
        Group ``survey``: the latest value of the last 365 days.
    """
    return [
        Feature(
            f"{analyte}_365d",
            words,
            words_zh,
            unit,
            "survey",
            "labs",
            "latest",
            column="value",
            where=(("analyte", analyte),),
        )
        for analyte, (words, words_zh, unit) in SURVEY.items()
    ]
