//! What a bloc has that its best member alone does not (methodology/landscape.md#blocs).

use super::enablers::{ScoredIndicator, Scores, Series};
use crate::model::jurisdictions::{Better, Combine, Jurisdiction, JurisdictionKind, Jurisdictions};

/// A bloc beside its best member, in one enabler.
#[derive(Debug, Clone, PartialEq)]
pub struct BlocGain<'a> {
    pub bloc: &'a str,
    pub enabler: &'a str,
    /// Mean strength of the indicators that the bloc has.
    pub bloc_strength: f64,
    /// `None` when no member has a figure.
    pub best: Option<BestMember<'a>>,
    /// The indicators that the bloc has, by id.
    pub carried: Vec<Carried<'a>>,
}

/// The member that comes nearest to its bloc.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BestMember<'a> {
    pub id: &'a str,
    /// On the scale of the scored set, over the indicators that the bloc has; one that the member lacks counts 0.
    pub strength: f64,
    /// Share of the bloc's indicators that the member has.
    pub coverage: f64,
}

/// Which member an indicator of a bloc rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried<'a> {
    pub indicator: &'a str,
    pub bloc_value: f64,
    /// The member with the best figure, and the figure; `None` where several have it.
    pub member: Option<(&'a str, f64)>,
    /// Its part of the bloc's figure; `None` unless members' figures add up.
    pub share: Option<f64>,
}

/// Blocs of the scored set, by id, in each enabler that they have figures of.
#[must_use]
pub fn bloc_gains<'a>(
    file: &'a Jurisdictions,
    scores: &Scores<'a>,
    uses_unscored: bool,
) -> Vec<BlocGain<'a>> {
    let mut gains = Vec::new();
    for (place, bloc) in scores.jurisdictions.iter().enumerate() {
        if bloc.kind != JurisdictionKind::Bloc {
            continue;
        }
        let mut members: Vec<&Jurisdiction> =
            file.jurisdictions.iter().filter(|j| bloc.members.contains(&j.id)).collect();
        members.sort_by(|a, b| a.id.cmp(&b.id));
        for enabler in &scores.enablers {
            let Some(score) = enabler.score(place, None) else { continue };
            let owned: Vec<&ScoredIndicator<'a>> =
                enabler.indicators.iter().filter(|i| i.figures[place].is_some()).collect();
            let member_value = |indicator: &ScoredIndicator<'a>, member: &'a Jurisdiction| {
                let series =
                    Series { indicator: indicator.indicator, is_proxy: indicator.is_proxy, uses_unscored };
                series.own(member).map(|v| v.value)
            };
            let strength = |member: &'a Jurisdiction| {
                let found: Vec<f64> =
                    owned.iter().filter_map(|i| Some(i.scale?.strength(member_value(i, member)?))).collect();
                let n = owned.len() as f64;
                (!found.is_empty()).then(|| BestMember {
                    id: member.id.as_str(),
                    strength: found.iter().sum::<f64>() / n,
                    coverage: found.len() as f64 / n,
                })
            };
            let best =
                members.iter().filter_map(|m| strength(m)).fold(None, |best: Option<BestMember<'_>>, m| {
                    if best.is_none_or(|b| m.strength > b.strength) { Some(m) } else { best }
                });
            let carried = owned.iter().filter_map(|i| {
                let values = members.iter().filter_map(|m| Some((m.id.as_str(), member_value(i, m)?)));
                carried(i, i.figures[place].as_ref()?.value, values)
            });
            gains.push(BlocGain {
                bloc: &bloc.id,
                enabler: &enabler.enabler.id,
                bloc_strength: score.strength,
                best,
                carried: carried.collect(),
            });
        }
    }
    gains
}

fn carried<'a>(
    indicator: &ScoredIndicator<'a>,
    bloc_value: f64,
    members: impl Iterator<Item = (&'a str, f64)>,
) -> Option<Carried<'a>> {
    let is_better = |a: f64, b: f64| match indicator.indicator.better {
        Better::Higher => a > b,
        Better::Lower => a < b,
    };
    let values: Vec<(&str, f64)> = members.collect();
    let best =
        values.iter().copied().reduce(|best, next| if is_better(next.1, best.1) { next } else { best });
    let is_only = |best: &(&str, f64)| values.iter().filter(|(_, value)| *value == best.1).count() == 1;
    let member = best.filter(is_only);
    let adds_up = indicator.indicator.combine == Combine::Sum && bloc_value > 0.0;
    let share = member.filter(|_| adds_up).map(|(_, value)| value / bloc_value);
    Some(Carried { indicator: &indicator.indicator.id, bloc_value, member, share })
}
