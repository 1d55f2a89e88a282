//! The progress of a study in words.

use super::figures::{count, counted};
use super::money::money;
use crate::study::plan::ladder::RungKind;
use crate::study::plan::sovereignty_rule::SovereigntyRule;
use crate::study::progress::{Progress, Target};

/// Share of a step that is done; `None` where its end is not known. Of what is counted, the one under way is not done.
#[must_use]
pub fn share_done(step: Progress, n_simulated: u64) -> Option<f64> {
    let of = |done: f64, all: f64| (all > 0.0).then(|| (done / all).clamp(0.0, 1.0));
    match step {
        Progress::Simulation { n_trials, .. } => of(n_simulated as f64, n_trials as f64),
        Progress::Scenario { scenario, of: all } => of(scenario as f64 - 1.0, all as f64),
        Progress::Comparing { world, of: all } => of(world as f64 - 1.0, all as f64),
        Progress::TestingMeasure { measure, of: all } => of(measure as f64 - 1.0, all as f64),
        Progress::Relaxing { requirement, of: all } => of(requirement as f64 - 1.0, all as f64),
        Progress::PricingLimit { limit, of: all } => of(limit as f64 - 1.0, all as f64),
        Progress::Addition { plan, of: all } => of(plan as f64 - 1.0, all as f64),
        Progress::Searching(Target::Replication { replication, of: all }) => {
            of(replication as f64 - 1.0, all as f64)
        }
        _ => None,
    }
}

/// A rung of the ladder in words.
fn rung(kind: RungKind) -> String {
    match kind {
        RungKind::Today | RungKind::All => "the best plan".to_owned(),
        RungKind::Standbys => "the best plan with the shares of today".to_owned(),
        RungKind::Hosts => "the best plan on hosts in use".to_owned(),
        RungKind::Touched(n) => format!("the best plan that touches {}", counted(n, "workload")),
    }
}

/// The text for a step. `n_simulated`: trials of the current simulation that are done.
#[must_use]
pub fn words(step: Progress, n_simulated: u64) -> String {
    match step {
        Progress::Exposure => "exposure and scenarios".to_owned(),
        Progress::Scenario { scenario, of } => format!("scenario {scenario} of {of}"),
        Progress::ShockSets { n_visited, n_found } => {
            format!("sets of shocks: {} tested, {n_found} found", count(n_visited))
        }
        Progress::Comparing { world, of } => {
            format!("simulating: {world} of {of} mixtures of the two portfolios")
        }
        Progress::TestingMeasure { measure, of } => format!("testing measure {measure} of {of}"),
        Progress::Simulation { n_trials, .. } => {
            format!("simulating: {} of {} years", count(n_simulated), count(n_trials))
        }
        Progress::Compiling { n_trials } => {
            format!("planning: simulating {} years for every offer", count(n_trials))
        }
        Progress::Searching(target) => format!("planning: {}", target_words(target)),
        Progress::Round { target, round, bound_usd, best_usd } => {
            let best = if best_usd.is_finite() { money(best_usd) } else { "none yet".to_owned() };
            format!(
                "planning: {}, round {round}; best found: {best}; lower bound: {}",
                target_words(target),
                money(bound_usd.max(0.0))
            )
        }
        Progress::BeyondShortlist => "planning: no plan on the shortlist; trying every offer".to_owned(),
        Progress::NewTrials => "planning: measuring the plan on new simulated years".to_owned(),
        Progress::Conflict => "planning: looking for conflicting requirements".to_owned(),
        Progress::Relaxing { requirement, of } => {
            format!("planning: relaxing requirement {requirement} of {of}")
        }
        Progress::PricingLimit { limit, of } => {
            format!("planning: pricing limit {limit} of {of}")
        }
        Progress::Addition { plan, of } => format!("simulating with new suppliers: {plan} of at most {of}"),
        Progress::Resampling => "planning: testing how certain the choice is".to_owned(),
    }
}

fn target_words(target: Target) -> String {
    match target {
        Target::Plan => "the best plan".to_owned(),
        Target::WithOffer => "the best plan with this offer".to_owned(),
        Target::Rule(SovereigntyRule::Free) => "the best plan without a rule".to_owned(),
        Target::Without { case, of } => format!("the best plan without the models named, {case} of {of}"),
        Target::Rule(rule) => format!("the best plan under the rule {}", rule.as_str().replace('_', " ")),
        Target::Frontier { plan, risk_times } => {
            format!("plan {plan} of the frontier (risk weighted {risk_times} times)")
        }
        Target::Rung(kind) => rung(kind),
        Target::Alternative { plan, attempt } => format!("alternative {plan}, attempt {attempt}"),
        Target::Replication { replication, of } => format!("replication {replication} of {of}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::money::DisplayCurrency;

    #[test]
    fn a_round_tells_the_best_plan_and_the_bound() {
        let step = Progress::Round {
            target: Target::Plan,
            round: 3,
            bound_usd: 1_200_000.0,
            best_usd: f64::INFINITY,
        };
        let text = DisplayCurrency::of("EUR", 1.25).shown(&words(step, 0));
        assert!(
            text.contains("round 3")
                && text.contains("none yet")
                && text.contains("lower bound: EUR 960,000"),
            "{text}"
        );
    }
}
