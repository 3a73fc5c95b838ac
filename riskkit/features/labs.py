"""Features of laboratory and vital signs: the latest value, its mean, spread and trend, and whether it was measured."""

from __future__ import annotations

from riskkit.data.measures import MEASURES
from riskkit.features.catalogue import Aggregate, Feature

ANALYTES = {
    "hba1c": ("HbA1c", "糖化血红蛋白", "glycaemia"),
    "glucose": ("fasting glucose", "空腹血糖", "glycaemia"),
    "creatinine": ("creatinine", "血肌酐", "kidney"),
    "uacr": ("urine albumin-creatinine ratio", "尿白蛋白肌酐比", "kidney"),
    "ldl": ("LDL cholesterol", "低密度脂蛋白胆固醇", "heart"),
    "systolic_bp": ("systolic blood pressure", "收缩压", "heart"),
    "bmi": ("body mass index", "体质指数", "demography"),
}
TRENDS = ("hba1c", "creatinine", "uacr", "systolic_bp")


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
        if analyte in TRENDS:
            features.append(_slope(analyte, *spec))
    return features + _derived()


def _summary(analyte: str, words: str, words_zh: str, group: str) -> list[Feature]:
    unit = MEASURES[analyte].unit

    def lab(name: str, meanings: tuple[str, str], aggregate: Aggregate, days: int, own_unit: str = unit) -> Feature:
        column = "value" if aggregate in {"latest", "mean", "sd"} else ""
        where = (("analyte", analyte),)
        return Feature(name, *meanings, own_unit, group, "labs", aggregate, column, where, days)

    tests = (f"{words} tests in 365 days", f"365天内{words_zh}检测次数")
    since = (f"days since {words} was measured", f"距上次{words_zh}天数")
    return [
        lab(f"{analyte}_latest_365d", (f"{words}, latest in 365 days", f"365天内最近{words_zh}"), "latest", 365),
        lab(f"{analyte}_latest_730d", (f"{words}, latest in 730 days", f"730天内最近{words_zh}"), "latest", 730),
        lab(f"{analyte}_mean_730d", (f"{words}, mean over 730 days", f"730天{words_zh}均值"), "mean", 730),
        lab(f"{analyte}_sd_730d", (f"{words}, spread over 730 days", f"730天{words_zh}标准差"), "sd", 730),
        lab(f"{analyte}_tests_365d", tests, "count", 365, "count"),
        lab(f"days_since_{analyte}", since, "days_since", 730, "days"),
    ]


def _slope(analyte: str, words: str, words_zh: str, group: str) -> Feature:
    return Feature(
        f"{analyte}_slope_730d",
        f"{words}, trend per year over 730 days",
        f"730天{words_zh}年变化",
        f"{MEASURES[analyte].unit} per year",
        group,
        "labs",
        "slope",
        column="value",
        where=(("analyte", analyte),),
        window_days=730,
    )


def _derived() -> list[Feature]:
    return [
        Feature(
            "hba1c_above_target",
            "HbA1c above 7 %, latest in 730 days",
            "糖化血红蛋白超过7%的部分",
            "%",
            "glycaemia",
            "derived",
            "derived",
            window_days=730,
            direction=1,
        ),
        Feature(
            "egfr_latest_730d",
            "kidney function (eGFR, CKD-EPI 2021), latest in 730 days",
            "730天内最近估算肾小球滤过率",
            "mL/min/1.73m2",
            "kidney",
            "derived",
            "derived",
            window_days=730,
            direction=-1,
        ),
    ]
