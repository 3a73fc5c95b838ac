"""Apply a trained bundle to a source: score its members, or fit and certify rates for them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.data.io import staged
from riskkit.data.staging import keep_source
from riskkit.errors import DataContractError, PolicyError
from riskkit.features.contents import make_catalogue
from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy
from riskkit.tracking import download_bundle
from riskkit.workflow.bundle import Bundle, read_bundle, write_bundle
from riskkit.workflow.explanation_files import ALL, choose_explained, open_explanations
from riskkit.workflow.members import FeaturePlan, Members, build_members, plan_features
from riskkit.workflow.rate import RatedPopulation, TeamHistory, rate_members, write_rated
from riskkit.workflow.score import score_members
from riskkit.workflow.source import open_source, require_tables
from riskkit.workflow.tier_files import TierFiles, match_history, read_bundle_history
from riskkit.workflow.training import context_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from riskkit.cohort.eligibility import CohortSpec
    from riskkit.data.quality import OnBadRows
    from riskkit.features.engines.protocol import Engine
    from riskkit.workflow.scheme import Scheme

    Progress = Callable[[str, int, int], None]


def open_bundle(model: str) -> Bundle:
    """Open a bundle by its folder or by its name in the registry.

    Parameters
    ----------
    model : str
        A folder that `riskkit train` or `riskkit retrain` wrote (``OUT`` or ``OUT/bundle``), or an MLflow address such
        as ``models:/riskkit-synthetic@champion``.

    Returns
    -------
    Bundle
        The bundle.

    Raises
    ------
    ModelStoreError
        If there is no such model, or it was altered.
    """
    if model.startswith(("models:/", "runs:/")):
        return read_bundle(download_bundle(model))
    folder = Path(model)
    return read_bundle(folder / "bundle" if (folder / "bundle").is_dir() else folder)


def score_source(
    bundle: Bundle,
    source: Path,
    out: Path,
    *,
    explain: Sequence[str] = (ALL,),
    tier_files: TierFiles | None = None,
    index_date: date | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Score every eligible member of a source and write the answers, and what explains them.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    source : pathlib.Path
        Folder in the layout of the bundle's adapter.
    out : pathlib.Path
        Parquet file to write; it appears only when it is whole.
    explain : sequence of str, default ("all",)
        Outcomes whose contributions and reasons are written for every member, or ``"all"`` or ``"none"`` alone: a
        folder per outcome (`ExplanationFiles`) in the folder that `name_explanations` gives. Those of an earlier
        scoring into `out` are removed.
    tier_files : TierFiles, optional
        Last year's tiers and clinicians' overrides.
    index_date : datetime.date, optional
        Index date; the bundle's rating date where absent.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    pandas.DataFrame
        The scores.
    """
    keep_source(source, out)
    outcomes = choose_explained(bundle, explain)
    history = read_bundle_history(bundle, tier_files)
    members = _members_of(bundle, source, index_date, on_bad_rows, progress)
    known, frame = match_history(history, members.cohort), context_of(members)
    with open_explanations(bundle, out, outcomes) as files:
        scores = score_members(bundle, frame, history=known, explanations=files, progress=progress)
        write_parquet(scores, out)
    return scores


def rate_source(
    bundle: Bundle,
    source: Path,
    out: Path,
    *,
    policy: Path | None = None,
    history: TeamHistory | None = None,
    tier_files: TierFiles | None = None,
    index_date: date | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> RatedPopulation:
    """Fit and certify the rates of a source's members.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    source : pathlib.Path
        Folder in the layout of the bundle's adapter.
    out : pathlib.Path
        Folder that gets ``rates.parquet``, ``ledger.parquet``, ``certificate.json`` and the ``bundle`` that holds them.
    policy : pathlib.Path, optional
        Rate policy; the bundle's own where absent.
    history : TeamHistory, optional
        Experience and last year's amounts of the teams, for blocks that need them.
    tier_files : TierFiles, optional
        Last year's tiers and clinicians' overrides: the final tier is the one that is rated.
    index_date : datetime.date, optional
        Index date; the bundle's rating date where absent.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    RatedPopulation
        Table, ledger, certificate and the bundle with these rates.

    Raises
    ------
    PolicyError
        If there is no rate policy, or its budget cannot be met.
    """
    chosen = read_policy(policy, RatePolicy) if policy else bundle.rates.policy if bundle.rates else None
    if chosen is None:
        message = f"bundle {bundle.scheme}: it holds no rate policy. Name one with --policy."
        raise PolicyError(message)
    asked = read_bundle_history(bundle, tier_files)
    members = _members_of(bundle, source, index_date, on_bad_rows, progress)
    population = f"{bundle.scheme}, members on {members.cohort['index_date'].max().date()}"
    known = match_history(asked, members.cohort)
    rated = rate_members(bundle, chosen, members, population=population, history=history, tier_history=known)
    with staged(out) as stage:
        write_rated(rated, stage)
        write_bundle(rated.bundle, stage / "bundle")
    return rated


def build_source_features(
    scheme: Scheme,
    source: Path,
    out: Path,
    *,
    index_date: date | None = None,
    on_bad_rows: OnBadRows = "refuse",
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Build the members that a scheme would score and write them: keys, context and features.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    source : pathlib.Path
        Folder of the source.
    out : pathlib.Path
        Parquet file to write; it appears only when it is whole.
    index_date : datetime.date, optional
        Index date; the scheme's rating date where absent.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    engine : Engine, optional
        Where the features are computed; DuckDB inside this process where not given.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    pandas.DataFrame
        The members, as `score_members` and the served model take them.
    """
    block = scheme.file.features
    plan = plan_features(scheme.codelist_directory, block.groups, block.names, block.exclude)
    adapter, spec = scheme.file.source.adapter, scheme.file.cohort
    asked = _Asked(adapter, spec, plan, (), index_date, engine)
    members = _open_members(asked, source, on_bad_rows, progress)
    frame = context_of(members)
    write_parquet(frame, out)
    return frame


def write_parquet(frame: pd.DataFrame, out: Path) -> None:
    """Write a frame so that the file appears only when it is whole.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame.
    out : pathlib.Path
        The Parquet file.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    try:
        frame.to_parquet(part, index=False)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def open_members(
    bundle: Bundle,
    source: Path,
    *,
    index_date: date | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> Members:
    """Build the members of a source as a bundle takes them.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    source : pathlib.Path
        Folder in the layout of the bundle's adapter.
    index_date, on_bad_rows, progress
        As in `score_source`.

    Returns
    -------
    Members
        Cohort and features.
    """
    return _members_of(bundle, source, index_date, on_bad_rows, progress)


def _members_of(
    bundle: Bundle, source: Path, index_date: date | None, on_bad_rows: OnBadRows, progress: Progress | None
) -> Members:
    plan = FeaturePlan(make_catalogue(bundle.code_lists), bundle.catalogue, bundle.code_lists)
    asked = _Asked(bundle.adapter, bundle.cohort, plan, bundle.tables, index_date)
    return _open_members(asked, source, on_bad_rows, progress)


@dataclass(frozen=True)
class _Asked:
    """Which members are asked for, with which features, from where, and which tables must be there for them."""

    adapter: str
    cohort: CohortSpec
    plan: FeaturePlan
    tables: tuple[str, ...]
    index_date: date | None
    engine: Engine | None = None


def _open_members(asked: _Asked, source: Path, on_bad_rows: OnBadRows, progress: Progress | None) -> Members:
    day = asked.index_date or asked.cohort.rating_date
    if asked.cohort.kind == "annual" and day is None:
        message = "scheme: no [cohort] rating_date. Give the day with --index-date, as YYYY-MM-DD."
        raise DataContractError(message)
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        opened = open_source(asked.adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress)
        require_tables(opened, asked.tables)
        days = [day] if day else []
        return build_members(
            opened.tables, asked.cohort, asked.plan, index_dates=days, engine=asked.engine, progress=progress
        )
