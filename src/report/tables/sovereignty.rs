//! `optimize --sovereignty` as tables.

use super::bounds::without_plan;
use crate::report::answer::plans::CostAndRisk;
use crate::report::answer::sovereignty::{RulePlan, SovereigntyAnswer};
use crate::report::figures::{ABSENT, level, percent};
use crate::report::grid::Grid;
use crate::report::money::{amount, amount_change};
use crate::report::names::some_users;
use crate::report::verdict::simulated;
use crate::study::plan::sovereignty_rule::SovereigntyRule;

/// All tables of `optimize --sovereignty`.
#[must_use]
pub fn sovereignty(answer: &SovereigntyAnswer) -> Vec<Grid> {
    let mut grids = vec![plans(answer), rules(answer)];
    grids.extend(answer.sovereignty.iter().filter(|case| case.plan.is_none()).map(nothing_under));
    grids
}

/// Why a rule leaves no plan.
fn nothing_under(case: &RulePlan) -> Grid {
    let heading = format!("No plan under \"{}\"", name(case.rule));
    if case.nothing_left.is_empty() {
        let not_found = format!("No plan was found under \"{}\"", name(case.rule));
        return without_plan([&heading, &not_found], &case.conflict, case.conflict_proof.as_ref());
    }
    let mut grid = Grid::new(format!("{heading}: no offer is left for these users"), &["workload", "for"]);
    for (workload, countries) in &case.nothing_left {
        let is_all = case.nothing_left_for_all.contains(workload);
        grid.row([workload.clone(), some_users((!is_all).then_some(countries))]);
    }
    grid.note(
        "No offer that the rule allows meets the other demands of these workloads: quality, context, languages, rules, \
         require, forbid.",
    );
    grid
}

fn plans(answer: &SovereigntyAnswer) -> Grid {
    let mut grid = Grid::new(
        "Cost of sovereignty: the best plan under each rule",
        &[
            "=plan",
            ">¤ a month",
            ">AAL, ¤",
            ">CVaR, ¤",
            ">cost plus weighted loss, ¤",
            ">more than free, ¤",
            ">gap",
            ">moves",
        ],
    );
    grid.row(row("today", &answer.current, [ABSENT, ABSENT, ABSENT].map(str::to_owned)));
    for case in &answer.sovereignty {
        grid.row(match &case.plan {
            Some(plan) => row(name(case.rule), plan, known(case)),
            None => [name(case.rule), "no plan", ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT]
                .map(str::to_owned),
        });
    }
    grid.note(format!(
        "Cost plus weighted loss: planned cost over the horizon plus loss, of which {} is the average and {} the CVaR {}, on \
         {}. Gap: no plan under the rule is better by more (proven); a difference smaller than the gaps means little.",
        percent(1.0 - answer.cvar_weight),
        percent(answer.cvar_weight),
        level(answer.confidence_level),
        simulated(answer.trials, answer.horizon_days),
    ));
    if answer.current.objective_usd.is_none() {
        grid.note("Today's allocation breaks a limit, so it has no cost plus weighted loss to compare.");
    }
    grid.note("Moves: share of demand that moves to another offer, at least all that the rule excludes.");
    grid
}

/// What a plan costs more than the free one, its gap, and what moves.
fn known(case: &RulePlan) -> [String; 3] {
    let text = |x: Option<f64>, write: fn(f64) -> String| x.map_or_else(|| ABSENT.to_owned(), write);
    let over = case
        .change_from_free
        .filter(|_| case.rule != SovereigntyRule::Free)
        .and_then(|change| change.objective_usd);
    [text(over, amount_change), text(case.gap, percent), text(case.turnover, percent)]
}

fn row(name: &str, figures: &CostAndRisk, known: [String; 3]) -> [String; 8] {
    let [over, gap, moves] = known;
    [
        name.to_owned(),
        amount(figures.monthly_cost_usd),
        amount(figures.aal_usd),
        amount(figures.cvar_usd),
        figures.objective_usd.map_or_else(|| ABSENT.to_owned(), amount),
        over,
        gap,
        moves,
    ]
}

/// What each rule says, and what of today it excludes.
fn rules(answer: &SovereigntyAnswer) -> Grid {
    let mut grid = Grid::new("The rules", &["=plan", "meaning", ">of today's demand excluded"]);
    for case in answer.sovereignty.iter().filter(|case| case.rule != SovereigntyRule::Free) {
        grid.row([name(case.rule).to_owned(), meaning(case.rule).to_owned(), percent(case.excluded_today)]);
    }
    grid.note(
        "A company counts as a country's when it, or a parent of it, has its headquarters there. Every plan also keeps the \
         limits and demands of the portfolio.",
    );
    grid
}

fn name(rule: SovereigntyRule) -> &'static str {
    match rule {
        SovereigntyRule::Free => "free",
        SovereigntyRule::NoUs => "no US",
        SovereigntyRule::NoCn => "no CN",
        SovereigntyRule::OpenOnly => "open only",
        SovereigntyRule::EuHosted => "EU-hosted only",
    }
}

fn meaning(rule: SovereigntyRule) -> &'static str {
    match rule {
        SovereigntyRule::Free => "only what the portfolio itself demands",
        SovereigntyRule::NoUs => {
            "no US developer and no US host; sites of other hosts in the US and chips of US vendors are allowed"
        }
        SovereigntyRule::NoCn => {
            "no Chinese host and no model from a Chinese developer, or derived from one; sites in China are allowed"
        }
        SovereigntyRule::OpenOnly => {
            "only models with open weights or open source, from any developer and host"
        }
        SovereigntyRule::EuHosted => "only sites within the EU, of any developer and host",
    }
}
