//! Chains of triggers that never end: shocks that set each other off again and again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::input::library::{CatalogLayer, List};
use crate::model::catalog::Catalog;

/// Tolerance for rounding: a return number this close to 1 counts as 1.
const ROUNDING: f64 = 1e-12;
/// Largest number of elimination steps; beyond it, the triggers are too many to check.
const MAX_STEPS: usize = 20_000_000;
/// Largest number of names of a chain in a message.
const SHOWN_NAMES: usize = 8;

/// Expected number of children by parent and child.
type Offspring = Vec<BTreeMap<usize, f64>>;

/// Reports each shock that sets itself off, directly or through others, once or more on average.
///
/// Triggers form a branching process: row `i` of the matrix holds the expected number of each shock that one `i` sets off.
/// All chains are finite on average when its spectral radius is below 1 (methodology/shocks.md).
/// `layers`: where entries are defined; the first layer with an id counts.
///
/// Returns whether all chains end.
pub(super) fn check(catalog: &Catalog, layers: &[&CatalogLayer<'_>]) -> bool {
    let ids: Vec<&str> = catalog.shocks.iter().map(|s| s.id.as_str()).collect();
    let index: BTreeMap<&str, usize> = ids.iter().enumerate().rev().map(|(i, id)| (*id, i)).collect();
    let mut offspring: Offspring = vec![BTreeMap::new(); ids.len()];
    for (parent, shock) in catalog.shocks.iter().enumerate() {
        for trigger in shock.triggers.iter().filter(|t| t.probability > 0.0) {
            if let Some(&child) = index.get(trigger.shock.as_str()) {
                *offspring[parent].entry(child).or_default() += trigger.probability;
            }
        }
    }
    let found = endless(&offspring);
    for endless in &found {
        let names: Vec<&str> = endless.cycle.iter().map(|&shock| ids[shock]).collect();
        let template = catalog.shocks[endless.cycle[0]].template.as_deref();
        let written = template.unwrap_or(names[0]);
        let Some(at) = layers.iter().find_map(|layer| {
            let place = layer.catalog.shocks.iter().position(|s| s.id == written)?;
            layer.entry(List::Shocks, place)
        }) else {
            continue;
        };
        let message = match endless.again {
            Some(again) => format!(
                "'{}' sets off {} more of itself on average, so the chain would never end: {}",
                names[0],
                in_short(again),
                chain(&names)
            ),
            None => format!("the triggers of '{}' lead to too many chains to check", names[0]),
        };
        let help = "lower the probabilities until it returns less than once, or remove a trigger";
        at.key("triggers").error("trigger-cycle", message, Some(help.into()));
    }
    found.is_empty()
}

fn in_short(x: f64) -> String {
    let text = format!("{x:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The names of a cycle as text, with the first one again at the end.
fn chain(names: &[&str]) -> String {
    let mut shown: Vec<&str> = names.iter().take(SHOWN_NAMES).copied().collect();
    if names.len() > SHOWN_NAMES {
        shown.push("…");
    }
    shown.push(names[0]);
    shown.join(" → ")
}

/// A shock whose chain of triggers never ends.
#[derive(Debug, PartialEq)]
struct Endless {
    /// One cycle: the shock first, then those that lead back to it.
    cycle: Vec<usize>,
    /// Expected number of returns; `None` when there are too many chains to check.
    again: Option<f64>,
}

/// Shocks that return once or more on average. Each one found is removed before the rest is searched.
///
/// Shocks are eliminated one after another, and the children of each are passed to its parents. The diagonal then holds the
/// expected returns to a shock through those eliminated before it. The spectral radius is below 1 exactly when no such
/// number reaches 1 (these are one minus the pivots of I − M, a nonsingular M-matrix; Berman and Plemmons 1994, theorem 6.2.3).
fn endless(offspring: &Offspring) -> Vec<Endless> {
    let mut children = offspring.clone();
    let mut parents: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); children.len()];
    for (parent, row) in children.iter().enumerate() {
        row.keys().for_each(|&child| {
            parents[child].insert(parent);
        });
    }
    // The shock with the fewest paths through it comes first, which makes long chains and trees cheap.
    let cost = |shock: usize, children: &Offspring, parents: &[BTreeSet<usize>]| {
        parents[shock].len() * children[shock].len()
    };
    let mut queue: BTreeSet<(usize, usize)> =
        (0..children.len()).map(|s| (cost(s, &children, &parents), s)).collect();
    let mut eliminated = vec![false; children.len()];
    let (mut found, mut n_steps) = (Vec::new(), 0);
    while let Some((_, shock)) = queue.pop_first() {
        let own = children[shock].get(&shock).copied().unwrap_or(0.0);
        let is_endless = own >= 1.0 - ROUNDING;
        let is_too_much = n_steps > MAX_STEPS;
        if is_endless || is_too_much {
            found.push(Endless {
                cycle: cycle_through(offspring, shock, &eliminated),
                again: (!is_too_much).then_some(own),
            });
        }
        let heirs: Vec<(usize, f64)> =
            children[shock].iter().filter(|(c, _)| **c != shock).map(|(&c, &n)| (c, n)).collect();
        let causes: Vec<usize> = parents[shock].iter().copied().filter(|&p| p != shock).collect();
        let touched: BTreeSet<usize> = causes.iter().copied().chain(heirs.iter().map(|h| h.0)).collect();
        touched.iter().for_each(|&s| {
            queue.remove(&(cost(s, &children, &parents), s));
        });
        for &(heir, _) in &heirs {
            parents[heir].remove(&shock);
        }
        for &cause in &causes {
            let n = children[cause].remove(&shock).unwrap_or(0.0);
            if is_endless || is_too_much {
                continue;
            }
            for &(heir, m) in &heirs {
                *children[cause].entry(heir).or_default() += n * m / (1.0 - own);
                parents[heir].insert(cause);
                n_steps += 1;
            }
        }
        eliminated[shock] = !is_endless;
        touched.iter().for_each(|&s| {
            queue.insert((cost(s, &children, &parents), s));
        });
        if is_too_much {
            break;
        }
    }
    found
}

/// A shortest cycle from a shock back to itself through `allowed` shocks; the shock alone when there is none.
fn cycle_through(offspring: &Offspring, shock: usize, allowed: &[bool]) -> Vec<usize> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open = VecDeque::from([shock]);
    while let Some(at) = open.pop_front() {
        for &child in offspring[at].keys() {
            if child == shock {
                let mut cycle = vec![at];
                while let Some(&before) = cycle.last().and_then(|last| came_from.get(last)) {
                    cycle.push(before);
                }
                cycle.reverse();
                return cycle;
            }
            if allowed[child] && !came_from.contains_key(&child) {
                came_from.insert(child, at);
                open.push_back(child);
            }
        }
    }
    vec![shock]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matrix(n: usize, entries: &[(usize, usize, f64)]) -> Offspring {
        let mut rows = vec![BTreeMap::new(); n];
        for &(i, j, x) in entries {
            *rows[i].entry(j).or_default() += x;
        }
        rows
    }

    /// 0 → 1 → 0 with 0.5 × 1.9 = 0.95 shrinks; with 0.5 × 2 it does not.
    #[test]
    fn a_loop_ends_when_it_returns_less_than_once() {
        assert_eq!(endless(&matrix(2, &[(0, 1, 0.5), (1, 0, 1.9)])), []);
        let found = endless(&matrix(2, &[(0, 1, 0.5), (1, 0, 2.0)]));
        assert_eq!(found.len(), 1);
        assert!(found[0].again.is_some_and(|n| (n - 1.0).abs() < 1e-12) && found[0].cycle.len() == 2);
    }

    /// Two loops through 0, each with 0.6 returns: neither reaches 1 alone, but together they return 1.2.
    #[test]
    fn loops_that_share_a_shock_add_up() {
        let found = endless(&matrix(3, &[(0, 1, 1.0), (1, 0, 0.6), (0, 2, 1.0), (2, 0, 0.6)]));
        assert_eq!(found.len(), 1);
        assert_eq!(endless(&matrix(3, &[(0, 1, 1.0), (1, 0, 0.4), (0, 2, 1.0), (2, 0, 0.4)])), []);
    }

    /// Each of two loops that have nothing in common is named.
    #[test]
    fn separate_loops_are_named_apart() {
        let found = endless(&matrix(4, &[(0, 0, 1.0), (1, 2, 1.0), (2, 1, 1.0), (3, 0, 5.0)]));
        assert_eq!(found.iter().map(|e| e.cycle.len()).collect::<Vec<_>>(), [1, 2]);
    }

    /// However many shocks one sets off, the chain ends if none leads back.
    #[test]
    fn a_tree_of_any_size_ends() {
        let entries: Vec<(usize, usize, f64)> = (1..200_000).map(|i| ((i - 1) / 2, i, 3.0)).collect();
        assert_eq!(endless(&matrix(200_000, &entries)), []);
        let chain: Vec<(usize, usize, f64)> =
            (1..100_000).map(|i| (i - 1, i, 1.0)).chain([(99_999, 0, 0.9)]).collect();
        assert_eq!(endless(&matrix(100_000, &chain)), []);
    }

    proptest! {
        /// The spectral radius by powers: M^64 of a small matrix has row sums near 0 or far above 1, unless it is near 1.
        #[test]
        fn it_agrees_with_the_powers_of_the_matrix(entries in prop::collection::vec(0.0..0.5f64, 16)) {
            let all: Vec<(usize, usize, f64)> = entries.iter().enumerate().map(|(k, &x)| (k / 4, k % 4, x)).collect();
            let mut vector = [1.0_f64; 4];
            let mut growth = 1.0;
            for _ in 0..500 {
                let mut next = [0.0; 4];
                for &(i, j, x) in &all {
                    next[i] += x * vector[j];
                }
                growth = next.iter().copied().fold(0.0, f64::max);
                vector = next.map(|x| x / growth);
            }
            prop_assume!((growth - 1.0).abs() > 1e-6);
            prop_assert_eq!(endless(&matrix(4, &all)).is_empty(), growth < 1.0);
        }
    }
}
