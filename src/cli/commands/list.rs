//! The command `list`.

use schemars::JsonSchema;
use serde::Serialize;

use super::shocks;
use crate::cli::answer::{Choice, in_format, loaded_or_library};
use crate::cli::args::{ListArguments, Listed};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::messages::escaped;
use crate::ids::nearest;
use crate::input::typed_selector;
use crate::model::instance::{Instance, WorkloadIdx};
use crate::model::selector::Selector;
use crate::report::answer::list::ListAnswer;
use crate::report::answer::list::catalog::{ListedHardware, ListedHost, ListedScenario, ListedSupplier};
use crate::report::answer::list::offers::{ListedModel, ListedOffer};
use crate::report::answer::list::requirements::{ListedLimit, ListedRule};
use crate::report::csv::Sheet;
use crate::report::grid::Grid;
use crate::report::tables::list as tables;
use crate::study::listing::{Census, Selection, eligibility};

pub(super) fn list(arguments: &ListArguments, console: &Console) -> Result<Exit, Failure> {
    refuse_idle_filters(arguments)?;
    let library = loaded_or_library(arguments.portfolio.as_deref(), &arguments.common, console)?;
    let instance = &library.instance;
    let console = &console.about(instance);
    let all = Selection::all(instance);
    let shown = match &arguments.filters.selector {
        Some(text) => Selection::matching(instance, &selector(text, &library)?),
        None => all.clone(),
    };
    let written = Written { arguments, console, instance };
    let census = Census::new(instance);
    match arguments.what {
        Listed::Offers => offers(&written, &shown, all.offers.len()),
        Listed::Models => {
            let rows = shown.models.iter().map(|&m| ListedModel::of(instance, &census, m));
            written.deliver(rows.collect(), |answer| tables::models(answer, all.models.len()))
        }
        Listed::Hosts => {
            let rows = shown.hosts.iter().map(|&s| ListedHost::of(instance, &census, s));
            written.deliver(rows.collect(), |answer| tables::hosts(answer, all.hosts.len()))
        }
        Listed::Suppliers => {
            let rows = shown.suppliers.iter().map(|&s| ListedSupplier::of(instance, &census, s));
            written.deliver(rows.collect(), |answer| tables::suppliers(answer, all.suppliers.len()))
        }
        Listed::Hardware => {
            let rows = shown.hardware.iter().map(|&h| ListedHardware::of(instance, &census, h));
            written.deliver(rows.collect(), |answer| tables::hardware(answer, all.hardware.len()))
        }
        Listed::Scenarios => {
            written.deliver(instance.scenarios.iter().map(ListedScenario::of).collect(), tables::scenarios)
        }
        Listed::Shocks => shocks::listed(instance, arguments, console),
        Listed::Limits => {
            written.deliver(instance.portfolio.limits.iter().map(ListedLimit::of).collect(), tables::limits)
        }
        Listed::Rules => {
            written.deliver(instance.rules.iter().map(|r| ListedRule::of(&r.rule)).collect(), tables::rules)
        }
    }
}

/// How a list is written.
struct Written<'a> {
    arguments: &'a ListArguments,
    console: &'a Console,
    instance: &'a Instance,
}

impl Written<'_> {
    /// Writes the rows in the requested format.
    fn deliver<T: Serialize + JsonSchema>(
        &self,
        rows: Vec<T>,
        table: impl FnOnce(&ListAnswer<T>) -> Grid,
    ) -> Result<Exit, Failure> {
        let out = self.arguments.common.out();
        let portfolio = self.arguments.portfolio.as_ref().map(|_| self.instance.portfolio.name.as_str());
        let answer = ListAnswer::of(portfolio, rows);
        let rendered = in_format(
            self.arguments.format,
            &answer,
            || self.console.tables(&[table(&answer)], out),
            || Sheet::of(&answer.entries),
        );
        self.console.deliver_rendered(&rendered, out, Exit::Done)
    }
}

/// Offers; with `--for`, those that the workload may use come first.
fn offers(written: &Written<'_>, shown: &Selection, n_known: usize) -> Result<Exit, Failure> {
    let instance = written.instance;
    let Some(id) = &written.arguments.filters.workload else {
        let rows = shown.offers.iter().map(|&o| ListedOffer::of(instance, o, None)).collect();
        return written.deliver(rows, |answer| tables::offers(answer, None, n_known));
    };
    let found = eligibility(instance, workload(instance, id)?, &shown.offers);
    let mut rows: Vec<ListedOffer> =
        found.iter().map(|one| ListedOffer::of(instance, one.offer, Some(one))).collect();
    // The sort is stable: within each part, offers stay in the order of their ids.
    rows.sort_by_key(|row| (row.eligible_users.is_empty(), !row.reasons.is_empty()));
    written.deliver(rows, |answer| tables::offers(answer, Some(id), n_known))
}

/// The workload of `--for`.
fn workload(instance: &Instance, id: &str) -> Result<WorkloadIdx, Failure> {
    let ids = || instance.workloads.iter().map(|w| w.workload.id.as_str());
    ids().position(|known| known == id).ok_or_else(|| {
        let help = match nearest(id, ids()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("choose one of {}", ids().collect::<Vec<_>>().join(", ")),
        };
        Failure::Usage(format!("there is no workload '{}'\n  = help: {help}", escaped(id)))
    })
}

/// Reads the selector of `--where`.
fn selector(text: &str, library: &Choice) -> Result<Selector, Failure> {
    let selector =
        typed_selector("--where", text, &library.jurisdictions, &library.catalog).map_err(Failure::Typed)?;
    match selector.key_of_demand() {
        Some(key) => Err(Failure::Usage(format!(
            "--where: '{key}' says who uses an offer, and the list is of what can be used\n  = help: what a workload may \
             use is listed by 'multipolar list offers PORTFOLIO --for WORKLOAD'"
        ))),
        None => Ok(selector),
    }
}

/// Refuses filters that would do nothing, and lists that need a portfolio without one.
fn refuse_idle_filters(arguments: &ListArguments) -> Result<(), Failure> {
    let refused = |text: &str| Err(Failure::Usage(text.to_owned()));
    let filters = &arguments.filters;
    if filters.workload.is_some() && arguments.what != Listed::Offers {
        return refused("--for is about offers: use it with 'multipolar list offers'");
    }
    if filters.workload.is_some() && arguments.portfolio.is_none() {
        return refused(
            "--for needs the portfolio of the workload: multipolar list offers PORTFOLIO --for WORKLOAD",
        );
    }
    let is_of_catalog = matches!(
        arguments.what,
        Listed::Offers | Listed::Models | Listed::Hosts | Listed::Suppliers | Listed::Hardware
    );
    if filters.selector.is_some() && !is_of_catalog {
        return refused("--where filters offers, models, hosts, suppliers and hardware only");
    }
    if arguments.what == Listed::Limits && arguments.portfolio.is_none() {
        return refused("limits are stated in a portfolio: multipolar list limits PORTFOLIO");
    }
    Ok(())
}
