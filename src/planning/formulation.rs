//! The program: decisions, planned cost and limits in full; loss by lower bounds that grow where plans are tried.

pub mod limits;
pub mod linear_program;
pub mod survival;
pub mod variables;

use super::USD_PER_UNIT;
use super::request::{Discouraged, Floor, Request};
use super::sample::Program;
use super::sample::cuts::CellCut;
use crate::exposure::shares::ExposureSetting;
use crate::model::instance::{Standby, WorkloadIdx};
use crate::model::plan::Plan;
use crate::model::portfolio::Readiness;
use crate::service::setting::Setting;
use limits::{RiskColumns, add_hhi_chords, add_limits};
use linear_program::{Column, Constraint, LinearProgram};
use variables::{Columns, Follower};

/// Room kept above a share that is asked for, so that a solver's rounding does not fall short of it.
const FLOOR_MARGIN: f64 = 1e-6;
/// Shares and covers below this are a solver's rounding.
const NOTHING: f64 = 1e-6;

/// The program with what its columns mean.
#[derive(Debug, Clone)]
pub struct Master {
    pub lp: LinearProgram,
    pub columns: Columns,
    pub risk: RiskColumns,
    /// Limits that are no rows: a plan is tested on them after it is found.
    pub limits_left_out: Vec<String>,
    /// Per set of tail weights, per cell: weighted loss, in units of money.
    tails: Vec<Vec<Column>>,
    /// `[n_cells]`
    workload_of: Vec<WorkloadIdx>,
    /// The program allows less than the limits do, so that its cost bounds no plan but its own.
    pub is_narrower: bool,
    /// Lower bounds on loss, with the rounds since each last bound.
    bounds: Vec<(Constraint, u32)>,
}

/// Rounds after which a lower bound that does not bind is dropped; it comes back if it is needed.
const MAX_IDLE_ROUNDS: u32 = 4;
/// Slack below which a row binds, in units of money.
const BINDING_SLACK: f64 = 1e-7;

impl Master {
    /// Writes the program without any bound on loss but zero.
    #[must_use]
    pub fn new(
        setting: &Setting<'_>,
        exposure: &ExposureSetting<'_>,
        program: &Program,
        request: &Request,
    ) -> Self {
        let mut lp = LinearProgram::default();
        let mut columns = Columns::add(setting, exposure.dimensions, program, request, &mut lp);
        let columns_pruned = columns.is_pruned;
        let n_cells = program.cells.len();
        let objective = &request.objective;
        let (weight, times) = (objective.cvar_weight, objective.risk_times);
        let risk = RiskColumns {
            expected: (0..n_cells)
                .map(|_| lp.add_continuous(times * (1.0 - weight), 0.0, f64::INFINITY))
                .collect(),
            cvar: lp.add_continuous(times * weight, 0.0, f64::INFINITY),
        };
        add_allocation(n_cells, &columns, &mut lp);
        add_replicas(setting, &columns, &mut lp);
        add_capacity(setting, &columns, &mut lp);
        if let Some(most) = request.max_turnover {
            add_turnover(setting, &mut columns, most, &mut lp);
        }
        add_floors(setting, &columns, &request.floors, &mut lp);
        let limits_left_out = add_limits(
            setting,
            exposure,
            &program.roles,
            &risk,
            objective.confidence_level,
            &mut columns,
            &mut lp,
        );
        // After the limits, whose rows of money read what columns cost.
        discourage(&columns, &request.discouraged, &mut lp);
        Self {
            lp,
            columns,
            risk,
            limits_left_out,
            is_narrower: columns_pruned,
            tails: Vec::new(),
            workload_of: setting.instance.cells.iter().map(|c| c.workload).collect(),
            bounds: Vec::new(),
        }
    }

    /// The same where nothing has to survive the loss of a node; `None`: nothing has to.
    #[must_use]
    pub fn without_survival(&self) -> Option<Self> {
        let is_asked = |row: &&mut Constraint| row.name == crate::planning::formulation::survival::SURVIVES;
        let mut loose = self.clone();
        let mut asked = loose.lp.constraints.iter_mut().filter(is_asked).peekable();
        asked.peek()?;
        asked.for_each(|row| row.high = f64::INFINITY);
        Some(loose)
    }

    /// Bounds each cell's expected loss from below.
    pub fn add_expected_loss(&mut self, program: &Program, cuts: &[CellCut]) {
        for (cell, cut) in cuts.iter().enumerate() {
            let column = self.risk.expected[cell];
            self.add_cut("expected_loss", program, cell, cut, column);
        }
    }

    /// Opens a set of tail weights: CVaR is at least the weighted loss, whatever the weights; returns its number.
    pub fn add_tail(&mut self) -> usize {
        let cells: Vec<Column> =
            self.workload_of.iter().map(|_| self.lp.add_continuous(0.0, 0.0, f64::INFINITY)).collect();
        let mut terms: Vec<(Column, f64)> = cells.iter().map(|&cell| (cell, -1.0)).collect();
        terms.push((self.risk.cvar, 1.0));
        self.lp.add_at_least("tail", terms, 0.0);
        self.tails.push(cells);
        self.tails.len() - 1
    }

    /// Bounds each cell's loss under a set of tail weights from below.
    pub fn add_tail_loss(&mut self, program: &Program, tail: usize, cuts: &[CellCut]) {
        for (cell, cut) in cuts.iter().enumerate() {
            let column = self.tails[tail][cell];
            self.add_cut("tail_loss", program, cell, cut, column);
        }
    }

    fn add_cut(&mut self, name: &'static str, program: &Program, cell: usize, cut: &CellCut, loss: Column) {
        let mut terms = vec![(loss, 1.0)];
        let own = self.terms_of(program, cell, cut);
        terms.extend(own.map(|(column, usd)| (column, -usd / USD_PER_UNIT)));
        if terms.iter().skip(1).any(|t| t.1 != 0.0) {
            self.bounds.push((Constraint::at_least(name, terms, 0.0), 0));
        }
    }

    /// A cell's lower bound in terms of columns, USD.
    pub fn terms_of<'a>(
        &'a self,
        program: &Program,
        cell: usize,
        cut: &'a CellCut,
    ) -> impl Iterator<Item = (Column, f64)> + 'a {
        let frame = &program.cells[cell].frame;
        let carried = self
            .columns
            .carriers_of(frame.cell)
            .iter()
            .map(|carrier| (carrier.column, cut.class[carrier.class] + carrier.least_usd(&cut.member)));
        let (cell, workload) = (frame.cell, self.workload_of[frame.cell]);
        let covered = self.columns.standbys_of(workload).iter().filter_map(move |standby| {
            let (_, class) = standby.cells.iter().find(|(c, _)| *c == cell)?;
            let usd = match standby.readiness {
                Readiness::Hot => cut.hot[*class],
                Readiness::Warm => cut.warm[*class],
            };
            Some((standby.cover, usd))
        });
        carried.chain(covered)
    }

    /// Keeps limits on concentration for sure, where tangents would approach them from outside.
    pub fn keep_hhi_by_chords(&mut self, setting: &Setting<'_>, exposure: &ExposureSetting<'_>) {
        self.is_narrower |= add_hhi_chords(setting, exposure, &self.columns, &mut self.lp);
    }

    /// The lower bounds on loss found so far.
    pub fn bounds(&self) -> impl Iterator<Item = &Constraint> {
        self.bounds.iter().map(|(constraint, _)| constraint)
    }

    /// Drops lower bounds that have not bound for some rounds; one that is needed again is found again.
    pub fn forget_idle(&mut self, values: &[f64]) {
        for (constraint, idle) in &mut self.bounds {
            *idle = if constraint.activity(values) - constraint.low > BINDING_SLACK { *idle + 1 } else { 0 };
        }
        self.bounds.retain(|(_, idle)| *idle < MAX_IDLE_ROUNDS);
    }

    /// `[n_columns]`: the integers that a plan uses; other columns are 0.
    #[must_use]
    pub fn integers_of(&self, setting: &Setting<'_>, plan: &Plan) -> Vec<f64> {
        let mut values = vec![0.0; self.lp.variables.len()];
        for standby in &self.columns.standbys {
            let is_used = |s: &Standby| s.offer == standby.offer && s.readiness == standby.readiness;
            if plan.standby[standby.workload].iter().any(is_used) {
                values[standby.is_ready] = 1.0;
            }
        }
        let replicas = setting.monthly_cost(plan).replicas;
        for (&offer, &column) in &self.columns.replicas {
            let n = replicas.get(&setting.instance.offers[offer].id);
            values[column] = n.map_or(0.0, |n| *n as f64);
        }
        values
    }

    /// What some cells and their workloads take of a solution; shares and covers that are a solver's rounding are dropped, the others add up to 1.
    #[must_use]
    pub fn plan(
        &self,
        setting: &Setting<'_>,
        program: &Program,
        cells: std::ops::Range<usize>,
        values: &[f64],
    ) -> Plan {
        let mut plan = self.plan_as_is(setting, program, cells, values);
        for shares in &mut plan.allocation {
            shares.retain(|s| s.1 > NOTHING);
            let sum: f64 = shares.iter().map(|s| s.1).sum();
            shares.iter_mut().for_each(|s| s.1 /= sum);
        }
        plan.standby.iter_mut().for_each(|own| own.retain(|s| s.cover > NOTHING));
        plan
    }

    /// What some cells and their workloads take of a solution, as it stands.
    #[must_use]
    pub fn plan_as_is(
        &self,
        setting: &Setting<'_>,
        program: &Program,
        cells: std::ops::Range<usize>,
        values: &[f64],
    ) -> Plan {
        let mut plan = Plan {
            allocation: vec![Vec::new(); self.workload_of.len()],
            standby: vec![Vec::new(); setting.instance.workloads.len()],
        };
        for carrier in cells.clone().flat_map(|cell| self.columns.carriers_of(cell)) {
            if values[carrier.column] > 0.0 {
                plan.allocation[carrier.cell].push((carrier.offer, values[carrier.column]));
            }
        }
        plan.allocation.iter_mut().for_each(|shares| shares.sort_by_key(|s| s.0));
        for standby in self.columns.standbys.iter().filter(|s| cells.contains(&s.cells[0].0)) {
            let cover = values[standby.cover].min(1.0);
            if cover <= 0.0 {
                continue;
            }
            let (cell, class) = standby.cells[0];
            let frame = &program.cells[cell].frame;
            let warm = frame.classes[class].warm_lead.map_or(0.0, |lead| frame.warm_leads[lead]);
            let lead_days = if standby.readiness == Readiness::Warm { warm } else { 0.0 };
            let (offer, readiness) = (standby.offer, standby.readiness);
            plan.standby[standby.workload].push(Standby { offer, readiness, cover, lead_days });
        }
        plan.standby.iter_mut().for_each(|s| s.sort_by_key(|s| s.offer));
        plan
    }
}

/// Every cell's demand is given away once.
fn add_allocation(n_cells: usize, columns: &Columns, lp: &mut LinearProgram) {
    let mut rows = vec![Vec::new(); n_cells];
    for carrier in &columns.carriers {
        rows[carrier.cell].push((carrier.column, 1.0));
    }
    rows.into_iter().for_each(|terms| lp.add_equal("allocation", terms, 1.0));
}

/// Planned and hot load of an offer, mtok per month: the terms of its replicas and of its capacity.
fn load(setting: &Setting<'_>, columns: &Columns, offer: usize, with_warm: bool) -> Vec<(Column, f64)> {
    let mtok = |cell: usize| setting.instance.cells[cell].mtok_per_month();
    let carried = columns.carriers.iter().filter(|c| c.offer == offer).map(|c| (c.column, mtok(c.cell)));
    let stands_by = |s: &&crate::planning::formulation::variables::StandbyColumns| {
        s.offer == offer && (with_warm || s.readiness == Readiness::Hot)
    };
    let covered = columns.standbys.iter().filter(stands_by);
    carried.chain(covered.map(|s| (s.cover, s.cells.iter().map(|(cell, _)| mtok(*cell)).sum()))).collect()
}

/// Whole replicas carry what is planned and what stands by hot.
fn add_replicas(setting: &Setting<'_>, columns: &Columns, lp: &mut LinearProgram) {
    for (&offer, &replicas) in &columns.replicas {
        let Some((_, capacity)) = setting.prices.replica(setting.instance, offer) else { continue };
        let mut terms: Vec<(Column, f64)> =
            load(setting, columns, offer, false).into_iter().map(|(c, mtok)| (c, mtok / capacity)).collect();
        terms.push((replicas, -1.0));
        lp.add_at_most("replicas", terms, 0.0);
    }
}

/// A quota holds what is planned and every cover.
fn add_capacity(setting: &Setting<'_>, columns: &Columns, lp: &mut LinearProgram) {
    for (offer, o) in setting.instance.offers.iter().enumerate() {
        if let Some(capacity) = o.capacity_mtok_per_month {
            lp.add_at_most("capacity", load(setting, columns, offer, true), capacity);
        }
    }
}

/// What leaves its offer of today is at most a part of all demand.
fn add_turnover(setting: &Setting<'_>, columns: &mut Columns, max_turnover: f64, lp: &mut LinearProgram) {
    let instance = setting.instance;
    let total: f64 = instance.cells.iter().map(crate::model::instance::Cell::mtok_per_month).sum();
    let mut moved = Vec::new();
    for carrier in &columns.carriers {
        let cell = &instance.cells[carrier.cell];
        let today = cell.allocation.iter().find(|s| s.0 == carrier.offer);
        if let Some(&(_, share)) = today {
            let left = lp.add_continuous(0.0, 0.0, 1.0);
            let row = lp.constraints.len();
            lp.add_at_least("turnover", vec![(left, 1.0), (carrier.column, 1.0)], share);
            columns.followers.push(Follower { cell: carrier.cell, column: left, rows: row..row + 1 });
            moved.push((left, cell.mtok_per_month() / total.max(f64::MIN_POSITIVE)));
        }
    }
    lp.add_at_most("turnover", moved, max_turnover);
}

/// What must be given to an offer.
fn add_floors(setting: &Setting<'_>, columns: &Columns, floors: &[Floor], lp: &mut LinearProgram) {
    let demand = |cell: usize| setting.instance.cells[cell].mtok_per_month();
    for floor in floors {
        let cells = floor.cells(setting.instance);
        let total: f64 = cells.clone().map(demand).sum();
        let own = columns.carriers.iter().filter(|c| c.offer == floor.offer && cells.contains(&c.cell));
        let terms = own.map(|c| (c.column, demand(c.cell) / total.max(f64::MIN_POSITIVE))).collect();
        lp.add_at_least("floor", terms, (floor.share + FLOOR_MARGIN).min(1.0));
    }
}

/// Charges what should rather not be used.
fn discourage(columns: &Columns, discouraged: &[Discouraged], lp: &mut LinearProgram) {
    for discouraged in discouraged {
        let (column, usd) = match *discouraged {
            Discouraged::Share { cell, offer, usd } => {
                let carrier = columns.carriers_of(cell).iter().find(|c| c.offer == offer);
                (carrier.map(|c| c.column), usd)
            }
            Discouraged::Standby { workload, offer, readiness, usd } => {
                (columns.standby_of(workload, offer, readiness).map(|s| s.is_ready), usd)
            }
        };
        if let Some(column) = column {
            lp.variables[column].cost += usd / USD_PER_UNIT;
        }
    }
}
