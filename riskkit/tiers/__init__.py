"""Tiers: frozen cuts on a predicted risk, the documents' clinical rule, and the service package of each tier."""
