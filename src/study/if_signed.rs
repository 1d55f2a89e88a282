//! What would change if one more offer were signed: before and after, as a decision record needs it
//! (methodology/change.md#if-signed).

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::session::{Checked, Session};
use super::simulate::{SimulateSettings, Simulated};
use crate::costs::planned::PlannedCost;
use crate::exposure::chokepoints::{Chokepoint, chokepoints};
use crate::exposure::profile::concentration;
use crate::exposure::shares::DimensionExposure;
use crate::limits::sizes::smallest_share;
use crate::measures::MeasureError;
use crate::model::contract::ContractStatus;
use crate::model::instance::{CellIdx, Instance, OfferIdx};
use crate::model::limit::Dimension;
use crate::model::plan::Plan;

/// An offer that would be signed, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct IfSigned {
    pub offer: OfferIdx,
    /// Share of each eligible cell; `None`: the smallest that the routing allows.
    pub share: Option<f64>,
    /// Cells in which the offer gets its share.
    pub cells: Vec<CellIdx>,
    pub before: SignedState,
    pub after: SignedState,
}

/// A portfolio before or after.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedState {
    pub dimensions: BTreeMap<Dimension, DimensionExposure>,
    pub chokepoints: Vec<Chokepoint>,
    pub checked: Checked,
    pub cost: PlannedCost,
    pub simulated: Simulated,
}

/// The instance with the offer's contract signed. Leads stay as they are: a signature qualifies nobody.
#[must_use]
pub fn signed(instance: &Instance, offer: OfferIdx) -> Instance {
    let mut signed = instance.clone();
    if let Some(host) = instance.offers[offer].host {
        let id = &instance.suppliers[host].supplier.id;
        let contracts = signed.portfolio.contracts.iter_mut().filter(|contract| contract.host == *id);
        contracts.for_each(|contract| contract.status = ContractStatus::Signed);
    }
    signed
}

/// Today's plan with the offer's share in each cell where it is eligible and has less, the others in proportion; and those
/// cells.
#[must_use]
pub fn with_share(session: &Session<'_>, offer: OfferIdx, share: Option<f64>) -> (Plan, Vec<CellIdx>) {
    let mut plan = session.current.clone();
    let mut cells = Vec::new();
    for (cell, own) in plan.allocation.iter_mut().enumerate() {
        let given = share.unwrap_or_else(|| smallest_share(session.instance, cell, offer));
        if !session.setting.law.eligible.contains(cell, offer) || !give(own, offer, given) {
            continue;
        }
        cells.push(cell);
    }
    (plan, cells)
}

/// Gives an offer a share of a cell's demand, the others keep their proportions; false, and nothing done, if it has as much.
pub(super) fn give(own: &mut Vec<(OfferIdx, f64)>, offer: OfferIdx, given: f64) -> bool {
    let has = own.iter().find(|s| s.0 == offer).map_or(0.0, |s| s.1);
    if has >= given {
        return false;
    }
    own.retain(|s| s.0 != offer);
    let rest: f64 = own.iter().map(|s| s.1).sum();
    own.iter_mut().for_each(|s| s.1 *= (1.0 - given) / rest.max(f64::MIN_POSITIVE));
    own.retain(|s| s.1 > 0.0);
    own.push((offer, given));
    own.sort_by_key(|s| s.0);
    true
}

impl Session<'_> {
    /// A plan as it stands before or after a signature.
    fn state(
        &self,
        plan: &Plan,
        settings: SimulateSettings,
        today: Option<Date>,
    ) -> Result<SignedState, MeasureError> {
        let simulated = self.simulate(plan, settings, &|_| ())?;
        Ok(SignedState {
            dimensions: concentration(&self.setting, plan).0,
            chokepoints: chokepoints(&self.setting, plan),
            checked: self.check(plan, Some(&simulated), today),
            cost: self.setting.planned_cost(plan),
            simulated,
        })
    }

    /// Measures today before and after an offer is signed, on the same trials.
    ///
    /// `signed`: a session of [`signed`]'s instance.
    ///
    /// # Errors
    /// [`MeasureError::NoTrials`] without trials.
    pub fn if_signed(
        &self,
        signed: &Session<'_>,
        (offer, share): (OfferIdx, Option<f64>),
        settings: SimulateSettings,
        today: Option<Date>,
    ) -> Result<IfSigned, MeasureError> {
        let (plan, cells) = with_share(signed, offer, share);
        let before = self.state(&self.current, settings, today)?;
        Ok(IfSigned { offer, share, cells, before, after: signed.state(&plan, settings, today)? })
    }
}
