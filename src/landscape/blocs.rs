//! What a bloc has that its best member alone does not (methodology/landscape.md#blocs).

use super::enablers::{ScoredEnabler, ScoredIndicator, Scores, Series};
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
    let blocs = scores.jurisdictions.iter().enumerate().filter(|(_, j)| j.kind == JurisdictionKind::Bloc);
    let of_bloc = |(place, bloc): (usize, &&'a Jurisdiction)| {
        let members = members(file, bloc);
        let gain = |enabler| gain(enabler, (place, bloc), &members, uses_unscored);
        scores.enablers.iter().filter_map(gain).collect::<Vec<BlocGain<'a>>>()
    };
    blocs.flat_map(of_bloc).collect()
}

/// Members by id.
fn members<'a>(file: &'a Jurisdictions, bloc: &Jurisdiction) -> Vec<&'a Jurisdiction> {
    let mut members: Vec<&Jurisdiction> =
        file.jurisdictions.iter().filter(|j| bloc.members.contains(&j.id)).collect();
    members.sort_by(|a, b| a.id.cmp(&b.id));
    members
}

/// A bloc (its place in the set, and itself) in one enabler; `None` without a figure.
fn gain<'a>(
    enabler: &ScoredEnabler<'a>,
    (place, bloc): (usize, &'a Jurisdiction),
    members: &[&'a Jurisdiction],
    uses_unscored: bool,
) -> Option<BlocGain<'a>> {
    let score = enabler.score(place, None)?;
    let owned: Vec<&ScoredIndicator<'a>> =
        enabler.indicators.iter().filter(|i| i.figures[place].is_some()).collect();
    let value = |scored: &ScoredIndicator<'a>, member: &'a Jurisdiction| {
        let series = Series { indicator: scored.indicator, is_proxy: scored.is_proxy, uses_unscored };
        series.own(member).map(|figure| figure.value)
    };
    let alone = |member: &&'a Jurisdiction| {
        let strengths = owned.iter().filter_map(|i| Some(i.scale?.strength(value(i, member)?)));
        let (sum, n_known) = strengths.fold((0.0, 0), |(sum, n), strength| (sum + strength, n + 1));
        let n = owned.len() as f64;
        let best = BestMember { id: &member.id, strength: sum / n, coverage: f64::from(n_known) / n };
        (n_known > 0).then_some(best)
    };
    // Of equally strong members the first by id is kept.
    let stronger = |best: BestMember<'a>, next: BestMember<'a>| {
        if next.strength > best.strength { next } else { best }
    };
    let carried = owned.iter().filter_map(|i| {
        let values = members.iter().filter_map(|m| Some((m.id.as_str(), value(i, m)?)));
        carried(i, i.figures[place].as_ref()?.value, values)
    });
    Some(BlocGain {
        bloc: &bloc.id,
        enabler: &enabler.enabler.id,
        bloc_strength: score.strength,
        best: members.iter().filter_map(alone).reduce(stronger),
        carried: carried.collect(),
    })
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
