"""One page of a settlement: the fund's totals, and a row per team that ties to them and leads to its statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskkit.report.statement_amounts import say_effective, say_number, say_percent
from riskkit.report.statement_page import load_template, name_files
from riskkit.report.statement_wording import LANGUAGES, Language, say_title

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from riskkit.settlement.statement import Settlement

COLUMNS = (
    *("prepaid_minor", "actual_minor", "surplus_minor", "ceded_minor", "retained_minor", "returned_minor"),
    *("borne_team_minor", "borne_fund_minor", "borne_treasury_minor", "released_minor", "bonus_minor", "net_minor"),
)
"""Columns of the totals that the page shows; those that are 0 for every team are left out, the first three apart."""

ALWAYS = 3
ACCOUNTS = ("joined_without_a_rate", "without_a_rate", "without_a_team")
"""Accounts of claims that are no team's, as the settlement names them."""


def write_settlement_pages(
    settlement: Settlement, folder: Path, *, year: str | None = None, outside: pd.DataFrame | None = None
) -> None:
    """Write ``settlement.en.html`` and ``settlement.zh.html``.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    folder : pathlib.Path
        Folder of the settlement, in which ``statements/`` stands.
    year : str, optional
        The year that is settled, in words.
    outside : pandas.DataFrame, optional
        Claims of a year that are no team's, see `riskkit.settlement.outside.open_outside`.
    """
    template = load_template("settlement.html")
    for language in LANGUAGES:
        document = make_settlement_page(settlement, language, year=year)
        document["claims"] = [] if outside is None else make_claims_table(settlement, language, outside)
        document["claims_heads"] = name_claims(settlement, language)
        page = template.render(document=document)
        (folder / f"settlement.{language}.html").write_text(page, encoding="utf-8")


def make_settlement_page(settlement: Settlement, language: Language, *, year: str | None = None) -> dict[str, Any]:
    """Make the document of the page.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    language : {"en", "zh"}
        The language.
    year : str, optional
        The year that is settled, in words.

    Returns
    -------
    dict
        `language`, `title`, `facts`, `heads`, `rows` (each `team`, `link`, `amounts`) and `sums`.
    """
    policy, totals = settlement.policy, settlement.totals
    shown = [name for at, name in enumerate(COLUMNS) if at < ALWAYS or (totals[name] != 0).any()]
    heads = {name: name for name in shown}
    if policy.contract.funds == "prepaid":
        heads["net_minor"] = "net_minor:prepaid"
    files = name_files([str(team) for team in totals["team_id"]])
    rows = [
        {
            "team": str(row["team_id"]),
            "link": f"statements/{files[str(row['team_id'])]}.{language}.html",
            "amounts": [say_number(policy, int(row[name])) for name in shown],
        }
        for row in totals.to_dict("records")
    ]
    return {
        "language": language,
        "title": say_title("summary", language),
        "facts": [
            *([] if year is None else [(say_title("year", language), year)]),
            (say_title("policy", language), policy.title if language == "en" else policy.title_zh),
            (say_title("reference", language), policy.reference),
            (say_title("effective", language), say_effective(policy, year, language)),
            (say_title("currency", language), policy.currency),
        ],
        "heads": [say_title("team", language), *(say_title(heads[name], language) for name in shown)],
        "rows": rows,
        "sum_title": say_title("fund_total", language),
        "claims_title": say_title("claims", language),
        "sums": [say_number(policy, int(totals[name].sum())) for name in shown],
    }


def make_claims_table(settlement: Settlement, language: Language, outside: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Make the rows by which the claims of the year tie to the teams' accounts and to what is outside of them.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    language : {"en", "zh"}
        The language.
    outside : pandas.DataFrame
        See `riskkit.settlement.outside.open_outside`.

    Returns
    -------
    list of tuple of str and list of str
        What, and the amounts: in full where a share of the claims counts, and what counts; the teams, each account
        outside, and their sum.
    """
    lines = settlement.lines
    teams = {
        "full_minor": int(lines.loc[lines["item"] == "counted", "basis_minor"].sum()),
        "paid_minor": int(settlement.totals["paid_minor"].sum()),
    }
    shown = [*(["full_minor"] if settlement.policy.counted_share < 1 else []), "paid_minor"]
    sums = outside.groupby("account")[shown].sum()
    rows = [("claims_of_teams", [teams[name] for name in shown])]
    rows += [(at, [int(sums[name].get(at, 0)) for name in shown]) for at in ACCOUNTS]
    rows.append(("claims_of_year", [sum(amounts[at] for _, amounts in rows) for at in range(len(shown))]))
    return [
        (say_title(name, language), [say_number(settlement.policy, amount) for amount in amounts])
        for name, amounts in rows
    ]


def name_claims(settlement: Settlement, language: Language) -> list[str]:
    """Name the columns of the table of claims.

    Parameters
    ----------
    settlement : Settlement
        Says which share of the claims counts.
    language : {"en", "zh"}
        The language.

    Returns
    -------
    list of str
        In full, and what counts; none where all of it does.
    """
    share = settlement.policy.counted_share
    if share == 1:
        return []
    counted = say_title("counted_share", language).format(share=say_percent(share))
    return [say_title("in_full", language), counted]
