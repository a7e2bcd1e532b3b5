"""The queries a set of traces starts from: dimensions, tuples that cover them, queries."""
