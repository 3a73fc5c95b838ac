"""Open a source: run its adapter, check the canonical tables it gives, and say what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from riskkit.data.adapters.known import NATIVE, convert
from riskkit.data.adapters.set_aside import add_set_aside, hide_records
from riskkit.data.io import Tables, read_tables, require_columns
from riskkit.data.privacy import read_id_key
from riskkit.data.quality import refuse
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.data.adapters.report import AdapterReport
    from riskkit.data.quality import OnBadRows

    Progress = Callable[[str, int, int], None]

FEW_PERSONS = 100
"""Up to so many persons may have no record of a kind; more of them without one is a table that was not delivered."""


@dataclass(frozen=True)
class OpenSource:
    """A source whose tables are checked and at hand.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    adapter : AdapterReport or None
        What the adapter mapped and could not map; None for a native folder.
    """

    tables: Tables
    adapter: AdapterReport | None


def open_source(
    adapter: str, source: Path, work: Path, *, on_bad_rows: OnBadRows = "refuse", progress: Progress | None = None
) -> OpenSource:
    """Bring a source into canonical tables in a working folder, with hashes in the place of its persons' identifiers.

    Parameters
    ----------
    adapter : str
        ``"native"`` for a folder of canonical tables, or the name of an adapter.
    source : pathlib.Path
        Folder of the source.
    work : pathlib.Path
        Working folder; gets ``tables`` and, for an adapter, ``adapted``.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    OpenSource
        Tables and adapter report.

    Raises
    ------
    DataContractError
        If the source cannot be read or, under ``"refuse"``, holds a bad row.
    """
    report = None
    folder = source
    if adapter != NATIVE:
        folder = work / "adapted"
        report = convert(adapter, source, folder, progress=progress)
    require_columns(folder)
    key, place = read_id_key(), work / "tables"
    if report is None:
        return OpenSource(read_tables(folder, place, on_bad_rows=on_bad_rows, id_key=key, progress=progress), None)
    tables = read_tables(folder, place, on_bad_rows="quarantine", id_key=key, progress=progress)
    quality = add_set_aside(hide_records(tables.quality), folder / "quarantine")
    if on_bad_rows == "refuse":
        for table in quality.tables:
            refuse(table)
    return OpenSource(replace(tables, quality=quality), report)


def require_tables(opened: OpenSource, needed: tuple[str, ...]) -> None:
    """Refuse a source that lacks a table from which the models learnt: what is not there would count as none.

    Parameters
    ----------
    opened : OpenSource
        The source.
    needed : tuple of str
        Tables that held rows in training.

    Raises
    ------
    DataContractError
        If a table is absent, or is empty for more than a hundred persons.
    """
    rows = {table.table: table.rows_accepted for table in opened.tables.quality.tables}
    persons = rows.get("person", 0)
    lacking = [name for name in needed if name not in rows or (not rows[name] and persons > FEW_PERSONS)]
    if lacking:
        found = "an empty table" if lacking[0] in rows else "no such table"
        message = (
            f"{lacking[0]}: found {found} for {persons} persons, expected the records that the models were trained on "
            f"({', '.join(needed)}). Deliver the table; scores without it would take nobody to have any."
        )
        raise DataContractError(message)
