//! What limits do to a plan, as JSON: prices of those that bind, and demands that cannot hold together.

use serde_json::{Value, json};

use super::optimize::figures;
use super::{number, optional};
use crate::study::plan::outcome::{BindingLimit, Conflict, ConflictProof, Unit};

/// A limit that holds the plan back.
#[must_use]
pub fn binding_limit(binding: &BindingLimit) -> Value {
    json!({
        "limit": binding.limit,
        "price_usd": optional(binding.price_usd),
        "price_at_most_usd": optional(binding.price_at_most_usd),
        "step": number(binding.step),
        "unit": binding.unit.as_str(),
    })
}

/// A member of a conflict.
#[must_use]
pub fn conflict(conflict: &Conflict) -> Value {
    json!({
        "what": conflict.what,
        "kind": conflict.kind.as_str(),
        "unit": conflict.unit.map(Unit::as_str),
        "bound": optional(conflict.bound),
        "relax_to": optional(conflict.relax_to),
        "is_enough": conflict.is_enough,
        "then": conflict.then.as_ref().map_or(Value::Null, figures),
    })
}

/// How sure a conflict is.
#[must_use]
pub fn conflict_proof(proof: &ConflictProof) -> Value {
    json!({ "is_proven": proof.is_proven, "has_others": proof.has_others })
}
