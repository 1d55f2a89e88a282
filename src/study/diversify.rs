//! Where to diversify: what each origin, developer and host that is not in use today would add to a portfolio
//! (methodology/diversify.md).

pub mod additions;
pub mod in_use;
pub mod powers;
pub mod sources;

use std::cmp::Ordering;

use additions::{AddedSupply, Addition, AdditionKind, Measuring, with_addition};
use powers::{PowerChoice, Powers, power_choices};
use sources::{Service, SupplySource, sources};

use super::progress::Progress;
use super::session::Session;
use super::simulate::SimulateSettings;
use crate::measures::correlation::correlation;
use crate::measures::moments::{MeanEstimate, average_annual_loss};
use crate::measures::tail::conditional_value_at_risk_estimate;
use crate::measures::{Estimate, MeasureError};
use crate::model::instance::Instance;
use crate::model::jurisdictions::Jurisdictions;
use crate::model::plan::Plan;
use crate::simulation::availability::{WeightedPair, down_shares};
use crate::simulation::summary::BREAKDOWN_LEVEL;

/// Confidence level of the tail.
pub const LEVEL: f64 = BREAKDOWN_LEVEL;

/// New sources of supply for a portfolio, measured on the same trials as today's.
#[derive(Debug, Clone, PartialEq)]
pub struct Diversification {
    pub settings: SimulateSettings,
    pub horizon_days: f64,
    pub today: TodayRisk,
    /// Those that take away most risk per USD first, those that qualify for nothing last.
    pub sources: Vec<RankedSource>,
    /// Superpowers only, middle powers only, both.
    pub powers: Vec<PowerChoice>,
    /// Plans that were simulated, today's included.
    pub n_simulations: usize,
}

/// Today's portfolio.
#[derive(Debug, Clone, PartialEq)]
pub struct TodayRisk {
    pub aal: MeanEstimate,
    pub cvar: Estimate,
    /// Planned cost over the horizon, USD.
    pub cost_usd: f64,
    /// Mean share of the horizon during which the primaries are down, weighted by value.
    pub down_share: f64,
}

/// A source with what it would change.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedSource {
    pub source: SupplySource,
    /// Mean share of the horizon during which its offers are down; `None` when it qualifies for nothing.
    pub down_share: Option<f64>,
    /// Correlation of that share with the share during which today's primaries are down.
    pub correlation: Option<f64>,
    /// Correlation of that share with today's loss.
    pub correlation_with_loss: Option<f64>,
    /// A share of demand, and a warm standby; empty when it qualifies for nothing.
    pub additions: Vec<Addition>,
}

impl RankedSource {
    /// The addition that takes away more risk per USD.
    #[must_use]
    pub fn best(&self) -> Option<&Addition> {
        self.additions.iter().min_by(|a, b| by_risk_per_usd(a, b))
    }
}

/// Orders additions by the CVaR that they take away per USD: first those that take it away and save money, by how much they
/// take away; then the others that take it away; then those that do not.
#[must_use]
pub fn by_risk_per_usd(a: &Addition, b: &Addition) -> Ordering {
    let (a, b) = (&a.change, &b.change);
    let class = |change: &AddedSupply| match (change.takes_risk_away(), change.cvar_per_usd()) {
        (true, None) => 0,
        (true, Some(_)) => 1,
        (false, _) => 2,
    };
    // What saves money has no figure per USD, and what takes nothing away is not ordered by it.
    let per_usd = |change: &AddedSupply| change.cvar_per_usd().filter(|_| class(change) == 1).unwrap_or(0.0);
    class(a)
        .cmp(&class(b))
        .then_with(|| per_usd(b).total_cmp(&per_usd(a)))
        .then_with(|| a.cvar_change.value.total_cmp(&b.cvar_change.value))
        .then_with(|| a.cost.over_horizon_usd().total_cmp(&b.cost.over_horizon_usd()))
}

/// Measures every source; `progress` is told of each plan before it is simulated.
///
/// # Errors
/// [`MeasureError::NoTrials`] without trials; [`MeasureError::NotFinite`] when a loss overflows.
pub fn diversify(
    session: &Session<'_>,
    file: &Jurisdictions,
    settings: SimulateSettings,
    progress: &dyn Fn(Progress),
) -> Result<Diversification, MeasureError> {
    let found = sources(session, file);
    let n_plans =
        1 + found.iter().filter(|s| s.qualifies()).count() * AdditionKind::ALL.len() + 1 + Powers::ALL.len();
    let mut measuring = Measuring::new(session, settings, n_plans, progress)?;
    let today = today(session, &measuring)?;
    let groups: Vec<Vec<WeightedPair>> =
        std::iter::once(primaries(session)).chain(found.iter().map(|s| services(session, s))).collect();
    let down = down_shares(
        &session.setting,
        &session.shocks,
        &session.sampler(settings),
        settings.n_trials,
        &groups,
    );
    let today = TodayRisk { down_share: mean_share(&down[0]), ..today };
    let mut ranked = Vec::with_capacity(found.len());
    for (source, own) in found.into_iter().zip(&down[1..]) {
        let qualifies = source.qualifies();
        let mut additions = Vec::new();
        for kind in AdditionKind::ALL.into_iter().filter(|_| qualifies) {
            let plan = with_addition(session, &session.current, &source, kind);
            additions.push(Addition { kind, change: measuring.change(&plan)? });
        }
        ranked.push(RankedSource {
            source,
            down_share: qualifies.then(|| mean_share(own)),
            correlation: if qualifies { correlation(own, &down[0]) } else { None },
            correlation_with_loss: if qualifies { correlation(own, measuring.losses_today()) } else { None },
            additions,
        });
    }
    // The sort is stable: equals stay in the order of kinds and ids.
    ranked.sort_by(|a, b| match (a.best(), b.best()) {
        (Some(a), Some(b)) => by_risk_per_usd(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()).then(Ordering::Equal),
    });
    let powers = power_choices(session, file, &ranked, &mut measuring)?;
    Ok(Diversification {
        settings,
        horizon_days: session.setting.horizon_days(),
        today,
        sources: ranked,
        powers,
        n_simulations: measuring.n_simulations(),
    })
}

fn today(session: &Session<'_>, measuring: &Measuring<'_, '_>) -> Result<TodayRisk, MeasureError> {
    let losses = measuring.losses_today();
    Ok(TodayRisk {
        aal: average_annual_loss(losses, session.setting.horizon_days())?,
        cvar: conditional_value_at_risk_estimate(losses, LEVEL)?,
        cost_usd: session.setting.planned_cost(&session.current).over_horizon_usd(),
        down_share: 0.0,
    })
}

fn mean_share(shares: &[f64]) -> f64 {
    shares.iter().sum::<f64>() / shares.len().max(1) as f64
}

/// Today's primaries, weighted by value and share.
fn primaries(session: &Session<'_>) -> Vec<WeightedPair> {
    let Plan { allocation, .. } = &session.current;
    let pairs = allocation.iter().enumerate().flat_map(|(cell, shares)| {
        let value = session.instance.value_share(cell);
        shares.iter().map(move |&(offer, share)| WeightedPair { cell, offer, weight: share * value })
    });
    pairs.collect()
}

/// The offers with which a source would serve, weighted by value.
fn services(session: &Session<'_>, source: &SupplySource) -> Vec<WeightedPair> {
    let instance: &Instance = session.instance;
    let pairs = source.services.iter().flat_map(|service: &Service| {
        let cells = service.cells.iter();
        let pair = |offer, cell| WeightedPair { cell, offer, weight: instance.value_share(cell) };
        service.offer.into_iter().flat_map(move |offer| cells.clone().map(move |&cell| pair(offer, cell)))
    });
    pairs.collect()
}
