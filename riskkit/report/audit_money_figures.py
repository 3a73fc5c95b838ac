"""Figures of the money of an audit: what moved since last year as a waterfall, and what the fund can pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskkit.evaluation.plots import AMBER, BLUE, GREY, INK, PALE
from riskkit.report.canvas import GREEN, RED, format_signed, format_tick, open_canvas, set_label_size, to_svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH: Final = 10.6
VIOLET: Final = "#7d6399"


def draw_waterfall(opening: float, parts: Mapping[str, float], currency: str, name: str) -> str:
    """Draw how the parts of a move lead from last year's rates to this year's.

    Parameters
    ----------
    opening : float
        Last year's rates, currency.
    parts : mapping of str to float
        Title and amount of each part, in the order in which they were exchanged.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG: whole columns at both ends, and a step for each part; the axis begins near the lowest step, as it says.
    """
    amounts = np.array(list(parts.values()))
    after = opening + np.cumsum(amounts)
    before = np.concatenate([[opening], after[:-1]])
    levels = np.concatenate([[opening], after])
    spread = max(float(levels.max() - levels.min()), 1e-9)
    base = max(0.0, float(levels.min()) - 0.6 * spread)
    at = np.arange(len(amounts) + 2)
    with open_canvas(WIDTH, 3.4) as (figure, (ax,)):
        ax.bar(at[[0, -1]], np.array([opening, after[-1]]) - base, bottom=base, width=0.62, color=BLUE)
        colors = [RED if amount < 0 else GREEN for amount in amounts]
        ax.bar(at[1:-1], amounts, bottom=before, width=0.62, color=colors)
        for place, level in enumerate(levels):
            ax.plot([at[place] - 0.31, at[place + 1] + 0.31], [level, level], color=GREY, linewidth=0.9, zorder=0)
        texts = [format_tick(opening), *map(format_signed, amounts), format_tick(after[-1])]
        tops = [opening, *np.maximum(before, after), after[-1]]
        for x, top, text in zip(at, tops, texts, strict=True):
            ax.annotate(text, (x, top), xytext=(0, 4), textcoords="offset points", ha="center", color=INK)
        ax.set_xticks(at, ["Last year", *parts, "This year"])
        ax.set_ylim(base, float(levels.max()) + 0.18 * spread)
        ax.yaxis.set_major_formatter(lambda value, _: format_tick(value))
        start = "" if base == 0 else f" (axis from {format_tick(base)})"
        ax.set_ylabel(f"{currency} per member{start}")
        set_label_size(ax)
        return to_svg(figure, name)


def draw_group_moves(groups: Sequence[Mapping[str, Any]], parts: Mapping[str, str], currency: str, name: str) -> str:
    """Draw the parts of the move of every group side by side, with the sum as a mark.

    Parameters
    ----------
    groups : sequence of mapping
        `group`, one amount per member for each part, and `change`.
    parts : mapping of str to str
        Key of each part and its title.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG: what raises stacked to the right, what lowers to the left; the mark is their sum.
    """
    colors = (BLUE, AMBER, GREY, INK, GREEN, VIOLET)
    at = np.arange(len(groups))
    right, left = np.zeros(len(groups)), np.zeros(len(groups))
    with open_canvas(WIDTH, 0.9 + 0.3 * len(groups)) as (figure, (ax,)):
        for color, (key, title) in zip(colors, parts.items(), strict=True):
            values = np.array([float(row[key]) for row in groups])
            start = np.where(values >= 0, right, left)
            ax.barh(at, values, left=start, height=0.6, color=color, label=title)
            right, left = right + np.maximum(values, 0), left + np.minimum(values, 0)
        change = [row["change"] for row in groups]
        ax.plot(change, at, marker="D", color="white", markeredgecolor=RED, markeredgewidth=1.6, linestyle="none")
        ax.axvline(0, color=INK, linewidth=1)
        ax.set_yticks(at, [str(row["group"]) for row in groups])
        ax.set_ylim(len(groups) - 0.4, -0.6)
        ax.xaxis.set_major_formatter(lambda value, _: format_tick(value).replace("-", "−"))
        ax.set_xlabel(f"Change of the mean rate of those who stayed, {currency} per member year; diamond: in all")
        figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
        set_label_size(ax)
        return to_svg(figure, name)


def draw_affordability(policies: Sequence[Mapping[str, Any]], currency: str, name: str) -> str:
    """Draw what the rates ask for and what they hold against last year, the line of growth and the funding.

    Parameters
    ----------
    policies : sequence of mapping
        `title`, and per member year `last`, `line`, `funding` (each None where not known), `asked`, `paid`.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG: what stands beyond the lower of both lines is red.
    """
    bars: list[tuple[str, float, str]] = []
    for policy in policies:
        before = f"{policy['title']}: " if len(policies) > 1 else ""
        if policy["last"] is not None:
            bars.append((f"{before}last year", policy["last"], PALE))
        bars.append((f"{before}asked for", policy["asked"], BLUE))
        bars.append((f"{before}in the rates", policy["paid"], BLUE))
    with open_canvas(WIDTH, 0.95 + 0.36 * len(bars)) as (figure, (ax,)):
        lines = {key: policies[0][key] for key in ("line", "funding") if policies[0][key] is not None}
        limit = min(lines.values()) if lines else np.inf
        for y, (_, value, color) in enumerate(bars):
            beyond = 0.0 if color == PALE else max(value - limit, 0.0)
            ax.barh(y, value - beyond, color=color, height=0.6)
            ax.barh(y, beyond, left=value - beyond, color=RED, height=0.6)
            text = f"{value:,.0f}" + (f" (+{beyond:,.0f})" if beyond >= 0.5 else "")
            # right of the axes, where no line runs
            ax.annotate(
                text,
                (1.0, y),
                xycoords=ax.get_yaxis_transform(),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=INK,
                annotation_clip=False,
            )
        for (key, value), look in zip(lines.items(), ("solid", (0, (4, 3))), strict=False):
            label = policies[0]["line_title"] if key == "line" else "what the fund has"
            ax.axvline(value, color=RED, linewidth=1.3, linestyle=look, label=f"{label}: {value:,.0f}")
        ax.set_yticks(range(len(bars)), [title for title, _, _ in bars])
        ax.set_ylim(len(bars) - 0.5, -0.6)
        ax.margins(x=0.04)
        ax.xaxis.set_major_formatter(lambda value, _: format_tick(value))
        ax.set_xlabel(f"{currency} per member year")
        if lines:
            figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        set_label_size(ax)
        return to_svg(figure, name)
