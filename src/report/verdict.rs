//! The planner's answer in sentences.

use super::answer::changes::ChangedWorkload;
use super::answer::ladder::{RungAnswer, RungWord, first_step};
use super::answer::moves::StandbyWord;
use super::answer::optimize::OptimizeAnswer;
use super::answer::plans::PlanFigures;
use super::answer::results::ResultsAnswer;
use crate::planning::outcome::Status;
use crate::report::figures::{count, counted, decimal, level, number, percent};
use crate::report::money::{CODE, amount, amount_change, money};
use crate::units::{DAYS_PER_YEAR, MONTHS_PER_YEAR};

/// What to do, in two sentences.
#[must_use]
pub fn verdict(answer: &OptimizeAnswer) -> String {
    match (answer.status, answer.recommended()) {
        (Status::Infeasible, _) if answer.is_without_offers() => {
            let demands: Vec<&str> = answer.conflict.iter().map(|member| member.what.as_str()).collect();
            format!("There is no plan: no offer meets what is demanded ({}).", demands.join("; "))
        }
        (Status::Infeasible, _) if answer.is_conflict_proven() => {
            "No plan keeps all limits: they cannot hold together, so none is recommended.".to_owned()
        }
        (Status::Infeasible, _) => {
            "No plan was found that keeps all limits, so none is recommended.".to_owned()
        }
        (_, Some(plan)) => match first_step(&answer.ladder) {
            Some(steps) => in_two_steps(steps, answer.confidence_level),
            None => format!("{} {}", change(answer), effect(answer, plan)),
        },
        _ => "Keep today's allocation: no better plan that keeps the limits was found.".to_owned(),
    }
}

/// A difference below this reads as none, USD.
const LEAST_USD: f64 = 0.5;
/// Beyond this a change is as good as never paid back: 10 years.
const MAX_PAYBACK_MONTHS: f64 = 10.0 * MONTHS_PER_YEAR;
/// Workloads of a first step that are named.
const NAMED: usize = 5;

/// Part of the loss in the worst years that the rest must take away to be worth a word where it does not pay back.
const WORTH_A_WORD: f64 = 0.1;

/// The first step, before what the rest would add. All is measured on the new trials. `confidence_level`: from which the worst
/// years begin.
fn in_two_steps([today, first, all]: [&RungAnswer; 3], confidence_level: f64) -> String {
    let figures = |rung: &RungAnswer| rung.figures.out_of_sample;
    let names = match first.workloads.len() {
        n if n <= NAMED => listed(&first.workloads),
        n => counted(n, "workload"),
    };
    let changed = match first.rung {
        RungWord::Standbys => format!("the standbys of {names}"),
        RungWord::Hosts => format!("{names}, at hosts in use only"),
        _ => names,
    };
    let moved = match percent(first.turnover).as_str() {
        "0 %" => "keeps all shares".to_owned(),
        share => format!("moves {share} of demand"),
    };
    let broken = match first.limits_broken.len().saturating_sub(all.limits_broken.len()) {
        0 => String::new(),
        n => format!(" It leaves {} broken that the whole plan keeps.", counted(n, "limit")),
    };
    let monthly = |from: &RungAnswer, to: &RungAnswer| match figures(to).monthly_cost_usd
        - figures(from).monthly_cost_usd
    {
        none if none.abs() < LEAST_USD => "nothing more a month".to_owned(),
        change => format!("{} a month {}", money(change.abs()), more_or_less(change)),
    };
    let cash = if first.cash_usd < LEAST_USD { "nothing".to_owned() } else { money(first.cash_usd) };
    let once = match all.cash_usd - first.cash_usd {
        none if none.abs() < LEAST_USD => "nothing once".to_owned(),
        more => format!("{} once {}", money(more.abs()), more_or_less(more)),
    };
    let rest_usd = all.cash_usd - first.cash_usd;
    let rest_months = all.payback_months_after(first);
    let sooner = match first.payback_months.zip(rest_months) {
        Some((own, rest)) if rest < own => " That is sooner than the first step, so schedule both now.",
        _ => "",
    };
    let (before, after) = (figures(first).cvar_usd, figures(all).cvar_usd);
    let pays_back = rest_usd < LEAST_USD || rest_months.is_some_and(|months| months <= MAX_PAYBACK_MONTHS);
    let worst_years = if pays_back || before - after <= WORTH_A_WORD * before {
        String::new()
    } else {
        format!(
            " What no payback counts: in the worst {} of years the mean loss would be {} instead of {}.",
            percent(1.0 - confidence_level),
            money(after),
            money(before),
        )
    };
    format!(
        "First change {changed}: this {moved}, and the average annual loss falls from {} to {}, for {} and {} once{}.{broken} \
         The whole plan changes {} and moves {} of demand; beyond the first step the average annual loss would {} by {}, for {} and \
         {once}{}.{sooner}{worst_years}",
        money(figures(today).aal_usd),
        money(figures(first).aal_usd),
        monthly(today, first),
        cash,
        paid_back(first.cash_usd, first.payback_months),
        counted(all.workloads.len(), "workload"),
        percent(all.turnover),
        if figures(all).aal_usd > figures(first).aal_usd { "rise" } else { "fall" },
        money((figures(all).aal_usd - figures(first).aal_usd).abs()),
        monthly(first, all),
        paid_back(rest_usd, rest_months),
    )
}

/// When lower cost and loss have paid for a change: `, paid back in 3.8 months by lower cost and loss`; nothing where it costs nothing.
fn paid_back(cash_usd: f64, months: Option<f64>) -> String {
    match months {
        _ if cash_usd < LEAST_USD => String::new(),
        Some(months) if months <= MAX_PAYBACK_MONTHS => {
            format!(", paid back in {} months by lower cost and loss", decimal(months, 1))
        }
        Some(_) => ", which lower cost and loss do not pay back in 10 years".to_owned(),
        None => ", which lower cost and loss never pay back".to_owned(),
    }
}

/// Why the whole plan is worse than its first step in the worst years, where on new trials it is; `None` elsewhere.
#[must_use]
pub fn worse_tail(answer: &OptimizeAnswer) -> Option<String> {
    let [_, _, all] = answer.recommended().and_then(|_| first_step(&answer.ladder))?;
    let over = all.cvar_over_recommended_usd.as_ref().filter(|over| over.value > LEAST_USD)?;
    let error = over.low.zip(over.high).map_or_else(String::new, |(low, high)| {
        let verdict =
            if low <= 0.0 { "sampling error alone can explain it" } else { "more than sampling error" };
        format!(" (95 % interval {} to {}: {verdict})", amount_change(low), amount_change(high))
    });
    Some(format!(
        "In the worst {} of the new simulated years the whole plan loses {} more on average than its first step{error}: it was made on \
         other simulated years, and it weighs this loss against cost and the average loss.",
        percent(1.0 - answer.confidence_level),
        money(over.value),
    ))
}

/// The rung of hosts in use where everything stays at them, so that both rungs are one plan.
#[must_use]
pub fn hosts_as_everything(rungs: &[RungAnswer]) -> Option<&RungAnswer> {
    let (hosts, all) = rungs.iter().find(|rung| rung.rung == RungWord::Hosts).zip(rungs.last())?;
    let is_one = !all.changes.is_empty() && hosts.changes == all.changes && hosts.figures == all.figures;
    is_one.then_some(hosts)
}

/// Why a rung is recommended that is neither the knee nor everything, whether two rungs are one plan, and why a rung loses more
/// than today. `words` names a rung.
#[must_use]
pub fn reasons(rungs: &[RungAnswer], words: impl Fn(&RungAnswer) -> String) -> Vec<String> {
    let (Some(today), Some(all)) = (rungs.first(), rungs.last()) else { return Vec::new() };
    let smaller_knee = rungs.iter().find(|rung| rung.is_knee && rung.workloads.len() < all.workloads.len());
    let usual = smaller_knee.unwrap_or(all);
    let mut reasons = Vec::new();
    if let Some([_, first, _]) = first_step(rungs).filter(|[_, first, _]| *first != usual) {
        let cost = |rung: &RungAnswer| money(rung.figures.out_of_sample.monthly_cost_usd);
        reasons.push(format!(
            "\u{201c}{}\u{201d} is recommended rather than \u{201c}{}\u{201d}: it needs {} in cash instead of {}, costs {} a month instead \
             of {}, and leaves an average annual loss of {} instead of {}.",
            words(first),
            words(usual),
            money(first.cash_usd),
            money(usual.cash_usd),
            cost(first),
            cost(usual),
            money(first.figures.out_of_sample.aal_usd),
            money(usual.figures.out_of_sample.aal_usd),
        ));
    }
    if let Some(hosts) = hosts_as_everything(rungs) {
        reasons.push(format!(
            "\u{201c}{}\u{201d} and \u{201c}{}\u{201d} are one plan: it needs no new host.",
            words(hosts),
            words(all),
        ));
    }
    let loss = |rung: &RungAnswer| rung.figures.out_of_sample.aal_usd;
    for rung in rungs.iter().skip(1).filter(|rung| loss(rung) > loss(today) + LEAST_USD) {
        let kept: Vec<&str> = today
            .limits_broken
            .iter()
            .map(String::as_str)
            .filter(|name| !rung.limits_broken.iter().any(|own| own == name))
            .collect();
        let why = match kept.as_slice() {
            [] => "it was chosen on other simulated years".to_owned(),
            [one] => format!("it keeps the limit {one}, which today breaks"),
            more => format!("it keeps {} that today breaks", counted(more.len(), "limit")),
        };
        reasons.push(format!("\u{201c}{}\u{201d} loses more than today: {why}.", words(rung)));
    }
    reasons
}

fn more_or_less(change_usd: f64) -> &'static str {
    if change_usd < 0.0 { "less" } else { "more" }
}

/// What changes: `Keep all suppliers; add 16 standbys.`
fn change(answer: &OptimizeAnswer) -> String {
    let mut parts = standby_changes(&answer.changes);
    let moved = percent(answer.turnover.unwrap_or_default());
    if moved == "0 %" {
        return match parts.is_empty() {
            true => "Keep all suppliers.".to_owned(),
            false => format!("Keep all suppliers; {}.", listed(&parts)),
        };
    }
    parts.insert(0, format!("move {moved} of demand"));
    format!("Change the portfolio: {}.", listed(&parts))
}

fn standby_changes(changes: &[ChangedWorkload]) -> Vec<String> {
    let n = |change: StandbyWord, is_reserve: bool| {
        let standbys = changes.iter().flat_map(|workload| &workload.standby);
        standbys.filter(|s| s.change == change && s.is_reserve == is_reserve).count()
    };
    let parts = [
        ("add", n(StandbyWord::New, false), "standby"),
        ("add", n(StandbyWord::New, true), "reserve"),
        ("change", n(StandbyWord::Changed, false) + n(StandbyWord::Changed, true), "standby"),
        ("drop", n(StandbyWord::Dropped, false) + n(StandbyWord::Dropped, true), "standby"),
    ];
    let named = |&(verb, n, thing): &(&str, usize, &str)| match thing {
        "reserve" => format!("reserve extra capacity at {}", counted(n, "primary offer")),
        _ => format!("{verb} {}", counted(n, thing)),
    };
    parts.iter().filter(|part| part.1 > 0).map(named).collect()
}

/// `a`, `a and b`, `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// What it does to cost and risk, both measured on the new trials.
fn effect(answer: &OptimizeAnswer, plan: &PlanFigures) -> String {
    let (today, plan) = (answer.current_out_of_sample.unwrap_or(answer.current), plan.out_of_sample);
    let change_usd = plan.monthly_cost_usd - today.monthly_cost_usd;
    let cost = match change_usd {
        _ if change_usd.abs() < 0.5 => "stays the same".to_owned(),
        _ if change_usd > 0.0 => format!("rises by {CODE} {}", amount(change_usd)),
        _ => format!("falls by {CODE} {}", amount(-change_usd)),
    };
    let (before, after) = (today.aal_usd, plan.aal_usd);
    let loss = match after - before {
        change if change.abs() < 0.5 => format!("stays at {CODE} {}", amount(after)),
        change => {
            let verb = if change > 0.0 { "rises" } else { "falls" };
            format!("{verb} from {CODE} {} to {CODE} {}", amount(before), amount(after))
        }
    };
    format!("Monthly cost {cost}; the average annual loss {loss}.")
}

/// What today's allocation breaks; `None` when nothing.
#[must_use]
pub fn current_breaks(answer: &OptimizeAnswer) -> Option<String> {
    let broken = &answer.current_breaks;
    (!broken.is_empty()).then(|| {
        format!("Today's allocation breaks {}: {}.", counted(broken.len(), "limit"), broken.join(", "))
    })
}

/// How far the plan can be from the best one.
#[must_use]
pub fn proof(answer: &OptimizeAnswer) -> String {
    let basis = basis(answer);
    match (answer.status, answer.gap.zip(answer.bound_usd)) {
        (Status::Infeasible, _) if answer.is_without_offers() => {
            "Proven: these users have no offer to choose from.".to_owned()
        }
        (Status::Infeasible, _) if answer.is_conflict_proven() => {
            "Proven: the limits cannot hold together.".to_owned()
        }
        (Status::Infeasible, _) => {
            "Not proven: some limits are only checked after the search, so a feasible plan may have been missed."
                .to_owned()
        }
        (Status::Optimal, _) => format!("Proven optimal ({basis})."),
        (Status::WithinGap, Some((gap, _))) => {
            format!("Proven optimal within {} of cost plus weighted loss ({basis}).", percent(gap))
        }
        (Status::CurrentIsBest, Some((gap, _))) => format!(
            "Proven: no plan improves cost plus weighted loss by more than {} ({basis}).",
            percent(gap)
        ),
        (Status::WithinGap | Status::CurrentIsBest, None) => {
            format!("Not proven: it is not known how much better another plan could be ({basis}).")
        }
    }
}

/// The proof of a report, where the planner found an answer; it is about the whole plan, also where less is recommended.
#[must_use]
pub fn proven(results: &ResultsAnswer) -> Option<String> {
    let proof = proof(results.optimize.as_ref()?);
    Some(match results.whole_plan() {
        Some(_) => format!("{proof} This is about the whole plan, the last option."),
        None => proof,
    })
}

/// `1,000 of 4,000 simulated years, chosen to stand for all; 1,580 shortlisted pairs of 7,713`: pairs are of users and offers.
fn basis(answer: &OptimizeAnswer) -> String {
    let trials = planned_on(answer);
    let (n, all) = (answer.shortlist.pairs, answer.shortlist.of);
    if n >= all {
        return trials;
    }
    format!("{trials}; {} shortlisted pairs of users and offers of {}", count(n as u64), count(all as u64))
}

/// The trials that the plan was made on: all, or those that stand for them.
#[must_use]
pub fn planned_on(answer: &OptimizeAnswer) -> String {
    chosen_of(answer.planned_trials, answer.trials, answer.horizon_days)
}

/// All trials, or those of them that stand for all.
#[must_use]
pub fn chosen_of(planned_trials: u64, n_trials: u64, horizon_days: f64) -> String {
    let trials = simulated(n_trials, horizon_days);
    match planned_trials {
        n if n < n_trials => format!("{} of {trials}, chosen to stand for all", count(n)),
        _ => trials,
    }
}

/// Trials by what they are: `4,000 simulated years`; with another horizon, `4,000 simulated horizons of 180 days`.
#[must_use]
pub fn simulated(n_trials: u64, horizon_days: f64) -> String {
    if (horizon_days - DAYS_PER_YEAR).abs() < 0.5 {
        return format!("{} simulated years", count(n_trials));
    }
    format!("{} simulated horizons of {} days", count(n_trials), number(horizon_days))
}

/// What was minimized, in words.
#[must_use]
pub fn aim(answer: &OptimizeAnswer) -> String {
    format!(
        "The plan minimizes planned cost plus weighted loss over the horizon. Weights of the loss: {} on the average, {} \
         on the CVaR {} (mean of the worst {} of {}).",
        percent(1.0 - answer.cvar_weight),
        percent(answer.cvar_weight),
        level(answer.confidence_level),
        percent(1.0 - answer.confidence_level),
        simulated(answer.trials, answer.horizon_days),
    )
}
