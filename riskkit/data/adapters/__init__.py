"""Adapters: outside layouts mapped onto the canonical tables, with a report of what could not be mapped."""
