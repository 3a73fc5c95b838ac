"""Changes: one member's features with some set to other values, kept consistent or refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.errors import DataContractError
from riskkit.features.bounds import find_bounds
from riskkit.features.contradictions import refuse_contradictions
from riskkit.features.derive import DERIVED
from riskkit.features.groups import COMPLICATION_GROUPS

if TYPE_CHECKING:
    from riskkit.features.catalogue import Catalogue, Feature

SAME_EVENT = {"latest", "days_since"}
GROWING = {"any", "count", "distinct", "max", "points", "sum"}
ALWAYS_KNOWN = {"any", "count", "distinct", "points", "sum"}
"""Aggregates that are zero where there is no event, so that of a member who has one it is never unknown."""
ANY_COMPLICATION = "any_complication_730d"
SEVERITY_OF = {"foot_pvd": "pvd"}
"""Groups of complications whose severity goes by another name."""
FLAG_WINDOWS = ("730d", "confirmed_730d", "coded_730d")
"""Ends of the names of a complication's flags, which its points of severity share."""
TOLERANCE = 1e-9

Values = dict[str, float]


def apply_changes(row: pd.DataFrame, changes: Mapping[str, float | None], catalogue: Catalogue) -> pd.DataFrame:
    """Set features of one member, and let follow what follows from them.

    The latest value of a window is also that of every longer one, and of a shorter one that knows any; a count, sum or
    flag of a window cannot exceed that of a longer one; a value is one test at least, and none where it is emptied; a
    complication is also one of any kind; a derived feature follows its formula. What would contradict another feature
    is refused, and so is emptying what is always known: a figure for a member who cannot exist says nothing.

    Parameters
    ----------
    row : pandas.DataFrame of shape (1, n_columns)
        The member: one column per feature, and others, which stay.
    changes : mapping of str to float or None
        New values by feature; None for not measured.
    catalogue : Catalogue
        The features that the row may hold.

    Returns
    -------
    pandas.DataFrame of shape (1, n_columns)
        The member with the new values.

    Raises
    ------
    DataContractError
        If there is nothing to change, a feature is not in the row, a value is no number or impossible, or features
        contradict.
    """
    known = {feature.name: feature for feature in catalogue.features if feature.name in row}
    asked = {name: _read_number(name, value) for name, value in changes.items()}
    if not asked:
        message = "what-if: no change, expected one or more. Set a feature, such as hba1c_latest_365d=6.9."
        raise DataContractError(message)
    for name, value in asked.items():
        _require_possible(name, value, known)
    values: Values = {name: float(row[name].iloc[0]) for name in known}
    before = dict(values)
    _require_known(asked, known, before)
    values |= asked
    _follow_complications(asked, values, before)
    for name in asked:
        _carry_over(known[name], known, values, asked)
    _follow_tests(known, values, before, asked)
    moved = {name for name in known if not _same(values[name], before[name])} | set(asked)
    _require_nested(moved, known, values)
    refuse_contradictions(moved, known, values)
    _derive(moved, values, asked)
    return row.assign(**{name: value for name, value in values.items() if not _same(value, before[name])})


def _read_number(name: str, value: float | None) -> float:
    try:
        return math.nan if value is None else float(value)
    except (TypeError, ValueError) as exc:
        message = f"what-if: {name}={value!r} is no number, expected one, or None for not measured. Correct it."
        raise DataContractError(message) from exc


def _require_possible(name: str, value: float, known: Mapping[str, Feature]) -> None:
    if name not in known:
        near = get_close_matches(name, known) or ["a feature of the bundle"]
        message = f"what-if: no feature {name!r}. Use {', '.join(near)}; 'riskkit features --list' prints all."
        raise DataContractError(message)
    bounds = find_bounds(known[name])
    if math.isinf(value) or not (math.isnan(value) or bounds.holds(value)):
        message = (
            f"what-if: {name}={value:g} is impossible, expected {bounds} ({known[name].unit}). Set a value that a "
            "member can have."
        )
        raise DataContractError(message)


def _require_known(asked: Values, known: Mapping[str, Feature], before: Values) -> None:
    """Refuse to empty what is known of every member: age and sex, flags, counts and sums of events."""
    for name, value in asked.items():
        fixed = known[name].aggregate in ALWAYS_KNOWN or name in {"age_years", "is_female"}
        if math.isnan(value) and fixed and not math.isnan(before[name]):
            message = (
                f"what-if: {name} is known of every member, got not measured, expected {find_bounds(known[name])}. "
                "Set a value, 0 for none."
            )
            raise DataContractError(message)


def _follow_complications(asked: Values, values: Values, before: Values) -> None:
    """Raise the flag of any complication with that of one, and ask for what a flag and its points do not say."""
    for group in COMPLICATION_GROUPS:
        flag = f"{group}_730d"
        for end in FLAG_WINDOWS if flag != ANY_COMPLICATION else ():
            _require_both(f"{group}_{end}", f"dcsi_{SEVERITY_OF.get(group, group)}_{end}", asked, values, before)
        if flag == ANY_COMPLICATION or values.get(flag) != 1:
            continue
        if asked.get(ANY_COMPLICATION) == 0:
            message = f"what-if: {ANY_COMPLICATION}=0 contradicts {flag}=1. Set both."
            raise DataContractError(message)
        if flag in asked and before[flag] != 1:
            first, first_of_any = f"days_since_first_{group}", f"days_since_first_{ANY_COMPLICATION[:-5]}"
            if math.isnan(values.get(first, 0.0)):
                message = (
                    f"what-if: {flag}=1 contradicts {first}=not measured. Set {first} too: the days since its first "
                    "record, more than 730 where it is older than the window."
                )
                raise DataContractError(message)
            if ANY_COMPLICATION in values:
                values[ANY_COMPLICATION] = 1.0
            if first in values and first_of_any not in asked and math.isnan(values.get(first_of_any, 0.0)):
                values[first_of_any] = values[first]


def _require_both(flag: str, points: str, asked: Values, values: Values, before: Values) -> None:
    """Ask for points beside a new flag and for the flag beside new points: some codes are of one list alone."""
    if flag not in values or points not in values or (flag in asked and points in asked):
        return
    if flag in asked and values[flag] == 1 and before[flag] != 1 and values[points] == 0:
        message = (
            f"what-if: {flag}=1 contradicts {points}=0, its points of severity. Set {points} too: 1, 2 where it is "
            "severe, or 0 where its codes have none."
        )
        raise DataContractError(message)
    if (flag in asked and before[flag] == 1) or (points in asked and before[points] == 0):
        if values[flag] == 0 and values[points] > 0:
            other, what = (points, "0") if flag in asked else (flag, "1")
            message = (
                f"what-if: {points}={values[points]:g} contradicts {flag}=0, the complication that they are points of. "
                f"Set {other} too: {what}, or as it is where its codes are not among those of the complication."
            )
            raise DataContractError(message)


def _follow_tests(known: Mapping[str, Feature], values: Values, before: Values, asked: Values) -> None:
    """Count one test where a value is new to a window, whose mean it then is, and none where the value was emptied."""
    for name, feature in known.items():
        if feature.source != "labs" or feature.aggregate != "latest" or _same(values[name], before[name]):
            continue
        emptied = math.isnan(values[name])
        if not emptied and not math.isnan(before[name]):
            continue
        for other in known.values():
            same_event = (other.source, other.where) == (feature.source, feature.where)
            if not same_event or other.name in asked or other.aggregate == "latest":
                continue
            within = _length(other) <= _length(feature) if emptied else _length(other) >= _length(feature)
            if within and other.aggregate == "count":
                values[other.name] = 0.0 if emptied else max(values[other.name], 1.0)
            elif within and (emptied or (other.aggregate == "mean" and math.isnan(values[other.name]))):
                values[other.name] = values[name]


def _list_windows(feature: Feature, known: Mapping[str, Feature]) -> list[Feature]:
    """List the features that ask the same of other windows, the shortest first; all of the past comes last."""
    mark = (feature.source, feature.aggregate, feature.column, feature.where)
    if feature.source in {"context", "derived"}:
        return [feature]
    same = [one for one in known.values() if (one.source, one.aggregate, one.column, one.where) == mark]
    return sorted(same, key=_length)


def _length(feature: Feature) -> float:
    return math.inf if feature.window_days is None else float(feature.window_days)


def _carry_over(feature: Feature, known: Mapping[str, Feature], values: Values, asked: Mapping[str, float]) -> None:
    """Set the same event in the longer windows, and in the shorter that know of one, unless they are set themselves."""
    value = values[feature.name]
    if feature.aggregate not in SAME_EVENT or math.isnan(value):
        return
    for other in _list_windows(feature, known):
        longer = _length(other) > _length(feature)
        if other.name not in asked and (longer or not math.isnan(values[other.name])):
            values[other.name] = value


def _require_nested(moved: set[str], known: Mapping[str, Feature], values: Mapping[str, float]) -> None:
    """Refuse a shorter window that knows more than a longer one."""
    for name in sorted(moved):
        windows = _list_windows(known[name], known)
        for place, short in enumerate(windows):
            for long in windows[place + 1 :]:
                less, more = values[short.name], values[long.name]
                if math.isnan(less):
                    continue
                same_event, growing = short.aggregate in SAME_EVENT, short.aggregate in GROWING
                if (same_event and not _same(less, more)) or (growing and not less <= more + TOLERANCE):
                    message = (
                        f"what-if: {short.name}={less:g} contradicts {long.name}={more:g}, which covers the same days. "
                        "Set both."
                    )
                    raise DataContractError(message)


def _derive(moved: set[str], values: Values, asked: Mapping[str, float]) -> None:
    """Compute what follows by formula from what moved; refuse what cannot be computed or is set against it."""
    for name, formula in DERIVED.items():
        inputs = [one for one in formula.inputs if one in values]
        if name not in values or not (name in asked or moved & set(inputs)):
            continue
        if set(inputs) < set(formula.inputs):
            if name not in asked:
                absent = sorted(set(formula.inputs) - set(inputs))[0]
                message = (
                    f"what-if: {name} follows from {', '.join(sorted(moved & set(inputs)))} and {absent}, which the "
                    f"bundle does not have. Set {name} too."
                )
                raise DataContractError(message)
            continue
        follows = float(formula.formula(pd.DataFrame([values])).iloc[0])
        if name in asked and not _same(follows, asked[name]):
            message = (
                f"what-if: {name}={asked[name]:g} contradicts its formula, which gives {follows:g}. Set what it "
                f"follows from: {', '.join(formula.inputs)}."
            )
            raise DataContractError(message)
        if not _same(follows, values[name]):
            values[name] = follows
            moved.add(name)


def _same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
