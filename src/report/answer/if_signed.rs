//! `check --if-signed`: a portfolio before and after one more offer is signed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::check::LimitAnswer;
use super::concentration::ConcentrationAnswer;
use super::exposure::ChokepointAnswer;
use super::simulate::{DoubtedMean, EstimateAnswer};
use super::{FORMAT_VERSION, finite};
use crate::model::instance::Instance;
use crate::report::answer::currency::CurrencyAnswer;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::simulation::summary::CONFIDENCE_LEVELS;
use crate::study::if_signed::{IfSigned, SignedState};
use crate::study::simulate::SimulateSettings;

/// What would change if an offer were signed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct IfSignedAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Id of the offer.
    pub offer: String,
    /// Share of the demand of each eligible workload and country that it would get; null: the smallest that each workload's
    /// routing allows.
    pub share: Option<f64>,
    /// Workload → countries in which it would get its share.
    pub serves: BTreeMap<String, Vec<String>>,
    /// Number of trials (simulated horizons), the same before and after.
    pub trials: u64,
    /// Random seed.
    pub seed: u64,
    /// Today.
    pub before: SignedStateAnswer,
    /// With the offer.
    pub after: SignedStateAnswer,
    /// Single points of failure that the offer takes away.
    pub chokepoints_gone: Vec<ChokepointAnswer>,
    /// Single points of failure that it brings.
    pub chokepoints_new: Vec<ChokepointAnswer>,
    /// Limits that are broken after and not before.
    pub limits_newly_broken: Vec<String>,
    /// Limits that are kept after and not before.
    pub limits_newly_kept: Vec<String>,
}

/// A portfolio before or after.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SignedStateAnswer {
    #[serde(flatten)]
    pub concentration: ConcentrationAnswer,
    /// Every limit.
    pub limits: Vec<LimitAnswer>,
    /// Single points of failure.
    pub chokepoints: Vec<ChokepointAnswer>,
    /// Planned cost a month, USD.
    pub monthly_cost_usd: f64,
    /// What is missing to commitments over the horizon, USD.
    pub shortfall_usd: f64,
    /// Cost of the change, paid once, USD.
    pub change_usd: f64,
    /// Average annual loss, USD, with its standard error.
    pub aal_usd: DoubtedMean,
    /// Mean loss of the worst 5 % of trials, USD.
    pub cvar_usd: EstimateAnswer,
}

impl IfSignedAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(instance: &Instance, found: &IfSigned, settings: SimulateSettings) -> Self {
        let mut serves: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for &cell in &found.cells {
            let own = &instance.cells[cell];
            let users = instance.jurisdictions[own.users].id.clone();
            serves.entry(instance.workload_of(cell).id.clone()).or_default().push(users);
        }
        let before = SignedStateAnswer::of(instance, &found.before);
        let after = SignedStateAnswer::of(instance, &found.after);
        let only = |own: &SignedStateAnswer, other: &SignedStateAnswer| -> Vec<ChokepointAnswer> {
            let is_new = |c: &&ChokepointAnswer| !other.chokepoints.iter().any(|o| o.is_same(c));
            own.chokepoints.iter().filter(is_new).cloned().collect()
        };
        let moved = |from: bool| -> Vec<String> {
            let pairs = before.limits.iter().zip(&after.limits);
            let is_moved =
                |(b, a): &(&LimitAnswer, &LimitAnswer)| b.kept == Some(from) && a.kept == Some(!from);
            pairs.filter(is_moved).map(|(_, a)| a.limit.clone()).collect()
        };
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            offer: instance.offers[found.offer].id.to_string(),
            share: found.share.and_then(finite),
            serves,
            trials: found.before.simulated.summary.n_trials,
            seed: settings.seed,
            chokepoints_gone: only(&before, &after),
            chokepoints_new: only(&after, &before),
            limits_newly_broken: moved(true),
            limits_newly_kept: moved(false),
            before,
            after,
        }
    }
}

impl SignedStateAnswer {
    fn of(instance: &Instance, state: &SignedState) -> Self {
        let portfolio = &instance.portfolio;
        let limits = portfolio.limits.iter().zip(&state.checked.limits);
        let summary = &state.simulated.summary;
        let tail = CONFIDENCE_LEVELS.iter().zip(&summary.cvar).find(|(own, _)| **own == BREAKDOWN_LEVEL);
        Self {
            concentration: ConcentrationAnswer::of(&state.dimensions),
            limits: limits
                .map(|(limit, own)| LimitAnswer::of(&portfolio.name, &limit.measure, own))
                .collect(),
            chokepoints: state.chokepoints.iter().map(|c| ChokepointAnswer::of(instance, c)).collect(),
            monthly_cost_usd: state.cost.monthly.total_usd(),
            shortfall_usd: state.cost.shortfall_usd(),
            change_usd: state.cost.change_usd(),
            aal_usd: DoubtedMean::of(&summary.aal, &summary.doubt),
            cvar_usd: tail.map_or(EstimateAnswer::of(&summary.cvar[0]), |(_, own)| EstimateAnswer::of(own)),
        }
    }
}
