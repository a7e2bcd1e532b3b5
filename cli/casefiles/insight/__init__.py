"""Numbers about what reviewed traces show: sets of mode names in, frozen records out.

Knows nothing of files, traces or notes. A *unit* is whatever was drawn and reviewed as one; a
*row* is the set of modes one unit shows.
"""

from __future__ import annotations

from casefiles.insight.curves import (
    CurvePoint,
    as_it_happened,
    extrapolation,
    guest_ratio,
    mao_tau,
    new_in_last,
)
from casefiles.insight.incidence import Incidence, Rows, Tally, incidence, tally
from casefiles.insight.prevalence import (
    Interval,
    Stratum,
    clopper_pearson,
    effective_size,
    korn_graubard,
    wilson,
    zero_upper,
)
from casefiles.insight.richness import (
    Richness,
    chao2,
    coverage,
    coverage_at,
    coverage_low,
    coverage_low_after,
    detection_floor,
    expected_new,
    new_at_most,
    new_probability,
    new_probability_by_strata,
    units_needed_for,
)
from casefiles.insight.saturation import (
    Saturation,
    State,
    more_units_until,
    saturation,
    units_to_see,
)

__all__ = [
    "CurvePoint",
    "Incidence",
    "Interval",
    "Richness",
    "Rows",
    "Saturation",
    "State",
    "Stratum",
    "Tally",
    "as_it_happened",
    "chao2",
    "clopper_pearson",
    "coverage",
    "coverage_at",
    "coverage_low",
    "coverage_low_after",
    "detection_floor",
    "effective_size",
    "expected_new",
    "extrapolation",
    "guest_ratio",
    "incidence",
    "korn_graubard",
    "mao_tau",
    "more_units_until",
    "new_at_most",
    "new_in_last",
    "new_probability",
    "new_probability_by_strata",
    "saturation",
    "tally",
    "units_needed_for",
    "units_to_see",
    "wilson",
    "zero_upper",
]
