"""The page of a rate audit: verdict, groups, price of fixing, gaming, what moved, what the fund lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.blocks import Block, Cell, make_note, make_section, make_table
from riskkit.report.wording import SMALLEST_CELL, format_count, format_minor, format_number, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Audits = Sequence[Mapping[str, Any]]

GROUPINGS: Final[dict[str, str]] = {
    "risk_tier": "Tier 分层",
    "decile": "Decile of risk 风险十分位",
    "tier_decile": "Decile inside the tier 层内十分位",
    "team_id": "Team 团队",
    "age_band": "Age 年龄",
    "sex": "Sex 性别",
    "region": "Region 地区",
    "urban": "Urban or rural 城乡",
    "insurance_type": "Insurance 险种",
    "institution_level": "Institution level 机构级别",
    "enrolment": "New or continuing 新老参保",
    "laboratory": "Laboratory 检验",
}
PARTS: Final[dict[str, str]] = {
    "population": "Population 人群",
    "model": "Model 模型",
    "coding": "Coding 编码",
    "normalisation": "Normalisation 标准化",
    "policy": "Policy 政策",
}
FAMILIES: Final = {"code": "One more code 增加一个编码", "visit": "One more visit 增加一次就诊", "spend": "Spend 费用"}


def make_audit_document(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Put an audit into the sections of a page.

    Parameters
    ----------
    summary : mapping
        The content of ``audit.json``.

    Returns
    -------
    dict
        What `riskkit.report.render.render` sets in HTML.
    """
    audits: Audits = summary["audits"]
    first = audits[0]
    sections = [
        _make_comparison(audits, summary["comparison"]),
        *(_make_groups(audit, audits) for audit in audits),
        *(_make_price(audit, audits) for audit in audits),
        *(_make_gaming(audit, audits) for audit in audits),
        _make_dislocation(summary["dislocation"], first),
        *(_make_affordability(audit, audits) for audit in audits),
    ]
    return {
        "kicker": "Audit of a rate table 费率表审计",
        "footer": f"Groups of fewer than {SMALLEST_CELL} members are not shown. Cost is within the scope of the rate.",
        "title": " / ".join(f"{audit['title']} {audit['title_zh']}" for audit in audits),
        "facts": [
            ("Scheme 方案", str(first["scheme"])),
            ("Index date 基准日", str(first["index_date"])),
            ("Members 参保人", f"{first['members']:,}"),
            ("Member years 人年", f"{first['member_years']:,.0f}"),
            ("Scope 范围", str(first["scope"])),
            ("Currency 币种", str(first["currency"])),
        ],
        "verdict": _make_verdict(first),
        "key_figures": _make_key_figures(audits),
        "sections": [section for section in sections if section],
    }


def _money(value: object) -> str:
    return format_number(value, 0)


def _name(audit: Mapping[str, Any], audits: Audits) -> str:
    return "" if len(audits) == 1 else f": {audit['title']}"


def _make_verdict(audit: Mapping[str, Any]) -> dict[str, Any]:
    adequacy, lack = audit["adequacy"], (audit["affordability"] or {}).get("shortfall_minor", 0)
    tiers = [row for row in audit["groups"] if row["grouping"] == "risk_tier" and not row["suppressed"]]
    under = [row for row in tiers if row["high"] is not None and row["high"] < 0]
    sentences = [
        f"A/E lies within {adequacy['band']:.0%} for {adequacy['share']:.1%} of the member years by "
        f"{'team' if adequacy['level'] == 'team_id' else 'decile'}; asked are {adequacy['asked_share']:.0%}.",
        f"Trees of the rated model: {audit['monotone_trees']['verdict']}.",
    ]
    if under:
        named = ", ".join(f"{row['group']} ({_money(row['net_compensation'])})" for row in under)
        sentences.append(f"Under-compensated tiers, per member year: {named}.")
    if lack:
        per_unit = audit["certificate"]["minor_units_per_currency_unit"]
        sentences.append(f"The fund lacks {format_minor(lack, per_unit, audit['currency'])} for what the policy asks.")
    good = adequacy["verdict"] == "met" and not under and not lack
    return {
        "tone": "good" if good else "warn",
        "headline": "Nothing stands against signing." if good else "Answer these points before signing.",
        "sentences": sentences,
    }


def _make_key_figures(audits: Audits) -> Block:
    def row(title: str, key: str, write: Any) -> list[Cell]:
        return [title, *(write(audit["overall"][key]) for audit in audits)]

    rows: list[list[Cell]] = [
        row("Paid per member year 人均支付", "paid", _money),
        row("Cost within the scope 范围内费用", "cost", _money),
        row("Net compensation 净补偿", "net_compensation", _money),
        row("Actual over expected 实际/预期", "actual_over_expected", lambda value: format_number(value, 3)),
        [
            "Adequate member years 费率充足占比",
            *({"text": format_percent(one["adequacy"]["share"]), "sub": one["adequacy"]["verdict"]} for one in audits),
        ],
    ]
    return make_table(["Figure 指标", *(str(audit["title"]) for audit in audits)], rows)


def _make_groups(audit: Mapping[str, Any], audits: Audits) -> Block:
    mapl = {row["partition"]: row for row in audit["mapl"]}
    blocks: list[Block | None] = []
    for grouping, title in GROUPINGS.items():
        rows = [_make_group_row(row) for row in audit["groups"] if row["grouping"] == grouping]
        if rows:
            found = mapl[grouping]
            note = (
                f"Mean absolute predictable profit or loss: {_money(found['value'])} "
                f"({_money(found['low'])} to {_money(found['high'])})."
            )
            columns = [
                title,
                "Members",
                "Share",
                "Cost",
                "Paid",
                "Net compensation",
                "Paid / cost",
                "Scatter",
                "Share × NC",
            ]
            blocks.append(make_table(columns, rows, note=note))
    lead = (
        "Payment less cost per member year, with 95% intervals. Equal means still leave something to pick: see scatter."
    )
    identifier = f"groups-{audit['policy'].replace('_', '-')}"
    return make_section(identifier, f"Who is under-paid 谁被低估{_name(audit, audits)}", blocks, lead=lead)


def _make_group_row(row: Mapping[str, Any]) -> list[Cell]:
    if row["suppressed"]:
        return [str(row["group"]), f"fewer than {SMALLEST_CELL}", *[""] * 7]
    under = row["high"] is not None and row["high"] < 0
    gap: Cell = {
        "text": _money(row["net_compensation"]),
        "sub": f"{_money(row['low'])} to {_money(row['high'])}",
        "tone": "bad" if under else "",
    }
    return [
        str(row["group"]),
        format_count(row["n_persons"]),
        format_percent(row["share"]),
        _money(row["observed"]),
        _money(row["paid"]),
        gap,
        format_number(row["ratio"], 3),
        _money(row["residual_sd"]),
        _money(row["contribution"]),
    ]


def _make_price(audit: Mapping[str, Any], audits: Audits) -> Block:
    title = f"The price of fixing it 修正的代价{_name(audit, audits)}"
    identifier = f"price-{audit['policy'].replace('_', '-')}"
    if not audit["price"]:
        note = make_note("No tier and no group of the fairness report is under-paid beyond chance.", "good")
        return make_section(identifier, title, [note])
    rows: list[list[Cell]] = [
        [
            format_percent(row["theta"], 0),
            "held" if row["keeps_total"] else "free",
            _money(row["group_net_compensation"]),
            _money(row["rest_net_compensation"]),
            _money(row["overall_net_compensation"]),
            format_number(row["r2"], 3),
        ]
        for row in audit["price"]
    ]
    columns = ["Gap closed", "Overall mean", "NC of the group", "NC of the rest", "NC overall", "R²"]
    lead = f"Least squares that pays {audit['price'][0]['group']} more, in part or in full, and what it costs in fit."
    return make_section(identifier, title, [make_table(columns, rows)], lead=lead)


def _make_gaming(audit: Mapping[str, Any], audits: Audits) -> Block:
    rows: list[list[Cell]] = [
        [
            FAMILIES[row["family"]],
            {"text": str(row["feature"]), "tone": "code"},
            format_number(row["gain"], 2),
            format_number(row["largest"], 2),
            format_count(row["members"]),
        ]
        for family in FAMILIES
        for row in [one for one in audit["gaming"] if one["family"] == family][:10]
    ]
    columns = ["Change", "Feature", f"Gain, {audit['currency']}", "Largest", "Members"]
    lead = (
        "What a provider would gain a member year by one change, by the frozen figures; spend per unit of last year's."
    )
    identifier = f"gaming-{audit['policy'].replace('_', '-')}"
    title = f"What gaming would gain 博弈审计{_name(audit, audits)}"
    return make_section(identifier, title, [make_table(columns, rows, words=2)], lead=lead)


def _make_dislocation(dislocation: Mapping[str, Any] | None, audit: Mapping[str, Any]) -> Block | None:
    if dislocation is None:
        return None
    per_unit = audit["certificate"]["minor_units_per_currency_unit"]
    blocks: list[Block | None] = []
    for key, title in {"status": "Status", **GROUPINGS, "all": "All"}.items():
        rows: list[list[Cell]] = [
            [
                str(row["group"]),
                format_count(row["members"]),
                *(_money(row[part] / per_unit) for part in PARTS),
                _money(row["change_minor"] / per_unit),
            ]
            for row in dislocation.get(key, [])
            if row["members"] >= SMALLEST_CELL
        ]
        if rows:
            blocks.append(make_table([title, "Members", *PARTS.values(), "Change"], rows))
    lead = f"What moved since last year, in {audit['currency']}; the parts sum to the change without a remainder."
    return make_section("dislocation", "What moved 年度变动分解", blocks, lead=lead)


def _make_affordability(audit: Mapping[str, Any], audits: Audits) -> Block:
    title = f"What the fund can pay 基金可承受{_name(audit, audits)}"
    identifier = f"affordability-{audit['policy'].replace('_', '-')}"
    found = audit["affordability"]
    if found is None:
        note = make_note("The policy does not say what the fund can pay. Add [affordability] to have it held.", "warn")
        return make_section(identifier, title, [note])
    per_unit = audit["certificate"]["minor_units_per_currency_unit"]
    titles = {"asked_minor": "Asked for", "affordable_minor": "Affordable", "budget_minor": "In the rates"}
    rows: list[list[Cell]] = [
        [name, format_minor(found[key], per_unit, audit["currency"])]
        for key, name in {**titles, "shortfall_minor": "Shortfall"}.items()
    ]
    tone, said = ("bad", "cut, in the open") if found["scaled"] else ("warn", "shown, not cut")
    note = make_note(f"The shortfall is {said}." if found["shortfall_minor"] else "Nothing is missing.", tone)
    return make_section(identifier, title, [note, make_table(["Amount", "Value"], rows)])


def _make_comparison(audits: Audits, comparison: Mapping[str, Any] | None) -> Block | None:
    if comparison is None:
        return None
    rows: list[list[Cell]] = [
        [
            GROUPINGS.get(row["partition"], row["partition"]),
            _money(row["first"]["value"]),
            _money(row["second"]["value"]),
            {
                "text": _money(row["difference"]["value"]),
                "sub": f"{_money(row['difference']['low'])} to {_money(row['difference']['high'])}",
            },
        ]
        for row in comparison["mapl"]
    ]
    quantiles = comparison["quantiles"]
    text = (
        f"Under the second policy {comparison['members_up']:,} members are paid more, "
        f"{comparison['members_down']:,} less, {comparison['members_same']:,} the same; the mean absolute change is "
        f"{_money(comparison['mean_absolute_change'])}, "
        f"5% to 95%: {_money(quantiles['p5'])} to {_money(quantiles['p95'])}."
    )
    columns = ["Predictable profit or loss by", *(str(audit["title"]) for audit in audits), "Difference"]
    lead = "Both policies on the same members, with paired intervals."
    return make_section("comparison", "Side by side 方案对比", [make_note(text), make_table(columns, rows)], lead=lead)
