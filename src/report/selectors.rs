//! Selectors and effects in the words of the files, as text.

use super::answer::effect::{WantedAnswer, wanted};

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::model::words::{Access, DataClass, Openness};
use crate::shocks::effect::{Clause, Effect, Predicate, Stop};

/// A selector's keys with their values, in the order of the reference.
pub(super) fn entries(selector: &Selector) -> Vec<(&'static str, WantedAnswer)> {
    fn words<T: Copy>(list: Option<&Vec<T>>, word: fn(T) -> &'static str) -> Option<WantedAnswer> {
        list.map(|list| WantedAnswer::Listed(list.iter().map(|x| word(*x).to_owned()).collect()))
    }
    let set = |set: &Option<JurisdictionSet>| set.as_ref().map(wanted);
    let names = |list: &Option<Vec<String>>| list.clone().map(WantedAnswer::Listed);
    let s = selector;
    let all = [
        ("origin", set(&s.origin)),
        ("lineage_origin", set(&s.lineage_origin)),
        ("developer", names(&s.developer)),
        ("model", names(&s.model)),
        ("openness", words(s.openness.as_ref(), Openness::as_str)),
        ("host", names(&s.host)),
        ("host_origin", set(&s.host_origin)),
        ("region", set(&s.region)),
        ("access", words(s.access.as_ref(), Access::as_str)),
        ("hardware", names(&s.hardware)),
        ("certifications", names(&s.certifications)),
        ("users", set(&s.users)),
        ("workload", names(&s.workload)),
        ("data", words(s.data.as_ref(), DataClass::as_str)),
        ("company", set(&s.company)),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// Ids of hardware.
pub(super) fn hardware_ids(instance: &Instance, hardware: &[usize]) -> Vec<String> {
    hardware.iter().map(|&h| instance.hardware[h].hardware.id.clone()).collect()
}

/// Kind and id of a node that stops.
#[must_use]
pub fn node(instance: &Instance, stop: Stop) -> (&'static str, String) {
    let supplier = |s: usize| instance.suppliers[s].supplier.id.as_str();
    match stop {
        Stop::Supplier(s) => ("supplier", supplier(s).to_owned()),
        Stop::HostSite(s, j) => ("host_site", format!("{}:{}", supplier(s), instance.jurisdictions[j].id)),
        Stop::Hardware(h) => ("hardware", instance.hardware[h].hardware.id.clone()),
    }
}

/// An effect in words: what happens, and where, one line per alternative.
#[must_use]
pub fn effect_words(instance: &Instance, effect: &Effect) -> (String, Vec<String>) {
    let told = |what: &str, p: &Predicate| (what.to_owned(), clauses_words(p));
    match effect {
        Effect::Unavailable(p) => told("unavailable", p),
        Effect::NoNew(p) => told("no_new", p),
        Effect::Stale(p) => told("stale", p),
        Effect::Stop(stops) => {
            let mut by_kind: Vec<(&str, Vec<String>)> = Vec::new();
            for stop in stops {
                let (kind, id) = node(instance, *stop);
                match by_kind.iter_mut().find(|(known, _)| *known == kind) {
                    Some((_, ids)) => ids.push(id),
                    None => by_kind.push((kind, vec![id])),
                }
            }
            let line = |(kind, ids): (&str, Vec<String>)| {
                format!("{{{kind}: {}}}", one_line(&WantedAnswer::Listed(ids)))
            };
            ("stop".to_owned(), by_kind.into_iter().map(line).collect())
        }
        Effect::Cut { hardware, region } => {
            let hardware = one_line(&WantedAnswer::Listed(hardware_ids(instance, hardware)));
            let region = one_line(&wanted(region));
            ("cut".to_owned(), vec![format!("{{hardware: {hardware}, region: {region}}}")])
        }
        Effect::PriceTimes { factor, predicate } => told(&format!("price_times: {factor}"), predicate),
        Effect::CapacityTimes { factor, predicate } => told(&format!("capacity_times: {factor}"), predicate),
        Effect::OneOff { usd_per_workload, predicate } => {
            told(&format!("one_off_usd_per_workload: {usd_per_workload}"), predicate)
        }
        Effect::Withdrawal { probability, predicate, price_times, one_off_usd_per_workload } => {
            let stays =
                format!("price_times: {price_times}, one_off_usd_per_workload: {one_off_usd_per_workload}");
            told(
                &format!("unavailable, for each developer with probability {probability}; else {{{stays}}}"),
                predicate,
            )
        }
    }
}

fn clauses_words(predicate: &Predicate) -> Vec<String> {
    if predicate.0.is_empty() {
        return vec!["nothing".to_owned()];
    }
    predicate.0.iter().map(clause_words).collect()
}

/// `{users: [DE], origin: [US]} but not {region: [EU]}`.
fn clause_words(clause: &Clause) -> String {
    let mut maps: Vec<Vec<(&str, WantedAnswer)>> = Vec::new();
    for (key, value) in clause.all_of.iter().flat_map(entries) {
        if maps.iter().any(|map| map.contains(&(key, value.clone()))) {
            continue;
        }
        // A key that asks for two things stands in two maps.
        match maps.iter_mut().find(|map| map.iter().all(|(known, _)| *known != key)) {
            Some(map) => map.push((key, value)),
            None => maps.push(vec![(key, value)]),
        }
    }
    let mut text = maps.iter().map(|map| map_words(map)).collect::<Vec<_>>().join(" and ");
    if let Some(lineage) = &clause.lineage {
        let joined = if text.is_empty() { "" } else { ", " };
        text.push_str(&format!("{joined}a model of its lineage {}", map_words(&entries(lineage))));
    }
    if text.is_empty() {
        text.push_str("every offer");
    }
    for none in &clause.none_of {
        text.push_str(&format!(" but not {}", map_words(&entries(none))));
    }
    text
}

fn map_words(entries: &[(&str, WantedAnswer)]) -> String {
    let parts: Vec<String> =
        entries.iter().map(|(key, value)| format!("{key}: {}", one_line(value))).collect();
    format!("{{{}}}", parts.join(", "))
}

/// A selector in one line, as the files write it.
#[must_use]
pub fn selector_words(selector: &Selector) -> String {
    map_words(&entries(selector))
}

/// A value as flow YAML.
fn one_line(wanted: &WantedAnswer) -> String {
    match wanted {
        WantedAnswer::Word(word) => word.clone(),
        WantedAnswer::Listed(ids) => list(ids),
        WantedAnswer::Except { except } => format!("{{except: {}}}", list(except)),
    }
}

fn list(ids: &[String]) -> String {
    // Norway would read as a truth value.
    let id = |id: &String| if id == "NO" { format!("{id:?}") } else { id.clone() };
    format!("[{}]", ids.iter().map(id).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::answer::effect::selector;
    use crate::report::answer::value_of;

    fn us_closed() -> Selector {
        Selector {
            origin: Some(JurisdictionSet::Listed(vec!["US".to_owned()])),
            openness: Some(vec![Openness::Closed]),
            ..Selector::default()
        }
    }

    fn users(set: JurisdictionSet) -> Selector {
        Selector { users: Some(set), ..Selector::default() }
    }

    #[test]
    fn a_selector_reads_as_the_files_write_it() {
        assert_eq!(selector_words(&us_closed()), "{origin: [US], openness: [closed]}");
        let except = users(JurisdictionSet::Except(vec!["US".to_owned(), "NO".to_owned()]));
        assert_eq!(selector_words(&except), "{users: {except: [US, \"NO\"]}}");
        assert_eq!(selector_words(&users(JurisdictionSet::All)), "{users: all}");
        let json = value_of(&selector(&except)).to_string();
        assert_eq!(json, "{\"users\":{\"except\":[\"US\",\"NO\"]}}");
    }

    #[test]
    fn a_clause_joins_its_selectors_and_keeps_a_key_that_is_asked_twice() {
        let clause = Clause {
            all_of: vec![us_closed(), users(JurisdictionSet::All), us_closed()],
            none_of: vec![users(JurisdictionSet::Listed(vec!["DE".to_owned()]))],
            lineage: None,
        };
        assert_eq!(
            clause_words(&clause),
            "{origin: [US], openness: [closed], users: all} but not {users: [DE]}"
        );
        let twice = Clause {
            all_of: vec![
                us_closed(),
                Selector { openness: Some(vec![Openness::OpenWeights]), ..us_closed() },
            ],
            ..Clause::default()
        };
        assert_eq!(clause_words(&twice), "{origin: [US], openness: [closed]} and {openness: [open_weights]}");
        let lineage = Clause { lineage: Some(us_closed()), ..Clause::default() };
        assert_eq!(clause_words(&lineage), "a model of its lineage {origin: [US], openness: [closed]}");
        assert_eq!(clause_words(&Clause::default()), "every offer");
        assert_eq!(clauses_words(&Predicate::default()), ["nothing"]);
    }
}
