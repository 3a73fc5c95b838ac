"""Contradictions: what two features of one member cannot say together, from when the last event can have been."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from riskkit.features.catalogue import Feature

FAMILIES: Final = {
    "claims": "claims",
    "labs": "labs",
    "other_labs": "other_labs",
    "care": "care",
    "drugs": "drugs",
    "diagnoses": "diagnoses",
    "diagnosis_history": "diagnoses",
    "confirmed_diagnoses": "confirmed_diagnoses",
}
"""Sources whose features of the same events can be held against each other, and those that see the same events."""
VALUES: Final = {"latest", "mean"}
"""Aggregates that are known where there is an event, and only there."""
PARTS: Final = (
    ("tenure_days", "enrolled_days"),
    ("long_fills_28d_365d", "fills_365d"),
    ("longest_admission_days_365d", "merged_inpatient_days_365d"),
    ("longest_admission_days_730d", "merged_inpatient_days_730d"),
    ("merged_admissions_365d", "inpatient_visits_365d"),
    ("merged_admissions_730d", "inpatient_visits_730d"),
    ("outpatient_allowed_amount_365d", "allowed_amount_365d"),
    ("member_amount_365d", "allowed_amount_365d"),
    ("readmissions_30d_365d", "merged_admissions_365d"),
    ("readmissions_30d_730d", "merged_admissions_730d"),
)
"""Features of which the first is a part of the second."""
STAYS: Final = ("merged_admissions_730d", "inpatient_visits_730d")
"""Counts without which nobody was in hospital; of two years, since a stay may have begun before its days count."""
IN_HOSPITAL: Final = ("merged_inpatient_days_365d", "longest_admission_days_", "merged_admissions_")
LIVED: Final = ("tenure_days", "enrolled_days", "days_since_first_")
SPREADS: Final = {"sd", "slope"}
FEWEST_TESTS: Final = 2
"""Tests that have a spread or a trend."""
MONTHS_A_YEAR, MOST_DAYS_A_MONTH, TWO_YEARS = 12.0, 31.0, 730.0
MOST_FORGIVEN: Final = 45.0
"""Days of a gap that a contract may hold and still count as one, as the shipped cohorts have it."""
DAYS_A_YEAR: Final = 365.25
TOLERANCE: Final = 1e-9


def refuse_contradictions(moved: Set[str], known: Mapping[str, Feature], values: Mapping[str, float]) -> None:
    """Refuse what cannot be true of one member at once, where a feature that moved takes part in it.

    Features of the same events agree on how long ago the last one was: days since it, a value and a count of a window
    each bound it. A confirmed diagnosis is a diagnosis; a part is no more than its whole; no one was insured or ill
    before birth.

    Parameters
    ----------
    moved : set of str
        Features that were set or followed; what did not move is the member's own record and is not judged.
    known : mapping of str to Feature
        The features of the member.
    values : mapping of str to float
        Their values, NaN where not measured.

    Raises
    ------
    DataContractError
        If two features contradict each other.
    """
    families: dict[object, list[Feature]] = {}
    for feature in known.values():
        if feature.source in FAMILIES:
            families.setdefault((FAMILIES[feature.source], feature.where), []).append(feature)
    for features in families.values():
        if not moved.isdisjoint(feature.name for feature in features):
            _require_one_last_event(features, moved, values)
            _require_two_tests(features, moved, values)
    for part, whole, most in _list_parts(known, values):
        if (part in moved or whole in moved) and values[part] > most + TOLERANCE:
            message = (
                f"what-if: {part}={values[part]:g} contradicts {whole}={values[whole]:g}, with which it is at most "
                f"{most:g}. Set both."
            )
            raise DataContractError(message)


def bound_last_event(feature: Feature, value: float) -> tuple[float, float]:
    """Say how many days ago the last event was at least and at most, if the feature has this value.

    Parameters
    ----------
    feature : Feature
        A feature of one of `FAMILIES`.
    value : float
        Its value; NaN for not measured.

    Returns
    -------
    least, most : float
        Days; 0 and infinity where the value says nothing.

    Examples
    --------
    >>> from riskkit.features.catalogue import Feature
    >>> tests = Feature("hba1c_tests_365d", "tests", "次数", "count", "glycaemia", "labs", "count")
    >>> bound_last_event(tests, 2.0), bound_last_event(tests, 0.0)
    ((0.0, 365.0), (366.0, inf))
    """
    window = math.inf if feature.window_days is None else float(feature.window_days)
    inside, outside, unsaid = (0.0, window), (window + 1, math.inf), (0.0, math.inf)
    kind, absent = feature.aggregate, math.isnan(value)
    if kind == "days_since":
        return outside if absent else (value, value)
    if kind == "days_since_first":
        return outside if absent else (0.0, value)
    if kind in VALUES:
        return outside if absent else inside
    if absent:
        return unsaid
    if kind in {"any", "count", "distinct"} and not feature.column:
        return inside if value > 0 else outside
    return inside if value > 0 or kind in SPREADS else unsaid


def _require_one_last_event(features: list[Feature], moved: Set[str], values: Mapping[str, float]) -> None:
    bounds = [(feature.name, *bound_last_event(feature, values[feature.name])) for feature in features]
    for near, _, most in bounds:
        for far, least, _ in bounds:
            if most < least and (near in moved or far in moved):
                never = "never" if math.isinf(least) else f"not within {least - 1:g}"
                message = (
                    f"what-if: {_say(near, values)} contradicts {_say(far, values)}: by the first the last one was at "
                    f"most {most:g} days ago, by the second {never}. Set both."
                )
                raise DataContractError(message)


def _require_two_tests(features: list[Feature], moved: Set[str], values: Mapping[str, float]) -> None:
    """Refuse a spread or a trend of fewer than two tests."""
    counts = {feature.window_days: feature.name for feature in features if feature.aggregate == "count"}
    for feature in features:
        tests = counts.get(feature.window_days)
        if feature.aggregate not in SPREADS or tests is None or math.isnan(values[feature.name]):
            continue
        if values[tests] < FEWEST_TESTS and not moved.isdisjoint((feature.name, tests)):
            message = (
                f"what-if: {_say(feature.name, values)} contradicts {_say(tests, values)}: it takes two tests. Set "
                "both; with one it is not measured."
            )
            raise DataContractError(message)


def _list_parts(known: Mapping[str, Feature], values: Mapping[str, float]) -> Iterator[tuple[str, str, float]]:
    """List a part, its whole, and the most that the part can be."""
    for part, whole in PARTS:
        if part in known and whole in known and not math.isnan(values[whole]):
            yield part, whole, values[whole]
    yield from _list_confirmed(known, values)
    yield from _list_membership(values)
    none = [name for name in STAYS if name in known and values[name] == 0]
    age = values.get("age_years", math.nan)
    for name in known:
        if name.startswith(IN_HOSPITAL):
            yield from ((name, stays, 0.0) for stays in none if stays != name)
        if not math.isnan(age) and name.startswith(LIVED):
            yield name, "age_years", age * DAYS_A_YEAR


def _list_membership(values: Mapping[str, float]) -> Iterator[tuple[str, str, float]]:
    """List what the time under contract allows: who was never away has no months missing, and no days of a gap."""
    months, tenure = values.get("enrolled_months_365d", math.nan), values.get("tenure_days", math.nan)
    if months < MONTHS_A_YEAR - TOLERANCE and "tenure_days" in values:
        yield "tenure_days", "enrolled_months_365d", (months + 1) * MOST_DAYS_A_MONTH
    if not math.isnan(tenure) and "enrolment_gap_days_730d" in values:
        yield "enrolment_gap_days_730d", "tenure_days", max(TWO_YEARS - tenure, 0.0) + MOST_FORGIVEN


def _list_confirmed(known: Mapping[str, Feature], values: Mapping[str, float]) -> Iterator[tuple[str, str, float]]:
    plain = {
        (feature.aggregate, feature.where, feature.window_days): feature.name
        for feature in known.values()
        if feature.source == "diagnoses"
    }
    for feature in known.values():
        whole = plain.get((feature.aggregate, feature.where, feature.window_days))
        if feature.source == "confirmed_diagnoses" and whole and not math.isnan(values[whole]):
            yield feature.name, whole, values[whole]


def _say(name: str, values: Mapping[str, float]) -> str:
    return f"{name}={'not measured' if math.isnan(values[name]) else f'{values[name]:g}'}"
