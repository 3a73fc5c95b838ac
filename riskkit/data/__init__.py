"""Canonical tables: what they hold, how they are read, checked, written, and where they come from."""
