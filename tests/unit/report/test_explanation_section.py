"""The section on explanations warns below .8 and is silent where nothing was refitted."""

from __future__ import annotations

from riskkit.report.explanation_section import make_explanation_section


def _figures(spearman: float, overlap: float) -> dict:
    return {
        "fits": 2,
        "spearman": {"mean": spearman, "lowest": spearman - 0.05},
        "top3_overlap": {"mean": overlap, "lowest": overlap},
    }


def _summary(**stability: dict) -> dict:
    outcome = {"title": "Any admission", "kind": "binary", "stability": stability}
    return {"outcomes": {"admission": outcome, "death_1y": {"title": "Death", "kind": "binary"}}}


def test_without_refits_there_is_no_section() -> None:
    assert make_explanation_section({"outcomes": {"death_1y": {"title": "Death", "kind": "binary"}}}) is None


def test_stable_explanations_are_said_to_be() -> None:
    section = make_explanation_section(_summary(seeds=_figures(0.95, 1.0), bootstraps=_figures(0.9, 0.8)))
    assert section is not None
    note, table = section["blocks"]
    assert "agree to 0.8 or more" in note["text"]
    first = [cell["text"] for cell in table["rows"][0]]
    assert first[1:] == ["other seeds", "2", "0.95 (0.90)", "1.00 (1.00)"]


def test_below_the_limit_there_is_a_warning_that_names_outcome_and_refits() -> None:
    section = make_explanation_section(_summary(seeds=_figures(0.95, 1.0), bootstraps=_figures(0.9, 0.66)))
    assert section is not None
    assert "Any admission (other samples of members)" in section["blocks"][0]["text"]
    assert "other seeds" not in section["blocks"][0]["text"]


def test_an_outcome_that_could_not_be_refitted_is_named_with_the_reason() -> None:
    reason = "fewer than 20 events among the rows of a light refit"
    death = {"title": "Death", "kind": "binary", "stability_absent": reason}
    section = make_explanation_section({"outcomes": {"death_1y": death}})
    assert section is not None
    assert [block["text"] for block in section["blocks"]] == [f"Not measured for Death: {reason}."]


def test_refits_that_use_no_feature_are_named_as_not_defined_and_nothing_is_praised() -> None:
    nothing = {"fits": 2, "spearman": {"mean": None, "lowest": None}, "top3_overlap": {"mean": None, "lowest": None}}
    section = make_explanation_section(_summary(seeds=nothing, bootstraps=_figures(0.9, 1.0)))
    assert section is not None
    table, note = section["blocks"]
    assert [cell["text"] for cell in table["rows"][0]][1:] == ["other seeds", "2", "not defined", "not defined"]
    assert note["text"].startswith("Not defined for Any admission (other seeds): the refits use no feature")
