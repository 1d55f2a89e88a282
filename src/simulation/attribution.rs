//! Whose doing a loss is: parts by shock, acting jurisdiction and workload that add up (methodology/simulation.md).

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::run::Simulation;
use crate::graph::outage::Outage;
use crate::service::disruption::{Disruption, Occurrence};
use crate::service::frame::CellFrame;
use crate::service::setting::Setting;
use crate::shocks::effect::Stop;
use crate::shocks::resolve::ResolvedShock;

/// A loss in parts, USD; each map adds up to the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// By the id of the family's first shock.
    pub shock: BTreeMap<String, f64>,
    /// By the family's acting jurisdiction.
    pub jurisdiction: BTreeMap<String, f64>,
    pub workload: BTreeMap<String, f64>,
}

impl Parts {
    /// Adds `weight` times another loss.
    pub fn add(&mut self, other: &Self, weight: f64) {
        let pairs = [
            (&mut self.shock, &other.shock),
            (&mut self.jurisdiction, &other.jurisdiction),
            (&mut self.workload, &other.workload),
        ];
        for (own, others) in pairs {
            for (key, usd) in others {
                *own.entry(key.clone()).or_default() += weight * usd;
            }
        }
    }

    /// Multiplies every part.
    pub fn scale(&mut self, factor: f64) {
        for parts in [&mut self.shock, &mut self.jurisdiction, &mut self.workload] {
            parts.values_mut().for_each(|usd| *usd *= factor);
        }
    }
}

/// Which shocks can do something in which cell, by themselves or only together.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    /// `[n_cells][n_shocks]`: the shock alone strikes some offer of the cell.
    by_cell: Vec<Vec<bool>>,
    /// `[n_shocks]`: it stops or cuts alternatives of an any_of need, so it may strike only together with others.
    may_combine: Vec<bool>,
}

impl Touch {
    pub(super) fn new(setting: &Setting<'_>, shocks: &[ResolvedShock], frames: &[CellFrame]) -> Self {
        let always = Occurrence {
            shock: 0,
            start: 0.0,
            end: f64::INFINITY,
            collateral: Vec::new(),
            withdrawn: Vec::new(),
            family: 0,
        };
        let outages: Vec<Outage> = (0..shocks.len())
            .map(|shock| {
                let occurrences = [Occurrence { shock, ..always.clone() }];
                Disruption::new(&setting.graph, shocks, &occurrences, f64::INFINITY).outage
            })
            .collect();
        let touches = |frame: &CellFrame, shock: usize| {
            let outage = &outages[shock];
            let mut offers = outage.down.keys().chain(outage.no_new.keys()).chain(outage.stale.keys());
            frame.shocks[shock].strikes_any() || offers.any(|&offer| frame.class_led_by(offer).is_some())
        };
        let may_combine = |shock: &ResolvedShock| {
            let combines = |stop: &Stop| !matches!(stop, Stop::HostSite(..));
            !shock.cuts.is_empty() || shock.stops.iter().any(combines)
        };
        Self {
            by_cell: frames.iter().map(|f| (0..shocks.len()).map(|s| touches(f, s)).collect()).collect(),
            may_combine: shocks.iter().map(may_combine).collect(),
        }
    }

    /// Whether any of the occurrences can strike the cell.
    pub(super) fn any(&self, cell: usize, occurrences: &[Occurrence]) -> bool {
        occurrences.iter().any(|o| self.by_cell[cell][o.shock] || self.may_combine[o.shock])
    }
}

/// A trial's event families, each with what it alone would do.
struct Families<'a> {
    /// First occurrence of each, ascending.
    first: Vec<usize>,
    /// By family: its occurrences.
    own: &'a [Vec<Occurrence>],
    disruptions: Vec<OnceCell<Disruption<'a>>>,
}

/// Splits a trial's loss among its event families; returns the parts and the largest family's loss, USD.
///
/// Per workload in proportion to the loss each family alone would cause, equally if all of them are 0.
#[must_use]
pub(super) fn attribute(
    simulation: &Simulation<'_>,
    occurrences: &[Occurrence],
    loss_by_cell: &[f64],
) -> (Parts, f64) {
    let mut parts = Parts::default();
    if loss_by_cell.iter().all(|usd| *usd == 0.0) {
        return (parts, 0.0);
    }
    let first: Vec<usize> = (0..occurrences.len()).filter(|&o| occurrences[o].family == o).collect();
    let of_family = |family: &usize| occurrences.iter().filter(|o| o.family == *family).cloned().collect();
    let own: Vec<Vec<Occurrence>> = first.iter().map(of_family).collect();
    let families = Families { disruptions: vec![OnceCell::new(); first.len()], first, own: &own };
    let mut family_losses = vec![0.0; families.first.len()];
    for (workload, w) in simulation.setting.instance.workloads.iter().enumerate() {
        let loss: f64 = loss_by_cell[w.cells.clone()].iter().sum();
        if loss > 0.0 {
            parts.workload.insert(w.workload.id.clone(), loss);
            let alone = alone(simulation, &families, workload, loss_by_cell);
            let sum: f64 = alone.iter().sum();
            let equally = 1.0 / alone.len() as f64;
            for (family_loss, alone) in family_losses.iter_mut().zip(&alone) {
                *family_loss += loss * if sum > 0.0 { alone / sum } else { equally };
            }
        }
    }
    for (&family, &usd) in families.first.iter().zip(&family_losses).filter(|(_, usd)| **usd > 0.0) {
        let shock = occurrences[family].shock;
        *parts.shock.entry(simulation.shocks[shock].shock.id.clone()).or_default() += usd;
        *parts.jurisdiction.entry(simulation.actor(shock).to_owned()).or_default() += usd;
    }
    (parts, family_losses.into_iter().fold(0.0, f64::max))
}

/// By family: the loss it alone would cause in a workload, USD.
fn alone<'a>(
    simulation: &'a Simulation<'_>,
    families: &Families<'a>,
    workload: usize,
    loss_by_cell: &[f64],
) -> Vec<f64> {
    let mut alone = vec![0.0; families.first.len()];
    let touch = &simulation.touch;
    for cell in simulation.setting.instance.workloads[workload].cells.clone() {
        let strikes = |family: &usize| touch.any(cell, &families.own[*family]);
        let striking: Vec<usize> = (0..families.first.len()).filter(strikes).collect();
        if let [only] = striking[..] {
            alone[only] += loss_by_cell[cell];
            continue;
        }
        for family in striking {
            let disruption = families.disruptions[family].get_or_init(|| {
                let setting = simulation.setting;
                let own = &families.own[family];
                Disruption::new(&setting.graph, simulation.shocks, own, setting.horizon_days())
            });
            alone[family] += simulation.cell_loss_usd(cell, disruption);
        }
    }
    alone
}
