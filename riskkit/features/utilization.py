"""Features of use and cost: visits, bed days and money by setting and window."""

from __future__ import annotations

from riskkit.features.catalogue import Feature

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
    return features + _totals() + _stays()


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
    trend = Feature(
        "allowed_amount_trend",
        "share of the 365-day cost that fell in the last 90 days",
        "近90天费用占365天费用比例",
        "fraction",
        "cost",
        "derived",
        "derived",
    )
    return [*totals, trend]


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
