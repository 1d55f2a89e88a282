//! Writing what was imported as a portfolio file, each value with how it is known.

use std::fmt::Write;

use crate::exchange::portfolio_yaml::quoted;
use crate::study::imports::draft::{ImportedValue, PortfolioDraft};
use crate::study::imports::evidence::Basis;

/// A portfolio file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPortfolio {
    pub text: String,
    /// Line of each value of the import, from 1.
    pub lines: Vec<usize>,
}

/// The portfolio file. A value that is missing has its key and no value, so that `check` points at it.
#[must_use]
pub fn portfolio_file(draft: &PortfolioDraft) -> WrittenPortfolio {
    let mut file = Writer { text: String::new(), n_lines: 0, lines: vec![0; draft.values.len()] };
    let n_questions = draft.questions().count();
    let from = &draft.origin;
    file.comment(0, &format!("Imported from {from}. Each value is FILLED (the source is named), INFERRED (the rule is named) or MISSING."));
    if n_questions > 0 {
        file.comment(0, &format!("{n_questions} values are MISSING: write each after its colon. `multipolar check` lists those that are left."));
    }
    file.line("format_version: 1");
    file.line("company:");
    let of = |workload: Option<usize>| {
        draft.values.iter().enumerate().filter(move |(_, v)| v.workload == workload)
    };
    for (nth, value) in of(None).filter(|(_, value)| value.key != "capacity") {
        let shown =
            if value.key == "name" || value.key == "headquarters" { Shown::Quoted } else { Shown::AsIs };
        file.value(2, nth, value, shown);
    }
    file.line("horizon: 365d");
    file.line("");
    file.line("workloads:");
    if draft.workloads.is_empty() {
        file.comment(2, "MISSING: nothing in it became a workload.");
    }
    for (w, workload) in draft.workloads.iter().enumerate() {
        file.comment(2, &workload.told);
        file.line(&format!("  - id: {}", quoted(&workload.id)));
        file.line(&format!("    name: {}", quoted(&workload.name)));
        for (nth, value) in of(Some(w)) {
            file.value(4, nth, value, Shown::AsIs);
        }
        file.line("");
    }
    for told in &draft.set_aside {
        file.comment(0, told);
    }
    for (nth, value) in of(None).filter(|(_, value)| value.key == "capacity") {
        file.value(0, nth, value, Shown::AsIs);
    }
    WrittenPortfolio { text: file.text, lines: file.lines }
}

/// How a value stands in the file.
#[derive(Clone, Copy)]
enum Shown {
    AsIs,
    Quoted,
}

struct Writer {
    text: String,
    n_lines: usize,
    lines: Vec<usize>,
}

impl Writer {
    fn line(&mut self, line: &str) {
        // Writing into memory does not fail.
        let _ = writeln!(self.text, "{line}");
        self.n_lines += 1;
    }

    /// A comment; a name in it may hold anything.
    fn comment(&mut self, indent: usize, text: &str) {
        let safe: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.line(&format!("{:indent$}# {safe}", ""));
    }

    fn value(&mut self, indent: usize, nth: usize, value: &ImportedValue, shown: Shown) {
        let evidence = &value.evidence;
        let why = match evidence.basis {
            Basis::Filled => format!("FILLED: {}", evidence.why),
            Basis::Inferred => format!("INFERRED: {}", evidence.why),
            Basis::Missing => format!("MISSING: {}", value.question.as_deref().unwrap_or_default()),
        };
        self.comment(indent, &why);
        if evidence.basis == Basis::Missing && value.key == "allocation" && !evidence.why.is_empty() {
            self.comment(indent, &evidence.why);
        }
        let text = match (evidence.basis, shown) {
            (Basis::Missing, _) => String::new(),
            (_, Shown::AsIs) => format!(" {}", evidence.value),
            (_, Shown::Quoted) => format!(" {}", quoted(&evidence.value)),
        };
        self.line(&format!("{:indent$}{}:{text}", "", value.key));
        self.lines[nth] = self.n_lines;
    }
}
