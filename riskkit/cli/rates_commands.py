"""The commands of the rates: fit and certify them, audit them before they are signed, set two policies side by side."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from riskkit.cli.app import (
    BadRows,
    BadRowsOption,
    IndexDateOption,
    LastScoresOption,
    OverridesOption,
    app,
    day_of,
    rows_choice,
)
from riskkit.cli.gathered import gather_options
from riskkit.cli.progress import show_progress


class RatesGroup(TyperGroup):
    """The options of `rates` itself rate; a subcommand has its own, and rates nothing besides."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the subcommand; without one this is never asked."""
        self.callback = None
        return super().resolve_command(ctx, args)


rates_app = typer.Typer(cls=RatesGroup, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(rates_app, name="rates")

ModelAsked = Annotated[
    str | None,
    typer.Option("--model", help="A folder with a bundle, or an address such as models:/riskkit-synthetic@champion."),
]
SourceAsked = Annotated[Path | None, typer.Option("--source", help="Folder of the source.")]
AuditPolicyOption = Annotated[Path | None, typer.Option("--asked", help="Audit policy; models/audit/rates.toml else.")]
AuditBootstrap = Annotated[int, typer.Option("--bootstrap", min=20, help="Bootstrap replicates for intervals.")]


@rates_app.callback(
    invoke_without_command=True,
    epilog="Example: riskkit rates --model out/demo --source out/demo/source --out out/rates",
)
def rates(
    model: ModelAsked = None,
    source: SourceAsked = None,
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/rates"),
    policy: Annotated[Path | None, typer.Option("--policy", help="Rate policy; the bundle's own if not given.")] = None,
    experience: Annotated[
        Path | None, typer.Option("--experience", help="CSV of teams and years: team_id, ratio, weight.")
    ] = None,
    prior: Annotated[Path | None, typer.Option("--prior", help="CSV of last year: team_id, amount.")] = None,
    last_scores: LastScoresOption = None,
    overrides: OverridesOption = None,
    index_date: IndexDateOption = None,
    on_bad_rows: BadRowsOption = BadRows.refuse,
) -> None:
    """Fit the rates of a source's members to the budget, to the cent, with ledger and certificate."""
    if model is None or source is None:
        missing = "--model" if model is None else "--source"
        message = f"Missing option '{missing}'."
        raise typer.BadParameter(message)
    from riskkit.data.staging import keep_model
    from riskkit.workflow.apply import open_bundle, rate_source
    from riskkit.workflow.summary_text import describe_rates
    from riskkit.workflow.team_files import read_team_history
    from riskkit.workflow.tier_changes import describe_changes
    from riskkit.workflow.tier_files import TierFiles, summarise_tier_files

    keep_model(model, out)
    bundle, files = open_bundle(model), TierFiles(last_scores, overrides)
    with show_progress() as progress:
        rated = rate_source(
            bundle,
            source,
            out,
            policy=policy,
            history=read_team_history(experience, prior),
            tier_files=files,
            index_date=day_of(index_date),
            on_bad_rows=rows_choice(on_bad_rows),
            progress=progress,
        )
    used = summarise_tier_files(files, rated.table)
    said = describe_changes(used["changes"] if used else None)
    typer.echo("\n".join([*said, *describe_rates(rated.certificate), f"Table, ledger, certificate and bundle: {out}"]))


def tier_files(last_scores: LastScoresOption = None, overrides: OverridesOption = None) -> Any:
    """Gather the files that the final tiers rest on."""
    from riskkit.workflow.tier_files import TierFiles

    return TierFiles(last_scores, overrides)


def last_year(
    last_date: Annotated[
        datetime | None,
        typer.Option("--last-date", formats=["%Y-%m-%d"], help="Last year's index date, to split what moved."),
    ] = None,
    last_model: Annotated[str | None, typer.Option("--last-model", help="Last year's bundle; this one else.")] = None,
    last_policy: Annotated[
        Path | None, typer.Option("--last-policy", help="Last year's policy; this one else.")
    ] = None,
) -> Any:
    """Gather what the rates are set against; nothing without a date."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.audit_dislocation import LastYear

    day = day_of(last_date)
    for name, given in (("--last-model", last_model), ("--last-policy", last_policy)):
        if day is None and given is not None:
            message = f"{name} says what last year's rates rested on: give --last-date, last year's index date, too."
            raise typer.BadParameter(message)
    return LastYear(day, open_bundle(last_model) if last_model else None, last_policy) if day else None


@rates_app.command(
    epilog="Example: riskkit rates audit --model out/demo --source out/demo/source --last-date 2023-01-01 "
    "--last-scores last_year/scores.parquet --overrides overrides.csv --out out/audit"
)
@gather_options(last_year, tier_files)
def audit(
    model: Annotated[str, typer.Option("--model", help="A folder with a bundle, or an address of the registry.")],
    source: Annotated[Path, typer.Option("--source", help="Folder of the source.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/audit"),
    policy: Annotated[Path | None, typer.Option("--policy", help="Rate policy; the bundle's own if not given.")] = None,
    index_date: IndexDateOption = None,
    asked: AuditPolicyOption = None,
    bootstrap: AuditBootstrap = 200,
    last_year: Any,
    tier_files: Any,
) -> None:
    """Audit rates on a year that is known: who is under-paid, the price of fixing it, gaming, what moved."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.audit import PAGE, AuditOptions
    from riskkit.workflow.audit_runs import run_audit

    options = AuditOptions(day_of(index_date), asked, bootstrap, tier_files=tier_files)
    with show_progress() as progress:
        found = run_audit(
            open_bundle(model), source, out, policy=policy, options=options, last=last_year, progress=progress
        )
    typer.echo("\n".join([*_say_tiers(found), *_say(found["audits"][0]), f"Report: {out / PAGE}"]))


@rates_app.command(epilog="Example: riskkit rates compare A.toml B.toml --model out/demo --source out/demo/source")
def compare(
    first: Annotated[Path, typer.Argument(help="The first rate policy.")],
    second: Annotated[Path, typer.Argument(help="The second rate policy, of the same product.")],
    model: Annotated[str, typer.Option("--model", help="A folder with a bundle, or an address of the registry.")],
    source: Annotated[Path, typer.Option("--source", help="Folder of the source.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("out/compare"),
    index_date: IndexDateOption = None,
    asked: AuditPolicyOption = None,
    last_scores: LastScoresOption = None,
    overrides: OverridesOption = None,
    bootstrap: AuditBootstrap = 200,
) -> None:
    """Set two rate policies of one product side by side on a year that is known."""
    from riskkit.workflow.apply import open_bundle
    from riskkit.workflow.audit import PAGE, AuditOptions
    from riskkit.workflow.audit_runs import run_comparison
    from riskkit.workflow.tier_files import TierFiles

    files = TierFiles(last_scores, overrides)
    options = AuditOptions(day_of(index_date), asked, bootstrap, tier_files=files)
    with show_progress() as progress:
        found = run_comparison(open_bundle(model), source, out, (first, second), options=options, progress=progress)
    lines = [line for one in found["audits"] for line in _say(one)]
    typer.echo("\n".join([*_say_tiers(found), *lines, f"Report: {out / PAGE}"]))


def _say_tiers(found: dict[str, Any]) -> list[str]:
    """Say what the history did to the tiers that were audited; it is the same under two policies."""
    from riskkit.workflow.tier_changes import describe_changes

    tiers = found["audits"][0]["tiers"]
    return describe_changes(tiers["changes"] if tiers else None)


def _say(one: dict[str, Any]) -> list[str]:
    """Say what an audit found in two lines."""
    from riskkit.report.audit_titles import say_level

    overall, adequacy = one["overall"], one["adequacy"]
    head = (
        f"{one['policy']}: paid {overall['paid']:,.2f}, cost within the scope {overall['cost']:,.2f}, "
        f"net compensation {overall['net_compensation']:,.2f} {one['currency']} per member year"
    )
    share, verdict = f"{adequacy['share']:.1%} of the member years", adequacy["verdict"]
    if one["level_judged"]:
        return [head, f"  adequate for {share} ({verdict}): {one['level_reason']}"]
    within = f"  A/E within {adequacy['band']:.0%} for {share} ({verdict}), level not judged:"
    return [head, f"{within} {say_level(one)}"]
