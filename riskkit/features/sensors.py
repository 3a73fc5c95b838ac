"""Features of continuous glucose monitoring: the consensus metrics and how long the sensor was worn."""

from __future__ import annotations

from riskkit.features.catalogue import Aggregate, Feature

WINDOW_DAYS = 90
METRICS: dict[str, tuple[str, str, str, str, Aggregate]] = {
    "cgm_time_in_range": (
        "in_range",
        "share of sensor glucose in 70-180 mg/dL",
        "血糖目标范围内时间",
        "fraction",
        "mean",
    ),
    "cgm_time_below_70": (
        "below_70",
        "share of sensor glucose below 70 mg/dL",
        "血糖低于70 mg/dL时间",
        "fraction",
        "mean",
    ),
    "cgm_time_below_54": (
        "below_54",
        "share of sensor glucose below 54 mg/dL",
        "血糖低于54 mg/dL时间",
        "fraction",
        "mean",
    ),
    "cgm_time_above_180": (
        "above_180",
        "share of sensor glucose above 180 mg/dL",
        "血糖高于180 mg/dL时间",
        "fraction",
        "mean",
    ),
    "cgm_time_above_250": (
        "above_250",
        "share of sensor glucose above 250 mg/dL",
        "血糖高于250 mg/dL时间",
        "fraction",
        "mean",
    ),
    "cgm_mean": ("mean", "mean sensor glucose", "平均传感器葡萄糖", "mg/dL", "mean"),
    "cgm_sd": ("sd", "spread of sensor glucose", "传感器葡萄糖标准差", "mg/dL", "sd"),
    "cgm_cv": ("cv", "spread over mean of sensor glucose", "传感器葡萄糖变异系数", "fraction", "sd"),
    "cgm_gmi": ("gmi", "glucose management indicator", "葡萄糖管理指标(GMI)", "%", "mean"),
    "cgm_wear_days": ("days", "days with sensor readings", "传感器佩戴天数", "days", "count"),
    "cgm_active_share": (
        "active",
        "share of quarter-hours with a reading on days of wear",
        "传感器有效时间占比",
        "fraction",
        "mean",
    ),
}


def sensor_features() -> list[Feature]:
    """Declare the features of continuous glucose monitoring; who gives sensors can raise them, so none enters a rate.

    Returns
    -------
    list of Feature
        Group ``cgm``.
    """
    return [
        Feature(
            f"{name}_{WINDOW_DAYS}d",
            f"{words} in {WINDOW_DAYS} days",
            f"{WINDOW_DAYS}天内{words_zh}",
            unit,
            "cgm",
            "glucose",
            aggregate,
            column=column,
            window_days=WINDOW_DAYS,
        )
        for name, (column, words, words_zh, unit, aggregate) in METRICS.items()
    ]
