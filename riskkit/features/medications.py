"""Features of drugs: which classes were filled, for how many days, and how many different ones."""

from __future__ import annotations

from riskkit.features.catalogue import Aggregate, Feature
from riskkit.features.derive import ADHERENCE_CLASSES

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
    "noninsulin_glucose_lowering": ("atc4", "A10B", "glucose-lowering drug other than insulin", "非胰岛素类降糖药"),
    "acid_suppressant": ("atc4", "A02B", "acid suppressant", "抑酸药"),
    "antianaemic": ("atc3", "B03", "drug against anaemia", "抗贫血药"),
    "cardiac_drug": ("atc3", "C01", "cardiac drug", "心脏病治疗药"),
    "corticosteroid": ("atc3", "H02", "systemic corticosteroid", "全身用皮质激素"),
    "antibiotic": ("atc3", "J01", "systemic antibiotic", "全身用抗菌药"),
    "antineoplastic": ("atc3", "L01", "antineoplastic", "抗肿瘤药"),
    "anti_inflammatory": ("atc3", "M01", "anti-inflammatory drug", "抗炎抗风湿药"),
    "opioid": ("atc4", "N02A", "opioid", "阿片类药"),
    "antiepileptic": ("atc3", "N03", "antiepileptic", "抗癫痫药"),
    "antipsychotic": ("atc4", "N05A", "antipsychotic", "抗精神病药"),
    "antidepressant": ("atc4", "N06A", "antidepressant", "抗抑郁药"),
    "airway_drug": ("atc3", "R03", "drug for obstructive airways", "阻塞性气道疾病用药"),
}
SUPPLIED = ("insulin", "diabetes_drug", "lipid_lowering_drug")
FOLLOWED = (
    *("insulin", "metformin", "sulfonylurea", "alpha_glucosidase_inhibitor", "glitazone", "dpp4_inhibitor"),
    *("glp1_agonist", "sglt2_inhibitor", "noninsulin_glucose_lowering", "diabetes_drug", "antithrombotic", "diuretic"),
    *("beta_blocker", "calcium_channel_blocker", "renin_angiotensin_drug", "lipid_lowering_drug"),
)
"""Classes taken day by day, of which the proportion of days covered is computed."""
STARTED = ("insulin", "noninsulin_glucose_lowering")
"""Classes whose first fill says how far treatment has come, however long ago it was."""
DISTINCT = {
    "distinct_drugs": ("atc_code", "different drugs filled", "不同药品数"),
    "distinct_drug_groups": ("atc5", "different drug groups (ATC level 4) filled", "不同药物类别数(ATC第4级)"),
}
LONG_DAYS = (28, 84)


def medication_features() -> list[Feature]:
    """Declare the features of drugs.

    Returns
    -------
    list of Feature
        Groups ``drugs`` and ``cost``.
    """
    features = [_filled(name, *spec) for name, spec in CLASSES.items()]
    features += [_supplied(name, *CLASSES[name]) for name in SUPPLIED]
    features += [_covered(name, *CLASSES[name]) for name in FOLLOWED]
    features += [_adherent(name, *CLASSES[name]) for name in ADHERENCE_CLASSES]
    features += [_started(name, *CLASSES[name]) for name in STARTED]
    features += [_distinct(name, days) for name in DISTINCT for days in (90, 365)]
    return [*features, *_prescriptions()]


def _covered(name: str, dimension: str, code: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"{name}_pdc_365d",
        f"share of days covered by {words} since its first fill in 365 days",
        f"365天内{words_zh}药物覆盖天数比例",
        "fraction",
        "drugs",
        "adherence",
        "mean",
        column="covered",
        where=(("drug_class", code),),
    )


def _adherent(name: str, dimension: str, code: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"{name}_adherent_365d",
        f"{words} covers at least 80 % of days",
        f"{words_zh}覆盖天数比例达80%",
        "flag",
        "drugs",
        "derived",
        "derived",
    )


def _started(name: str, dimension: str, code: str, words: str, words_zh: str) -> Feature:
    return Feature(
        f"days_since_first_{name}",
        f"days since the first fill of {words}",
        f"首次使用{words_zh}至今天数",
        "days",
        "drugs",
        "drugs",
        "days_since_first",
        where=((dimension, code),),
        window_days=None,
    )


def _distinct(name: str, days: int) -> Feature:
    column, words, words_zh = DISTINCT[name]
    return Feature(
        f"{name}_{days}d",
        f"{words} in {days} days",
        f"{days}天内{words_zh}",
        "count",
        "drugs",
        "drugs",
        "distinct",
        column=column,
        window_days=days,
    )


def _prescriptions() -> list[Feature]:
    """Declare counts, lengths and cost of all fills; a long prescription shows in its days of supply, not its fills."""
    simple: tuple[tuple[str, str, str, str, str, Aggregate, str], ...] = (
        ("fills_365d", "drug fills", "取药次数", "count", "drugs", "count", ""),
        (
            "longest_fill_365d",
            "longest days of supply of a fill",
            "单次最长供药天数",
            "days",
            "drugs",
            "max",
            "days_supply",
        ),
        ("drug_allowed_amount_365d", "drug cost", "药品费用", "currency", "cost", "sum", "allowed_amount"),
        *[
            (
                f"long_fills_{days}d_365d",
                f"fills of {days} days or more",
                f"{days}天及以上长处方次数",
                "count",
                "drugs",
                "sum",
                f"long_{days}",
            )
            for days in LONG_DAYS
        ],
    )
    folded = [
        Feature(name, f"{words} in 365 days", f"365天内{words_zh}", unit, group, "drugs", aggregate, column)
        for name, words, words_zh, unit, group, aggregate, column in simple
    ]
    share = ("share of fills of 28 days or more in 365 days", "365天内28天及以上长处方占比")
    many = ("five or more different drugs filled in 90 days", "90天内使用5种及以上药品")
    return [
        *folded,
        Feature("long_fill_share_365d", *share, "fraction", "drugs", "derived", "derived"),
        Feature("polypharmacy_90d", *many, "flag", "drugs", "derived", "derived", window_days=90),
    ]


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
