"""Why a member got a prediction: contributions that sum exactly, reasons in words, and their figures."""
