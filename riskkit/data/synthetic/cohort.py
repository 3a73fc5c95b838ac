"""Cohort: synthetic members as frames in memory, or streamed to Parquet in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from riskkit.data.io import conform, staged
from riskkit.data.schemas import TABLES
from riskkit.data.synthetic.block import draw_blocks
from riskkit.data.synthetic.calendar import FIRST_YEAR
from riskkit.data.synthetic.claim_tables import claim_tables
from riskkit.data.synthetic.membership_tables import PERSON_DIGITS, enrollment_table, person_table
from riskkit.data.synthetic.record_tables import care_table, lab_table, pharmacy_table
from riskkit.data.synthetic.truth_table import truth_table
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TRUTH = "truth"
LONGEST_YEARS = 50
LEAP_CYCLE = 4
"""Years after which the calendar repeats: a cohort moved by them keeps its days and months."""
DAYS_OF_CYCLE = 1461
EARLIEST_YEAR, LATEST_YEAR = 1940, 2060


@dataclass(frozen=True)
class SyntheticCohort:
    """Synthetic members with their records, and what was really to be expected of them.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Canonical tables by name.
    truth : pandas.DataFrame
        One row per `person_id` and `index_date` (1 January): `admission` (chance in the next 12 months),
        `next_year_cost` (expected allowed amount per member-year, CNY) and further true chances. For tests only.
    """

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame


def make_cohort(
    n_persons: int = 20_000, years: int = 5, seed: int = 0, *, first_year: int = FIRST_YEAR
) -> SyntheticCohort:
    """Make a synthetic cohort of diabetic members under family-doctor teams.

    Parameters
    ----------
    n_persons : int, default 20000
        Members.
    years : int, default 5
        Calendar years of data.
    seed : int, default 0
        Seed; the same seed gives the same rows.
    first_year : int, default 2020
        First of the years: 2020, or a multiple of four years before or after it, so that the rows are the same but for
        the year.

    Returns
    -------
    SyntheticCohort
        Canonical tables `person`, `enrollment`, `medical_claim`, `diagnosis`, `procedure`, `pharmacy_claim`,
        `lab_result` and `care_event`, and the truth.

    Raises
    ------
    DataContractError
        If a size is out of range.

    Notes
    -----
    A disease process with a yearly step (sugar, kidney, eye, nerve, heart, brain, foot; adherence, frailty and the
    team) makes stays, visits, drugs, measurements and deaths; the state on 1 January sets the hazards of the year, so
    the truth is known in closed form (``truth.compute_truth``).

    Examples
    --------
    >>> cohort = make_cohort(n_persons=50, years=2, seed=1)
    >>> len(cohort.tables["person"])
    50
    >>> cohort.truth["index_date"].dt.year.unique().tolist()
    [2020, 2021, 2022]
    """
    blocks = list(_write_down(n_persons, years, seed, first_year))
    joined = {name: pa.concat_tables([tables[name] for tables in blocks]) for name in blocks[0]}
    truth = joined.pop(TRUTH)
    frames = {name: conform(_to_frame(table), TABLES[name]) for name, table in joined.items()}
    return SyntheticCohort(frames, _to_frame(truth))


def write_cohort(
    directory: str | Path,
    n_persons: int,
    years: int,
    seed: int,
    *,
    first_year: int = FIRST_YEAR,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write a synthetic cohort to a folder, block by block: the rows of `make_cohort` in bounded memory.

    Parameters
    ----------
    directory : str or pathlib.Path
        Folder for ``<table>.parquet`` and ``truth.parquet``; files appear there only when all are complete.
    n_persons, years, seed, first_year : int
        As for `make_cohort`.
    progress : callable, optional
        Called with (members done, members in all) after each block.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    DataContractError
        If a size is out of range.
    """
    target = Path(directory)
    writers: dict[str, pq.ParquetWriter] = {}
    with staged(target) as stage:
        try:
            for tables in _write_down(n_persons, years, seed, first_year, progress):
                for name, table in tables.items():
                    if name not in writers:
                        writers[name] = pq.ParquetWriter(stage / f"{name}.parquet", table.schema, compression="zstd")
                    writers[name].write_table(table)
        finally:
            for writer in writers.values():
                writer.close()
    return target


def _write_down(
    n_persons: int, years: int, seed: int, first_year: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[dict[str, pa.Table]]:
    """Yield the canonical tables and the truth, block by block."""
    _check_sizes(n_persons, years, seed, first_year)
    moved = (first_year - FIRST_YEAR) // LEAP_CYCLE * DAYS_OF_CYCLE
    for block, rng in draw_blocks(n_persons, years, seed):
        tables = {
            "person": person_table(block),
            "enrollment": enrollment_table(block),
            **claim_tables(block, rng),
            "pharmacy_claim": pharmacy_table(block, rng),
            "lab_result": lab_table(block, rng),
            "care_event": care_table(block, rng),
            TRUTH: truth_table(block),
        }
        yield {name: _move(table, moved) for name, table in tables.items()} if moved else tables
        if progress:
            progress(int(block.members.number[-1]), n_persons)


def _move(table: pa.Table, days: int) -> pa.Table:
    """Move every calendar day of a table."""
    for place, field in enumerate(table.schema):
        if pa.types.is_date32(field.type):
            day = pc.add(table.column(place).cast(pa.int32()), pa.scalar(days, pa.int32()))
            table = table.set_column(place, field, day.cast(pa.date32()))
    return table


def _check_sizes(n_persons: int, years: int, seed: int, first_year: int) -> None:
    for name, value, low, high in (
        ("n_persons", n_persons, 1, 10**PERSON_DIGITS - 1),
        ("years", years, 1, LONGEST_YEARS),
        ("seed", seed, 0, 2**63 - 1),
        ("first_year", first_year, EARLIEST_YEAR, LATEST_YEAR),
    ):
        if not low <= value <= high:
            message = f"make_cohort: {name} must be from {low} to {high}, found {value}. Give a number in that range."
            raise DataContractError(message)
    if (first_year - FIRST_YEAR) % LEAP_CYCLE:
        message = (
            f"make_cohort: first_year is {first_year}, expected {FIRST_YEAR} or a multiple of {LEAP_CYCLE} years from "
            f"it (leap years must fall on leap years). Give {first_year - (first_year - FIRST_YEAR) % LEAP_CYCLE}."
        )
        raise DataContractError(message)


def _to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a frame whose calendar days are datetime64[us]."""
    for place, field in enumerate(table.schema):
        if pa.types.is_date32(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.timestamp("us")))
    frame: pd.DataFrame = table.to_pandas()
    return frame
