"""Claims too thin, too late or of missing months are named before money is settled on them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from riskkit.settlement.claim_flow import watch_claims
from riskkit.settlement.monitor_policy import ClaimFlow
from tests.unit.settlement.conftest import number

FLOW = ClaimFlow.model_validate({"least_share": number(0.6), "late_days": number(90, "days"), "most_late": number(0.1)})


def claims(team: str, months: list[int], delay: int) -> list[tuple[Any, ...]]:
    dates = [pd.Timestamp(2023, month, 15) for month in months]
    return [(team, date, date + pd.Timedelta(days=delay)) for date in dates]


def test_thin_late_and_missing_months_are_named() -> None:
    whole = list(range(1, 13))
    rows = [
        *claims("GOOD", whole * 2, 20),
        *claims("LATE", whole * 2, 91),
        *claims("THIN", whole, 20),
        *claims("GAP", [month for month in whole if month != 12] * 2, 90),
    ]
    frame = pd.DataFrame(rows, columns=["team_id", "date", "available_date"])
    months = pd.Series({"GOOD": 12.0, "LATE": 12.0, "THIN": 24.0, "GAP": 12.0, "NONE": 12.0})
    table = watch_claims(FLOW, frame, months).set_index("team_id")
    assert table["thin_alert"].to_dict() == {"GAP": True, "GOOD": False, "LATE": False, "NONE": True, "THIN": True}
    assert table["late_alert"].to_dict() == {"GAP": False, "GOOD": False, "LATE": True, "NONE": False, "THIN": False}
    assert table["empty_months"].to_dict() == {"GAP": 1, "GOOD": 0, "LATE": 0, "NONE": 12, "THIN": 0}
