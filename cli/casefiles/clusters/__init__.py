"""Groups of like observations, proposed without a model: likeness of wording, linkage, names.

Nothing here is imported until a command proposes groups: numpy costs more than the rest of the
start-up together, so this file imports nothing.
"""
