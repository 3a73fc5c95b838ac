"""The commands of kept models: last year's bundle updated, an imported equation recalibrated."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import (
    BadRows,
    BadRowsOption,
    BootstrapOption,
    ModelOption,
    OtherPersonsOption,
    OutOption,
    SourceOption,
    app,
    rows_choice,
)
from riskkit.cli.progress import show_progress


@app.command(
    epilog="Example: riskkit recalibrate --predictions chd.parquet --column ukpds_chd --person person_id --out out/chd"
)
def recalibrate(
    predictions: Annotated[Path, typer.Option("--predictions", help="Parquet or CSV file, one row a prediction.")],
    *,
    column: Annotated[str, typer.Option("--column", help="Column of the probabilities.")],
    observed: Annotated[str, typer.Option("--observed", help="Column of what happened, 0 or 1.")] = "observed",
    weight: Annotated[str | None, typer.Option("--weight", help="Column of the weights.")] = None,
    person: Annotated[str | None, typer.Option("--person", help="Column of the persons.")] = None,
    group: Annotated[
        str | None, typer.Option("--group", help="Column to recalibrate within; --outcome must declare it.")
    ] = None,
    outcome: Annotated[
        Path | None, typer.Option("--outcome", help="Outcome file whose [calibration] says how; all maps without it.")
    ] = None,
    out: OutOption = Path("out/recalibrate"),
    bootstrap: BootstrapOption = None,
) -> None:
    """Recalibrate a column of probabilities from outside, with its figures before and after."""
    from riskkit.workflow.imported import describe_recalibration, read_rules, recalibrate_file
    from riskkit.workflow.imported_rows import Columns

    found = recalibrate_file(
        predictions,
        out,
        Columns(column, observed, weight, person, group),
        rules=read_rules(outcome),
        n_bootstrap=500 if bootstrap is None else bootstrap,
    )
    typer.echo("\n".join([*describe_recalibration(found.report), f"Table, map and figures: {out}"]))


@app.command(
    epilog="Example: riskkit update --model out/demo --source out/demo/source --index-date 2024-01-01 --out out/update"
)
def update(
    model: ModelOption,
    *,
    source: SourceOption,
    index_date: Annotated[
        datetime, typer.Option("--index-date", formats=["%Y-%m-%d"], help="Start of the year that has closed.")
    ],
    limits: Annotated[
        Path | None, typer.Option("--limits", help="Limits of drift; the shipped models/drift/limits.toml without it.")
    ] = None,
    other_persons: OtherPersonsOption = False,
    out: OutOption = Path("out/update"),
    bootstrap: BootstrapOption = None,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Hold last year's bundle against a closed year, and update its maps as far as a closed test asks for."""
    from riskkit.data.presets import find_presets
    from riskkit.data.staging import keep_model
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.scheme_file import RunBlock
    from riskkit.workflow.update import describe_update_of_bundle, require_update, update_bundle

    keep_model(model, out)
    bundle = open_bundle(model)
    with show_progress() as progress:
        summary = update_bundle(
            bundle,
            source,
            out,
            index_date=index_date.date(),
            limits=limits or find_presets() / "models" / "drift" / "limits.toml",
            other_persons=other_persons,
            run=RunBlock(n_bootstrap=bootstrap) if bootstrap else RunBlock(),
            on_bad_rows=rows_choice(on_bad_rows),
            progress=progress,
        )
    written = "Bundle and summary" if summary["bundle_written"] else "Summary"
    typer.echo("\n".join([*describe_update_of_bundle(summary), f"{written}: {out}"]))
    require_update(summary)
