"""Features of use and cost: visits, bed days and money by setting and window."""

from __future__ import annotations

from riskkit.features.catalogue import Aggregate, Feature

WINDOWS = (90, 365, 730)
SETTING_WORDS = {
    "inpatient": ("inpatient", "住院"),
    "outpatient": ("outpatient", "门诊"),
    "emergency": ("emergency", "急诊"),
    "chronic_clinic": ("chronic-disease clinic", "慢病门诊"),
    "professional": ("physician", "医师服务"),
}
AMOUNT_WORDS = {"paid_amount": ("fund", "基金支付"), "member_amount": ("member", "个人支付")}


def utilization_features() -> list[Feature]:
    """Declare the features of use and cost; a provider can raise them all, so none may enter a rate.

    Returns
    -------
    list of Feature
        Groups ``use`` and ``cost``.
    """
    features: list[Feature] = []
    for setting, words in SETTING_WORDS.items():
        features += _visits(setting, *words) + _amounts(setting, *words)
    return [*features, *_totals(), *_stays(), *_changes(), *_admissions(), *_places()]


def _visits(setting: str, words: str, words_zh: str) -> list[Feature]:
    where = (("setting", setting),)
    counts = [
        Feature(
            f"{setting}_visits_{days}d",
            f"{words} visits in {days} days",
            f"{days}天内{words_zh}次数",
            "count",
            "use",
            "claims",
            "count",
            where=where,
            window_days=days,
        )
        for days in WINDOWS
    ]
    since = Feature(
        f"days_since_{setting}_visit",
        f"days since the last {words} visit (730 days)",
        f"距上次{words_zh}天数",
        "days",
        "use",
        "claims",
        "days_since",
        where=where,
        window_days=730,
    )
    return [*counts, since]


def _amounts(setting: str, words: str, words_zh: str) -> list[Feature]:
    where = (("setting", setting),)
    allowed = [
        Feature(
            f"{setting}_allowed_amount_{days}d",
            f"{words} cost in {days} days",
            f"{days}天内{words_zh}费用",
            "currency",
            "cost",
            "claims",
            "sum",
            column="allowed_amount",
            where=where,
            window_days=days,
        )
        for days in WINDOWS
    ]
    shares = [
        Feature(
            f"{setting}_{amount}_365d",
            f"{words} {payer} payment in 365 days",
            f"365天内{words_zh}{payer_zh}",
            "currency",
            "cost",
            "claims",
            "sum",
            column=amount,
            where=where,
        )
        for amount, (payer, payer_zh) in AMOUNT_WORDS.items()
    ]
    return [*allowed, *shares]


def _totals() -> list[Feature]:
    totals = [
        Feature(
            f"{amount}_{days}d",
            f"total {words} in {days} days",
            f"{days}天内{words_zh}",
            "currency",
            "cost",
            "claims",
            "sum",
            column=amount,
            window_days=days,
        )
        for amount, words, words_zh in (
            ("allowed_amount", "cost of care", "医疗总费用"),
            ("paid_amount", "fund payment", "基金支付总额"),
        )
        for days in WINDOWS
    ]
    member = Feature(
        "member_amount_365d",
        "total member payment in 365 days",
        "365天内个人支付总额",
        "currency",
        "cost",
        "claims",
        "sum",
        column="member_amount",
    )
    shares = {
        "allowed_amount_trend": (
            "share of the 365-day cost that fell in the last 90 days",
            "近90天费用占365天费用比例",
        ),
        "member_amount_share_365d": ("share of the 365-day cost that the member paid", "365天费用中个人支付比例"),
    }
    derived = [Feature(name, *meanings, "fraction", "cost", "derived", "derived") for name, meanings in shares.items()]
    return [*totals, member, *derived]


def _stays() -> list[Feature]:
    return [
        Feature(
            f"inpatient_days_{days}d",
            f"days in hospital in {days} days",
            f"{days}天内住院日数",
            "days",
            "use",
            "claims",
            "sum",
            column="stay_days",
            where=(("setting", "inpatient"),),
            window_days=days,
        )
        for days in (365, 730)
    ]


def _changes() -> list[Feature]:
    """Declare the change of use and cost from the year before to the last one."""
    named = {
        "allowed_amount": ("total cost of care", "医疗总费用", "cost"),
        "paid_amount": ("total fund payment", "基金支付总额", "cost"),
        "inpatient_days": ("days in hospital", "住院日数", "use"),
        **{f"{setting}_visits": (f"{en} visits", f"{zh}次数", "use") for setting, (en, zh) in SETTING_WORDS.items()},
        **{
            f"{setting}_allowed_amount": (f"{en} cost", f"{zh}费用", "cost")
            for setting, (en, zh) in SETTING_WORDS.items()
        },
    }
    units = {"cost": "currency", "use": "count"}
    return [
        Feature(
            f"{name}_change",
            f"{words}, last 365 days less the 365 before",
            f"{words_zh}较前一年变化",
            "days" if name == "inpatient_days" else units[group],
            group,
            "derived",
            "derived",
            window_days=730,
        )
        for name, (words, words_zh, group) in named.items()
    ]


def _admissions() -> list[Feature]:
    """Declare what admissions were, with overlapping and split stays as one."""
    named: dict[str, tuple[str, str, str, Aggregate, str]] = {
        "merged_admissions": ("admissions, split stays as one,", "合并后住院次数", "count", "count", "admissions"),
        "merged_inpatient_days": ("days of admissions, split stays as one,", "合并后住院日数", "days", "sum", "days"),
        "longest_admission_days": ("longest admission", "最长住院日数", "days", "max", "longest"),
        "readmissions_30d": (
            "admissions within 30 days of a discharge",
            "30天内再住院次数",
            "count",
            "count",
            "readmissions",
        ),
        "days_since_discharge": (
            "days since the last discharge",
            "距上次出院天数",
            "days",
            "days_since",
            "since_discharge",
        ),
    }
    return [
        Feature(
            f"{name}_{days}d",
            f"{words} in {days} days",
            f"{days}天内{words_zh}",
            unit,
            "use",
            "admissions",
            aggregate,
            column=column,
            window_days=days,
        )
        for name, (words, words_zh, unit, aggregate, column) in named.items()
        for days in ((365, 730) if aggregate != "days_since" else (730,))
    ]


def _places() -> list[Feature]:
    """Declare where care was sought: how many institutions, and how much at the highest level."""
    specs: tuple[tuple[str, str, str, str, str, Aggregate, str], ...] = (
        ("distinct_facilities_365d", "different institutions", "就诊机构数", "count", "use", "distinct", "facility_id"),
        (
            "tertiary_visits_365d",
            "visits to tertiary institutions",
            "三级机构就诊次数",
            "count",
            "use",
            "sum",
            "tertiary_count",
        ),
        (
            "tertiary_allowed_amount_365d",
            "cost in tertiary institutions",
            "三级机构费用",
            "currency",
            "cost",
            "sum",
            "tertiary_amount",
        ),
    )
    return [
        Feature(name, f"{words} in 365 days", f"365天内{words_zh}", unit, group, "claims", aggregate, column)
        for name, words, words_zh, unit, group, aggregate, column in specs
    ]
