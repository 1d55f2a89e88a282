//! Sources of supply that are not in use today, and what they qualify for (methodology/diversify.md#sources).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::costs::planned::entry_usd;
use crate::costs::today::used_offers;
use crate::costs::{REPLICA_SLACK, machines_held, readiness_fee};
use crate::landscape::bands::{Band, OverallRank, overall_ranks};
use crate::landscape::enablers::{ScoreTerms, Scores};
use crate::model::eligibility::Ineligible;
use crate::model::instance::{CellIdx, Instance, JurisdictionIdx, ModelIdx, OfferIdx, WorkloadIdx};
use crate::model::jurisdictions::{Jurisdiction, Jurisdictions, Standing};
use crate::model::portfolio::Readiness;
use crate::study::session::Session;
use crate::units::DAYS_PER_MONTH;

use super::additions::TENTH;

/// The id of the company as a host of its own.
pub const SELF: &str = "self";

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A country with developers.
    Origin,
    Developer,
    Host,
}

impl SourceKind {
    /// The word in files and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Developer => "developer",
            Self::Host => "host",
        }
    }
}

/// An origin, developer or host without a share or a standby today.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplySource {
    pub kind: SourceKind,
    /// A country, a supplier, or [`SELF`].
    pub id: String,
    /// The country itself, else that of the supplier; the headquarters for the company itself.
    pub country: JurisdictionIdx,
    pub standing: Standing,
    /// `None` when neither the country nor a bloc of it is scored.
    pub strength: Option<Strength>,
    /// Its offers in the catalog.
    pub n_offers: usize,
    /// `[n_workloads]`
    pub services: Vec<Service>,
}

impl SupplySource {
    /// Whether some users of some workload may use one of its offers.
    #[must_use]
    pub fn qualifies(&self) -> bool {
        self.services.iter().any(|service| service.offer.is_some())
    }

    /// Workloads of which some users may use one of its offers.
    #[must_use]
    pub fn n_workloads(&self) -> usize {
        self.services.iter().filter(|service| service.offer.is_some()).count()
    }

    /// Its offers that some users of some workload may newly use.
    #[must_use]
    pub fn n_eligible(&self) -> usize {
        self.services.iter().flat_map(|service| &service.eligible).collect::<BTreeSet<_>>().len()
    }

    /// Models of these offers.
    #[must_use]
    pub fn n_models(&self) -> usize {
        self.services.iter().flat_map(|service| &service.models).collect::<BTreeSet<_>>().len()
    }

    /// Share of the portfolio's value whose users the chosen offers may serve, at most 1.
    #[must_use]
    pub fn value_share(&self, instance: &Instance) -> f64 {
        self.services.iter().map(|service| service.value_share(instance)).sum::<f64>().min(1.0)
    }

    /// Whether it would serve every workload with the same offer as the other source.
    #[must_use]
    pub fn serves_like(&self, other: &Self) -> bool {
        let services = self.services.iter().zip(&other.services);
        self.qualifies() && services.into_iter().all(|(a, b)| (a.offer, &a.cells) == (b.offer, &b.cells))
    }
}

/// Overall strength of a jurisdiction (methodology/landscape.md#ranks).
#[derive(Debug, Clone, PartialEq)]
pub struct Strength {
    /// The scored jurisdiction: the country, or its bloc.
    pub jurisdiction: String,
    pub strength: f64,
    pub rank: usize,
    /// Ranks under other weights, and with each indicator left out.
    pub band: Band,
}

/// What a source can do for one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub workload: WorkloadIdx,
    /// Its offers that some users of the workload may newly use, ascending.
    pub eligible: Vec<OfferIdx>,
    /// Models of these offers, ascending.
    pub models: Vec<ModelIdx>,
    /// The offer that would be used: it reaches most users, then costs least; `None` when none is eligible.
    pub offer: Option<OfferIdx>,
    /// Cells that it may serve.
    pub cells: Vec<CellIdx>,
    /// Without an offer: every reason against the nearest one, which has the fewest.
    pub obstacles: Vec<Ineligible>,
}

impl Service {
    /// Share of the workload's users that the offer may serve.
    #[must_use]
    pub fn users_share(&self, instance: &Instance) -> f64 {
        self.cells.iter().map(|&cell| instance.cells[cell].users_share).sum()
    }

    /// Share of the portfolio's value that these users are.
    #[must_use]
    pub fn value_share(&self, instance: &Instance) -> f64 {
        self.cells.iter().map(|&cell| instance.value_share(cell)).sum()
    }
}

/// Standings and strengths of countries.
pub(super) struct Countries<'a> {
    file: &'a Jurisdictions,
    scored: BTreeMap<String, Strength>,
}

impl<'a> Countries<'a> {
    pub(super) fn new(file: &'a Jurisdictions) -> Self {
        let scores = Scores::new(file, &ScoreTerms::default());
        let strength = |(j, rank): (&&Jurisdiction, OverallRank)| {
            let strength = Strength {
                jurisdiction: j.id.clone(),
                strength: rank.strength?,
                rank: rank.rank,
                band: rank.overall,
            };
            Some((j.id.clone(), strength))
        };
        let scored = scores.jurisdictions.iter().zip(overall_ranks(&scores)).filter_map(strength).collect();
        Self { file, scored }
    }

    /// The country, then its blocs by id.
    fn around(&self, country: &str) -> Vec<&'a str> {
        let mut blocs: Vec<&str> = self
            .file
            .jurisdictions
            .iter()
            .filter(|j| j.members.iter().any(|member| member == country))
            .map(|j| j.id.as_str())
            .collect();
        blocs.sort_unstable();
        let own = self.file.jurisdictions.iter().filter(|j| j.id == country).map(|j| j.id.as_str());
        own.chain(blocs).collect()
    }

    /// The standing of the country, else that of its first bloc that has one.
    pub(super) fn standing(&self, country: &str) -> Standing {
        let of = |id: &str| self.file.jurisdictions.iter().find(|j| j.id == id).map(|j| j.standing);
        let all = self.around(country).into_iter().filter_map(of);
        all.into_iter().find(|standing| *standing != Standing::Other).unwrap_or(Standing::Other)
    }

    pub(super) fn strength(&self, country: &str) -> Option<Strength> {
        self.around(country).into_iter().find_map(|id| self.scored.get(id)).cloned()
    }
}

/// All sources that are not in use today, by kind and id.
#[must_use]
pub fn sources(session: &Session<'_>, file: &Jurisdictions) -> Vec<SupplySource> {
    let instance = session.instance;
    let countries = Countries::new(file);
    let keys = |offer: OfferIdx| -> [(SourceKind, String, JurisdictionIdx); 3] {
        let developer = &instance.suppliers[instance.developer_of(offer)];
        let country = developer.country;
        let host = instance.offers[offer].host.map(|host| &instance.suppliers[host]);
        let host_id = host.map_or_else(|| SELF.to_owned(), |host| host.supplier.id.clone());
        [
            (SourceKind::Origin, instance.jurisdictions[country].id.clone(), country),
            (SourceKind::Developer, developer.supplier.id.clone(), country),
            (SourceKind::Host, host_id, host.map_or(instance.headquarters, |host| host.country)),
        ]
    };
    let used: BTreeSet<_> =
        used_offers(instance, &session.current).into_iter().flat_map(|(_, offer)| keys(offer)).collect();
    let mut offers: BTreeMap<_, Vec<OfferIdx>> = BTreeMap::new();
    for offer in 0..instance.offers.len() {
        for key in keys(offer).into_iter().filter(|key| !used.contains(key)) {
            offers.entry(key).or_default().push(offer);
        }
    }
    let source = |((kind, id, country), offers): ((SourceKind, String, JurisdictionIdx), Vec<OfferIdx>)| {
        let country_id = &instance.jurisdictions[country].id;
        SupplySource {
            kind,
            id,
            country,
            standing: countries.standing(country_id),
            strength: countries.strength(country_id),
            n_offers: offers.len(),
            services: (0..instance.workloads.len()).map(|w| service(session, w, &offers)).collect(),
        }
    };
    offers.into_iter().map(source).collect()
}

/// `offers`: ascending, which is the order of ids.
fn service(session: &Session<'_>, workload: WorkloadIdx, offers: &[OfferIdx]) -> Service {
    let (instance, law) = (session.instance, &session.setting.law);
    let cells_of = |offer: OfferIdx| -> Vec<CellIdx> {
        let cells = instance.workloads[workload].cells.clone();
        cells.filter(|&cell| law.eligible.contains(cell, offer)).collect()
    };
    let eligible: Vec<(OfferIdx, Vec<CellIdx>)> =
        offers.iter().map(|&offer| (offer, cells_of(offer))).filter(|(_, cells)| !cells.is_empty()).collect();
    let models: BTreeSet<ModelIdx> =
        eligible.iter().map(|(offer, _)| instance.offers[*offer].model).collect();
    let all = eligible.iter().map(|(offer, _)| *offer).collect();
    let users = |cells: &[CellIdx]| cells.iter().map(|&cell| instance.cells[cell].users_share).sum::<f64>();
    // Of equals, the first by id.
    let chosen = eligible.into_iter().min_by(|a, b| {
        let cost = |(offer, cells): &(OfferIdx, Vec<CellIdx>)| entry_cost(session, workload, *offer, cells);
        users(&b.1).total_cmp(&users(&a.1)).then_with(|| cost(a).total_cmp(&cost(b)))
    });
    let obstacles = if chosen.is_none() { obstacles(session, workload, offers) } else { Vec::new() };
    let (offer, cells) = chosen.map_or((None, Vec::new()), |(offer, cells)| (Some(offer), cells));
    Service { workload, eligible: all, models: models.into_iter().collect(), offer, cells, obstacles }
}

/// What a tenth of the cells, a warm standby of all of them, and the first use of the offer cost over the horizon, USD.
///
/// Own machines are rented whole.
fn entry_cost(session: &Session<'_>, workload: WorkloadIdx, offer: OfferIdx, cells: &[CellIdx]) -> f64 {
    let (instance, setting) = (session.instance, &session.setting);
    let mtok: f64 = cells.iter().map(|&cell| instance.cells[cell].mtok_per_month()).sum();
    let fee = readiness_fee(instance, workload, offer, Readiness::Warm);
    let usd_per_month = match setting.prices.replica(instance, offer) {
        Some((usd, capacity)) => {
            let rent = |mtok: f64| (mtok / capacity - REPLICA_SLACK).ceil().max(0.0) * usd;
            rent(TENTH * mtok) + rent(machines_held(instance, Readiness::Warm) * mtok)
        }
        None => {
            let price = |&cell: &CellIdx| setting.prices.usd_per_mtok(cell, offer);
            cells.iter().map(|cell| TENTH * instance.cells[*cell].mtok_per_month() * price(cell)).sum()
        }
    };
    let months = setting.horizon_days() / DAYS_PER_MONTH;
    (usd_per_month + fee) * months + entry_usd(instance, &setting.known, workload, offer)
}

/// The reasons against the pair of a user group and an offer that has the fewest, ties by users with most demand, then by offer.
fn obstacles(session: &Session<'_>, workload: WorkloadIdx, offers: &[OfferIdx]) -> Vec<Ineligible> {
    let (instance, law) = (session.instance, &session.setting.law);
    let cells = instance.workloads[workload].cells.clone();
    let mut cells: Vec<CellIdx> = cells.collect();
    cells.sort_by(|&a, &b| instance.cells[b].users_share.total_cmp(&instance.cells[a].users_share));
    let pairs = cells.iter().flat_map(|&cell| offers.iter().map(move |&offer| (cell, offer)));
    let all = pairs.map(|(cell, offer)| law.reasons(instance, cell, offer));
    let nearest = all.filter(|reasons| !reasons.is_empty()).max_by_key(|reasons| Reverse(reasons.len()));
    nearest.unwrap_or_default()
}
