//! Contracts: each with one host that is known, hosts, and is not the company itself.

use std::collections::BTreeSet;

use super::names::Known;
use crate::ids::SELF_HOST;
use crate::input::at::At;
use crate::model::catalog::Catalog;
use crate::model::contract::ContractStatus;
use crate::model::portfolio::Portfolio;
use crate::model::words::Role;

/// Checks every contract. `catalog`: with the portfolio's own entries.
pub(super) fn check(file: &At<'_>, portfolio: &Portfolio, known: &Known<'_>, catalog: &Catalog) {
    let contracts = file.key("contracts");
    let used = hosts_today(portfolio);
    let mut seen = BTreeSet::new();
    for (i, contract) in portfolio.contracts.iter().enumerate() {
        let at = contracts.index(i).key("host");
        let host = contract.host.as_str();
        if host == SELF_HOST {
            let help = "remove the entry; machines of the company's own are priced in the catalog";
            at.error("contract-with-self", "'self' is the company itself".into(), Some(help.into()));
            continue;
        }
        if !seen.insert(host) {
            let help = "join the two entries";
            at.error("duplicate-contract", format!("a second contract with '{host}'"), Some(help.into()));
        }
        known.supplier(&at, host);
        let Some(supplier) = catalog.suppliers.iter().find(|s| s.id == host) else { continue };
        if !supplier.roles.contains(&Role::Host) {
            let help = "name a supplier with the role 'host'";
            at.error("not-a-host", format!("'{host}' hosts nothing"), Some(help.into()));
        } else if !catalog.offers.iter().any(|offer| offer.host == host) {
            let help = "add its offers under 'catalog.offers', or remove the entry";
            at.warning(
                "host-without-offers",
                format!("the catalog has no offer of '{host}'"),
                Some(help.into()),
            );
        }
        if contract.status == ContractStatus::Offered && used.contains(host) {
            let help = "a host in use has a contract: write 'status: signed', or leave 'status' out";
            contracts.index(i).key("status").error(
                "offered-host-in-use",
                format!("'{host}' is used today, but its contract is only offered"),
                Some(help.into()),
            );
        }
    }
}

/// Hosts of the offers that have a share or stand by today.
fn hosts_today(portfolio: &Portfolio) -> BTreeSet<&str> {
    let offers = portfolio.workloads.iter().flat_map(|w| {
        let standbys = w.standby.iter().map(|s| s.offer.as_str());
        w.allocation.offers().chain(standbys)
    });
    offers.filter_map(|offer| Some(offer.split_once('@')?.1.rsplit_once(':')?.0)).collect()
}
