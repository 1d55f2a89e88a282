//! Offers on which a cell's loss depends during an outage; a change of any other offer leaves the loss unchanged.
//!
//! With nodes stopped on day 0 for good, the loss of a cell depends on its primaries and standbys; on the soonest
//! cold offers up to the first untouched one, because the capacity of cold offers is unlimited; and, for each
//! primary, on the cheapest offers of at least its quality up to the first untouched one, because p* is a minimum. If
//! all of those are touched, it depends on the best offers up to the first untouched one. Later offers neither take
//! load nor set a price (methodology/exposure.md).

use crate::model::instance::OfferIdx;
use crate::service::cell_model::{CellModel, Class, Local};

/// A cell's offers in the orders in which its loss depends on them; each class is represented by its first member.
#[derive(Debug, Clone)]
pub(super) struct Relevance {
    /// `[n_classes]`: first member of each class.
    leaders: Vec<OfferIdx>,
    /// First members of the classes of primaries.
    pub(super) primaries: Vec<OfferIdx>,
    /// First members of the classes of possible standbys.
    standbys: Vec<OfferIdx>,
    /// Possible cold offers, the soonest first.
    cold: Vec<Class>,
    /// Per primary: eligible offers of at least its quality, the cheapest first.
    replacements: Vec<Vec<Class>>,
    /// Eligible offers by falling quality, then price.
    best: Vec<Class>,
}

impl Relevance {
    pub(super) fn new(cell_model: &CellModel) -> Self {
        let leaders: Vec<OfferIdx> =
            cell_model.classes.iter().map(|c| cell_model.members[c.members[0]].offer).collect();
        let classes = || cell_model.classes.iter().enumerate();
        let mut cold: Vec<Class> = classes().filter(|(_, c)| c.may_be_cold).map(|(idx, _)| idx).collect();
        cold.sort_by(|&a, &b| {
            cell_model.classes[a]
                .onboarding_days
                .total_cmp(&cell_model.classes[b].onboarding_days)
                .then(a.cmp(&b))
        });
        let primary_classes = classes().filter(|(_, c)| c.is_primary);
        let standbys = classes().filter(|(_, c)| c.warm_lead.is_some());
        let primaries = primary_classes.clone().flat_map(|(_, c)| c.members.iter().copied());
        Self {
            primaries: primary_classes.map(|(idx, _)| leaders[idx]).collect(),
            standbys: standbys.map(|(idx, _)| leaders[idx]).collect(),
            replacements: primaries.map(|primary| replacements(cell_model, primary)).collect(),
            best: best(cell_model),
            cold,
            leaders,
        }
    }

    /// Offers on which the loss depends during an outage of the touched offers, ascending.
    pub(super) fn relevant(&self, is_touched: impl Fn(OfferIdx) -> bool) -> Vec<OfferIdx> {
        let mut relevant: Vec<OfferIdx> = self.primaries.iter().chain(&self.standbys).copied().collect();
        let mut add_until_untouched = |classes: &[Class]| {
            let leaders = classes.iter().map(|&class| self.leaders[class]);
            for offer in leaders {
                relevant.push(offer);
                if !is_touched(offer) {
                    return true;
                }
            }
            false
        };
        add_until_untouched(&self.cold);
        let mut is_priced = true;
        for classes in &self.replacements {
            is_priced &= add_until_untouched(classes);
        }
        if !is_priced {
            // Without an offer of the primary's quality, p* is the price of the best remaining offer.
            add_until_untouched(&self.best);
        }
        relevant.sort_unstable();
        relevant.dedup();
        relevant
    }
}

/// Classes of the eligible offers of at least a primary's quality, without the primary, the cheapest first.
fn replacements(cell_model: &CellModel, primary: Local) -> Vec<Class> {
    let is_as_good = |member: &Local| {
        let other = &cell_model.members[*member];
        *member != primary
            && cell_model.classes[other.class].is_eligible
            && other.quality >= cell_model.members[primary].quality
    };
    let mut members: Vec<Local> = (0..cell_model.members.len()).filter(is_as_good).collect();
    members.sort_by(|&a, &b| {
        cell_model.members[a].price.total_cmp(&cell_model.members[b].price).then(a.cmp(&b))
    });
    classes_of(cell_model, &members)
}

fn best(cell_model: &CellModel) -> Vec<Class> {
    let is_eligible = |member: &Local| cell_model.classes[cell_model.members[*member].class].is_eligible;
    let mut members: Vec<Local> = (0..cell_model.members.len()).filter(is_eligible).collect();
    members.sort_by(|&a, &b| {
        let (x, y) = (&cell_model.members[a], &cell_model.members[b]);
        y.quality.total_cmp(&x.quality).then(x.price.total_cmp(&y.price)).then(a.cmp(&b))
    });
    classes_of(cell_model, &members)
}

/// Classes of the members, without repetition, in the order of first members.
fn classes_of(cell_model: &CellModel, members: &[Local]) -> Vec<Class> {
    let mut is_listed = vec![false; cell_model.classes.len()];
    let classes = members.iter().map(|m| cell_model.members[*m].class);
    classes.filter(|&class| !std::mem::replace(&mut is_listed[class], true)).collect()
}
