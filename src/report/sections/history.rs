//! What changed since the last report, and why.

use super::ColumnKind::{Amount, Number, Text};
use super::{ReportSection, TypedTable, TypedValue, number, text};
use crate::report::answer::compare::{ChangedFigureAnswer, CompareAnswer};
use crate::report::answer::results::ResultsAnswer;
use crate::report::since::{NOTHING_EARLIER, altered, counts_as, part_words, sentence, unused};

pub(super) fn history(results: &ResultsAnswer) -> ReportSection {
    let (says, tables) = match &results.compare {
        None => (vec![NOTHING_EARLIER.to_owned()], Vec::new()),
        Some(compare) => {
            let says =
                [Some(sentence(compare)), altered(compare), compare.unattributed.clone(), unused(compare)];
            let tables = [figures(compare), capability(compare), parts(compare), inputs(compare)];
            let tables = tables.into_iter().filter(|table| !table.rows.is_empty());
            (says.into_iter().flatten().collect(), tables.collect())
        }
    };
    ReportSection { number: 2, title: "Changes since the last report", says, tables }
}

fn figures(compare: &CompareAnswer) -> TypedTable {
    let table = TypedTable::new(
        "ThenAndNow",
        "Today's allocation, then and now",
        &[
            ("figure", Text),
            ("then", Amount),
            ("now", Amount),
            ("change", Amount),
            ("low", Amount),
            ("high", Amount),
        ],
    );
    let row = |name: &str, changed: &ChangedFigureAnswer| {
        let ChangedFigureAnswer { from, to, change, low, high } = *changed;
        let values = [Some(from), Some(to), Some(change), low, high].map(number);
        std::iter::once(text(name)).chain(values).collect::<Vec<TypedValue>>()
    };
    let of = &compare.figures;
    table
        .rows([
            row("planned cost a month", &of.monthly_cost_usd),
            row("average annual loss", &of.aal_usd),
            row("mean loss of the worst 5 % of years", &of.cvar_usd),
        ])
        .note("Low and high: 95 % interval of the change, on the same simulated years.")
}

fn capability(compare: &CompareAnswer) -> TypedTable {
    let table = TypedTable::new(
        "CapabilityThenAndNow",
        "Mean capability of all demand, then and now",
        &[("then, points", Number(0)), ("now, points", Number(0))],
    );
    let points = compare.figures.capability_points.iter().filter(|points| points.change.abs() >= 0.5);
    table.rows(points.map(|points| vec![number(points.from), number(points.to)]))
}

fn parts(compare: &CompareAnswer) -> TypedTable {
    let table = TypedTable::new(
        "PartsOfTheChange",
        "What each group of changes adds",
        &[
            ("changes of", Text),
            ("cost a month", Amount),
            ("average annual loss", Amount),
            ("mean loss of the worst years", Amount),
        ],
    );
    let Some(found) = &compare.attribution else { return table };
    let [cost, aal, cvar] =
        [&found.monthly_cost_usd, &found.aal_usd, &found.cvar_usd].map(|figure| figure.parts.list());
    let moved = |nth: &usize| [&cost, &aal, &cvar].iter().any(|parts| parts[*nth].1 != 0.0);
    let row = |nth: usize| {
        vec![text(part_words(cost[nth].0)), number(cost[nth].1), number(aal[nth].1), number(cvar[nth].1)]
    };
    table.whole().rows((0..cost.len()).filter(moved).map(row)).note(
        "The parts add up to the change. Each is the mean over all orders in which the groups can change.",
    )
}

fn inputs(compare: &CompareAnswer) -> TypedTable {
    let table = TypedTable::new(
        "ChangedInputs",
        "Inputs in use that differ",
        &[("what differs", Text), ("counts as", Text), ("then", Text), ("now", Text)],
    );
    let mut used: Vec<_> = compare.inputs.iter().flatten().filter(|input| input.is_used).collect();
    // Stable: what moves a figure first.
    used.sort_by_key(|input| input.group.is_none());
    table.rows(used.into_iter().map(|input| {
        let value = |value: &Option<String>| super::or_absent(value.as_deref());
        vec![
            text(&input.sentence),
            text(counts_as(input.group.as_deref())),
            value(&input.from),
            value(&input.to),
        ]
    }))
}
