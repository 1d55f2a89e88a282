//! What `check` found in one portfolio: problems of its files, and the limits of what could be loaded.

use std::collections::{BTreeMap, BTreeSet};

use super::figures::percent;
use crate::input::diagnostic::{Diagnostic, Severity};
use crate::input::{InputError, Loaded};
use crate::service::limits::LimitOutcome;
use crate::study::session::Checked;

/// Code of a primary that its users may not newly use.
pub const INELIGIBLE_ALLOCATION: &str = "ineligible-allocation";

/// One portfolio of a `check`.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedPortfolio {
    /// The portfolio's name.
    pub portfolio: String,
    /// The file as named by the user.
    pub file: String,
    /// Sorted; errors mean that there was nothing to test limits on.
    pub problems: Vec<Diagnostic>,
    pub limits: Vec<LimitOutcome>,
    /// A limit is breached without a valid exception, or a primary is ineligible.
    pub is_breached: bool,
}

impl CheckedPortfolio {
    /// A portfolio that could not be loaded.
    #[must_use]
    pub fn refused(portfolio: &str, file: &str, error: &InputError) -> Self {
        Self {
            portfolio: portfolio.to_owned(),
            file: file.to_owned(),
            problems: error.diagnostics().to_vec(),
            limits: Vec::new(),
            is_breached: false,
        }
    }

    /// A portfolio that was loaded and tested.
    #[must_use]
    pub fn new(loaded: &Loaded, file: &str, checked: Checked) -> Self {
        let mut problems = loaded.warnings.clone();
        problems.extend(ineligible_allocations(loaded, &checked));
        crate::input::diagnostic::sort(&mut problems);
        Self {
            portfolio: loaded.instance.portfolio.name.clone(),
            file: file.to_owned(),
            problems,
            is_breached: checked.is_breached(),
            limits: checked.limits,
        }
    }
}

/// One warning per workload, offer and reason, at the workload's allocation.
#[must_use]
pub fn ineligible_allocations(loaded: &Loaded, checked: &Checked) -> Vec<Diagnostic> {
    let instance = &loaded.instance;
    let mut by_offer: BTreeMap<(usize, usize, String), (BTreeSet<&str>, f64)> = BTreeMap::new();
    for primary in &checked.ineligible {
        let cell = &instance.cells[primary.cell];
        let key = (cell.workload, primary.offer, primary.reason.to_string());
        let (users, share) = by_offer.entry(key).or_default();
        users.insert(&instance.jurisdictions[cell.users].id);
        *share += primary.share * cell.users_share;
    }
    let diagnostic =
        |((workload, offer, reason), (users, share)): ((usize, usize, String), (BTreeSet<&str>, f64))| {
            let id = &instance.workloads[workload].workload.id;
            let at = instance.portfolio.workloads.iter().position(|w| w.id == *id).unwrap_or_default();
            let users: Vec<&str> = users.into_iter().collect();
            let message = format!(
                "'{}' carries {} of '{id}' for users in {}, who may not newly use it: {reason}",
                instance.offers[offer].id,
                percent(share),
                users.join(", "),
            );
            let help = Some("it runs on, but no plan may choose it again".to_owned());
            loaded.positions.diagnostic(
                &["workloads", &at.to_string(), "allocation"],
                INELIGIBLE_ALLOCATION,
                Severity::Warning,
                message,
                help,
            )
        };
    by_offer.into_iter().map(diagnostic).collect()
}
