//! What limits do to a plan: savings of those that hold it back, and demands that cannot hold together.

use schemars::JsonSchema;
use serde::Serialize;

use super::plans::CostAndRisk;
use crate::model::limit::Unit;
use crate::study::plan::outcome::{BindingLimit, Conflict, ConflictProof, DemandKind};

/// A limit that holds the plan back.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ActiveLimit {
    /// Name of the limit.
    pub limit: String,
    /// What relaxing it by one `step` saves of the objective, USD; null when the solver found no answer.
    pub price_usd: Option<f64>,
    /// Proven: it saves no more than this, USD; null when the solver found no answer.
    pub price_at_most_usd: Option<f64>,
    /// By how much the limit is relaxed, in `unit`.
    pub step: f64,
    /// What the limit is counted in.
    pub unit: Unit,
}

impl ActiveLimit {
    /// The documented entry.
    #[must_use]
    pub fn of(binding: &BindingLimit) -> Self {
        Self {
            limit: binding.limit.clone(),
            price_usd: binding.price_usd,
            price_at_most_usd: binding.price_at_most_usd,
            step: binding.step,
            unit: binding.unit,
        }
    }
}

/// A demand that cannot hold together with the others of its list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConflictMember {
    /// The demand: name of a limit, or a sentence.
    pub what: String,
    /// What kind of demand it is.
    pub kind: DemandKind,
    /// What its bound is counted in; null when it is no number.
    pub unit: Option<Unit>,
    /// As demanded, in `unit`; null when it is no number.
    pub bound: Option<f64>,
    /// How far it must be relaxed when it alone is relaxed, in `unit`; null when that does not help, or it is no number.
    pub relax_to: Option<f64>,
    /// Whether a plan exists when it alone is relaxed; where users have no offer, whether they have one then.
    pub is_enough: bool,
    /// Where a limit fails when it is dropped, such as `host azure` or a developer; null for other demands.
    pub breaks_at: Option<String>,
    /// Cost and risk of the best plan then; null when there is none, or none was found.
    pub then: Option<CostAndRisk>,
}

impl ConflictMember {
    /// The documented entry.
    #[must_use]
    pub fn of(conflict: &Conflict) -> Self {
        Self {
            what: conflict.what.clone(),
            kind: conflict.kind,
            unit: conflict.unit,
            bound: conflict.bound,
            relax_to: conflict.relax_to,
            is_enough: conflict.is_enough,
            breaks_at: conflict.breaks_at.clone(),
            then: conflict.then.as_ref().map(CostAndRisk::of),
        }
    }

    /// The documented list.
    #[must_use]
    pub fn list(conflicts: &[Conflict]) -> Vec<Self> {
        conflicts.iter().map(Self::of).collect()
    }
}

/// How sure a conflict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConflictCertainty {
    /// Whether it is proven that no plan exists; otherwise none was found.
    pub is_proven: bool,
    /// Whether other demands are in conflict too, even without those listed.
    pub has_others: bool,
    /// Whether what workloads require of their offers is taken as given: nothing of it is listed.
    pub requirements_given: bool,
}

impl ConflictCertainty {
    /// The documented entry.
    #[must_use]
    pub fn of(proof: &ConflictProof) -> Self {
        Self {
            is_proven: proof.is_proven,
            has_others: proof.has_others,
            requirements_given: proof.is_eligibility_given,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::portfolio::Readiness;
    use crate::report::answer::value_of;
    use crate::study::plan::sovereignty_rule::SovereigntyRule;

    /// A word has one spelling, whether a table prints it or JSON carries it.
    #[test]
    fn words_are_spelled_alike_everywhere() {
        let units = [Unit::Share, Unit::Hhi, Unit::Count, Unit::Usd, Unit::Mtok, Unit::Points, Unit::Tokens];
        for unit in units {
            assert_eq!(value_of(&unit), unit.as_str());
        }
        for rule in SovereigntyRule::ALL {
            assert_eq!(value_of(&rule), rule.as_str());
        }
        for readiness in [Readiness::Hot, Readiness::Warm] {
            assert_eq!(value_of(&readiness), readiness.as_str());
        }
    }
}
