"""The adapter's report: what was read, what was written, what had no place, and how the money ties."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Unmapped:
    """Something in the source that the canonical tables do not hold.

    Parameters
    ----------
    what : str
        Column or kind of row, in the source's own words.
    count : int
        Values or rows concerned.
    reason : str
        Why it was left, or how it was settled.
    """

    what: str
    count: int
    reason: str


@dataclass(frozen=True)
class AdapterReport:
    """Account of one conversion.

    Parameters
    ----------
    adapter : str
        Name of the adapter, such as ``"desynpuf"``.
    rows_in : dict of str to int
        Rows read from each source file, by file name.
    rows_out : dict of str to int
        Rows written to each canonical table.
    unmapped : tuple of Unmapped
        What was not mapped, with counts and reasons.
    reconciliation : dict
        Control figures, such as the share of person-years whose claims tie to the annual statement.
    notes : tuple of str
        Choices that a reader of the tables must know.

    Examples
    --------
    >>> report = AdapterReport("toy", {"a.csv": 3}, {"person": 2}, (Unmapped("race", 3, "no column"),))
    >>> report.to_dict()["unmapped"]
    [{'what': 'race', 'count': 3, 'reason': 'no column'}]
    """

    adapter: str
    rows_in: dict[str, int]
    rows_out: dict[str, int]
    unmapped: tuple[Unmapped, ...] = ()
    reconciliation: dict[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON.

        Returns
        -------
        dict
            The fields by name, with `unmapped` and `notes` as lists.
        """
        return {**asdict(self), "unmapped": [asdict(item) for item in self.unmapped], "notes": list(self.notes)}
