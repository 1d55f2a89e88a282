//! What could replace the offers in use, as `exposure` answers it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::exposure::substitutes::{Best, Cheapest, Fastest, Group, Substitutes};
use crate::model::instance::Instance;
use crate::report::names::{offer, workload};

/// What could replace the offers that one workload uses.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SubstitutesAnswer {
    /// Id of the workload.
    pub workload: String,
    /// Largest number of offers in use and standbys of which no two share a service: no developer, host, parent or site.
    pub n_independent_paths: usize,
    /// False beyond 24 such offers: then the number is a lower bound.
    pub independent_paths_exact: bool,
    /// Offers that all users of the workload may newly use, beyond those in use, in four groups.
    pub groups: SubstituteGroupsAnswer,
    /// Offers with no known node in common with those in use, whose hardware or that of an offer in use is unknown; they do
    /// not count as independent.
    pub unknown_hardware: usize,
}

/// Substitutes from the widest group to the narrowest.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SubstituteGroupsAnswer {
    /// All of them.
    pub eligible: SubstituteGroupAnswer,
    /// Those that are hot or warm standbys.
    pub ready: SubstituteGroupAnswer,
    /// Those from other vendors: no developer, host, parent or host site in common with any offer in use.
    pub independent_of_services: SubstituteGroupAnswer,
    /// Those from other vendors that also run on other hardware: nothing in common through any tier.
    pub independent: SubstituteGroupAnswer,
}

/// A group of offers and the best of them in three respects.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SubstituteGroupAnswer {
    /// Offers in the group.
    pub n_offers: usize,
    /// The offer that could take over first; null when the group is empty.
    pub fastest: Option<FastestAnswer>,
    /// The offer that costs least; null when the group is empty.
    pub cheapest: Option<CheapestAnswer>,
    /// The offer with the best quality; null when the group is empty.
    pub best: Option<BestAnswer>,
}

/// The offer that could take over first.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FastestAnswer {
    /// Id of the offer.
    pub offer: String,
    /// Days until it serves: 0 for a hot standby, the lead time of a warm one, else the onboarding time.
    pub days: f64,
}

/// The offer that costs least.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CheapestAnswer {
    /// Id of the offer.
    pub offer: String,
    /// Price against that of today's mix, 1 is the same; null when today's mix costs nothing.
    pub price_factor: Option<f64>,
    /// Cost of serving the whole workload, USD a month.
    pub usd_per_month: f64,
}

/// The offer with the best quality.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BestAnswer {
    /// Id of the offer.
    pub offer: String,
    /// Quality points more than today's mix; null when no offer in use is rated.
    pub points: Option<f64>,
}

impl SubstitutesAnswer {
    /// The substitutes of a workload.
    #[must_use]
    pub fn of(instance: &Instance, found: &Substitutes) -> Self {
        let group = |group: &Group| SubstituteGroupAnswer::of(instance, group);
        Self {
            workload: workload(instance, found.workload).to_owned(),
            n_independent_paths: found.independent_paths.size,
            independent_paths_exact: found.independent_paths.is_exact,
            groups: SubstituteGroupsAnswer {
                eligible: group(&found.eligible),
                ready: group(&found.ready),
                independent_of_services: group(&found.independent_of_services),
                independent: group(&found.independent),
            },
            unknown_hardware: found.n_unknown_hardware,
        }
    }
}

impl SubstituteGroupAnswer {
    fn of(instance: &Instance, group: &Group) -> Self {
        let fastest = |f: Fastest| FastestAnswer { offer: offer(instance, f.offer), days: f.days };
        let cheapest = |c: Cheapest| CheapestAnswer {
            offer: offer(instance, c.offer),
            price_factor: c.price_factor,
            usd_per_month: c.usd_per_month,
        };
        let best = |b: Best| BestAnswer { offer: offer(instance, b.offer), points: b.points };
        Self {
            n_offers: group.n_offers,
            fastest: group.fastest.map(fastest),
            cheapest: group.cheapest.map(cheapest),
            best: group.best.map(best),
        }
    }
}
