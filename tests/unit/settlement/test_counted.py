"""What counts of a team's claims is its claims in full times the share, to the minor unit."""

from __future__ import annotations

import pandas as pd

from riskkit.settlement.counted import count_claims
from tests.unit.settlement.conftest import make_policy, number


def test_a_teams_cost_is_its_claims_in_full_times_the_share_rounded_once() -> None:
    policy = make_policy(actual={"amount": "allowed_amount", "pool_share": number(0.4)})
    claims = pd.DataFrame(
        {
            # three claims of .03 of a member of T1, one of T2, one of nobody
            "person_id": ["a", "a", "a", "b", "z"],
            "team_id": ["T1", "T1", "T1", "T2", None],
            "amount": [0.03, 0.03, 0.03, 0.03, 0.03],
        }
    )
    members = pd.DataFrame({"person_id": ["a", "b"], "team_id": ["T1", "T2"]})
    told = count_claims(policy, claims, members)
    assert told["full_minor"].tolist() == [3, 3, 3, 3, 3]
    # T1: .4 of 3, 6 and 9 is 1.2, 2.4 and 3.6, so 1, 2 and 4; T2 and nobody: 1.2, so 1 each
    assert told["cost_minor"].tolist() == [1, 1, 2, 1, 1]
    assert count_claims(make_policy(), claims, members)["cost_minor"].tolist() == [3, 3, 3, 3, 3]
