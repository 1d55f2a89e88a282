//! Names in selectors and jurisdiction sets.

use super::names::{Known, each};
use crate::input::at::At;
use crate::model::selector::{JurisdictionSet, Selector};

/// All names of a selector.
pub(super) fn check(at: &At<'_>, selector: &Selector, known: &Known<'_>) {
    let sets = [
        ("origin", &selector.origin),
        ("lineage_origin", &selector.lineage_origin),
        ("host_origin", &selector.host_origin),
        ("region", &selector.region),
        ("users", &selector.users),
        ("company", &selector.company),
    ];
    for (key, set) in sets {
        if let Some(set) = set {
            self::set(&at.key(key), set, known);
        }
    }
    let names = |key: &str, ids: &Option<Vec<String>>, check: &dyn Fn(&At<'_>, &str)| {
        if let Some(ids) = ids {
            each(&at.key(key), ids, check);
        }
    };
    names("developer", &selector.developer, &|at, id| known.supplier(at, id));
    names("model", &selector.model, &|at, id| known.model(at, id));
    names("host", &selector.host, &|at, id| known.host(at, id));
    names("hardware", &selector.hardware, &|at, id| known.hardware(at, id));
    names("workload", &selector.workload, &|at, id| known.workload(at, id));
}

/// All jurisdictions of a set.
pub(super) fn set(at: &At<'_>, set: &JurisdictionSet, known: &Known<'_>) {
    match set {
        JurisdictionSet::All => {}
        JurisdictionSet::Listed(ids) => known.each_jurisdiction(at, ids),
        JurisdictionSet::Except(ids) => known.each_jurisdiction(&at.key("except"), ids),
    }
}
