"""View policies: what each role may see of the canonical tables, and which diagnoses are masked for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import model_validator

from riskkit.data.codes import read_code_list
from riskkit.data.schemas import TABLES
from riskkit.errors import PolicyError
from riskkit.policy import PolicyModel, PolicyNumber, read_policy

if TYPE_CHECKING:
    import pandas as pd


class ViewPolicy(PolicyModel):
    """What a role may see, as `models/views/<role>.toml` says it.

    Parameters
    ----------
    role : {'institution', 'payer', 'patient'}
        Who looks.
    title : str
        What a reader is shown.
    scope : {'institution', 'everyone', 'person'}
        The members enrolled with an institution on a day, all of them, or one.
    sensitive_codes : str
        Code list of the sensitive diagnoses, beside the file.
    mask : tuple of str
        Groups of that list whose diagnoses are masked.
    mask_drugs : tuple of str
        ATC classes that are masked with them.
    tables : dict of str to tuple of str
        Tables that are seen, and the columns that are left empty there.
    smallest_cell : PolicyNumber
        Fewest persons of a count that is shown.
    """

    role: Literal["institution", "payer", "patient"]
    title: str
    scope: Literal["institution", "everyone", "person"]
    sensitive_codes: str
    mask: tuple[str, ...]
    mask_drugs: tuple[str, ...]
    tables: dict[str, tuple[str, ...]]
    smallest_cell: PolicyNumber

    @model_validator(mode="after")
    def _tables_are_known(self) -> ViewPolicy:
        for name, hidden in self.tables.items():
            if name not in TABLES:
                message = f"[tables] {name}: not a canonical table. Use {', '.join(TABLES)}"
                raise ValueError(message)
            required = {column.name for column in TABLES[name].columns if column.required}
            wrong = [c for c in hidden if c not in TABLES[name].column_names or c in required]
            if wrong:
                message = f"[tables] {name}: {wrong[0]!r} is no column of it that may be empty. Remove it"
                raise ValueError(message)
        return self


def read_view(path: str | Path) -> tuple[ViewPolicy, pd.DataFrame]:
    """Read a view and the code list that it names.

    Parameters
    ----------
    path : str or pathlib.Path
        `models/views/<role>.toml`.

    Returns
    -------
    tuple of ViewPolicy and pandas.DataFrame
        The view, and the prefixes of the sensitive diagnoses.

    Raises
    ------
    PolicyError
        If a file is absent or breaks a rule, or a masked group is not in the list.
    """
    policy = read_policy(path, ViewPolicy)
    sensitive = read_code_list(Path(path).parent / policy.sensitive_codes)
    unknown = sorted(set(policy.mask) - set(sensitive["group"]))
    if unknown:
        known = ", ".join(sorted(set(sensitive["group"])))
        message = (
            f"{path} mask: found {unknown[0]!r}, expected groups of {policy.sensitive_codes}: {known}. Correct it."
        )
        raise PolicyError(message)
    return policy, sensitive
