"""The budget-neutrality certificate that goes with every rate table."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from riskkit.rates.allocation import split_by_largest_remainder
from riskkit.rates.members import MONTHS_A_YEAR, as_floats
from riskkit.rates.moves import get_most_move
from riskkit.rates.tie import describe_tie

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from riskkit.rates.frozen import FrozenRates


def make_certificate(frozen: FrozenRates, rates: pd.DataFrame) -> dict[str, object]:
    """State how a rate table stands to its budget.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and figures.
    rates : pandas.DataFrame of shape (n_members, n_columns)
        What `allocate_budget` returned.

    Returns
    -------
    dict
        Plain JSON values: `policy`, `policy_reference`, `effective`, `currency`, `minor_units_per_currency_unit`,
        `scope`, `reference_population`, `members`, `member_months`, `expected_cost_minor`, `budget_minor`,
        `allocated_minor`, `difference_minor`, `rate_due_minor` (the sum of rate times exposure),
        `rate_due_difference_minor` (what that misses the budget by), `different_rates`, `rates_tie` (it misses by half
        a minor unit at most), `tie` (how, or why not), `tie_moves` (the move of each rate that moved to tie, with the
        rate before it), `allocated_minor_by_payer`, `normalization_factor`, `tier_relativities`, `base_amount`,
        `region_normalization`, `budget_factor`, `floor_share`, `cap_share` (fractions of members) and
        `rate_table_sha256`; `pooling_charge` and `new_enrollee_scores` where the policy has them, and
        `affordable_minor`, `asked_minor` and `shortfall_minor` where it says what the fund can pay.
    """
    policy = frozen.policy
    allocated = int(rates["allocated_minor"].sum())
    return {
        "policy": policy.name,
        "policy_reference": policy.reference,
        "effective": policy.effective.isoformat(),
        "currency": policy.currency,
        "minor_units_per_currency_unit": policy.rounding.per_currency_unit,
        "scope": policy.product.scope,
        "reference_population": frozen.reference_population,
        "members": len(rates),
        "member_months": frozen.member_months,
        "expected_cost_minor": frozen.expected_cost_minor,
        "budget_minor": frozen.budget_minor,
        "allocated_minor": allocated,
        "difference_minor": allocated - frozen.budget_minor,
        **_tie(frozen, rates),
        "allocated_minor_by_payer": _by_payer(frozen, allocated),
        "normalization_factor": frozen.normalization_factor,
        "tier_relativities": frozen.tier_relativities,
        "base_amount": frozen.base_amount,
        "region_normalization": frozen.region_normalization,
        "budget_factor": frozen.budget_factor,
        "floor_share": float(rates["at_floor"].mean()),
        "cap_share": float(rates["at_cap"].mean()),
        "rate_table_sha256": hash_rate_table(rates),
        **_optional(frozen),
    }


def _tie(frozen: FrozenRates, rates: pd.DataFrame) -> dict[str, object]:
    """State what the rates themselves come to, before the allocation takes up what rounding left."""
    due = as_floats(rates, "rate_minor") * as_floats(rates, "exposure_months") / MONTHS_A_YEAR
    different = int(rates["rate_minor"].nunique())
    return describe_tie(
        math.fsum(due.tolist()),
        frozen.budget_minor,
        different_rates=different,
        moves=frozen.rate_moves,
        most_move=get_most_move(frozen.policy.rounding),
    )


def _optional(frozen: FrozenRates) -> dict[str, object]:
    """State the figures of blocks that a policy may be without."""
    found: dict[str, object] = {}
    if frozen.policy.pooling is not None:
        found["pooling_charge"] = frozen.pooling_charge
    if frozen.policy.new_enrollees is not None:
        found["new_enrollee_scores"] = frozen.new_enrollee_scores
    if frozen.affordable_minor is not None:
        found |= {
            "affordable_minor": frozen.affordable_minor,
            "asked_minor": frozen.asked_minor,
            "shortfall_minor": frozen.shortfall_minor,
        }
    return found


def hash_rate_table(rates: pd.DataFrame) -> str:
    """Return the SHA-256 of the rate table's canonical bytes.

    The bytes are UTF-8 text, one line per member in key order, each ended by a line feed: `person_id`, `index_date`
    as YYYY-MM-DD, `rate_minor` and `allocated_minor`, separated by tabs.

    Parameters
    ----------
    rates : pandas.DataFrame of shape (n_members, n_columns)
        What `allocate_budget` returned.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    ordered = rates.sort_values(["person_id", "index_date"])
    days = np.datetime_as_string(ordered["index_date"].to_numpy().astype("datetime64[D]"))
    text_columns = [
        pa.array(ordered["person_id"], type=pa.large_string()),
        pa.array(days, type=pa.large_string()),
        *(pa.array(ordered[name].to_numpy()).cast(pa.large_string()) for name in ("rate_minor", "allocated_minor")),
    ]
    lines = pc.binary_join_element_wise(*text_columns, pa.scalar("\t", type=pa.large_string()))
    text = "".join(f"{line}\n" for line in lines.to_pylist())
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def write_certificate(certificate: Mapping[str, object], path: str | Path) -> Path:
    """Write a certificate as JSON.

    Parameters
    ----------
    certificate : mapping
        What `make_certificate` returned.
    path : str or pathlib.Path
        The file to write.

    Returns
    -------
    pathlib.Path
        The file.
    """
    file = Path(path)
    file.write_text(json.dumps(certificate, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return file


def _by_payer(frozen: FrozenRates, allocated: int) -> dict[str, int]:
    """Split the allocated sum over the payers."""
    split = frozen.policy.product.payer_split
    shares = np.array([share.value for share in split.values()])
    return dict(zip(split, split_by_largest_remainder(shares, allocated).tolist(), strict=True))
