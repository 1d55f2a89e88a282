//! Attribution of a trial's loss to workloads and event families; the parts add up (methodology/simulation.md).

use super::event::{Event, TrialLoss};
use super::sums::LossTotals;
use crate::measures::split::add_in_proportion;
use crate::model::instance::WorkloadIdx;
use crate::service::disruption::Occurrence;

/// The loss of one event family of a trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventLoss {
    pub trial: u64,
    /// The family's first shock.
    pub shock: usize,
    /// Onset of its first occurrence, days.
    pub day: f64,
    pub loss: f64,
}

/// Result of one workload in a trial.
#[derive(Debug, Clone, Copy, Default)]
struct WorkloadTrial {
    workload: WorkloadIdx,
    usd: f64,
    unserved_days: f64,
    /// Families interact, so their stand-alone losses need not add up.
    is_joint: bool,
}

/// The event families of a trial and their stand-alone losses by workload.
#[derive(Debug)]
pub(super) struct Families {
    /// `[n_families]`: the occurrence that began it, and its number of events.
    first: Vec<(usize, usize)>,
    /// `[n_occurrences]`: the family that it began, or `ABSENT`.
    family_of: Vec<usize>,
    /// `[n_workloads]`: index into `workloads`, or `ABSENT`.
    place: Vec<usize>,
    workloads: Vec<WorkloadTrial>,
    /// `[n_workloads of the trial × n_families]`, row-major: stand-alone loss, USD.
    alone: Vec<f64>,
    /// Same shape as `alone`: whether the family affects the workload at all.
    affects: Vec<bool>,
    losses: Vec<f64>,
}

const ABSENT: usize = usize::MAX;

impl Families {
    pub(super) fn new(n_workloads: usize) -> Self {
        Self {
            first: Vec::new(),
            family_of: Vec::new(),
            place: vec![ABSENT; n_workloads],
            workloads: Vec::new(),
            alone: Vec::new(),
            affects: Vec::new(),
            losses: Vec::new(),
        }
    }

    /// Numbers the families of a trial's events, and of its events without any cost (`idle`).
    pub(super) fn begin(&mut self, occurrences: &[Occurrence], events: &mut [Event], idle: &mut [Event]) {
        self.first.clear();
        self.family_of.clear();
        self.family_of.resize(occurrences.len(), ABSENT);
        for event in events {
            event.family = self.family(occurrences[event.occurrence].family);
            self.first[event.family].1 += 1;
        }
        for event in idle {
            event.family = self.family(occurrences[event.occurrence].family);
        }
        self.workloads.iter().for_each(|w| self.place[w.workload] = ABSENT);
        self.workloads.clear();
        self.alone.clear();
        self.affects.clear();
    }

    fn family(&mut self, first: usize) -> usize {
        if self.family_of[first] == ABSENT {
            self.family_of[first] = self.first.len();
            self.first.push((first, 0));
        }
        self.family_of[first]
    }

    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether the family has several events, so its stand-alone loss need not be the sum over them.
    pub(super) fn is_wave(&self, family: usize) -> bool {
        self.first[family].1 > 1
    }

    fn row(&mut self, workload: WorkloadIdx) -> usize {
        if self.place[workload] == ABSENT {
            self.place[workload] = self.workloads.len();
            self.workloads.push(WorkloadTrial { workload, ..WorkloadTrial::default() });
            let n = self.workloads.len() * self.first.len();
            self.alone.resize(n, 0.0);
            self.affects.resize(n, false);
        }
        self.place[workload]
    }

    /// Adds the stand-alone loss of an event, USD. Families of several events are left to [`Self::add_wave`].
    #[inline]
    pub(super) fn add_alone(&mut self, workload: WorkloadIdx, family: usize, usd: f64) {
        if !self.is_wave(family) {
            self.add_wave(workload, family, usd);
        }
    }

    /// Adds the stand-alone loss of a family, USD.
    #[inline]
    pub(super) fn add_wave(&mut self, workload: WorkloadIdx, family: usize, usd: f64) {
        let at = self.row(workload) * self.first.len() + family;
        self.alone[at] += usd;
        self.affects[at] = true;
    }

    /// Whether a workload has a loss although the stand-alone loss of every family is 0.
    pub(super) fn is_unattributed(&self, workload: WorkloadIdx) -> bool {
        let row = self.place[workload];
        let n = self.first.len();
        row != ABSENT
            && self.workloads[row].is_joint
            && self.workloads[row].usd > 0.0
            && self.alone[row * n..(row + 1) * n].iter().sum::<f64>() <= 0.0
    }

    /// Records that a family affects the workload in some way.
    pub(super) fn add_affecting(&mut self, workload: WorkloadIdx, family: usize) {
        let at = self.row(workload) * self.first.len() + family;
        self.affects[at] = true;
    }

    /// Adds the loss of a group of cells.
    pub(super) fn add_group(&mut self, workload: WorkloadIdx, usd: f64, unserved_days: f64, is_joint: bool) {
        let row = self.row(workload);
        let own = &mut self.workloads[row];
        own.usd += usd;
        own.unserved_days += unserved_days;
        own.is_joint |= is_joint;
    }

    /// Splits each workload's loss in proportion to the stand-alone losses of the families, equally if these are 0, and adds
    /// everything to the sums.
    pub(super) fn settle(
        &mut self,
        trial: u64,
        occurrences: &[Occurrence],
        sums: &mut LossTotals,
        events: Option<&mut Vec<EventLoss>>,
    ) -> TrialLoss {
        self.losses.clear();
        self.losses.resize(self.first.len(), 0.0);
        let mut all = 0.0;
        for (row, own) in self.workloads.iter().enumerate() {
            all += own.usd;
            sums.add_workload(own.workload, own.usd, own.unserved_days);
            let range = row * self.first.len()..(row + 1) * self.first.len();
            let (alone, affects) = (&self.alone[range.clone()], &self.affects[range]);
            if own.is_joint {
                add_in_proportion(&mut self.losses, own.usd, alone, |family| affects[family]);
            } else {
                self.losses.iter_mut().zip(alone).for_each(|(loss, alone)| *loss += alone);
            }
        }
        let mut largest_family = 0.0_f64;
        for (&(first, _), &loss) in self.first.iter().zip(&self.losses) {
            let Occurrence { shock, end, .. } = occurrences[first];
            sums.add_family(shock, loss, end.is_infinite());
            largest_family = largest_family.max(loss);
        }
        if let Some(events) = events {
            let lost = self.first.iter().zip(&self.losses).filter(|(_, loss)| **loss > 0.0);
            events.extend(lost.map(|(&(first, _), &loss)| {
                let Occurrence { shock, start, .. } = occurrences[first];
                EventLoss { trial, shock, day: start, loss }
            }));
        }
        TrialLoss { all, largest_family }
    }
}
