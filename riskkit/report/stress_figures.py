"""Figures of a stress test: fans over the years, breach by year, tornado, and the luck of each team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskkit.evaluation.plots import AMBER, BLUE, GREY, INK, PALE
from riskkit.report.canvas import RED, format_share, open_canvas, set_label_size, to_svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

LINES: Final = (BLUE, AMBER)
WIDTH: Final = 10.6


def draw_fans(policies: Sequence[Mapping[str, Any]], name: str) -> str:
    """Draw growth against the redline and the reserve against zero; the second policy as a line with its range.

    Parameters
    ----------
    policies : sequence of mapping
        Of ``summary.json``: `title`, `redline`, `reserve`, `currency`, `years`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    first = policies[0]
    with open_canvas(WIDTH, 3.5, columns=2) as (figure, (left, right)):
        for at, policy in enumerate(policies):
            years = [year["year"] for year in policy["years"]]
            _draw_fan(left, years, [year["growth"] for year in policy["years"]], at, str(policy["title"]))
            reserve = [{key: value / 1e6 for key, value in year["reserve"].items()} for year in policy["years"]]
            start = dict.fromkeys(reserve[0], policy["reserve"] / 1e6)
            _draw_fan(right, [0, *years], [start, *reserve], at, str(policy["title"]))
        left.axhline(first["redline"]["limit"], color=RED, linewidth=1.4)
        left.annotate("redline", (1, first["redline"]["limit"]), xytext=(2, 3), textcoords="offset points", color=RED)
        right.axhline(0, color=RED, linewidth=1.4)
        left.yaxis.set_major_formatter(_percent)
        left.set(title=f"Growth of {first['redline']['measure']} from the year before", xlabel="Year")
        right.set(title=f"Reserve at the end of the year, million {first['currency']}", xlabel="Year")
        for ax, opening in ((left, 1), (right, 0)):
            ax.set_xticks(list(range(opening, len(first["years"]) + 1)))
            set_label_size(ax)
        if len(policies) > 1:
            figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        return to_svg(figure, name)


def _draw_fan(ax: Axes, years: Sequence[int], quantiles: Sequence[Mapping[str, float]], at: int, label: str) -> None:
    color = LINES[at]
    band = {key: [year[key] for year in quantiles] for key in ("p1", "p5", "p25", "p50", "p75", "p95", "p99")}
    if at == 0:
        for low, high, alpha in (("p1", "p99", 0.12), ("p5", "p95", 0.18), ("p25", "p75", 0.28)):
            ax.fill_between(years, band[low], band[high], color=color, alpha=alpha, linewidth=0)
    else:
        for edge in ("p5", "p95"):
            ax.plot(years, band[edge], color=color, linewidth=1, linestyle=(0, (4, 3)))
    ax.plot(years, band["p50"], color=color, linewidth=2, marker="o", markersize=4, label=label)


def draw_breach(policies: Sequence[Mapping[str, Any]], name: str) -> str:
    """Draw the probability of a breach in each year, and in which year the first one falls.

    Parameters
    ----------
    policies : sequence of mapping
        Of ``summary.json``: `title`, `breach`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    width = 0.8 / len(policies)
    with open_canvas(WIDTH, 3.1, columns=2) as (figure, (left, right)):
        for at, policy in enumerate(policies):
            by_year = policy["breach"]["by_year"]
            years = np.arange(1, len(by_year) + 1)
            place = years + (at - (len(policies) - 1) / 2) * width
            values = np.array([year["value"] for year in by_year])
            error = np.abs(np.array([[year["low"], year["high"]] for year in by_year]).T - values)
            color, label = LINES[at], str(policy["title"])
            left.bar(place, values, width * 0.9, color=color, label=label)
            left.errorbar(place, values, yerr=error, color=INK, linewidth=1, linestyle="none")
            shares = [*policy["breach"]["first_year"], policy["breach"]["none"]]
            right.bar(np.append(place, place[-1] + 1), shares, width * 0.9, color=color)
            for x, share in zip(np.append(place, place[-1] + 1), shares, strict=True):
                right.annotate(
                    f"{share:.0%}", (x, share), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=8
                )
        left.set(title="Probability of a breach in the year", xlabel="Year")
        right.set(title="Year of the first breach", xlabel="Year")
        right.set_xticks([*years, years[-1] + 1], [*map(str, years), "none"])
        left.set_xticks(years)
        for ax in (left, right):
            ax.yaxis.set_major_formatter(_percent)
            set_label_size(ax)
        if len(policies) > 1:
            figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        return to_svg(figure, name)


def draw_tornado(rows: Sequence[Mapping[str, Any]], currency: str, name: str) -> str:
    """Draw what each number moves when it alone is set low and high.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``summary.json``, the longest bar first.
    currency : str
        Code of the currency.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    at = np.arange(len(rows))
    with open_canvas(WIDTH, 0.9 + 0.36 * len(rows), columns=2) as (figure, (left, right)):
        for ax, figure_name, unit in ((left, "reserve", 1e6), (right, "breach", 1.0)):
            base = rows[0][f"{figure_name}_base"] / unit
            for side, color in (("low", GREY), ("high", BLUE)):
                moved = np.array([row[f"{figure_name}_{side}"] for row in rows]) / unit
                ax.barh(at, moved - base, left=base, color=color, height=0.62, label=f"number set {side}")
            ax.axvline(base, color=INK, linewidth=1)
            ax.invert_yaxis()
            set_label_size(ax)
        left.set_yticks(at, [str(row["title"]) for row in rows])
        right.set_yticks(at, [""] * len(rows))
        left.set(title=f"Mean closing reserve, million {currency}")
        right.set(title="Mean probability of a breach in a year")
        right.xaxis.set_major_formatter(_percent)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        return to_svg(figure, name)


def draw_teams(teams: pd.DataFrame, name: str) -> str:
    """Draw the range of each team's surplus in the first year, by size of the team.

    Parameters
    ----------
    teams : pandas.DataFrame
        Rows of one policy and year: `team`, `members`, `prepaid_amount`, `surplus_p5` to `surplus_p95`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    rows = teams.sort_values("members", ignore_index=True)
    share = rows[[f"surplus_p{at}" for at in (5, 25, 50, 75, 95)]].div(rows["prepaid_amount"].clip(lower=1), axis=0)
    at = np.arange(len(rows))
    with open_canvas(WIDTH, 3.2) as (figure, (ax,)):
        ax.vlines(at, share["surplus_p5"], share["surplus_p95"], color=PALE, linewidth=7)
        ax.vlines(at, share["surplus_p25"], share["surplus_p75"], color=BLUE, linewidth=7)
        ax.plot(at, share["surplus_p50"], color="white", marker="_", markersize=7, linestyle="none", markeredgewidth=2)
        ax.axhline(0, color=RED, linewidth=1.2)
        ax.set_xticks(at, [f"{members:,.0f}" for members in rows["members"]], rotation=90 if len(rows) > 30 else 0)
        ax.yaxis.set_major_formatter(_percent)
        ax.set(title="Surplus of the first year as a share of the prepaid sum", xlabel="Members of the team")
        set_label_size(ax)
        return to_svg(figure, name)


def _percent(value: float, _position: float = 0.0) -> str:
    return format_share(round(value, 6)).replace("-", "−")
