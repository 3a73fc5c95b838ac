"""Which stays are one admission, and what the admission states."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from riskkit.cohort.episodes import read_episodes

MakeTable = Callable[..., pd.DataFrame]
TRANSFER_OUT = {"discharge_status": "transfer"}
TRANSFER_IN = {"admission_source": "transfer"}


def _spans(claims: pd.DataFrame) -> list[tuple[str, str]]:
    found = read_episodes({"medical_claim": claims})
    return [
        (f"{start:%m-%d}", f"{end:%m-%d}") for start, end in zip(found["start_date"], found["end_date"], strict=True)
    ]


@pytest.mark.parametrize(
    ("second", "first_change", "second_change", "merged"),
    [
        ("01-03", {}, {}, True),  # overlapping
        ("01-05", {}, {}, True),  # on the day of discharge
        ("01-06", {}, {}, True),  # the day after: a gap of one day
        ("01-07", {}, {}, False),  # a gap of two
        ("01-07", TRANSFER_OUT, {}, True),
        ("01-08", {}, TRANSFER_IN, True),  # three days, said by the receiving side
        ("01-09", TRANSFER_OUT, TRANSFER_IN, False),  # four days are no transfer, whatever is said
    ],
)
def test_contiguous_stays_and_transfers_are_one_admission(
    stays: MakeTable, second: str, first_change: dict[str, object], second_change: dict[str, object], merged: bool
) -> None:
    claims = stays(
        ("a", "2023-01-01", "2023-01-05", first_change), ("a", f"2023-{second}", "2023-01-20", second_change)
    )
    apart = [("01-01", "01-05"), (second, "01-20")]
    assert _spans(claims) == ([("01-01", "01-20")] if merged else apart)


def test_a_stay_inside_another_does_not_cut_it_short(stays: MakeTable) -> None:
    claims = stays(
        ("a", "2023-01-01", "2023-01-31"),
        ("a", "2023-01-05", "2023-01-06"),  # inside
        ("a", "2023-02-01", "2023-02-03"),  # a day after the outer one, not after the inner
    )
    assert _spans(claims) == [("01-01", "02-03")]


def test_persons_are_never_merged_with_one_another(stays: MakeTable) -> None:
    found = read_episodes(
        {"medical_claim": stays(("b", "2023-01-01", "2023-01-05"), ("a", "2023-01-05", "2023-01-08"))}
    )
    assert found[["person_id", "episode"]].to_numpy().tolist() == [["a", 1], ["b", 1]]


def test_the_first_stay_says_how_it_began_and_the_last_to_end_how_it_ended(stays: MakeTable) -> None:
    claims = stays(
        ("a", "2023-01-01", "2023-01-20", {"admission_type": "emergency", "discharge_status": "died"}),
        ("a", "2023-01-05", "2023-01-06", {"admission_type": "elective", "admission_source": "transfer"}),
    )
    found = read_episodes({"medical_claim": claims}).iloc[0]
    # C2 begins last, C1 ends last; that C1 states no source is not filled in from C2
    assert (found["claim_id"], found["discharge_status"], found["admission_type"]) == ("C1", "died", "emergency")
    assert pd.isna(found["admission_source"])
    assert found["stays"] == 2


@pytest.mark.parametrize(
    ("corrections", "spans"),
    [
        ([("01-05", "reversal")], []),
        ([("01-05", "reversal"), ("01-09", "replacement")], [("01-01", "01-09")]),  # the day of discharge corrected
        ([("01-05", "summary")], [("01-01", "01-05")]),
        ([("01-05", "original"), ("01-05", "reversal")], [("01-01", "01-05")]),
    ],
    ids=["taken-back", "replaced", "money", "one-of-two"],
)
def test_only_stays_that_stand_are_merged(
    stays: MakeTable, corrections: list[tuple[str, str]], spans: list[tuple[str, str]]
) -> None:
    changes = [("a", "2023-01-01", f"2023-{end}", {"adjustment": kind}) for end, kind in corrections]
    assert _spans(stays(("a", "2023-01-01", "2023-01-05"), *changes)) == spans


def test_without_stays_there_is_no_admission(stays: MakeTable) -> None:
    visit = stays(("a", "2023-01-01", "2023-01-05", {"setting": "outpatient"}))
    for tables in ({}, {"medical_claim": stays()}, {"medical_claim": visit}):
        assert read_episodes(tables).empty
