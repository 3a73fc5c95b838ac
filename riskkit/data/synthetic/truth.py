"""Truth: what the process really expects of each member on 1 January, for tests and never for a model.

The state on 1 January sets constant rates for the risk year. With a rate `a` of the event, and a rate `b` of death
without it, the chance of the event within the year of a member who stays under contract is
``a / (a + b) * (1 - exp(-(a + b)))``: death ends the time at risk. A death in hospital is an admission of its own. The
expected cost is a rate of money per year of membership, so a member with half a year is expected to cost half of it.
Two parts hold exactly only for a full year: the visits of a first diagnosis, and readmissions, which leaving cuts off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.codebook import CAUSE_CODES
from riskkit.data.synthetic.hazards import (
    DEATH_IN_HOSPITAL,
    admission_rate,
    cause_number,
    cause_shares,
    death_rate,
    readmission_chance,
)
from riskkit.data.synthetic.onset import complication_rates, dialysis_rate, onset_rates
from riskkit.data.synthetic.prices import TERMINAL_FACTOR, expected_stay, expected_visit
from riskkit.data.synthetic.procedures import MAJOR_SHARE
from riskkit.data.synthetic.state import CARDIOVASCULAR, CEREBROVASCULAR, ORGANS
from riskkit.data.synthetic.utilization import DIALYSIS_BILLS, expected_drug_cost, visit_rates

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members
    from riskkit.data.synthetic.records import FloatArray
    from riskkit.data.synthetic.state import State

VISITS_PER_DIAGNOSIS = 2
FIRST_DIAGNOSES = {
    "foot": "foot_pvd",
    "cerebrovascular": "cerebrovascular_diagnosis",
    "cardiovascular": "cardiovascular_diagnosis",
}
"""What the truth calls a first diagnosis where an outcome of the organ's own name counts something else."""
DIABETES = ("E10", "E11", "E12", "E13", "E14")


def compute_chance(rate: FloatArray, competing: FloatArray) -> FloatArray:
    """Return the chance of an event within a year in which something else may end the time at risk.

    Parameters
    ----------
    rate : numpy.ndarray of shape (n,)
        Yearly rate of the event.
    competing : numpy.ndarray of shape (n,)
        Yearly rate of what ends the time at risk.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Cumulative incidence at one year.

    References
    ----------
    .. [1] Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (2002), section 8.2, constant rates.

    Examples
    --------
    With equal rates of 0.5 the total is 1, and half of ``1 - exp(-1)`` is the event's:

    >>> round(float(compute_chance(np.array([0.5]), np.array([0.5]))[0]), 4)
    0.3161
    """
    total = rate + competing
    share = np.divide(rate, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(share * -np.expm1(-total))


def compute_truth(members: Members, state: State) -> dict[str, FloatArray]:
    """Compute the true chances and expected amounts of the year that begins.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    dict of str to numpy.ndarray of shape (n,)
        `admission`, `death`, `next_year_cost` (allowed amount of medical and pharmacy claims, CNY per member-year),
        `next_year_medical_cost`, `metabolic_crisis`, `severe_hypoglycaemia`; of admissions by their principal
        diagnosis `cerebrovascular`, `cardiovascular`, `diabetes_admission` and `avoidable_admission`; and the chance
        of a first diagnosis, missing where the complication is present: `nephropathy`, `retinopathy`, `neuropathy`,
        `foot_pvd`, and, in hospital or outside, `cerebrovascular_diagnosis` and `cardiovascular_diagnosis`.
    """
    admission, death = admission_rate(members, state), death_rate(members, state)
    shares = cause_shares(state)
    entry = admission + DEATH_IN_HOSPITAL * death
    medical = expected_medical_cost(members, state)
    truth = {
        "admission": compute_chance(entry, (1.0 - DEATH_IN_HOSPITAL) * death),
        "death": -np.expm1(-death),
        "next_year_cost": medical + expected_drug_cost(members, state),
        "next_year_medical_cost": medical,
    }
    hypoglycaemia = visit_rates(members, state)["hypoglycaemia"]
    for name, cause, outside in (
        ("metabolic_crisis", "metabolic_crisis", np.zeros_like(death)),
        ("severe_hypoglycaemia", "hypoglycaemia", hypoglycaemia),
    ):
        share = shares[:, cause_number(cause)]
        truth[name] = compute_chance(entry * share + outside, death * (1.0 - DEATH_IN_HOSPITAL * share))
    for name, share in _stay_shares(state, shares).items():
        truth[name] = compute_chance(entry * share, death * (1.0 - DEATH_IN_HOSPITAL * share))
    return {**truth, **_first_diagnoses(members, state, shares, entry)}


def _stay_shares(state: State, shares: FloatArray) -> dict[str, FloatArray]:
    """Return the share of admissions that each outcome counts, a readmission for the same cause taken in.

    A stay of a cause has one of the cause's codes by equal chance, and its readmission draws again.
    """
    again = readmission_chance(state)
    coded = {name: np.mean([code.startswith(DIABETES) for code in codes]) for name, codes in CAUSE_CODES.items()}
    avoidable = {**coded, "foot": coded["foot"] + (1.0 - coded["foot"]) * MAJOR_SHARE}
    found = {"cerebrovascular": shares[:, cause_number("stroke")]}
    # One of the four codes of the heart, I21 to I50, is always one that counts.
    found["cardiovascular"] = shares[:, cause_number("cardiac")]
    for name, counted in (("diabetes_admission", coded), ("avoidable_admission", avoidable)):
        found[name] = np.sum(
            [shares[:, cause_number(cause)] * (part + (1.0 - part) * part * again) for cause, part in counted.items()],
            axis=0,
        )
    return found


def _first_diagnoses(members: Members, state: State, shares: FloatArray, entry: FloatArray) -> dict[str, FloatArray]:
    rates, death = complication_rates(members, state), death_rate(members, state)
    in_hospital = np.zeros_like(rates)
    in_hospital[:, CEREBROVASCULAR] = shares[:, cause_number("stroke")]
    in_hospital[:, CARDIOVASCULAR] = shares[:, cause_number("cardiac")]
    chances = compute_chance(
        rates + entry[:, None] * in_hospital, death[:, None] * (1.0 - DEATH_IN_HOSPITAL * in_hospital)
    )
    chances = np.where(state.stages == 0, chances, np.nan)
    return {FIRST_DIAGNOSES.get(organ, organ): chances[:, place] for place, organ in enumerate(ORGANS)}


def share_after_onset(rate: FloatArray) -> FloatArray:
    """Return the expected share of a year that is left after a first event.

    Parameters
    ----------
    rate : numpy.ndarray of shape (n,)
        Yearly rate of the event.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Mean of ``max(1 - T, 0)`` for an exponential time ``T``: ``1 - (1 - exp(-rate)) / rate``.

    Examples
    --------
    >>> share_after_onset(np.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.3679]
    """
    held = np.divide(-np.expm1(-rate), rate, out=np.ones_like(rate), where=rate > 0)
    return np.asarray(1.0 - held)


def expected_medical_cost(members: Members, state: State) -> FloatArray:
    """Return the expected allowed amount of stays and visits per member-year.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        CNY per year.
    """
    region = members.region
    stays = admission_rate(members, state) * (1.0 + readmission_chance(state))
    terminal = DEATH_IN_HOSPITAL * TERMINAL_FACTOR * death_rate(members, state)
    cost = (stays + terminal) * expected_stay(cause_shares(state), region)
    for kind, rate in visit_rates(members, state).items():
        cost = cost + rate * expected_visit(kind, region)
    first_bills = DIALYSIS_BILLS * share_after_onset(dialysis_rate(state))
    cost = cost + first_bills * expected_visit("dialysis", region)
    diagnoses = -np.expm1(-onset_rates(members, state)).sum(axis=1)
    return np.asarray(cost + VISITS_PER_DIAGNOSIS * diagnoses * expected_visit("onset", region))
