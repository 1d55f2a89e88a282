//! The ladder: the least that can be done, and what each further step brings.

use schemars::JsonSchema;
use serde::Serialize;

use super::changes::ChangedWorkload;
use super::contracts::CapabilityAnswer;
use super::plans::PlanFigures;
use super::simulate::EstimateAnswer;
use crate::model::instance::Instance;
use crate::study::plan::ladder::{Ladder, Rung, RungKind};
use crate::units::MONTHS_PER_YEAR;

/// What a rung leaves free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RungWord {
    /// Nothing changes.
    Today,
    /// Only standbys change.
    Standbys,
    /// Only hosts in use today serve or stand by.
    Hosts,
    /// At most `touched` workloads change.
    Touched,
    /// Anything may change: the recommended plan.
    All,
}

/// One rung: the best plan within its freedom.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RungAnswer {
    /// What the rung leaves free.
    pub rung: RungWord,
    /// Most workloads that may be touched; null where any number may.
    pub touched: Option<usize>,
    /// Whether it is the first that takes most of the risk away that the whole plan takes.
    pub is_knee: bool,
    /// Whether it is recommended: the knee where it touches fewer workloads than the whole plan, else the whole plan; instead of it
    /// standbys only, or only hosts in use, where that is enough for less cash; today where no change is recommended.
    pub is_recommended: bool,
    /// Workloads that it touches.
    pub workloads: Vec<String>,
    /// What it changes in these workloads.
    pub changes: Vec<ChangedWorkload>,
    /// Share of all demand that moves.
    pub turnover: f64,
    /// Cost and risk.
    pub figures: PlanFigures,
    /// Mean capability of all demand.
    pub capability: CapabilityAnswer,
    /// Hosts to be qualified.
    pub new_hosts: Vec<String>,
    /// Hosts of today that are left.
    pub closed_hosts: Vec<String>,
    /// Number of models to be qualified, one for each workload.
    pub new_models: usize,
    /// Limits that it breaks, as today does.
    pub limits_broken: Vec<String>,
    /// Cost of the change, paid once, USD.
    pub cash_usd: f64,
    /// Months until lower cost and loss have paid for the change; null where they never do, or nothing is paid.
    pub payback_months: Option<f64>,
    /// Relative gap to a proven bound; null where nothing is proven.
    pub gap: Option<f64>,
    /// CVaR on the new trials less that of the recommended rung, USD, with the 95 % interval of its sampling error; null with too few
    /// trials.
    pub cvar_over_recommended_usd: Option<EstimateAnswer>,
}

impl RungAnswer {
    /// The documented rungs, from today to the whole plan. `is_change`: whether any change is recommended.
    #[must_use]
    pub fn list(instance: &Instance, ladder: &Ladder, is_change: bool) -> Vec<Self> {
        let today = ladder.rungs.first();
        let of = |(at, rung): (usize, &Rung)| {
            Self::of(instance, today.unwrap_or(rung), rung, ladder.knee == Some(at))
        };
        let mut rungs: Vec<Self> = ladder.rungs.iter().enumerate().map(of).collect();
        let recommended = if is_change { ladder.recommended } else { 0 };
        if let Some(rung) = rungs.get_mut(recommended) {
            rung.is_recommended = true;
        }
        rungs
    }

    /// Months until lower cost and loss have paid for going on to this rung from a smaller one; `None` where they never do, or
    /// no more is paid.
    #[must_use]
    pub fn payback_months_after(&self, smaller: &Self) -> Option<f64> {
        payback_months(&smaller.figures, &self.figures, self.cash_usd - smaller.cash_usd)
    }

    /// What a table says beside the rung; empty where there is nothing to say.
    #[must_use]
    pub fn mark(&self) -> &'static str {
        match (self.is_recommended, self.is_knee) {
            (true, _) => "recommended",
            (false, true) if self.rung != RungWord::All => "takes most of the risk away",
            _ => "",
        }
    }

    fn of(instance: &Instance, today: &Rung, rung: &Rung, is_knee: bool) -> Self {
        let supplier = |&host: &usize| instance.suppliers[host].supplier.id.clone();
        let (word, touched) = match rung.kind {
            RungKind::Today => (RungWord::Today, None),
            RungKind::Standbys => (RungWord::Standbys, None),
            RungKind::Hosts => (RungWord::Hosts, None),
            RungKind::Touched(most) => (RungWord::Touched, Some(most)),
            RungKind::All => (RungWord::All, None),
        };
        let [before, figures] = [today, rung]
            .map(|rung| PlanFigures::of(&rung.measured.in_sample.figures, &rung.measured.fresh.figures));
        Self {
            rung: word,
            touched,
            is_knee,
            is_recommended: false,
            workloads: rung.workloads.iter().map(|&w| instance.workloads[w].workload.id.clone()).collect(),
            changes: rung.changes.iter().map(|change| ChangedWorkload::of(instance, change)).collect(),
            turnover: rung.turnover,
            capability: CapabilityAnswer::of(&rung.capability),
            new_hosts: rung.new_hosts.iter().map(supplier).collect(),
            closed_hosts: rung.closed_hosts.iter().map(supplier).collect(),
            new_models: rung.new_models.len(),
            limits_broken: rung.measured.in_sample.broken.clone(),
            cash_usd: rung.cost.change_usd(),
            payback_months: payback_months(&before, &figures, rung.cost.change_usd()),
            figures,
            gap: rung.gap,
            cvar_over_recommended_usd: rung.cvar_over_recommended.as_ref().map(EstimateAnswer::of),
        }
    }
}

/// The first step of a ladder: the recommended rung, where it is less than the whole plan. With today and the whole plan.
#[must_use]
pub fn first_step(rungs: &[RungAnswer]) -> Option<[&RungAnswer; 3]> {
    let [today, between @ .., all] = rungs else { return None };
    let first = between.iter().find(|rung| rung.is_recommended)?;
    Some([today, first, all])
}

/// `cash_usd` over what is saved a month in planned cost and average loss, on the new trials.
fn payback_months(before: &PlanFigures, after: &PlanFigures, cash_usd: f64) -> Option<f64> {
    let [before, after] = [before, after].map(|figures| figures.out_of_sample);
    let saved =
        before.monthly_cost_usd - after.monthly_cost_usd + (before.aal_usd - after.aal_usd) / MONTHS_PER_YEAR;
    (cash_usd > 0.0 && saved > 0.0).then(|| cash_usd / saved)
}
