//! `compare` as tables, and as a comment for a pull request.

use super::SHOWN;
use crate::report::answer::compare::words::quantity;
use crate::report::answer::compare::{
    AttributedAnswer, AttributionAnswer, ChangedFigureAnswer, CompareAnswer, FailRuleAnswer,
    InputChangeAnswer,
};
use crate::report::figures::{count, counted, number, percent, usd, usd_change};
use crate::report::grid::{Grid, code_span, escaped};
use crate::report::since::altered;

/// Groups of inputs as they are called in tables, by their word.
const GROUPS: [(&str, &str); 7] = [
    ("demand", "demand"),
    ("allocation", "allocation and standby"),
    ("contracts", "contracts and readiness"),
    ("catalog", "catalog: offers, prices, models, rules"),
    ("shocks", "shocks and their rates"),
    ("method", "method and settings"),
    ("noise", "sampling: seed and trials"),
];

/// What stands for inputs that have no effect on the figures.
const WITHOUT_EFFECT: &str = "no effect on these figures";

/// Changes of inputs in a comment.
const SHOWN_IN_COMMENT: usize = 8;

fn group_name(word: &str) -> &str {
    GROUPS.iter().find(|(own, _)| *own == word).map_or(word, |(_, name)| name)
}

/// The answer in a sentence, figures with the parts of their change, the inputs that differ, the rules of `--fail-on`.
#[must_use]
pub fn compare(answer: &CompareAnswer) -> Vec<Grid> {
    let mut grids = vec![Grid::new(sentence(answer), &[])];
    match &answer.attribution {
        Some(attribution) => grids.push(parts(answer, attribution)),
        None => grids.push(figures(answer)),
    }
    grids.extend(answer.inputs.as_ref().and_then(|inputs| changed_inputs(inputs)));
    grids.extend(rules(answer));
    grids
}

/// What happened to the three figures, and what most of it comes from.
fn sentence(answer: &CompareAnswer) -> String {
    let figures = &answer.figures;
    let moved = [
        ("the monthly cost", &figures.monthly_cost_usd),
        ("the average annual loss", &figures.aal_usd),
        ("the mean of the worst 5 % of years", &figures.cvar_usd),
    ];
    if moved.iter().all(|(_, figure)| figure.change.abs() < 0.005) {
        let inputs = match &answer.inputs {
            Some(inputs) if inputs.is_empty() => ": no input differs",
            Some(_) => ", although inputs differ",
            None => "",
        };
        return format!("Cost and risk are the same{inputs}.");
    }
    let told: Vec<String> = moved.iter().map(|(name, figure)| movement(name, figure)).collect();
    let mut text = format!("{}.", told.join("; "));
    text[..1].make_ascii_uppercase();
    if let Some(attribution) = &answer.attribution {
        let main = |figure: &AttributedAnswer| {
            let parts = figure.parts.list();
            let most = parts.into_iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()).then(b.0.cmp(a.0)));
            most.filter(|part| part.1.abs() >= 0.5).map(|part| group_name(part.0))
        };
        let (cost, risk) = (main(&attribution.monthly_cost_usd), main(&attribution.cvar_usd));
        match (cost, risk) {
            (Some(cost), Some(risk)) if cost == risk => {
                text.push_str(&format!(" The largest part of both comes from {cost}."));
            }
            _ => {
                text.extend(cost.map(|cost| format!(" The largest part of the cost comes from {cost}.")));
                text.extend(risk.map(|risk| format!(" The largest part of the risk comes from {risk}.")));
            }
        }
    }
    text
}

fn movement(name: &str, figure: &ChangedFigureAnswer) -> String {
    if figure.change.abs() < 0.005 {
        return format!("{name} stays at USD {}", usd(figure.to));
    }
    let verb = if figure.change > 0.0 { "rises" } else { "falls" };
    let relative = if figure.from > 0.0 {
        format!(" ({})", signed_percent(figure.change / figure.from))
    } else {
        String::new()
    };
    format!("{name} {verb} from USD {} to USD {}{relative}", usd(figure.from), usd(figure.to))
}

fn signed_percent(part: f64) -> String {
    format!("{}{}", if part < 0.0 { "-" } else { "+" }, percent(part.abs()))
}

/// Whole USD with separators.
fn whole(amount: f64) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    format!("{sign}{}", count(amount.abs() as u64))
}

fn whole_change(amount: f64) -> String {
    match amount {
        _ if amount == 0.0 => "0".to_owned(),
        _ if amount > 0.0 => format!("+{}", whole(amount)),
        _ => whole(amount),
    }
}

/// Before, parts and after in whole USD that a reader can add: what is shown of a part is the difference of two rounded running
/// sums, so it is within 1 USD of the part.
fn rounded(figure: &AttributedAnswer) -> (f64, [f64; 7], f64) {
    let mut sum = figure.from;
    let parts = figure.parts.list().map(|(_, usd)| {
        let before = sum.round();
        sum += usd;
        sum.round() - before
    });
    (figure.from.round(), parts, sum.round())
}

fn parts(answer: &CompareAnswer, attribution: &AttributionAnswer) -> Grid {
    let mut grid = Grid::new(
        "What changed the figures?",
        &["", ">cost a month, USD", ">average annual loss, USD", ">worst 5 % of years, USD"],
    );
    let figures = [&attribution.monthly_cost_usd, &attribution.aal_usd, &attribution.cvar_usd];
    let shown = figures.map(rounded);
    let row = |name: &str, cells: [String; 3]| {
        let [cost, aal, cvar] = cells;
        [name.to_owned(), cost, aal, cvar]
    };
    grid.row(row("before", [0, 1, 2].map(|nth| whole(shown[nth].0))));
    let differing: Vec<&str> = answer.inputs.iter().flatten().filter_map(|i| i.group.as_deref()).collect();
    for (nth, (word, name)) in GROUPS.iter().enumerate() {
        if differing.contains(word) || shown.iter().any(|figure| figure.1[nth] != 0.0) {
            grid.row(row(name, [0, 1, 2].map(|figure: usize| whole_change(shown[figure].1[nth]))));
        }
    }
    grid.row(row("after", [0, 1, 2].map(|nth| whole(shown[nth].2))));
    notes(answer, &mut grid);
    if attribution.worlds > 2 {
        grid.note(format!(
            "Each part is the mean over all orders in which the groups can change; {} mixtures of the two were simulated.",
            count(attribution.worlds as u64)
        ));
    }
    grid
}

fn figures(answer: &CompareAnswer) -> Grid {
    let mut grid = Grid::new("What changed?", &["figure", ">before", ">after", ">change"]);
    for (name, figure) in [
        ("cost a month, USD", &answer.figures.monthly_cost_usd),
        ("average annual loss, USD", &answer.figures.aal_usd),
        ("mean of the worst 5 % of years, USD", &answer.figures.cvar_usd),
    ] {
        grid.row([name.to_owned(), usd(figure.from), usd(figure.to), usd_change(figure.change)]);
    }
    notes(answer, &mut grid);
    grid
}

/// Capability, how sure the change is, and what does not fit.
fn notes(answer: &CompareAnswer, grid: &mut Grid) {
    if let Some(points) = &answer.figures.capability_points {
        grid.note(if points.change.abs() < 0.05 {
            format!("Capability stays at {} points.", number(points.to))
        } else {
            format!("Capability: {} points before, {} after.", number(points.from), number(points.to))
        });
    }
    for note in remarks(answer) {
        grid.note(note);
    }
}

/// How sure the change is, and what does not fit.
fn remarks(answer: &CompareAnswer) -> Vec<String> {
    let mut notes = Vec::new();
    let draws = &answer.draws;
    if draws.from == draws.to {
        let intervals: Vec<String> =
            [("average annual loss", &answer.figures.aal_usd), ("worst 5 %", &answer.figures.cvar_usd)]
                .iter()
                .filter_map(|(name, figure)| {
                    let (low, high) = figure.low.zip(figure.high)?;
                    (figure.change.abs() >= 0.005)
                        .then(|| format!("{name} {} to {}", usd_change(low), usd_change(high)))
                })
                .collect();
        let years = counted(usize::try_from(draws.from.trials).unwrap_or(usize::MAX), "simulated year");
        let mut text = format!("Both on the same {years}, seed {}", draws.from.seed);
        if !intervals.is_empty() {
            text.push_str(&format!(
                "; 95 % interval of the change, sampling error only: {}",
                intervals.join(", ")
            ));
        }
        notes.push(format!("{text}."));
    } else {
        notes.push(format!(
            "Before: {} simulated years, seed {}; after: {}, seed {}.",
            count(draws.from.trials),
            draws.from.seed,
            count(draws.to.trials),
            draws.to.seed
        ));
    }
    notes.extend(answer.unattributed.iter().map(|reason| format!("No attribution: {reason}.")));
    notes.extend(altered(answer));
    for found in &answer.recorded {
        let side = if found.side == "from" { "before" } else { "after" };
        notes.push(format!(
            "{} of {side} was recorded as USD {} and comes out as USD {} now: another version of the program, or of the catalog \
             inside it.",
            found.figure,
            quantity((found.recorded * 100.0).round() / 100.0),
            quantity(found.computed)
        ));
    }
    notes
}

/// Inputs that differ, at most [`SHOWN`] of each group, what is in use first.
fn changed_inputs(inputs: &[InputChangeAnswer]) -> Option<Grid> {
    if inputs.is_empty() {
        return None;
    }
    let mut grid = Grid::new("Which inputs differ?", &["part", "input"]);
    for group in inputs.chunk_by(|a, b| a.group == b.group) {
        let name = group[0].group.as_deref().map_or(WITHOUT_EFFECT, group_name);
        for (nth, change) in group.iter().take(SHOWN).enumerate() {
            grid.row([if nth == 0 { name.to_owned() } else { String::new() }, change.sentence.clone()]);
        }
        if group.len() > SHOWN {
            let left: Vec<&InputChangeAnswer> = group.iter().skip(SHOWN).collect();
            let used = left.iter().filter(|change| change.is_used).count();
            let in_use =
                if used == 0 { "none of them in use".to_owned() } else { format!("{used} of them in use") };
            grid.row([String::new(), format!("and {} more, {in_use}", left.len())]);
        }
    }
    grid.note("All of them: --format csv --table inputs.");
    Some(grid)
}

fn rules(answer: &CompareAnswer) -> Option<Grid> {
    if answer.fail_on.is_empty() {
        return None;
    }
    let mut grid = Grid::new("May the figures move so far?", &["=rule", ">change", ">allowed", "verdict"]);
    for rule in &answer.fail_on {
        let [change, allowed] = amounts(rule);
        grid.row([rule.rule.clone(), change, allowed, verdict(rule).to_owned()]);
    }
    Some(grid)
}

fn verdict(rule: &FailRuleAnswer) -> &'static str {
    if rule.exceeded { "exceeded" } else { "kept" }
}

/// Change and what is allowed, in USD or points.
fn amounts(rule: &FailRuleAnswer) -> [String; 2] {
    let sign = if rule.rule.contains('-') { -1.0 } else { 1.0 };
    if rule.rule.starts_with("capability") {
        let points = |x: f64| format!("{}{} points", if x < 0.0 { "-" } else { "+" }, number(x.abs()));
        return [points(rule.change), points(sign * rule.allowed)];
    }
    [rule.change, sign * rule.allowed].map(|x| format!("USD {}", usd_change(x)))
}

/// A comment for a pull request: a table of the figures, and a list of what matters.
#[must_use]
pub fn comment(answer: &CompareAnswer) -> String {
    let mut out = format!(
        "### {} → {}\n\n{}\n\n",
        code_span(&answer.from),
        code_span(&answer.to),
        escaped(&sentence(answer))
    );
    let figures = &answer.figures;
    let attribution = answer.attribution.as_ref();
    let mut grid = Grid::new("", &["figure", ">before", ">after", ">change", "mostly from"]);
    for (name, figure, attributed) in [
        ("cost a month, USD", &figures.monthly_cost_usd, attribution.map(|a| &a.monthly_cost_usd)),
        ("average annual loss, USD", &figures.aal_usd, attribution.map(|a| &a.aal_usd)),
        ("mean of the worst 5 % of years, USD", &figures.cvar_usd, attribution.map(|a| &a.cvar_usd)),
    ] {
        let mut parts: Vec<(&str, f64)> = attributed.map(|a| a.parts.list().to_vec()).unwrap_or_default();
        parts.retain(|part| part.1.abs() >= 0.5);
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let mostly: Vec<String> =
            parts.iter().take(3).map(|(word, amount)| format!("{word} {}", usd_change(*amount))).collect();
        grid.row([
            name.to_owned(),
            usd(figure.from),
            usd(figure.to),
            usd_change(figure.change),
            mostly.join(", "),
        ]);
    }
    if let Some(points) = &figures.capability_points {
        let change = if points.change.abs() < 0.05 {
            "±0".to_owned()
        } else {
            quantity((points.change * 10.0).round() / 10.0)
        };
        grid.row([
            "capability, points".to_owned(),
            number(points.from),
            number(points.to),
            change,
            String::new(),
        ]);
    }
    out.push_str(&grid.to_markdown());
    for rule in &answer.fail_on {
        let [change, allowed] = amounts(rule);
        out.push_str(&format!(
            "- {} **{}**: {change}, allowed {allowed}\n",
            code_span(&rule.rule),
            verdict(rule)
        ));
    }
    let told: Vec<&InputChangeAnswer> =
        answer.inputs.iter().flatten().filter(|change| change.is_used && change.group.is_some()).collect();
    for change in told.iter().take(SHOWN_IN_COMMENT) {
        out.push_str(&format!("- {}\n", escaped(&change.sentence)));
    }
    let left = answer.inputs.as_ref().map_or(0, Vec::len) - told.len().min(SHOWN_IN_COMMENT);
    if left > 0 {
        out.push_str(&format!("- and {} of inputs\n", counted(left, "more change")));
    }
    for remark in remarks(answer) {
        out.push_str(&format!("\n{}\n", escaped(&remark)));
    }
    out
}
