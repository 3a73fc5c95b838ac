"""Rates: a per-capita rate for each member as a ledger of numbered steps, tied to a budget to the cent."""
