//! Where supply comes from, and from where else it could come: powers in use, superpowers against middle powers, new suppliers.

use super::ColumnKind::{Amount, Count, Number, Share, Text};
use super::{TypedTable, TypedValue, count, number, text};
use crate::report::answer::diversify::{DiversifyAnswer, NewSourceAnswer, PowersAnswer};
use crate::report::answer::powers::PowerInUseAnswer;
use crate::report::answer::results::ResultsAnswer;
use crate::report::figures::percent;
use crate::report::money::money;
use crate::report::tables::diversify::{from, verdict, way};

/// Rows of these tables on paper.
const PRINTED: usize = 6;

/// Superpowers and middle powers behind models and hosts.
#[must_use]
pub fn powers_in_use(results: &ResultsAnswer) -> TypedTable {
    let table = TypedTable::new(
        "PowersInUse",
        "Powers behind the models and hosts in use",
        &[
            ("jurisdiction", Text),
            ("standing", Text),
            ("strength", Number(2)),
            ("rank", Text),
            ("value on its models today", Share),
            ("with the plan", Share),
            ("value on its hosts today", Share),
            ("hosts with the plan", Share),
        ],
    );
    let row = |power: &PowerInUseAnswer| {
        vec![
            text(&power.name),
            text(power.standing.replace('_', " ")),
            number(power.strength),
            rank(power),
            number(power.today.models),
            number(power.plan.map(|plan| plan.models)),
            number(power.today.hosts),
            number(power.plan.map(|plan| plan.hosts)),
        ]
    };
    table
        .printed(PRINTED)
        .rows(results.powers.iter().map(row))
        .says(powers_say(&results.powers))
        .note(
            "Strength: of all enablers of generative AI, 1 is the highest figure of the set. Rank: in parentheses under other weights and with \
             each indicator left out; ranks in one band cannot be told apart. Machines of the company count where its headquarters are.",
        )
}

fn rank(power: &PowerInUseAnswer) -> TypedValue {
    let Some((rank, best, worst)) = power.rank.zip(power.rank_best).zip(power.rank_worst).map(flat) else {
        return TypedValue::Absent;
    };
    text(if best == worst { rank.to_string() } else { format!("{rank} ({best} to {worst})") })
}

fn flat(((a, b), c): ((u64, u64), u64)) -> (u64, u64, u64) {
    (a, b, c)
}

/// How much runs on models of middle powers, today and with the plan.
fn powers_say(powers: &[PowerInUseAnswer]) -> String {
    let share = |standing: &str, of: &dyn Fn(&PowerInUseAnswer) -> Option<f64>| {
        let own = powers.iter().filter(|power| power.standing == standing);
        own.map(of).try_fold(0.0, |sum, share| share.map(|share| sum + share))
    };
    let told = |standing: &str| {
        let today = share(standing, &|power| Some(power.today.models)).unwrap_or_default();
        let plan = share(standing, &|power| power.plan.map(|plan| plan.models));
        let plan = plan.filter(|_| powers.iter().any(|power| power.plan.is_some()));
        let then = plan.map_or_else(String::new, |plan| format!(" today, {} with the plan", percent(plan)));
        format!("{}{then}", percent(today))
    };
    format!(
        "Value on models of superpowers: {}; of middle powers: {}.",
        told("superpower"),
        told("middle_power")
    )
}

/// New supply from superpowers, from middle powers, from both.
#[must_use]
pub fn superpowers_or_middle_powers(results: &ResultsAnswer) -> TypedTable {
    let answer = &results.diversify;
    let table = TypedTable::new(
        "NewSupply",
        "New supply: superpowers only, or middle powers too?",
        &[
            ("new supply from", Text),
            ("value it may serve", Share),
            ("best addition", Text),
            ("average annual loss", Amount),
            ("mean loss of the worst years", Amount),
            ("cost over the horizon", Amount),
        ],
    );
    let today = vec![
        text("nothing: today"),
        TypedValue::Absent,
        TypedValue::Absent,
        number(answer.today.aal_usd),
        number(answer.today.cvar_usd),
        TypedValue::Absent,
    ];
    let row = |row: &PowersAnswer| {
        vec![
            text(from(row)),
            number(row.value_share),
            text(row.addition.as_deref().unwrap_or("nothing qualifies")),
            number(row.aal_usd),
            number(row.cvar_usd),
            number(row.cost_usd),
        ]
    };
    table
        .rows(std::iter::once(today).chain(answer.powers.iter().map(row)))
        .says(verdict(answer))
        .note("One addition to today's allocation, a tenth of the demand or a warm standby, on its own simulated years; the plan combines many.")
}

/// Suppliers not in use that take most risk away for their cost.
#[must_use]
pub fn new_suppliers(results: &ResultsAnswer) -> TypedTable {
    let answer = &results.diversify;
    let table = TypedTable::new(
        "NewSuppliers",
        "Suppliers not in use that take most risk away for their cost",
        &[
            ("supplier", Text),
            ("country", Text),
            ("standing", Text),
            ("workloads", Count),
            ("value it may serve", Share),
            ("fails with today's, correlation", Number(2)),
            ("added as", Text),
            ("worst years, more or less", Amount),
            ("cost over the horizon", Amount),
        ],
    );
    let row = |source: &&NewSourceAnswer| {
        vec![
            text(format!("{} {}", source.kind, source.name)),
            text(&source.jurisdiction),
            text(source.standing.replace('_', " ")),
            count(source.workloads),
            number(source.value_share),
            number(source.correlation),
            text(way(source.add.as_deref())),
            number(source.cvar_change_usd),
            number(source.cost_usd),
        ]
    };
    let first = useful(answer);
    table
        .printed(PRINTED)
        .rows(first.iter().map(row))
        .says(suppliers_say(answer, &first))
        .note("Each is added to today's allocation wherever it qualifies. Sources with the same offers are listed once.")
}

/// Those that qualify for something, without those that have the same offers as an earlier one.
fn useful(answer: &DiversifyAnswer) -> Vec<&NewSourceAnswer> {
    let sources = answer.sources.iter();
    sources.filter(|source| source.add.is_some() && source.same_offers_as.is_none()).collect()
}

fn suppliers_say(answer: &DiversifyAnswer, useful: &[&NewSourceAnswer]) -> String {
    let takes = |source: &&&NewSourceAnswer| source.cvar_change_usd.is_some_and(|change| change < -0.5);
    match useful.first().filter(takes) {
        None => format!("None of {} suppliers that are not in use takes risk away.", answer.sources.len()),
        Some(best) => format!(
            "For its cost, {} takes most away: {} off the loss of the worst years.",
            best.name,
            money(-best.cvar_change_usd.unwrap_or_default())
        ),
    }
}
