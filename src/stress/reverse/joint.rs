//! Probability that several shocks all occur within a year, at their mean rates (methodology/reverse-stress.md).

use std::collections::HashMap;
use std::rc::Rc;

use crate::measures::hermite::HermiteRule;
use crate::model::shock::{Frequency, Shock, Tension};

/// Quadrature nodes for each tension.
const NODES: usize = 16;
/// Shared tensions that get a dimension each; more are reduced to one dimension for each shock, which is the same integral.
const MOST_SHARED: usize = 3;
/// Tensions of a single shock that get a dimension each; more act through their sum, which is one variable.
const MOST_OWN: usize = 2;
/// A pivot below this is rounding: the tensions of the shock depend on those of others.
const LEAST_PIVOT: f64 = 1e-12;

/// Rate of a shock, with its sensitivity to tensions.
#[derive(Debug, Clone, PartialEq)]
struct Rate {
    /// Arrivals a year, the mean of its posterior.
    per_year: f64,
    /// (index of the tension, sigma × sensitivity), ascending, none of them 0.
    loadings: Vec<(usize, f64)>,
}

impl Rate {
    /// Probability of an arrival within a year when the loadings add up to `exponent`.
    fn probability_at(&self, exponent: f64) -> f64 {
        let variance: f64 = self.loadings.iter().map(|(_, s)| s * s).sum();
        -(-self.per_year * (exponent - 0.5 * variance).exp()).exp_m1()
    }

    fn loading(&self, tension: usize) -> f64 {
        self.loadings.iter().find(|own| own.0 == tension).map_or(0.0, |own| own.1)
    }
}

/// Joint annual probabilities of sets of shocks, E Π (1 − e^(−rate)) over the tensions.
///
/// A tension that only one shock of a set depends on is integrated for that shock alone. Sets that differ only in the names of
/// their shocks have equal probabilities, to the last bit.
pub struct JointProbability {
    rule: HermiteRule,
    rates: Vec<Rate>,
    /// `[n_shocks]`: place in an order in which only equal rates are neighbors by chance.
    rank: Vec<usize>,
    /// By shock and shared tensions: its probability at each node of these.
    tables: HashMap<(usize, Vec<usize>), Rc<Vec<f64>>>,
}

impl JointProbability {
    /// Prepares the shocks; one without a frequency never occurs.
    #[must_use]
    pub fn new(shocks: &[&Shock], tensions: &[Tension]) -> Self {
        let rates: Vec<Rate> = shocks.iter().map(|shock| rate(shock, tensions)).collect();
        let mut order: Vec<usize> = (0..rates.len()).collect();
        order.sort_by(|&a, &b| compared(&rates[a], &rates[b]).then(a.cmp(&b)));
        let mut rank = vec![0; rates.len()];
        order.iter().enumerate().for_each(|(place, &shock)| rank[shock] = place);
        Self { rule: HermiteRule::new(NODES), rates, rank, tables: HashMap::new() }
    }

    /// Probability that all shocks of the set occur within a year; 1 for the empty set. `set`: indices into the shocks.
    #[must_use]
    pub fn of(&mut self, set: &[usize]) -> f64 {
        let mut set = set.to_vec();
        set.sort_by_key(|&shock| self.rank[shock]);
        let shared = self.shared(&set);
        if shared.len() > MOST_SHARED {
            return self.by_shock(&set, &shared);
        }
        let own = |shock: usize, shared: &[usize]| -> Vec<usize> {
            shared.iter().copied().filter(|&t| self.rates[shock].loading(t) != 0.0).collect()
        };
        let dimensions: Vec<Vec<usize>> = set.iter().map(|&shock| own(shock, &shared)).collect();
        let tables: Vec<Rc<Vec<f64>>> =
            set.iter().zip(&dimensions).map(|(&shock, own)| self.table(shock, own)).collect();
        let mut sum = 0.0;
        let mut node = vec![0; shared.len()];
        for _ in 0..NODES.pow(shared.len() as u32) {
            let weight: f64 = node.iter().map(|&n| self.rule.weights[n]).product();
            let mut product = weight;
            for (own, table) in dimensions.iter().zip(&tables) {
                let digits = shared.iter().zip(&node).filter(|(t, _)| own.contains(t));
                product *= table[digits.fold(0, |at, (_, n)| at * NODES + n)];
            }
            sum += product;
            advance(&mut node);
        }
        sum
    }

    /// Tensions on which two or more shocks of the set depend, ascending.
    fn shared(&self, set: &[usize]) -> Vec<usize> {
        let mut all: Vec<usize> =
            set.iter().flat_map(|&shock| self.rates[shock].loadings.iter().map(|own| own.0)).collect();
        all.sort_unstable();
        let mut shared: Vec<usize> =
            all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        shared.dedup();
        shared
    }

    /// `[NODES ^ shared]`: probability of a shock at each node of the shared tensions, the first of which changes slowest.
    fn table(&mut self, shock: usize, shared: &[usize]) -> Rc<Vec<f64>> {
        let key = (shock, shared.to_vec());
        if let Some(known) = self.tables.get(&key) {
            return Rc::clone(known);
        }
        let rate = &self.rates[shock];
        let mut own: Vec<f64> =
            rate.loadings.iter().filter(|(t, _)| !shared.contains(t)).map(|own| own.1).collect();
        if own.len() > MOST_OWN {
            own = vec![own.iter().map(|s| s * s).sum::<f64>().sqrt()];
        }
        let mut node = vec![0; shared.len()];
        let mut table = Vec::with_capacity(NODES.pow(shared.len() as u32));
        for _ in 0..NODES.pow(shared.len() as u32) {
            let exponent: f64 =
                shared.iter().zip(&node).map(|(&t, &n)| rate.loading(t) * self.rule.nodes[n]).sum();
            table.push(self.mean(rate, exponent, &own));
            advance(&mut node);
        }
        let table = Rc::new(table);
        self.tables.insert(key, Rc::clone(&table));
        table
    }

    /// Mean probability of a shock over the tensions that are its own.
    fn mean(&self, rate: &Rate, exponent: f64, own: &[f64]) -> f64 {
        let Some((first, rest)) = own.split_first() else { return rate.probability_at(exponent) };
        let nodes = self.rule.nodes.iter().zip(&self.rule.weights);
        nodes.map(|(node, weight)| weight * self.mean(rate, exponent + first * node, rest)).sum()
    }

    /// This integral with one dimension for each shock: the exponents of the shocks are normal, and are written as
    /// combinations of as many independent variables (Cholesky).
    fn by_shock(&self, set: &[usize], shared: &[usize]) -> f64 {
        let n = set.len();
        let product = |a: usize, b: usize| -> f64 {
            shared.iter().map(|&t| self.rates[set[a]].loading(t) * self.rates[set[b]].loading(t)).sum()
        };
        let mut lower = vec![vec![0.0_f64; n]; n];
        for row in 0..n {
            for column in 0..=row {
                let before: f64 = (0..column).map(|c| lower[row][c] * lower[column][c]).sum();
                let rest = product(row, column) - before;
                lower[row][column] = if row == column {
                    rest.max(0.0).sqrt()
                } else if lower[column][column] > LEAST_PIVOT {
                    rest / lower[column][column]
                } else {
                    0.0
                };
            }
        }
        let own = |shock: usize| -> Vec<f64> {
            let own = self.rates[shock].loadings.iter().filter(|(t, _)| !shared.contains(t));
            let variance: f64 = own.map(|(_, s)| s * s).sum();
            if variance > 0.0 { vec![variance.sqrt()] } else { Vec::new() }
        };
        let own: Vec<Vec<f64>> = set.iter().map(|&shock| own(shock)).collect();
        let mut node = vec![0; n];
        let mut sum = 0.0;
        for _ in 0..NODES.pow(n as u32) {
            let mut term: f64 = node.iter().map(|&at| self.rule.weights[at]).product();
            for (place, &shock) in set.iter().enumerate() {
                let exponent: f64 =
                    (0..=place).map(|column| lower[place][column] * self.rule.nodes[node[column]]).sum();
                term *= self.mean(&self.rates[shock], exponent, &own[place]);
            }
            sum += term;
            advance(&mut node);
        }
        sum
    }
}

/// Counts up, the last digit first.
fn advance(digits: &mut [usize]) {
    for digit in digits.iter_mut().rev() {
        *digit += 1;
        if *digit < NODES {
            return;
        }
        *digit = 0;
    }
}

fn rate(shock: &Shock, tensions: &[Tension]) -> Rate {
    let loading = |(t, tension): (usize, &Tension)| {
        let sensitivity = shock.tensions.get(&tension.id)?;
        Some((t, tension.sigma * sensitivity)).filter(|own| own.1 != 0.0)
    };
    Rate {
        per_year: shock.frequency.map_or(0.0, Frequency::mean_per_year),
        loadings: tensions.iter().enumerate().filter_map(loading).collect(),
    }
}

fn compared(a: &Rate, b: &Rate) -> std::cmp::Ordering {
    let by_rate = a.per_year.total_cmp(&b.per_year);
    let pairs = a.loadings.iter().zip(&b.loadings);
    let by_loading = pairs.map(|(x, y)| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let first = by_loading.into_iter().find(|order| order.is_ne());
    by_rate.then(a.loadings.len().cmp(&b.loadings.len())).then(first.unwrap_or(std::cmp::Ordering::Equal))
}

#[cfg(test)]
mod tests;
