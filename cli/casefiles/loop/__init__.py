"""The public Python API: one module per verb of the loop.

Each loads what it needs, hands the doors (disk, git, targets) to the pure rooms as values or
callables, and writes the plan that comes back.
"""
