"""An imported equation comes out calibrated on persons it was not fitted on, and its map can be used again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import PolicyError
from riskkit.risk.calibrator import calibrator_from_dict
from riskkit.risk.settings import CalibrationSettings
from riskkit.workflow.imported import describe_recalibration, read_rules, recalibrate_column, recalibrate_file
from riskkit.workflow.imported_rows import Columns

MODELS = Path(__file__).parents[3] / "models" / "outcomes"
COLUMNS = Columns("chd", weight="weight", person="person_id")


def make_table(n_rows: int = 4000, seed: int = 0) -> pd.DataFrame:
    """An equation that says twice the odds, and twice the logit's spread."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-2.0, 0.7, n_rows)
    observed = rng.random(n_rows) < 1 / (1 + np.exp(-logit))
    return pd.DataFrame(
        {
            "person_id": [f"p{row}" for row in range(n_rows)],
            "chd": 1 / (1 + np.exp(-(np.log(2) + 2 * logit))),
            "observed": observed.astype(int),
            "weight": rng.uniform(1.0, 2.0, n_rows),
            "region": np.where(np.arange(n_rows) % 2, "east", "west"),
        }
    )


def test_it_is_mended_in_level_and_slope_on_persons_that_no_map_has_seen() -> None:
    report = recalibrate_column(make_table(), COLUMNS, n_bootstrap=100).report
    before, after = report["before"], report["after"]
    assert not before["calibration_slope"]["low"] <= 1 <= before["calibration_slope"]["high"]
    for metric in ("oe_ratio", "calibration_slope"):
        assert after[metric]["low"] <= 1 <= after[metric]["high"]
    assert after["ici"]["value"] < before["ici"]["value"] / 3
    assert report["method"] in set(report["losses"]) - {"identity"}


def test_neither_the_table_nor_the_order_of_its_rows_changes() -> None:
    table = make_table(800)
    kept = table.copy()
    found = recalibrate_column(table, COLUMNS, n_bootstrap=0)
    pd.testing.assert_frame_equal(table, kept)
    order = np.random.default_rng(1).permutation(800)
    moved = recalibrate_column(table.iloc[order], COLUMNS, n_bootstrap=0)
    np.testing.assert_allclose(moved.predicted, found.predicted[order], rtol=1e-9)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_file_gets_its_column_its_map_and_its_figures(tmp_path: Path, ending: str) -> None:
    file, table = tmp_path / f"predictions.{ending}", make_table(800)
    table.to_csv(file, index=False) if ending == "csv" else table.to_parquet(file)
    found = recalibrate_file(file, tmp_path / "out", COLUMNS, n_bootstrap=20)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "calibrator.json",
        f"predictions.{ending}",
        "recalibration.json",
    ]
    written = tmp_path / "out" / file.name
    again = pd.read_csv(written) if ending == "csv" else pd.read_parquet(written)
    frozen = json.loads((tmp_path / "out" / "calibrator.json").read_text(encoding="utf-8"))
    applied = calibrator_from_dict(frozen["calibrator"]).apply(again["chd"])
    np.testing.assert_allclose(again["chd_recalibrated"], applied, rtol=1e-12)
    assert json.loads((tmp_path / "out" / "recalibration.json").read_text(encoding="utf-8")) == found.report


def test_groups_are_mended_where_an_outcome_declares_them_and_nowhere_else() -> None:
    table = make_table()
    east = table["region"] == "east"
    table.loc[east, "chd"] = table.loc[east, "chd"] / 2
    columns = Columns("chd", person="person_id", group="region")
    rules = CalibrationSettings(methods=("sigmoid",), groups=("region",))
    found = recalibrate_column(table, columns, rules=rules, n_bootstrap=0)
    for region in (east, ~east):
        # 2000 members, some 300 events: 4 standard errors of O/E are .23
        assert table["observed"][region].sum() / found.predicted[region].sum() == pytest.approx(1, abs=0.1)
    with pytest.raises(PolicyError, match="'region' is not declared a rate factor"):
        recalibrate_column(table, columns, n_bootstrap=0)


def test_an_outcome_says_how_and_a_cost_is_refused() -> None:
    assert read_rules(MODELS / "admission.toml").methods[0] == "identity"
    assert read_rules(None).groups == ()
    with pytest.raises(PolicyError, match=r"next_year_cost.toml kind: found 'cost', expected 'binary'"):
        read_rules(MODELS / "next_year_cost.toml")


def test_the_terminal_shows_before_and_after() -> None:
    lines = describe_recalibration(recalibrate_column(make_table(800), COLUMNS, n_bootstrap=20).report)
    assert lines[0].startswith("chd: 800 rows, ")
    assert lines[1].split()[0] == "oe_ratio"
    assert " to " in lines[1]
    assert "  ->  " in lines[1]


def test_no_map_is_a_candidate_even_where_an_outcome_does_not_list_it() -> None:
    report = recalibrate_column(
        make_table(800), COLUMNS, rules=CalibrationSettings(methods=("sigmoid", "beta")), n_bootstrap=0
    ).report
    assert set(report["losses"]) == {"identity", "sigmoid", "beta"}
