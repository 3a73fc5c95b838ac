"""The page an actuary signs: one self-contained HTML file for each retraining."""
