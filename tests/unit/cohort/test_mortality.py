"""Time to death: who is followed how long, and which deaths count."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.cohort.mortality import label_death

INDEX = pd.Timestamp("2020-01-01")


def label(spans: list[tuple[str, str]], death: str | None, horizon_days: int = 365) -> tuple[float, float, float]:
    cohort = pd.DataFrame({"person_id": ["a"], "index_date": [INDEX]})
    person = pd.DataFrame({"person_id": ["a"], "death_date": pd.to_datetime([death])})
    enrollment = pd.DataFrame(
        {
            "person_id": "a",
            "start_date": pd.to_datetime([start for start, _ in spans]),
            "end_date": pd.to_datetime([end for _, end in spans]),
        }
    )
    row = label_death(cohort, person, enrollment, horizon_days=horizon_days).iloc[0]
    return row["cause"], row["followed_days"], row["weight"]


@pytest.mark.parametrize(
    ("spans", "death", "expected"),
    [
        ([("2019-01-01", "2022-01-01")], None, (0, 365, 1)),
        ([("2019-01-01", "2020-01-11")], None, (0, 10, 1)),
        ([("2019-01-01", "2022-01-01")], "2020-01-11", (1, 10, 1)),
        ([("2019-01-01", "2020-01-11")], "2020-01-11", (1, 10, 1)),
        ([("2019-01-01", "2020-01-11")], "2020-01-12", (0, 10, 1)),
        ([("2019-01-01", "2022-01-01")], "2020-12-30", (1, 364, 1)),
        ([("2019-01-01", "2022-01-01")], "2020-12-31", (0, 365, 1)),
        ([("2019-01-01", "2020-01-11"), ("2020-01-11", "2020-01-21")], None, (0, 20, 1)),
        ([("2019-01-01", "2020-01-11"), ("2020-01-12", "2020-01-21")], None, (0, 10, 1)),
        ([("2019-01-01", "2019-12-01")], "2020-01-05", (0, 0, 0)),
    ],
    ids=[
        "followed to the horizon",
        "leaves after ten days",
        "dies on day 10",
        "the span ends with the death",
        "a death after leaving does not count",
        "the last day of the window",
        "the day after it",
        "a renewed contract goes on",
        "a gap of one day ends it",
        "not enrolled on the index date",
    ],
)
def test_follow_up_and_cause(
    spans: list[tuple[str, str]], death: str | None, expected: tuple[float, float, float]
) -> None:
    assert label(spans, death) == expected


def test_rows_keep_the_order_of_the_cohort_and_each_index_date_its_own_time() -> None:
    cohort = pd.DataFrame(
        {"person_id": ["b", "a", "a"], "index_date": pd.to_datetime(["2020-01-01", "2020-03-01", "2020-01-01"])}
    )
    person = pd.DataFrame({"person_id": ["a", "b"], "death_date": pd.to_datetime(["2020-03-02", None])})
    enrollment = pd.DataFrame(
        {"person_id": ["a", "b"], "start_date": INDEX, "end_date": pd.to_datetime(["2020-03-03", "2020-01-31"])}
    )
    labels = label_death(cohort, person, enrollment, horizon_days=365)
    assert labels["person_id"].tolist() == ["b", "a", "a"]
    # 31 days of January and 29 of February, and a day of March
    assert labels[["cause", "followed_days"]].to_numpy().tolist() == [[0, 30], [1, 1], [1, 61]]
