//! `optimize --why` as tables.

use super::bounds::without_plan;
use crate::report::answer::plans::CostAndRisk;
use crate::report::answer::why::{ForcedPlan, WhyAnswer};
use crate::report::figures::{ABSENT, percent};
use crate::report::grid::Grid;
use crate::report::money::{CODE, amount, amount_change};
use crate::report::names::some_users;
use crate::report::verdict::chosen_of;

/// All tables of `optimize --why`.
#[must_use]
pub fn why(answer: &WhyAnswer) -> Vec<Grid> {
    let mut grids = vec![eligibility(answer)];
    grids.extend(answer.forced.as_ref().map(|forced| would_cost(answer, forced)));
    grids
}

fn eligibility(answer: &WhyAnswer) -> Grid {
    let id = &answer.offer;
    let heading = match answer.cells.iter().filter(|c| c.eligible).count() {
        0 => format!("{id} is excluded: no workload asked about may newly use it."),
        n if n == answer.cells.len() => {
            format!("Nothing excludes {id}: every workload asked about may use it.")
        }
        _ => format!("{id} is excluded for some users and open to others."),
    };
    let mut grid = Grid::new(heading, &["workload", "for", "may use it", ">today", ">in the best plan"]);
    for group in &answer.groups {
        let verdict =
            if group.eligible { "yes".to_owned() } else { format!("no: {}", group.reasons.join("; ")) };
        grid.row([
            group.workload.clone(),
            some_users(group.users.as_ref()),
            verdict,
            percent(group.share_today),
            group.share_planned.map_or_else(|| "not planned".to_owned(), percent),
        ]);
    }
    grid.note(
        "Shares are of the demand of these users. An offer in use today may stay, even where it may not be newly used.",
    );
    grid
}

fn would_cost(answer: &WhyAnswer, forced: &ForcedPlan) -> Grid {
    let whose = match &answer.workload {
        Some(workload) => format!("the demand of {workload}"),
        None => "all demand".to_owned(),
    };
    let what = format!("{} of {whose} to {}", percent(forced.share), answer.offer);
    match &forced.plan {
        Some(plan) => comparison(answer, forced, plan, &what),
        None if forced.conflict_proof.is_none() => {
            let planned = percent(forced.share_planned);
            Grid::new(format!("The best plan already gives it {planned} of {whose}."), &[])
        }
        None => conflict(forced, &what),
    }
}

fn comparison(answer: &WhyAnswer, forced: &ForcedPlan, plan: &CostAndRisk, what: &str) -> Grid {
    let mut grid = Grid::new(
        format!("Cost and risk of giving {what}"),
        &["figure", ">best plan", ">with it", ">change"],
    );
    let mut row = |name: &str, of: fn(&CostAndRisk) -> Option<f64>| {
        let figures = [of(&forced.best), of(plan)].map(|x| x.map_or_else(|| ABSENT.to_owned(), amount));
        let change = forced.change.as_ref().and_then(of).map_or_else(|| ABSENT.to_owned(), amount_change);
        let [before, after] = figures;
        grid.row([name.to_owned(), before, after, change]);
    };
    row(&format!("planned cost a month, {CODE}"), |f| Some(f.monthly_cost_usd));
    row(&format!("average annual loss (AAL), {CODE}"), |f| Some(f.aal_usd));
    row(&format!("mean loss of the worst years (CVaR), {CODE}"), |f| Some(f.cvar_usd));
    row(&format!("cost plus weighted loss over the horizon, {CODE}"), |f| f.objective_usd);
    if let Some(change_usd) = forced.change.and_then(|change| change.objective_usd) {
        grid.note(verdict(change_usd, forced.tolerance_usd.unwrap_or_default()));
    }
    if forced.share_planned > 0.0 {
        grid.note(format!("The best plan already gives it {}.", percent(forced.share_planned)));
    }
    grid.note(if forced.in_the_way.is_empty() {
        "No limit stands in its way that does not hold the best plan back as well.".to_owned()
    } else {
        format!("Limits that stand in its way: {}.", forced.in_the_way.join(", "))
    });
    grid.note(format!(
        "Both plans are made on the same {}; everything else may change.",
        chosen_of(forced.planned_trials, answer.trials, answer.horizon_days)
    ));
    grid
}

fn conflict(forced: &ForcedPlan, what: &str) -> Grid {
    let sentences = [format!("No plan can give {what}"), format!("No plan was found that gives {what}")];
    without_plan(sentences.each_ref().map(String::as_str), &forced.conflict, forced.conflict_proof.as_ref())
}

fn verdict(change_usd: f64, tolerance_usd: f64) -> String {
    if change_usd > tolerance_usd {
        return format!(
            "It is not in the plan because it would raise cost plus weighted loss by {CODE} {}.",
            amount(change_usd)
        );
    }
    let verb = if change_usd < 0.0 { "lower" } else { "raise" };
    format!(
        "It would {verb} cost plus weighted loss by {CODE} {}. That is within the tolerance of the search ({CODE} {}), so it may \
         be as good as what is in the plan.",
        amount(change_usd.abs()),
        amount(tolerance_usd)
    )
}
