//! Effects of a shock and the selectors that say where they act, as `shocks show` answers them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::instance::Instance;
use crate::model::selector::{JurisdictionSet, Selector};
use crate::report::selectors::{entries, hardware_ids, node};
use crate::shocks::effect::{Clause, Effect, Predicate, Stop};

/// A selector as the files write it: values by key, all of which must match.
pub type SelectorAnswer = BTreeMap<String, WantedAnswer>;

/// What a key of a selector asks for: the word `all`, a list of which one must match, or all jurisdictions but some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum WantedAnswer {
    /// `all`: every jurisdiction.
    Word(String),
    /// One of these.
    Listed(Vec<String>),
    /// Any jurisdiction but these.
    Except {
        /// Jurisdictions, with everything under them.
        except: Vec<String>,
    },
}

/// What a shock does while it lasts, and where.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum EffectAnswer {
    /// Offers serve nobody.
    Unavailable {
        /// Clauses of which one must hold.
        #[serde(rename = "where")]
        clauses: Vec<ClauseAnswer>,
        /// Probability of each developer to withdraw; absent where that is certain.
        #[serde(skip_serializing_if = "Option::is_none")]
        withdrawal_probability: Option<f64>,
        /// What a developer that stays costs; absent where withdrawal is certain.
        #[serde(skip_serializing_if = "Option::is_none")]
        otherwise: Option<StayingAnswer>,
    },
    /// Offers take no new use; present use runs on.
    NoNew {
        /// Clauses of which one must hold.
        #[serde(rename = "where")]
        clauses: Vec<ClauseAnswer>,
    },
    /// Models get no updates.
    Stale {
        /// Clauses of which one must hold.
        #[serde(rename = "where")]
        clauses: Vec<ClauseAnswer>,
    },
    /// Nodes of the supply graph stop.
    Stop {
        /// The nodes.
        nodes: Vec<StoppedNodeAnswer>,
    },
    /// Sites in a region are cut off from hardware.
    Cut {
        /// Ids of the hardware.
        hardware: Vec<String>,
        /// Where the sites stand.
        region: WantedAnswer,
    },
    /// Prices change.
    PriceTimes {
        /// Factor on the price.
        price_times: f64,
        /// Clauses of which one must hold.
        #[serde(rename = "where")]
        clauses: Vec<ClauseAnswer>,
    },
    /// Capacity changes.
    CapacityTimes {
        /// Factor on the capacity.
        capacity_times: f64,
        /// Clauses of which one must hold.
        #[serde(rename = "where")]
        clauses: Vec<ClauseAnswer>,
    },
    /// Workloads that use the offers pay once.
    OneOffUsdPerWorkload {
        /// USD per workload.
        one_off_usd_per_workload: f64,
        /// Clauses of which one must hold.
        #[serde(rename = "where")]
        clauses: Vec<ClauseAnswer>,
    },
}

/// What a developer costs that could withdraw and stays.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct StayingAnswer {
    /// Factor on the price.
    pub price_times: f64,
    /// USD per workload, once.
    pub one_off_usd_per_workload: f64,
}

/// A node of the supply graph that stops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoppedNodeAnswer {
    /// `supplier`, `host_site` or `hardware`.
    pub kind: String,
    /// Id of the node; a host site is `host:REGION`.
    pub id: String,
}

/// A condition on a pair of users and offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClauseAnswer {
    /// Selectors that must all match.
    pub all_of: Vec<SelectorAnswer>,
    /// Selectors of which none may match.
    pub none_of: Vec<SelectorAnswer>,
    /// Selector that some model of the lineage must match; null when none is asked for.
    pub lineage: Option<SelectorAnswer>,
}

impl EffectAnswer {
    /// An effect with all it says.
    #[must_use]
    pub fn of(instance: &Instance, effect: &Effect) -> Self {
        match effect {
            Effect::Unavailable(p) => {
                Self::Unavailable { clauses: clauses(p), withdrawal_probability: None, otherwise: None }
            }
            Effect::NoNew(p) => Self::NoNew { clauses: clauses(p) },
            Effect::Stale(p) => Self::Stale { clauses: clauses(p) },
            Effect::Stop(stops) => {
                Self::Stop { nodes: stops.iter().map(|stop| stopped(instance, *stop)).collect() }
            }
            Effect::Cut { hardware, region } => {
                Self::Cut { hardware: hardware_ids(instance, hardware), region: wanted(region) }
            }
            Effect::PriceTimes { factor, predicate } => {
                Self::PriceTimes { price_times: *factor, clauses: clauses(predicate) }
            }
            Effect::CapacityTimes { factor, predicate } => {
                Self::CapacityTimes { capacity_times: *factor, clauses: clauses(predicate) }
            }
            Effect::OneOff { usd_per_workload, predicate } => Self::OneOffUsdPerWorkload {
                one_off_usd_per_workload: *usd_per_workload,
                clauses: clauses(predicate),
            },
            Effect::Withdrawal { probability, predicate, price_times, one_off_usd_per_workload } => {
                let (price_times, one_off_usd_per_workload) = (*price_times, *one_off_usd_per_workload);
                Self::Unavailable {
                    clauses: clauses(predicate),
                    withdrawal_probability: Some(*probability),
                    otherwise: Some(StayingAnswer { price_times, one_off_usd_per_workload }),
                }
            }
        }
    }
}

fn clauses(predicate: &Predicate) -> Vec<ClauseAnswer> {
    let clause = |c: &Clause| ClauseAnswer {
        all_of: c.all_of.iter().map(selector).collect(),
        none_of: c.none_of.iter().map(selector).collect(),
        lineage: c.lineage.as_ref().map(selector),
    };
    predicate.0.iter().map(clause).collect()
}

fn stopped(instance: &Instance, stop: Stop) -> StoppedNodeAnswer {
    let (kind, id) = node(instance, stop);
    StoppedNodeAnswer { kind: kind.to_owned(), id }
}

/// A selector as the files write it.
#[must_use]
pub fn selector(selector: &Selector) -> SelectorAnswer {
    entries(selector).into_iter().map(|(key, wanted)| (key.to_owned(), wanted)).collect()
}

/// A jurisdiction set as the files write it.
#[must_use]
pub fn wanted(set: &JurisdictionSet) -> WantedAnswer {
    match set {
        JurisdictionSet::All => WantedAnswer::Word("all".to_owned()),
        JurisdictionSet::Listed(ids) => WantedAnswer::Listed(ids.clone()),
        JurisdictionSet::Except(ids) => WantedAnswer::Except { except: ids.clone() },
    }
}
