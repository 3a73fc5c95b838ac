"""Synthetic cohort: diabetic members whose true risks and expected costs are known."""

from riskkit.data.synthetic.cohort import SyntheticCohort, make_cohort, write_cohort

__all__ = ["SyntheticCohort", "make_cohort", "write_cohort"]
