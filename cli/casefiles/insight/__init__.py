"""Numbers about what reviewed traces show: sets of mode names in, frozen records out.

Knows nothing of files, traces or notes. A *unit* is whatever was drawn and reviewed as one; a
*row* is the set of modes one unit shows.
"""

from __future__ import annotations

from casefiles.insight.curves import (
    CurvePoint,
    Envelope,
    as_it_happened,
    envelope,
    extrapolation,
    guest_ratio,
    mao_tau,
    new_in_last,
    quiet_units,
)
from casefiles.insight.drift import (
    Consistency,
    Count,
    Trend,
    consistency,
    hypergeometric,
    trend,
    two_phase,
)
from casefiles.insight.incidence import Incidence, Rows, Tally, incidence, tally
from casefiles.insight.prevalence import (
    Interval,
    Stratum,
    clopper_pearson,
    effective_size,
    korn_graubard,
    stratified_wilson,
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
    jackknife,
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
    state_of,
    units_to_see,
)

__all__ = [
    "Consistency",
    "Count",
    "CurvePoint",
    "Envelope",
    "Incidence",
    "Interval",
    "Richness",
    "Rows",
    "Saturation",
    "State",
    "Stratum",
    "Tally",
    "Trend",
    "as_it_happened",
    "chao2",
    "clopper_pearson",
    "consistency",
    "coverage",
    "coverage_at",
    "coverage_low",
    "coverage_low_after",
    "detection_floor",
    "effective_size",
    "envelope",
    "expected_new",
    "extrapolation",
    "guest_ratio",
    "hypergeometric",
    "incidence",
    "jackknife",
    "korn_graubard",
    "mao_tau",
    "more_units_until",
    "new_at_most",
    "new_in_last",
    "new_probability",
    "new_probability_by_strata",
    "quiet_units",
    "saturation",
    "state_of",
    "stratified_wilson",
    "tally",
    "trend",
    "two_phase",
    "units_needed_for",
    "units_to_see",
    "wilson",
    "zero_upper",
]
