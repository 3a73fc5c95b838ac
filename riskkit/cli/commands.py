"""The commands of the models: each reads its options, calls one function of the workflow, and says what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from riskkit.cli.app import (
    BadRows,
    BadRowsOption,
    BootstrapOption,
    ExplainOption,
    IndexDateOption,
    LastScoresOption,
    MinutesOption,
    ModelOption,
    OtherPersonsOption,
    OutOption,
    OverridesOption,
    SchemeArgument,
    SourceOption,
    TrialsOption,
    WarmStartOption,
    app,
    day_of,
    rows_choice,
)
from riskkit.cli.progress import show_progress
from riskkit.errors import RiskkitError


@app.command(epilog="Example: riskkit demo --persons 20000 --out out/demo")
def demo(
    persons: Annotated[int, typer.Option("--persons", min=500, help="Members of the synthetic cohort.")] = 20_000,
    *,
    out: OutOption = Path("out/demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the cohort.")] = 0,
    trials: TrialsOption = None,
    bootstrap: BootstrapOption = None,
) -> None:
    """Make a synthetic cohort and take it all the way: train, rate, score, report, register."""
    from riskkit.data.presets import find_presets
    from riskkit.data.synthetic import write_cohort
    from riskkit.workflow.retrain import require_gates
    from riskkit.workflow.retrain import retrain as run
    from riskkit.workflow.scheme import read_scheme
    from riskkit.workflow.summary_text import describe_run

    scheme = read_scheme(find_presets() / "pipelines" / "synthetic.toml", tuning_trials=trials, n_bootstrap=bootstrap)
    with show_progress() as progress:
        source = write_cohort(
            out / "source", persons, 5, seed, progress=lambda done, total: progress("make members", done, total)
        )
        result = run(scheme, source, out, progress=progress)
    typer.echo("\n".join(describe_run(result.summary, out, result.version)))
    require_gates(result.summary)


@app.command(epilog="Example: riskkit train pipelines/synthetic.toml --source out/demo/source --out out/train")
def train(
    scheme: SchemeArgument,
    *,
    source: SourceOption,
    out: OutOption = Path("out/train"),
    trials: TrialsOption = None,
    minutes: MinutesOption = None,
    bootstrap: BootstrapOption = None,
    warm_start: WarmStartOption = None,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Train and measure the outcomes of a scheme; nothing is rated or registered."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.retrain import require_gates, train_only
    from riskkit.workflow.scheme import read_scheme
    from riskkit.workflow.summary_text import describe_run

    read = read_scheme(scheme, tuning_trials=trials, tuning_minutes=minutes, n_bootstrap=bootstrap)
    warm = open_bundle(warm_start) if warm_start else None
    with show_progress() as progress:
        summary = train_only(read, source, out, on_bad_rows=rows_choice(on_bad_rows), warm=warm, progress=progress)
    typer.echo("\n".join(describe_run(summary, out, None)))
    require_gates(summary)


@app.command(epilog="Example: riskkit evaluate --model out/demo --source DIR --index-date 2024-01-01 --out out/test")
def evaluate(
    model: ModelOption,
    *,
    source: SourceOption,
    out: OutOption = Path("out/evaluate"),
    index_date: IndexDateOption = None,
    bootstrap: BootstrapOption = None,
    other_persons: OtherPersonsOption = False,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Hold a bundle against what happened on a source that it has not seen."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.evaluate import Effort, evaluate_source
    from riskkit.workflow.follow_up_text import describe_follow_up
    from riskkit.workflow.summary_text import describe_outcome

    bundle, day = open_bundle(model), day_of(index_date)
    with show_progress() as progress:
        summary = evaluate_source(
            bundle,
            source,
            out,
            index_dates=[day] if day else [],
            effort=Effort(bootstrap or Effort.n_bootstrap),
            on_bad_rows=rows_choice(on_bad_rows),
            other_persons=other_persons,
            progress=progress,
        )
    lines = [summary["seen"]] if summary["seen"] else []
    lines += [describe_outcome(outcome) for outcome in summary["outcomes"].values()]
    lines += describe_follow_up(summary["outcomes"])
    lines += [f"Not measured: {name}, {reason}." for name, reason in summary["not_measured"].items()]
    typer.echo("\n".join([*lines, f"Report: {out / 'report.html'}"]))


@app.command(
    epilog="Example: riskkit score --model models:/riskkit-synthetic@champion --source DIR --out s.parquet "
    "--explain admission --explain payment_cost"
)
def score(
    model: ModelOption,
    *,
    source: SourceOption,
    out: Annotated[Path, typer.Option("--out", help="Parquet file to write.")] = Path("out/scores.parquet"),
    explain: ExplainOption = ["all"],  # noqa: B006  (typer copies it)
    last_scores: LastScoresOption = None,
    overrides: OverridesOption = None,
    index_date: IndexDateOption = None,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Score every eligible member of a source: risks, tier, rate, and the reasons for every outcome."""
    from riskkit.workflow.apply import open_bundle, score_source
    from riskkit.workflow.explanation_files import NONE, name_explanations
    from riskkit.workflow.tier_changes import describe_changes
    from riskkit.workflow.tier_files import TierFiles, summarise_tier_files

    bundle, files = open_bundle(model), TierFiles(last_scores, overrides)
    with show_progress() as progress:
        scores = score_source(
            bundle,
            source,
            out,
            explain=explain,
            tier_files=files,
            index_date=day_of(index_date),
            on_bad_rows=rows_choice(on_bad_rows),
            progress=progress,
        )
    used = summarise_tier_files(files, scores)
    said = describe_changes(used["changes"] if used else None)
    said.append(f"Wrote the scores of {len(scores):,} members to {out}.")
    if explain != [NONE]:
        said.append(f"Contributions and reasons by outcome: {name_explanations(out)}")
    typer.echo("\n".join(said))


@app.command(epilog="Example: riskkit report --out out/demo")
def report(out: OutOption) -> None:
    """Write the report of a retraining again from the files in its folder."""
    from riskkit.report.render import write_report

    typer.echo(f"Report: {write_report(out)}")


@app.command(epilog="Example: riskkit retrain pipelines/synthetic.toml --source out/demo/source --out out/retrain")
def retrain(
    scheme: SchemeArgument,
    *,
    source: SourceOption,
    out: OutOption = Path("out/retrain"),
    trials: TrialsOption = None,
    minutes: MinutesOption = None,
    bootstrap: BootstrapOption = None,
    warm_start: WarmStartOption = None,
    last_scores: LastScoresOption = None,
    overrides: OverridesOption = None,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Run a scheme from its source to a certified rate table, a report and a registered bundle."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.retrain import require_gates
    from riskkit.workflow.retrain import retrain as run
    from riskkit.workflow.scheme import read_scheme
    from riskkit.workflow.summary_text import describe_run
    from riskkit.workflow.tier_files import TierFiles

    read = read_scheme(scheme, tuning_trials=trials, tuning_minutes=minutes, n_bootstrap=bootstrap)
    warm = open_bundle(warm_start) if warm_start else None
    with show_progress() as progress:
        result = run(
            read,
            source,
            out,
            on_bad_rows=rows_choice(on_bad_rows),
            warm=warm,
            tier_files=TierFiles(last_scores, overrides),
            progress=progress,
        )
    typer.echo("\n".join(describe_run(result.summary, out, result.version)))
    require_gates(result.summary)


@app.command(epilog="Example: riskkit serve --model models:/riskkit-synthetic@champion --port 8000")
def serve(
    model: ModelOption,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Answer over HTTP for one member or a few, as the batch does."""
    try:
        import uvicorn
    except ModuleNotFoundError as exc:
        message = f"serve: {exc.name} is not installed, expected the extra 'serve'. Install riskkit[serve]."
        raise RiskkitError(message) from exc

    from riskkit.serving.app import make_app
    from riskkit.workflow.apply import open_bundle

    uvicorn.run(make_app(open_bundle(model)), host=host, port=port, log_level="warning")
