"""Look before running: the quality of a source, and the features of a scheme."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit.data.code_summary import CodeSummary, find_code_oddities, summarise_codes
from riskkit.data.codes import read_code_lists
from riskkit.data.conflicts import Oddity
from riskkit.data.io import staged
from riskkit.data.oddities import count_months, find_oddities
from riskkit.data.presets import find_presets
from riskkit.errors import DataContractError
from riskkit.features.contents import make_catalogue
from riskkit.features.listing import list_features
from riskkit.report.quality_page import make_quality_document
from riskkit.report.render import render
from riskkit.workflow.members import plan_features
from riskkit.workflow.source import OpenSource, open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.data.quality import OnBadRows
    from riskkit.workflow.scheme import Scheme

    Progress = Callable[[str, int, int], None]


PAGE = "quality.html"


@dataclass(frozen=True)
class Validation:
    """The account of a source.

    Parameters
    ----------
    opened : OpenSource
        Rows in and out of each table, and the adapter's report; its tables are gone with the working folder.
    oddities : tuple of Oddity
        What breaks no rule and should be looked at.
    months : dict of str to list of (str, int)
        Claims by month.
    codes : tuple of CodeSummary
        Diagnosis codes that no list holds, by vocabulary.
    source : str
        Where it came from.
    """

    opened: OpenSource
    oddities: tuple[Oddity, ...]
    months: dict[str, list[tuple[str, int]]]
    codes: tuple[CodeSummary, ...]
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON.

        Returns
        -------
        dict
            `source`, `rows_in`, `rows_accepted`, `rows_quarantined`, `tables`, `warnings`, `months`, `codes`,
            `hashes` of the accepted tables and the `adapter`'s report.
        """
        shares = ("unmapped_share", "malformed_share")
        return {
            "source": self.source,
            **self.opened.tables.quality.to_dict(),
            "warnings": [{**asdict(oddity), "sentence": oddity.sentence()} for oddity in self.oddities],
            "months": self.months,
            "codes": [{**asdict(item), **{name: getattr(item, name) for name in shares}} for item in self.codes],
            "hashes": self.opened.tables.hashes,
            "adapter": self.opened.adapter.to_dict() if self.opened.adapter else None,
        }


def validate_source(
    adapter: str,
    source: Path,
    out: Path | None,
    *,
    codelist_directory: Path | None = None,
    on_bad_rows: OnBadRows = "refuse",
    set_aside: Path | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Check every row of a source and write the account.

    Parameters
    ----------
    adapter : str
        Layout of the source.
    source : pathlib.Path
        Its folder or file.
    out : pathlib.Path or None
        Folder for ``quality.html``, ``quality.json`` and ``quarantine/``; nothing is written where None.
    codelist_directory : pathlib.Path, optional
        Code lists against which the diagnosis codes are counted; those of the package where not given.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a source with rows that break their contract. Its account is written in either case.
    set_aside : pathlib.Path, optional
        Folder for the rows that an adapter set aside, as they came: with identifiers in clear, so only where asked.
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    Validation
        The account.

    Raises
    ------
    DataContractError
        If the source cannot be read or, under ``"refuse"``, holds a bad row.
    """
    lists = read_code_lists(codelist_directory or find_presets() / "models" / "codelists")
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        opened = open_source(adapter, source, Path(scratch), on_bad_rows="quarantine", progress=progress)
        paths = opened.tables.paths
        codes = tuple(summarise_codes(paths, lists))
        oddities = (*find_oddities(paths), *find_code_oddities(codes))
        found = Validation(opened, oddities, count_months(paths), codes, source.name)
        if out is not None:
            with staged(out) as stage:
                _write_account(found, stage)
                quarantine = Path(scratch) / "tables" / "quarantine"
                if quarantine.is_dir():
                    quarantine.rename(stage / "quarantine")
        if set_aside is not None:
            _keep_set_aside(Path(scratch) / "adapted" / "quarantine", set_aside)
    if on_bad_rows == "refuse":
        _refuse(opened, out)
    return found


def _keep_set_aside(kept: Path, folder: Path) -> None:
    """Copy the files of an adapter that hold rows."""
    from pyarrow.parquet import read_metadata

    with staged(folder) as stage:
        for file in sorted(kept.glob("*.parquet")):
            if read_metadata(file).num_rows:
                shutil.copy(file, stage / file.name)


def _refuse(opened: OpenSource, out: Path | None) -> None:
    broken = [(table, rule) for table in opened.tables.quality.tables for rule in table.violations]
    if broken:
        table, rule = broken[0]
        message = rule.sentence(table.rows_in)
        if out is not None:
            message += f" All {len(broken)} broken rules are in {out / PAGE}."
        raise DataContractError(message)


def _write_account(found: Validation, folder: Path) -> None:
    account = found.to_dict()
    text = json.dumps(account, ensure_ascii=False, indent=1, default=str)
    (folder / "quality.json").write_text(text, encoding="utf-8")
    (folder / PAGE).write_text(render(make_quality_document(json.loads(text))), encoding="utf-8")


def describe_quality(found: Validation) -> list[str]:
    """Say what came in, table by table, and what stands out.

    Parameters
    ----------
    found : Validation
        The account.

    Returns
    -------
    list of str
        One line per table, broken rule, conversion, oddity, vocabulary with unknown codes and thing that had no place.
    """
    lines = []
    opened = found.opened
    for table in opened.tables.quality.tables:
        lines.append(
            f"{table.table}: {table.rows_in:,} rows in, {table.rows_accepted:,} accepted, "
            f"{table.rows_quarantined:,} set aside"
        )
        lines += [f"  {rule.rule}: {rule.rows:,} rows, first {rule.examples[0].place}" for rule in table.violations]
        lines += [f"  {c.rows:,} {c.analyte} values converted from {c.unit} to {c.into}" for c in table.conversions]
        lines += [f"  column {name} is not in the contract and was left out" for name in table.ignored_columns]
    if opened.adapter:
        lines += [f"adapter: {item.what}, {item.count:,} ({item.reason})" for item in opened.adapter.unmapped]
    lines += [f"odd: {oddity.sentence()}" for oddity in found.oddities]
    return lines + [_say_unknown(item) for item in found.codes if item.unmapped_rows]


def _say_unknown(codes: CodeSummary) -> str:
    """Name the codes that count for nothing: those of no list, and those that are no code at all."""
    line = f"codes: {codes.unmapped_rows:,} of {codes.rows:,} {codes.vocabulary} diagnoses stand in no code list and "
    line += f"count for nothing ({', '.join(codes.examples)})"
    if not codes.malformed_rows:
        return line
    return f"{line}; {codes.malformed_rows:,} are no {codes.vocabulary} code ({', '.join(codes.malformed_examples)})"


def list_scheme_features(scheme: Scheme | None = None) -> list[str]:
    """List the features of a scheme, or of the whole catalogue over the shipped code lists.

    Parameters
    ----------
    scheme : Scheme, optional
        The scheme; everything where not given.

    Returns
    -------
    list of str
        A heading, and one line per feature: name, meaning, unit, source tables, window, direction, policy.
    """
    if scheme is None:
        lists = read_code_lists(find_presets() / "models" / "codelists")
        return list_features(make_catalogue(lists))
    block = scheme.file.features
    plan = plan_features(scheme.codelist_directory, block.groups, block.names, block.exclude)
    return list_features(plan.chosen)
