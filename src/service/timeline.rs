//! Service of a plan over time, summed over the outcomes of its cells.

use super::loss::CellOutcome;
use crate::model::instance::{CellIdx, Instance};

/// Service is full if it is below 1 by less than this, because shares that are routed one by one do not sum exactly.
pub const SERVICE_SLACK: f64 = 1e-9;

/// Unserved shares of the value of a group of cells, from `start` to the next step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnservedStep {
    /// Days.
    pub start: f64,
    /// Unserved share of all demand.
    pub unserved: f64,
    /// Unserved share past the recovery objective only.
    pub unserved_past_objective: f64,
}

/// Value-weighted service of a group of cells from day 0 to the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Ascending, the first on day 0; neighbors differ. Never empty.
    pub steps: Vec<UnservedStep>,
    pub horizon_days: f64,
}

impl Timeline {
    /// Sums outcomes, each cell weighted by its value; full service if the values sum to 0.
    ///
    /// `outcomes`: affected cells, each once; `cells`: the whole group, unaffected cells included.
    #[must_use]
    pub fn new<'a>(
        instance: &Instance,
        cells: impl IntoIterator<Item = CellIdx>,
        outcomes: impl IntoIterator<Item = &'a (CellIdx, CellOutcome)>,
        horizon_days: f64,
    ) -> Self {
        let value_of = |cell: CellIdx| instance.cells[cell].value_usd_per_day;
        let value = cells.into_iter().map(value_of).sum();
        let outcomes = outcomes.into_iter().map(|(cell, outcome)| (value_of(*cell), outcome));
        Self::weighted(value, outcomes, horizon_days)
    }

    /// Sums outcomes, each weighted by its value. `value`: total value, unaffected cells included.
    #[must_use]
    pub fn weighted<'a>(
        value: f64,
        outcomes: impl IntoIterator<Item = (f64, &'a CellOutcome)>,
        horizon_days: f64,
    ) -> Self {
        let mut changes = vec![UnservedStep { start: 0.0, unserved: 0.0, unserved_past_objective: 0.0 }];
        if value > 0.0 {
            for (own, outcome) in outcomes {
                let weight = own / value;
                for spell in &outcome.spells {
                    let (all, past) = (weight * spell.unserved, weight * spell.unserved_past_objective);
                    let change = |start, sign: f64| UnservedStep {
                        start,
                        unserved: sign * all,
                        unserved_past_objective: sign * past,
                    };
                    changes.extend([change(spell.start, 1.0), change(spell.end, -1.0)]);
                }
            }
        }
        changes.retain(|c| c.start < horizon_days);
        changes.sort_by(|a, b| a.start.total_cmp(&b.start));
        Self { steps: accumulated(&changes), horizon_days }
    }

    /// Served share just after day `t`; `None` if `t` is at or beyond the horizon.
    #[must_use]
    pub fn service_after(&self, t: f64) -> Option<f64> {
        let at = self.steps.partition_point(|step| step.start <= t);
        (t < self.horizon_days).then(|| 1.0 - self.steps[at.saturating_sub(1)].unserved)
    }

    /// Served share just before the horizon.
    #[must_use]
    pub fn service_at_end(&self) -> f64 {
        1.0 - self.steps.last().map_or(0.0, |step| step.unserved)
    }

    /// First day on which something is unserved; `None` if everything is always served.
    #[must_use]
    pub fn time_to_survive_days(&self) -> Option<f64> {
        self.steps.iter().find(|step| step.unserved > 0.0).map(|step| step.start)
    }

    /// First day from which everything stays served; 0 if it always is; `None` if something is unserved at the horizon.
    #[must_use]
    pub fn time_to_recover_days(&self) -> Option<f64> {
        let last_unserved = self.steps.iter().rposition(|step| step.unserved > 0.0);
        match last_unserved {
            None => Some(0.0),
            Some(at) => self.steps.get(at + 1).map(|step| step.start),
        }
    }

    /// Smallest share served or within its recovery objective, from day `t` to the horizon; 1 if `t` is beyond the horizon.
    #[must_use]
    pub fn worst_service_from(&self, t: f64) -> f64 {
        let running = self.steps.partition_point(|step| step.start <= t).saturating_sub(1);
        let steps = if t < self.horizon_days { &self.steps[running..] } else { &[] };
        1.0 - steps.iter().map(|step| step.unserved_past_objective).fold(0.0, f64::max)
    }
}

/// Steps from changes sorted by start; neighbors differ.
fn accumulated(changes: &[UnservedStep]) -> Vec<UnservedStep> {
    let mut steps: Vec<UnservedStep> = Vec::new();
    let (mut unserved, mut past) = (0.0, 0.0);
    for group in changes.chunk_by(|a, b| a.start == b.start) {
        unserved += group.iter().map(|c| c.unserved).sum::<f64>();
        past += group.iter().map(|c| c.unserved_past_objective).sum::<f64>();
        let step = UnservedStep {
            start: group[0].start,
            unserved: settled(unserved),
            unserved_past_objective: settled(past),
        };
        let is_same = |last: &UnservedStep| {
            (last.unserved - step.unserved).abs() < SERVICE_SLACK
                && (last.unserved_past_objective - step.unserved_past_objective).abs() < SERVICE_SLACK
        };
        if !steps.last().is_some_and(is_same) {
            steps.push(step);
        }
    }
    steps
}

/// The share without rounding residue: 0 below [`SERVICE_SLACK`], at most 1.
fn settled(unserved: f64) -> f64 {
    if unserved < SERVICE_SLACK { 0.0 } else { unserved.min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::example::Example;
    use crate::service::loss::ServiceSpell;

    fn spell(start: f64, end: f64, unserved: f64, past: f64) -> ServiceSpell {
        ServiceSpell { start, end, unserved, unserved_past_objective: past, handovers: Vec::new() }
    }

    fn timeline(value_usd_per_day: f64) -> Timeline {
        let mut example = Example::new();
        example.workload("w", &[("DE", 0.75), ("FR", 0.25)], &[]).outage_cost_usd_per_day = value_usd_per_day;
        let instance = example.instance();
        let outcome = |spells| CellOutcome { spells, ..CellOutcome::default() };
        let outcomes = [
            (0, outcome(vec![spell(5.0, 10.0, 0.4, 0.0), spell(10.0, 20.0, 0.4, 0.4)])),
            (1, outcome(vec![spell(10.0, 30.0, 0.8, 0.8), spell(30.0, 100.0, 0.0, 0.0)])),
        ];
        Timeline::new(&instance, 0..2, &outcomes, 100.0)
    }

    /// Unserved: 0.75 × 0.4 = 0.3 from day 5, 0.25 × 0.8 = 0.2 more from day 10, only these 0.2 from day 20, none from day 30.
    #[test]
    fn cells_weigh_by_their_value() {
        let timeline = timeline(1000.0);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        for (t, service) in [(0.0, 1.0), (5.0, 0.7), (9.9, 0.7), (10.0, 0.5), (20.0, 0.8), (30.0, 1.0)] {
            assert!(close(timeline.service_after(t).unwrap(), service), "day {t}");
        }
        assert_eq!(timeline.service_after(100.0), None);
        assert_eq!(timeline.time_to_survive_days(), Some(5.0));
        assert_eq!(timeline.time_to_recover_days(), Some(30.0));
        assert_eq!(timeline.service_at_end(), 1.0);
        assert!(close(timeline.worst_service_from(0.0), 0.5));
        assert!(close(timeline.worst_service_from(20.0), 0.8));
        assert_eq!(timeline.worst_service_from(30.0), 1.0);
        assert_eq!(timeline.worst_service_from(100.0), 1.0);
    }

    #[test]
    fn without_value_service_is_full() {
        let timeline = timeline(0.0);
        assert_eq!(timeline.steps.len(), 1);
        assert_eq!((timeline.time_to_survive_days(), timeline.time_to_recover_days()), (None, Some(0.0)));
    }

    #[test]
    fn what_is_unserved_at_the_horizon_never_recovers() {
        let mut example = Example::new();
        example.workload("w", &[("DE", 1.0)], &[]);
        let outcome = CellOutcome { spells: vec![spell(0.0, 100.0, 1.0, 1.0)], ..CellOutcome::default() };
        let timeline = Timeline::new(&example.instance(), 0..1, &[(0, outcome)], 100.0);
        assert_eq!((timeline.time_to_survive_days(), timeline.time_to_recover_days()), (Some(0.0), None));
        assert_eq!(timeline.service_at_end(), 0.0);
    }
}
