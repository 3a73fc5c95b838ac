"""Explanations of every scored member on disk: contributions and reasons by outcome, written batch by batch."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Self

import pandas as pd

from riskkit.data.staging import staged
from riskkit.errors import DataContractError
from riskkit.explain.reasons import compute_reasons
from riskkit.workflow.member_contributions import KEYS, quantity_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow.parquet as pq

    from riskkit.explain.reasons import Reason
    from riskkit.workflow.bundle import Bundle

ALL, NONE = "all", "none"
FILES = ("contributions.parquet", "reasons.parquet", "base_value.json")
REASON = {
    "group": "str",
    "direction": "str",
    "feature": "str",
    "value": "float64",
    "unit": "str",
    "amount": "float64",
    "text": "str",
    "text_zh": "str",
}
"""Columns of a reason, as `compute_reasons` gives them, and their types."""


def choose_explained(bundle: Bundle, asked: Sequence[str]) -> tuple[str, ...]:
    """Say which outcomes are explained for every member.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    asked : sequence of str
        Outcomes, or ``"all"`` or ``"none"`` alone.

    Returns
    -------
    tuple of str
        Prediction columns, in the order of the bundle.

    Raises
    ------
    DataContractError
        If an outcome is not in the bundle, or ``"all"`` or ``"none"`` does not stand alone.
    """
    if list(asked) == [ALL]:
        return tuple(bundle.models)
    if list(asked) == [NONE]:
        return ()
    unknown = [name for name in asked if name not in bundle.models]
    if unknown:
        message = (
            f"explain: outcome {unknown[0]!r}, expected {ALL} or {NONE} alone, or some of {', '.join(bundle.models)}. "
            "Name outcomes of the bundle."
        )
        raise DataContractError(message)
    return tuple(name for name in bundle.models if name in asked)


def name_explanations(scores: Path) -> Path:
    """Name the folder of the explanations that belong to a file of scores.

    Parameters
    ----------
    scores : pathlib.Path
        The Parquet file of the scores.

    Returns
    -------
    pathlib.Path
        A folder beside it.

    Examples
    --------
    >>> from pathlib import PurePosixPath
    >>> str(name_explanations(PurePosixPath("out/scores.parquet")))
    'out/scores_explanations'
    """
    return scores.with_name(f"{scores.stem}_explanations")


def drop_explanations(folder: Path) -> None:
    """Remove the explanations of an earlier scoring, which would stand beside scores that they do not explain.

    Parameters
    ----------
    folder : pathlib.Path
        From `name_explanations`; whatever else stands in it stays, and it may be absent.
    """
    for file in sorted(folder.glob("*/reasons.parquet")):
        for name in FILES:
            file.with_name(name).unlink(missing_ok=True)
        if not any(file.parent.iterdir()):
            file.parent.rmdir()


class ExplanationFiles:
    """Files that grow by a batch of members at a time, so that memory does not grow with the members.

    Each outcome has a folder with ``contributions.parquet`` (a row per member: `person_id`, `index_date`,
    `base_value`, a column per feature, in the unit of the prediction), ``reasons.parquet`` (a row per reason:
    `person_id`, `index_date`, `outcome`, `rank` from 1, and what `compute_reasons` gives) and ``base_value.json``.
    Identifiers stand as they are given: hashed.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    folder : pathlib.Path
        Gets a folder per outcome.
    outcomes : sequence of str
        Prediction columns to write.
    """

    def __init__(self, bundle: Bundle, folder: Path, outcomes: Sequence[str]) -> None:
        self.outcomes = tuple(outcomes)
        self._bundle, self._folder = bundle, folder
        self._catalogue = bundle.catalogue.to_frame()
        self._open = ExitStack()
        self._files: dict[Path, pq.ParquetWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._open.close()

    def add(self, outcome: str, contributions: pd.DataFrame, members: pd.DataFrame) -> None:
        """Add some members.

        Parameters
        ----------
        outcome : str
            Prediction column; one that is not written is passed over.
        contributions : pandas.DataFrame
            From `explain_members`.
        members : pandas.DataFrame
            Keys and features of the same rows.
        """
        if outcome not in self.outcomes or not len(contributions):
            return
        place, quantity = self._folder / outcome, quantity_of(self._bundle, self._bundle.models[outcome])
        if not place.is_dir():
            place.mkdir(parents=True)
            write_base_value(self._bundle, outcome, contributions, place)
        reasons = compute_reasons(contributions, members, self._catalogue, quantity)
        self._write(place / "contributions.parquet", contributions)
        self._write(place / "reasons.parquet", lay_out_reasons(outcome, contributions[KEYS], reasons))

    def _write(self, file: Path, frame: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(frame, preserve_index=False)
        if file not in self._files:
            self._files[file] = self._open.enter_context(pq.ParquetWriter(file, table.schema))
        self._files[file].write_table(table)


@contextmanager
def open_explanations(bundle: Bundle, scores: Path, outcomes: Sequence[str]) -> Iterator[ExplanationFiles | None]:
    """Open the explanations beside a file of scores; they take the place of earlier ones when the block ends well.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    scores : pathlib.Path
        The Parquet file of the scores.
    outcomes : sequence of str
        From `choose_explained`.

    Yields
    ------
    ExplanationFiles or None
        None where nothing is to be explained.
    """
    folder = name_explanations(scores)
    if not outcomes:
        yield None
        drop_explanations(folder)
        return
    with staged(folder) as stage:
        with ExplanationFiles(bundle, stage, outcomes) as files:
            yield files
        drop_explanations(folder)


def write_base_value(bundle: Bundle, outcome: str, contributions: pd.DataFrame, folder: Path) -> None:
    """Write from where the contributions of an outcome start, in the unit in which they are said.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    outcome : str
        Prediction column.
    contributions : pandas.DataFrame
        Contributions of any of its members.
    folder : pathlib.Path
        Gets ``base_value.json``.
    """
    quantity = quantity_of(bundle, bundle.models[outcome])
    said = quantity.scale * float(contributions["base_value"].iloc[0])
    base = {"outcome": outcome, "unit": quantity.unit, "base_value": said}
    (folder / "base_value.json").write_text(json.dumps(base, ensure_ascii=False, indent=1), encoding="utf-8")


def lay_out_reasons(outcome: str, keys: pd.DataFrame, reasons: Sequence[Sequence[Reason]]) -> pd.DataFrame:
    """Lay reasons out one a row.

    Parameters
    ----------
    outcome : str
        Prediction column.
    keys : pandas.DataFrame of shape (n_rows, 2)
        `person_id`, `index_date`.
    reasons : sequence of n_rows sequences of dict
        From `compute_reasons`.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `index_date`, `outcome`, `rank` and the columns of a reason; a member without reasons has no row.
    """
    counts = [len(row) for row in reasons]
    repeated = keys.loc[keys.index.repeat(counts)].reset_index(drop=True)
    flat = pd.DataFrame([reason for row in reasons for reason in row], columns=list(REASON)).astype(REASON)
    ranks = [rank for count in counts for rank in range(1, count + 1)]
    front = repeated.assign(outcome=pd.array([outcome] * len(repeated), dtype="str"), rank=pd.array(ranks, "int64"))
    return pd.concat([front, flat], axis=1)
