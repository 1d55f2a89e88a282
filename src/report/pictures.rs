//! Charts that the page and the printed report have alike, each with the sentence that it shows.

use super::answer::ladder::{RungAnswer, first_step};
use super::answer::results::ResultsAnswer;
use super::answer::simulate::ReturnPeriodAnswer;
use super::drawing::charts;
use super::figures::{count, percent};
use super::html::words::rung_words;
use super::money::{DisplayCurrency, money};
use super::sections::decision::marked_plans;

/// A chart of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPicture {
    /// What it shows, in a sentence with marks for amounts.
    pub finding: String,
    /// How it is drawn, and from what.
    pub drawn: &'static str,
    /// As a part of a page (`drawing::palette` has its colors), with marks for amounts.
    pub svg: String,
}

/// The options by cost and worst years; `None` without options.
#[must_use]
pub fn options(results: &ResultsAnswer, currency: DisplayCurrency) -> Option<ReportPicture> {
    let rungs = &results.optimize.as_ref()?.ladder;
    let finding = finding(rungs)?;
    let svg = charts::options::options(rungs, currency, "options", &finding, &rung_words);
    let drawn = "Each dot is one option, measured on new simulated years. Source: simulation.";
    Some(ReportPicture { finding, drawn, svg })
}

/// Plans from the cheapest to the safest; `None` unless `--frontier` asks for them.
#[must_use]
pub fn frontier(results: &ResultsAnswer, currency: DisplayCurrency) -> Option<ReportPicture> {
    let plans = marked_plans(results.optimize.as_ref()?);
    let (first, last) = (plans.first()?, plans.iter().rfind(|plan| plan.is_on_frontier)?);
    let finding = format!(
        "From the cheapest plan to the safest: {} to {} a month, worst years from {} to {}",
        money(first.figures.monthly_cost_usd),
        money(last.figures.monthly_cost_usd),
        money(first.figures.cvar_usd),
        money(last.figures.cvar_usd),
    );
    let svg = charts::frontier::frontier(&plans, currency, "frontier", &finding);
    let drawn = "Each dot is one plan of the frontier, measured on new simulated years. Source: simulation.";
    Some(ReportPicture { finding, drawn, svg })
}

/// Losses of a year by return period, today and under the plan; `None` without trials enough.
#[must_use]
pub fn exceedance(results: &ResultsAnswer, currency: DisplayCurrency) -> Option<ReportPicture> {
    let today = &results.simulate.aep;
    let plan = results.plan.as_ref().map(|plan| plan.simulate.aep.as_slice());
    let limits = results.check.limits.iter().filter(|limit| limit.measure == "cvar");
    let appetite = limits.filter_map(|limit| limit.at_most).reduce(f64::min);
    let last = |points: &[ReturnPeriodAnswer]| {
        points.last().map(|point| (point.return_period_years, point.loss_usd))
    };
    let (years, loss) = last(today)?;
    let then = plan.and_then(last).filter(|(then, _)| (then - years).abs() < 0.5);
    let then = then.map_or_else(String::new, |(_, loss)| format!("; under the plan, than {}", money(loss)));
    let finding =
        format!("One year in {} loses more than {}{then}", count(years.round() as u64), money(loss));
    let drawn = "Loss of a year by return period. Source: simulation; shown where at least 10 simulated years are worse.";
    let svg = charts::exceedance::exceedance(today, plan, appetite, currency, "exceedance", &finding);
    Some(ReportPicture { finding, drawn, svg })
}

/// What the chart of the options shows; `None` without options.
fn finding(rungs: &[RungAnswer]) -> Option<String> {
    let worst = |rung: &RungAnswer| rung.figures.out_of_sample.cvar_usd;
    let (today, all) = (rungs.first()?, rungs.last()?);
    if worst(today) <= 0.0 {
        return Some("No option loses anything in the worst years".to_owned());
    }
    let off = |rung: &RungAnswer| percent((1.0 - worst(rung) / worst(today)).max(0.0));
    Some(match first_step(rungs) {
        Some([_, first, _]) => format!(
            "The first step takes {} off the loss of the worst years, the whole plan {}",
            off(first),
            off(all)
        ),
        None => format!("The whole plan takes {} off the loss of the worst years", off(all)),
    })
}
