"""The key figures, and one section for each outcome: fit, lift, predictive ratio, what drives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from riskkit.evaluation.reliability import compute_reliability
from riskkit.report.blocks import Block, Cell, make_figure, make_gallery, make_note, make_section, make_table
from riskkit.report.comparison_section import (
    make_comparator_note,
    make_contrast_note,
    make_difference_table,
    make_follow_up_note,
    make_month_table,
    make_team_note,
    make_uncalibrated_note,
)
from riskkit.report.figures import (
    N_BOOTSTRAP,
    draw_beeswarm,
    draw_corp,
    draw_decisions,
    draw_lift,
    draw_predictive_ratio,
    draw_reliability,
)
from riskkit.report.group_section import make_group_table
from riskkit.report.titles import LEAD_METRICS, metric_title, model_title, sentence_case
from riskkit.report.wording import (
    MISSING,
    SMALLEST_CELL,
    as_estimate,
    format_count,
    format_interval,
    format_metric,
    format_percent,
    format_plain,
    is_small,
)

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]

Summary = Mapping[str, Any]
KEY_METRICS: Final = {
    "binary": ("auroc", "average_precision", "brier_score", "oe_ratio", "calibration_slope"),
    "cost": ("r2", "cpm", "mae", "oe_ratio", "calibration_slope"),
}
KEYS: Final = ("person_id", "index_date", "outcome", "observed", "predicted", "weight")


def make_key_figures(summary: Summary) -> Block:
    """Make the table of key figures: every outcome and measure beside its comparators.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict
        The table.
    """
    outcomes = summary["outcomes"]
    columns = list(
        dict.fromkeys(_column_of(name) for out in outcomes.values() for name in out.get("comparators") or {})
    )
    rows = [
        row
        for outcome in outcomes.values()
        for row in _key_rows(outcome, columns, show_truth=any(out.get("truth") for out in outcomes.values()))
    ]
    titles = ["Outcome", "Measure", "Booster", *(sentence_case(column) for column in columns)]
    if any(out.get("truth") for out in outcomes.values()):
        titles.append("True risk")
    note = (
        "On the test members only. Small print: 95% interval from a bootstrap that draws persons. Observed / expected "
        "above 1 means that the model predicts too little; a calibration slope under 1, that it is too extreme."
    )
    return make_table(titles, rows, caption="Key figures", note=note, words=2)


def _column_of(name: str) -> str:
    return "linear or logistic model" if name in {"linear", "logistic"} else model_title(name)


def _key_rows(outcome: Mapping[str, Any], columns: list[str], *, show_truth: bool) -> Iterator[list[Cell]]:
    by_column = {_column_of(name): figures for name, figures in (outcome.get("comparators") or {}).items()}
    metrics = [metric for metric in KEY_METRICS[outcome["kind"]] if metric in outcome["test"]]
    for at, metric in enumerate(metrics):
        events = f"{format_count(outcome.get('events'))} {'events' if outcome['kind'] == 'binary' else 'with cost'}"
        small = f"{format_count(outcome.get('test_members'))} tested, {events}"
        title: Cell = {"text": outcome["title"], "sub": small} if at == 0 else ""
        others = [estimate_cell(metric, by_column.get(column, {}).get(metric)) for column in columns]
        truth = [estimate_cell(metric, (outcome.get("truth") or {}).get(metric))] if show_truth else []
        yield [title, metric_title(metric), estimate_cell(metric, outcome["test"][metric]), *others, *truth]


def estimate_cell(metric: str, estimate: object) -> Cell:
    """Write an estimate as a cell with its interval in small print.

    Parameters
    ----------
    metric : str
        Name of the metric.
    estimate : object
        ``{"value", "low", "high"}``, a number or None.

    Returns
    -------
    dict
        The cell.
    """
    return {
        "text": format_metric(metric, as_estimate(estimate)["value"]),
        "sub": format_interval(metric, estimate),
    }


def make_outcome_section(name: str, outcome: Mapping[str, Any], frames: Frames) -> Block:
    """Make the section of one outcome: fit, calibration, lift, predictive ratio, comparators and what drives it.

    Parameters
    ----------
    name : str
        Name of the outcome.
    outcome : mapping
        Its entry in `summary.json`.
    frames : mapping of str to pandas.DataFrame
        `predictions`, and where written `contributions_<name>` and `feature_values_<name>`.

    Returns
    -------
    dict
        The section.
    """
    policy, method = outcome.get("policy", "clinical"), (outcome.get("calibration") or {}).get("method", MISSING)
    n_features = format_plain(outcome.get("n_features"))
    lead = (
        f"{sentence_case(policy)} feature policy with {n_features} features; calibration: {method}.{_say_part(outcome)}"
    )
    blocks = [
        _make_quality_gallery(name, outcome, frames["predictions"]),
        make_comparator_note(outcome),
        make_uncalibrated_note(outcome),
        make_follow_up_note(outcome),
        _make_truth_note(outcome),
        make_contrast_note(outcome),
        make_difference_table(outcome),
        _make_continuing_table(outcome),
        make_group_table(outcome),
        make_team_note(outcome),
        make_month_table(outcome),
        _make_driver_figure(name, outcome, frames),
    ]
    return make_section(f"outcome-{name}", outcome["title"], blocks, lead=lead)


def _say_part(outcome: Mapping[str, Any]) -> str:
    """Say which part of the cost is counted, where it is not the whole."""
    part = outcome.get("counts")
    if not part:
        return ""
    settings = f" of {' and '.join(part['settings'])} visits alone" if part["settings"] else ""
    cap = f" up to {format_plain(part['cap'])} a member" if part["cap"] is not None else ""
    return f" Counted is the cost{settings}{cap}."


def _say_why_no_figure(rows: pd.DataFrame, kind: str) -> str:
    """Say why the test members make no figure; nothing where they do."""
    if len(rows) < SMALLEST_CELL:
        return f"Fewer than {SMALLEST_CELL} test members: no figure is shown."
    if not (rows["observed"] * rows["weight"]).sum() > 0:
        return (
            f"None of the test members {'had the event' if kind == 'binary' else 'cost anything'}: no figure is shown."
        )
    return ""


def _make_quality_gallery(name: str, outcome: Mapping[str, Any], predictions: pd.DataFrame) -> Block | None:
    rows = predictions[predictions["outcome"] == name].reset_index(drop=True)
    if why := _say_why_no_figure(rows, outcome["kind"]):
        return make_note(why, "warn")
    columns = [str(column) for column in rows if column not in KEYS and rows[column].notna().all()]
    # a comparator file may name its column "linear" for the logistic model too
    given = list(outcome.get("comparators") or {})
    titles = {
        column: model_title("logistic" if column == "linear" and "logistic" in given else column) for column in columns
    }
    bins = compute_reliability(
        *(rows[column] for column in ("observed", "predicted", "weight", "person_id")),
        n_bins=max(1, min(10, len(rows) // (2 * SMALLEST_CELL))),
        n_bootstrap=N_BOOTSTRAP,
    )
    bins = bins[bins["n_rows"] >= SMALLEST_CELL].reset_index(drop=True)
    binary = outcome["kind"] == "binary"
    return make_gallery(
        [
            make_figure(
                draw_corp(rows, f"calibration-{name}")
                if binary
                else draw_reliability(bins, f"calibration-{name}", binary=False),
                "Calibration curve",
                "On the diagonal, members had what was predicted for them. Grey bars: where the members lie.",
            ),
            make_figure(
                draw_lift(rows, titles, f"lift-{name}"),
                "Lift",
                f"How many times the average {'rate' if binary else 'cost'} the highest-ranked members have. "
                f"Bars: booster{'; markers: comparators' if titles else ''}.",
            ),
            make_figure(
                draw_predictive_ratio(bins, f"ratio-{name}"),
                "Predictive ratio by decile",
                "Predicted / observed: above 1 a band is paid too much, below 1 too little. Bars: 95% interval.",
            ),
            _make_decision_figure(name, outcome),
        ]
    )


def _make_decision_figure(name: str, outcome: Mapping[str, Any]) -> Block | None:
    rows = outcome.get("decision_curve")
    if not rows:
        return None
    return make_figure(
        draw_decisions(rows, f"decision-{name}"),
        "Decision curve",
        "Events reached a member, net of members treated for nothing at the odds of the threshold. Above both lines "
        "the model is worth acting on.",
    )


def _make_truth_note(outcome: Mapping[str, Any]) -> Block | None:
    truth = outcome.get("truth")
    if not truth:
        return None
    metric = LEAD_METRICS[outcome["kind"]]
    reached = as_estimate(truth.get("ratio"))["value"]
    text = (
        f"These members are synthetic, so the true risk is known: it reaches {metric_title(metric)} "
        f"{format_metric(metric, as_estimate(truth.get(metric))['value'])}; no model can do better on average. "
        f"The booster reaches {format_percent(reached)} of it."
    )
    return make_note(text)


def _make_continuing_table(outcome: Mapping[str, Any]) -> Block | None:
    groups = {
        title: outcome[key]
        for key, title in (("new_members", "New members"), ("continuing", "Continuing members"))
        if outcome.get(key)
    }
    if not groups:
        return None
    metrics = [metric for metric in KEY_METRICS[outcome["kind"]] if any(metric in group for group in groups.values())]
    rows: list[list[Cell]] = [
        [
            title,
            format_count(group.get("members")),
            *(MISSING if is_small(group.get("members")) else estimate_cell(key, group.get(key)) for key in metrics),
        ]
        for title, group in groups.items()
    ]
    titles = ["Members", "Number", *(metric_title(metric) for metric in metrics)]
    return make_table(titles, rows, caption="Members the training data knew, and those it did not")


def _make_driver_figure(name: str, outcome: Mapping[str, Any], frames: Frames) -> Block | None:
    contributions, values = frames.get(f"contributions_{name}"), frames.get(f"feature_values_{name}")
    if contributions is None or values is None or len(contributions) < SMALLEST_CELL:
        return None
    label = f"Contribution to the {'probability' if outcome['kind'] == 'binary' else 'expected cost per year'}"
    svg = draw_beeswarm(contributions, values, frames.get("feature_catalogue"), label, f"drivers-{name}")
    caption = (
        f"TreeSHAP contributions of a sample of {len(contributions):,} members, the features that weigh most on top. "
        "They say how the model came to its figure, not what causes the outcome; related features share the credit."
    )
    return make_figure(svg, "What drives the prediction", caption)
