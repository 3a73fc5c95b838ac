"""Rows that an adapter set aside, in the account of a source: each counted under its reason, none of them lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.data.quality import Example, QualityReport, TableQuality, Violation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

REASON = "reason"
PLACE_COLUMNS = ("file", "row", "place", "source_table")
"""Columns of a file of set-aside rows that say where a row stands without saying whose it is."""
VALUE_COLUMNS = ("field", "stated", "analyte", "value", "unit", "code", "type")
"""Columns that say what was found there."""
IDENTIFIERS = ("claim_id", "record_id")


def add_set_aside(quality: QualityReport, folder: Path) -> QualityReport:
    """Add the rows that an adapter set aside to the account of what it converted.

    Parameters
    ----------
    quality : QualityReport
        The account of the converted tables.
    folder : pathlib.Path
        The adapter's ``quarantine``; may be absent. A file with a column `reason` holds bad rows; one without holds
        parts of the layout that are no rows of their own.

    Returns
    -------
    QualityReport
        Rows in = accepted + quarantined, the rows set aside among both; each reason is a broken rule.
    """
    found = {file.stem: _count_reasons(file) for file in sorted(folder.glob("*.parquet"))}
    known = {table.table for table in quality.tables}
    tables = [_add(table, found.get(table.table, ())) for table in quality.tables]
    others = [_add(TableQuality(name, 0, 0, 0), rules) for name, rules in found.items() if rules and name not in known]
    return QualityReport((*tables, *others))


def hide_records(quality: QualityReport) -> QualityReport:
    """Name the examples of an account by their row alone: an adapter may have made an identifier out of a person's.

    Parameters
    ----------
    quality : QualityReport
        The account.

    Returns
    -------
    QualityReport
        The same counts.
    """
    return QualityReport(tuple(replace(table, violations=_hide(table.violations)) for table in quality.tables))


def _hide(violations: Sequence[Violation]) -> tuple[Violation, ...]:
    return tuple(
        replace(
            rule,
            examples=tuple(
                Example(one.place.split(", ")[0], f"a {rule.column}" if rule.column in IDENTIFIERS else one.found)
                for one in rule.examples
            ),
        )
        for rule in violations
    )


def _add(table: TableQuality, rules: Sequence[Violation]) -> TableQuality:
    rows = sum(rule.rows for rule in rules)
    return replace(
        table,
        rows_in=table.rows_in + rows,
        rows_quarantined=table.rows_quarantined + rows,
        violations=(*table.violations, *rules),
    )


def _count_reasons(file: Path) -> tuple[Violation, ...]:
    """Count the rows of each reason; a file without reasons holds no bad rows."""
    rows = pd.read_parquet(file)
    if REASON not in rows or rows.empty:
        return ()
    return tuple(
        Violation(
            file.stem, str(reason), "", len(part), "a row that the adapter's page allows", (_example(part.iloc[0]),)
        )
        for reason, part in rows.groupby(REASON, sort=True)
    )


def _example(row: pd.Series[Any]) -> Example:
    said = row.dropna()
    place = [f"{name} {said[name]}" for name in PLACE_COLUMNS if name in said.index]
    found = [f"{name}={said[name]}" for name in VALUE_COLUMNS if name in said.index]
    return Example(", ".join(place) or "set aside by the adapter", ", ".join(found) or "what the rule says")
