//! Occurrences of a scenario: nothing is drawn; what has a probability of at least 0.5 happens.

use std::collections::BTreeSet;

use crate::model::instance::{Instance, SupplierIdx};
use crate::model::shock::{Scenario, ScenarioEvent, Shock, ShockRef};
use crate::service::disruption::Occurrence;
use crate::shocks::law::HAPPENS_FROM;
use crate::shocks::likelihood::duration_quantile_days;
use crate::shocks::resolve::{DeveloperChoice, ResolvedShock};

/// Quantile of a duration that a scenario uses.
const MEDIAN: f64 = 0.5;

/// A scenario with its occurrences, ready to be played on an instance.
#[derive(Debug, Clone)]
pub struct Script {
    pub id: String,
    pub name: String,
    pub horizon_days: f64,
    pub shocks: Vec<ResolvedShock>,
    pub occurrences: Vec<Occurrence>,
}

/// Why a scenario cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// An event names a shock that the catalog does not have.
    #[error("scenario '{scenario}' names the unknown shock '{shock}'")]
    UnknownShock { scenario: String, shock: String },
}

impl Script {
    /// Expands a scenario into its occurrences and everything they trigger.
    ///
    /// # Errors
    /// [`ScenarioError::UnknownShock`] when an event or trigger names a shock that does not exist.
    pub fn new(instance: &Instance, scenario: &Scenario) -> Result<Self, ScenarioError> {
        let mut script = Self {
            id: scenario.id.clone(),
            name: scenario.name.clone(),
            horizon_days: scenario.horizon_days.unwrap_or(instance.portfolio.horizon_days),
            shocks: Vec::new(),
            occurrences: Vec::new(),
        };
        for event in &scenario.events {
            let shock = match &event.shock {
                ShockRef::Inline(shock) => shock.as_ref(),
                ShockRef::Id(id) => find(instance, &scenario.id, id)?,
            };
            script.add_occurrence(instance, shock, event, None, &BTreeSet::new())?;
        }
        Ok(script)
    }

    /// Adds an occurrence and what it triggers; `causes`: ids of the shocks that led to it, none of which occurs again.
    fn add_occurrence(
        &mut self,
        instance: &Instance,
        shock: &Shock,
        event: &ScenarioEvent,
        family: Option<usize>,
        causes: &BTreeSet<String>,
    ) -> Result<(), ScenarioError> {
        // A shock that is in force today is already law, so it has no new effect.
        if event.at_days >= self.horizon_days || shock.in_force {
            return Ok(());
        }
        let resolved = self.resolved(instance, shock);
        let duration_days = duration_quantile_days(event.duration.unwrap_or(shock.duration), MEDIAN);
        let affected_developers =
            |choice: Option<&DeveloperChoice>, is_set: Option<bool>| -> Vec<SupplierIdx> {
                let Some(choice) = choice else { return Vec::new() };
                let all = choice.pairs_by_developer.iter().map(|(developer, _)| *developer);
                if is_set.unwrap_or(choice.probability >= HAPPENS_FROM) { all.collect() } else { Vec::new() }
            };
        let own = &self.shocks[resolved];
        let occurrence = Occurrence {
            shock: resolved,
            start: event.at_days,
            end: event.at_days + duration_days,
            collateral: affected_developers(own.collateral.as_ref(), event.collateral),
            withdrawn: affected_developers(own.withdrawal.as_ref().map(|w| &w.choice), event.withdraw),
            family: family.unwrap_or(self.occurrences.len()),
        };
        let family = occurrence.family;
        self.occurrences.push(occurrence);
        let mut causes = causes.clone();
        causes.insert(shock.id.clone());
        for trigger in &shock.triggers {
            let fires = event.triggers.unwrap_or(trigger.probability >= HAPPENS_FROM);
            if !fires || causes.contains(&trigger.shock) {
                continue;
            }
            let child = find(instance, &self.id, &trigger.shock)?;
            let child_event = ScenarioEvent {
                shock: ShockRef::Id(child.id.clone()),
                at_days: event.at_days + trigger.after_days,
                duration: None,
                collateral: None,
                withdraw: None,
                triggers: None,
            };
            self.add_occurrence(instance, child, &child_event, Some(family), &causes)?;
        }
        Ok(())
    }

    /// Index of the shock in the script; equal shocks share an entry, so that their factors count once.
    fn resolved(&mut self, instance: &Instance, shock: &Shock) -> usize {
        self.shocks.iter().position(|s| s.shock == *shock).unwrap_or_else(|| {
            self.shocks.push(ResolvedShock::new(instance, shock));
            self.shocks.len() - 1
        })
    }
}

fn find<'a>(instance: &'a Instance, scenario: &str, id: &str) -> Result<&'a Shock, ScenarioError> {
    let unknown = || ScenarioError::UnknownShock { scenario: scenario.to_owned(), shock: id.to_owned() };
    instance.shocks.iter().find(|s| s.id == id).ok_or_else(unknown)
}
