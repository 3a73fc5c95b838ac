"""A random split has no figure of its own: it is refused wherever its temporal twin is not beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.errors import AcceptanceError, PolicyError
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow.random_split import SplitContrast, deal_at_random, refuse_lone_random_split
from riskkit.workflow.retrain import write_summary
from riskkit.workflow.scheme import _find_problems, read_scheme

FIGURE = {"value": 0.7, "low": 0.68, "high": 0.72}


def test_a_contrast_cannot_be_made_without_the_temporal_twin() -> None:
    assert SplitContrast(temporal={"auroc": FIGURE}, random={"auroc": FIGURE}).to_dict()["temporal"]
    with pytest.raises(AcceptanceError, match="auroc of the random split has no temporal figure"):
        SplitContrast(temporal={}, random={"auroc": FIGURE})
    with pytest.raises(AcceptanceError, match="auroc"):
        SplitContrast(temporal={"auroc": FIGURE | {"value": None}}, random={"auroc": FIGURE})


@pytest.mark.parametrize(
    "lone",
    [{"auroc": FIGURE}, {"random": {"auroc": FIGURE}}, {"random": {"auroc": FIGURE}, "temporal": {"r2": FIGURE}}],
)
def test_the_writer_refuses_a_lone_random_split_and_writes_nothing(tmp_path: Path, lone: dict[str, object]) -> None:
    with pytest.raises(AcceptanceError, match="random split"):
        write_summary({"outcomes": {"admission": {"random_split": lone}}}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_both_together_are_written(tmp_path: Path) -> None:
    both = {"temporal": {"auroc": FIGURE}, "random": {"auroc": FIGURE}}
    write_summary({"outcomes": {"admission": {"random_split": both}}}, tmp_path)
    assert (tmp_path / "summary.json").exists()
    refuse_lone_random_split({"outcomes": {"admission": {"test": {"auroc": FIGURE}}}})


def test_no_person_is_on_two_sides_of_the_deal() -> None:
    cohort = pd.DataFrame({"person_id": [f"p{at % 100}" for at in range(300)]})
    split = deal_at_random(cohort, seed=1)
    parts = [set(cohort["person_id"].iloc[rows]) for rows in (split.train, split.calibration, split.test)]
    assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
    assert len(split.train) + len(split.calibration) + len(split.test) == 300


def test_a_scheme_split_by_persons_cannot_ask_for_it(edit_scheme: Callable[..., Path]) -> None:
    text = '[split]\nmethod = "time"\n'
    run = ("[run]\n", "[run]\nrandom_split_contrast = true\n")
    asked = edit_scheme(run)
    assert read_scheme(asked).file.run.random_split_contrast
    with pytest.raises(PolicyError, match="a random split is shown only beside"):
        read_scheme(edit_scheme(run, (text, '[split]\nmethod = "persons"\n')))


def test_a_scheme_of_hazards_alone_cannot_ask_for_it(edit_scheme: Callable[..., Path]) -> None:
    scheme = read_scheme(edit_scheme(("[run]\n", "[run]\nrandom_split_contrast = true\n")))
    hazards = replace(scheme, outcomes=(read_outcome_spec(find_presets() / "models" / "outcomes" / "mortality.toml"),))
    assert list(_find_problems(scheme)) == []
    assert any("every outcome is a hazard" in problem for problem in _find_problems(hazards))
