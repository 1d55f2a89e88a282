//! Superpowers and middle powers behind the models and hosts of a portfolio.

use schemars::JsonSchema;
use serde::Serialize;

use super::landscape::standings::standing_word;
use crate::model::instance::Instance;
use crate::study::diversify::in_use::{PowerInUse, PowerShares};

/// A scored jurisdiction, else a country, under which developers or hosts in use are.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PowerInUseAnswer {
    /// Its id.
    pub jurisdiction: String,
    /// Its name.
    pub name: String,
    /// `superpower`, `middle_power`, `research_hub` or `other`.
    pub standing: String,
    /// Overall strength (`landscape`); null where it is not scored.
    pub strength: Option<f64>,
    /// Its rank by strength; null where it is not scored.
    pub rank: Option<u64>,
    /// Best rank under other weights and with each indicator left out.
    pub rank_best: Option<u64>,
    /// Worst rank under other weights and with each indicator left out.
    pub rank_worst: Option<u64>,
    /// Shares of today's value.
    pub today: PowerSharesAnswer,
    /// Shares of the value under the recommended plan; null without one.
    pub plan: Option<PowerSharesAnswer>,
}

/// Shares of the value under a jurisdiction, in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct PowerSharesAnswer {
    /// On models whose developer is under it.
    pub models: f64,
    /// On hosts that are under it; the company's own machines count where its headquarters are.
    pub hosts: f64,
}

impl PowerInUseAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(instance: &Instance, power: &PowerInUse) -> Self {
        let named = instance.jurisdictions.iter().find(|own| own.id == power.jurisdiction);
        let shares = |shares: PowerShares| PowerSharesAnswer { models: shares.models, hosts: shares.hosts };
        let strength = power.strength.as_ref();
        Self {
            jurisdiction: power.jurisdiction.clone(),
            name: named.map_or_else(|| power.jurisdiction.clone(), |own| own.name.clone()),
            standing: standing_word(power.standing).to_owned(),
            strength: strength.map(|own| own.strength),
            rank: strength.map(|own| own.rank as u64),
            rank_best: strength.map(|own| own.band.best as u64),
            rank_worst: strength.map(|own| own.band.worst as u64),
            today: shares(power.today),
            plan: power.plan.map(shares),
        }
    }
}
