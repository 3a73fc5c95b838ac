"""Utilisation: yearly rates of visits outside hospital, and days on each drug, that follow from the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import YEAR_DAYS
from riskkit.data.synthetic.onset import hypoglycaemia_rate
from riskkit.data.synthetic.records import sigmoid
from riskkit.data.synthetic.state import CARDIOVASCULAR, CEREBROVASCULAR, HYPERTENSION, NEPHROPATHY

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members
    from riskkit.data.synthetic.records import BoolArray, FloatArray
    from riskkit.data.synthetic.state import State

DIALYSIS_BILLS = 12.0
"""Dialysis is billed by the month."""
DRUGS = (
    "A10BA02",
    "A10BB12",
    "A10BH01",
    "A10BK01",
    "A10BF01",
    "A10AE04",
    "C09CA03",
    "C08CA01",
    "C10AA05",
    "B01AC06",
)
"""ATC: metformin, glimepiride, sitagliptin, dapagliflozin, acarbose, insulin glargine, valsartan, amlodipine,
atorvastatin, aspirin."""
INSULIN = DRUGS.index("A10AE04")
DAY_PRICES = np.array([1.0, 0.8, 3.6, 3.2, 1.8, 8.0, 1.8, 1.1, 1.4, 0.5])
"""CNY per day of supply."""
DRUG_LEVEL = np.array([0.8, -1.1, -1.3, -1.5, -1.0, 0.0, -3.2, -3.6, -0.9, -2.6])
DRUG_SUGAR = np.array([0.10, 0.25, 0.20, 0.25, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0])
DRUG_DURATION = np.array([0.0, 0.03, 0.02, 0.01, 0.01, 0.0, 0.0, 0.0, 0.02, 0.02])
DRUG_HYPERTENSION = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 3.4, 0.3, 0.2])
DRUG_VASCULAR = np.array([0.0, 0.0, 0.0, 0.6, 0.0, 0.0, 0.3, 0.0, 1.8, 3.0])
DRUG_KIDNEY = np.array([-0.8, -0.4, 0.2, 0.3, 0.0, 0.0, 0.8, 0.2, 0.1, 0.0])


def visit_rates(members: Members, state: State) -> dict[str, FloatArray]:
    """Return the yearly rates of visits by kind.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    dict of str to numpy.ndarray of shape (n,)
        Visits per year: `routine`, `acute`, `emergency`, `hypoglycaemia`, `dialysis`.
    """
    age, frailty = state.age - 61.0, members.frailty
    routine = 7.6 * np.exp(1.10 * frailty + 0.05 * state.dcsi + 0.10 * members.adherence + 0.004 * age)
    acute = 3.2 * np.exp(1.5 * frailty + 0.006 * age + 0.10 * state.comorbid[:, 1:].sum(axis=1))
    emergency = 0.20 * np.exp(1.2 * frailty + 0.10 * (state.hba1c - 7.0) + 0.012 * age)
    return {
        "routine": np.asarray(routine),
        "acute": np.asarray(acute),
        "emergency": np.asarray(emergency),
        "hypoglycaemia": hypoglycaemia_rate(state),
        "dialysis": DIALYSIS_BILLS * state.dialysis.astype("float64"),
    }


def takes_drug(members: Members, state: State) -> BoolArray:
    """Say which drugs each member takes this year.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of bool of shape (n, n_drugs)
        By `DRUGS`; a drug once needed stays while the need lasts, as each member's taste is fixed.
    """
    vascular = (state.stages[:, CARDIOVASCULAR] > 0) | (state.stages[:, CEREBROVASCULAR] > 0)
    drivers = [
        (state.hba1c - 7.0, DRUG_SUGAR),
        (state.duration, DRUG_DURATION),
        (state.comorbid[:, HYPERTENSION], DRUG_HYPERTENSION),
        (vascular, DRUG_VASCULAR),
        (state.stages[:, NEPHROPATHY] > 0, DRUG_KIDNEY),
    ]
    odds = DRUG_LEVEL + sum(driver[:, None] * effect for driver, effect in drivers)
    takes = members.tastes < sigmoid(np.asarray(odds, dtype="float64"))
    takes[:, INSULIN] = state.insulin
    return np.asarray(takes)


def covered_share(members: Members) -> FloatArray:
    """Return the share of days for which a member fetches the drugs prescribed.

    Parameters
    ----------
    members : Members
        The members.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Shares.
    """
    return np.clip(0.76 + 0.12 * members.adherence, 0.25, 1.0)


def expected_drug_cost(members: Members, state: State) -> FloatArray:
    """Return the expected allowed amount of a year's drugs.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        CNY.
    """
    return np.asarray(YEAR_DAYS * covered_share(members) * (takes_drug(members, state) @ DAY_PRICES))
