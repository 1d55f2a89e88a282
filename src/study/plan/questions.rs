//! What is asked of the planner in addition to the plan.

/// Analyses requested in addition to the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Questions {
    /// Whether to climb from today over the least that can be done to the whole plan.
    pub ladder: bool,
    /// Whether to work out the recommended rung of the ladder like the whole plan.
    pub option: bool,
    /// Whether to measure what would stand by next best in the place of each standby.
    pub runners_up: bool,
    /// Whether to compute plans from the cheapest to the safest.
    pub frontier: bool,
    pub alternatives: Option<AlternativesRequest>,
    /// Independent samples on each of which a new plan is made; `None`: no replication.
    pub replications: Option<u64>,
}

/// Request for nearly optimal alternatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlternativesRequest {
    pub n: usize,
    /// How much larger their objective may be, as a share of the plan's.
    pub within: f64,
}
