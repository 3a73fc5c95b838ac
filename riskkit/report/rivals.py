"""Whether the booster beats the simpler models, by the paired difference, and how that is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from riskkit.report.titles import LEAD_METRICS, join_words, metric_title, model_title
from riskkit.report.wording import as_estimate, format_interval, format_metric

Figures = Mapping[str, Any]


def beats(test: Figures, comparator: Figures, metric: str, difference: object = None) -> bool:
    """Tell whether the booster beats a comparator outside its interval.

    Parameters
    ----------
    test, comparator : mapping
        Estimates by metric.
    metric : str
        The metric that leads, higher being better.
    difference : mapping, optional
        Paired difference, booster less comparator, with its interval. Where it is known it decides: both models stand
        on the same members, so that most of the noise of either figure is common to both. Without it the comparator's
        figure must lie below the whole interval of the booster's.

    Returns
    -------
    bool
        False also where an interval or a figure is missing.

    Examples
    --------
    >>> beats({"r2": {"value": 0.30, "low": 0.27, "high": 0.33}}, {"r2": {"value": 0.28}}, "r2")
    False
    >>> beats({"r2": 0.30}, {"r2": 0.28}, "r2", {"value": 0.02, "low": 0.01, "high": 0.03})
    True
    """
    if isinstance(difference, Mapping):
        least = as_estimate(difference)["low"]
        return least is not None and least > 0
    low, other = as_estimate(test.get(metric))["low"], as_estimate(comparator.get(metric))["value"]
    return low is not None and other is not None and other < low


def sort_rivals(outcome: Figures) -> tuple[list[str], list[str]]:
    """Return the comparators that the booster beats, and those that it does not.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.

    Returns
    -------
    won, lost : list of str
        Names of comparators.
    """
    metric = LEAD_METRICS[outcome["kind"]]
    comparators = outcome.get("comparators") or {}
    won = [
        name
        for name, figures in comparators.items()
        if beats(outcome["test"], figures, metric, find_difference(outcome, name, metric))
    ]
    return won, [name for name in comparators if name not in won]


def find_difference(outcome: Figures, name: str, metric: str) -> object:
    """Return the paired difference from a comparator.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.
    name, metric : str
        Comparator and metric.

    Returns
    -------
    mapping or None
        The estimate; None where the summary has none.
    """
    return ((outcome.get("differences") or {}).get(name) or {}).get(metric)


def describe_lost(outcome: Figures, lost: list[str]) -> str:
    """Say which simpler models the booster does not beat.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.
    lost : list of str
        Names of comparators.

    Returns
    -------
    str
        Two sentences.
    """
    metric = LEAD_METRICS[outcome["kind"]]
    titles = join_words([model_title(name) for name in lost])
    against = join_words([_against(outcome, name, metric) for name in lost])
    return (
        f"For “{outcome['title']}” the booster does not beat {titles}: "
        f"{metric_title(metric)} {_with_interval(outcome, metric)} against {against}. "
        "On these data the simpler model is not shown to be worse."
    )


def describe_won(outcome: Figures, won: list[str]) -> str:
    """Say which simpler models the booster beats.

    Parameters
    ----------
    outcome : mapping
        An outcome of `summary.json`.
    won : list of str
        Names of comparators.

    Returns
    -------
    str
        A sentence.
    """
    metric = LEAD_METRICS[outcome["kind"]]
    against = join_words([f"{_figure(outcome['comparators'][name], metric)} of {model_title(name)}" for name in won])
    return (
        f"For “{outcome['title']}” the booster reaches {metric_title(metric)} {_with_interval(outcome, metric)}, "
        f"above the {against}."
    )


def list_lost(summary: Figures) -> Iterator[str]:
    """Say in one line which models are not beaten, for the terminal; the report has the figures.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Yields
    ------
    str
        One line; none where every comparator is beaten.
    """
    held = []
    for outcome in summary["outcomes"].values():
        metric = LEAD_METRICS[outcome["kind"]]
        figures = [
            f"{model_title(name)} {_figure(outcome['comparators'][name], metric)}" for name in sort_rivals(outcome)[1]
        ]
        if figures:
            own = f"{metric_title(metric)} {_figure(outcome['test'], metric)}"
            held.append(f"“{outcome['title']}” ({own}) does not beat {join_words(figures)}")
    if held:
        yield f"NOT BEATEN: {'; '.join(held)}"


def _against(outcome: Figures, name: str, metric: str) -> str:
    text = f"{_figure(outcome['comparators'][name], metric)} of {model_title(name)}"
    difference = find_difference(outcome, name, metric)
    interval = format_interval(metric, difference)
    return f"{text} (difference {_figure({metric: difference}, metric)}, {interval})" if interval else text


def _figure(figures: Figures, metric: str) -> str:
    return format_metric(metric, as_estimate(figures.get(metric))["value"])


def _with_interval(outcome: Figures, metric: str) -> str:
    interval = format_interval(metric, outcome["test"].get(metric))
    return _figure(outcome["test"], metric) + (f" (95% interval {interval})" if interval else "")
