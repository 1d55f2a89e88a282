//! The compact formulation: decisions, planned cost and limits are exact; loss is bounded by cuts, added at the plans
//! tried.

pub mod limits;
pub mod linear_program;
pub mod survival;
pub mod uses;
pub mod variables;

use super::USD_PER_UNIT;
use super::request::{Discouraged, Floor, Request};
use super::sample::CompiledSample;
use super::sample::cuts::LossCut;
use crate::costs::machines_held;
use crate::exposure::shares::ExposureSetting;
use crate::limits::sizes::{LEAST_SHARE, smallest_share};
use crate::model::instance::{Standby, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::service::setting::Setting;
use limits::{RiskVariables, add_hhi_chords, add_limits, is_loss_limit};
use linear_program::{Constraint, LinearProgram, Variable, VariableIdx};
use variables::{DependentVariable, Variables};

/// Margin above a requested share, so that the solver's rounding does not fall short of it.
const FLOOR_MARGIN: f64 = 1e-6;
/// Shares and covers below this are rounding errors of the solver.
const NOTHING: f64 = 1e-6;

/// The mixed-integer program, with the meaning of its variables.
#[derive(Debug, Clone)]
pub struct Formulation {
    pub lp: LinearProgram,
    pub variables: Variables,
    pub risk: RiskVariables,
    /// Limits that are not rows: they are only checked on a plan after it is found.
    pub limits_left_out: Vec<String>,
    /// `[n_tails][n_cells]`: the cell's loss under a set of tail weights, in units of money.
    tails: Vec<Vec<VariableIdx>>,
    /// `[n_cells]`: the cell's workload.
    workload_of: Vec<WorkloadIdx>,
    /// Whether the program is stricter than the limits; then its optimum is no lower bound on other plans.
    pub is_narrower: bool,
    /// Cuts: lower bounds on loss, each with the number of rounds since it was last binding.
    cuts: Vec<(Constraint, u32)>,
}

/// Rounds after which a cut that does not bind is dropped; it is found again if it is needed.
const MAX_IDLE_ROUNDS: u32 = 4;
/// Slack up to which a row counts as binding, in units of money.
const BINDING_SLACK: f64 = 1e-7;

impl Formulation {
    /// Creates the program without cuts, so that 0 is the only lower bound on loss.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        exposure: &ExposureSetting<'_>,
        sample: &CompiledSample,
        request: &Request,
    ) -> Self {
        let mut lp = LinearProgram::default();
        let mut variables = Variables::add(setting, exposure.dimensions, sample, request, &mut lp);
        let is_narrower = variables.is_pruned;
        let n_cells = sample.cells.len();
        let objective = &request.objective;
        let (weight, risk_times) = (objective.cvar_weight, objective.risk_times);
        let risk = RiskVariables {
            expected: (0..n_cells)
                .map(|_| lp.add_continuous(risk_times * (1.0 - weight), 0.0, f64::INFINITY))
                .collect(),
            cvar: lp.add_continuous(risk_times * weight, 0.0, f64::INFINITY),
        };
        add_allocation(n_cells, &variables, &mut lp);
        add_replicas(setting, &variables, &mut lp);
        add_capacity(setting, &variables, &mut lp);
        if let Some(most) = request.max_turnover {
            add_turnover(setting, &mut variables, most, &mut lp);
        }
        add_floors(setting, &variables, &request.floors, &mut lp);
        let limits_left_out = add_limits(
            setting,
            exposure,
            &sample.roles,
            &risk,
            objective.confidence_level,
            &mut variables,
            &mut lp,
        );
        // After the limits: the budget row reads the costs of variables, which must not include these charges.
        add_charges(&variables, &request.discouraged, &mut lp);
        Self {
            lp,
            variables,
            risk,
            limits_left_out,
            is_narrower,
            tails: Vec::new(),
            workload_of: setting.instance.cells.iter().map(|c| c.workload).collect(),
            cuts: Vec::new(),
        }
    }

    /// The program without its survival rows; `None` if it has none.
    #[must_use]
    pub fn without_survival(&self) -> Option<Self> {
        let is_survival = |row: &&mut Constraint| row.name == survival::SURVIVES;
        let mut loose = self.clone();
        let mut rows = loose.lp.constraints.iter_mut().filter(is_survival).peekable();
        rows.peek()?;
        rows.for_each(|row| row.high = f64::INFINITY);
        Some(loose)
    }

    /// Lets losses be above their limits, by variables with this cost a unit; returns them, with the largest value that is
    /// rounding. Such a program always has a solution as far as losses go.
    pub fn soften_loss_limits(&mut self, cost: f64) -> Vec<(VariableIdx, f64)> {
        let LinearProgram { variables, constraints } = &mut self.lp;
        let limits = constraints.iter_mut().filter(|row| is_loss_limit(row));
        let soften = |row: &mut Constraint| {
            variables.push(Variable {
                cost,
                low: 0.0,
                high: f64::INFINITY,
                is_integer: false,
                smallest: 0.0,
            });
            row.terms.push((variables.len() - 1, -1.0));
            (variables.len() - 1, NOTHING * row.high.max(1.0))
        };
        limits.map(soften).collect()
    }

    /// Adds cuts on the expected loss of each cell, `[n_cells]`.
    pub fn add_expected_loss(&mut self, sample: &CompiledSample, cuts: &[LossCut]) {
        for (cell, cut) in cuts.iter().enumerate() {
            let variable = self.risk.expected[cell];
            self.add_cut("expected_loss", sample, cell, cut, variable);
        }
    }

    /// Adds a set of tail weights and returns its index. CVaR is at least the loss under any tail weights.
    pub fn add_tail(&mut self) -> usize {
        let cells: Vec<VariableIdx> =
            self.workload_of.iter().map(|_| self.lp.add_continuous(0.0, 0.0, f64::INFINITY)).collect();
        let mut terms: Vec<(VariableIdx, f64)> = cells.iter().map(|&cell| (cell, -1.0)).collect();
        terms.push((self.risk.cvar, 1.0));
        self.lp.add_at_least("tail", terms, 0.0);
        self.tails.push(cells);
        self.tails.len() - 1
    }

    /// Adds cuts on the loss of each cell under a set of tail weights, `[n_cells]`.
    pub fn add_tail_loss(&mut self, sample: &CompiledSample, tail: usize, cuts: &[LossCut]) {
        for (cell, cut) in cuts.iter().enumerate() {
            let variable = self.tails[tail][cell];
            self.add_cut("tail_loss", sample, cell, cut, variable);
        }
    }

    fn add_cut(
        &mut self,
        name: &'static str,
        sample: &CompiledSample,
        cell: usize,
        cut: &LossCut,
        loss: VariableIdx,
    ) {
        let mut terms = vec![(loss, 1.0)];
        let own = self.terms_of(sample, cell, cut);
        terms.extend(own.map(|(variable, usd)| (variable, -usd / USD_PER_UNIT)));
        if terms.iter().skip(1).any(|t| t.1 != 0.0) {
            self.cuts.push((Constraint::at_least(name, terms, 0.0), 0));
        }
    }

    /// Terms of a cell's cut: variables with their coefficients, USD.
    pub fn terms_of<'a>(
        &'a self,
        sample: &CompiledSample,
        cell: usize,
        cut: &'a LossCut,
    ) -> impl Iterator<Item = (VariableIdx, f64)> + 'a {
        let cell_model = &sample.cells[cell].cell_model;
        let carried = self
            .variables
            .primaries_of(cell_model.cell)
            .iter()
            .map(|primary| (primary.variable, cut.class[primary.class] + primary.least_usd(&cut.member)));
        let (cell, workload) = (cell_model.cell, self.workload_of[cell_model.cell]);
        let covered = self.variables.standbys_of(workload).iter().filter_map(move |standby| {
            let (_, class) = standby.cells.iter().find(|(c, _)| *c == cell)?;
            let usd = match standby.readiness {
                Readiness::Hot => cut.hot[*class],
                Readiness::Warm => cut.warm[*class],
            };
            Some((standby.cover, usd))
        });
        carried.chain(covered)
    }

    /// Number of variables that a cell's loss depends on.
    #[must_use]
    pub fn n_terms_of(&self, sample: &CompiledSample, cell: usize) -> usize {
        let cell = sample.cells[cell].cell_model.cell;
        let covers = self.variables.standbys_of(self.workload_of[cell]).iter();
        let n_covers = covers.filter(|standby| standby.cells.iter().any(|(own, _)| *own == cell)).count();
        self.variables.primaries_of(cell).len() + n_covers
    }

    /// Adds chord rows that surely keep the HHI limits; tangents only approach them from outside.
    pub fn keep_hhi_by_chords(&mut self, setting: &Setting<'_>, exposure: &ExposureSetting<'_>) {
        self.is_narrower |= add_hhi_chords(setting, exposure, &self.variables, &mut self.lp);
    }

    /// The cuts found so far.
    pub fn cuts(&self) -> impl Iterator<Item = &Constraint> {
        self.cuts.iter().map(|(constraint, _)| constraint)
    }

    /// Drops those cuts from place `from` on that a solution keeps already; variables that it lacks are 0.
    pub fn drop_kept_cuts(&mut self, from: usize, values: &[f64]) {
        let value = |variable: VariableIdx| values.get(variable).copied().unwrap_or(0.0);
        let is_kept = |row: &Constraint| {
            let activity: f64 = row.terms.iter().map(|&(variable, factor)| factor * value(variable)).sum();
            activity >= row.low - BINDING_SLACK
        };
        let new = self.cuts.split_off(from);
        self.cuts.extend(new.into_iter().filter(|(row, _)| !is_kept(row)));
    }

    /// Drops cuts that have not been binding for `MAX_IDLE_ROUNDS` rounds. `values`: the latest solution.
    pub fn drop_idle_cuts(&mut self, values: &[f64]) {
        for (constraint, idle) in &mut self.cuts {
            *idle = if constraint.activity(values) - constraint.low > BINDING_SLACK { *idle + 1 } else { 0 };
        }
        self.cuts.retain(|(_, idle)| *idle < MAX_IDLE_ROUNDS);
    }

    /// `[n_variables]`: values of the integer variables in a plan; 1 for semicontinuous ones in use; all others are 0.
    #[must_use]
    pub fn integers_of(&self, setting: &Setting<'_>, plan: &Plan) -> Vec<f64> {
        let mut values = vec![0.0; self.lp.variables.len()];
        for standby in &self.variables.standbys {
            let is_used = |s: &Standby| s.offer == standby.offer && s.readiness == standby.readiness;
            if plan.standby[standby.workload].iter().any(is_used) {
                values[standby.is_ready] = 1.0;
            }
        }
        for (workload, offer, variable) in self.in_use(setting, plan) {
            let smallest = self.lp.variables[variable].smallest;
            values[variable] = if smallest > 0.0 { 1.0 } else { 0.0 };
            let used = self.variables.used.of(setting, workload, offer, true);
            used.for_each(|variable| values[variable] = 1.0);
        }
        for (workload, standbys) in plan.standby.iter().enumerate() {
            for standby in standbys {
                let used = self.variables.used.of(setting, workload, standby.offer, false);
                used.for_each(|variable| values[variable] = 1.0);
            }
        }
        for (&(_, host), &variable) in &self.variables.used.workload_hosts {
            if values[variable] > 0.0
                && let Some(&in_use) = self.variables.used.hosts.get(&host)
            {
                values[in_use] = 1.0;
            }
        }
        let replicas = setting.monthly_cost(plan).replicas;
        for (&offer, &variable) in &self.variables.replicas {
            let n = replicas.get(&setting.instance.offers[offer].id);
            values[variable] = n.map_or(0.0, |n| *n as f64);
        }
        values
    }

    /// (workload, offer, variable) of the shares in a plan.
    fn in_use(&self, setting: &Setting<'_>, plan: &Plan) -> Vec<(WorkloadIdx, usize, VariableIdx)> {
        let primaries = self.variables.primaries.iter().filter(|p| plan.share(p.cell, p.offer) > 0.0);
        primaries.map(|p| (setting.instance.cells[p.cell].workload, p.offer, p.variable)).collect()
    }

    /// The plan of some cells and their workloads in a solution. Shares below [`LEAST_SHARE`] and covers that are
    /// rounding errors of the solver are dropped; the remaining shares of a cell are scaled to add up to 1.
    #[must_use]
    pub fn plan(
        &self,
        setting: &Setting<'_>,
        sample: &CompiledSample,
        cells: std::ops::Range<usize>,
        values: &[f64],
    ) -> Plan {
        let mut plan = self.plan_as_is(setting, sample, cells, values);
        for (cell, shares) in plan.allocation.iter_mut().enumerate() {
            let least = |offer: usize| smallest_share(setting.instance, cell, offer).min(LEAST_SHARE);
            shares.retain(|s| s.1 > least(s.0) - NOTHING);
            let sum: f64 = shares.iter().map(|s| s.1).sum();
            shares.iter_mut().for_each(|s| s.1 /= sum);
        }
        plan.standby.iter_mut().for_each(|own| own.retain(|s| s.cover > NOTHING));
        plan
    }

    /// The plan of some cells and their workloads in a solution, without any rounding.
    #[must_use]
    pub fn plan_as_is(
        &self,
        setting: &Setting<'_>,
        sample: &CompiledSample,
        cells: std::ops::Range<usize>,
        values: &[f64],
    ) -> Plan {
        let mut plan = Plan {
            allocation: vec![Vec::new(); self.workload_of.len()],
            standby: vec![Vec::new(); setting.instance.workloads.len()],
        };
        for primary in cells.clone().flat_map(|cell| self.variables.primaries_of(cell)) {
            if values[primary.variable] > 0.0 {
                plan.allocation[primary.cell].push((primary.offer, values[primary.variable]));
            }
        }
        plan.allocation.iter_mut().for_each(|shares| shares.sort_by_key(|s| s.0));
        for standby in self.variables.standbys.iter().filter(|s| cells.contains(&s.cells[0].0)) {
            let cover = values[standby.cover].min(1.0);
            if cover <= 0.0 {
                continue;
            }
            let (cell, class) = standby.cells[0];
            let cell_model = &sample.cells[cell].cell_model;
            let warm = cell_model.classes[class].warm_lead.map_or(0.0, |lead| cell_model.warm_leads[lead]);
            let lead_days = if standby.readiness == Readiness::Warm { warm } else { 0.0 };
            let (offer, readiness) = (standby.offer, standby.readiness);
            plan.standby[standby.workload].push(Standby { offer, readiness, cover, lead_days });
        }
        plan.standby.iter_mut().for_each(|s| s.sort_by_key(|s| s.offer));
        plan
    }
}

/// Adds the allocation rows: the shares of each cell add up to 1.
fn add_allocation(n_cells: usize, variables: &Variables, lp: &mut LinearProgram) {
    let mut rows = vec![Vec::new(); n_cells];
    for primary in &variables.primaries {
        rows[primary.cell].push((primary.variable, 1.0));
    }
    rows.into_iter().for_each(|terms| lp.add_equal("allocation", terms, 1.0));
}

/// Terms of an offer's load, mtok per month: shares, and covers times a part of each by its readiness.
fn load(
    setting: &Setting<'_>,
    variables: &Variables,
    offer: usize,
    part: impl Fn(Readiness) -> f64,
) -> Vec<(VariableIdx, f64)> {
    let mtok = |cell: usize| setting.instance.cells[cell].mtok_per_month();
    let carried = variables.primaries.iter().filter(|c| c.offer == offer).map(|c| (c.variable, mtok(c.cell)));
    let standbys = variables.standbys.iter().filter(|s| s.offer == offer && part(s.readiness) > 0.0);
    let covered = standbys.map(|s| {
        let demand: f64 = s.cells.iter().map(|(cell, _)| mtok(*cell)).sum();
        (s.cover, part(s.readiness) * demand)
    });
    carried.chain(covered).collect()
}

/// Adds the replica rows: planned load and the covers for which machines are held fit the capacity of the replicas.
fn add_replicas(setting: &Setting<'_>, variables: &Variables, lp: &mut LinearProgram) {
    for (&offer, &replicas) in &variables.replicas {
        let Some((_, capacity)) = setting.prices.replica(setting.instance, offer) else { continue };
        let held = |readiness| machines_held(setting.instance, readiness);
        let mut terms: Vec<(VariableIdx, f64)> =
            load(setting, variables, offer, held).into_iter().map(|(c, mtok)| (c, mtok / capacity)).collect();
        terms.push((replicas, -1.0));
        lp.add_at_most("replicas", terms, 0.0);
    }
}

/// Adds the capacity rows: planned load and all covers fit the declared capacity of an offer.
fn add_capacity(setting: &Setting<'_>, variables: &Variables, lp: &mut LinearProgram) {
    for (offer, o) in setting.instance.offers.iter().enumerate() {
        if let Some(capacity) = o.capacity_mtok_per_month {
            lp.add_at_most("capacity", load(setting, variables, offer, |_| 1.0), capacity);
        }
    }
}

/// Adds the turnover rows: at most `max_turnover` of all demand leaves its offer of today.
fn add_turnover(setting: &Setting<'_>, variables: &mut Variables, max_turnover: f64, lp: &mut LinearProgram) {
    let instance = setting.instance;
    let total: f64 = instance.cells.iter().map(crate::model::instance::Cell::mtok_per_month).sum();
    let mut moved = Vec::new();
    for primary in &variables.primaries {
        let cell = &instance.cells[primary.cell];
        let today = cell.allocation.iter().find(|s| s.0 == primary.offer);
        if let Some(&(_, share)) = today {
            let left = lp.add_continuous(0.0, 0.0, 1.0);
            let row = lp.constraints.len();
            lp.add_at_least("turnover", vec![(left, 1.0), (primary.variable, 1.0)], share);
            variables.dependents.push(DependentVariable {
                cell: primary.cell,
                variable: left,
                rows: row..row + 1,
            });
            moved.push((left, cell.mtok_per_month() / total.max(f64::MIN_POSITIVE)));
        }
    }
    lp.add_at_most("turnover", moved, max_turnover);
}

/// Adds the floor rows: an offer gets at least the requested share.
fn add_floors(setting: &Setting<'_>, variables: &Variables, floors: &[Floor], lp: &mut LinearProgram) {
    let demand = |cell: usize| setting.instance.cells[cell].mtok_per_month();
    for floor in floors {
        let cells = floor.cells(setting.instance);
        let total: f64 = cells.clone().map(demand).sum();
        let own = variables.primaries.iter().filter(|c| c.offer == floor.offer && cells.contains(&c.cell));
        let terms = own.map(|c| (c.variable, demand(c.cell) / total.max(f64::MIN_POSITIVE))).collect();
        lp.add_at_least("floor", terms, (floor.share + FLOOR_MARGIN).min(1.0));
    }
}

/// Adds the charges on discouraged shares and standbys to the objective.
fn add_charges(variables: &Variables, discouraged: &[Discouraged], lp: &mut LinearProgram) {
    for discouraged in discouraged {
        let (variable, usd) = match *discouraged {
            Discouraged::Share { cell, offer, usd } => {
                let primary = variables.primaries_of(cell).iter().find(|c| c.offer == offer);
                (primary.map(|c| c.variable), usd)
            }
            Discouraged::Standby { workload, offer, readiness, usd } => {
                (variables.standby_of(workload, offer, readiness).map(|s| s.is_ready), usd)
            }
        };
        if let Some(variable) = variable {
            lp.variables[variable].cost += usd / USD_PER_UNIT;
        }
    }
}
