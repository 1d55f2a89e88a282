//! The answer of `plan` and `report`: all answers about one portfolio, with what they were made from.

use schemars::JsonSchema;
use serde::Serialize;

use super::FORMAT_VERSION;
use super::check::{CheckAnswer, LimitAnswer};
use super::compare::CompareAnswer;
use super::concentration::{ConcentrationAnswer, DiversityAnswer};
use super::diversify::DiversifyAnswer;
use super::evidence::{EvidenceAnswer, ShockEvidence, UsedSourceAnswer};
use super::exposure::{ChokepointAnswer, ExposureAnswer, NodeLossAnswer};
use super::frontier::FrontierPlans;
use super::landscape::lags::{LagAnswer, OriginServiceAnswer};
use super::optimize::OptimizeAnswer;
use super::powers::PowerInUseAnswer;
use super::replay::ReplayAnswer;
use super::retirements::RetirementAnswer;
use super::reverse::ReverseAnswer;
use super::simulate::SimulateAnswer;
use super::stress::StressAnswer;
use super::supply_chain::{ServiceChainAnswer, WorkloadAnswer};
use super::watch::WatchedShockAnswer;
use crate::limits::LimitOutcome;
use crate::model::instance::Instance;
use crate::model::limit::Limit;
use crate::report::answer::currency::CurrencyAnswer;
use crate::report::check::CheckedPortfolio;
use crate::report::money::DisplayCurrency;
use crate::study::landscape::Landscape;
use crate::study::results::{PlanResults, StudyResults};
use crate::study::session::Retiring;

/// Where the answers come from, and for which report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunProvenance {
    /// Quarter of the report, `2026Q4`.
    pub period: String,
    pub prepared_by: Option<String>,
    pub owner: Option<String>,
    /// Name of the portfolio's file, without its folder.
    pub portfolio_file: String,
    /// As given; `None`: the one inside the program.
    pub catalog: Option<String>,
    /// As given; `None`: those inside the program.
    pub jurisdictions: Option<String>,
}

/// What stands for files inside the program.
const EMBEDDED: &str = "embedded";

/// All answers about a portfolio, today's and those of the recommended plan. The same files and settings give the same
/// bytes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ResultsAnswer {
    /// Version of the format of this answer.
    pub format_version: u64,
    /// What the answers were made from.
    pub manifest: ManifestAnswer,
    /// Which report it is, and whose.
    pub report: ReportAnswer,
    /// The company.
    pub company: CompanyAnswer,
    /// The workloads, in the order of the portfolio.
    pub workloads: Vec<WorkloadAnswer>,
    /// Offers that each workload uses today or under the plan, in the order of the workloads.
    pub chains: Vec<ServiceChainAnswer>,
    /// What has changed since an earlier report, as `compare` says it; null where there is none.
    pub compare: Option<CompareAnswer>,
    /// The answer of `check`.
    pub check: CheckAnswer,
    /// The answer of `exposure`.
    pub exposure: ExposureAnswer,
    /// The answer of `stress` for all scenarios.
    pub stress: StressAnswer,
    /// The answer of `replay`: every past event alone, today and with the recommended plan; null without a history.
    pub replay: Option<ReplayAnswer>,
    /// The answer of `reverse` for missed recovery objectives, of few shocks and sets.
    pub reverse: Option<ReverseAnswer>,
    /// How far the models of each origin are from what the workloads need.
    pub landscape: Option<CapabilityLagAnswer>,
    /// Superpowers and middle powers behind the models and hosts in use, the largest share of models first.
    pub powers: Vec<PowerInUseAnswer>,
    /// The answer of `diversify`, on 400 trials at most.
    pub diversify: DiversifyAnswer,
    /// The answer of `simulate`.
    pub simulate: SimulateAnswer,
    /// The answer of `optimize`; null if the planner stopped.
    pub optimize: Option<OptimizeAnswer>,
    /// Why the planner stopped; null if it did not.
    pub optimize_error: Option<String>,
    /// The recommended option of the ladder in the shape of `optimize`, without a proof; null where the whole plan is recommended, or
    /// no change is. The hedges are then valued here, and the active limits priced under `optimize`.
    pub option: Option<OptimizeAnswer>,
    /// What is recommended (`option`, else the plan of `optimize`) measured like today's allocation; null when no change is
    /// recommended.
    pub plan: Option<PlanAnswer>,
    /// How well prices, regions and hardware of the offers in use are known.
    pub evidence: EvidenceAnswer,
    /// Sources of the shocks that cause losses, the largest part of the average annual loss first.
    pub shock_evidence: Vec<ShockEvidence>,
    /// Early warnings of the shocks that cost today's allocation most, the largest part of the average annual loss first; 10 at
    /// most.
    pub watch: Vec<WatchedShockAnswer>,
}

/// What the answers were made from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ManifestAnswer {
    /// Version of the program.
    pub multipolar: String,
    /// Name of the portfolio.
    pub portfolio: String,
    /// Name of the portfolio's file, without its folder.
    pub portfolio_file: String,
    /// Folder of the catalog as given; `embedded`: the one inside the program.
    pub catalog: String,
    /// Folder of the jurisdictions as given; `embedded`: the one inside the program.
    pub jurisdictions: String,
    /// Random seed.
    pub seed: u64,
    /// Trials asked for.
    pub trials: u64,
    /// Weight of the CVaR in the risk-weighted loss, in [0, 1].
    pub cvar_weight: f64,
    /// Confidence level of the CVaR.
    pub confidence_level: f64,
    /// Share of all demand that may move; null: any.
    pub max_turnover: Option<f64>,
    /// Sources of every shock, and of every offer in use or planned.
    pub sources: Vec<UsedSourceAnswer>,
    /// Day on which exceptions to limits were judged, `YYYY-MM-DD`; only where the portfolio states an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exceptions_judged_on: Option<String>,
}

/// A report: its quarter, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReportAnswer {
    /// Quarter, such as `2026Q4`.
    pub period: String,
    /// Who prepared it, as given with `--prepared-by`; null when not given.
    pub prepared_by: Option<String>,
    /// Who owns the decision, as given with `--owner`; null when not given.
    pub owner: Option<String>,
    /// Newest date of an entry of the catalog, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null when no entry has one.
    pub catalog_date: Option<String>,
}

/// The part of `landscape` that is about the portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CapabilityLagAnswer {
    /// Day up to which releases count; null when no rated model has a date of release.
    pub as_of: Option<String>,
    /// Groups of models by origin and openness against the best of all.
    pub lag: Vec<LagAnswer>,
    /// Which origins can serve which workload.
    pub workloads: Vec<OriginServiceAnswer>,
}

impl CapabilityLagAnswer {
    fn of(instance: &Instance, landscape: &Landscape<'_>) -> Self {
        let groups = landscape.groups.iter();
        Self {
            as_of: landscape.as_of.map(|day| day.to_string()),
            lag: groups.map(|course| LagAnswer::of(instance, landscape.as_of, course)).collect(),
            workloads: OriginServiceAnswer::all(instance, landscape),
        }
    }
}

/// Name of what is recommended where past events are played over it.
const RECOMMENDED_PLAN: &str = "recommended plan";

/// Whose portfolio it is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CompanyAnswer {
    /// Name of the company.
    pub name: String,
    #[serde(flatten)]
    pub currency: CurrencyAnswer,
}

/// What is recommended, measured like today's allocation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PlanAnswer {
    /// The limits, in the order of the portfolio.
    pub limits: Vec<LimitAnswer>,
    /// What the scenarios would cost.
    pub stress: StressAnswer,
    /// The loss distribution.
    pub simulate: SimulateAnswer,
    /// How the plan spreads over suppliers, countries and the other dimensions.
    pub concentration: ConcentrationAnswer,
    /// Suppliers under contract against suppliers in effect.
    pub diversity: DiversityAnswer,
    /// Loss of each supplier, country, site and kind of hardware under the plan, ordered by kind and id; only those whose loss
    /// costs something.
    pub node_losses: Vec<NodeLossAnswer>,
    /// Nodes without which a workload has no prepared way to go on under the plan.
    pub chokepoints: Vec<ChokepointAnswer>,
    /// How well prices, regions and hardware of its offers are known.
    pub evidence: EvidenceAnswer,
    /// What of it its hosts end, the earliest first.
    pub retirements: Vec<RetirementAnswer>,
}

impl ResultsAnswer {
    /// The documented report.
    #[must_use]
    pub fn of(results: &StudyResults<'_>, provenance: &RunProvenance) -> Self {
        let (session, instance) = (results.session, results.session.instance);
        let checked = {
            let (file, checked) = (&provenance.portfolio_file, results.checked.clone());
            let currency = DisplayCurrency::own(&instance.portfolio.currency);
            // The gate on announced ends is asked of `check`; the calendar of the study has them all.
            CheckedPortfolio::new(results.loaded, file, checked, &Retiring::default(), currency)
        };
        let optimized = results.optimized.as_ref();
        let seed = results.settings.optimize.seed;
        Self {
            format_version: FORMAT_VERSION,
            manifest: ManifestAnswer::of(results, provenance),
            report: ReportAnswer {
                period: provenance.period.clone(),
                prepared_by: provenance.prepared_by.clone(),
                owner: provenance.owner.clone(),
                catalog_date: results.catalog_date.map(|date| date.to_string()),
            },
            company: CompanyAnswer {
                name: instance.portfolio.company.name.clone(),
                currency: CurrencyAnswer::of(&instance.portfolio.currency),
            },
            workloads: instance.workloads.iter().map(WorkloadAnswer::of).collect(),
            chains: results.chain.iter().map(|link| ServiceChainAnswer::of(instance, link)).collect(),
            compare: None,
            check: CheckAnswer::of(&[checked]),
            exposure: ExposureAnswer::of(instance, &results.exposure, None),
            stress: StressAnswer::of(instance, &results.stress),
            replay: results.replayed.as_ref().map(|replayed| {
                let plan = results.plan.is_some().then_some(RECOMMENDED_PLAN);
                ReplayAnswer::of(instance, plan, replayed, false)
            }),
            reverse: Some(ReverseAnswer::of(instance, &results.reversed)),
            landscape: Some(CapabilityLagAnswer::of(instance, &results.landscape)),
            powers: results.powers.iter().map(|power| PowerInUseAnswer::of(instance, power)).collect(),
            diversify: DiversifyAnswer::of(instance, &results.diversified),
            simulate: SimulateAnswer::of(instance, &results.simulated),
            optimize: optimized.ok().map(|found| OptimizeAnswer {
                frontier: results.frontier.as_ref().map(|found| FrontierPlans::of(instance, found)),
                ..OptimizeAnswer::of_plan(session, found, seed)
            }),
            optimize_error: optimized.err().map(ToString::to_string),
            option: optimized.ok().and_then(|found| OptimizeAnswer::of_option(session, found, seed)),
            plan: results.plan.as_ref().map(|plan| PlanAnswer::of(instance, plan)),
            evidence: EvidenceAnswer::of(instance, &results.evidence),
            shock_evidence: ShockEvidence::list(results),
            watch: results.watched.iter().map(WatchedShockAnswer::of).collect(),
        }
    }
}

impl ResultsAnswer {
    /// What the report compares with today: the recommended option, else the whole plan; `None` where no change is recommended.
    #[must_use]
    pub fn chosen(&self) -> Option<&OptimizeAnswer> {
        self.option.as_ref().or(self.optimize.as_ref()).filter(|answer| answer.recommended().is_some())
    }

    /// The whole plan, where less than it is recommended.
    #[must_use]
    pub fn whole_plan(&self) -> Option<&OptimizeAnswer> {
        self.optimize.as_ref().filter(|_| self.option.is_some())
    }
}

impl PlanAnswer {
    fn of(instance: &Instance, plan: &PlanResults) -> Self {
        let limit = |(limit, outcome): (&Limit, &LimitOutcome)| {
            LimitAnswer::of(&instance.portfolio.name, &limit.measure, outcome)
        };
        let costly = plan.node_losses.iter().filter(|loss| loss.loss.total_usd() > 0.0);
        Self {
            limits: instance.portfolio.limits.iter().zip(&plan.checked.limits).map(limit).collect(),
            stress: StressAnswer::of(instance, &plan.stress),
            simulate: SimulateAnswer::of(instance, &plan.simulated),
            concentration: ConcentrationAnswer::of(&plan.dimensions),
            diversity: DiversityAnswer::of(&plan.diversity),
            node_losses: costly.map(|loss| NodeLossAnswer::of(instance, loss)).collect(),
            chokepoints: plan.chokepoints.iter().map(|c| ChokepointAnswer::of(instance, c)).collect(),
            evidence: EvidenceAnswer::of(instance, &plan.evidence),
            retirements: plan.retirements.iter().map(|r| RetirementAnswer::of(instance, r)).collect(),
        }
    }
}

impl ManifestAnswer {
    fn of(results: &StudyResults<'_>, provenance: &RunProvenance) -> Self {
        let settings = &results.settings.optimize;
        let place = |given: Option<&String>| given.map_or(EMBEDDED, String::as_str).to_owned();
        // Only then does the day change the answer.
        let has_exceptions = results.checked.limits.iter().any(|limit| limit.accepted.is_some());
        Self {
            multipolar: env!("CARGO_PKG_VERSION").to_owned(),
            portfolio: results.session.instance.portfolio.name.clone(),
            portfolio_file: provenance.portfolio_file.clone(),
            catalog: place(provenance.catalog.as_ref()),
            jurisdictions: place(provenance.jurisdictions.as_ref()),
            seed: settings.seed,
            trials: settings.n_trials,
            cvar_weight: settings.cvar_weight,
            confidence_level: settings.confidence_level,
            max_turnover: settings.max_turnover,
            sources: results.sources.iter().map(UsedSourceAnswer::of).collect(),
            exceptions_judged_on: results
                .settings
                .today
                .filter(|_| has_exceptions)
                .map(|today| today.to_string()),
        }
    }
}
