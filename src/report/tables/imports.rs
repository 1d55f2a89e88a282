//! Imports as tables: what they share, and `import cyclonedx`, `import inventory` and `import usage`.

use crate::report::answer::imports::inventory::ImportInventoryAnswer;
use crate::report::answer::imports::usage::ImportUsageAnswer;
use crate::report::answer::imports::{ImportQuestionAnswer, KnownValueAnswer};
use crate::report::figures::{ABSENT, count, counted, percent};
use crate::report::grid::Grid;

/// The answer in a sentence, the questions, what the entries are, what became no workload.
#[must_use]
pub fn import_inventory(answer: &ImportInventoryAnswer) -> Vec<Grid> {
    let mut grids = vec![sentence(answer)];
    let rest = [questions(&answer.questions), uses(answer), set_aside(answer)];
    grids.extend(rest.into_iter().filter(|grid| !grid.is_empty()));
    grids
}

fn sentence(answer: &ImportInventoryAnswer) -> Grid {
    let n = |basis: &str| answer.values.iter().filter(|value| value.basis == basis).count();
    let known = answer.uses.iter().filter(|used| used.known.offer.value.is_some()).count();
    let text = format!(
        "{} from {}: {known} of {} are offers of the catalog. Of {}, {} stated, {} inferred by a rule, {} missing.",
        counted(answer.workloads.len(), "workload"),
        answer.form,
        counted(answer.uses.len(), "use"),
        counted(answer.values.len(), "value"),
        n("filled"),
        n("inferred"),
        n("missing"),
    );
    let mut grid = Grid::new(text, &[]);
    let n_unknown = answer.uses.iter().filter(|used| used.known.developer.value.is_none()).count();
    if n_unknown > 0 {
        grid.note(format!("Nobody says who developed the models of {}.", counted(n_unknown, "use")));
    }
    next_step(&mut grid, answer.portfolio_file.as_deref(), answer.questions.len());
    grid
}

/// What to do after an import.
pub(super) fn next_step(grid: &mut Grid, portfolio_file: Option<&str>, n_questions: usize) {
    match portfolio_file {
        Some(file) if n_questions == 0 => {
            grid.note(format!("The portfolio is complete: multipolar check {file}"));
        }
        Some(file) => grid.note(format!("Answer the questions in {file}, then: multipolar check {file}")),
        None => grid.note("Nothing was written: -o FILE writes the portfolio."),
    }
}

/// The questions of an import.
pub(super) fn questions(questions: &[ImportQuestionAnswer]) -> Grid {
    let columns = [">line", "=workload", "=key", "question"];
    let mut grid = Grid::new("Questions that no configuration answers", &columns);
    for question in questions {
        grid.row([
            question.line.to_string(),
            question.workload.clone().unwrap_or_else(|| "(company)".to_owned()),
            question.key.clone(),
            question.question.clone(),
        ]);
    }
    grid.note("Lines are those of the portfolio file.");
    grid
}

/// How a value is known, in words.
pub(super) fn told(evidence: &KnownValueAnswer) -> String {
    format!("{}: {}", evidence.basis, evidence.why)
}

fn uses(answer: &ImportInventoryAnswer) -> Grid {
    let mut grid =
        Grid::new("What are the entries?", &["=workload", "entry", "=role", ">share", "=offer", "known by"]);
    for used in &answer.uses {
        grid.row([
            used.workload.clone(),
            used.name.clone(),
            used.role.clone(),
            used.share.map_or_else(|| ABSENT.to_owned(), percent),
            used.known.offer.value.clone().unwrap_or_else(|| "?".to_owned()),
            told(&used.known.offer),
        ]);
    }
    grid
}

fn set_aside(answer: &ImportInventoryAnswer) -> Grid {
    let mut grid = Grid::new("Entries that are no use of a model", &["=entry", "because"]);
    for entry in &answer.set_aside {
        grid.row([entry.name.clone(), entry.reason.clone()]);
    }
    grid
}

/// The answer in a sentence, then questions, changes, and what each name of the records is.
#[must_use]
pub fn import_usage(answer: &ImportUsageAnswer) -> Vec<Grid> {
    let known = answer.records.iter().filter(|record| record.workload.value.is_some()).count();
    let text = format!(
        "{} over {}: {known} of {} are workloads of {}, and the demand of {} changes.",
        answer.form,
        counted(answer.days.round() as usize, "day"),
        counted(answer.records.len(), "name"),
        answer.portfolio,
        counted(answer.changes.len(), "workload"),
    );
    let mut sentence = Grid::new(text, &[]);
    if answer.portfolio_file.is_none() {
        sentence.note("Nothing was written: -o FILE writes the portfolio with its new demand.");
    }
    if !answer.not_seen.is_empty() {
        sentence.note(format!("Not in the records, and left as they are: {}.", answer.not_seen.join(", ")));
    }
    let mut asked = Grid::new("Questions that the records do not answer", &["question"]);
    for question in &answer.questions {
        asked.row([question.clone()]);
    }
    asked.note("Answer with --is NAME=WORKLOAD.");
    let columns = ["=workload", ">mtok in, before", ">mtok in", ">mtok out, before", ">mtok out", "users"];
    let mut changes = Grid::new("Demand a month", &columns);
    for change in &answer.changes {
        changes.row([
            change.workload.clone(),
            change.input_mtok_before.to_string(),
            change.input_mtok.to_string(),
            change.output_mtok_before.to_string(),
            change.output_mtok.to_string(),
            change.users.clone().unwrap_or_else(|| "as before".to_owned()),
        ]);
    }
    let mut records = Grid::new("What are the records?", &["=name", ">requests", "=workload", "known by"]);
    for record in &answer.records {
        records.row([
            record.name.clone(),
            count(record.n_requests),
            record.workload.value.clone().unwrap_or_else(|| "?".to_owned()),
            told(&record.workload),
        ]);
    }
    let rest = [asked, changes, records].into_iter().filter(|grid| !grid.is_empty());
    [sentence].into_iter().chain(rest).collect()
}
