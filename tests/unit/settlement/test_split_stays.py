"""A quick return under the same diagnosis is a split; a team is named for what luck does not explain."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.settlement.monitor_policy import SplitStays
from riskkit.settlement.split_stays import compare_split_stays, find_split_stays
from tests.unit.settlement.conftest import number

SPLIT = SplitStays.model_validate({"days": number(3, "days"), "characters": number(3, "characters")})


def stays(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["claim_id", "person_id", "start_date", "end_date", "principal"])
    dated = {name: pd.to_datetime(frame[name]) for name in ("start_date", "end_date")}
    return frame.assign(team_id="T", discharge_status="home", **dated)


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (("2", "a", "2023-01-13", "2023-01-20", "E1140"), True),  # day 3, same category
        (("2", "a", "2023-01-10", "2023-01-20", "E119"), True),  # the day itself
        (("2", "a", "2023-01-14", "2023-01-20", "E119"), False),  # day 4
        (("2", "a", "2023-01-12", "2023-01-20", "I50"), False),  # another category
        (("2", "b", "2023-01-12", "2023-01-20", "E119"), False),  # another person
        (("2", "a", "2023-01-08", "2023-01-20", "E119"), False),  # overlaps
    ],
)
def test_a_quick_return_under_the_same_category_is_a_split(second: tuple[str, str, str, str, str], found: bool) -> None:
    pairs = find_split_stays(SPLIT, stays(("1", "a", "2023-01-01", "2023-01-10", "E112"), second))
    assert (len(pairs) == 1) is found


def test_a_transfer_is_no_split() -> None:
    both = stays(("1", "a", "2023-01-01", "2023-01-10", "E112"), ("2", "a", "2023-01-10", "2023-01-20", "E112"))
    both.loc[0, "discharge_status"] = "transfer"
    assert find_split_stays(SPLIT, both).empty


def test_a_team_is_named_when_its_share_is_beyond_luck() -> None:
    every = pd.DataFrame({"team_id": ["T"] * 200 + ["U"] * 200 + ["V"] * 5})
    pairs = pd.DataFrame({"team_id": ["T"] * 30 + ["U"] * 2 + ["V"]})
    table = compare_split_stays(every, pairs, confidence=0.95).set_index("team_id")
    # book 33 / 405 = 8.1%: T's 30 are (30 - 16.3) / 3.87 = 3.5 standard deviations beyond; V's one of five has a chance
    # of 1 - .919^5 = 34.6%
    assert table.loc["V", "chance_by_luck"] == pytest.approx(1 - (1 - 33 / 405) ** 5)
    assert table["split_alert"].to_dict() == {"T": True, "U": False, "V": False}
