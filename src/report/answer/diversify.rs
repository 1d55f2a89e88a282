//! `diversify`: what suppliers that are not in use would add to a portfolio.

pub mod words;

use schemars::JsonSchema;
use serde::Serialize;

use super::landscape::standings::standing_word;
use super::{FORMAT_VERSION, finite};
use crate::measures::Estimate;
use crate::model::instance::Instance;
use crate::report::answer::currency::CurrencyAnswer;
use crate::study::diversify::additions::{AddedSupply, Addition};
use crate::study::diversify::powers::PowerChoice;
use crate::study::diversify::sources::{SELF, Service, SourceKind, SupplySource};
use crate::study::diversify::{Diversification, RankedSource, TodayRisk};

/// Where to diversify: every origin, developer and host that is not in use, with what it would change.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DiversifyAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// Name of the portfolio.
    pub portfolio: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
    /// Number of trials.
    pub trials: u64,
    /// Random seed.
    pub seed: u64,
    /// Horizon, days.
    pub horizon_days: f64,
    /// Number of plans that were simulated, today's included.
    pub simulations: usize,
    /// Today's portfolio.
    pub today: DiversifyTodayAnswer,
    /// Sources of supply that are not in use: those that take away most risk per USD first, those that qualify for nothing last.
    pub sources: Vec<NewSourceAnswer>,
    /// What each source changes if a tenth of demand goes there, or a warm standby.
    pub additions: Vec<AdditionAnswer>,
    /// What each source can do for each workload.
    pub services: Vec<SourceServiceAnswer>,
    /// Superpowers only, middle powers only, both.
    pub powers: Vec<PowersAnswer>,
}

/// Today's portfolio on the same trials.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DiversifyTodayAnswer {
    /// Planned cost over the horizon, USD.
    pub cost_usd: f64,
    /// Average annual loss, USD.
    pub aal_usd: f64,
    /// CVaR at 0.95 over the horizon, USD.
    pub cvar_usd: f64,
    /// Lower end of its 95 % interval; null where the trials do not bound it.
    pub cvar_low_usd: Option<f64>,
    /// Upper end; null where the trials do not bound it.
    pub cvar_high_usd: Option<f64>,
    /// Mean share of the horizon during which the primaries are down, weighted by value.
    pub down_share: f64,
}

/// An origin, developer or host without a share or a standby today.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NewSourceAnswer {
    /// `origin`, `developer` or `host`.
    pub kind: String,
    /// Country, supplier, or `self` for machines of the company's own.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its country.
    pub jurisdiction: String,
    /// `superpower`, `middle_power`, `research_hub` or `other`: of the country, else of its bloc.
    pub standing: String,
    /// Overall strength of the country or its bloc (`landscape`); null when neither is scored.
    pub strength: Option<f64>,
    /// The jurisdiction that this strength is of; null without one.
    pub strength_of: Option<String>,
    /// The first source of the list that would serve every workload with the same offers, as `KIND ID`; null for the first itself.
    pub same_offers_as: Option<String>,
    /// Its offers in the catalog.
    pub offers: usize,
    /// Those that some users of some workload may newly use.
    pub eligible_offers: usize,
    /// Models of these.
    pub models: usize,
    /// Workloads of which some users may.
    pub workloads: usize,
    /// All workloads.
    pub of_workloads: usize,
    /// Share of the portfolio's value whose users the chosen offers may serve.
    pub value_share: f64,
    /// Mean share of the horizon during which the chosen offers are down; null when it qualifies for nothing.
    pub down_share: Option<f64>,
    /// Correlation of that share with the share during which today's primaries are down, trial by trial; null when one of them
    /// does not vary.
    pub correlation: Option<f64>,
    /// Correlation of that share with today's loss, trial by trial; null when one of them does not vary.
    pub correlation_with_loss: Option<f64>,
    /// The way to add it that takes away more risk per USD: `share` or `standby`; null when it qualifies for nothing.
    pub add: Option<String>,
    /// What that changes in the CVaR at 0.95, USD.
    pub cvar_change_usd: Option<f64>,
    /// What that costs over the horizon, USD.
    pub cost_usd: Option<f64>,
    /// CVaR taken away per USD of cost; null where it costs nothing, or saves.
    pub cvar_per_usd: Option<f64>,
    /// Why it stands where it stands, or why it qualifies for nothing.
    pub reason: String,
}

/// A source with a tenth of the demand, or with a warm standby, wherever it qualifies. Changes are against today on the same
/// trials, below 0 where risk or cost falls.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdditionAnswer {
    /// `origin`, `developer` or `host`.
    pub kind: String,
    /// The source.
    pub id: String,
    /// `share` or `standby`.
    pub add: String,
    /// Workloads in which it is added.
    pub workloads: usize,
    /// Change of the planned cost over the horizon, USD: the sum of supply, contract, quality and the horizon's part of qualifying.
    pub cost_usd: f64,
    /// Tokens, replicas and fees of standbys, USD.
    pub supply_usd: f64,
    /// Fixed fees, minimums and commitments of hosts, USD.
    pub contract_usd: f64,
    /// What capability lost is worth, USD.
    pub quality_usd: f64,
    /// Models and hosts to qualify, paid once, USD.
    pub qualify_usd: f64,
    /// The part of it that the horizon bears, USD.
    pub qualify_in_horizon_usd: f64,
    /// Average annual loss with the addition, USD.
    pub aal_usd: f64,
    /// Its change, USD.
    pub aal_change_usd: f64,
    /// Lower end of the 95 % interval of the change; null with one trial.
    pub aal_change_low_usd: Option<f64>,
    /// Upper end; null with one trial.
    pub aal_change_high_usd: Option<f64>,
    /// CVaR at 0.95 with the addition, USD.
    pub cvar_usd: f64,
    /// Its change, USD.
    pub cvar_change_usd: f64,
    /// Lower end of the 95 % interval of the change; null with one trial.
    pub cvar_change_low_usd: Option<f64>,
    /// Upper end; null with one trial.
    pub cvar_change_high_usd: Option<f64>,
    /// Mean loss over the horizon taken away per USD of cost; null where it costs nothing, or saves.
    pub loss_per_usd: Option<f64>,
    /// CVaR taken away per USD of cost; null where it costs nothing, or saves.
    pub cvar_per_usd: Option<f64>,
    /// Change of cost plus half the mean loss plus half the CVaR, USD; below 0 where the addition pays.
    pub objective_change_usd: f64,
}

/// What a source can do for one workload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SourceServiceAnswer {
    /// `origin`, `developer` or `host`.
    pub kind: String,
    /// The source.
    pub id: String,
    /// The workload.
    pub workload: String,
    /// Offers that some of its users may newly use.
    pub eligible_offers: usize,
    /// Models of these.
    pub models: usize,
    /// The offer that is added; null when none is eligible.
    pub offer: Option<String>,
    /// Share of the workload's users that it may serve.
    pub users_share: f64,
    /// Share of the portfolio's value that these users are.
    pub value_share: f64,
    /// Why no offer is eligible: everything against the nearest; null when one is.
    pub reason: Option<String>,
}

/// What supply from some powers can do, and the best of it to add.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PowersAnswer {
    /// `superpowers`, `middle_powers` or `both`.
    pub powers: String,
    /// Workloads all of whose users may use a model of theirs, whoever hosts it.
    pub workloads: usize,
    /// All workloads.
    pub of_workloads: usize,
    /// Share of the portfolio's value whose users may.
    pub value_share: f64,
    /// Share whose users may use a model of theirs on a host of theirs.
    pub hosted_value_share: f64,
    /// The addition that lowers cost plus risk most, for `both` one of each: kind, source, way, joined by semicolons; null when
    /// nothing qualifies.
    pub addition: Option<String>,
    /// Average annual loss with it, USD.
    pub aal_usd: Option<f64>,
    /// Its change, USD.
    pub aal_change_usd: Option<f64>,
    /// CVaR at 0.95 with it, USD.
    pub cvar_usd: Option<f64>,
    /// Its change, USD.
    pub cvar_change_usd: Option<f64>,
    /// Lower end of the 95 % interval of the change.
    pub cvar_change_low_usd: Option<f64>,
    /// Upper end.
    pub cvar_change_high_usd: Option<f64>,
    /// What it adds to the planned cost over the horizon, USD.
    pub cost_usd: Option<f64>,
    /// Models and hosts to qualify, paid once, USD.
    pub qualify_usd: Option<f64>,
    /// CVaR taken away per USD of cost; null where it costs nothing, or saves.
    pub cvar_per_usd: Option<f64>,
    /// Change of cost plus half the mean loss plus half the CVaR, USD.
    pub objective_change_usd: Option<f64>,
    /// Cost plus risk in excess of the best row, USD; 0 for the best, null when nothing qualifies.
    pub behind_best_usd: Option<f64>,
    /// Lower end of its 95 % interval: below 0 where the trials do not tell the row from the best.
    pub behind_best_low_usd: Option<f64>,
    /// Upper end.
    pub behind_best_high_usd: Option<f64>,
}

impl DiversifyAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(instance: &Instance, found: &Diversification) -> Self {
        let ranked = || found.sources.iter();
        let additions = |r: &RankedSource| -> Vec<AdditionAnswer> {
            r.additions.iter().map(|a| addition(r, a, &found.today)).collect()
        };
        let services = |r: &RankedSource| -> Vec<SourceServiceAnswer> {
            r.source.services.iter().map(|s| service(instance, &r.source, s)).collect()
        };
        Self {
            format_version: FORMAT_VERSION,
            portfolio: instance.portfolio.name.clone(),
            currency: CurrencyAnswer::of(&instance.portfolio.currency),
            trials: found.settings.n_trials,
            seed: found.settings.seed,
            horizon_days: found.horizon_days,
            simulations: found.n_simulations,
            today: today(&found.today),
            sources: (0..found.sources.len()).map(|place| source(instance, &found.sources, place)).collect(),
            additions: ranked().flat_map(additions).collect(),
            services: ranked().flat_map(services).collect(),
            powers: found.powers.iter().map(|row| powers(instance, found, row)).collect(),
        }
    }
}

fn today(today: &TodayRisk) -> DiversifyTodayAnswer {
    let Estimate { value, low, high } = today.cvar;
    DiversifyTodayAnswer {
        cost_usd: today.cost_usd,
        aal_usd: today.aal.value,
        cvar_usd: value,
        cvar_low_usd: low,
        cvar_high_usd: high,
        down_share: today.down_share,
    }
}

/// The name of a source as people know it.
fn name(instance: &Instance, source: &SupplySource) -> String {
    match source.kind {
        SourceKind::Origin => instance.jurisdictions[source.country].name.clone(),
        SourceKind::Host if source.id == SELF => "own machines".to_owned(),
        SourceKind::Developer | SourceKind::Host => {
            let supplier = instance.suppliers.iter().find(|s| s.supplier.id == source.id);
            supplier.map_or_else(|| source.id.clone(), |s| s.supplier.name.clone())
        }
    }
}

fn source(instance: &Instance, sources: &[RankedSource], place: usize) -> NewSourceAnswer {
    let ranked = &sources[place];
    let source = &ranked.source;
    let same =
        sources[..place].iter().map(|earlier| &earlier.source).find(|earlier| source.serves_like(earlier));
    let best = ranked.best();
    let change = best.map(|best| &best.change);
    let answer = NewSourceAnswer {
        kind: source.kind.as_str().to_owned(),
        id: source.id.clone(),
        name: name(instance, source),
        jurisdiction: instance.jurisdictions[source.country].id.clone(),
        standing: standing_word(source.standing).to_owned(),
        strength: source.strength.as_ref().map(|s| s.strength),
        strength_of: source.strength.as_ref().map(|s| s.jurisdiction.clone()),
        same_offers_as: same.map(|same| format!("{} {}", same.kind.as_str(), same.id)),
        offers: source.n_offers,
        eligible_offers: source.n_eligible(),
        models: source.n_models(),
        workloads: source.n_workloads(),
        of_workloads: source.services.len(),
        value_share: source.value_share(instance),
        down_share: ranked.down_share,
        correlation: ranked.correlation,
        correlation_with_loss: ranked.correlation_with_loss,
        add: best.map(|best| best.kind.as_str().to_owned()),
        cvar_change_usd: change.map(|c| c.cvar_change.value),
        cost_usd: change.map(|c| c.cost.over_horizon_usd()),
        cvar_per_usd: change.and_then(AddedSupply::cvar_per_usd).and_then(finite),
        reason: String::new(),
    };
    let reason = match change {
        Some(change) => words::why(&answer, change.is_told_from_none()),
        None => words::why_not(source),
    };
    NewSourceAnswer { reason, ..answer }
}

fn addition(ranked: &RankedSource, addition: &Addition, today: &TodayRisk) -> AdditionAnswer {
    let AddedSupply { cost, aal_change, cvar_change, .. } = &addition.change;
    AdditionAnswer {
        kind: ranked.source.kind.as_str().to_owned(),
        id: ranked.source.id.clone(),
        add: addition.kind.as_str().to_owned(),
        workloads: ranked.source.n_workloads(),
        cost_usd: cost.over_horizon_usd(),
        supply_usd: cost.supply_usd,
        contract_usd: cost.contract_usd,
        quality_usd: cost.quality_usd,
        qualify_usd: cost.qualify_usd,
        qualify_in_horizon_usd: cost.qualify_in_horizon_usd,
        aal_usd: today.aal.value + aal_change.value,
        aal_change_usd: aal_change.value,
        aal_change_low_usd: aal_change.low,
        aal_change_high_usd: aal_change.high,
        cvar_usd: today.cvar.value + cvar_change.value,
        cvar_change_usd: cvar_change.value,
        cvar_change_low_usd: cvar_change.low,
        cvar_change_high_usd: cvar_change.high,
        loss_per_usd: addition.change.mean_per_usd().and_then(finite),
        cvar_per_usd: addition.change.cvar_per_usd().and_then(finite),
        objective_change_usd: addition.change.objective_change_usd(),
    }
}

fn service(instance: &Instance, source: &SupplySource, service: &Service) -> SourceServiceAnswer {
    SourceServiceAnswer {
        kind: source.kind.as_str().to_owned(),
        id: source.id.clone(),
        workload: instance.workloads[service.workload].workload.id.clone(),
        eligible_offers: service.eligible.len(),
        models: service.models.len(),
        offer: service.offer.map(|offer| instance.offers[offer].id.to_string()),
        users_share: service.users_share(instance),
        value_share: service.value_share(instance),
        reason: words::obstacles(&service.obstacles),
    }
}

fn powers(instance: &Instance, found: &Diversification, row: &PowerChoice) -> PowersAnswer {
    let together = row.together.as_ref();
    let said = |(place, addition): &(usize, Addition)| {
        let source = &found.sources[*place].source;
        format!("{} {} ({})", source.kind.as_str(), source.id, addition.kind.as_str())
    };
    let chosen: Vec<String> = row.chosen.iter().map(said).collect();
    PowersAnswer {
        powers: row.powers.as_str().to_owned(),
        workloads: row.n_workloads,
        of_workloads: instance.workloads.len(),
        value_share: row.value_share,
        hosted_value_share: row.hosted_value_share,
        addition: (!chosen.is_empty()).then(|| chosen.join("; ")),
        aal_usd: together.map(|c| found.today.aal.value + c.aal_change.value),
        aal_change_usd: together.map(|c| c.aal_change.value),
        cvar_usd: together.map(|c| found.today.cvar.value + c.cvar_change.value),
        cvar_change_usd: together.map(|c| c.cvar_change.value),
        cvar_change_low_usd: together.and_then(|c| c.cvar_change.low),
        cvar_change_high_usd: together.and_then(|c| c.cvar_change.high),
        cost_usd: together.map(|c| c.cost.over_horizon_usd()),
        qualify_usd: together.map(|c| c.cost.qualify_usd),
        cvar_per_usd: together.and_then(AddedSupply::cvar_per_usd).and_then(finite),
        objective_change_usd: together.map(AddedSupply::objective_change_usd),
        behind_best_usd: row.behind.map(|behind| behind.value),
        behind_best_low_usd: row.behind.and_then(|behind| behind.low),
        behind_best_high_usd: row.behind.and_then(|behind| behind.high),
    }
}
