"""Members of a hazard: who is in the risk set, who stands for who left, and which horizons have closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.hazard_members import HazardMembers, find_hazard_members
from tests.unit.risk.hazard_rows import make_hazard_spec

DAY = pd.Timestamp("2021-01-01")


def make_members(cause: list[float], days: list[float], *, in_set: list[bool] | None = None) -> HazardMembers:
    """Members on one index date, followed over at most a year of twelve days."""
    keys = pd.DataFrame({"person_id": [f"P{row:02d}" for row in range(len(days))], "index_date": DAY})
    labels = keys.assign(cause=cause, followed_days=days, risk_set=in_set or [True] * len(days))
    spec = make_hazard_spec(horizon_days=12, horizons_days=[6, 12])
    return find_hazard_members(spec, keys.assign(age_years=60.0), keys.assign(a=1.0), labels)


def test_who_left_is_stood_for_by_who_was_followed() -> None:
    # METHODS section 1: ten members, events in months 3 and 8, two leave in month 6: 1 - 9/10 x 6/7 = .2286
    members = make_members([1, 1, *[0] * 8], [3, 8, 6, 6, *[12] * 6])
    rows = members.frame().at(1, 12)
    assert np.average(rows.observed, weights=rows.weight) == pytest.approx(1 - 9 / 10 * 6 / 7)
    # by month 6 all ten are known: who leaves on day 6 was followed to it
    early = members.frame().at(0, 6)
    assert np.average(early.observed, weights=early.weight) == pytest.approx(1 / 10)


def test_a_follow_up_is_cut_at_the_day_that_nothing_may_be_known_of() -> None:
    members = make_members([1, 2, 0], [3, 8, 12])
    cut = members.frame(until=DAY + pd.Timedelta(days=8))
    # the event of day 3 is known; the death on day 8 itself is not, and the third member is followed to day 8
    assert cut.rows.observed.tolist() == [1, 0, 0]
    assert cut.followed_days.tolist() == [3, 8, 8]


def test_members_outside_the_risk_set_are_counted_and_left_out() -> None:
    members = make_members([1, 0, 0], [3, 12, 12], in_set=[True, False, True])
    assert members.prevalent == 1
    assert members.features["person_id"].tolist() == ["P00", "P02"]
    with pytest.raises(DataContractError, match="nobody counts, expected members at risk of a first event"):
        make_members([1.0], [3.0], in_set=[False])


def test_a_horizon_is_open_until_somebody_was_followed_to_it() -> None:
    assert make_members([0, 0], [12, 3]).find_open() == {}
    found = make_members([1, 0], [3, 7]).find_open()
    assert found == {"outcome_12d": "the longest follow-up is 7 days, expected 12"}
    assert list(make_members([0, 0], [12, 3]).find_open(np.array([1]))) == ["outcome_6d", "outcome_12d"]


def test_a_label_without_a_time_is_refused() -> None:
    keys = pd.DataFrame({"person_id": ["a"], "index_date": [DAY]})
    with pytest.raises(DataContractError, match="has no column 'cause', expected a time to the event"):
        find_hazard_members(make_hazard_spec(), keys, keys, keys.assign(observed=0.0))


def test_beyond_the_longest_follow_up_rows_are_laid_out_as_far_as_they_were_followed() -> None:
    # asked for 12 days and followed to 8: the event of day 3 is known, and that the others had none by day 8
    members = make_members([1, 0, 0], [3, 8, 8])
    _, rows, days = members.frame_at(np.arange(3), 12)
    assert days == 8
    assert rows.observed.tolist() == [1, 0, 0]
    assert rows.weight.tolist() == [1, 1, 1]
    # by 12 days only the event would be known
    assert members.frame().at(1, 12).weight.tolist() == [1, 0, 0]
    # where they were followed far enough, the horizon is the one that is asked for
    assert members.frame_at(np.arange(3), 6)[2] == 6


def test_an_index_date_that_the_cut_leaves_too_little_time_is_left_out() -> None:
    # The third member begins 6 days later: of it nothing but an event could be known by day 12.
    members = make_members([0, 1, 1], [12, 3, 2])
    later = members.labels["index_date"] + pd.to_timedelta([0, 0, 6], unit="D")
    members = replace(members, labels=members.labels.assign(index_date=later))
    rows, frame, days = members.frame_at(np.arange(3), 12, until=DAY + pd.Timedelta(days=12))
    assert (rows.tolist(), days) == ([0, 1], 12)
    assert frame.observed.tolist() == [0, 1]
    # without a cut the end of the data is the same for all, and all are taken
    assert members.frame_at(np.arange(3), 12)[0].tolist() == [0, 1, 2]
