"""Figures of the scheme: cohort flow, tiers, rates, shifted features and the reasons of one member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.evaluation.distribution import compute_distribution
from riskkit.evaluation.plots import AMBER, BLUE, GREY, INK, PALE, plot_distribution
from riskkit.report.canvas import GREEN, RED, format_share, format_tick, open_canvas, set_label_size, to_svg
from riskkit.report.wording import SMALLEST_CELL, as_estimate, as_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

VERDICT_COLORS: Final = {"stable": PALE, "watch": AMBER, "act": RED}


def draw_flow(steps: Sequence[tuple[str, int]], name: str) -> str:
    """Draw how many members are left after each step.

    Parameters
    ----------
    steps : sequence of (str, int)
        Step and members, in order.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    with open_canvas(10.6, 0.55 + 0.34 * len(steps)) as (figure, (ax,)):
        at = np.arange(len(steps))
        members = np.array([count for _, count in steps], dtype=np.float64)
        ax.barh(at, members, color=BLUE, height=0.62)
        for y, count in zip(at, members, strict=True):
            text = f"<{SMALLEST_CELL}" if 0 < count < SMALLEST_CELL else f"{count:,.0f}"
            ax.annotate(text, (count, y), xytext=(4, 0), textcoords="offset points", va="center", color=INK)
        ax.set_yticks(at, [step for step, _ in steps])
        ax.invert_yaxis()
        ax.set_xlim(0, max(members.max(), 1) * 1.1)
        ax.xaxis.set_visible(False)
        ax.spines["bottom"].set_visible(False)
        return to_svg(figure, name)


def draw_tiers(rows: Sequence[Mapping[str, object]], name: str) -> str:
    """Draw the share of members in each tier and the observed rate with its interval.

    Parameters
    ----------
    rows : sequence of mapping
        `tier`, `share`, `mean_risk` and `observed_rate` (an estimate); figures that are withheld are None.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    at = np.arange(len(rows))
    with open_canvas(10.6, 0.9 + 0.45 * len(rows), columns=2) as (figure, (left, right)):
        shares = [as_number(row.get("share")) or 0.0 for row in rows]
        left.barh(at, shares, color=BLUE, height=0.6)
        left.set(title="Share of members")
        for y, row in enumerate(rows):
            _draw_tier_rate(right, y, row)
        right.set(title="Observed rate with 95% interval (bar: predicted)")
        for ax in (left, right):
            ax.set_yticks(at, [str(row["tier"]) for row in rows])
            ax.set_ylim(len(rows) - 0.5, -0.5)
            ax.set_xlim(left=0)
            ax.xaxis.set_major_formatter(lambda value, _: format_share(value))
        return to_svg(figure, name)


def _draw_tier_rate(ax: Axes, y: int, row: Mapping[str, object]) -> None:
    rate, risk = as_estimate(row.get("observed_rate")), as_number(row.get("mean_risk"))
    ax.barh(y, risk or 0.0, color=PALE, height=0.6)
    if rate["value"] is None:
        return
    if rate["low"] is not None and rate["high"] is not None:
        ax.plot([rate["low"], rate["high"]], [y, y], color=INK, linewidth=1.3)
    ax.plot(rate["value"], y, marker="o", color=BLUE, markersize=6)


def draw_rates(rates: pd.DataFrame, label: str, name: str) -> str:
    """Draw the distribution of the rates.

    Parameters
    ----------
    rates : pandas.DataFrame
        `rate_amount` (currency per member year) and, where it is known, `exposure_months` as the weight.
    label : str
        Name of the axis, with the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG; bins of fewer than 11 members are left empty.
    """
    weight = rates.get("exposure_months")
    table = compute_distribution(rates["rate_amount"], weight, n_bins=int(np.clip(len(rates) // 50, 5, 40)))
    edges = np.append(table["lower"], np.inf)
    members = np.histogram(rates["rate_amount"], bins=edges)[0]
    table["share"] = table["share"].where(members >= SMALLEST_CELL, 0.0)
    with open_canvas(10.6, 3.0) as (figure, (ax,)):
        plot_distribution(table, ax, label=label)
        set_label_size(ax)
        return to_svg(figure, name)


def draw_shift(features: Sequence[Mapping[str, object]], name: str) -> str:
    """Draw the features whose distribution moved most.

    Parameters
    ----------
    features : sequence of mapping
        `feature`, `psi`, `verdict`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    with open_canvas(6.4, 0.7 + 0.27 * len(features)) as (figure, (ax,)):
        at = np.arange(len(features))
        values = [as_number(row.get("psi")) or 0.0 for row in features]
        colors = [VERDICT_COLORS.get(str(row.get("verdict")), GREY) for row in features]
        ax.barh(at, values, color=colors, height=0.65)
        ax.set_yticks(at, [str(row["feature"]) for row in features])
        ax.invert_yaxis()
        ax.set_xlabel("Population stability index")
        return to_svg(figure, name)


def draw_reasons(reasons: Sequence[tuple[str, float]], name: str) -> str:
    """Draw what raises and what lowers the prediction of one member.

    Parameters
    ----------
    reasons : sequence of (str, float)
        Group and signed amount.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    with open_canvas(4.2, 0.45 + 0.32 * len(reasons)) as (figure, (ax,)):
        at = np.arange(len(reasons))
        amounts = [amount for _, amount in reasons]
        ax.barh(at, amounts, color=[RED if amount > 0 else GREEN for amount in amounts], height=0.6)
        ax.axvline(0, color=GREY, linewidth=1)
        ax.set_yticks(at, [group for group, _ in reasons])
        ax.invert_yaxis()
        ax.xaxis.set_major_formatter(lambda value, _: format_tick(value))
        ax.locator_params(axis="x", nbins=5)
        return to_svg(figure, name)
