//! Superpowers only, or middle powers too: the article's question for one portfolio (methodology/diversify.md#powers).

use super::additions::{AddedSupply, Addition, Measuring, with_addition};
use super::sources::Countries;
use super::{RankedSource, Session};
use crate::measures::paired::paired_difference;
use crate::measures::{Estimate, MeasureError};
use crate::model::instance::{CellIdx, JurisdictionIdx, OfferIdx};
use crate::model::jurisdictions::{Jurisdictions, Standing};
use crate::model::plan::Plan;

/// From whom new supply may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Powers {
    Superpowers,
    MiddlePowers,
    Both,
}

impl Powers {
    pub const ALL: [Self; 3] = [Self::Superpowers, Self::MiddlePowers, Self::Both];

    /// The word in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Superpowers => "superpowers",
            Self::MiddlePowers => "middle_powers",
            Self::Both => "both",
        }
    }

    fn standings(self) -> &'static [Standing] {
        match self {
            Self::Superpowers => &[Standing::Superpower],
            Self::MiddlePowers => &[Standing::MiddlePower],
            Self::Both => &[Standing::Superpower, Standing::MiddlePower],
        }
    }
}

/// What supply from some powers can do, and the best of it to add.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerChoice {
    pub powers: Powers,
    /// Workloads all of whose users may use a model of theirs, whoever hosts it and whether or not in use today.
    pub n_workloads: usize,
    /// Share of value whose users may.
    pub value_share: f64,
    /// Share of value whose users may use a model of theirs on a host of theirs.
    pub hosted_value_share: f64,
    /// Places in the list of sources, with the addition of each that lowers cost plus risk most; one of each standing.
    pub chosen: Vec<(usize, Addition)>,
    /// What all of them change together; `None` when no source qualifies.
    pub together: Option<AddedSupply>,
    /// Cost plus risk in excess of the best row, USD over the horizon, with its paired interval; 0 for the best, `None` when no
    /// source qualifies.
    pub behind: Option<Estimate>,
}

/// The three rows.
pub(super) fn power_choices(
    session: &Session<'_>,
    file: &Jurisdictions,
    ranked: &[RankedSource],
    measuring: &mut Measuring<'_, '_>,
) -> Result<Vec<PowerChoice>, MeasureError> {
    let reach = PowerReach::new(session, file);
    let (mut rows, mut plans) = (Vec::new(), Vec::new());
    for powers in Powers::ALL {
        let chosen: Vec<(usize, Addition)> =
            powers.standings().iter().filter_map(|standing| best_of(ranked, *standing)).collect();
        let mut plan = session.current.clone();
        for (place, addition) in &chosen {
            plan = with_addition(session, &plan, &ranked[*place].source, addition.kind);
        }
        let together = if chosen.is_empty() { None } else { Some(measuring.change(&plan)?) };
        rows.push(PowerChoice {
            powers,
            n_workloads: reach.n_workloads(powers.standings()),
            value_share: reach.value_share(powers.standings(), false),
            hosted_value_share: reach.value_share(powers.standings(), true),
            chosen,
            together,
            behind: None,
        });
        plans.push(plan);
    }
    set_behind(&mut rows, &plans, measuring)?;
    Ok(rows)
}

/// Compares the rows with the best of them, on the same trials.
fn set_behind(
    rows: &mut [PowerChoice],
    plans: &[Plan],
    measuring: &mut Measuring<'_, '_>,
) -> Result<(), MeasureError> {
    let change = |row: &PowerChoice| row.together.as_ref().map(AddedSupply::objective_change_usd);
    let changes = rows.iter().enumerate().filter_map(|(at, row)| Some((at, change(row)?)));
    let Some((best, _)) = changes.min_by(|a, b| a.1.total_cmp(&b.1)) else { return Ok(()) };
    let of_best = measuring.objective(&plans[best])?;
    for (at, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.together.is_some()) {
        row.behind = Some(match at == best {
            true => Estimate { value: 0.0, low: Some(0.0), high: Some(0.0) },
            false => paired_difference(&measuring.objective(&plans[at])?, &of_best)?,
        });
    }
    Ok(())
}

/// The addition that lowers cost plus risk most; the first of equals.
fn best_of(ranked: &[RankedSource], standing: Standing) -> Option<(usize, Addition)> {
    let own = ranked.iter().enumerate().filter(|(_, ranked)| ranked.source.standing == standing);
    let all = own.flat_map(|(place, ranked)| ranked.additions.iter().map(move |addition| (place, addition)));
    let best =
        all.min_by(|a, b| a.1.change.objective_change_usd().total_cmp(&b.1.change.objective_change_usd()));
    best.map(|(place, addition)| (place, addition.clone()))
}

/// Whose models and hosts the users of each cell may use.
struct PowerReach<'a> {
    session: &'a Session<'a>,
    /// `[n_jurisdictions]`
    standings: Vec<Standing>,
}

impl<'a> PowerReach<'a> {
    fn new(session: &'a Session<'_>, file: &Jurisdictions) -> Self {
        let countries = Countries::new(file);
        let jurisdictions = session.instance.jurisdictions.iter();
        Self { session, standings: jurisdictions.map(|j| countries.standing(&j.id)).collect() }
    }

    fn serves(&self, standings: &[Standing], is_hosted: bool, cell: CellIdx) -> bool {
        let instance = self.session.instance;
        let is_of = |country: JurisdictionIdx| standings.contains(&self.standings[country]);
        let country = |supplier: usize| instance.suppliers[supplier].country;
        let counts = |offer: OfferIdx| {
            let host = instance.offers[offer].host.map_or(instance.headquarters, country);
            is_of(country(instance.developer_of(offer))) && (!is_hosted || is_of(host))
        };
        self.session.setting.law.eligible.offers(cell).any(counts)
    }

    fn n_workloads(&self, standings: &[Standing]) -> usize {
        let workloads = self.session.instance.workloads.iter();
        workloads.filter(|w| w.cells.clone().all(|cell| self.serves(standings, false, cell))).count()
    }

    fn value_share(&self, standings: &[Standing], is_hosted: bool) -> f64 {
        let cells = 0..self.session.instance.cells.len();
        let served = cells.filter(|&cell| self.serves(standings, is_hosted, cell));
        served.map(|cell| self.session.instance.value_share(cell)).sum::<f64>().min(1.0)
    }
}
