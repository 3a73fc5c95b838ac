"""Figures of an audit of rates: net compensation, the price of fixing it, what gaming gains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskkit.evaluation.plots import AMBER, BLUE, GREY, INK
from riskkit.report.canvas import GREEN, RED, format_signed, format_tick, open_canvas, set_label_size, to_svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    Rows = Sequence[Mapping[str, Any]]

WIDTH: Final = 10.6
COLORS: Final = (BLUE, AMBER, GREEN, INK)
BAR: Final = 0.27
"""Inches of a row of bars."""


def draw_net_compensation(partitions: Mapping[str, Rows], currency: str, name: str) -> str:
    """Draw payment less cost of every group with its interval, against the line of zero.

    Parameters
    ----------
    partitions : mapping of str to sequence of mapping
        Title of each partition and its groups: `group`, `net_compensation`, `low`, `high`; groups that are withheld
        are left out before.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG: red where the whole interval lies below zero, green where it lies above.
    """
    places, labels, rows, height = _lay_out(partitions)
    with open_canvas(WIDTH, 0.7 + 0.215 * height) as (figure, (ax,)):
        for y, row in zip(places, rows, strict=True):
            _draw_gap(ax, y, row)
        _finish_rows(ax, labels, height)
        ax.set_xlabel(f"Payment less cost per member year, {currency}, with 95% interval")
        set_label_size(ax)
        return to_svg(figure, name)


def _draw_gap(ax: Axes, y: float, row: Mapping[str, Any]) -> None:
    """Draw one group: the bar to its value, the interval over it."""
    low, high, value = row["low"], row["high"], row["net_compensation"]
    known = low is not None and high is not None
    color = RED if known and high < 0 else GREEN if known and low > 0 else GREY
    ax.barh(y, value, color=color, height=0.62, alpha=0.45)
    if known:
        ax.plot([low, high], [y, y], color=INK, linewidth=1.1)
    ax.plot(value, y, marker="o", color=INK if color is GREY else color, markersize=4.2)


def draw_pairs(partitions: Mapping[str, Rows], titles: tuple[str, str], currency: str, name: str) -> str:
    """Draw payment less cost of every group under two policies, against the line of zero.

    Parameters
    ----------
    partitions : mapping of str to sequence of mapping
        Title of each partition and its groups: `group`, and under `first` and `second` the figures of each policy.
    titles : tuple of str
        The policies.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    places, labels, rows, height = _lay_out(partitions)
    with open_canvas(WIDTH, 1.0 + 0.235 * height) as (figure, (ax,)):
        for y, row in zip(places, rows, strict=True):
            for key, shift, color in (("first", -0.17, BLUE), ("second", 0.17, AMBER)):
                one = row[key]
                if one["low"] is not None and one["high"] is not None:
                    ax.plot([one["low"], one["high"]], [y + shift] * 2, color=color, linewidth=1.3)
                label = titles[0 if key == "first" else 1] if row is rows[0] else None
                ax.plot(one["net_compensation"], y + shift, "o", color=color, markersize=4, label=label)
        _finish_rows(ax, labels, height)
        ax.set_xlabel(f"Payment less cost per member year, {currency}, with 95% interval")
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        set_label_size(ax)
        return to_svg(figure, name)


def _lay_out(
    partitions: Mapping[str, Rows],
) -> tuple[list[float], list[tuple[float, str, bool]], list[Mapping[str, Any]], float]:
    """Place groups under the heading of their partition: places, labels (bold for a heading), rows, height."""
    places, labels, rows, at = [], [], [], 0.0
    for title, groups in partitions.items():
        labels.append((at, title, True))
        for row in groups:
            at += 1
            places.append(at)
            labels.append((at, str(row["group"]), False))
            rows.append(row)
        at += 1.4
    return places, labels, rows, at


def _finish_rows(ax: Axes, labels: Sequence[tuple[float, str, bool]], height: float) -> None:
    """Set labels, the line of zero and a pale grid."""
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks([at for at, _, _ in labels], [text for _, text, _ in labels])
    for label, (_, _, bold) in zip(ax.get_yticklabels(), labels, strict=True):
        label.set_fontweight("bold" if bold else "normal")
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(height - 0.7, -0.7)
    ax.grid(axis="x", color=GREY, alpha=0.3, linewidth=0.6)
    ax.xaxis.set_major_formatter(format_signed)


def draw_price(prices: Mapping[str, Rows], currency: str, name: str) -> str:
    """Draw what closing a part of a gap does to the fit, for each group that is under-paid.

    Parameters
    ----------
    prices : mapping of str to sequence of mapping
        Group and its rows: `theta`, `keeps_total`, `mapl`, `r2`; at most four groups.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG: predictable profit or loss on the left, R² on the right, with the overall mean held and free.
    """
    with open_canvas(WIDTH, 3.4, columns=2) as (figure, (left, right)):
        for color, (group, rows) in zip(COLORS, prices.items(), strict=False):
            for held, dashes in ((True, "solid"), (False, "dashed")):
                kept = sorted((row for row in rows if row["keeps_total"] is held), key=lambda row: float(row["theta"]))
                theta = [row["theta"] for row in kept]
                label = f"{group}, overall mean {'held' if held else 'free'}"
                for ax, key in ((left, "mapl"), (right, "r2")):
                    values = [row[key] for row in kept]
                    ax.plot(theta, values, color=color, linestyle=dashes, marker="o", markersize=3.5, label=label)
        left.set(title=f"Predictable profit or loss per member year, {currency}")
        right.set(title="R²")
        left.set_ylim(bottom=0)
        left.yaxis.set_major_formatter(_tick)
        for ax in (left, right):
            ax.set_xlabel("Part of the gap that is closed")
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
            ax.grid(color=GREY, alpha=0.3, linewidth=0.6)
            set_label_size(ax)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        return to_svg(figure, name)


def draw_code_gains(gains: Mapping[str, Mapping[str, Mapping[str, float]]], currency: str, name: str) -> str:
    """Draw what one more code gains on average: a panel for each way to write it, a bar for each policy.

    Parameters
    ----------
    gains : mapping of str to mapping of str to mapping of str to float
        By way and policy the gain of each code; the codes are the same throughout, and those not known are absent.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG; all panels have one scale.
    """
    codes = list(dict.fromkeys(code for found in gains.values() for one in found.values() for code in one))
    values = [gain for found in gains.values() for one in found.values() for gain in one.values()]
    low, high = min(0.0, *values), max(0.0, *values)
    spread = (high - low) or 1.0
    n_policies = len(next(iter(gains.values())))
    height = 1.0 + BAR * len(codes) * (0.5 + 0.5 * n_policies)
    with open_canvas(WIDTH, height, columns=len(gains)) as (figure, axes):
        for ax, (way, found) in zip(axes, gains.items(), strict=True):
            _draw_bars(ax, {policy: [one.get(code) for code in codes] for policy, one in found.items()})
            ax.set_yticks(range(len(codes)), codes if ax is axes[0] else [""] * len(codes))
            ax.set_xlim(low - 0.05 * spread * (low < 0), high + 0.28 * spread)
            ax.set(title=way, xlabel=currency)
            set_label_size(ax)
        if n_policies > 1:
            figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        return to_svg(figure, name)


def draw_activity_gains(gains: Mapping[str, Mapping[str, float]], currency: str, name: str) -> str:
    """Draw what one more visit, stay or unit of spend gains on average, a bar for each policy.

    Parameters
    ----------
    gains : mapping of str to mapping of str to float
        By policy the gain of each kind of record; the kinds are the same throughout.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    kinds = list(dict.fromkeys(kind for found in gains.values() for kind in found))
    with open_canvas(WIDTH, 1.0 + BAR * len(kinds) * (0.5 + 0.5 * len(gains))) as (figure, (ax,)):
        _draw_bars(ax, {policy: [found.get(kind) for kind in kinds] for policy, found in gains.items()})
        ax.set_yticks(range(len(kinds)), kinds)
        most = max([0.0, *(gain for found in gains.values() for gain in found.values())])
        ax.set_xlim(right=most * 1.15 or 1.0)
        ax.set_xlabel(f"{currency} per member year")
        set_label_size(ax)
        if len(gains) > 1:
            figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        return to_svg(figure, name)


def _draw_bars(ax: Axes, policies: Mapping[str, Sequence[float | None]]) -> None:
    """Draw a bar for each row and policy with its value; no bar where it is not known."""
    height = 0.8 / len(policies)
    for place, (policy, values) in enumerate(policies.items()):
        at = np.arange(len(values)) + (place - (len(policies) - 1) / 2) * height
        known = np.array([0.0 if value is None else value for value in values])
        ax.barh(at, known, height * 0.88, color=COLORS[place % len(COLORS)], label=policy)
        for y, value in zip(at, values, strict=True):
            text = "–" if value is None else format_signed(value)
            spot = (max(value or 0.0, 0.0), y)
            ax.annotate(text, spot, xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
    ax.axvline(0, color=INK, linewidth=1)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.locator_params(axis="x", nbins=4)
    ax.xaxis.set_major_formatter(_tick)


def _tick(value: float, _position: float = 0.0) -> str:
    return format_tick(value).replace("-", "−")
