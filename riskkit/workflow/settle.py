"""Settle a year: published results against the engine, or contracts from a file, with every team's statement."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from riskkit.data.io import hash_file, staged
from riskkit.data.mssp_results import is_results_file, read_results
from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.report.settlement_page import write_settlement_pages
from riskkit.report.statement_page import write_statements
from riskkit.settlement.distribution import add_parts, distribute
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.published import compare_results
from riskkit.settlement.statement import Settlement, settle
from riskkit.workflow.contract_file import read_contract_file, read_table
from riskkit.workflow.leftovers import find_leftovers, keep_foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from riskkit.report.panel import Panel

    Progress = Callable[[str, int, int], None]

PAGES: Final = ("settlement.en.html", "settlement.zh.html")


@dataclass(frozen=True)
class SettledYear:
    """What was settled.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    summary : dict
        What ``summary.json`` holds.
    """

    settlement: Settlement
    summary: dict[str, object]


def settle_file(
    policy: Path, source: Path, out: Path, *, institutions: Path | None = None, progress: Progress | None = None
) -> SettledYear:
    """Settle the contracts of a file: published results, or one row per team.

    Parameters
    ----------
    policy : pathlib.Path
        Settlement policy.
    source : pathlib.Path
        CSV file: a public use file of results, or contracts with `team_id`, `prepaid_amount`, `actual_amount` and what
        the policy asks for.
    out : pathlib.Path
        Folder that gets ``summary.json``, ``totals.csv``, ``lines.csv``, ``statements/`` and, for published results,
        ``comparison.csv``; they appear only when all are whole.
    institutions : pathlib.Path, optional
        CSV file of institutions, for a policy that distributes.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    SettledYear
        Settlement and summary.

    Raises
    ------
    PolicyError
        If the policy cannot be carried out as written.
    DataContractError
        If the file cannot be read or breaks a rule.
    """
    read = read_policy(policy, SettlementPolicy)
    if not source.is_file():
        message = f"{source}: no such file; expected a CSV file of contracts or results. With --rates, give a folder."
        raise DataContractError(message)
    facts = {"source": source.name, "source_sha256": hash_file(source)}
    if is_results_file(source):
        if institutions is not None:
            message = (
                f"{institutions}: published results are held to the engine, nothing of them is handed on to "
                "institutions. Leave out --institutions."
            )
            raise DataContractError(message)
        results = read_results(source)
        comparison = compare_results(read, results.frame, results.nameless, results.repeated)
        checked = {"year": results.year, **comparison.summarise()}
        year = close_year(comparison.settlement, {**facts, **checked})
        return write_year(year, out, {"comparison": comparison.table}, keep=[source], progress=progress)
    contracts, place = read_contract_file(read, source)
    year = close_year(settle(read, contracts, place), facts)
    settlement, tables = distribute_file(year.settlement, institutions)
    settled = replace(year, settlement=settlement)
    return write_year(settled, out, tables, keep=[source, institutions], progress=progress)


def distribute_file(settlement: Settlement, institutions: Path | None) -> tuple[Settlement, dict[str, pd.DataFrame]]:
    """Hand on what teams retain to the institutions of a file, and put their parts on the statements.

    Parameters
    ----------
    settlement : Settlement
        Totals and policy.
    institutions : pathlib.Path or None
        CSV file with `team_id`, `institution_id` and the policy's weights.

    Returns
    -------
    tuple of Settlement and dict of str to pandas.DataFrame
        The settlement with a line per part, and the table `distribution`; as it came, and none, without a file.

    Raises
    ------
    DataContractError
        If the policy does not distribute, or the file breaks a rule.
    """
    if institutions is None:
        return settlement, {}
    if settlement.policy.distribution is None:
        message = (
            f"policy {settlement.policy.name}: it has no [distribution] block. Add it, or leave out --institutions."
        )
        raise DataContractError(message)
    parts = distribute(
        settlement.policy.distribution,
        settlement.totals,
        read_table(institutions, settlement.policy.distribution.weights),
    )
    return add_parts(settlement, parts), {"distribution": parts}


def write_year(
    year: SettledYear,
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    panels: Mapping[str, Panel] | None = None,
    keep: Iterable[Path | None] = (),
    progress: Progress | None = None,
) -> SettledYear:
    """Write a settled year so that its files appear only when all are whole.

    Parameters
    ----------
    year : SettledYear
        The year.
    out : pathlib.Path
        The folder.
    tables : mapping of str to pandas.DataFrame
        Further tables, each to ``<name>.csv``.
    panels : mapping of str to Panel, optional
        Panel by team, for the statements.
    keep : iterable of pathlib.Path, optional
        Files that the year is made from.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    SettledYear
        The same year. What an earlier settlement wrote to the folder and this one does not is removed, nothing else.
    """
    settlement, named = year.settlement, name_year(year.summary)
    written = {"totals": settlement.totals, "lines": settlement.lines, **tables}
    files = sorted([*(f"{name}.csv" for name in written), "summary.json", *PAGES])
    held = {"settlement": {**_facts(year.summary), "files": files}}
    left = find_leftovers(out, files, [path for path in keep if path is not None])
    with staged(out) as stage:
        for name, table in written.items():
            table.to_csv(stage / f"{name}.csv", index=False, encoding="utf-8")
        text = json.dumps({**year.summary, **held}, ensure_ascii=False, indent=2, allow_nan=False)
        (stage / "summary.json").write_text(text + "\n", encoding="utf-8")
        write_settlement_pages(settlement, stage, year=named, outside=tables.get("outside"))
        write_statements(settlement, stage / "statements", panels=panels, year=named, progress=progress)
        keep_foreign(out, stage)
    for path in left:
        path.unlink()
    return year


def name_year(summary: Mapping[str, object]) -> str | None:
    """Name the year that was settled, as far as it is known.

    Parameters
    ----------
    summary : mapping of str to object
        See `SettledYear`.

    Returns
    -------
    str or None
        First and last day, or the performance year.

    Examples
    --------
    >>> name_year({"settlement": {"year_start": "2024-01-01"}}), name_year({"settlement": {"year": 2016}})
    ('2024-01-01 - 2024-12-31', '2016')
    """
    facts = _facts(summary)
    if "year_start" in facts:
        first = pd.Timestamp(facts["year_start"])
        last = first + pd.DateOffset(years=1) - pd.Timedelta(days=1)
        return f"{first.date()} - {last.date()}"
    year = facts.get("year")
    return None if year is None else str(year)


def _facts(summary: Mapping[str, object]) -> dict[str, Any]:
    held = summary.get("settlement")
    return held if isinstance(held, dict) else {}


def close_year(settlement: Settlement, facts: Mapping[str, object]) -> SettledYear:
    """Add the fund's totals to a settlement.

    Parameters
    ----------
    settlement : Settlement
        Lines and totals.
    facts : mapping of str to object
        Plain values about the year, such as its source.

    Returns
    -------
    SettledYear
        Settlement and summary.
    """
    policy, totals = settlement.policy, settlement.totals
    sums = {str(name): int(totals[name].sum()) for name in totals.columns if str(name).endswith("_minor")}
    held = {"rows": len(totals), **facts}
    head = {
        "policy": policy.name,
        "policy_reference": policy.reference,
        "effective": policy.effective.isoformat(),
        "currency": policy.currency,
        "minor_units_per_currency_unit": policy.per_currency_unit,
        "teams": len(totals),
        "fund_totals": sums,
        "reconciles": sums["prepaid_minor"] == sums["actual_minor"] + sums["surplus_minor"],
    }
    return SettledYear(settlement, {"settlement": {**held, **head}})
