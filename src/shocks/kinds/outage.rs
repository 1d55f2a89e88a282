//! `outage`: stops a host, its sites in a region, or every site in a region.

use crate::ids::SELF_HOST;
use crate::model::instance::{Instance, JurisdictionIdx, SupplierIdx};
use crate::model::selector::JurisdictionSet;
use crate::model::shock::Kind;
use crate::shocks::effect::{Effect, Stop};
use crate::shocks::expand::own_machines_stop;
use crate::shocks::key::Key;
use crate::shocks::kind::{AnyOf, KindSpec};
use crate::shocks::named::{self, NamedEntity};

const HOST: Key<str> =
    Key::host("host", "The host, or `self` for the company's own machines. By default every host.")
        .optional();
const REGION: Key<JurisdictionSet> = Key::jurisdictions("region", "Where. By default everywhere.").optional();

pub(super) const KIND: KindSpec = KindSpec {
    name: "outage",
    about: "A host stops, its sites in a region, or every site in a region. Needs `host`, `region`, or both. \
            The company's own machines stop only if `host` is `self`.",
    needs_actor: false,
    keys: &[HOST.spec, REGION.spec],
    any_of: Some(AnyOf {
        keys: &[HOST.spec.name, REGION.spec.name],
        message: "an outage names a 'host' or a 'region'",
    }),
    expand,
    names,
};

fn expand(instance: &Instance, _: &JurisdictionSet, kind: &Kind) -> Option<Vec<Effect>> {
    if HOST.of(kind) == Some(SELF_HOST) {
        return Some(vec![own_machines_stop(REGION.of(kind).cloned())]);
    }
    let is_hit = |(s, j): &(SupplierIdx, JurisdictionIdx)| {
        HOST.of(kind).is_none_or(|host| instance.suppliers[*s].supplier.id == host)
            && REGION.of(kind).is_none_or(|set| instance.region_in(*j, set))
    };
    let sites = instance.host_sites().into_iter().filter(is_hit);
    Some(vec![Effect::Stop(sites.map(|(s, j)| Stop::HostSite(s, j)).collect())])
}

fn names(instance: &Instance, kind: &Kind) -> Option<NamedEntity> {
    let of_host = HOST.of(kind).and_then(|id| named::supplier(instance, id));
    of_host.or_else(|| REGION.of(kind).and_then(named::region))
}
