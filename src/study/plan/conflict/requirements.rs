//! Requirements on a plan, one by one, and whether a plan exists when some of them are relaxed.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::bounds::{ends, with_end, without_end};
use super::demand::{Demand, Requirement, exclusions, set_size, size_bound};
use crate::limits::sizes::Size;
use crate::model::instance::{Instance, OfferIdx, WorkloadIdx};
use crate::model::limit::Measure;
use crate::model::pairs::PairSet;
use crate::model::plan::Plan;
use crate::planning::request::Request;
use crate::planning::sample::CompiledSample;
use crate::planning::sample::evaluate::{Evaluation, Objective};
use crate::planning::search::{SearchOutcome, search};
use crate::planning::solver::SolverError;
use crate::service::cell_model::Roles;
use crate::service::setting::Setting;
use crate::study::plan::samples::{CandidateSet, few_trials};
use crate::study::session::{OptimizeSettings, Session};

/// Risk weight used when a loss limit is only checked afterwards: makes the search prefer the safest plan.
const SAFETY_FIRST: f64 = 1000.0;
/// Pairs of cells and offers times trials above which a search among all of them takes long.
const MAX_PAIR_TRIALS: u64 = 1_000_000;

/// Whether a plan exists.
#[derive(Debug, Clone)]
pub enum Feasibility {
    Feasible(Box<(Plan, Evaluation)>),
    /// It is proven that no plan exists.
    Infeasible,
    /// No plan was found, without a proof.
    NotFound,
}

impl Feasibility {
    pub fn is_feasible(&self) -> bool {
        matches!(self, Self::Feasible(_))
    }
}

/// The requirements that hold, and one with a relaxed bound.
#[derive(Debug, Clone)]
pub struct Relaxation {
    /// `[n_demands]`
    pub holds: Vec<bool>,
    /// Index of the relaxed requirement, and its bound.
    pub relaxed: Option<(usize, f64)>,
}

/// Goal of a search for a plan that keeps the requirements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Any plan.
    Any,
    /// The best plan by the request's objective, on the trials of the settings.
    Best,
    /// The least planned cost.
    LeastCost,
    /// The least expected loss, or CVaR at a level.
    LeastLoss(Option<f64>),
}

/// The trials that a search runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrialChoice {
    /// One in which nothing happens, for every offer.
    Quiet,
    /// As many as the settings say, for the shortlist.
    Shortlist,
    /// As many as the settings say, for every offer.
    Broad,
}

/// The requirements of a request, eligibility first, then quotas, sizes, turnover, limits and floors.
pub struct Demands<'a> {
    session: &'a Session<'a>,
    settings: OptimizeSettings,
    pub request: &'a Request,
    pub list: Vec<Demand>,
    /// `[n_cells × n_offers]`: requirements that exclude the pair; empty when eligibility always holds.
    excluded: Vec<Vec<Requirement>>,
    /// A year in which nothing happens, compiled for every offer once it is needed: without new standbys, and with them.
    quiet: [OnceCell<Rc<CompiledSample>>; 2],
    /// The trials of [`few_trials`], compiled for the shortlist: a plan found on it is a plan, but nothing is
    /// proven by it.
    shortlist: RefCell<Option<Rc<CompiledSample>>>,
    /// Offers that were added to the shortlist, because a plan that keeps all but limits on losses uses them.
    further: RefCell<Vec<OfferIdx>>,
    /// The same trials, compiled for every offer once they are needed.
    broad: OnceCell<Rc<CompiledSample>>,
    /// What was found for sets of requirements, `[n_demands]`: the same question is asked more than once.
    known: RefCell<HashMap<Vec<bool>, Feasibility>>,
}

impl<'a> Demands<'a> {
    /// Lists the requirements; without `with_eligibility`, eligibility always holds. `shortlist`: the trials of the
    /// settings, compiled for the shortlist; `None`: compiled when they are needed.
    pub fn new(
        session: &'a Session<'a>,
        settings: OptimizeSettings,
        request: &'a Request,
        shortlist: Option<&CompiledSample>,
        with_eligibility: bool,
    ) -> Self {
        let settings = few_trials(settings);
        let instance = session.instance;
        let excluded: Vec<Vec<Requirement>> =
            if with_eligibility { every_exclusion(session) } else { Vec::new() };
        let mut list = Vec::new();
        for (workload, w) in instance.workloads.iter().enumerate() {
            let n = instance.offers.len();
            let own = excluded.get(w.cells.start * n..w.cells.end * n).unwrap_or_default();
            let named: BTreeSet<Requirement> = own.iter().flatten().copied().collect();
            list.extend(named.into_iter().map(|r| Demand::Eligibility(workload, r)));
        }
        for (offer, o) in instance.offers.iter().enumerate() {
            list.extend(o.capacity_mtok_per_month.map(|capacity| Demand::Capacity(offer, capacity)));
        }
        for workload in 0..instance.workloads.len() {
            list.extend(Size::ALL.into_iter().filter_map(|size| {
                Some(Demand::Size(workload, size, size_bound(instance, workload, size)?))
            }));
        }
        list.extend(request.max_turnover.map(Demand::Turnover));
        for (at, limit) in instance.portfolio.limits.iter().enumerate() {
            list.extend(ends(&limit.measure).into_iter().map(|(end, bound)| Demand::Limit(at, end, bound)));
        }
        list.extend(request.floors.iter().enumerate().map(|(at, floor)| Demand::Floor(at, floor.share)));
        let first = |sample: &CompiledSample| sample.first(sample.n_trials.min(settings.n_trials as usize));
        let shortlist = RefCell::new(shortlist.map(first).map(Rc::new));
        let (quiet, further, broad, known) = Default::default();
        Self { session, settings, request, list, excluded, quiet, shortlist, further, broad, known }
    }

    /// Whether the requirement is a limit on losses, which only trials can test.
    pub fn is_risk(&self, demand: usize) -> bool {
        self.measure(demand).is_some_and(is_risk)
    }

    /// Whether every offer in all trials is so much that a search takes long.
    pub fn is_large(&self) -> bool {
        let instance = self.session.instance;
        let pairs = instance.cells.len() * instance.offers.len();
        pairs as u64 * self.settings.n_trials > MAX_PAIR_TRIALS
    }

    /// Whether trials have been compiled for every offer.
    #[cfg(test)]
    pub fn has_compiled_every_offer(&self) -> bool {
        self.broad.get().is_some()
    }

    /// Index of the limit that a requirement is.
    pub fn limit(&self, demand: usize) -> Option<usize> {
        if let Demand::Limit(at, ..) = self.list[demand] { Some(at) } else { None }
    }

    /// The measure of a requirement that is a limit.
    pub fn measure(&self, demand: usize) -> Option<&'a Measure> {
        self.limit(demand).map(|at| &self.session.instance.portfolio.limits[at].measure)
    }

    /// Searches for a plan that keeps the requirements under a relaxation.
    ///
    /// Trials are drawn only where losses count, and every offer is tried only where the shortlist gives no plan, or the least
    /// loss is sought and that does not take long.
    pub fn check(&self, relaxation: &Relaxation, goal: Goal) -> Feasibility {
        if goal != Goal::Any || relaxation.relaxed.is_some() {
            return self.checked(relaxation, goal);
        }
        if let Some(known) = self.known.borrow().get(&relaxation.holds) {
            return known.clone();
        }
        let found = self.checked(relaxation, goal);
        self.known.borrow_mut().insert(relaxation.holds.clone(), found.clone());
        found
    }

    fn checked(&self, relaxation: &Relaxation, goal: Goal) -> Feasibility {
        let asks_loss = !matches!(goal, Goal::Any | Goal::LeastCost);
        let instance = self.relaxed_instance(relaxation);
        let has_risk = instance.portfolio.limits.iter().any(|limit| is_risk(&limit.measure));
        if !asks_loss && !has_risk {
            return self.search(&instance, relaxation, goal, TrialChoice::Quiet);
        }
        // Infeasible without loss limits implies infeasible with them, and is quick to prove.
        let without_losses = (goal == Goal::Any).then(|| self.without_losses(relaxation));
        match without_losses {
            Some(Feasibility::Infeasible) => Feasibility::Infeasible,
            Some(Feasibility::Feasible(found)) => self.with_losses(relaxation, goal, Some(&found.0)),
            _ => self.with_losses(relaxation, goal, None),
        }
    }

    /// As [`Demands::check`], on trials. `plan`: one that keeps all but limits on losses.
    ///
    /// Where every offer takes long, the offers of `plan` are added to the shortlist before every offer is tried, and how far a
    /// bound must give is found on the shortlist.
    pub fn with_losses(&self, relaxation: &Relaxation, goal: Goal, plan: Option<&Plan>) -> Feasibility {
        let instance = self.relaxed_instance(relaxation);
        let is_large = self.is_large();
        if matches!(goal, Goal::Any | Goal::Best) || is_large {
            let mut found = self.search(&instance, relaxation, goal, TrialChoice::Shortlist);
            if !found.is_feasible() && is_large && plan.is_some_and(|plan| self.widens(plan)) {
                found = self.search(&instance, relaxation, goal, TrialChoice::Shortlist);
            }
            let asks_how_far = goal == Goal::Any && relaxation.relaxed.is_some();
            if found.is_feasible() || (asks_how_far && is_large) {
                return found;
            }
        }
        self.search(&instance, relaxation, goal, TrialChoice::Broad)
    }

    /// Adds the offers of a plan to the shortlist; returns whether there are new ones.
    fn widens(&self, plan: &Plan) -> bool {
        let shares = plan.allocation.iter().flatten().map(|share| share.0);
        let standbys = plan.standby.iter().flatten().map(|standby| standby.offer);
        let known = self.further.borrow().clone();
        let offers: BTreeSet<OfferIdx> = shares.chain(standbys).chain(known.iter().copied()).collect();
        let is_wider = offers.len() > known.len();
        if is_wider {
            self.further.replace(offers.into_iter().collect());
            self.shortlist.replace(None);
        }
        is_wider
    }

    /// Searches for any plan that keeps the requirements but those on losses: a small program without trials.
    pub fn without_losses(&self, relaxation: &Relaxation) -> Feasibility {
        let mut instance = self.relaxed_instance(relaxation);
        instance.portfolio.limits.retain(|limit| !is_risk(&limit.measure));
        self.search(&instance, relaxation, Goal::Any, TrialChoice::Quiet)
    }

    /// Searches on some trials. `instance`: with the relaxed limits, quotas and sizes.
    fn search(
        &self,
        instance: &Instance,
        relaxation: &Relaxation,
        goal: Goal,
        trials: TrialChoice,
    ) -> Feasibility {
        let mut setting = self.session.setting.on(instance);
        let relaxes_eligibility = self.relaxes_eligibility(relaxation);
        if relaxes_eligibility {
            setting.law.eligible = self.eligible(relaxation);
        }
        // Where no loss counts, only the loss of nodes makes standbys worth their cost.
        let has_standbys =
            instance.portfolio.limits.iter().any(|l| matches!(l.measure, Measure::Survives { .. }));
        let own = &self.session.setting;
        let sample = match trials {
            _ if relaxes_eligibility => Rc::new(self.compiled(&setting, trials, has_standbys)),
            TrialChoice::Quiet => Rc::clone(
                self.quiet[usize::from(has_standbys)]
                    .get_or_init(|| Rc::new(self.compiled(own, trials, has_standbys))),
            ),
            TrialChoice::Shortlist => Rc::clone(
                self.shortlist
                    .borrow_mut()
                    .get_or_insert_with(|| Rc::new(self.compiled(own, trials, has_standbys))),
            ),
            TrialChoice::Broad => {
                Rc::clone(self.broad.get_or_init(|| Rc::new(self.compiled(own, trials, has_standbys))))
            }
        };
        let mut feasibility = Feasibility::NotFound;
        for objective in self.tries(goal, trials != TrialChoice::Quiet) {
            let any_plan_will_do = goal == Goal::Any;
            let request = Request { any_plan_will_do, ..self.relaxed_request(relaxation, objective) };
            feasibility = judged(search(&setting, &sample, &request, &|_, _, _| ()));
            if !matches!(feasibility, Feasibility::NotFound) {
                break;
            }
        }
        feasibility
    }

    /// Trials compiled under a setting that may allow other pairs.
    fn compiled(&self, setting: &Setting<'_>, trials: TrialChoice, has_standbys: bool) -> CompiledSample {
        match trials {
            TrialChoice::Quiet if has_standbys => self.session.quiet_sample(setting, &Roles::all(setting)),
            TrialChoice::Quiet => self.session.quiet_sample(setting, &Roles::without_new_standbys(setting)),
            TrialChoice::Shortlist => {
                let candidates = CandidateSet::Shortlist(&self.further.borrow());
                self.session.compiled(setting, self.settings, candidates)
            }
            TrialChoice::Broad => self.session.compiled(setting, self.settings, CandidateSet::Everything),
        }
    }

    /// Objectives to search with, in turn, until a search decides.
    fn tries(&self, goal: Goal, needs_trials: bool) -> Vec<Objective> {
        let own = self.request.objective;
        let safest = Objective { risk_times: SAFETY_FIRST, ..own };
        match goal {
            Goal::Any if needs_trials => vec![own, safest],
            Goal::Any | Goal::LeastCost => vec![Objective { risk_times: 0.0, ..own }],
            Goal::Best => vec![own],
            Goal::LeastLoss(None) => vec![Objective { cvar_weight: 0.0, ..safest }],
            Goal::LeastLoss(Some(confidence_level)) => {
                vec![Objective { cvar_weight: 1.0, confidence_level, ..safest }]
            }
        }
    }

    fn relaxed_instance(&self, relaxation: &Relaxation) -> Instance {
        let mut instance = self.session.instance.clone();
        let mut limits: Vec<Option<Measure>> =
            instance.portfolio.limits.iter().map(|l| Some(l.measure.clone())).collect();
        for (at, demand) in self.list.iter().enumerate() {
            let relaxed = relaxation.relaxed.filter(|r| r.0 == at).map(|r| r.1);
            match *demand {
                Demand::Limit(limit, end, _) => {
                    let measure = limits[limit].take();
                    limits[limit] = measure.and_then(|m| match relaxed {
                        Some(bound) => Some(with_end(&m, end, bound)),
                        None if relaxation.holds[at] => Some(m),
                        None => without_end(&m, end),
                    });
                }
                Demand::Capacity(offer, _) => {
                    // A dropped quota stays declared, so that the offer keeps its role in a crisis.
                    let dropped = (!relaxation.holds[at]).then_some(f64::INFINITY);
                    let quota = &mut instance.offers[offer].capacity_mtok_per_month;
                    *quota = relaxed.or(dropped).or(*quota);
                }
                Demand::Size(workload, size, bound) => {
                    let bound = relaxed.or(relaxation.holds[at].then_some(bound));
                    set_size(&mut instance.workloads[workload].workload.terms, size, bound);
                }
                _ => {}
            }
        }
        let held = instance.portfolio.limits.into_iter().zip(limits);
        instance.portfolio.limits = held
            .filter_map(|(mut limit, measure)| {
                limit.measure = measure?;
                Some(limit)
            })
            .collect();
        instance
    }

    fn relaxed_request(&self, relaxation: &Relaxation, objective: Objective) -> Request {
        let mut request = Request { objective, ..self.request.clone() };
        let mut floors = Vec::new();
        for (at, demand) in self.list.iter().enumerate() {
            let relaxed = relaxation.relaxed.filter(|r| r.0 == at).map(|r| r.1);
            match *demand {
                Demand::Turnover(most) => {
                    request.max_turnover = relaxed.or(relaxation.holds[at].then_some(most));
                }
                Demand::Floor(floor, share) => {
                    let share = relaxed.or(relaxation.holds[at].then_some(share));
                    floors.extend(share.map(|share| crate::planning::request::Floor {
                        share,
                        ..self.request.floors[floor]
                    }));
                }
                _ => {}
            }
        }
        request.floors = floors;
        request
    }

    fn relaxes_eligibility(&self, relaxation: &Relaxation) -> bool {
        let is_relaxed = |(at, demand): (usize, &Demand)| {
            let gives = !relaxation.holds[at] || relaxation.relaxed.is_some_and(|r| r.0 == at);
            gives && matches!(demand, Demand::Eligibility(..))
        };
        self.list.iter().enumerate().any(is_relaxed)
    }

    /// Pairs that no remaining requirement excludes.
    fn eligible(&self, relaxation: &Relaxation) -> PairSet {
        let instance = self.session.instance;
        let n = instance.offers.len();
        let mut held: Vec<BTreeSet<Requirement>> = vec![BTreeSet::new(); instance.workloads.len()];
        let mut floor: Option<(WorkloadIdx, Requirement, f64)> = None;
        for (at, demand) in self.list.iter().enumerate() {
            let Demand::Eligibility(workload, requirement) = *demand else { continue };
            match relaxation.relaxed.filter(|r| r.0 == at) {
                Some((_, bound)) => floor = Some((workload, requirement, bound)),
                None if relaxation.holds[at] => {
                    held[workload].insert(requirement);
                }
                None => {}
            }
        }
        let mut eligible = PairSet::empty(instance.cells.len(), n);
        for (cell, c) in instance.cells.iter().enumerate() {
            for offer in 0..n {
                let excludes = |requirement: &Requirement| match floor {
                    Some((workload, relaxed, bound)) if (workload, relaxed) == (c.workload, *requirement) => {
                        requirement.figure(instance, cell, offer).is_none_or(|x| x < bound)
                    }
                    _ => held[c.workload].contains(requirement),
                };
                if !self.excluded[cell * n + offer].iter().any(excludes) {
                    eligible.insert(cell, offer);
                }
            }
        }
        eligible
    }

    /// Floors below the required one at which another offer becomes eligible, descending.
    pub fn lower_floors(&self, demand: usize) -> Vec<f64> {
        let Demand::Eligibility(workload, requirement) = self.list[demand] else { return Vec::new() };
        let instance = self.session.instance;
        let n = instance.offers.len();
        let mut floors: Vec<f64> = instance.workloads[workload]
            .cells
            .clone()
            .flat_map(|cell| (0..n).map(move |offer| (cell, offer)))
            .filter(|&(cell, offer)| self.excluded[cell * n + offer].contains(&requirement))
            .filter_map(|(cell, offer)| requirement.figure(instance, cell, offer))
            .collect();
        floors.sort_by(|a, b| b.total_cmp(a));
        floors.dedup();
        floors
    }
}

fn is_risk(measure: &Measure) -> bool {
    matches!(measure, Measure::Cvar { .. } | Measure::AverageAnnualLoss { .. })
}

fn judged(found: Result<SearchOutcome, SolverError>) -> Feasibility {
    match found {
        Ok(SearchOutcome { best: Some(best), .. }) => Feasibility::Feasible(Box::new(best)),
        Ok(_) | Err(SolverError::NoAnswer(_)) => Feasibility::NotFound,
        Err(SolverError::Infeasible) => Feasibility::Infeasible,
    }
}

fn every_exclusion(session: &Session<'_>) -> Vec<Vec<Requirement>> {
    let instance = session.instance;
    let pairs = (0..instance.cells.len()).flat_map(|cell| (0..instance.offers.len()).map(move |o| (cell, o)));
    pairs.map(|(cell, offer)| exclusions(&session.setting, cell, offer)).collect()
}

/// Load of an offer including all standby cover, mtok per month.
pub fn load(setting: &Setting<'_>, plan: &Plan, offer: OfferIdx) -> f64 {
    let instance = setting.instance;
    let mtok = |cell: usize| instance.cells[cell].mtok_per_month();
    let planned: f64 = (0..instance.cells.len()).map(|cell| mtok(cell) * plan.share(cell, offer)).sum();
    let covered = plan.standby.iter().zip(&instance.workloads).flat_map(|(standbys, workload)| {
        let own = standbys.iter().filter(|s| s.offer == offer);
        own.flat_map(|s| {
            let cells = workload.cells.clone().filter(|&cell| setting.law.eligible.contains(cell, offer));
            cells.map(|cell| s.cover * mtok(cell))
        })
    });
    planned + covered.sum::<f64>()
}
