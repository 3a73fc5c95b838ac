from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.teams import draw_teams


def test_a_handful_of_members_still_has_a_team(rng: np.random.Generator) -> None:
    assert draw_teams(1, 5, rng).number.tolist() == [1]


def test_teams_of_one_institution_share_place_and_level(rng: np.random.Generator) -> None:
    teams = draw_teams(1, 3_200, rng)
    assert len(teams) == 20
    for house in np.unique(teams.institution):
        inside = teams.take(teams.institution == house)
        assert len(set(zip(inside.region, inside.urban, inside.level, strict=True))) == 1


def test_teams_of_different_blocks_have_different_numbers(rng: np.random.Generator) -> None:
    first, second, third = (draw_teams(start, 10_000, rng) for start in (1, 10_001, 20_001))
    for field in ("number", "institution"):
        sets = [set(getattr(teams, field).tolist()) for teams in (first, second, third)]
        assert not sets[0] & sets[1]
        assert not sets[1] & sets[2]
