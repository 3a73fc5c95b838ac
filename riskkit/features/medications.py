"""Features of drugs: which classes were filled, for how many days, and how many different ones."""

from __future__ import annotations

from riskkit.features.catalogue import Feature

CLASSES = {
    "insulin": ("atc4", "A10A", "insulin", "胰岛素"),
    "metformin": ("atc5", "A10BA", "metformin", "二甲双胍"),
    "sulfonylurea": ("atc5", "A10BB", "sulfonylurea", "磺脲类"),
    "alpha_glucosidase_inhibitor": ("atc5", "A10BF", "alpha-glucosidase inhibitor", "α-糖苷酶抑制剂"),
    "glitazone": ("atc5", "A10BG", "glitazone", "噻唑烷二酮类"),
    "dpp4_inhibitor": ("atc5", "A10BH", "DPP-4 inhibitor", "DPP-4抑制剂"),
    "glp1_agonist": ("atc5", "A10BJ", "GLP-1 agonist", "GLP-1受体激动剂"),
    "sglt2_inhibitor": ("atc5", "A10BK", "SGLT2 inhibitor", "SGLT2抑制剂"),
    "other_glucose_lowering": ("atc5", "A10BX", "other glucose-lowering drug", "其他降糖药"),
    "diabetes_drug": ("atc3", "A10", "any diabetes drug", "任一降糖药"),
    "antithrombotic": ("atc3", "B01", "antithrombotic", "抗栓药"),
    "diuretic": ("atc3", "C03", "diuretic", "利尿药"),
    "beta_blocker": ("atc3", "C07", "beta blocker", "β受体阻滞剂"),
    "calcium_channel_blocker": ("atc3", "C08", "calcium channel blocker", "钙通道阻滞剂"),
    "renin_angiotensin_drug": ("atc3", "C09", "ACE inhibitor or sartan", "肾素-血管紧张素药"),
    "lipid_lowering_drug": ("atc3", "C10", "lipid-lowering drug", "调脂药"),
}


def medication_features() -> list[Feature]:
    """Declare the features of drugs.

    Returns
    -------
    list of Feature
        Group ``drugs``.
    """
    features = [_filled(name, *spec) for name, spec in CLASSES.items()]
    features += [_supplied(name, *CLASSES[name]) for name in ("insulin", "diabetes_drug", "lipid_lowering_drug")]
    distinct = Feature(
        "distinct_drugs_365d",
        "different drugs filled in 365 days",
        "365天内不同药品数",
        "count",
        "drugs",
        "drugs",
        "distinct",
        column="atc_code",
    )
    cost = Feature(
        "drug_allowed_amount_365d",
        "drug cost in 365 days",
        "365天内药品费用",
        "currency",
        "cost",
        "drugs",
        "sum",
        column="allowed_amount",
    )
    return [*features, distinct, cost]


def _filled(name: str, dimension: str, code: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"{name}_365d",
        f"{words} filled in 365 days",
        f"365天内使用{words_zh}",
        "flag",
        "drugs",
        "drugs",
        "any",
        where=((dimension, code),),
    )


def _supplied(name: str, dimension: str, code: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"{name}_days_supply_365d",
        f"days of {words} supplied in 365 days",
        f"365天内{words_zh}供药天数",
        "days",
        "drugs",
        "drugs",
        "sum",
        column="days_supply",
        where=((dimension, code),),
    )
