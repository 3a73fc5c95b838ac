"""A page and a ledger file per team, which a doctor's office can follow line by line."""

from __future__ import annotations

import csv
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from riskkit.report.statement_amounts import say_effective, say_money, say_percent
from riskkit.report.statement_steps import Step, find_steps
from riskkit.report.statement_wording import LANGUAGES, TITLES, Language, say_item, say_title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jinja2 import Template

    from riskkit.report.panel import Panel
    from riskkit.settlement.policy import SettlementPolicy
    from riskkit.settlement.statement import Settlement

    Progress = Callable[[str, int, int], None]
    Row = dict[str, Any]

RATES_OF_ONE = frozenset(
    {"bonus_base", "bonus_met_heads", "bonus_missed_heads", "bonus_step", "bonus_event", "bonus_member"}
)
"""Items whose rate counts heads, steps or events, not a fraction."""

TOTALS = frozenset({"prepaid", "actual", "retained", "returned", "net"})
"""Items that stand out on the page."""


def write_statements(
    settlement: Settlement,
    folder: Path,
    *,
    panels: Mapping[str, Panel] | None = None,
    year: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the statements of a settlement: ``<team>.en.html``, ``<team>.zh.html`` and ``<team>.csv``.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    folder : pathlib.Path
        Folder to write to; it is made.
    panels : mapping of str to Panel, optional
        Panel by team.
    year : str, optional
        The year that is settled, in words.
    progress : callable, optional
        Called with (what, done, in all).
    """
    folder.mkdir(parents=True, exist_ok=True)
    template = load_template("statement.html")
    lines = settlement.lines.astype("object").where(settlement.lines.notna(), None)
    by_team: dict[str, list[Row]] = {}
    for row in lines.to_dict("records"):
        by_team.setdefault(str(row["team_id"]), []).append({str(name): value for name, value in row.items()})
    names = name_files(list(by_team))
    for done, (team, rows) in enumerate(by_team.items(), start=1):
        write_ledger(settlement.policy, rows, folder / f"{names[team]}.csv")
        for language in LANGUAGES:
            panel = None if panels is None else panels.get(team)
            document = make_statement(settlement.policy, rows, language, panel=panel, year=year)
            page = template.render(document=document)
            (folder / f"{names[team]}.{language}.html").write_text(page, encoding="utf-8")
        if progress is not None and (done % 50 == 0 or done == len(by_team)):
            progress("write statements", done, len(by_team))


def write_ledger(policy: SettlementPolicy, rows: list[Row], path: Path) -> None:
    """Write one team's lines as CSV for a ledger system.

    Parameters
    ----------
    policy : SettlementPolicy
        Says the currency and its minor unit.
    rows : list of dict
        The team's lines, in order.
    path : pathlib.Path
        The file; UTF-8 with a mark, so that spreadsheets show Chinese.
    """
    extra = [f"{name}_{language}" for name in ("text", "how") for language in LANGUAGES]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*rows[0], *extra, "currency", "minor_units_per_currency_unit"])
        for row, step in zip(rows, find_steps(rows), strict=True):
            texts = [*(_text(row, language) for language in LANGUAGES), *(step.say(language) for language in LANGUAGES)]
            writer.writerow([*row.values(), *texts, policy.currency, policy.per_currency_unit])


def make_statement(
    policy: SettlementPolicy,
    rows: list[Row],
    language: Language,
    *,
    panel: Panel | None = None,
    year: str | None = None,
) -> dict[str, Any]:
    """Make the document of one team's page.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.
    rows : list of dict
        The team's lines, in order.
    language : {"en", "zh"}
        The language.
    panel : Panel, optional
        The team's members.
    year : str, optional
        The year that is settled, in words.

    Returns
    -------
    dict
        `language`, `title`, `facts` (pairs), `headline`, `heads`, `sections` (each `title` and `rows`), `proof_title`
        and `proof`.
    """
    words = {key: say_title(key, language) for key in TITLES}
    facts = [
        (words["team"], str(rows[0]["team_id"])),
        (words["policy"], policy.title if language == "en" else policy.title_zh),
        (words["reference"], policy.reference),
        (words["effective"], say_effective(policy, year, language)),
    ]
    if year is not None:
        facts.insert(1, (words["year"], year))
    facts += [] if panel is None else panel.say(language)
    sections = [
        {"title": words[section], "rows": [_row(policy, row, step, language) for row, step in part]}
        for section, part in groupby(zip(rows, find_steps(rows), strict=True), key=lambda pair: str(pair[0]["section"]))
    ]
    return {
        "language": language,
        "title": words["statement"],
        "facts": facts,
        "headline": _say_result(policy, rows, language),
        "heads": [words[key] for key in ("line", "text", "basis", "rate", "amount")],
        "sections": sections,
        "proof_title": words["proof"],
        "proof": _prove(policy, rows, language),
    }


def name_files(teams: list[str]) -> dict[str, str]:
    """Give each team a file name of its own that every system can hold.

    Parameters
    ----------
    teams : list of str
        Team identifiers.

    Returns
    -------
    dict of str to str
        File name by team, without an ending.

    Examples
    --------
    >>> name_files(["T1", "a/b", "a b"])
    {'T1': 'T1', 'a/b': 'a_b', 'a b': 'a_b-2'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for team in teams:
        bare = re.sub(r"[^\w.-]+", "_", team).strip(".") or "team"
        name, at = bare, 1
        while name.lower() in taken:
            at += 1
            name = f"{bare}-{at}"
        taken.add(name.lower())
        names[team] = name
    return names


def _say_result(policy: SettlementPolicy, rows: list[Row], language: Language) -> str:
    """Say who pays whom in one sentence."""
    net = next(row for row in rows if row["item"] == "net")
    amount = int(net["amount_minor"])
    if not amount:
        return say_title("even", language)
    key = "pays" if amount > 0 else "owes"
    held = ":prepaid" if net["detail"] == "prepaid" else ""
    return say_title(f"{key}{held}", language).format(amount=say_money(policy, abs(amount)))


def _row(policy: SettlementPolicy, row: Row, step: Step, language: Language) -> dict[str, Any]:
    basis, rate = row["basis_minor"], row["rate"]
    counts = row["item"] in RATES_OF_ONE
    return {
        "line": str(row["line"]),
        "text": _text(row, language),
        "how": step.say(language),
        "total": row["item"] in TOTALS or (row["section"] == "account" and row["item"] in {"surplus", "overspend"}),
        "basis": "" if basis is None else say_money(policy, basis),
        "rate": "" if rate is None else f"{rate:,.4g}" if counts else say_percent(rate),
        "amount": say_money(policy, row["amount_minor"]),
    }


def _text(row: Row, language: Language) -> str:
    return say_item(row["section"], row["item"], row["detail"], language)


def _prove(policy: SettlementPolicy, rows: list[Row], language: Language) -> list[str]:
    """Write out the identities that the statement keeps."""
    held = {row["item"]: int(row["amount_minor"]) for row in rows if row["section"] in {"account", "surplus"}}
    prepaid, actual = held["prepaid"], -held["actual"]
    words = {
        key: say_title(key, language) for key in ("prepaid", "cost", "surplus", "retained", "returned", "overspend")
    }

    def equation(name: str, amount: int, parts: list[tuple[str, int]]) -> str:
        right = " + ".join(f"{part} {say_money(policy, value)}" for part, value in parts)
        return f"{name} {say_money(policy, amount)} = {right}"

    proof = [equation(words["prepaid"], prepaid, [(words["cost"], actual), (words["surplus"], prepaid - actual)])]
    if "retained" in held:
        kept = [(words[key], held[key]) for key in ("retained", "returned")]
        proof.append(equation(words["surplus"], prepaid - actual, kept))
    payers = [(_text(row, language), int(row["amount_minor"])) for row in rows if row["item"] == "borne"]
    parts = [(str(row["detail"]), int(row["amount_minor"])) for row in rows if row["section"] == "distribution"]
    if parts:
        proof.append(equation(words["retained"], held["retained"], parts))
    if payers:
        proof.append(equation(words["overspend"], actual - prepaid, payers))
    return proof


def load_template(name: str) -> Template:
    """Load a template of the report.

    Parameters
    ----------
    name : str
        File name.

    Returns
    -------
    jinja2.Template
        The template; all text is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("riskkit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
