"""The page of a stress test: verdict, fans, breach, what moves it, teams, comparison, and every assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import Block, Cell, make_figure, make_note, make_section, make_table
from riskkit.report.stress_figures import draw_breach, draw_fans, draw_teams, draw_tornado
from riskkit.report.wording import format_number, format_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    Policies = Sequence[Mapping[str, Any]]

FIGURES: Final[dict[str, tuple[str, str, str]]] = {
    "breach_ever": ("Breach within the horizon", "期内突破红线", "share"),
    "breach_per_year": ("Breach in an average year", "年均突破红线概率", "share"),
    "ruin_ever": ("Reserve below zero within the horizon", "期内基金穿底", "share"),
    "closing_reserve_amount": ("Closing reserve, millions", "期末结余（百万）", "money"),
    "cost_amount": ("Cost over the horizon, millions", "期内费用（百万）", "money"),
    "payout_amount": ("Paid out over the horizon, millions", "期内基金支出（百万）", "money"),
    "team_result_amount": ("Gained by all teams, millions", "团队合计损益（百万）", "money"),
}


def make_stress_document(summary: Mapping[str, Any], teams: pd.DataFrame) -> dict[str, Any]:
    """Put a stress test into the sections of a page.

    Parameters
    ----------
    summary : mapping
        The content of ``summary.json``: `run`, `policies`, `comparison`, `tornado`, `reverse`.
    teams : pandas.DataFrame
        The content of ``teams.parquet``.

    Returns
    -------
    dict
        What `riskkit.report.render.render` sets in HTML.
    """
    policies: Policies = summary["policies"]
    first, run = policies[0], summary["run"]
    sections = [
        _make_fans(policies),
        _make_breach(policies),
        _make_comparison(policies, summary["comparison"]),
        _make_drivers(first, summary["tornado"], summary["reverse"]),
        _make_teams(first, teams[teams["policy"] == first["name"]]),
        *(_make_assumptions(policy) for policy in policies[:1]),
    ]
    return {
        "kicker": "Fund stress test 基金压力测试",
        "footer": "Intervals are those of the simulation, not of the assumptions. Amounts are not deflated.",
        "title": " / ".join(f"{policy['title']} {policy['title_zh']}" for policy in policies),
        "facts": [
            ("Paths 路径", f"{run['paths']:,}"),
            ("Years 年数", str(len(first["years"]))),
            ("Teams 团队", str(first["teams"])),
            ("Members 参保人", f"{first['members']:,}"),
            ("Portfolio 人群", summary["portfolio"]),
            ("Seed 随机种子", str(run["seed"])),
            ("riskkit", run["riskkit_version"]),
        ],
        "verdict": _make_verdict(first, summary["reverse"]),
        "key_figures": _make_key_figures(policies),
        "sections": [section for section in sections if section],
    }


def _make_verdict(policy: Mapping[str, Any], reverse: Mapping[str, Any]) -> dict[str, Any]:
    breach, ruin = policy["breach"]["ever"]["value"], policy["ruin"]["ever"]["value"]
    limit, years = policy["redline"]["limit"], len(policy["years"])
    worst = max(breach, ruin)
    sentences = [
        f"The reserve falls below zero on {ruin:.1%} of the paths.",
        f"In an average year growth passes the line with probability {policy['breach']['mean_per_year']['value']:.1%}.",
    ]
    if reverse["trend"] is not None:
        sentences.append(
            f"A mean trend of {_rate(reverse['trend'])} a year is enough for a breach with probability "
            f"{reverse['probability']:.0%}."
        )
    return {
        "tone": "bad" if worst >= 0.5 else "warn" if worst >= 0.1 else "good",
        "headline": f"Growth passes {limit:.0%} in at least one of {years} years on {breach:.1%} of the paths.",
        "sentences": sentences,
    }


def _label(english: str, chinese: str) -> Cell:
    return {"text": english, "sub": chinese}


def _rate(value: float) -> str:
    return f"{value:.2%}".replace("-", "−")


def _millions(value: object) -> str:
    return format_number(float(value) / 1e6, 2) if isinstance(value, int | float) else format_number(None)


def _estimate(estimate: Mapping[str, float]) -> Cell:
    return {"text": f"{estimate['value']:.1%}", "sub": f"{estimate['low']:.1%} to {estimate['high']:.1%}"}


def _make_key_figures(policies: Policies) -> Block:
    currency = policies[0]["currency"]
    rows: list[list[Cell]] = [
        [_label("Breach in some year", "期内突破红线"), *(_estimate(one["breach"]["ever"]) for one in policies)],
        [
            _label("Breach in an average year", "年均概率"),
            *(_estimate(one["breach"]["mean_per_year"]) for one in policies),
        ],
        [_label("Reserve below zero in some year", "期内穿底"), *(_estimate(one["ruin"]["ever"]) for one in policies)],
        *(
            [
                _label(
                    f"Fall of the reserve, {word} {level}%, million {currency}", f"结余下降 {word} {level}%（百万）"
                ),
                *(_millions(one["loss"][f"{word.lower()}_{level}"]) for one in policies),
            ]
            for word in ("VaR", "TVaR")
            for level in (95, 99)
        ),
    ]
    return make_table(["Figure 指标", *(str(one["title"]) for one in policies)], rows)


def _make_fans(policies: Policies) -> Block:
    first = policies[0]
    bands = "Bands hold 50%, 90% and 98% of the paths; the line is the median."
    if len(policies) > 1:
        bands += " Of the second policy the median and, dashed, the 5% and 95% quantiles are drawn."
    figure = make_figure(draw_fans(policies, "fans"), "Growth and reserve 年度增幅与基金结余", bands)
    rows: list[list[Cell]] = [
        [
            str(year["year"]),
            f"{year['members']:,.0f}",
            _millions(year["cost"]["mean"]),
            _millions(year["payout"]["mean"]),
            _millions(year["income"]),
            f"{year['growth']['mean']:.1%}",
            f"{year['balance_ratio']:.1%}".replace("-", "−"),
            _millions(year["reserve"]["mean"]),
        ]
        for year in first["years"]
    ]
    titles = [
        "Year 年",
        "Members 人数",
        "Cost 费用",
        "Paid out 支出",
        "Income 收入",
        "Growth 增幅",
        "Balance 结余率",
        "Reserve 累计结余",
    ]
    note = f"Means over all paths of {first['title']}; amounts in million {first['currency']}."
    lead = "What may become of growth and reserve; every path has its own trend, shocks, members and claims."
    return make_section("fans", "Paths of the fund 基金路径", [figure, make_table(titles, rows, note=note)], lead=lead)


def _make_breach(policies: Policies) -> Block:
    first = policies[0]["redline"]
    what = "per member" if first["per"] == "member" else "in total"
    caption = f"Growth of {first['measure']} {what} above {first['limit']:.1%}. Whiskers: 95% of the simulation."
    figure = make_figure(draw_breach(policies, "breach"), "Breach of the redline 突破红线", caption)
    lead = "How likely growth passes the line, and when it does so first."
    return make_section("breach", "Breach of the redline 突破红线", [figure], lead=lead)


def _make_comparison(policies: Policies, comparison: Sequence[Mapping[str, Any]]) -> Block | None:
    if not comparison:
        return None
    rows: list[list[Cell]] = []
    for row in comparison:
        english, chinese, kind = FIGURES[row["figure"]]
        write = (lambda value: format_number(100 * value, 2) + "%") if kind == "share" else _millions
        gap: Cell = {"text": write(row["difference"]), "sub": f"{write(row['low'])} to {write(row['high'])}"}
        rows.append(
            [_label(english, chinese), write(row["first"]), write(row["second"]), gap, f"{row['variance_ratio']:.2f}"]
        )
    titles = ["Figure 指标", *(str(one["title"]) for one in policies), "Difference 差异", "Variance ratio 方差比"]
    note = "Difference with 95% interval, path by path; the variance ratio compares it with that of independent runs."
    lead = "Both policies meet the same trends, shocks, members and claims."
    return make_section("comparison", "Side by side 方案对比", [make_table(titles, rows, note=note)], lead=lead)


def _make_drivers(policy: Mapping[str, Any], tornado: Sequence[Mapping[str, Any]], reverse: Mapping[str, Any]) -> Block:
    answer = f"{_rate(reverse['trend'])} a year" if reverse["trend"] is not None else f"none: {reverse['note']}"
    text = (
        f"Reverse stress 反向压力测试: the smallest mean trend at which a breach within the horizon has probability "
        f"{reverse['probability']:.0%} is {answer}."
    )
    blocks: list[Block | None] = [make_note(text, "warn")]
    if tornado:
        caption = "Each number alone is set low and high on the same random numbers; the line is the policy as it is."
        drawing = draw_tornado(tornado, str(policy["currency"]), "tornado")
        rows: list[list[Cell]] = [
            [
                _label(str(row["title"]), str(row["title_zh"])),
                format_plain(row["low"]),
                format_plain(row["high"]),
                _millions(row["reserve_low"]),
                _millions(row["reserve_high"]),
                f"{row['breach_low']:.1%}",
                f"{row['breach_high']:.1%}",
            ]
            for row in tornado
        ]
        titles = ["Number 参数", "Low 低", "High 高", "Reserve, low", "Reserve, high", "Breach, low", "Breach, high"]
        blocks += [make_figure(drawing, "Tornado 敏感性", caption), make_table(titles, rows)]
    lead = "Which assumptions the answer hangs on, and how much trend the policy bears."
    return make_section("drivers", "What moves the answer 敏感性与反向压力", blocks, lead=lead)


def _make_teams(policy: Mapping[str, Any], teams: pd.DataFrame) -> Block:
    opening, closing = teams[teams["year"] == 1], teams[teams["year"] == teams["year"].max()].set_index("team")
    rows: list[list[Cell]] = []
    for row in opening.to_dict("records"):
        insolvent = float(closing.loc[row["team"], "p_insolvent"])
        rows.append(
            [
                str(row["team"]),
                f"{row['members']:,.0f}",
                _millions(row["prepaid_amount"]),
                _millions(row["surplus_p5"]),
                _millions(row["surplus_p50"]),
                _millions(row["surplus_p95"]),
                f"{row['surplus_share_sd']:.1%}",
                f"{row['p_surplus']:.0%}",
                {"text": f"{insolvent:.1%}", "tone": "bad" if insolvent >= 0.05 else ""},
            ]
        )
    titles = [
        "Team 团队",
        "Members 人数",
        "Prepaid 预付",
        "Surplus 5%",
        "Median 中位",
        "Surplus 95%",
        "SD, share 标准差",
        "P(surplus) 结余概率",
        "P(insolvent) 资不抵债",
    ]
    note = (
        f"First year, million {policy['currency']}; insolvent: its reserve has fallen below zero by the last year. "
        "A surplus of a small team is mostly luck."
    )
    caption = "Dark: half of the paths, pale: 90%; the mark is the median. Teams by size: the smaller, the more luck."
    figure = make_figure(draw_teams(opening, "teams"), "Surplus by size of the team 团队结余与规模", caption)
    return make_section("teams", "Teams 团队", [figure, make_table(titles, rows, note=note)])


def _make_assumptions(policy: Mapping[str, Any]) -> Block:
    rows: list[list[Cell]] = [
        [
            {"text": str(number["place"]), "tone": "code"},
            str(number["unit"]),
            {"text": str(number["reference"]), "sub": f"from {number['effective']}"},
            format_plain(number["value"]),
        ]
        for number in policy["numbers"]
        if not str(number["place"]).startswith("tornado")
    ]
    table = make_table(["Number 参数", "Unit 单位", "Reference 依据", "Value 值"], rows, words=3)
    lead = f"Every number of {policy['title']}, as its file gives it."
    return make_section("assumptions", "Assumptions 假设", [table], lead=lead)
