"""The model route: failure modes proposed by a model, every reply checked against the notes.

A model is asked in small steps; what it says is believed only where code can follow it: every
note is accounted for, every reference exists, every quote stands in its note.
"""
