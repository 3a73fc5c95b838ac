"""Buhlmann-Straub on published figures, and what it refuses."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.rates.credibility import compute_credibility

# Hachemeister (1975): average bodily-injury claim amounts and numbers of claims, five states by twelve quarters.
RATIOS = {
    "1": [1738, 1642, 1794, 2051, 2079, 2234, 2032, 2035, 2115, 2262, 2267, 2517],
    "2": [1364, 1408, 1597, 1444, 1342, 1675, 1470, 1448, 1464, 1831, 1612, 1471],
    "3": [1759, 1685, 1479, 1763, 1674, 2103, 1502, 1622, 1828, 2155, 2233, 2059],
    "4": [1223, 1146, 1010, 1257, 1426, 1532, 1953, 1123, 1343, 1243, 1762, 1306],
    "5": [1456, 1499, 1609, 1741, 1482, 1572, 1606, 1735, 1607, 1573, 1613, 1690],
}
WEIGHTS = {
    "1": [7861, 9251, 8706, 8575, 7917, 8263, 9456, 8003, 7365, 7832, 7849, 9077],
    "2": [1622, 1742, 1523, 1515, 1622, 1602, 1964, 1515, 1527, 1748, 1654, 1861],
    "3": [1147, 1357, 1329, 1204, 998, 1077, 1277, 1218, 896, 1003, 1108, 1121],
    "4": [407, 396, 348, 341, 315, 328, 352, 331, 287, 384, 321, 342],
    "5": [2902, 3172, 3046, 3068, 2693, 2910, 3275, 2697, 2663, 3017, 3242, 3425],
}


def make_experience(ratios: dict[str, list[float]], weights: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (team, ratio, weight)
        for team, values in ratios.items()
        for ratio, weight in zip(values, weights[team], strict=True)
    ]
    return pd.DataFrame(rows, columns=["team_id", "ratio", "weight"])


def test_hachemeister_gives_the_published_components_and_premiums() -> None:
    # METHODS 6 [V], equal to R's actuar
    found = compute_credibility(make_experience(RATIOS, WEIGHTS))  # type: ignore[arg-type]
    assert found.within_variance == pytest.approx(139_120_026, abs=1)
    assert found.between_variance == pytest.approx(89_638.73, abs=0.01)
    assert found.complement == pytest.approx(1_683.713, abs=0.001)
    assert found.teams["credibility"].tolist() == pytest.approx([0.9847, 0.9276, 0.8985, 0.7279, 0.9588], abs=5e-5)
    assert found.teams["premium"].tolist() == pytest.approx([2055.17, 1523.71, 1793.44, 1442.97, 1603.29], abs=0.006)


def test_teams_that_differ_by_chance_alone_all_get_the_common_mean() -> None:
    # both teams have mean 1: no variance between, so nothing of the own experience counts
    found = compute_credibility(make_experience({"A": [0.9, 1.1], "B": [1.2, 0.8]}, {"A": [1, 1], "B": [3, 3]}))
    assert found.between_variance == 0
    assert found.teams["premium"].tolist() == [1.0, 1.0]
    assert found.teams["credibility"].tolist() == [0.0, 0.0]


def test_the_order_of_rows_does_not_matter() -> None:
    experience = make_experience(RATIOS, WEIGHTS)  # type: ignore[arg-type]
    first, second = (compute_credibility(frame) for frame in (experience, experience.sample(frac=1, random_state=1)))
    pd.testing.assert_frame_equal(first.teams, second.teams, check_exact=True)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (pd.DataFrame({"team_id": ["A"], "ratio": [1.0]}), "column 'weight' is missing"),
        (make_experience({"A": [1, 2]}, {"A": [1, 1]}), "1 teams with at most 2 periods"),
        (make_experience({"A": [1], "B": [2]}, {"A": [1], "B": [1]}), "2 teams with at most 1 periods"),
        (make_experience({"A": [1, 2], "B": [1, 2]}, {"A": [1, 0], "B": [1, 1]}), "a weight is not above 0"),
    ],
)
def test_experience_that_teaches_nothing_is_refused(frame: pd.DataFrame, text: str) -> None:
    with pytest.raises(DataContractError, match=text):
        compute_credibility(frame)
