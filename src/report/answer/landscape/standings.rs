//! Ranks, readings and blocs of `landscape`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::landscape::blocs::{BlocGain, Carried};
use crate::landscape::paths::PathEvidence;
use crate::model::jurisdictions::{Jurisdiction, Standing, UnscoredValue};
use crate::study::landscape::Landscape;

/// The overall rank of a jurisdiction.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OverallRankAnswer {
    /// Id of the jurisdiction.
    pub jurisdiction: String,
    /// Weighted mean of its enablers' strengths; null without any figure.
    pub strength: Option<f64>,
    /// 1 + the number of jurisdictions that are stronger.
    pub rank: u64,
    /// The better of the two best ranks below.
    pub rank_best: u64,
    /// The worse of the two worst ranks below.
    pub rank_worst: u64,
    /// Best rank when each enabler's weight is halved, kept or doubled, in every combination.
    pub rank_best_by_weights: u64,
    /// Worst rank when each enabler's weight is halved, kept or doubled, in every combination.
    pub rank_worst_by_weights: u64,
    /// Best rank with one indicator left out.
    pub rank_best_by_indicator: u64,
    /// Worst rank with one indicator left out.
    pub rank_worst_by_indicator: u64,
}

impl OverallRankAnswer {
    /// All ranks, the first first; of equals the first by id.
    #[must_use]
    pub fn all(landscape: &Landscape<'_>) -> Vec<Self> {
        let ranked = landscape.scores.jurisdictions.iter().zip(&landscape.ranks);
        let mut ranks: Vec<Self> = ranked
            .map(|(jurisdiction, found)| Self {
                jurisdiction: jurisdiction.id.clone(),
                strength: found.strength,
                rank: found.rank as u64,
                rank_best: found.overall.best as u64,
                rank_worst: found.overall.worst as u64,
                rank_best_by_weights: found.by_weights.best as u64,
                rank_worst_by_weights: found.by_weights.worst as u64,
                rank_best_by_indicator: found.by_indicator.best as u64,
                rank_worst_by_indicator: found.by_indicator.worst as u64,
            })
            .collect();
        ranks.sort_by_key(|r| r.rank);
        ranks
    }
}

/// The article's reading of a jurisdiction.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StandingAnswer {
    /// Id of the jurisdiction.
    pub jurisdiction: String,
    /// Name of the jurisdiction.
    pub name: String,
    /// `superpower`, `middle_power`, `research_hub` or `other`.
    pub standing: String,
    /// How a middle power may catch up; null for others.
    pub path: Option<String>,
}

/// The word of a standing, as the file has it.
#[must_use]
pub fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Superpower => "superpower",
        Standing::MiddlePower => "middle_power",
        Standing::ResearchHub => "research_hub",
        Standing::Other => "other",
    }
}

impl StandingAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(jurisdiction: &Jurisdiction) -> Self {
        Self {
            jurisdiction: jurisdiction.id.clone(),
            name: jurisdiction.name.clone(),
            standing: standing_word(jurisdiction.standing).to_owned(),
            path: jurisdiction.path.clone(),
        }
    }
}

/// A figure for or against a reading.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PathEvidenceAnswer {
    /// Id of the jurisdiction.
    pub jurisdiction: String,
    /// Id of an enabler or of an indicator.
    pub what: String,
    /// The indicator's figure in its unit, or the enabler's strength.
    pub value: f64,
    /// 1 + the number of peers with a better figure. Peers of a superpower are the whole set, of a middle power the middle powers, of a hub the middle powers and hubs.
    pub rank: u64,
    /// Peers with a figure, itself included.
    pub n_peers: u64,
    /// Whether the figure is scored; others are on record only.
    pub is_scored: bool,
    /// `for` in the better half of the peers, for a superpower among the first two; else `against`.
    pub speaks: String,
}

impl PathEvidenceAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(evidence: &PathEvidence<'_>) -> Self {
        Self {
            jurisdiction: evidence.jurisdiction.to_owned(),
            what: evidence.what.to_owned(),
            value: evidence.value,
            rank: evidence.rank as u64,
            n_peers: evidence.n_peers as u64,
            is_scored: evidence.is_scored,
            speaks: if evidence.speaks_for { "for" } else { "against" }.to_owned(),
        }
    }
}

/// A bloc beside its best member.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BlocGainAnswer {
    /// Id of the bloc.
    pub bloc: String,
    /// Id of the enabler.
    pub enabler: String,
    /// Mean strength of the indicators that the bloc has.
    pub bloc_strength: f64,
    /// The member that comes nearest; null when no member has a figure.
    pub best_member: Option<String>,
    /// Its strength on the same scale and over the same indicators; one that it lacks counts 0.
    pub best_member_strength: Option<f64>,
    /// Share of the bloc's indicators that the member has.
    pub best_member_coverage: Option<f64>,
    /// Strength that the bloc has above the member; at most this much where the member lacks an indicator.
    pub gain: Option<f64>,
}

impl BlocGainAnswer {
    /// The documented entry.
    #[must_use]
    pub fn of(gain: &BlocGain<'_>) -> Self {
        Self {
            bloc: gain.bloc.to_owned(),
            enabler: gain.enabler.to_owned(),
            bloc_strength: gain.bloc_strength,
            best_member: gain.best.map(|m| m.id.to_owned()),
            best_member_strength: gain.best.map(|m| m.strength),
            best_member_coverage: gain.best.map(|m| m.coverage),
            gain: gain.best.map(|m| gain.bloc_strength - m.strength),
        }
    }
}

/// The member that an indicator of a bloc rests on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CarriedAnswer {
    /// Id of the bloc.
    pub bloc: String,
    /// Id of the enabler.
    pub enabler: String,
    /// Id of the indicator.
    pub indicator: String,
    /// The bloc's figure.
    pub bloc_value: f64,
    /// The member with the best figure; null when none has one, or several share it.
    pub member: Option<String>,
    /// The member's figure.
    pub member_value: Option<f64>,
    /// Its part of the bloc's figure; null unless members' figures add up.
    pub share: Option<f64>,
}

impl CarriedAnswer {
    /// The documented entries of an enabler.
    #[must_use]
    pub fn all(gain: &BlocGain<'_>) -> Vec<Self> {
        let entry = |carried: &Carried<'_>| Self {
            bloc: gain.bloc.to_owned(),
            enabler: gain.enabler.to_owned(),
            indicator: carried.indicator.to_owned(),
            bloc_value: carried.bloc_value,
            member: carried.member.map(|(id, _)| id.to_owned()),
            member_value: carried.member.map(|(_, value)| value),
            share: carried.share,
        };
        gain.carried.iter().map(entry).collect()
    }
}

/// A figure that is on record and not scored.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UnscoredAnswer {
    /// Id of the jurisdiction.
    pub jurisdiction: String,
    /// Id of the indicator.
    pub indicator: String,
    /// The figure, in the unit of the indicator.
    pub value: f64,
    /// Year of the figure.
    pub year: i64,
    /// Ids of its sources, joined by semicolons.
    pub source: String,
    /// How well it is supported.
    pub confidence: String,
    /// Why it is not scored.
    pub why: String,
}

impl UnscoredAnswer {
    /// The documented entries of a jurisdiction.
    #[must_use]
    pub fn all(jurisdiction: &Jurisdiction) -> Vec<Self> {
        let entry = |(id, entry): (&String, &UnscoredValue)| Self {
            jurisdiction: jurisdiction.id.clone(),
            indicator: id.clone(),
            value: entry.figure.value,
            year: entry.figure.year,
            source: entry.figure.source.join("; "),
            confidence: entry.figure.confidence.as_str().to_owned(),
            why: entry.why.clone(),
        };
        jurisdiction.unscored.iter().map(entry).collect()
    }
}
