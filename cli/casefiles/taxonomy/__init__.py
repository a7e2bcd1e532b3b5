"""Axial coding: from observations to proposals, from proposals to failure modes, and their upkeep.

Everything here is pure. Files come in as records and as a callable that reads a text, days as
text; what goes out is a record or a plan of changes.
"""
