"""The GAM is an extra: said plainly where it is absent, and fitted by column and weight where it is there."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation import gam
from riskkit.evaluation.comparators import fit_comparator

FRAME = pd.DataFrame({"person_id": list("abcd"), "age": [40.0, 50.0, 60.0, np.nan], "lab": [1.0, 2.0, 3.0, 4.0]})


class _Machine:
    """Predicts the weighted mean of what it saw, and remembers how it was asked."""

    made: dict[str, object]

    def __init__(self, **options: object) -> None:
        type(self).made = options

    def fit(self, x: np.ndarray, y: np.ndarray, sample_weight: np.ndarray) -> None:
        assert x.shape[1] == len(self.made["feature_names"])
        self.mean = np.average(y, weights=sample_weight)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.full(len(x), self.mean)

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        return np.column_stack([1 - self.predict(x), self.predict(x)])


@pytest.fixture
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    package, glassbox = ModuleType("interpret"), ModuleType("interpret.glassbox")
    glassbox.ExplainableBoostingClassifier = glassbox.ExplainableBoostingRegressor = _Machine
    monkeypatch.setitem(sys.modules, "interpret", package)
    monkeypatch.setitem(sys.modules, "interpret.glassbox", glassbox)
    monkeypatch.setattr(gam, "is_gam_installed", lambda: True)


@pytest.mark.usefixtures("_stub")
@pytest.mark.parametrize(("kind", "observed"), [("binary", [0, 0, 1, 1]), ("cost", [0, 0, 300, 300])])
def test_it_reads_the_features_without_keys_and_weighs_its_rows(kind: str, observed: list[float]) -> None:
    fitted = fit_comparator("gam", kind, FRAME, observed, [1, 1, 1, 3])
    # (0 + 0 + 1 + 3 * 1) / 6 = 2/3 of the highest outcome
    np.testing.assert_allclose(fitted.predict(FRAME), 2 / 3 * max(observed))
    assert fitted.feature_names == ("age", "lab")


@pytest.mark.usefixtures("_stub")
def test_it_has_no_interactions_and_one_job() -> None:
    fit_comparator("gam", "cost", FRAME, [1, 2, 3, 4])
    assert _Machine.made["interactions"] == 0
    assert _Machine.made["n_jobs"] == 1


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gam, "is_gam_installed", lambda: False)
    with pytest.raises(
        DataContractError, match="interpret-core is not installed: install riskkit with the extra 'gam'"
    ):
        fit_comparator("gam", "cost", FRAME, [1, 2, 3, 4])


def test_it_beats_a_straight_line_where_the_effect_bends() -> None:
    pytest.importorskip("interpret", reason="interpret-core (the extra 'gam') is not installed")
    x = np.random.default_rng(0).uniform(-1, 1, 3000)
    frame, y = pd.DataFrame({"x": x}), 1000 * x**2
    bent, straight = (fit_comparator(name, "cost", frame, y).predict(frame) for name in ("gam", "linear"))
    assert np.mean((y - bent) ** 2) < 0.1 * np.mean((y - straight) ** 2)
