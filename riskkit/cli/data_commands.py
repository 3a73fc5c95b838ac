"""The commands of the data: what comes in, what the features make of it, who may see what."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskkit.cli.app import (
    AdapterOption,
    BadRows,
    BadRowsOption,
    IndexDateOption,
    SourceOption,
    app,
    day_of,
    rows_choice,
)
from riskkit.cli.progress import show_progress
from riskkit.data.adapters.known import NATIVE

if TYPE_CHECKING:
    from riskkit.features.engines.protocol import Engine


@app.command(epilog="Example: riskkit init my-scheme")
def init(directory: Annotated[Path, typer.Argument(help="Folder to make.")]) -> None:
    """Write a copy of the shipped pipelines/ and models/ to start from."""
    from riskkit.data.presets import write_starting_set

    typer.echo(f"Wrote pipelines/ and models/ to {write_starting_set(directory)}.")


@app.command(epilog="Example: riskkit synth --persons 60000 --years 10 --first-year 2016 --out out/source")
def synth(
    persons: Annotated[int, typer.Option("--persons", min=1, help="Members.")] = 20_000,
    years: Annotated[int, typer.Option("--years", min=1, help="Calendar years of data.")] = 5,
    first_year: Annotated[
        int, typer.Option("--first-year", help="First of them: 2020, or a multiple of four years from it.")
    ] = 2020,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed; the same seed gives the same rows.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables and their truth.")] = Path("out/source"),
) -> None:
    """Write a synthetic cohort with its true risks: a source in riskkit's own layout."""
    from riskkit.data.synthetic import write_cohort

    last_year, today = first_year + years - 1, date.today()
    if last_year > today.year:
        message = (
            f"{years} years from {first_year} end in {last_year}, and a source may hold no record after today "
            f"({today}). Give fewer --years or an earlier --first-year, such as 2016."
        )
        raise typer.BadParameter(message, param_hint="--years")
    with show_progress() as progress:
        write_cohort(
            out,
            persons,
            years,
            seed,
            first_year=first_year,
            progress=lambda done, total: progress("members drawn", done, total),
        )
    typer.echo(f"Wrote {persons:,} members of {first_year} to {last_year}, and truth.parquet, to {out}.")


@app.command(epilog="Example: riskkit validate --source out/demo/source")
def validate(
    source: SourceOption,
    adapter: AdapterOption = NATIVE,
    on_bad_rows: BadRowsOption = BadRows.refuse,
    out: Annotated[
        Path, typer.Option("--out", help="Folder for quality.html, quality.json and the rows set aside.")
    ] = Path("out/validate"),
    set_aside: Annotated[
        Path | None,
        typer.Option("--set-aside", help="Folder for rows that the adapter set aside, as they came, names in clear."),
    ] = None,
) -> None:
    """Check every row of a source against its contract and account for each."""
    from riskkit.workflow.inspect import PAGE, describe_quality, validate_source

    with show_progress() as progress:
        found = validate_source(
            adapter, source, out, on_bad_rows=rows_choice(on_bad_rows), set_aside=set_aside, progress=progress
        )
    typer.echo("\n".join([*describe_quality(found), f"Wrote {out / PAGE}."]))


class EngineChoice(StrEnum):
    """Where the features are computed."""

    duckdb = "duckdb"
    spark = "spark"


@app.command(epilog="Example: riskkit features pipelines/synthetic.toml --source out/demo/source --out members.parquet")
def features(
    scheme: Annotated[Path | None, typer.Argument(help="The scheme's TOML file; --list does without.")] = None,
    *,
    source: Annotated[Path | None, typer.Option("--source", help="Folder of the source.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Parquet file to write.")] = Path("out/members.parquet"),
    listing: Annotated[
        bool, typer.Option("--list", help="Print the features of the scheme, or of the whole catalogue, and stop.")
    ] = False,
    index_date: IndexDateOption = None,
    on_bad_rows: BadRowsOption = BadRows.refuse,
    engine: Annotated[EngineChoice, typer.Option("--engine", help="Where to compute.")] = EngineChoice.duckdb,
    master: Annotated[str, typer.Option("--master", help="With --engine spark: address of the cluster.")] = "local[2]",
    memory: Annotated[float, typer.Option("--memory", min=0.5, help="Memory limit of the engine, in GB.")] = 4.0,
) -> None:
    """Build the members of a source as the models take them, or list the features of a scheme."""
    from riskkit.workflow.apply import build_source_features
    from riskkit.workflow.inspect import list_scheme_features
    from riskkit.workflow.scheme import read_scheme

    read = None if scheme is None else read_scheme(scheme)
    if listing:
        typer.echo("\n".join(list_scheme_features(read)))
        return
    if read is None or source is None:
        message = "Give a scheme and --source DIR, or --list to see the features."
        raise typer.BadParameter(message)
    with show_progress() as progress:
        frame = build_source_features(
            read,
            source,
            out,
            index_date=day_of(index_date),
            on_bad_rows=rows_choice(on_bad_rows),
            engine=_open_engine(engine, master, memory),
            progress=progress,
        )
    typer.echo(f"Wrote {len(frame):,} members with {frame.shape[1]} columns to {out}.")


def _open_engine(choice: EngineChoice, master: str, memory_gb: float) -> Engine:
    if choice is EngineChoice.spark:
        from riskkit.features.engines.spark_engine import SparkEngine

        return SparkEngine(master=master, driver_gb=max(1, round(memory_gb)))
    from riskkit.features.engines.duckdb_engine import DuckDBEngine

    return DuckDBEngine(memory_gb=memory_gb)


class Role(StrEnum):
    """Who looks at the data."""

    institution = "institution"
    payer = "payer"
    patient = "patient"


@app.command(epilog="Example: riskkit export --role institution --of I001 --day 2025-01-01 --source DIR --out view")
def export(
    role: Annotated[Role, typer.Option("--role", help="Whose view to write.")],
    *,
    source: SourceOption,
    adapter: AdapterOption = NATIVE,
    of: Annotated[str, typer.Option("--of", help="The institution, or the member as the source names them.")] = "",
    day: Annotated[
        datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Day whose members an institution sees.")
    ] = None,
    views: Annotated[
        Path | None, typer.Option("--views", help="Folder of view policies; the shipped ones else.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the tables.")] = Path("out/view"),
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Write what a role may see: hashed identifiers, masked sensitive diagnoses, no small cell."""
    from riskkit.workflow.export import Asked, export_view

    asked = Asked(role.value, of, day_of(day), views)
    with show_progress() as progress:
        rows = export_view(adapter, source, out, asked, on_bad_rows=rows_choice(on_bad_rows), progress=progress)
    typer.echo("\n".join([*(f"{name}: {number:,}" for name, number in rows.items()), f"Wrote {out}."]))
