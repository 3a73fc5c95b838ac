"""Every link from the trees to the age-sex factors is checked on the stored figures, and a broken one is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from riskkit.risk.balance import Balance
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.fit import fit_outcome
from riskkit.risk.model import OutcomeModel
from riskkit.risk.order import check_model_order
from tests.unit.risk.conftest import make_frame, make_spec

DIRECTIONS = {"age_years": 1, "hba1c": 1, "noise": 0}
NAMES = ["age_years", "hba1c", "noise"]
EVEN = ((0.25, 0.25), (0.25, 0.25))


def fit(directions: dict[str, int]) -> OutcomeModel:
    train, calibration = make_frame(400, kind="cost"), make_frame(200, kind="cost", seed=5, prefix="c")
    return fit_outcome(make_spec("cost"), train, calibration, feature_names=NAMES, directions=directions)


@pytest.fixture(scope="module")
def model() -> OutcomeModel:
    balance = Balance((65.0,), ((0.9, 1.1), (1.0, 1.0)), EVEN)
    return replace(fit(DIRECTIONS), balance=balance)


def verdicts(model: OutcomeModel, directions: dict[str, int] = DIRECTIONS) -> dict[str, str]:
    table = check_model_order(model, directions)
    return dict(zip(table["step"], table["verdict"], strict=True))


def found(model: OutcomeModel, step: str) -> str:
    return str(check_model_order(model, DIRECTIONS).set_index("step").loc[step, "found"])


def test_every_link_of_a_fitted_model_holds(model: OutcomeModel) -> None:
    assert verdicts(model) == dict.fromkeys(["trees", "link", "map", "cells", "age"], "holds")
    # two constrained features of three, and 2 x 2 cells with factors of .9 to 1.1
    assert found(model, "trees") == f"{model.boosters[0].num_trees()} trees, 2 constrained features"
    assert found(model, "cells") == "4 cells, 0.900 to 1.100"


def test_trees_that_were_left_free_are_found_by_feature(model: OutcomeModel) -> None:
    free = replace(model, booster_texts=fit({}).booster_texts)
    assert verdicts(free)["trees"] == "fails"
    assert "the wrong order" in found(free, "trees")


@pytest.mark.parametrize(
    "calibrator",
    [
        Calibrator("cost", "loglinear", slope=-0.5),
        Calibrator("cost", "isotonic", x=(1.0, 2.0, 3.0), y=(1.0, 3.0, 2.0)),
        Calibrator("cost", "isotonic", x=(1.0, 2.0), y=(1.0, 1.0)),
    ],
)
def test_a_map_that_is_level_or_falls_is_found(model: OutcomeModel, calibrator: Calibrator) -> None:
    assert verdicts(replace(model, calibrator=calibrator))["map"] == "fails"


@pytest.mark.parametrize("factor", [-0.2, 0.0, float("nan"), float("inf")])
def test_a_cell_whose_factor_is_not_positive_turns_its_members_round(model: OutcomeModel, factor: float) -> None:
    # within the cell of women from 65 the sicker of two would be multiplied down, or both to nothing
    broken = replace(model, balance=Balance((65.0,), ((0.9, 1.1), (1.0, factor)), EVEN))
    assert verdicts(broken)["cells"] == "fails"
    assert found(broken, "cells").startswith("women from 65: a factor of")


def test_a_birthday_that_makes_cheaper_is_found_and_named(model: OutcomeModel) -> None:
    broken = replace(model, balance=Balance((50.0, 65.0), ((0.9, 1.1, 1.1), (1.0, 1.2, 1.15)), ((1 / 6,) * 3,) * 2))
    assert verdicts(broken) | {"age": "fails"} == verdicts(broken)
    assert found(broken, "age") == "women from 65: 1.1500 after 1.2000"
    assert verdicts(broken)["cells"] == "holds"


def test_without_a_direction_nothing_is_claimed_of_age(model: OutcomeModel) -> None:
    falling = replace(model, balance=Balance((65.0,), ((1.1, 0.9), (1.0, 1.0)), EVEN))
    assert verdicts(falling, {"hba1c": 1})["age"] == "not claimed"
    assert verdicts(falling, {"hba1c": 1, "age_years": -1})["age"] == "holds"


def test_a_model_without_constraints_claims_nothing(model: OutcomeModel) -> None:
    loose = replace(
        model, spec=model.spec.model_copy(update={"model": model.spec.model.model_copy(update={"monotone": False})})
    )
    assert verdicts(loose)["trees"] == "not claimed"
