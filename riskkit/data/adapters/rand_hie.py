"""RAND Health Insurance Experiment: person-years without dates, laid on calendar years as canonical tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.adapters.layout import SourceColumn, SourceLayout, code
from riskkit.data.adapters.mapping import count_unmapped, prepare, read_oddities, reconcile, write_mapped
from riskkit.data.adapters.report import AdapterReport
from riskkit.data.adapters.source import find_files, open_text
from riskkit.data.engine import open_engine
from riskkit.data.io import staged

if TYPE_CHECKING:
    from riskkit.data.adapters.mapping import Progress

NUMBER = r"-?(\d{1,9}(\.\d*)?|\.\d+)([eE][-+]?\d+)?"


def _number(name: str, *, required: bool = False) -> SourceColumn:
    return SourceColumn(name, NUMBER, "a number", required)


DOLLARS = ("inpdol", "outpdol", "drugdol", "suppdol", "mentdol", "meddol")
STATED = (
    *("mdvis", "notmdvis", "mentvis", "coins", "idp", "disea", "mhi", "ghindx", "physlm", "hlthg", "hlthf", "hlthp"),
    *("income", "educdec", "num"),
)

YEARS = SourceLayout(
    view="year_text",
    pattern=r"randhie\.csv(\.gz)?",
    example="randhie.csv.gz",
    key=("zper", "year"),
    columns=(
        SourceColumn("zper", r"\d{1,12}", "a number", required=True),
        code("year", "1", "2", "3", "4", "5", required=True),
        SourceColumn("site", r"[1-6]", "a number from 1 to 6", required=True),
        SourceColumn("xage", r"\d{0,3}(\.\d+)?", "an age", required=True),
        SourceColumn("time", r"(0?\.\d+)|(1(\.0*)?)|0", "a share of the year", required=True),
        code("female", "0", "1", required=True),
        SourceColumn("totadm", r"\d{1,3}", "a whole number", required=True),
        *(_number(name, required=True) for name in DOLLARS),
        *(_number(name) for name in STATED),
    ),
)

TABLES = ("person", "enrollment", "medical_claim", "lab_result")

UNMAPPED = {
    "plan": "the coinsurance rate of the plan is carried",
    "black": "no canonical column; kept out of rating on purpose",
    "inpmis": "flags a year whose inpatient data are incomplete; its dollars are as they stand",
    "tookphys": "whether a physical was taken at the start says nothing of a year",
    "xghindx": "the general health index with missing values imputed; the measured one is carried",
    "mdeoff": "an incentive payment of the plan",
    "pioff": "an incentive payment of the plan",
}

NOTES = (
    "The study years have no dates: year 1 is laid on 1975, the years after it on 1976 to 1979. Only the year of an "
    "event is true.",
    "An admission is a row of setting inpatient without money, spread evenly over the days of its year; the dollars "
    "of the year are summary rows on its last day. Windows shorter than a year mean nothing here.",
    "Every fact is available on the last day of its year: 1 January can serve as index date.",
    "Dollars are those of the study, not brought to one year's prices.",
)


def convert_rand_hie(source: str | Path, target: str | Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert the RAND Health Insurance Experiment's person-years into canonical Parquet tables.

    Parameters
    ----------
    source : str or pathlib.Path
        Folder with ``randhie.csv`` or ``randhie.csv.gz``.
    target : str or pathlib.Path
        Folder for ``person``, ``enrollment``, ``medical_claim`` and ``lab_result`` (``.parquet``).
    progress : callable, optional
        Called with (table, tables done, tables in all).

    Returns
    -------
    AdapterReport
        Rows, unmapped values, dollars stated and written, notes.

    Raises
    ------
    DataContractError
        If the file is missing, cut short, not UTF-8 or lacks a column, or a value cannot be read; nothing is written.

    References
    ----------
    .. [1] Deb and Trivedi (2002), The structure of demand for health care: latent class versus two-part models,
       Journal of Health Economics 21, doi:10.1016/S0167-6296(02)00008-5.
    """
    with open_engine() as engine:
        rows_in = open_text(engine, find_files(Path(source), YEARS), YEARS)
        prepare(engine, "rand_hie", ("person_year", "oddity"))
        with staged(Path(target)) as stage:
            rows_out = write_mapped(engine, "rand_hie", TABLES, stage, progress=progress)
        unmapped = count_unmapped(engine, "year_text", UNMAPPED) + read_oddities(engine)
        return AdapterReport("rand_hie", rows_in, rows_out, unmapped, reconcile(engine, "rand_hie"), NOTES)
