"""How good the predictions are: discrimination, calibration, cost fit, groups, drift and simple comparators."""
