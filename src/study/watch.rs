//! The shocks that cost most, each played alone, so that its warning can be held against the time to recover.

use super::session::Session;
use super::simulate::Simulated;
use crate::model::Provenance;
use crate::model::shock::{Scenario, ScenarioEvent, Shock, ShockRef};
use crate::stress::outcome::StressOutcome;
use crate::stress::scenario::ScenarioError;

/// Shocks that are watched.
pub const N_WATCHED: usize = 10;

/// A shock with what it does when it comes.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedShock<'a> {
    pub shock: &'a Shock,
    /// Part of the average annual loss of events that it begins, USD.
    pub aal_usd: f64,
    /// From day 0, as long as its median, without what it may trigger.
    pub outcome: StressOutcome,
}

impl WatchedShock<'_> {
    /// Whether the warning is at least as long as the time to recover; `None` when nothing is unserved.
    #[must_use]
    pub fn is_in_time(&self) -> Option<bool> {
        self.outcome.first_unserved_day()?;
        Some(self.outcome.recovered_day().is_some_and(|day| self.shock.warning_days() >= day))
    }
}

/// The shocks that cost today's allocation most on average, the costliest first; at most [`N_WATCHED`].
///
/// # Errors
/// [`ScenarioError::UnknownShock`] never happens: every shock is one of the instance.
pub fn watched<'a>(
    session: &Session<'a>,
    simulated: &Simulated,
) -> Result<Vec<WatchedShock<'a>>, ScenarioError> {
    let parts = &simulated.summary.aal_by.shock;
    let mut costly: Vec<(&Shock, f64)> = session
        .instance
        .shocks
        .iter()
        .filter_map(|shock| Some((shock, *parts.get(&shock.id)?)))
        .filter(|(_, usd)| *usd > 0.0)
        .collect();
    costly.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.id.cmp(&b.0.id)));
    let played = |(shock, aal_usd): (&'a Shock, f64)| {
        let outcome = session.stress(&alone(session, shock), &session.current)?;
        Ok(WatchedShock { shock, aal_usd, outcome })
    };
    costly.into_iter().take(N_WATCHED).map(played).collect()
}

/// The shock from day 0, without notice, and without what it may set off.
fn alone(session: &Session<'_>, shock: &Shock) -> Scenario {
    let sudden = Shock { notice_days: 0.0, ..shock.clone() };
    Scenario {
        id: shock.id.clone(),
        name: shock.id.clone(),
        horizon_days: Some(session.instance.portfolio.horizon_days),
        events: vec![ScenarioEvent {
            shock: ShockRef::Inline(Box::new(sudden)),
            at_days: 0.0,
            duration: None,
            collateral: None,
            withdraw: None,
            triggers: Some(false),
        }],
        provenance: Provenance::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Sources, load, load_library};
    use crate::simulation::draws::Rates;
    use crate::study::simulate::SimulateSettings;

    /// Whatever the library draws, it says what announces it; a member of a template names its supplier.
    #[test]
    fn every_drawn_shock_says_what_announces_it() {
        let instance = load_library(None, None).unwrap().instance().unwrap();
        for shock in instance.shocks.iter().filter(|shock| !shock.in_force) {
            assert!(!shock.watch.is_empty(), "{}", shock.id);
            let texts = shock.watch.iter().flat_map(|watch| [Some(&watch.what), watch.place.as_ref()]);
            assert!(texts.flatten().all(|text| !text.contains('$')), "{}", shock.id);
        }
        let shock = |id: &str| instance.shocks.iter().find(|shock| shock.id == id).unwrap();
        // Notice 30 d and no sign that shows earlier; a sign of 270 d and no notice; neither.
        assert_eq!(shock("us_ban_deepseek_contractors").warning_days(), 30.0);
        assert_eq!(shock("us_tariff_ai_chips").warning_days(), 270.0);
        assert_eq!(shock("azure_outage").warning_days(), 0.0);
    }

    /// OpenAI's interface of the quickstart is down for a median of 5 hours (0.208 d): unserved at once, restored then, and no
    /// warning is as long.
    #[test]
    fn a_warning_is_held_against_the_time_to_recover() {
        let portfolio = "portfolios/quickstart.yaml".as_ref();
        let loaded = load(Sources { portfolio, catalog: None, jurisdictions: None }).unwrap();
        let session = Session::new(&loaded.instance);
        let settings = SimulateSettings { n_trials: 50, seed: 1, rates: Rates::Mean };
        let simulated = session.simulate(&session.current, settings, &|_| ()).unwrap();
        let found = watched(&session, &simulated).unwrap();
        assert!(!found.is_empty() && found.len() <= N_WATCHED);
        assert!(found.is_sorted_by(|a, b| a.aal_usd >= b.aal_usd));
        let outage = loaded.instance.shocks.iter().find(|shock| shock.id == "openai_outage").unwrap();
        let outcome = session.stress(&alone(&session, outage), &session.current).unwrap();
        let outage = WatchedShock { shock: outage, aal_usd: 1.0, outcome };
        assert_eq!(outage.outcome.first_unserved_day(), Some(0.0));
        assert!((outage.outcome.recovered_day().unwrap() - 5.0 / 24.0).abs() < 1e-9);
        assert_eq!(outage.is_in_time(), Some(false));
    }
}
