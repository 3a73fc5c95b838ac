"""Growth of a score is demography, what is confirmed, and coding alone."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.settlement.coding_intensity import compute_coding_intensity
from riskkit.settlement.monitor_policy import CodingIntensity
from tests.unit.settlement.conftest import number

CODING = CodingIntensity.model_validate(
    {
        "code_list": "complications",
        "conditions": {
            "nephropathy": {
                "weight": number(0.4),
                "inpatient": True,
                "analyte": "uacr",
                "at_least": number(30, "mg/g"),
            },
            "retinopathy": {"weight": number(0.2), "inpatient": True},
        },
        "demographics": [
            {"from_age": number(0), "female": number(0.8), "male": number(0.9)},
            {"from_age": number(65), "female": number(1.2), "male": number(1.3)},
        ],
        "most_coding": number(0.01),
        "most_growth": number(0.03),
    }
)


def test_growth_is_demography_confirmed_and_coding() -> None:
    # a turns 65: .8 to 1.2, +.4. b: nephropathy new with a value of 45, +.4 confirmed.
    # c: retinopathy new from a visit, +.2 coding. d: retinopathy no longer coded, -.2. Before: .8 + .9 + .8 + (.9 + .2)
    members = pd.DataFrame(
        {
            "person_id": list("abcd"),
            "team_id": "T",
            "age": [65.5, 50.0, 50.0, 50.0],
            "sex": ["female", "male", "female", "male"],
        }
    )
    coded = pd.DataFrame(
        [
            ("b", "nephropathy", True, False),
            ("c", "retinopathy", True, False),
            ("d", "retinopathy", False, True),
            ("z", "retinopathy", True, False),  # no member of both years
        ],
        columns=["person_id", "group", "later", "inpatient"],
    )
    labs = pd.DataFrame({"person_id": ["b"], "analyte": ["uacr"], "value": [45.0]})
    row = compute_coding_intensity(CODING, members, coded, labs, confidence=0.95).iloc[0]
    assert row["score_before"] == pytest.approx(3.6 / 4)
    assert row["demographic_pct"] == pytest.approx(0.4 / 3.6)
    assert row["confirmed_pct"] == pytest.approx(0.4 / 3.6)
    assert row["coding_pct"] == pytest.approx(0.0)
    assert row["growth_pct"] == pytest.approx(0.8 / 3.6)
    # in tenths, the last place of the weights: 36 before, 44 after, and the parts are the difference to the unit
    units = [f"{name}_units" for name in ("before", "after", "demographic", "confirmed", "coding")]
    assert row[["units_per_score", *units]].tolist() == [10, 36, 44, 4, 4, 0]
    assert row["counted_growth_pct"] == 0.03


@pytest.mark.parametrize(("inpatient", "alert"), [(False, True), (True, False)])
def test_coding_alone_is_asked_about_and_a_stay_confirms(inpatient: bool, alert: bool) -> None:
    # 40 of 200 newly coded: 4% of a score of .8 + ..., far above 1% and its margin
    members = pd.DataFrame(
        {"person_id": [f"p{at:03}" for at in range(200)], "team_id": "T", "age": 50.0, "sex": "female"}
    )
    coded = members.head(40)[["person_id"]].assign(group="retinopathy", later=True, inpatient=inpatient)
    labs = pd.DataFrame({"person_id": pd.Series(dtype="str"), "analyte": "", "value": 0.0})
    row = compute_coding_intensity(CODING, members, coded, labs, confidence=0.95).iloc[0]
    assert row["growth_pct"] == pytest.approx(0.05)
    assert bool(row["coding_alert"]) is alert
