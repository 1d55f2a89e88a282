//! Rows of registers of suppliers: the ranks of the chain, and how each service could be replaced. The pages of the report and
//! the exports for supervisors show the same rows.

use super::substitutes::SubstitutesAnswer;
use super::supply_chain::{PartyAnswer, ServiceChainAnswer, WorkloadAnswer};

/// Days within which a substitute is of medium complexity.
pub const MEDIUM_DAYS: f64 = 30.0;
/// The contract of what the company hosts itself.
pub const OWN_CONTRACT: &str = "self";

/// What a supplier does in a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuppliedService {
    Hosting,
    Development,
    /// Of weights that a model starts from.
    Weights,
}

impl SuppliedService {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hosting => "hosting of a model",
            Self::Development => "development of the model",
            Self::Weights => "weights that the model starts from",
        }
    }
}

/// A supplier at its place in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyRank {
    /// Id of the host; [`OWN_CONTRACT`] where the company hosts.
    pub contract: String,
    pub service: SuppliedService,
    pub provider: PartyAnswer,
    /// 1 is the direct provider.
    pub rank: usize,
    /// Who receives the service: the provider of the rank above; `None`: the company.
    pub recipient: Option<PartyAnswer>,
}

/// Who supplies whom for one offer, from the direct provider on. A supplier that stands in it twice counts at its first place.
#[must_use]
pub fn supply_ranks(chain: &ServiceChainAnswer) -> Vec<SupplyRank> {
    let contract = chain.host.as_ref().map_or(OWN_CONTRACT, |host| host.id.as_str());
    let host = chain.host.iter().map(|host| (host, SuppliedService::Hosting));
    let developer = std::iter::once((&chain.developer, SuppliedService::Development));
    let bases = chain.bases.iter().map(|base| (base, SuppliedService::Weights));
    let mut ranks: Vec<SupplyRank> = Vec::new();
    for (provider, service) in host.chain(developer).chain(bases) {
        if ranks.iter().any(|rank| rank.provider.id == provider.id) {
            continue;
        }
        ranks.push(SupplyRank {
            contract: contract.to_owned(),
            service,
            provider: provider.clone(),
            rank: ranks.len() + 1,
            recipient: ranks.last().map(|above| above.provider.clone()),
        });
    }
    ranks
}

/// How hard a service is to replace, the easiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Substitutability {
    /// A standby is ready within the impact tolerance.
    Easy,
    /// Other vendors are ready within [`MEDIUM_DAYS`].
    Medium,
    /// They take longer.
    HighlyComplex,
    /// No offer is eligible.
    Impossible,
}

impl Substitutability {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::HighlyComplex => "highly complex",
            Self::Impossible => "not substitutable",
        }
    }
}

/// How hard it is to replace what serves a workload, with an impact tolerance of so many days.
#[must_use]
pub fn substitutability(found: &SubstitutesAnswer, tolerance_days: f64) -> Substitutability {
    let ready = found.groups.ready.fastest.as_ref().is_some_and(|fastest| fastest.days <= tolerance_days);
    match found.groups.independent_of_services.fastest.as_ref().map(|fastest| fastest.days) {
        _ if ready => Substitutability::Easy,
        _ if found.groups.eligible.n_offers == 0 => Substitutability::Impossible,
        Some(days) if days <= MEDIUM_DAYS => Substitutability::Medium,
        _ => Substitutability::HighlyComplex,
    }
}

/// A service that carries demand, as it is assessed.
#[derive(Debug, Clone, PartialEq)]
pub struct AssessedService<'a> {
    pub chain: &'a ServiceChainAnswer,
    pub workload: Option<&'a WorkloadAnswer>,
    pub substitutability: Substitutability,
    pub has_standby: bool,
    /// The offer of other vendors that could take over first, and its days.
    pub alternative: Option<(&'a str, f64)>,
}

/// Every service that carries demand today, in the order of the chains.
#[must_use]
pub fn assessed_services<'a>(
    chains: &'a [ServiceChainAnswer],
    substitutes: &'a [SubstitutesAnswer],
    workloads: &'a [WorkloadAnswer],
) -> Vec<AssessedService<'a>> {
    let assessed = |chain: &'a ServiceChainAnswer| {
        let found = substitutes.iter().find(|s| s.workload == chain.workload)?;
        let workload = workloads.iter().find(|w| w.id == chain.workload);
        let fastest = found.groups.independent_of_services.fastest.as_ref();
        Some(AssessedService {
            chain,
            workload,
            substitutability: substitutability(found, workload.map_or(0.0, |w| w.recovery_objective_days)),
            has_standby: found.groups.ready.n_offers > 0,
            alternative: fastest.map(|fastest| (fastest.offer.as_str(), fastest.days)),
        })
    };
    chains.iter().filter(|chain| chain.today.share > 0.0).filter_map(assessed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::answer::supply_chain::OfferUseAnswer;

    fn party(id: &str) -> PartyAnswer {
        let of = |text: &str| text.to_owned();
        PartyAnswer { id: of(id), name: of(id), country: of("US"), parent: of(id), parent_country: of("US") }
    }

    fn chain(host: Option<&str>, developer: &str, bases: &[&str]) -> ServiceChainAnswer {
        let used = OfferUseAnswer { share: 1.0, value_share: 1.0, standby: None };
        ServiceChainAnswer {
            workload: "chat".into(),
            offer: "m@h:DE".into(),
            today: used,
            plan: None,
            model: "m".into(),
            developer: party(developer),
            bases: bases.iter().map(|base| party(base)).collect(),
            host: host.map(party),
            region: "DE".into(),
            is_region_assumed: false,
            is_estimate: false,
            hardware: Vec::new(),
        }
    }

    /// A cloud hosts a lab's fine-tune of Meta's weights: ranks 1, 2, 3, each received by the one before. A lab that hosts its
    /// own model stands once, and what the company hosts begins with the developer.
    #[test]
    fn ranks_follow_the_chain_from_the_direct_provider_on() {
        let told = |chain: &ServiceChainAnswer| -> Vec<(usize, String, Option<String>)> {
            let id = |party: PartyAnswer| party.id;
            supply_ranks(chain).into_iter().map(|r| (r.rank, r.provider.id, r.recipient.map(id))).collect()
        };
        let (one, two) = (|id: &str| id.to_owned(), |id: &str| Some(id.to_owned()));
        assert_eq!(
            told(&chain(Some("cloud"), "lab", &["meta"])),
            [(1, one("cloud"), None), (2, one("lab"), two("cloud")), (3, one("meta"), two("lab"))]
        );
        assert_eq!(told(&chain(Some("lab"), "lab", &[])), [(1, one("lab"), None)]);
        assert_eq!(told(&chain(None, "lab", &[])), [(1, one("lab"), None)]);
        assert_eq!(supply_ranks(&chain(None, "lab", &[]))[0].contract, OWN_CONTRACT);
    }
}
