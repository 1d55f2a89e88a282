//! The ladder: from today, over the least that can be done, to the whole plan (methodology/optimization.md#ladder).
//!
//! Each rung is the best plan within a freedom: standbys only, hosts in use only, a few workloads, everything. It first
//! breaks as few limits as possible, then costs as little as possible; a limit that is kept today stays kept, and one that
//! is broken today gets no worse.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::changes::{WorkloadChange, touched, turnover, workload_changes};
use super::conflict::bounds::{ends, with_end};
use super::context::{MeasuredPlan, PlanContext};
use super::recommended_rung::recommended;
use crate::costs::planned::PlannedCost;
use crate::costs::today::{Capability, capability};
use crate::limits::test_limits;
use crate::measures::Estimate;
use crate::measures::paired::{paired_difference, risk_contributions};
use crate::model::instance::{Instance, ModelIdx, SupplierIdx, WorkloadIdx};
use crate::model::limit::Limit;
use crate::model::plan::Plan;
use crate::planning::request::{Freedom, Request};
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective, evaluate, risk_usd};
use crate::planning::search::search;
use crate::service::setting::Setting;
use crate::study::progress::{Progress, Target};

/// Trials on which a rung is searched, at most; it is measured on all of them and on fresh ones.
const MAX_RUNG_TRIALS: usize = 400;
/// Numbers of workloads touched, until all are.
const TOUCHED: [usize; 9] = [1, 2, 3, 5, 8, 13, 21, 34, 55];
/// Part of the whole plan's relief from risk that is enough.
pub(super) const KNEE: f64 = 0.8;
/// Relative room above a limit's value of today, or below it: more than the margin by which the planner keeps limits, so
/// that today's shares may stay.
const EASE: f64 = 2e-6;
/// Limits that are broken today and tried to be kept one by one, at most.
const MAX_RESTORED: usize = 3;

/// Rungs from today to the whole plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    pub rungs: Vec<Rung>,
    /// Index of the smallest `touched` rung that takes at least 80 % of the risk that the whole plan takes; `None` if
    /// the whole plan takes none.
    pub knee: Option<usize>,
    /// Index of the recommended rung; that of the whole plan where nothing less will do.
    pub recommended: usize,
}

impl Ladder {
    /// The recommended rung, where it is less than the whole plan.
    #[must_use]
    pub fn less_than_all(&self) -> Option<&Rung> {
        self.rungs.get(self.recommended).filter(|rung| rung.kind != RungKind::All)
    }
}

/// What a rung leaves free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RungKind {
    Today,
    /// Shares stay as today.
    Standbys,
    /// Only hosts that are in use today.
    Hosts,
    /// At most so many workloads are touched.
    Touched(usize),
    All,
}

/// The best plan of a rung.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    pub kind: RungKind,
    pub measured: MeasuredPlan,
    pub cost: PlannedCost,
    pub capability: Capability,
    /// What it changes, by workload.
    pub changes: Vec<WorkloadChange>,
    /// Share of all demand that moves.
    pub turnover: f64,
    /// Workloads whose shares or standbys differ from today's.
    pub workloads: Vec<WorkloadIdx>,
    /// Hosts that the company does not know today.
    pub new_hosts: Vec<SupplierIdx>,
    /// Hosts of today that the rung no longer uses.
    pub closed_hosts: Vec<SupplierIdx>,
    /// Models to be qualified for workloads.
    pub new_models: Vec<(WorkloadIdx, ModelIdx)>,
    /// Relative gap to a proven bound; `None` where nothing is proven.
    pub gap: Option<f64>,
    /// CVaR on fresh trials less that of the recommended rung, USD, paired by trial; `None` with too few trials.
    pub cvar_over_recommended: Option<Estimate>,
}

/// Climbs from today to `all`, the recommended plan with its gap.
pub(super) fn ladder(context: &PlanContext<'_>, all: &Plan, gap: f64) -> Ladder {
    let climb = Climb::new(context);
    let today = climb.rung(RungKind::Today, context.session.current.clone(), None);
    let last = climb.rung(RungKind::All, all.clone(), Some(gap));
    let standbys =
        || climb.searched(RungKind::Standbys, Freedom { keeps_shares: true, ..Freedom::default() });
    let hosts = || match climb.stays_at_hosts(&last) {
        // What is best of all plans is best of those at these hosts.
        true => Rung { kind: RungKind::Hosts, ..last.clone() },
        false => climb.searched(RungKind::Hosts, Freedom { keeps_hosts: true, ..Freedom::default() }),
    };
    let (standbys, hosts) = rayon::join(standbys, hosts);
    let mut rungs = vec![today, standbys, hosts];
    let order = climb.order(&[&last.measured.plan, &rungs[1].measured.plan, &rungs[2].measured.plan]);
    let counts: Vec<usize> = TOUCHED.into_iter().filter(|k| *k < last.workloads.len()).collect();
    let found: Vec<Option<Plan>> = counts.par_iter().map(|&k| climb.among(k, &order[k - 1].0)).collect();
    let mut before = context.session.current.clone();
    for (k, found) in counts.into_iter().zip(found) {
        let rung = climb.touching(k, found, &order[k - 1].1, before);
        before = rung.measured.plan.clone();
        rungs.push(rung);
    }
    rungs.push(last);
    let objective = &context.request.objective;
    let knee = knee(objective, &rungs);
    let recommended = recommended(objective, &rungs, knee);
    let losses = rungs[recommended].measured.fresh.losses.clone();
    for rung in &mut rungs {
        rung.cvar_over_recommended =
            cvar_over(objective.confidence_level, &rung.measured.fresh.losses, &losses);
    }
    Ladder { rungs, knee, recommended }
}

/// What all rungs are searched with.
struct Climb<'a> {
    context: &'a PlanContext<'a>,
    /// The first planning trials.
    sample: CompiledSample,
    today: Evaluation,
    /// The portfolio with the limits that today breaks at today's values.
    eased: Instance,
}

/// How a plan compares: limits broken, then cost and risk.
type Rank = (usize, f64);

impl<'a> Climb<'a> {
    fn new(context: &'a PlanContext<'a>) -> Self {
        let session = context.session;
        let today = context.evaluate(&session.current);
        let broken: BTreeSet<&str> = today.broken.iter().map(String::as_str).collect();
        let eased = eased(&session.setting, &today, &broken);
        let sample = context.sample.first(context.sample.n_trials.min(MAX_RUNG_TRIALS));
        Self { context, sample, today, eased }
    }

    fn rank(&self, evaluation: &Evaluation) -> Rank {
        (evaluation.broken.len(), evaluation.score_usd(&self.context.request.objective))
    }

    /// Whether the plan breaks nothing that today keeps, and nothing worse than today.
    fn is_allowed(&self, plan: &Plan, evaluation: &Evaluation) -> bool {
        let is_new = evaluation.broken.iter().any(|broken| !self.today.broken.contains(broken));
        !is_new && {
            let setting = self.context.session.setting.on(&self.eased);
            let eased = evaluate(&setting, self.context.sample, &self.context.request.objective, plan);
            eased.broken.iter().all(|broken| self.today.broken.contains(broken))
        }
    }

    /// The best plan within a freedom, on the first trials; `None` if none was found.
    fn search(&self, kind: RungKind, freedom: &Freedom) -> Option<(Plan, Option<f64>)> {
        let setting = &self.context.session.setting;
        let strict = Freedom { tolerated: self.unmendable(freedom), ..freedom.clone() };
        if let Some(found) = self.search_under(setting, kind, &strict) {
            return Some(found);
        }
        // The limits that are broken today cannot all be kept: as many as possible, the rest no worse than today.
        let mut instance = self.eased.clone();
        let all_tolerated: BTreeSet<String> = self.today.broken.iter().cloned().collect();
        let broken: Vec<usize> = (0..instance.portfolio.limits.len())
            .filter(|&at| instance.portfolio.limits[at] != setting.instance.portfolio.limits[at])
            .collect();
        for &at in broken.iter().take(MAX_RESTORED) {
            let mut tried = instance.clone();
            tried.portfolio.limits[at].clone_from(&setting.instance.portfolio.limits[at]);
            let tolerated: BTreeSet<String> = all_tolerated
                .iter()
                .filter(|name| **name != tried.portfolio.limits[at].name())
                .cloned()
                .collect();
            let freedom = Freedom { tolerated, ..freedom.clone() };
            let request = Request { any_plan_will_do: true, ..self.request(&freedom) };
            let found = search(&setting.on(&tried), &self.sample, &request, &|_, _, _| ());
            if found.is_ok_and(|found| found.best.is_some()) {
                instance = tried;
            }
        }
        let freedom = Freedom { tolerated: all_tolerated, ..freedom.clone() };
        self.search_under(&setting.on(&instance), kind, &freedom)
    }

    /// Offers that a workload may not use and that an untouched workload keeps.
    fn unmendable(&self, freedom: &Freedom) -> BTreeSet<String> {
        let limits: BTreeSet<&str> =
            self.context.session.instance.portfolio.limits.iter().map(Limit::name).collect();
        let keeps_all = freedom.keeps_shares;
        let instance = self.context.session.instance;
        let is_kept = |name: &&String| {
            let mut untouched = (0..instance.workloads.len()).filter(|&w| keeps_all || !freedom.may_touch(w));
            untouched.any(|w| name.starts_with(&format!("{} ", instance.workloads[w].workload.id)))
        };
        let broken = self.today.broken.iter().filter(|name| !limits.contains(name.as_str()));
        broken.filter(is_kept).cloned().collect()
    }

    fn request(&self, freedom: &Freedom) -> Request {
        Request { freedom: freedom.clone(), ..self.context.request.clone() }
    }

    fn search_under(
        &self,
        setting: &Setting<'_>,
        kind: RungKind,
        freedom: &Freedom,
    ) -> Option<(Plan, Option<f64>)> {
        let on_round = |round: usize, bound_usd: f64, best_usd: f64| {
            let target = Target::Rung(kind);
            (self.context.progress)(Progress::Round { target, round, bound_usd, best_usd });
        };
        // No warm start: its plans were made without the rung's restrictions and would break them.
        let found = search(setting, &self.sample, &self.request(freedom), &on_round).ok()?;
        let (plan, evaluation) = found.best?;
        let score = evaluation.score_usd(&self.context.request.objective);
        let gap = (found.bound_usd.is_finite() && score > 0.0)
            .then(|| ((score - found.bound_usd) / score).max(0.0));
        Some((plan, gap))
    }

    /// The rung of a freedom: the plan found, or today's where none is better.
    fn searched(&self, kind: RungKind, freedom: Freedom) -> Rung {
        let today = self.context.session.current.clone();
        match self.search(kind, &freedom) {
            Some((plan, gap)) => {
                let found = self.context.evaluate(&plan);
                let is_better = self.is_allowed(&plan, &found) && self.rank(&found) < self.rank(&self.today);
                self.rung(kind, if is_better { plan } else { today }, gap)
            }
            None => self.rung(kind, today, None),
        }
    }

    /// For each number k of workloads: the k workloads, and the plan that takes them over from the given plans, one at a
    /// time, always the one that helps most.
    fn order(&self, plans: &[&Plan]) -> Vec<(Vec<WorkloadIdx>, Plan)> {
        let instance = self.context.session.instance;
        let mut left: Vec<WorkloadIdx> = (0..instance.workloads.len()).collect();
        let (mut taken, mut plan): (Vec<WorkloadIdx>, Plan) =
            (Vec::new(), self.context.session.current.clone());
        let mut steps = Vec::new();
        while !left.is_empty() {
            let candidates = left.iter().flat_map(|&w| plans.iter().map(move |from| (w, *from)));
            let tried = candidates.map(|(w, from)| {
                let with = taken_over(instance, &plan, from, w);
                let evaluation = self.context.evaluate(&with);
                let is_allowed = evaluation.broken.iter().all(|broken| self.today.broken.contains(broken));
                let rank = self.rank(&evaluation);
                (if is_allowed { rank } else { (usize::MAX, rank.1) }, w, with)
            });
            let best =
                tried.min_by(|a, b| a.0.0.cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)).then(a.1.cmp(&b.1)));
            let Some((_, w, with)) = best else { break };
            taken.push(w);
            left.retain(|own| *own != w);
            plan = with;
            steps.push((taken.clone(), plan.clone()));
        }
        steps
    }

    /// Whether the rung uses no host that is not in use today.
    fn stays_at_hosts(&self, rung: &Rung) -> bool {
        let known = &self.context.session.setting.known;
        let mut used = rung.cost.hosts.iter().filter(|host| host.is_used);
        used.all(|host| known.used_hosts.contains(&host.host))
    }

    /// The best plan found that touches only the given `k` workloads.
    fn among(&self, k: usize, workloads: &[WorkloadIdx]) -> Option<Plan> {
        let n = self.context.session.instance.workloads.len();
        let may_touch = (0..n).map(|w| workloads.contains(&w)).collect();
        let found = self.search(RungKind::Touched(k), &Freedom { may_touch, ..Freedom::default() });
        found.map(|found| found.0)
    }

    /// The rung that touches at most `k` workloads: the best of what was found among them, of what other rungs do with
    /// them, and of the rung before.
    fn touching(&self, k: usize, found: Option<Plan>, taken_over: &Plan, before: Plan) -> Rung {
        let plans = found.into_iter().chain([taken_over.clone(), before.clone()]);
        let ranked = plans.filter_map(|plan| {
            let evaluation = self.context.evaluate(&plan);
            self.is_allowed(&plan, &evaluation).then(|| (self.rank(&evaluation), plan))
        });
        let best = ranked.min_by(|a, b| a.0.0.cmp(&b.0.0).then(a.0.1.total_cmp(&b.0.1)));
        self.rung(RungKind::Touched(k), best.map_or(before, |best| best.1), None)
    }

    fn rung(&self, kind: RungKind, plan: Plan, gap: Option<f64>) -> Rung {
        let session = self.context.session;
        let cost = session.setting.planned_cost(&plan);
        let known = &session.setting.known;
        Rung {
            kind,
            changes: workload_changes(&session.setting, &session.current, &plan),
            turnover: turnover(session.instance, &session.current, &plan),
            workloads: touched(session.instance, &session.current, &plan),
            new_hosts: cost.opened(known),
            closed_hosts: cost.closed(known),
            new_models: cost.qualify.iter().map(|q| (q.0, q.1)).collect(),
            capability: capability(session.instance, &plan),
            measured: self.context.measured(plan),
            cost,
            gap,
            cvar_over_recommended: None,
        }
    }
}

/// `into` with the workload's shares and standbys of `from`.
fn taken_over(instance: &Instance, into: &Plan, from: &Plan, workload: WorkloadIdx) -> Plan {
    let mut plan = into.clone();
    for cell in instance.workloads[workload].cells.clone() {
        plan.allocation[cell].clone_from(&from.allocation[cell]);
    }
    plan.standby[workload].clone_from(&from.standby[workload]);
    plan
}

/// The instance with the bounds of limits that are broken today at today's values, so that no plan breaks them further.
fn eased(setting: &Setting<'_>, today: &Evaluation, broken: &BTreeSet<&str>) -> Instance {
    let mut instance = setting.instance.clone();
    let plan = Plan::current(setting.instance);
    let outcomes = test_limits(setting, &plan, Some(today.risk_figures()), None);
    for (limit, outcome) in instance.portfolio.limits.iter_mut().zip(outcomes) {
        let Some(value) = outcome.value.filter(|_| broken.contains(outcome.name.as_str())) else { continue };
        let name = limit.name().to_owned();
        for (end, bound) in ends(&limit.measure) {
            let is_broken = match end {
                super::conflict::bounds::End::AtLeast => value < bound,
                super::conflict::bounds::End::AtMost => value > bound,
            };
            if is_broken {
                let room = EASE * value.abs().max(1.0);
                let eased = match end {
                    super::conflict::bounds::End::AtLeast => value - room,
                    super::conflict::bounds::End::AtMost => value + room,
                };
                limit.measure = with_end(&limit.measure, end, eased);
            }
        }
        // The name stays that of the portfolio's own limit.
        limit.id = Some(name);
    }
    instance
}

/// Weighted loss over the horizon on fresh trials, USD.
pub(super) fn risk(objective: &Objective, rung: &Rung) -> f64 {
    risk_usd(objective, rung.measured.fresh.mean_loss_usd, rung.measured.fresh.figures.cvar_usd)
}

/// CVaR of `losses` less that of `others`, both `[n_trials]` of the same trials, USD, with its 95 % interval.
fn cvar_over(level: f64, losses: &[f64], others: &[f64]) -> Option<Estimate> {
    let tail = |losses: &[f64]| risk_contributions(losses, 1.0, level).ok();
    paired_difference(&tail(losses)?, &tail(others)?).ok()
}

/// The first rung that touches a few workloads and takes at least [`KNEE`] of the whole plan's relief.
fn knee(objective: &Objective, rungs: &[Rung]) -> Option<usize> {
    let (first, last) = (risk(objective, rungs.first()?), risk(objective, rungs.last()?));
    let relief = first - last;
    if relief <= 0.0 {
        return None;
    }
    rungs.iter().position(|rung| {
        let counts = matches!(rung.kind, RungKind::Touched(_) | RungKind::All);
        counts && first - risk(objective, rung) >= KNEE * relief
    })
}
