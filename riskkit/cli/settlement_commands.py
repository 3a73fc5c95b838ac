"""The commands of the settlement: close a year, score its quality, watch over its integrity."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import AdapterOption, BadRows, BadRowsOption, SourceOption, app, rows_choice
from riskkit.cli.progress import show_progress
from riskkit.data.adapters.known import NATIVE

YearOption = Annotated[
    datetime, typer.Option("--year-start", formats=["%Y-%m-%d"], help="First day of the year, as YYYY-MM-DD.")
]


@app.command(
    epilog="Example: riskkit settle --policy models/settlement/mssp.toml --source results.csv --out out/settle"
)
def settle(
    policy: Annotated[Path, typer.Option("--policy", help="Settlement policy, such as models/settlement/xiaoyi.toml.")],
    *,
    source: Annotated[
        Path,
        typer.Option("--source", help="CSV file of contracts or published results; with --rates, a source folder."),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/settle"),
    rates: Annotated[
        Path | None, typer.Option("--rates", help="rates.parquet of a retraining, to settle against the claims.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            help="With --rates: CSV file by team_id of cause, quality, joiner_rate_amount and measures of bonuses.",
        ),
    ] = None,
    reported: Annotated[
        Path | None,
        typer.Option("--reported", help="With --rates: rates from outside for the scorecard, as of riskkit quality."),
    ] = None,
    institutions: Annotated[
        Path | None, typer.Option("--institutions", help="CSV file of institutions, to hand on what teams retain.")
    ] = None,
    adapter: AdapterOption = NATIVE,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Settle a year: prepaid against actual, a statement per team, every total reconciled."""
    from riskkit.workflow.settle import settle_file
    from riskkit.workflow.settle_rates import settle_rates
    from riskkit.workflow.settle_text import describe_settlement

    for name, given in (("--results", results), ("--reported", reported)):
        if rates is None and given is not None:
            message = f"{name} goes with --rates; a file of contracts holds its own columns."
            raise typer.BadParameter(message)
    with show_progress() as progress:
        if rates is None:
            year = settle_file(policy, source, out, institutions=institutions, progress=progress)
        else:
            year = settle_rates(
                policy,
                rates,
                source,
                out,
                adapter=adapter,
                results=results,
                reported=reported,
                institutions=institutions,
                on_bad_rows=rows_choice(on_bad_rows),
                progress=progress,
            )
    typer.echo("\n".join([*describe_settlement(year), f"Summary, totals and statements: {out}"]))


@app.command(
    epilog="Example: riskkit quality --scorecard models/settlement/scorecards/thousand_points.toml "
    "--source out/demo/source --year-start 2024-01-01"
)
def quality(
    scorecard: Annotated[Path, typer.Option("--scorecard", help="Scorecard file of models/settlement/scorecards/.")],
    *,
    source: SourceOption,
    year_start: YearOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/quality"),
    reported: Annotated[
        Path | None,
        typer.Option("--reported", help="CSV file of rates from outside: team_id, indicator, numerator, denominator."),
    ] = None,
    known_by: Annotated[
        datetime | None,
        typer.Option(
            "--known-by",
            formats=["%Y-%m-%d"],
            help="Run-out date: records that became known later do not count; all do if not given.",
        ),
    ] = None,
    adapter: AdapterOption = NATIVE,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Score the quality of every team on a scorecard, so that luck neither pays nor costs."""
    import pandas as pd

    from riskkit.workflow.quality import describe_quality_scores, score_quality

    with show_progress() as progress:
        scored = score_quality(
            scorecard,
            source,
            out,
            pd.Timestamp(year_start),
            adapter=adapter,
            reported=reported,
            known_by=None if known_by is None else pd.Timestamp(known_by),
            on_bad_rows=rows_choice(on_bad_rows),
            progress=progress,
        )
    typer.echo("\n".join([*describe_quality_scores(scored), f"Scorecard by team and line: {out}"]))


@app.command(
    epilog="Example: riskkit monitor --policy models/settlement/monitors/integrity.toml --source out/demo/source "
    "--year-start 2024-01-01"
)
def monitor(
    policy: Annotated[Path, typer.Option("--policy", help="Monitor policy file of models/settlement/monitors/.")],
    *,
    source: SourceOption,
    year_start: YearOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/monitor"),
    codelists: Annotated[
        Path | None, typer.Option("--codelists", help="Folder of code lists; the shipped ones if not given.")
    ] = None,
    adapter: AdapterOption = NATIVE,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Watch over a year before it is settled: coding, split stays, upcoding, thin and late claims."""
    import pandas as pd

    from riskkit.workflow.monitor import describe_watch, watch_source

    with show_progress() as progress:
        watched = watch_source(
            policy,
            source,
            out,
            pd.Timestamp(year_start),
            adapter=adapter,
            codelists=codelists,
            on_bad_rows=rows_choice(on_bad_rows),
            progress=progress,
        )
    typer.echo("\n".join([*describe_watch(watched), f"Tables by team: {out}"]))
