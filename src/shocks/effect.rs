//! Elementary effects of shocks, before they are resolved on an instance.

use crate::model::instance::{HardwareIdx, JurisdictionIdx, SupplierIdx};
use crate::model::selector::{JurisdictionSet, Selector};

/// A conjunction: selectors that must all match, selectors that must not match, and a test of the model's lineage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clause {
    pub all_of: Vec<Selector>,
    pub none_of: Vec<Selector>,
    /// Must match if some model of the offer's lineage takes the place of the offer's model.
    pub lineage: Option<Selector>,
}

/// A disjunction of clauses: at least one must match.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Predicate(pub Vec<Clause>);

impl Predicate {
    /// Pairs that the selector matches.
    #[must_use]
    pub fn of(selector: Selector) -> Self {
        Self(vec![Clause { all_of: vec![selector], ..Clause::default() }])
    }

    /// Pairs that the selector does not match.
    #[must_use]
    pub fn none_of(selector: Selector) -> Self {
        Self(vec![Clause { none_of: vec![selector], ..Clause::default() }])
    }

    /// Pairs for which some model of the lineage matches, with the pair's own host, region and cell.
    #[must_use]
    pub fn lineage(selector: Selector) -> Self {
        Self(vec![Clause { lineage: Some(selector), ..Clause::default() }])
    }

    /// Pairs that match both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut clauses = Vec::new();
        for a in &self.0 {
            for b in &other.0 {
                debug_assert!(a.lineage.is_none() || b.lineage.is_none(), "one lineage test per clause");
                clauses.push(Clause {
                    all_of: a.all_of.iter().chain(&b.all_of).cloned().collect(),
                    none_of: a.none_of.iter().chain(&b.none_of).cloned().collect(),
                    lineage: a.lineage.clone().or_else(|| b.lineage.clone()),
                });
            }
        }
        Self(clauses)
    }

    /// Pairs that match either.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// A node of the supply graph that a shock can stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// A supplier in all its roles, without its children.
    Supplier(SupplierIdx),
    /// The site of one host in one region.
    HostSite(SupplierIdx, JurisdictionIdx),
    Hardware(HardwareIdx),
}

/// One effect. Each factor of a shock multiplies once, no matter how many occurrences overlap.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Unavailable(Predicate),
    NoNew(Predicate),
    Stale(Predicate),
    Stop(Vec<Stop>),
    /// Offers in these regions lose that hardware.
    Cut {
        hardware: Vec<HardwareIdx>,
        region: JurisdictionSet,
    },
    PriceTimes {
        factor: f64,
        predicate: Predicate,
    },
    CapacityTimes {
        factor: f64,
        predicate: Predicate,
    },
    OneOff {
        usd_per_workload: f64,
        predicate: Predicate,
    },
    /// Each affected developer withdraws with this probability; the pairs of the others pay the factor and the one-off cost.
    Withdrawal {
        probability: f64,
        predicate: Predicate,
        price_times: f64,
        one_off_usd_per_workload: f64,
    },
}
