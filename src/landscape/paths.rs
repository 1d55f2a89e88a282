//! The article's reading of each jurisdiction, and the figures for and against it (methodology/landscape.md#paths).

use super::enablers::Scores;
use crate::model::jurisdictions::{Better, Jurisdiction, Standing};

/// What a reading rests on: enablers, or indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Premise {
    Enablers,
    Indicators(&'static [&'static str]),
}

/// Premises of the paths of middle powers (BCG Henderson Institute 2024, chapters on the middle powers).
const PATHS: [(&str, Premise); 4] = [
    ("bloc_complementarity", Premise::Enablers),
    (
        "capital_led",
        Premise::Indicators(&[
            "public_funds",
            "ai_venture_capital",
            "industrial_electricity_price",
            "data_center_capacity",
            "cutting_edge_chip_access",
            "ai_specialists",
        ]),
    ),
    (
        "research_breakthrough",
        Premise::Indicators(&[
            "notable_models",
            "ai_citations_share",
            "top_ai_researchers_share",
            "ai_specialists",
            "ai_venture_capital",
            "data_center_capacity",
        ]),
    ),
    (
        "scaling_tech_legacy",
        Premise::Indicators(&[
            "top20_tech_rd_spend",
            "ai_patents",
            "notable_models",
            "ai_specialists",
            "data_center_capacity",
            "cutting_edge_chip_access",
        ]),
    ),
];

/// What makes a research hub.
const HUB: Premise = Premise::Indicators(&[
    "ai_publications",
    "ai_citations_share",
    "top_ai_researchers_share",
    "notable_models",
]);

/// A superpower is among so many in every enabler.
const SUPERPOWERS: usize = 2;

/// One figure set against a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct PathEvidence<'a> {
    pub jurisdiction: &'a str,
    /// Id of an enabler, or of an indicator.
    pub what: &'a str,
    /// An indicator's figure in its unit, or an enabler's strength.
    pub value: f64,
    /// 1 + the number of peers with a better figure.
    pub rank: usize,
    /// Peers with a figure, itself included.
    pub n_peers: usize,
    /// Whether the figure counts in the scores; others are on record only.
    pub is_scored: bool,
    /// Whether it is in the better half of its peers; for a superpower, among the first two.
    pub speaks_for: bool,
}

/// Figures for and against the reading of each jurisdiction of the set, by id.
///
/// Peers: of a superpower the whole set, of a middle power the middle powers, of a hub the middle powers and hubs.
#[must_use]
pub fn path_evidence<'a>(scores: &Scores<'a>) -> Vec<PathEvidence<'a>> {
    let mut evidence = Vec::new();
    for (place, jurisdiction) in scores.jurisdictions.iter().enumerate() {
        let (premise, peers): (Premise, &[Standing]) = match jurisdiction.standing {
            Standing::Superpower => (
                Premise::Enablers,
                &[Standing::Superpower, Standing::MiddlePower, Standing::ResearchHub, Standing::Other],
            ),
            Standing::MiddlePower => match path(jurisdiction) {
                Some(premise) => (premise, &[Standing::MiddlePower]),
                None => continue,
            },
            Standing::ResearchHub => (HUB, &[Standing::MiddlePower, Standing::ResearchHub]),
            Standing::Other => continue,
        };
        let is_peer = |j: &usize| peers.contains(&scores.jurisdictions[*j].standing);
        let peers: Vec<usize> = (0..scores.jurisdictions.len()).filter(is_peer).collect();
        let most = match jurisdiction.standing {
            Standing::Superpower => |_| SUPERPOWERS,
            _ => |n: usize| n.div_ceil(2),
        };
        evidence.extend(measured(scores, premise).into_iter().filter_map(|measure| {
            let own = measure.values[place]?;
            let values: Vec<f64> = peers.iter().filter_map(|&j| measure.values[j]).map(|v| v.value).collect();
            // Alone, nobody is in a better half.
            if values.len() < 2 {
                return None;
            }
            let is_better = |x: &&f64| match measure.better {
                Better::Higher => **x > own.value,
                Better::Lower => **x < own.value,
            };
            let rank = 1 + values.iter().filter(is_better).count();
            Some(PathEvidence {
                jurisdiction: &jurisdiction.id,
                what: measure.id,
                value: own.value,
                rank,
                n_peers: values.len(),
                is_scored: own.is_scored,
                speaks_for: rank <= most(values.len()),
            })
        }));
    }
    evidence
}

fn path(jurisdiction: &Jurisdiction) -> Option<Premise> {
    let path = jurisdiction.path.as_deref()?;
    PATHS.iter().find(|(name, _)| *name == path).map(|(_, premise)| *premise)
}

/// A measure of the whole set.
struct PathMeasure<'a> {
    id: &'a str,
    better: Better,
    /// `[n_jurisdictions]`
    values: Vec<Option<KnownValue>>,
}

#[derive(Clone, Copy)]
struct KnownValue {
    value: f64,
    is_scored: bool,
}

fn measured<'a>(scores: &Scores<'a>, premise: Premise) -> Vec<PathMeasure<'a>> {
    let n = scores.jurisdictions.len();
    let scored = |value: f64| KnownValue { value, is_scored: true };
    match premise {
        Premise::Enablers => {
            let of = |e: &super::enablers::ScoredEnabler<'a>| PathMeasure {
                id: &e.enabler.id,
                better: Better::Higher,
                values: (0..n).map(|j| e.score(j, None).map(|s| scored(s.strength))).collect(),
            };
            scores.enablers.iter().map(of).collect()
        }
        Premise::Indicators(ids) => {
            let of = |id: &&str| {
                let found = scores.indicator(id)?;
                // Figures of one series only: those that are scored, or where none is those on record.
                let own = |j: usize| found.figures[j].as_ref().map(|f| scored(f.value));
                let on_record = |j: usize| {
                    let entry = scores.jurisdictions[j].unscored.get(*id)?;
                    Some(KnownValue { value: entry.figure.value, is_scored: false })
                };
                let values = (0..n).map(|j| if found.scale.is_some() { own(j) } else { on_record(j) });
                Some(PathMeasure {
                    id: &found.indicator.id,
                    better: found.indicator.better,
                    values: values.collect(),
                })
            };
            ids.iter().filter_map(of).collect()
        }
    }
}
