//! Countries, blocs, their indicators, and the rules on where demand may be served.

use std::collections::BTreeMap;

use super::words::DataClass;
use super::{Confidence, Provenance};

/// `jurisdictions.yaml`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jurisdictions {
    pub enablers: Vec<Enabler>,
    pub jurisdictions: Vec<Jurisdiction>,
    pub rules: Vec<Rule>,
    pub sources: Vec<Source>,
}

/// One of the article's six enablers.
#[derive(Debug, Clone, PartialEq)]
pub struct Enabler {
    pub id: String,
    pub name: String,
    pub indicators: Vec<Indicator>,
}

/// A figure by which an enabler is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    pub id: String,
    pub name: String,
    pub unit: String,
    pub period: String,
    pub better: Better,
    pub combine: Combine,
    /// What is measured instead where the indicator itself has no comparable figures.
    pub proxy: Option<IndicatorProxy>,
}

/// A measure that stands in for an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorProxy {
    pub name: String,
    pub unit: String,
    pub period: String,
}

/// Which direction of an indicator is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
}

/// How the indicator of a bloc follows from those of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    Sum,
    Mean,
    Max,
    /// Not at all.
    None,
}

/// A country or a bloc with member countries.
#[derive(Debug, Clone, PartialEq)]
pub struct Jurisdiction {
    /// ISO 3166-1 alpha-2, or a bloc's own id.
    pub id: String,
    pub name: String,
    pub kind: JurisdictionKind,
    /// Countries of a bloc; empty for a country.
    pub members: Vec<String>,
    pub standing: Standing,
    pub path: Option<String>,
    pub indicators: BTreeMap<String, IndicatorValue>,
    /// Figures that are on record and too weak to score, by indicator.
    pub unscored: BTreeMap<String, UnscoredValue>,
}

/// Whether a jurisdiction has members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JurisdictionKind {
    Country,
    Bloc,
}

/// The weight of a jurisdiction according to the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Superpower,
    MiddlePower,
    ResearchHub,
    Other,
}

/// One measured figure.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorValue {
    pub value: f64,
    pub year: i64,
    pub source: Vec<String>,
    pub confidence: Confidence,
    /// Whether it is a figure of the indicator's proxy.
    pub is_proxy: bool,
}

/// A figure that is on record and not scored.
#[derive(Debug, Clone, PartialEq)]
pub struct UnscoredValue {
    pub figure: IndicatorValue,
    /// Why it is not scored.
    pub why: String,
}

/// Where demand of some users and data classes may be served.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub id: String,
    pub name: Option<String>,
    pub instrument: Option<String>,
    /// Users' jurisdictions; a bloc stands for its members.
    pub users: Vec<String>,
    pub data: Vec<DataClass>,
    /// Regions that may serve those users; a bloc stands for its members.
    pub hosting_allowed: Vec<String>,
    /// Whether the company's own sites are exempt.
    pub except_self_hosted: bool,
    pub provenance: Provenance,
}

/// A document or collection that figures come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub id: String,
    pub title: String,
    pub publisher: String,
    pub year: i64,
    pub locator: String,
    pub license: String,
}
