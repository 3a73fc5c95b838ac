"""The commands of single models: an imported equation recalibrated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import BootstrapOption, OutOption, app


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
