"""Danish diabetes register sample: dates of diabetes, treatment and death as canonical tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.layout import SourceColumn, SourceLayout, code
from riskkit.data.adapters.mapping import prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.adapters.source import find_files, open_text
from riskkit.data.engine import open_engine
from riskkit.data.io import staged

if TYPE_CHECKING:
    from riskkit.data.adapters.mapping import Progress


def _year(name: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(name, r"(18|19|20)\d\d(\.\d+)?", "a date in decimal years", required)


DATES = ("dobth", "dodm", "dodth", "dooad", "doins", "dox")

REGISTER = SourceLayout(
    view="register_text",
    pattern=r"DMlate\.csv(\.gz)?",
    example="DMlate.csv.gz",
    key=("sex", *DATES),
    columns=(
        code("sex", "F", "M", required=True),
        *(_year(name, required=name in {"dobth", "dodm", "dox"}) for name in DATES),
    ),
)

TABLES = ("person", "enrollment", "pharmacy_claim")

NOT_READ = {
    "steno2.csv": "the Steno-2 trial: 160 other persons with a clock of their own",
    "st2clin.csv": "clinical measurements of the Steno-2 trial",
    "st2alb.csv": "albuminuria states of the Steno-2 trial",
}

NOTES = (
    "A person is a row: the register's identifiers are not in the sample, so persons are numbered in the order of the "
    "file.",
    "Enrolment begins with inclusion in the register, which is the date of diabetes: days enrolled so far are its "
    "duration.",
    "The start of oral drugs or insulin (the second prescription) is one fill on its day, without supply or money; "
    "whether treatment went on is not known.",
    "Follow-up ends with death or on 2009-12-31.",
)


def convert_epi_diabetes(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert the Danish diabetes register sample into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``DMlate.csv`` or ``DMlate.csv.gz``; the Steno-2 files beside it are counted and not read.
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment`` and ``pharmacy_claim`` (``.parquet``).
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, rows not read, persons, deaths and years of follow-up, notes.

    Raises
    ------
    DataContractError
        If the file is missing, cut short, not UTF-8 or lacks a column, or a value cannot be read; nothing is written.

    References
    ----------
    .. [1] Carstensen, Kristensen, Ottosen and Borch-Johnsen (2008), The Danish National Diabetes Register: trends in
       incidence, prevalence and mortality, Diabetologia 51, doi:10.1007/s00125-008-1156-z.
    """
    folder = Path(source)
    with open_engine() as engine:
        rows_in = open_text(engine, find_files(folder, REGISTER), REGISTER)
        prepare(engine, "epi_diabetes", ("register", "oddity"))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "epi_diabetes", TABLES, stage, progress=progress)
        unmapped = (*_count_others(folder), *read_oddities(engine))
        return AdapterReport("epi_diabetes", rows_in, rows_out, unmapped, reconcile(engine, "epi_diabetes"), NOTES)


def _count_others(folder: Path) -> tuple[Unmapped, ...]:
    """Count the rows of the files that are not read."""
    found = []
    for name, reason in NOT_READ.items():
        if (folder / name).is_file():
            lines = (folder / name).read_bytes().splitlines()
            found.append(Unmapped(f"rows of {name}", max(len(lines) - 1, 0), reason))
    return tuple(found)
