//! Two portfolios, or one at two dates: which inputs differ, and what each group of them does to cost and risk
//! (methodology/compare.md).

mod attribution;
pub mod gate;
pub mod inputs;
mod mixture;
mod parts;

use super::progress::Progress;
use super::session::Session;
use super::simulate::SimulateSettings;
use crate::costs::today::{Capability, capability};
use crate::input::Loaded;
use crate::measures::moments::average_annual_loss;
use crate::measures::paired::{paired_difference, risk_contributions};
use crate::measures::tail::conditional_value_at_risk;
use crate::measures::{Estimate, MeasureError};
use crate::model::instance::Instance;
use crate::simulation::summary::BREAKDOWN_LEVEL;
use crate::units::DAYS_PER_YEAR;
use attribution::{average_over_orders, in_whole_cents};
use inputs::{InputChange, input_changes};
use mixture::mixture;
use parts::WorldParts;

/// A portfolio to compare, and the draws that its figures rest on.
#[derive(Debug, Clone, Copy)]
pub struct ComparedWorld<'a> {
    pub loaded: &'a Loaded,
    pub settings: SimulateSettings,
}

/// Inputs that a change is attributed to (methodology/compare.md#groups).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InputGroup {
    /// Workloads: tokens, users, what they ask for and what an outage costs.
    Demand,
    /// Shares and standbys.
    Allocation,
    /// Contracts, cost of change, routing, readiness, quotas and approved hosts.
    Contracts,
    /// Offers, prices, models, suppliers, hardware, rules, and the company's sites.
    Catalog,
    /// Shocks with their rates, and tensions.
    Shocks,
    /// Horizon, day 0, surge, drift of quality, treatment of rates.
    Method,
    /// Seed and number of trials.
    Noise,
}

impl InputGroup {
    /// Every group, in the documented order.
    pub const ALL: [Self; 7] = [
        Self::Demand,
        Self::Allocation,
        Self::Contracts,
        Self::Catalog,
        Self::Shocks,
        Self::Method,
        Self::Noise,
    ];

    /// The word of the reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demand => "demand",
            Self::Allocation => "allocation",
            Self::Contracts => "contracts",
            Self::Catalog => "catalog",
            Self::Shocks => "shocks",
            Self::Method => "method",
            Self::Noise => "noise",
        }
    }
}

/// What differs between two portfolios, and what it does to three figures of today's allocation.
#[derive(Debug, Clone, PartialEq)]
pub struct PortfolioComparison {
    /// By group, what is in use first, then by name.
    pub inputs: Vec<InputChange>,
    pub monthly_cost: ComparedFigure,
    pub aal: ComparedFigure,
    /// At [`BREAKDOWN_LEVEL`].
    pub cvar: ComparedFigure,
    pub capability_from: Capability,
    pub capability_to: Capability,
    /// Number of mixtures measured, both portfolios included.
    pub n_worlds: usize,
}

/// A figure before and after, in whole US cents, so that the parts add up to the difference.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedFigure {
    pub from_cents: i128,
    pub to_cents: i128,
    /// In the order of [`InputGroup::ALL`]; their sum is `to_cents − from_cents`.
    pub parts_cents: [i128; 7],
    /// The difference with its 95 % interval, USD, trial by trial; `None` for what is not drawn, and where the draws differ.
    pub difference: Option<Estimate>,
}

/// The three figures of one world, in cents.
type FigureCents = [i128; 3];

/// Compares two portfolios: the inputs that differ, and their effect on cost, average annual loss and CVaR of today's
/// allocation, averaged over all orders in which the groups can change (Shapley 1953).
///
/// Worlds of which some groups are those of `from` and the others those of `to` are resolved and simulated on common draws;
/// groups that are equal on both sides are not varied. `progress` is called at each of them.
///
/// # Errors
/// [`MeasureError::NoTrials`] without trials; [`MeasureError::NotFinite`] when a loss overflows.
pub fn compare(
    from: ComparedWorld<'_>,
    to: ComparedWorld<'_>,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<PortfolioComparison, MeasureError> {
    let (before, after) = (WorldParts::new(from), WorldParts::new(to));
    let groups: Vec<InputGroup> =
        InputGroup::ALL.into_iter().filter(|group| before.differs(&after, *group)).collect();
    let n_worlds = 1_usize << groups.len();
    let mut figures: Vec<FigureCents> = Vec::with_capacity(n_worlds);
    let mut ends: Vec<(Vec<f64>, f64)> = Vec::new();
    for chosen in 0..n_worlds {
        progress(Progress::Comparing { world: chosen + 1, of: n_worlds });
        let is_to = |group: InputGroup| {
            groups.iter().position(|own| *own == group).is_some_and(|bit| chosen >> bit & 1 == 1)
        };
        let settings = SimulateSettings {
            rates: if is_to(InputGroup::Method) { to } else { from }.settings.rates,
            ..if is_to(InputGroup::Noise) { to } else { from }.settings
        };
        let (found, losses) = if chosen == 0 {
            measured(&from.loaded.instance, settings)?
        } else if chosen + 1 == n_worlds {
            measured(&to.loaded.instance, settings)?
        } else {
            measured(&mixture(&before, &after, &is_to), settings)?
        };
        figures.push(found);
        if chosen == 0 || chosen + 1 == n_worlds {
            ends.push(losses);
        }
    }
    let [cost, aal, cvar] = [0, 1, 2].map(|nth| {
        let of_world: Vec<i128> = figures.iter().map(|figures| figures[nth]).collect();
        figure(&groups, &of_world)
    });
    let differences = paired(from, to, &ends)?;
    let of = |loaded: &Loaded| capability(&loaded.instance, &Session::new(&loaded.instance).current);
    Ok(PortfolioComparison {
        inputs: input_changes(&before, &after),
        monthly_cost: cost,
        aal: ComparedFigure { difference: differences.map(|found| found.0), ..aal },
        cvar: ComparedFigure { difference: differences.map(|found| found.1), ..cvar },
        capability_from: of(from.loaded),
        capability_to: of(to.loaded),
        n_worlds,
    })
}

/// Figures of a world's allocation, and its losses with the length of its horizon in days.
fn measured(
    instance: &Instance,
    settings: SimulateSettings,
) -> Result<(FigureCents, (Vec<f64>, f64)), MeasureError> {
    let session = Session::new(instance);
    let losses = session.losses(&session.current, settings);
    let horizon_days = instance.portfolio.horizon_days;
    let figures = [
        session.setting.monthly_cost(&session.current).total_usd(),
        average_annual_loss(&losses, horizon_days)?.value,
        conditional_value_at_risk(&losses, BREAKDOWN_LEVEL)?,
    ];
    Ok((figures.map(cents), (losses, horizon_days)))
}

/// US cents, rounded.
#[must_use]
pub fn cents(usd: f64) -> i128 {
    (usd * 100.0).round() as i128
}

/// `of_world`: `[2^n_groups]`, where bit `g` of the index says whether group `g` is that of the later portfolio.
fn figure(groups: &[InputGroup], of_world: &[i128]) -> ComparedFigure {
    let attributed = in_whole_cents(&average_over_orders(groups.len(), of_world), groups.len());
    let part =
        |group: InputGroup| groups.iter().position(|own| *own == group).map_or(0, |nth| attributed[nth]);
    ComparedFigure {
        from_cents: of_world[0],
        to_cents: of_world[of_world.len() - 1],
        parts_cents: InputGroup::ALL.map(part),
        difference: None,
    }
}

/// Differences of AAL and CVaR on the same trials, USD; `None` where the draws differ.
fn paired(
    from: ComparedWorld<'_>,
    to: ComparedWorld<'_>,
    ends: &[(Vec<f64>, f64)],
) -> Result<Option<(Estimate, Estimate)>, MeasureError> {
    let ends = ends.first().zip(ends.last()).filter(|_| from.settings == to.settings);
    let Some(((before, days_before), (after, days_after))) = ends else { return Ok(None) };
    let yearly = |losses: &[f64], days: f64| -> Vec<f64> {
        losses.iter().map(|loss| loss * DAYS_PER_YEAR / days).collect()
    };
    let aal = paired_difference(&yearly(after, *days_after), &yearly(before, *days_before))?;
    let tail = |losses: &[f64]| risk_contributions(losses, 1.0, BREAKDOWN_LEVEL);
    Ok(Some((aal, paired_difference(&tail(after)?, &tail(before)?)?)))
}
