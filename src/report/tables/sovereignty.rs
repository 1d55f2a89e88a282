//! `optimize --sovereignty` as tables.

use super::bounds::conflict_table;
use crate::model::instance::Instance;
use crate::planning::outcome::Figures;
use crate::report::figures::{ABSENT, count, level, percent, usd, usd_change};
use crate::report::grid::Grid;
use crate::report::names::{users, workload};
use crate::study::plan::sovereignty::{CaseOutcome, Sovereignty, SovereigntyCase, SovereigntyRule};
use crate::study::session::OptimizeSettings;

/// All tables of `optimize --sovereignty`.
#[must_use]
pub fn sovereignty(instance: &Instance, answer: &Sovereignty, settings: OptimizeSettings) -> Vec<Grid> {
    let mut grids = vec![plans(answer, settings), rules(answer)];
    for case in &answer.cases {
        match &case.outcome {
            CaseOutcome::Conflict(members) => {
                let heading = format!("Why is there no plan under \"{}\"?", name(case.rule));
                let mut grid = conflict_table(&heading, members);
                if grid.is_empty() {
                    grid.note("No plan was found; which demands are to blame is not known.");
                }
                grids.push(grid);
            }
            CaseOutcome::NothingLeft(workloads) => {
                let mut grid = Grid::new(
                    format!("Why is there no plan under \"{}\"? No offer is left for:", name(case.rule)),
                    &["workload", "for"],
                );
                for (at, cells) in workloads {
                    let countries = cells.iter().map(|&cell| &instance.cells[cell].users);
                    grid.row([workload(instance, *at).to_owned(), users(instance, *at, countries)]);
                }
                grid.note("Under the rule no offer meets what these workloads demand anyway: quality, context, languages, rules, require, forbid.");
                grids.push(grid);
            }
            CaseOutcome::Plan { .. } => {}
        }
    }
    grids
}

fn plans(answer: &Sovereignty, settings: OptimizeSettings) -> Grid {
    let mut grid = Grid::new(
        "What does sovereignty cost?",
        &[
            "=plan",
            ">USD a month",
            ">AAL, USD",
            ">CVaR, USD",
            ">objective, USD",
            ">more than free, USD",
            ">gap",
            ">moves",
        ],
    );
    let free = answer.cases.first().and_then(|case| case.outcome.figures());
    grid.row(row("today", &answer.today, None, [ABSENT.to_owned(), ABSENT.to_owned()]));
    for case in &answer.cases {
        let cells = match &case.outcome {
            CaseOutcome::Plan { figures, bound_usd, turnover } => {
                let beside = free.as_ref().filter(|_| case.rule != SovereigntyRule::Free);
                row(name(case.rule), figures, beside, [percent(gap(figures, *bound_usd)), percent(*turnover)])
            }
            CaseOutcome::NothingLeft(_) | CaseOutcome::Conflict(_) => {
                let mut cells = [name(case.rule), "no plan", "", "", "", "", "", ""].map(str::to_owned);
                cells[1..].iter_mut().filter(|c| c.is_empty()).for_each(|c| *c = ABSENT.to_owned());
                cells
            }
        };
        grid.row(cells);
    }
    grid.note(format!(
        "Objective: planned cost over the horizon plus weighted loss ({} average, {} CVaR {}), on {} trials. Gap: \
         proven, no such plan has an objective lower by more; a difference below the gaps says little.",
        percent(1.0 - settings.cvar_weight),
        percent(settings.cvar_weight),
        level(settings.confidence_level),
        count(answer.n_trials),
    ));
    if !answer.today.objective_usd.is_finite() {
        grid.note("Today breaks a limit, so its objective counts as infinite.");
    }
    grid.note(
        "Moves: share of the demand that leaves its offer of today. What a rule excludes leaves in any case.",
    );
    grid
}

/// By how much the best plan could be better, as a part of the objective.
fn gap(figures: &Figures, bound_usd: f64) -> f64 {
    ((figures.objective_usd - bound_usd) / figures.objective_usd.max(f64::MIN_POSITIVE)).max(0.0)
}

/// A plan beside the free one; `known`: its gap and what moves.
fn row(name: &str, figures: &Figures, free: Option<&Figures>, known: [String; 2]) -> [String; 8] {
    let [gap, moves] = known;
    [
        name.to_owned(),
        usd(figures.monthly_cost_usd),
        usd(figures.aal_usd),
        usd(figures.cvar_usd),
        usd(figures.objective_usd),
        free.map_or_else(|| ABSENT.to_owned(), |free| usd_change(figures.objective_usd - free.objective_usd)),
        gap,
        moves,
    ]
}

/// What each rule says, and what of today it excludes.
fn rules(answer: &Sovereignty) -> Grid {
    let mut grid = Grid::new("What do the rules say?", &["=plan", "means", ">of today's demand excluded"]);
    for case in answer.cases.iter().filter(|case| case.rule != SovereigntyRule::Free) {
        grid.row([name(case.rule).to_owned(), meaning(case).to_owned(), percent(case.excluded_today)]);
    }
    grid.note("Under a country: headquartered there, or with a parent that is. Limits and demands of the portfolio hold in every plan.");
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

fn meaning(case: &SovereigntyCase) -> &'static str {
    match case.rule {
        SovereigntyRule::Free => "what the portfolio demands, and nothing more",
        SovereigntyRule::NoUs => {
            "no developer and no host under the US; sites of others in the US and chips of US vendors are allowed"
        }
        SovereigntyRule::NoCn => {
            "no model developed, or derived from one developed, under CN, and no host under CN; sites in CN are allowed"
        }
        SovereigntyRule::OpenOnly => {
            "only models with open weights or open source, whoever made and hosts them"
        }
        SovereigntyRule::EuHosted => "only sites within the EU; developer and host may be anyone's",
    }
}
