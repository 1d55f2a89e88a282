//! Cycles of references: parents of suppliers, bases of models, needs of hardware.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::library::{CatalogLayer, List};
use crate::model::catalog::{Catalog, Hardware};

/// Largest number of names of a cycle in a message.
const SHOWN_NAMES: usize = 8;

type Edges<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// Reports each cycle once. `layers`: where entries are defined; the first layer with an id counts.
pub(super) fn check(catalog: &Catalog, layers: &[&CatalogLayer<'_>]) {
    let suppliers: Edges<'_> = catalog
        .suppliers
        .iter()
        .map(|s| (s.id.as_str(), s.parents.iter().map(String::as_str).collect()))
        .collect();
    let models: Edges<'_> =
        catalog.models.iter().map(|m| (m.id.as_str(), m.base.as_deref().into_iter().collect())).collect();
    let hardware: Edges<'_> = catalog.hardware.iter().map(|h| (h.id.as_str(), needed(h))).collect();
    report(&suppliers, "parents", layers, List::Suppliers, |c| {
        c.suppliers.iter().map(|s| s.id.as_str()).collect()
    });
    report(&models, "base", layers, List::Models, |c| c.models.iter().map(|m| m.id.as_str()).collect());
    report(&hardware, "needs", layers, List::Hardware, |c| {
        c.hardware.iter().map(|h| h.id.as_str()).collect()
    });
}

fn needed(hardware: &Hardware) -> Vec<&str> {
    hardware.needs.iter().flat_map(|n| &n.any_of).map(String::as_str).collect()
}

fn report(
    edges: &Edges<'_>,
    key: &str,
    layers: &[&CatalogLayer<'_>],
    list: List,
    ids: impl Fn(&Catalog) -> Vec<&str>,
) {
    let cycles = cycles(edges);
    if cycles.is_empty() {
        return;
    }
    let mut entries = BTreeMap::new();
    for layer in layers {
        for (idx, id) in ids(&layer.catalog).into_iter().enumerate() {
            entries.entry(id.to_owned()).or_insert((layer, idx));
        }
    }
    for cycle in cycles {
        let Some(at) = entries.get(cycle[0]).and_then(|(layer, idx)| layer.entry(list, *idx)) else {
            continue;
        };
        let message = format!("the references in '{key}' form a cycle: {}", chain(&cycle));
        at.key(key).error("reference-cycle", message, Some("remove one link".into()));
    }
}

/// The names of a cycle as text, with the first one again at the end.
fn chain(cycle: &[&str]) -> String {
    let mut shown: Vec<&str> = cycle.iter().take(SHOWN_NAMES).copied().collect();
    if cycle.len() > SHOWN_NAMES {
        shown.push("…");
    }
    shown.push(cycle[0]);
    shown.join(" → ")
}

/// Cycles found by walking from each name in order; every name belongs to at most one of them.
fn cycles<'a>(edges: &Edges<'a>) -> Vec<Vec<&'a str>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for &start in edges.keys() {
        // The path from `start`, with the next link to follow at each step.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_path: BTreeSet<&str> = BTreeSet::from([start]);
        while let Some((name, link)) = path.last_mut() {
            let next = edges.get(name).and_then(|links| links.get(*link)).copied();
            *link += 1;
            match next {
                Some(next) if on_path.contains(next) => {
                    let from = path.iter().position(|(n, _)| *n == next).unwrap_or_default();
                    found.push(path[from..].iter().map(|(n, _)| *n).collect());
                }
                Some(next) if !done.contains(next) && edges.contains_key(next) => {
                    on_path.insert(next);
                    path.push((next, 0));
                }
                Some(_) => {}
                None => {
                    done.insert(*name);
                    on_path.remove(*name);
                    path.pop();
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cycle_is_found_once_and_a_diamond_is_not_a_cycle() {
        let edges: Edges<'_> = BTreeMap::from([
            ("a", vec!["b", "c"]),
            ("b", vec!["d"]),
            ("c", vec!["d"]),
            ("d", vec!["elsewhere"]),
            ("e", vec!["f"]),
            ("f", vec!["e"]),
            ("g", vec!["g"]),
        ]);
        assert_eq!(cycles(&edges), [vec!["e", "f"], vec!["g"]]);
    }

    /// A walk by recursion would overflow the stack here.
    #[test]
    fn a_very_long_chain_is_walked() {
        let names: Vec<String> = (0..200_000).map(|i| format!("{i:06}")).collect();
        let mut edges: Edges<'_> = names.windows(2).map(|w| (w[0].as_str(), vec![w[1].as_str()])).collect();
        edges.insert(&names[199_999], vec![&names[199_990]]);
        assert_eq!(cycles(&edges).len(), 1);
    }
}
