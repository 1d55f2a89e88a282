//! The results that a report shows about one portfolio, computed in one call.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::diversify::in_use::{PowerInUse, powers_in_use};
use super::diversify::{Diversification, diversify};
use super::evidence::{OfferEvidence, UsedSource, offers_of, used_sources};
use super::freshness::catalog_date;
use super::landscape::{Landscape, LandscapeQuestion};
use super::plan::frontier::Frontier;
use super::plan::outcome::{Optimized, Recommended};
use super::plan::questions::Questions;
use super::progress::Progress;
use super::replay::{ReplayRequest, Replayed, replay};
use super::reverse::{Reversed, reverse};
use super::session::{Checked, OptimizeError, OptimizeSettings, Session};
use super::simulate::{SimulateSettings, Simulated};
use super::supply_chain::{ChainLink, supply_chain};
use super::watch::{WatchedShock, watched};
use crate::exposure::chokepoints::Chokepoint;
use crate::exposure::diversity::Diversity;
use crate::exposure::node_losses::NodeLoss;
use crate::exposure::profile::{ExposureProfile, concentration};
use crate::exposure::retirements::{Retirement, retirements};
use crate::exposure::shares::DimensionExposure;
use crate::input::Loaded;
use crate::measures::MeasureError;
use crate::model::Provenance;
use crate::model::history::EventHistory;
use crate::model::instance::Instance;
use crate::model::limit::Dimension;
use crate::model::plan::Plan;
use crate::model::shock::Scenario;
use crate::planning::outcome::Status;
use crate::simulation::draws::Rates;
use crate::stress::outcome::StressOutcome;
use crate::stress::reverse::{ReverseGoal, ReverseRequest};
use crate::stress::scenario::ScenarioError;
use crate::units::date::PartialDate;

/// Id of the scenario that is shown first: the order of June 2026, as it happened.
pub const STANDARD_SCENARIO: &str = "june_2026_order";

/// Sets of shocks that a report looks for: enough to tell what is most probable, found in little time.
const REVERSE: ReverseRequest =
    ReverseRequest { goal: ReverseGoal::BreaksRecovery, max_shocks: 2, n_sets: 5, most_visited: 5_000 };

/// Trials on which suppliers that are not in use are measured, at most: each is simulated twice.
const SURVEYED_ON: u64 = 400;

/// Settings of a study.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudySettings {
    pub simulate: SimulateSettings,
    pub optimize: OptimizeSettings,
    /// Day on which exceptions to limits are judged; `None`: no exception is valid.
    pub today: Option<Date>,
    /// Whether to compute plans from the cheapest to the safest.
    pub frontier: bool,
}

impl StudySettings {
    /// The defaults of the command line: the objective weighs the mean loss and the mean of the worst 5 % equally.
    #[must_use]
    pub fn new(n_trials: u64, seed: u64) -> Self {
        let optimize = OptimizeSettings {
            cvar_weight: 0.5,
            confidence_level: 0.95,
            max_turnover: None,
            prove_to: None,
            n_trials,
            seed,
        };
        Self {
            simulate: SimulateSettings { n_trials, seed, rates: Rates::Drawn },
            optimize,
            today: None,
            frontier: false,
        }
    }
}

/// All results for one portfolio.
///
/// ```
/// use multipolar::input::{Sources, load};
/// use multipolar::study::results::{StudyResults, StudySettings};
/// use multipolar::study::session::Session;
///
/// let portfolio = "portfolios/quickstart.yaml".as_ref();
/// let loaded = load(Sources { portfolio, catalog: None, jurisdictions: None })?;
/// let session = Session::new(&loaded.instance);
/// let results = StudyResults::compute(&loaded, &session, None, StudySettings::new(200, 1), &|_| ())?;
/// let plan = results.recommended().expect("a plan that is better than today's allocation");
/// assert!(plan.out_of_sample.aal_usd < plan.current_out_of_sample.aal_usd);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct StudyResults<'a> {
    pub loaded: &'a Loaded,
    pub session: &'a Session<'a>,
    pub settings: StudySettings,
    /// Limits and eligibility of today's allocation.
    pub checked: Checked,
    pub exposure: ExposureProfile,
    /// The standard scenario first.
    pub stress: Vec<StressOutcome>,
    /// Past events, each alone, today and under the plan; `None` without a history.
    pub replayed: Option<Replayed<'a>>,
    /// The most probable sets of few shocks after which a recovery objective is missed.
    pub reversed: Reversed,
    /// Which origins can serve the workloads.
    pub landscape: Landscape<'a>,
    /// Superpowers and middle powers behind today's models and hosts, and behind those of the recommended plan.
    pub powers: Vec<PowerInUse>,
    /// What suppliers that are not in use would add to today's portfolio.
    pub diversified: Diversification,
    pub simulated: Simulated,
    /// `Err`: why the planner gave no answer.
    pub optimized: Result<Optimized, OptimizeError>,
    /// Plans from the cheapest to the safest, where they are asked for and there is a plan.
    pub frontier: Option<Frontier>,
    /// The recommended option; `None` where no change is recommended.
    pub plan: Option<PlanResults>,
    /// Early warnings of the shocks that cost today's allocation most.
    pub watched: Vec<WatchedShock<'a>>,
    /// Offers of each workload, today and under the recommended plan.
    pub chain: Vec<ChainLink>,
    /// Evidence for the offers in use today.
    pub evidence: OfferEvidence,
    /// Sources of every shock and of every offer in use or planned, including its model and hardware.
    pub sources: Vec<UsedSource>,
    /// Newest date of an entry of the catalog; `None` when no entry has one.
    pub catalog_date: Option<PartialDate>,
    /// Sources of each shock of the library, by id.
    pub sources_by_shock: BTreeMap<String, Vec<UsedSource>>,
}

/// The recommended option, measured like today's allocation.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanResults {
    pub checked: Checked,
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    pub diversity: Diversity,
    /// Sorted by kind and id.
    pub node_losses: Vec<NodeLoss>,
    /// Sorted by workload, kind and id.
    pub chokepoints: Vec<Chokepoint>,
    /// In the order of the study's scenarios.
    pub stress: Vec<StressOutcome>,
    pub simulated: Simulated,
    /// Evidence for the offers that it uses.
    pub evidence: OfferEvidence,
    /// What of it its hosts end, the earliest first.
    pub retirements: Vec<Retirement>,
}

/// Why a study cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StudyError {
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

impl<'a> StudyResults<'a> {
    /// Computes exposure, scenarios, simulation, limits and plan of a portfolio, and measures the plan in the same way.
    ///
    /// `session`: made from `loaded`; `history`: the past events to replay; `progress` is called at each step.
    ///
    /// # Errors
    /// [`StudyError::Scenario`] when a scenario or an event names a shock that does not exist; [`StudyError::Measure`] without
    /// trials.
    pub fn compute(
        loaded: &'a Loaded,
        session: &'a Session<'a>,
        history: Option<&'a EventHistory>,
        settings: StudySettings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self, StudyError> {
        progress(Progress::Exposure);
        let exposure = session.exposure(&session.current);
        let stress = played(session, &session.current)?;
        let simulated = simulated(session, &session.current, settings.simulate, progress)?;
        let checked = session.check(&session.current, Some(&simulated), settings.today);
        let questions = Questions {
            ladder: true,
            option: true,
            runners_up: true,
            frontier: settings.frontier,
            ..Questions::default()
        };
        let answers = session.answers(settings.optimize, &questions, progress);
        let (optimized, frontier) = match answers {
            Ok(answers) => (Ok(answers.optimized), answers.frontier),
            Err(why) => (Err(why), None),
        };
        let chosen = optimized.as_ref().ok().and_then(recommended);
        let plan = chosen.map(|chosen| PlanResults::compute(session, &chosen.plan, settings, progress));
        let plan = plan.transpose()?;
        let replayed = history.map(|history| replayed(session, chosen, history, progress)).transpose()?;
        let reversed = reverse(session, REVERSE, progress)?;
        let survey =
            SimulateSettings { n_trials: settings.simulate.n_trials.min(SURVEYED_ON), ..settings.simulate };
        let diversified = diversify(session, &loaded.jurisdictions, survey, progress)?;
        let known = &loaded.jurisdictions.sources;
        let plans = std::iter::once(&session.current).chain(chosen.map(|chosen| &chosen.plan));
        let shocks = session.instance.shocks.iter();
        Ok(Self {
            chain: supply_chain(session.instance, &session.current, chosen.map(|chosen| &chosen.plan)),
            sources: used_sources(known, entries_of(session.instance, plans)),
            sources_by_shock: shocks
                .map(|shock| (shock.id.clone(), used_sources(known, std::iter::once(&shock.provenance))))
                .collect(),
            evidence: OfferEvidence::new(session.instance, &session.current),
            catalog_date: catalog_date(&loaded.catalog),
            watched: watched(session, &simulated)?,
            loaded,
            session,
            settings,
            checked,
            exposure,
            stress,
            replayed,
            reversed,
            powers: powers_in_use(session, &loaded.jurisdictions, chosen.map(|chosen| &chosen.plan)),
            diversified,
            landscape: Landscape::new(session.instance, &loaded.jurisdictions, &LandscapeQuestion::default()),
            simulated,
            optimized,
            frontier,
            plan,
        })
    }

    /// What to change to, see [`recommended`].
    #[must_use]
    pub fn recommended(&self) -> Option<&Recommended> {
        self.optimized.as_ref().ok().and_then(recommended)
    }
}

impl PlanResults {
    fn compute(
        session: &Session<'_>,
        plan: &Plan,
        settings: StudySettings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self, StudyError> {
        let simulated = simulated(session, plan, settings.simulate, progress)?;
        let (dimensions, diversity) = concentration(&session.setting, plan);
        Ok(Self {
            checked: session.check(plan, Some(&simulated), settings.today),
            dimensions,
            diversity,
            node_losses: session.node_losses(plan),
            chokepoints: session.chokepoints(plan),
            stress: played(session, plan)?,
            simulated,
            evidence: OfferEvidence::new(session.instance, plan),
            retirements: retirements(session.instance, plan),
        })
    }
}

/// What to change to: the recommended option, which is the whole plan where nothing less will do; `None` when there is no plan
/// or today's allocation is best.
#[must_use]
pub fn recommended(optimized: &Optimized) -> Option<&Recommended> {
    match optimized.status {
        Status::Optimal | Status::WithinGap => optimized.option.as_ref().or(optimized.plan.as_ref()),
        Status::CurrentIsBest | Status::Infeasible => None,
    }
}

/// Every scenario of the catalog, [`STANDARD_SCENARIO`] first.
fn scenarios<'a>(session: &Session<'a>) -> Vec<&'a Scenario> {
    let mut scenarios: Vec<&Scenario> = session.instance.scenarios.iter().collect();
    scenarios.sort_by_key(|scenario| scenario.id != STANDARD_SCENARIO);
    scenarios
}

fn played(session: &Session<'_>, plan: &Plan) -> Result<Vec<StressOutcome>, ScenarioError> {
    scenarios(session).into_iter().map(|scenario| session.stress(scenario, plan)).collect()
}

/// All past events, each alone, over today's allocation and over the plan.
fn replayed<'h>(
    session: &Session<'_>,
    plan: Option<&Recommended>,
    history: &'h EventHistory,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Replayed<'h>, ScenarioError> {
    let other = plan.map(|chosen| session.with(chosen.plan.clone()));
    let request = ReplayRequest { from: history.from, to: history.end(), together: false };
    replay(session, other.as_ref(), history, request, progress)
}

fn simulated(
    session: &Session<'_>,
    plan: &Plan,
    settings: SimulateSettings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Simulated, MeasureError> {
    let n_trials = settings.n_trials;
    session.simulate(plan, settings, &|n_more| progress(Progress::Simulation { n_more, n_trials }))
}

/// Provenance of every offer of the plans, including its model and hardware, and of every shock.
fn entries_of<'a>(
    instance: &'a Instance,
    plans: impl Iterator<Item = &'a Plan>,
) -> impl Iterator<Item = &'a Provenance> {
    let offers: std::collections::BTreeSet<_> = plans.flat_map(offers_of).collect();
    let of_offers = offers.into_iter().flat_map(|offer| {
        let entry = &instance.offers[offer];
        let hardware = entry.hardware.iter().map(|&h| &instance.hardware[h].hardware.provenance);
        [&entry.entry.provenance, &instance.model_of(offer).model.provenance].into_iter().chain(hardware)
    });
    of_offers.chain(instance.shocks.iter().map(|shock| &shock.provenance))
}
