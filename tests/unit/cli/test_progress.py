"""Progress goes to standard error: a line per step where nobody watches, a bar where somebody does."""

from __future__ import annotations

import io

import pytest
import rich.console

from riskkit.cli.progress import show_progress


def test_without_a_terminal_each_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as progress:
        for done in range(3):
            progress("score", done, 3)
        progress("explain admission", 0, 2)
        progress("explain payment_cost", 1, 2)
    written = capsys.readouterr()
    assert written.err == "riskkit: score\nriskkit: explain admission\nriskkit: explain payment_cost\n"
    assert written.out == ""


def test_without_a_terminal_each_better_figure_of_a_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as progress:
        for number, best in enumerate((0.31, 0.31, 0.29), start=1):
            progress(f"tune admission (best loss {best})", number, 10)
        progress("tune payment_cost (best loss 7.5)", 1, 0)  # minutes alone: nobody knows how many
    assert capsys.readouterr().err == (
        "riskkit: tune admission (best loss 0.31), 1 of 10\n"
        "riskkit: tune admission (best loss 0.29), 3 of 10\n"
        "riskkit: tune payment_cost (best loss 7.5), 1\n"
    )


def test_on_a_terminal_a_step_of_unknown_length_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = rich.console.Console(file=screen, force_terminal=True, width=80)
    monkeypatch.setattr(rich.console, "Console", lambda **_: console)
    with show_progress() as progress:
        progress("score", 0, 3)
        progress("tune admission (best loss 0.31)", 2, 0)
    assert "2/?" in screen.getvalue()


def test_a_step_that_comes_back_is_told_again(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as progress:
        for step in ("fit", "measure", "fit"):
            progress(step, 0, 1)
    assert capsys.readouterr().err == "riskkit: fit\nriskkit: measure\nriskkit: fit\n"


def test_on_a_terminal_there_is_a_bar_that_goes_away_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = io.StringIO()
    console = rich.console.Console(file=screen, force_terminal=True, width=80)
    monkeypatch.setattr(rich.console, "Console", lambda **_: console)
    with show_progress() as progress:
        progress("score", 1, 3)
        progress("score", 3, 3)
    assert "score" in screen.getvalue()
    assert "3/3" in screen.getvalue()
    # The last thing written erases the line.
    assert screen.getvalue().endswith("\x1b[2K")
    assert capsys.readouterr().err == ""


def test_an_error_within_is_passed_on() -> None:
    def fail() -> None:
        message = "within"
        raise ValueError(message)

    with pytest.raises(ValueError, match="within"), show_progress():
        fail()
