"""The command line: one command per step, one line per error, an exit code per kind of error."""

from __future__ import annotations

import os
import sys

import typer

from riskkit.cli import (
    commands,
    data_commands,
    member_commands,
    model_commands,
    rates_commands,
    settlement_commands,
    stress_commands,
    worklist_commands,
)
from riskkit.cli.app import app
from riskkit.errors import RiskkitError

__all__ = [
    "app",
    "commands",
    "data_commands",
    "main",
    "member_commands",
    "model_commands",
    "rates_commands",
    "settlement_commands",
    "stress_commands",
    "worklist_commands",
]


def main() -> None:
    """Run the command line; an error on purpose is one line and its own exit code, never a traceback."""
    # Threads that spin while they wait cost LightGBM many times its work on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        # As a standalone program typer would print the usage and a hint around each error of usage.
        code = app(prog_name="riskkit", standalone_mode=False)
    except typer.TyperException as error:
        sys.stderr.write(_describe_usage_error(error))
        sys.exit(error.exit_code)
    except RiskkitError as error:
        sys.stderr.write(f"{type(error).__name__}: {' '.join(str(error).split())}\n")
        sys.exit(error.exit_code)
    except OSError as error:
        sys.stderr.write(
            f"{type(error).__name__}: {error}. Check the path, its permissions and the space on the disk.\n"
        )
        sys.exit(1)
    sys.exit(code)


def _describe_usage_error(error: typer.TyperException) -> str:
    """Say in one line what is wrong with an option or argument; without any argument, what there is to ask for."""
    message = error.format_message()
    if message.startswith("Usage:"):
        return f"{message}\n"
    line = " ".join(message.split())
    end = "" if line.endswith((".", "?")) else "."
    context = getattr(error, "ctx", None)
    hint = f" Try '{context.command_path} --help'." if context else ""
    return f"Error: {line}{end}{hint}\n"
