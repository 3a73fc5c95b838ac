"""Worklists: the tiers of a source's members, held and overridden, turned into what each team has to do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit.data.io import staged
from riskkit.data.presets import find_presets
from riskkit.errors import PolicyError
from riskkit.policy import read_policy
from riskkit.tiers.cuts import fit_cuts
from riskkit.tiers.follow_up import FollowUpPolicy, make_worklist
from riskkit.tiers.policy import TierPolicy
from riskkit.workflow.apply import open_members
from riskkit.workflow.score import KEYS, assign_member_tiers, long_predictions, predict_outcomes
from riskkit.workflow.tier_files import TierFiles, match_history, read_bundle_history, summarise_tier_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from riskkit.tiers.cuts import FrozenTiers
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.members import Members

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class WorklistOptions:
    """What a worklist is made from, beside the bundle.

    Parameters
    ----------
    schedule : pathlib.Path, optional
        Follow-up policy; the shipped one where absent.
    tiers : pathlib.Path, optional
        Tier policy, whose cuts are frozen on these members; the bundle's own, with its frozen cuts, where absent.
    tier_files : TierFiles, optional
        Last year's tiers and clinicians' overrides.
    index_date : datetime.date, optional
        Index date; the bundle's rating date where absent.
    """

    schedule: Path | None = None
    tiers: Path | None = None
    tier_files: TierFiles | None = None
    index_date: date | None = None


def write_worklist(
    bundle: Bundle, source: Path, out: Path, options: WorklistOptions, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Write the worklist of every team, and the tiers that it rests on.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers.
    source : pathlib.Path
        Folder of the source.
    out : pathlib.Path
        Folder that gets ``worklist.parquet``, ``tiers.parquet``, ``summary.json`` and one CSV file per team in
        ``teams/``.
    options : WorklistOptions
        Policies and files.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict
        The content of ``summary.json``: `index_date`, `members`, `services` due, of which `late`, `teams`, and
        `tier_files` as `summarise_tier_files`.

    Raises
    ------
    PolicyError
        If there is no tier policy.
    DataContractError
        If an override or the last assignment is not usable.
    """
    schedule = options.schedule or find_presets() / "models" / "followup" / "diabetes.toml"
    policy = read_policy(schedule, FollowUpPolicy)
    members = open_members(bundle, source, index_date=options.index_date, progress=progress)
    assigned = assign_source_tiers(bundle, members, options)
    context = members.cohort[[*KEYS, *(name for name in ("age_years", "team_id") if name in members.cohort)]]
    features = members.features.drop(columns=[name for name in ("age_years",) if name in members.features])
    listed = make_worklist(policy, assigned, features.merge(context, on=KEYS, validate="one_to_one"))
    summary = {
        "index_date": str(members.cohort["index_date"].max().date()),
        "members": len(assigned),
        "services": len(listed),
        "late": int((listed["overdue_days"] > 0).sum()),
        "teams": int(listed["team_id"].nunique()),
        "tier_files": summarise_tier_files(options.tier_files, assigned),
    }
    with staged(out) as stage:
        text = json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False)
        (stage / "summary.json").write_text(text, encoding="utf-8")
        listed.to_parquet(stage / "worklist.parquet", index=False)
        assigned.to_parquet(stage / "tiers.parquet", index=False)
        (stage / "teams").mkdir()
        for team, rows in listed.groupby("team_id", sort=True):
            rows.to_csv(stage / "teams" / f"{re.sub(r'[^A-Za-z0-9_-]', '_', str(team))}.csv", index=False)
    return summary


def assign_source_tiers(bundle: Bundle, members: Members, options: WorklistOptions) -> pd.DataFrame:
    """Assign tiers, hold them by the last assignment, and raise them by overrides, in this order.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers.
    members : Members
        The members of a source.
    options : WorklistOptions
        Policies and files.

    Returns
    -------
    pandas.DataFrame
        Keys, `risk_tier`, `tier_reason`, `package`, and what hysteresis, overrides and a second axis add.
    """
    predictions = predict_outcomes(bundle, members.features)
    frozen = _freeze(bundle, predictions, options)
    history = read_bundle_history(bundle, options.tier_files, policy=frozen.policy)
    known = match_history(history, members.cohort)
    return assign_member_tiers(replace(bundle, tiers=frozen), members.features, predictions, known)


def _freeze(bundle: Bundle, predictions: pd.DataFrame, options: WorklistOptions) -> FrozenTiers:
    """Take the bundle's frozen tiers, or freeze another policy on these members."""
    if options.tiers is None:
        if bundle.tiers is None:
            message = f"bundle {bundle.scheme}: it holds no tier policy. Name one with --tiers."
            raise PolicyError(message)
        return bundle.tiers
    policy = read_policy(options.tiers, TierPolicy)
    if policy.cuts is not None and policy.cuts.outcome not in predictions:
        message = f"{options.tiers} [cuts] outcome: the bundle predicts no {policy.cuts.outcome!r}. Name another."
        raise PolicyError(message)
    long = None if policy.cuts is None else long_predictions(predictions, policy.cuts.outcome)
    return fit_cuts(policy, long, reference_population=f"{bundle.scheme}, members of the worklist")
