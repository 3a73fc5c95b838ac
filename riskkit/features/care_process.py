"""Features of the care process: which visits and screenings of the schedule were done."""

from __future__ import annotations

from riskkit.features.catalogue import Feature

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
    return features
