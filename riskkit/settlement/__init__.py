"""Settlement: prepaid against actual by team, under a dated policy, to the minor unit."""
