"""What metrics, comparators and outcomes are called in print, and how words are joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

METRIC_TITLES: Final[dict[str, str]] = {
    "auroc": "AUROC",
    "auroc_dearest_tenth": "AUROC of the dearest tenth",
    "average_precision": "Average precision",
    "brier_score": "Brier score",
    "brier_skill": "Brier skill",
    "log_loss": "Log loss",
    "ici": "ICI",
    "e50": "E50",
    "e90": "E90",
    "emax": "Emax",
    "oe_ratio": "Observed / expected",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "r2": "R²",
    "mae": "Mean absolute error",
    "cpm": "CPM",
    "gini": "Gini",
    "predictive_ratio": "Predictive ratio",
    "balance": "Balance",
    "drift": "Drift, observed / expected",
}
MODEL_TITLES: Final[dict[str, str]] = {
    "age_sex": "age and sex alone",
    "linear": "the linear model",
    "logistic": "the logistic model",
    "dcsi": "DCSI alone",
    "charlson": "Charlson alone",
    "hcc": "CMS-HCC alone",
    "gam": "the additive model (EBM)",
}
LEAD_METRICS: Final[dict[str, str]] = {"binary": "auroc", "cost": "r2"}


def metric_title(metric: str) -> str:
    """Return the printed name of a metric.

    Parameters
    ----------
    metric : str
        Name in `summary.json`.

    Returns
    -------
    str
        Title.
    """
    return METRIC_TITLES.get(metric, metric.replace("_", " "))


def gate_title(gate: Mapping[str, Any]) -> str:
    """Return the printed name of what a gate looks at.

    Parameters
    ----------
    gate : mapping
        `name`: a metric, or an outcome and a metric joined by a full stop.

    Returns
    -------
    str
        Title.

    Examples
    --------
    >>> gate_title({"name": "admission.oe_ratio"})
    'Observed / expected'
    """
    return metric_title(str(gate["name"]).rpartition(".")[2])


def model_title(name: str) -> str:
    """Return the printed name of a comparator.

    Parameters
    ----------
    name : str
        Name in `summary.json`.

    Returns
    -------
    str
        Title.
    """
    return MODEL_TITLES.get(name, name.replace("_", " "))


def join_words(words: list[str]) -> str:
    """Join words as English does.

    Parameters
    ----------
    words : list of str
        At least one.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def sentence_case(text: str) -> str:
    """Return the text with its first letter in upper case.

    Parameters
    ----------
    text : str
        Words.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> sentence_case("age and sex alone")
    'Age and sex alone'
    """
    return text[:1].upper() + text[1:]


def outcome_title(summary: Mapping[str, Any], name: object) -> str:
    """Return the title of an outcome of a summary.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.
    name : object
        Name of the outcome; None for a gate that belongs to none.

    Returns
    -------
    str
        Title, or the name itself.
    """
    if name is None:
        return ""
    return str(summary.get("outcomes", {}).get(name, {}).get("title") or name)
