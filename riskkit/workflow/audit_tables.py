"""Tables of an audit: predictable profit and loss, the price of fixing it, and whether the rates are adequate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from riskkit.evaluation.constrained_fit import compute_price_of_fixing
from riskkit.evaluation.profit import compute_mapl
from riskkit.workflow.audit_population import FAIRNESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskkit.workflow.audit_policy import AuditPolicy

MOST_PRICED: Final = 4
"""Under-compensated tiers and groups, and again teams, whose price is tabulated, the one that weighs most first."""


def name_partition(frame: pd.DataFrame, name: str) -> pd.Series:
    """Name the group of each member, those not known ``missing``.

    Parameters
    ----------
    frame : pandas.DataFrame
        Members of an audit.
    name : str
        Column of the groups.

    Returns
    -------
    pandas.Series of str
        Groups.
    """
    return frame[name].astype("object").fillna("missing").astype("str")


def sort_tiers(groups: pd.DataFrame, tiers: Sequence[str]) -> pd.DataFrame:
    """Put the groups of a tier in the order of the tiers; the others stay where they are.

    Parameters
    ----------
    groups : pandas.DataFrame
        From `compute_net_compensation`.
    tiers : sequence of str
        Tiers from the lowest risk to the highest.

    Returns
    -------
    pandas.DataFrame
        The same rows.

    Examples
    --------
    >>> groups = pd.DataFrame({"grouping": "risk_tier", "group": ["high", "low"]})
    >>> sort_tiers(groups, ["low", "high"])["group"].tolist()
    ['low', 'high']
    """
    place = {name: number for number, name in enumerate(tiers)}
    tier = groups["group"].str.split(" ").str[0].map(place).where(groups["grouping"].isin(["risk_tier", "tier_decile"]))
    first = groups["grouping"].map({name: number for number, name in enumerate(groups["grouping"].unique())})
    order = pd.DataFrame({"first": first, "tier": tier.fillna(len(place))}).sort_values(
        ["first", "tier"], kind="stable"
    )
    return groups.loc[order.index].reset_index(drop=True)


def tabulate_mapl(frame: pd.DataFrame, by: list[str], *, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Compute the mean absolute predictable profit or loss of each partition.

    Parameters
    ----------
    frame : pandas.DataFrame
        Members of an audit.
    by : list of str
        Columns of groups.
    n_bootstrap, seed : int
        Bootstrap of the intervals.

    Returns
    -------
    pandas.DataFrame
        `partition`, `value`, `low`, `high`.
    """
    parts = [
        compute_mapl(
            frame["observed"],
            frame["predicted"],
            frame["weight"],
            frame["person_id"],
            partition=name_partition(frame, name),
            n_bootstrap=n_bootstrap,
            seed=seed,
        ).assign(partition=name)
        for name in by
    ]
    return pd.concat(parts, ignore_index=True)[["partition", "value", "low", "high"]]


def tabulate_price(frame: pd.DataFrame, groups: pd.DataFrame, asked: AuditPolicy) -> pd.DataFrame:
    """Tabulate what it takes to pay under-compensated groups what they cost.

    Parameters
    ----------
    frame : pandas.DataFrame
        Members of an audit.
    groups : pandas.DataFrame
        From `compute_net_compensation`.
    asked : AuditPolicy
        Parts of the gap.

    Returns
    -------
    pandas.DataFrame
        `group`, and the columns of `compute_price_of_fixing`, for tiers and groups of the fairness report, then for
        teams, that lack more than all members do, by their whole interval; no row where there is none. What all lack
        is no matter of who gets it, and a group that least squares alone would pay in full has no price.
    """
    whole = groups[groups["grouping"] == groups["grouping"].iloc[0]]
    overall = float(whole["contribution"].sum())
    under = groups[groups["high"] < min(overall, 0.0)].sort_values(["contribution", "grouping", "group"])
    kinds = (["risk_tier", *FAIRNESS], ["team_id"])
    worst = pd.concat([under[under["grouping"].isin(kind)].head(MOST_PRICED) for kind in kinds])
    paid, age = (frame[name].to_numpy(dtype=np.float64) for name in ("predicted", "age_years"))
    scale = paid / paid.mean()
    design = np.column_stack([np.ones(len(frame)), scale, scale**2, np.nan_to_num(age, nan=np.nanmean(age)) / 100])
    cost, weight = (frame[name].to_numpy(dtype=np.float64) for name in ("observed", "weight"))
    tables = []
    for grouping, group in zip(worst["grouping"], worst["group"], strict=True):
        partition = name_partition(frame, grouping)
        inside = (partition == group).to_numpy()
        table = compute_price_of_fixing(design, cost, weight, inside, asked.thetas, partition=partition)
        if table["group_net_compensation"].iloc[0] < 0:
            tables.append(table.assign(group=f"{grouping}: {group}")[["group", *table.columns]])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["group", "theta", "keeps_total"])


def judge_adequacy(groups: pd.DataFrame, asked: AuditPolicy) -> dict[str, Any]:
    """Say for which share of the member years A/E of the team, or else the decile, lies within the band.

    Parameters
    ----------
    groups : pandas.DataFrame
        From `compute_net_compensation`.
    asked : AuditPolicy
        Band and share.

    Returns
    -------
    dict
        `level`, `band`, `asked_share`, `share`, `verdict`, `reference`.
    """
    level = "team_id" if (groups["grouping"] == "team_id").any() else "decile"
    rows = groups[(groups["grouping"] == level) & ~groups["suppressed"]]
    off = (1 / rows["ratio"] - 1).abs()
    known = float(rows["share"].sum())
    inside = float(rows["share"][off <= asked.adequacy_band.value].sum()) / known if known else 0.0
    return {
        "level": level,
        "band": asked.adequacy_band.value,
        "asked_share": asked.adequacy_share.value,
        "share": inside,
        "verdict": "met" if inside >= asked.adequacy_share.value else "missed",
        "reference": asked.adequacy_share.reference,
    }
