//! 13: how the figures were made, and what they leave out.

use super::super::markup::list;
use super::super::page::{PageSection, sub_heading};
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::{level, percent};
use crate::report::verdict::{aim, proven, simulated};

/// What no figure here contains.
const LEFT_OUT: [&str; 4] = [
    "Rates and durations of shocks come from past events or from judgment. No history is long enough to be sure of the worst years.",
    "Prices, models and regions are those of the catalog's dates. Next year's offers are unknown.",
    "Planned capacity counts as secured. Competition by other customers for the same substitute counts only where a shock says so.",
    "The loss is the company's own: outages, dearer tokens and one-off costs. Fines, reputation and staff are in it only as far as the outage cost of a workload holds them.",
];

pub(super) fn section(results: &ResultsAnswer) -> PageSection {
    let body =
        list(steps(results)).and(sub_heading("Limitations", "")).and(list(LEFT_OUT.map(str::to_owned)));
    PageSection {
        number: 13,
        title: "Method, convergence and limitations",
        answer: proven(results).unwrap_or_else(|| "The planner stopped before it found a plan.".to_owned()),
        body,
    }
}

fn steps(results: &ResultsAnswer) -> Vec<String> {
    let (manifest, simulate) = (&results.manifest, &results.simulate);
    let mut sentences = vec![format!(
        "The loss distribution: {}, seed {}. The same seed and files give the same figures.",
        simulated(simulate.trials, simulate.horizon_days),
        manifest.seed
    )];
    if let Some(error) = simulate.aal_usd.std_error.filter(|_| simulate.aal_usd.value > 0.0) {
        let key = level(manifest.confidence_level);
        let tail =
            simulate.cvar_usd.get(&key).and_then(|cvar| Some((cvar.high? - cvar.low?) / 2.0 / cvar.value));
        let tail = tail.filter(|width| width.is_finite()).map_or_else(String::new, |width| {
            format!("; of the CVaR {key}, half of its 95 % interval, {}", percent(width))
        });
        sentences.push(format!(
            "Convergence: the standard error of the average annual loss is {} of it{tail}.",
            percent(error / simulate.aal_usd.value)
        ));
    }
    if let Some(optimize) = &results.optimize {
        sentences.push(aim(optimize));
        if optimize.recommended().is_some() {
            sentences.push(format!(
                "Options and plan are measured on {} that were drawn after the plan was made.",
                simulated(optimize.fresh_trials, optimize.horizon_days)
            ));
        }
    }
    sentences.push(format!(
        "Files: {}; catalog {}; jurisdictions {}.",
        manifest.portfolio_file, manifest.catalog, manifest.jurisdictions
    ));
    sentences
}
