"""What a rate policy reads of the members: expected cost, tier, region, exposure and the columns of its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from riskkit.workflow.bundle import Bundle


def rate_frame(
    bundle: Bundle,
    frame: pd.DataFrame,
    predictions: pd.DataFrame,
    tiers: pd.DataFrame,
    *,
    columns: Sequence[str] = (),
) -> pd.DataFrame:
    """Bring together what the rate policy reads.

    Parameters
    ----------
    bundle : Bundle
        A bundle whose rated outcome is named.
    frame : pandas.DataFrame
        Keys, features and context columns (`region`, `exposure_months` where known).
    predictions : pandas.DataFrame
        From `predict_outcomes`.
    tiers : pandas.DataFrame
        From `assign_member_tiers`, or keys alone.
    columns : sequence of str, optional
        Further columns that the rate policy uses.

    Returns
    -------
    pandas.DataFrame
        Keys, `expected_cost`, `region`, `risk_tier`, `exposure_months` and further columns as far as they are at hand.
    """
    wanted = dict.fromkeys(("region", "exposure_months", *columns))
    context = [name for name in wanted if name in frame and name not in tiers]
    rated = frame[["person_id", "index_date", *context]].assign(
        expected_cost=predictions[str(bundle.rated_outcome)].to_numpy()
    )
    return rated.merge(tiers, on=["person_id", "index_date"], how="left", validate="one_to_one")
