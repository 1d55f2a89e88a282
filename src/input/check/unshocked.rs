//! Suppliers that a portfolio relies on and that no drawn shock stops: their silence would look like safety.

use std::collections::BTreeSet;

use crate::input::at::At;
use crate::model::instance::{Instance, OfferIdx, SupplierIdx};
use crate::model::selector::Selector;
use crate::model::shock::{Action, EffectEntry, KindValue, Shock};
use crate::shocks::law::Law;

/// Largest number of names in the message.
const SHOWN_NAMES: usize = 12;

/// Warns of hosts and developers of used or eligible pairs that no drawn shock stops by name. `file`: the portfolio.
pub(super) fn check(instance: &Instance, file: &At<'_>) {
    let stopped: BTreeSet<&str> =
        instance.shocks.iter().filter(|shock| is_drawn(shock)).flat_map(stops).collect();
    let id = |supplier: SupplierIdx| instance.suppliers[supplier].supplier.id.as_str();
    let unshocked: Vec<&str> =
        relied_on(instance, |supplier| !stopped.contains(id(supplier))).into_iter().map(id).collect();
    if unshocked.is_empty() {
        return;
    }
    let mut names = unshocked[..unshocked.len().min(SHOWN_NAMES)].join(", ");
    if unshocked.len() > SHOWN_NAMES {
        names.push_str(&format!(" and {} more", unshocked.len() - SHOWN_NAMES));
    }
    let message = format!("no shock that is drawn stops {names}: the simulation takes them for safe");
    let help =
        "give each a 'class' for which the catalog has templates, or a shock of its own under 'catalog'";
    file.key("workloads").warning("supplier-without-shocks", message, Some(help.into()));
}

fn is_drawn(shock: &Shock) -> bool {
    !shock.in_force && shock.frequency.is_some()
}

/// Of the suppliers that are asked for, the hosts and developers of pairs that are used today or eligible.
fn relied_on(instance: &Instance, is_asked: impl Fn(SupplierIdx) -> bool) -> BTreeSet<SupplierIdx> {
    let suppliers = |offer: OfferIdx| {
        let all = instance.offers[offer].host.into_iter().chain([instance.developer_of(offer)]);
        all.filter(|&supplier| is_asked(supplier))
    };
    let standbys = instance.workloads.iter().flat_map(|workload| &workload.standby).map(|s| s.offer);
    let used = instance.cells.iter().flat_map(|cell| &cell.allocation).map(|(offer, _)| *offer);
    let mut found: BTreeSet<SupplierIdx> = standbys.chain(used).flat_map(suppliers).collect();
    // Whether an offer is eligible takes longest to find out, and is asked only where it decides something.
    let open = |offer: &OfferIdx| suppliers(*offer).any(|supplier| !found.contains(&supplier));
    let open: Vec<OfferIdx> = (0..instance.offers.len()).filter(open).collect();
    if !open.is_empty() {
        found.extend(Law::eligible_among(instance, open).into_iter().flat_map(suppliers));
    }
    found
}

/// The suppliers that a shock stops, or whose offers it makes unavailable, by name.
fn stops(shock: &Shock) -> Vec<&str> {
    let mut named: Vec<&String> = Vec::new();
    match &shock.action {
        Action::Kind(kind) => match kind.name {
            "outage" | "supplier_exit" | "sanction" => {
                for value in kind.values.values() {
                    match value {
                        KindValue::Id(id) => named.push(id),
                        KindValue::Ids(ids) => named.extend(ids),
                        _ => {}
                    }
                }
            }
            _ => {}
        },
        Action::Effects(effects) => {
            for effect in effects {
                match effect {
                    EffectEntry::Stop { suppliers, hosts, .. } => named.extend(suppliers.iter().chain(hosts)),
                    EffectEntry::Unavailable(Selector { developer, host, .. }) => {
                        named.extend(developer.iter().chain(host).flatten());
                    }
                    _ => {}
                }
            }
        }
    }
    named.into_iter().map(String::as_str).collect()
}
