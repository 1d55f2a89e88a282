//! Which offers a cell's loss can depend on while some are out: all others may come or go without moving it.
//!
//! With nodes stopped at day 0 for ever, the loss of a cell depends on its primaries and standbys, on the soonest cold
//! offers up to the first that nothing touches (cold offers are bounded by nothing), and for each primary on the
//! cheapest offers of its quality up to the first untouched one (p* is a minimum), or, if all are touched, on the best. What stands behind these untouched
//! ones neither takes load nor sets a price (methodology/exposure.md).

use crate::model::instance::OfferIdx;
use crate::service::cell_model::{CellModel, Class, Local};

/// A cell's offers in the order in which its loss asks for them; classes stand for their members.
#[derive(Debug, Clone)]
pub(super) struct Relevance {
    /// `[n_classes]`: first member.
    leaders: Vec<OfferIdx>,
    pub(super) primaries: Vec<OfferIdx>,
    /// Possible standbys.
    standbys: Vec<OfferIdx>,
    /// By onboarding time.
    cold: Vec<Class>,
    /// Per primary: those of at least its quality, by price.
    replacements: Vec<Vec<Class>>,
    /// Eligible ones by falling quality, then price.
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

    /// Offers on which the loss depends while those that `is_touched` are out, ascending.
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
            // Without one of its quality, p* is that of the best that is left.
            add_until_untouched(&self.best);
        }
        relevant.sort_unstable();
        relevant.dedup();
        relevant
    }
}

/// Classes of the eligible offers that are as good as a primary, itself apart, by their price.
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

/// The members' classes, each once where it first stands.
fn classes_of(cell_model: &CellModel, members: &[Local]) -> Vec<Class> {
    let mut is_listed = vec![false; cell_model.classes.len()];
    let classes = members.iter().map(|m| cell_model.members[*m].class);
    classes.filter(|&class| !std::mem::replace(&mut is_listed[class], true)).collect()
}
