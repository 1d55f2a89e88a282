//! What a company uses, as another program or a table lists it: names as they were written, not yet those of the catalog.

use std::collections::BTreeMap;

use super::portfolio::Readiness;
use super::words::DataClass;

/// A list of what a company uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inventory {
    pub company: Option<String>,
    /// Country.
    pub headquarters: Option<String>,
    pub workloads: Vec<ListedWorkload>,
    /// Entries that are no use of a model, with the reason.
    pub set_aside: Vec<(String, String)>,
}

/// A need for model service, as listed; `None` and empty where nothing is said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListedWorkload {
    pub id: String,
    pub name: String,
    /// Where it stands, such as `row 3`.
    pub place: String,
    /// Input and output, mtok a month.
    pub demand: Option<(f64, f64)>,
    /// Share by country.
    pub users: BTreeMap<String, f64>,
    pub data: Option<DataClass>,
    /// USD.
    pub outage_cost_usd_per_day: Option<f64>,
    /// As written, such as `4h`.
    pub recovery_objective: Option<String>,
    pub min_quality: Option<f64>,
    pub uses: Vec<ListedUse>,
}

/// A model at a host, as listed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListedUse {
    /// What the list calls it.
    pub name: String,
    /// Where it stands.
    pub place: String,
    /// An id of an offer, `model@host:REGION`.
    pub offer: Option<String>,
    pub model: Option<String>,
    pub host: Option<String>,
    pub region: Option<String>,
    /// Country of the users that it is for; `None`: all.
    pub users: Option<String>,
    /// Share of the demand of these users.
    pub share: Option<f64>,
    /// `None`: it serves.
    pub standby: Option<Readiness>,
    /// Of a standby: share of the demand that it is sized for.
    pub cover: Option<f64>,
    /// Of a standby, as written, such as `7d`.
    pub lead: Option<String>,
}
