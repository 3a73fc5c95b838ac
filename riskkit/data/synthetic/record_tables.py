"""Record tables: pharmacy_claim, lab_result and care_event of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from riskkit.data.synthetic.care import KINDS, draw_care
from riskkit.data.synthetic.columns import as_days, as_labels, build_table, record_ids
from riskkit.data.synthetic.drugs import draw_fills
from riskkit.data.synthetic.labs import ANALYTES, UNITS, draw_results
from riskkit.data.synthetic.membership_tables import person_ids, team_ids
from riskkit.data.synthetic.prices import FUND_SHARES, split_amounts
from riskkit.data.synthetic.utilization import DRUGS

if TYPE_CHECKING:
    import numpy as np

    from riskkit.data.synthetic.block import Block


def pharmacy_table(block: Block, rng: np.random.Generator) -> pa.Table:
    """Draw the drug fills of a block and write them down.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        Canonical table `pharmacy_claim`.
    """
    fills = draw_fills(block, rng)
    paid, _ = split_amounts(fills.amount, FUND_SHARES[block.members.employee[fills.member].astype("int64"), 0])
    columns = {
        "claim_id": record_ids("R", block.number, len(fills)),
        "person_id": person_ids(block, fills.member),
        "fill_date": as_days(fills.day),
        "available_date": as_days(fills.settled_day),
        "drug_code": as_labels(tuple(f"X{code}" for code in DRUGS), fills.drug),
        "atc_code": as_labels(DRUGS, fills.drug),
        "days_supply": fills.supply_days,
        "quantity": fills.supply_days.astype("float64"),
        "allowed_amount": fills.amount,
        "paid_amount": paid,
    }
    return build_table("pharmacy_claim", columns)


def lab_table(block: Block, rng: np.random.Generator) -> pa.Table:
    """Draw the measurements of a block and write them down.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        Canonical table `lab_result`.
    """
    results = draw_results(block, rng)
    columns = {
        "record_id": record_ids("L", block.number, len(results)),
        "person_id": person_ids(block, results.member),
        "date": as_days(results.day),
        "available_date": as_days(results.settled_day),
        "analyte": as_labels(ANALYTES, results.analyte),
        "value": results.value,
        "unit": as_labels(UNITS, results.analyte),
    }
    return build_table("lab_result", columns)


def care_table(block: Block, rng: np.random.Generator) -> pa.Table:
    """Draw the care events of a block and write them down.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pyarrow.Table
        Canonical table `care_event`.
    """
    events = draw_care(block, rng)
    columns = {
        "record_id": record_ids("E", block.number, len(events)),
        "person_id": person_ids(block, events.member),
        "date": as_days(events.day),
        "available_date": as_days(events.settled_day),
        "kind": as_labels(KINDS, events.kind),
        "team_id": team_ids(block, events.member),
    }
    return build_table("care_event", columns)
