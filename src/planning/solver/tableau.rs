//! A small linear program in a dense tableau, solved by the dual simplex method (Lemke 1954).
//!
//! Pricing problems have some hundred variables and rows, and are solved hundreds of thousands of times after small changes.
//! At that size a solver for sparse programs spends its time on bookkeeping. Here every basic variable is kept as a sum of the
//! nonbasic ones, so that a pivot is a few thousand multiplications in a row, and a row that is added or dropped is a row of the
//! tableau. The row that leaves is that of the steepest edge (Forrest and Goldfarb 1992); the step is long, past variables that may
//! change sides (Maros 2003), and chosen within a tolerance (Harris 1973).
//!
//! A solution is checked against the program itself, and the tableau is computed anew where it is not exact.

use super::SolverError;
use super::incremental::{IncrementalLp, LpSolution};
use crate::planning::formulation::linear_program::{Constraint, LinearProgram, VariableIdx};

/// A value may be outside of its bounds by this, relative to the bound where that is above 1.
const FEASIBILITY: f64 = 1e-9;
/// A reduced cost may have the wrong sign by this, relative to the largest cost.
const OPTIMALITY: f64 = 1e-9;
/// A factor of the tableau that is smaller counts as zero in the choice of a pivot.
const LEAST_PIVOT: f64 = 1e-8;
/// What a solution may violate the program's own rows and reduced costs by, relative to what is compared.
const EXACT: f64 = 1e-8;
/// Pivots after which the tableau is computed anew.
const MAX_PIVOTS: u32 = 200;
/// Pivots of one solve, at most, for each row and variable.
const MAX_PIVOTS_EACH: u64 = 20;
/// Value of a variable without a bound on the side where it is cheapest. A solution that stays there is no solution.
const FAR: f64 = 1e7;

/// Where a variable is: basic in a row of the tableau, or nonbasic in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Basic(usize),
    Nonbasic(usize),
}

/// A linear program in a dense tableau. The variables come first, then the activity of each row, which is a variable with the
/// row's sides as its bounds.
pub struct TableauLp {
    n_variables: usize,
    /// `[n_variables]`
    costs: Vec<f64>,
    /// Of each row: terms, multiplied with the row's factor.
    rows: Vec<Vec<(VariableIdx, f64)>>,
    /// `[n_rows]`: a power of two that brings the largest factor of the row near 1.
    factors: Vec<f64>,
    /// `[n_variables + n_rows]`: bounds, the side at which a nonbasic variable is, and the place.
    bounds: Vec<(f64, f64)>,
    is_high: Vec<bool>,
    places: Vec<Place>,
    /// `[n_rows]`, `[n_variables]`: the variables that are basic in each row, and nonbasic in each column.
    basic: Vec<usize>,
    nonbasic: Vec<usize>,
    /// `[n_rows × n_variables]`: each basic variable as a sum of the nonbasic ones.
    tableau: Vec<f64>,
    /// `[n_variables]`: of the nonbasic variables.
    reduced_costs: Vec<f64>,
    /// `[n_rows]`: of the basic variables.
    values: Vec<f64>,
    /// `[n_variables]`: 1 for each nonbasic variable that is the activity of a row, else 0.
    is_activity: Vec<f64>,
    /// What a reduced cost may be off.
    tolerance: f64,
    /// Pivots since the tableau was computed from the program; `None`: it has to be.
    n_pivots: Option<u32>,
    /// A number of the program is not finite.
    is_refused: bool,
}

/// What a step of the simplex method has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Pivoted,
    Optimal,
    Infeasible,
}

/// A column that may enter, with its reduced cost and pivot in absolute value.
struct EnteringColumn {
    column: usize,
    reduced_cost: f64,
    pivot: f64,
}

impl EnteringColumn {
    fn ratio(&self) -> f64 {
        self.reduced_cost / self.pivot
    }
}

impl TableauLp {
    /// Opens the program with its integers relaxed.
    #[must_use]
    pub fn new(program: &LinearProgram) -> Self {
        let mut own = Self {
            n_variables: 0,
            costs: Vec::new(),
            rows: Vec::new(),
            factors: Vec::new(),
            bounds: Vec::new(),
            is_high: Vec::new(),
            places: Vec::new(),
            basic: Vec::new(),
            nonbasic: Vec::new(),
            tableau: Vec::new(),
            reduced_costs: Vec::new(),
            values: Vec::new(),
            is_activity: Vec::new(),
            tolerance: OPTIMALITY,
            n_pivots: None,
            is_refused: false,
        };
        for variable in &program.variables {
            own.add_column(variable.cost, variable.low, variable.high, &[]);
        }
        program.constraints.iter().for_each(|row| own.add_row(row));
        own
    }

    /// The factors of a row of the tableau, by column.
    fn factors_of(&self, row: usize) -> &[f64] {
        &self.tableau[row * self.n_variables..(row + 1) * self.n_variables]
    }

    /// A row of the program as a sum of the nonbasic variables.
    fn by_nonbasic(&self, terms: &[(VariableIdx, f64)]) -> Vec<f64> {
        let mut sums = vec![0.0; self.n_variables];
        for &(variable, factor) in terms {
            match self.places[variable] {
                Place::Nonbasic(column) => sums[column] += factor,
                Place::Basic(row) => {
                    let own = sums.iter_mut().zip(self.factors_of(row));
                    own.for_each(|(sum, by)| *sum += factor * by);
                }
            }
        }
        sums
    }

    /// Computes the tableau from the program, with the variables basic that were. One that cannot be is left out.
    fn rebuild(&mut self) {
        let n = self.n_variables;
        let entering: Vec<usize> = (0..n).filter(|&v| matches!(self.places[v], Place::Basic(_))).collect();
        let mut leaving: Vec<usize> =
            (0..self.rows.len()).filter(|&row| matches!(self.places[n + row], Place::Nonbasic(_))).collect();
        self.nonbasic = (0..n).collect();
        self.basic = (n..n + self.rows.len()).collect();
        self.places = (0..n).map(Place::Nonbasic).chain((0..self.rows.len()).map(Place::Basic)).collect();
        self.tableau = vec![0.0; n * self.rows.len()];
        for (row, terms) in self.rows.iter().enumerate() {
            terms.iter().for_each(|&(variable, factor)| self.tableau[row * n + variable] += factor);
        }
        self.reduced_costs.clone_from(&self.costs);
        for column in entering {
            let size = |at: usize| self.tableau[leaving[at] * n + column].abs();
            let Some(at) = (0..leaving.len()).max_by(|&a, &b| size(a).total_cmp(&size(b)).then(b.cmp(&a)))
            else {
                break;
            };
            if size(at) > LEAST_PIVOT {
                let row = leaving.swap_remove(at);
                self.exchange(row, column);
            }
        }
        self.n_pivots = Some(0);
    }

    /// Exchanges the variable that is basic in a row with the one that is nonbasic in a column.
    fn exchange(&mut self, row: usize, column: usize) {
        let n = self.n_variables;
        let pivot = self.tableau[row * n + column];
        let mut own: Vec<f64> = self.factors_of(row).iter().map(|factor| -factor / pivot).collect();
        own[column] = 1.0 / pivot;
        let others = self.tableau.chunks_exact_mut(n.max(1)).chain([self.reduced_costs.as_mut_slice()]);
        for other in others {
            let by = other[column];
            if by != 0.0 {
                other[column] = 0.0;
                other.iter_mut().zip(&own).for_each(|(factor, own)| *factor += by * own);
            }
        }
        self.tableau[row * n..(row + 1) * n].copy_from_slice(&own);
        std::mem::swap(&mut self.basic[row], &mut self.nonbasic[column]);
        self.places[self.basic[row]] = Place::Basic(row);
        self.places[self.nonbasic[column]] = Place::Nonbasic(column);
        self.n_pivots = self.n_pivots.map(|n| n + 1);
    }

    /// Value of a nonbasic variable.
    fn value_at_bound(&self, variable: usize) -> f64 {
        let (low, high) = self.bounds[variable];
        match self.is_high[variable] {
            true if high.is_finite() => high,
            true => FAR,
            false if low.is_finite() => low,
            false => -FAR,
        }
    }

    /// Sets reduced costs and values from the tableau, with each nonbasic variable on the side where it is cheapest.
    fn restart(&mut self) {
        let n = self.n_variables;
        let cost = |variable: usize| self.costs.get(variable).copied().unwrap_or(0.0);
        let mut reduced_costs: Vec<f64> = self.nonbasic.iter().map(|&variable| cost(variable)).collect();
        for (row, &variable) in self.basic.iter().enumerate() {
            let by = cost(variable);
            if by != 0.0 {
                let own = reduced_costs.iter_mut().zip(self.factors_of(row));
                own.for_each(|(sum, factor)| *sum += by * factor);
            }
        }
        self.reduced_costs = reduced_costs;
        self.tolerance = OPTIMALITY * self.costs.iter().fold(1.0, |most: f64, cost| most.max(cost.abs()));
        self.is_activity =
            self.nonbasic.iter().map(|&variable| if variable >= n { 1.0 } else { 0.0 }).collect();
        for column in 0..n {
            let (variable, reduced_cost) = (self.nonbasic[column], self.reduced_costs[column]);
            let (low, high) = self.bounds[variable];
            if low == high {
                self.is_high[variable] = false;
            } else if reduced_cost.abs() > self.tolerance {
                self.is_high[variable] = reduced_cost < 0.0;
            } else if !(if self.is_high[variable] { high } else { low }).is_finite() {
                self.is_high[variable] = high.is_finite();
            }
        }
        let at: Vec<f64> = self.nonbasic.iter().map(|&variable| self.value_at_bound(variable)).collect();
        let value = |row: usize| sum_of_products(self.factors_of(row), &at, |factor, at| factor * at);
        self.values = (0..self.basic.len()).map(value).collect();
    }

    /// By how much a basic variable is below its bounds (negative) or above.
    fn violation(&self, row: usize) -> f64 {
        let ((low, high), value) = (self.bounds[self.basic[row]], self.values[row]);
        if value < low - FEASIBILITY * low.abs().max(1.0) {
            value - low
        } else if value > high + FEASIBILITY * high.abs().max(1.0) {
            value - high
        } else {
            0.0
        }
    }

    /// Square of the length of the dual edge along which a row leaves.
    fn edge(&self, row: usize) -> f64 {
        let square = |factor: f64, is_activity: f64| factor * factor * is_activity;
        let squares = sum_of_products(self.factors_of(row), &self.is_activity, square);
        squares + if self.basic[row] >= self.n_variables { 1.0 } else { 0.0 }
    }

    /// The row whose variable leaves the basis, and by how much it is outside of its bounds.
    fn leaving(&self) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64, f64)> = None;
        for row in 0..self.basic.len() {
            let violation = self.violation(row);
            if violation != 0.0 {
                let score = violation * violation / self.edge(row).max(LEAST_PIVOT);
                if best.is_none_or(|best| score > best.2) {
                    best = Some((row, violation, score));
                }
            }
        }
        best.map(|best| (best.0, best.1))
    }

    /// Columns whose variables can bring a row's variable back within its bounds, the smallest ratio first.
    fn candidates(&self, row: usize, violation: f64) -> Vec<EnteringColumn> {
        let mut found = Vec::new();
        for (column, factor) in self.factors_of(row).iter().enumerate() {
            let (low, high) = self.bounds[self.nonbasic[column]];
            let raises = if violation < 0.0 { *factor } else { -factor };
            let is_high = self.is_high[self.nonbasic[column]];
            if low < high && factor.abs() > LEAST_PIVOT && (raises > 0.0) != is_high {
                let own = self.reduced_costs[column];
                let reduced_cost = if is_high { -own } else { own }.max(0.0);
                found.push(EnteringColumn { column, reduced_cost, pivot: factor.abs() });
            }
        }
        found.sort_by(|a, b| a.ratio().total_cmp(&b.ratio()).then(a.column.cmp(&b.column)));
        found
    }

    /// One step of the dual simplex method.
    fn step(&mut self) -> Step {
        let Some((row, violation)) = self.leaving() else { return Step::Optimal };
        let candidates = self.candidates(row, violation);
        let mut slope = violation.abs();
        let mut from = 0;
        // Variables before `from` change sides; one of those from there to `to` enters.
        let (from, to) = loop {
            let rest = &candidates[from..];
            let most = rest
                .iter()
                .map(|own| (own.reduced_cost + self.tolerance) / own.pivot)
                .fold(f64::INFINITY, f64::min);
            let to = from + rest.iter().take_while(|own| own.ratio() <= most).count();
            if to == from {
                return Step::Infeasible;
            }
            let passed = |own: &EnteringColumn| {
                let (low, high) = self.bounds[self.nonbasic[own.column]];
                own.pivot * (high - low)
            };
            let after = slope - candidates[from..to].iter().map(passed).sum::<f64>();
            // What is left is a rounding error.
            if after <= FEASIBILITY * violation.abs().max(1.0) {
                break (from, to);
            }
            if to == candidates.len() {
                return Step::Infeasible;
            }
            (slope, from) = (after, to);
        };
        candidates[..from].iter().for_each(|own| self.change_side(own.column));
        let entering = candidates[from..to]
            .iter()
            .max_by(|a, b| a.pivot.total_cmp(&b.pivot).then(b.column.cmp(&a.column)));
        let Some(&EnteringColumn { column, .. }) = entering else { return Step::Infeasible };
        let (leaving, variable) = (self.basic[row], self.nonbasic[column]);
        let (low, high) = self.bounds[leaving];
        let target = if violation < 0.0 { low } else { high };
        let by = (target - self.values[row]) / self.tableau[row * self.n_variables + column];
        let value = self.value_at_bound(variable) + by;
        self.move_by(column, by);
        self.exchange(row, column);
        self.values[row] = value;
        self.is_activity[column] = if leaving >= self.n_variables { 1.0 } else { 0.0 };
        self.is_high[leaving] = violation > 0.0;
        Step::Pivoted
    }

    /// Moves a nonbasic variable to its other bound.
    fn change_side(&mut self, column: usize) {
        let variable = self.nonbasic[column];
        let (low, high) = self.bounds[variable];
        let by = if self.is_high[variable] { low - high } else { high - low };
        self.is_high[variable] = !self.is_high[variable];
        self.move_by(column, by);
    }

    /// Changes the values of the basic variables as a nonbasic one moves.
    fn move_by(&mut self, column: usize, by: f64) {
        let rows = self.tableau.chunks_exact(self.n_variables.max(1));
        self.values.iter_mut().zip(rows).for_each(|(value, row)| *value += by * row[column]);
    }

    /// `[n_variables + n_rows]`: values of all variables.
    fn all_values(&self) -> Vec<f64> {
        let value = |(variable, place): (usize, &Place)| match place {
            Place::Basic(row) => self.values[*row],
            Place::Nonbasic(_) => self.value_at_bound(variable),
        };
        self.places.iter().enumerate().map(value).collect()
    }

    /// Whether values and reduced costs are those of the program itself.
    fn is_exact(&self, values: &[f64]) -> bool {
        let n = self.n_variables;
        let mut left = self.costs.clone();
        let mut sizes = vec![1.0; n];
        for (column, &variable) in self.nonbasic.iter().enumerate() {
            let by = self.reduced_costs[column];
            if variable < n {
                left[variable] -= by;
                sizes[variable] += by.abs();
            } else if by != 0.0 {
                for &(variable, factor) in &self.rows[variable - n] {
                    left[variable] -= by * factor;
                    sizes[variable] += (by * factor).abs();
                }
            }
        }
        let are_costs_exact = left.iter().zip(&sizes).all(|(left, size)| left.abs() <= EXACT * size);
        are_costs_exact
            && self.rows.iter().enumerate().all(|(row, terms)| {
                let (mut off, mut size) = (-values[n + row], 1.0 + values[n + row].abs());
                for &(variable, factor) in terms {
                    off += factor * values[variable];
                    size += (factor * values[variable]).abs();
                }
                off.abs() <= EXACT * size
            })
    }

    fn solution(&self, values: &[f64], n_iterations: u64) -> Result<LpSolution, SolverError> {
        let n = self.n_variables;
        let is_far = |&variable: &usize| {
            let (low, high) = self.bounds[variable];
            !(if self.is_high[variable] { high } else { low }).is_finite()
        };
        if self.nonbasic.iter().any(is_far) {
            return Err(no_answer("a variable has no bound where it is cheapest"));
        }
        let dual = |row: usize| match self.places[n + row] {
            Place::Nonbasic(column) => self.reduced_costs[column] * self.factors[row],
            Place::Basic(_) => 0.0,
        };
        let values = values[..n].to_vec();
        let cost = self.costs.iter().zip(&values).map(|(cost, value)| cost * value).sum();
        Ok(LpSolution { row_duals: (0..self.rows.len()).map(dual).collect(), cost, values, n_iterations })
    }
}

/// The sum of the products of two slices, in eight parts that a processor adds at once.
fn sum_of_products(a: &[f64], b: &[f64], product: impl Fn(f64, f64) -> f64) -> f64 {
    let mut parts = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| product(*a, *b)).sum();
    for (a, b) in a.zip(b) {
        for at in 0..8 {
            parts[at] += product(a[at], b[at]);
        }
    }
    rest + parts.iter().sum::<f64>()
}

fn no_answer(reason: &str) -> SolverError {
    SolverError::NoAnswer(reason.to_owned())
}

impl IncrementalLp for TableauLp {
    fn add_column(&mut self, cost: f64, low: f64, high: f64, terms: &[(usize, f64)]) {
        let at = self.n_variables;
        self.is_refused |= !cost.is_finite() || low.is_nan() || high.is_nan();
        self.costs.push(cost);
        self.bounds.insert(at, (low, high));
        self.is_high.insert(at, false);
        self.places.insert(at, Place::Nonbasic(at));
        for &(row, factor) in terms {
            self.rows[row].push((at, factor * self.factors[row]));
        }
        self.n_variables += 1;
        self.n_pivots = None;
    }

    fn add_row(&mut self, row: &Constraint) {
        let largest = row.terms.iter().map(|term| term.1.abs()).fold(0.0, f64::max);
        self.is_refused |= !largest.is_finite() || row.low.is_nan() || row.high.is_nan();
        let by = if largest > 0.0 { (-largest.log2().floor()).exp2() } else { 1.0 };
        let terms: Vec<(VariableIdx, f64)> =
            row.terms.iter().map(|&(variable, factor)| (variable, factor * by)).collect();
        if self.n_pivots.is_some() {
            let own = self.by_nonbasic(&terms);
            self.tableau.extend(own);
        }
        self.places.push(Place::Basic(self.rows.len()));
        self.basic.push(self.n_variables + self.rows.len());
        self.bounds.push((row.low * by, row.high * by));
        self.is_high.push(false);
        self.rows.push(terms);
        self.factors.push(by);
    }

    fn set_cost(&mut self, variable: usize, cost: f64) {
        self.is_refused |= !cost.is_finite();
        self.costs[variable] = cost;
    }

    fn set_bounds(&mut self, variable: usize, low: f64, high: f64) {
        self.is_refused |= low.is_nan() || high.is_nan();
        self.bounds[variable] = (low, high);
    }

    fn solve(&mut self) -> Result<LpSolution, SolverError> {
        if self.is_refused {
            return Err(no_answer("a number of the program is not finite"));
        }
        if self.bounds.iter().any(|(low, high)| low > high) {
            return Err(SolverError::Infeasible);
        }
        if self.n_pivots.is_none_or(|n| n > MAX_PIVOTS) {
            self.rebuild();
        }
        let most = MAX_PIVOTS_EACH * (self.n_variables + self.rows.len()) as u64;
        let mut n_iterations = 0;
        self.restart();
        loop {
            match self.step() {
                Step::Pivoted => n_iterations += 1,
                Step::Infeasible if self.n_pivots == Some(0) => return Err(SolverError::Infeasible),
                Step::Optimal => {
                    let values = self.all_values();
                    if self.is_exact(&values) {
                        return self.solution(&values, n_iterations);
                    }
                    if self.n_pivots == Some(0) {
                        return Err(no_answer("rounding errors are too large"));
                    }
                    self.rebuild();
                    self.restart();
                }
                Step::Infeasible => {
                    self.rebuild();
                    self.restart();
                }
            }
            if n_iterations > most {
                return Err(no_answer("too many iterations"));
            }
        }
    }

    fn drop_rows(&mut self, is_dropped: &dyn Fn(usize) -> bool) -> bool {
        let n = self.n_variables;
        if self.n_pivots.is_none() {
            self.rebuild();
        }
        let is_basic = |row: usize| matches!(self.places[n + row], Place::Basic(_));
        let dropped: Vec<bool> = (0..self.rows.len()).map(is_dropped).collect();
        if (0..self.rows.len()).any(|row| dropped[row] && !is_basic(row)) {
            return false;
        }
        // The new index of each row that stays.
        let mut moved = vec![0; self.rows.len()];
        let mut n_kept = 0;
        for row in 0..self.rows.len() {
            moved[row] = n_kept;
            n_kept += usize::from(!dropped[row]);
        }
        let is_kept = |variable: usize| variable < n || !dropped[variable - n];
        let renamed = |variable: usize| if variable < n { variable } else { n + moved[variable - n] };
        let kept_rows: Vec<usize> = (0..self.basic.len()).filter(|&row| is_kept(self.basic[row])).collect();
        self.tableau = kept_rows.iter().flat_map(|&row| self.factors_of(row).iter().copied()).collect();
        self.basic = kept_rows.iter().map(|&row| renamed(self.basic[row])).collect();
        self.nonbasic.iter_mut().for_each(|variable| *variable = renamed(*variable));
        fn retain<T>(all: &mut Vec<T>, is_kept: impl Fn(usize) -> bool) {
            let mut at = 0;
            all.retain(|_| {
                at += 1;
                is_kept(at - 1)
            });
        }
        retain(&mut self.bounds, is_kept);
        retain(&mut self.is_high, is_kept);
        retain(&mut self.places, is_kept);
        retain(&mut self.rows, |row| !dropped[row]);
        retain(&mut self.factors, |row| !dropped[row]);
        for (row, &variable) in self.basic.iter().enumerate() {
            self.places[variable] = Place::Basic(row);
        }
        for (column, &variable) in self.nonbasic.iter().enumerate() {
            self.places[variable] = Place::Nonbasic(column);
        }
        true
    }
}

#[cfg(test)]
mod tests;
