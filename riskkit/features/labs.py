"""Features of laboratory and vital signs: latest value, mean, spread, variation, trend, time above target, and age."""

from __future__ import annotations

from riskkit.features.analytes import ANALYTES, OTHER_ANALYTES
from riskkit.features.catalogue import Aggregate, Feature
from riskkit.features.sustained import APART_DAYS
from riskkit.features.time_above import TARGETS

TRENDS = tuple(ANALYTES)
SUSTAINED = ("creatinine", "uacr")

DERIVED_LABS = {
    "hba1c_above_target": (
        ("HbA1c above 7 %, latest in 730 days", "糖化血红蛋白超过7%的部分"),
        ("%", "glycaemia"),
        1,
    ),
    "homa_ir_730d": (
        ("insulin resistance (HOMA-IR), stated or from fasting insulin and glucose", "胰岛素抵抗指数(HOMA-IR)"),
        ("index", "glycaemia"),
        0,
    ),
    "egfr_latest_730d": (
        ("kidney function (eGFR, CKD-EPI 2021), latest in 730 days", "730天内最近估算肾小球滤过率"),
        ("mL/min/1.73m2", "kidney"),
        -1,
    ),
    "kdigo_g_stage_730d": (
        ("filtration stage (KDIGO; 1 is G1, 3 G3a, 4 G3b, 6 G5)", "肾小球滤过率分期(KDIGO)"),
        ("stage", "kidney"),
        1,
    ),
    "kdigo_a_stage_730d": (
        ("albuminuria stage (KDIGO; A1 to A3)", "白蛋白尿分期(KDIGO)"),
        ("stage", "kidney"),
        1,
    ),
    "kdigo_risk_730d": (
        ("kidney risk (KDIGO; 0 low to 3 very high)", "慢性肾脏病风险分级(KDIGO)"),
        ("level", "kidney"),
        1,
    ),
}
"""Name of each derived feature: its meanings, unit and group, and direction."""


def lab_features() -> list[Feature]:
    """Declare the features of laboratory values and vital signs.

    Returns
    -------
    list of Feature
        Groups ``glycaemia``, ``kidney``, ``heart`` and ``demography``.
    """
    features: list[Feature] = []
    for analyte, spec in ANALYTES.items():
        features += _summary(analyte, *spec)
        if analyte in TARGETS:
            features.append(_time_above(analyte, *spec))
    for analyte, spec in OTHER_ANALYTES.items():
        features += _short_summary(analyte, *spec)
    return [*features, *[_sustained(analyte) for analyte in SUSTAINED], *_derived()]


def _lab(analyte: str, name: str, aggregate: Aggregate, meanings: tuple[str, str], days: int = 730) -> Feature:
    """Declare one aggregate of an analyte's values; counts and ages have units of their own."""
    _, _, group, unit = (ANALYTES | OTHER_ANALYTES)[analyte]
    units = {"count": "count", "days_since": "days", "slope": f"{unit} per year"}
    column = "" if aggregate in {"count", "days_since"} else "value"
    own = units.get(aggregate, unit)
    source = "labs" if analyte in ANALYTES else "other_labs"
    return Feature(name, *meanings, own, group, source, aggregate, column, (("analyte", analyte),), days)


def _summary(analyte: str, words: str, words_zh: str, group: str, unit: str) -> list[Feature]:
    spread = (f"{words}, spread over 730 days", f"730天{words_zh}标准差")
    trend = (f"{words}, trend per year over 730 days", f"730天{words_zh}年变化")
    variation = Feature(
        f"{analyte}_cv_730d",
        f"{words}, spread over mean in 730 days (3 readings)",
        f"730天{words_zh}变异系数",
        "fraction",
        group,
        "derived",
        "derived",
        window_days=730,
    )
    return [
        _lab(analyte, f"{analyte}_latest_365d", "latest", _latest(words, words_zh, 365), 365),
        _lab(analyte, f"{analyte}_latest_730d", "latest", _latest(words, words_zh, 730)),
        _lab(analyte, f"{analyte}_mean_730d", "mean", _mean(words, words_zh)),
        _lab(analyte, f"{analyte}_sd_730d", "sd", spread),
        variation,
        _lab(analyte, f"{analyte}_slope_730d", "slope", trend),
        *[
            _lab(analyte, f"{analyte}_tests_{days}d", "count", _tests(words, words_zh, days), days)
            for days in (365, 730)
        ],
        _lab(
            analyte,
            f"days_since_{analyte}",
            "days_since",
            (f"days since {words} was measured", f"距上次{words_zh}天数"),
        ),
    ]


def _short_summary(analyte: str, words: str, words_zh: str, group: str, unit: str) -> list[Feature]:
    # The name without a prefix is taken by the rate that is computed from creatinine.
    stem = "reported_egfr" if analyte == "egfr" else analyte
    return [
        _lab(analyte, f"{stem}_latest_730d", "latest", _latest(words, words_zh, 730)),
        _lab(analyte, f"{stem}_mean_730d", "mean", _mean(words, words_zh)),
    ]


def _latest(words: str, words_zh: str, days: int) -> tuple[str, str]:
    return f"{words}, latest in {days} days", f"{days}天内最近{words_zh}"


def _mean(words: str, words_zh: str) -> tuple[str, str]:
    return f"{words}, mean over 730 days", f"730天{words_zh}均值"


def _tests(words: str, words_zh: str, days: int) -> tuple[str, str]:
    return f"{words} tests in {days} days", f"{days}天内{words_zh}检测次数"


def _time_above(analyte: str, words: str, words_zh: str, group: str, unit: str) -> Feature:
    return Feature(
        f"{analyte}_time_above_target_730d",
        f"share of days with {words} at {TARGETS[analyte]:g} {unit} or more in 730 days",
        f"730天内{words_zh}不低于{TARGETS[analyte]:g} {unit}的时间占比",
        "fraction",
        group,
        "time_above",
        "mean",
        column="above",
        where=(("analyte", analyte),),
        window_days=730,
    )


def _sustained(analyte: str) -> Feature:
    words, words_zh, group, unit = ANALYTES[analyte]
    return Feature(
        f"{analyte}_sustained_730d",
        f"{words}, level reached on two days {APART_DAYS} days apart in 730 days",
        f"730天内相隔{APART_DAYS}天两次达到的{words_zh}",
        unit,
        group,
        "sustained",
        "max",
        column="value",
        where=(("analyte", analyte),),
        window_days=730,
    )


def _derived() -> list[Feature]:
    features = [
        Feature(name, *meanings, unit, group, "derived", "derived", window_days=730, direction=direction)
        for name, (meanings, (unit, group), direction) in DERIVED_LABS.items()
    ]
    stated = Feature(
        "homa_ir_stated_730d",
        "insulin resistance (HOMA-IR) as stated, latest in 730 days",
        "730天内最近报告的胰岛素抵抗指数",
        "index",
        "glycaemia",
        "labs",
        "latest",
        column="value",
        where=(("analyte", "homa_ir"),),
        window_days=730,
    )
    return [*features, stated]
