"""Death in the Danish register sample: nobody is dropped for being censored, and the model ranks better than age."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.data.presets import find_presets
from riskkit.workflow.bundle import read_bundle
from riskkit.workflow.retrain import train_only
from riskkit.workflow.scheme import read_scheme

SHARED = Path(__file__).parents[3] / "shared" / "data" / "epi_diabetes"


@pytest.mark.shared_data
@pytest.mark.slow
def test_death_within_five_years_beats_age_alone_and_counts_everyone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not SHARED.is_dir():
        pytest.skip("the real data (../shared/data) are not beside the project")
    monkeypatch.setenv("RISKKIT_ID_KEY", "a test key of enough bytes")
    scheme = read_scheme(find_presets() / "pipelines" / "dmlate.toml", n_bootstrap=100)
    summary = train_only(scheme, SHARED, tmp_path / "out")
    found = summary["outcomes"]["mortality_5y"]["follow_up"]
    assert found["rows_in"] == found["rows_evaluated"] + found["rows_for_tuning"]
    assert found["dropped_for_censoring"] == 0
    # the windows of 2007 and 2009 end after the register does
    assert found["left_before_horizon"] > 9_000
    assert found["auroc"]["low"] > 0.75
    assert found["auroc_gain_over_age"]["low"] > 0
    assert 0.95 <= found["oe_ratio"]["value"] <= 1.05
    assert list(read_bundle(tmp_path / "out" / "bundle").models) == ["mortality_1y", "mortality_5y"]
