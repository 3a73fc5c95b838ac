"""Features of the care process: which visits and screenings of the schedule were done."""

from __future__ import annotations

from riskkit.features.catalogue import Aggregate, Feature
from riskkit.features.schedule import SCHEDULE

KINDS = {
    "follow_up": ("follow-up visits", "随访"),
    "eye_exam": ("eye examinations", "眼底检查"),
    "uacr_screen": ("urine albumin screenings", "尿微量白蛋白筛查"),
    "neuropathy_screen": ("neuropathy screenings", "神经病变筛查"),
    "therapy_review": ("therapy reviews", "治疗方案调整"),
    "education": ("education sessions", "健康教育"),
}


def care_features() -> list[Feature]:
    """Declare the features of the care process; paying on them would pay for activity, so none may enter a rate.

    Returns
    -------
    list of Feature
        Group ``care``.
    """
    features: list[Feature] = []
    for kind, (words, words_zh) in KINDS.items():
        where = (("kind", kind),)
        features += [
            Feature(
                f"{kind}_365d",
                f"{words} in 365 days",
                f"365天内{words_zh}次数",
                "count",
                "care",
                "care",
                "count",
                where=where,
            ),
            Feature(
                f"days_since_{kind}",
                f"days since the last of the {words} (730 days)",
                f"距上次{words_zh}天数",
                "days",
                "care",
                "care",
                "days_since",
                where=where,
                window_days=730,
            ),
        ]
    return [*features, *_attained(), *_follow_through()]


def _attained() -> list[Feature]:
    """Declare how much of the schedule was done."""
    each = [
        Feature(
            f"{name}_attained_365d",
            f"{words} done of the {due} due in 365 days",
            f"365天内{words_zh}完成率(应{due}次)",
            "fraction",
            "care",
            "derived",
            "derived",
        )
        for name, (due, _, words, words_zh) in SCHEDULE.items()
    ]
    words, words_zh = "share of the schedule of care done in 365 days", "365天内规范管理完成率"
    return [*each, Feature("schedule_attained_365d", words, words_zh, "fraction", "care", "derived", "derived")]


def _follow_through() -> list[Feature]:
    specs: dict[str, tuple[str, str, str, Aggregate, str]] = {
        "discharge_visit_share_365d": (
            "share of discharges with a visit within 7 days, in 365 days",
            "365天内出院后7天内随访比例",
            "fraction",
            "mean",
            "seen_share",
        ),
        "discharges_without_visit_365d": (
            "discharges without a visit within 7 days, in 365 days",
            "365天内出院后7天内未随访次数",
            "count",
            "count",
            "missed",
        ),
    }
    return [
        Feature(name, words, words_zh, unit, "care", "follow_through", aggregate, column)
        for name, (words, words_zh, unit, aggregate, column) in specs.items()
    ]
