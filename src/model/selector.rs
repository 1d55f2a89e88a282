//! Selectors of offers and cells, and sets of jurisdictions.

use super::words::{Access, DataClass, Openness};

/// A set of jurisdictions; a bloc in a list stands for its members.
#[derive(Debug, Clone, PartialEq)]
pub enum JurisdictionSet {
    All,
    Listed(Vec<String>),
    Except(Vec<String>),
}

/// A test of (cell, offer): keys are combined by AND, the values of a key by OR, and an absent key matches.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selector {
    /// The developer is under one of these.
    pub origin: Option<JurisdictionSet>,
    /// The developer of the model or of any ancestor is under one of these.
    pub lineage_origin: Option<JurisdictionSet>,
    pub developer: Option<Vec<String>>,
    pub model: Option<Vec<String>>,
    pub openness: Option<Vec<Openness>>,
    /// Host supplier ids or `self`.
    pub host: Option<Vec<String>>,
    /// The host is under one of these; never matches for `self`.
    pub host_origin: Option<JurisdictionSet>,
    /// The site is in one of these; for a bloc, all its members are.
    pub region: Option<JurisdictionSet>,
    pub access: Option<Vec<Access>>,
    /// Every hardware alternative of the offer is one of these.
    pub hardware: Option<Vec<String>>,
    /// The offer has all of these.
    pub certifications: Option<Vec<String>>,
    /// The cell's country.
    pub users: Option<JurisdictionSet>,
    pub workload: Option<Vec<String>>,
    pub data: Option<Vec<DataClass>>,
    /// The company's headquarters.
    pub company: Option<JurisdictionSet>,
}

impl Selector {
    /// Whether it has a key on host, site or hardware.
    #[must_use]
    pub fn asks_for_site(&self) -> bool {
        let Self { host, host_origin, region, access, hardware, certifications, .. } = self;
        host.is_some()
            || host_origin.is_some()
            || region.is_some()
            || access.is_some()
            || hardware.is_some()
            || certifications.is_some()
    }

    /// The first key on who uses an offer: users, workload, data or company.
    #[must_use]
    pub fn key_of_demand(&self) -> Option<&'static str> {
        let keys = [
            ("users", self.users.is_some()),
            ("workload", self.workload.is_some()),
            ("data", self.data.is_some()),
            ("company", self.company.is_some()),
        ];
        keys.iter().find(|(_, is_set)| *is_set).map(|(key, _)| *key)
    }
}
