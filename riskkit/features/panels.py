"""Features of the team and its institution: size of the panel, level, and what the panel used and was offered."""

from __future__ import annotations

from riskkit.features.catalogue import Aggregate, Feature

SPECS: dict[str, tuple[tuple[str, str], str, str, Aggregate, str, int | None]] = {
    "team_panel_size": (
        ("members of the team on the day before the index date", "团队签约人数"),
        "count",
        "panels",
        "max",
        "size",
        None,
    ),
    "team_institution_level": (
        ("level of the institution of the last enrolment", "签约机构等级"),
        "level",
        "panels",
        "max",
        "level",
        None,
    ),
    "distinct_teams": (
        ("different teams enrolled with so far", "累计签约团队数"),
        "count",
        "enrolment",
        "distinct",
        "team_id",
        None,
    ),
    "team_mean_allowed_amount_365d": (
        ("mean cost of the team's members in 365 days", "团队成员365天人均费用"),
        "currency",
        "panel_cost",
        "mean",
        "allowed_amount",
        365,
    ),
    "team_mean_follow_ups_365d": (
        ("mean follow-up visits of the team's members in 365 days", "团队成员365天人均随访次数"),
        "count",
        "panel_care",
        "mean",
        "follow_up",
        365,
    ),
}
"""Meanings, unit, source, aggregate, column and window of each feature."""


def panel_features() -> list[Feature]:
    """Declare the features of the team; they are of the provider, so none may enter a member's rate.

    Returns
    -------
    list of Feature
        Group ``team``.
    """
    return [
        Feature(name, *meanings, unit, "team", source, aggregate, column=column, window_days=days)
        for name, (meanings, unit, source, aggregate, column, days) in SPECS.items()
    ]
