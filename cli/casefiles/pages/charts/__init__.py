"""The report's pictures: numbers to Vega-Lite specifications, specifications to inline SVG.

A specification is plain data, in the terms of Vega-Lite (https://vega.github.io/vega-lite/); the
renderer is needed only to draw one. Each chart comes in two sizes, for a wide page and for a
phone, because text that shrinks with the picture cannot be read. The data stand in a table beneath,
so no chart carries a number alone.
"""
