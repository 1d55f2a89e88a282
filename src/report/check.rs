//! What `check` found in one portfolio: problems of its files, and the limits of what could be loaded.

pub mod findings;
pub mod github;
pub mod junit;
mod notices;
pub mod sarif;

use std::collections::{BTreeMap, BTreeSet};

use super::figures::percent;
use super::money::DisplayCurrency;
use super::tables;
use crate::input::diagnostic::{Diagnostic, Severity, has_errors};
use crate::input::{InputError, Loaded};
use crate::limits::LimitOutcome;
use crate::model::eligibility::Ineligible;
use crate::model::limit::{Limit, Measure};
use crate::study::session::{Checked, IneligiblePrimary, Retiring};

/// Code of an offer in use that its host ends within the notice.
pub const RETIRES_WITHIN_NOTICE: &str = "retires-within-notice";
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
    /// Of each limit, in the same order.
    pub places: Vec<LimitPlace>,
    /// A limit is breached without a valid exception, a primary is ineligible, or an offer in use retires within the notice.
    pub is_breached: bool,
    /// Offers in use that retire within the notice.
    pub n_retiring: usize,
    /// What amounts are shown in; USD for a portfolio that could not be loaded.
    pub currency: DisplayCurrency,
}

/// Where a limit stands in its file, and what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitPlace {
    /// What is measured, and within which bounds.
    pub measure: Measure,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// Value, bound and what breaks it, in a line.
    pub message: String,
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
            places: Vec::new(),
            is_breached: false,
            n_retiring: 0,
            currency: DisplayCurrency::USD,
        }
    }

    /// A portfolio that was loaded and tested. `retiring`: offers in use that retire within the notice. `currency`: what
    /// amounts are shown in.
    ///
    /// That a primary of these is ineligible is the same finding, and is told once.
    #[must_use]
    pub fn new(
        loaded: &Loaded,
        file: &str,
        checked: Checked,
        retiring: &Retiring,
        currency: DisplayCurrency,
    ) -> Self {
        let mut problems = loaded.warnings.clone();
        let is_told = |primary: &&IneligiblePrimary| {
            matches!(primary.reason, Ineligible::Retires { .. }) && retiring.has(primary.offer)
        };
        problems.extend(ineligible_allocations(loaded, checked.ineligible.iter().filter(|p| !is_told(p))));
        problems.extend(notices::within_notice(loaded, retiring));
        crate::input::diagnostic::sort(&mut problems);
        Self {
            portfolio: loaded.instance.portfolio.name.clone(),
            file: file.to_owned(),
            problems,
            is_breached: checked.is_breached() || !retiring.offers.is_empty(),
            n_retiring: retiring.offers.len(),
            currency,
            places: places(loaded, &checked.limits, currency),
            limits: checked.limits,
        }
    }
}

impl CheckedPortfolio {
    /// Whether it can be computed with.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !has_errors(&self.problems)
    }

    /// Errors in its files.
    #[must_use]
    pub fn n_errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }
}

fn places(loaded: &Loaded, outcomes: &[LimitOutcome], currency: DisplayCurrency) -> Vec<LimitPlace> {
    let limits = loaded.instance.portfolio.limits.iter().zip(outcomes);
    let place = |(limit, outcome): (&Limit, &LimitOutcome)| {
        let (line, column) = loaded.positions.limit(limit.place);
        let message = currency.shown(&tables::check::limit_sentence(&limit.measure, outcome));
        LimitPlace { measure: limit.measure.clone(), line, column, message }
    };
    limits.map(place).collect()
}

/// One warning per workload, offer and reason, at the workload's allocation.
fn ineligible_allocations<'a>(
    loaded: &Loaded,
    primaries: impl Iterator<Item = &'a IneligiblePrimary>,
) -> Vec<Diagnostic> {
    let instance = &loaded.instance;
    let mut by_offer: BTreeMap<(usize, usize, String), (BTreeSet<&str>, f64)> = BTreeMap::new();
    for primary in primaries {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Exception;
    use crate::model::limit::{Bound, Dimension};
    use crate::units::date::parse_day;

    /// One broken limit at line 7, with a valid exception if there is a last day.
    pub(super) fn checked(name: &str, accepted_until: Option<&str>) -> CheckedPortfolio {
        let accepted = accepted_until.map(|until| Exception {
            by: "board".to_owned(),
            until: parse_day(until).unwrap(),
            reason: "merger".to_owned(),
            is_valid: true,
        });
        let limit = LimitOutcome {
            name: name.to_owned(),
            value: Some(0.96),
            at_least: None,
            at_most: Some(0.7),
            kept: Some(false),
            worst: None,
            causes: Vec::new(),
            cells: Vec::new(),
            accepted,
        };
        let message = "96 %, allowed at most 70 %".to_owned();
        let bound = Bound { at_least: None, at_most: Some(0.7) };
        let measure = Measure::Share { of: Dimension::Origin, is: "US".to_owned(), bound };
        CheckedPortfolio {
            portfolio: "p".to_owned(),
            file: "my files/p.yaml".to_owned(),
            problems: Vec::new(),
            places: vec![LimitPlace { measure, line: 7, column: 5, message }],
            is_breached: limit.is_breached(),
            n_retiring: 0,
            currency: DisplayCurrency::USD,
            limits: vec![limit],
        }
    }
}
