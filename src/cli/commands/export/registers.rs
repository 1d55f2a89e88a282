//! `export dora` and `export uk-register`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;

use crate::cli::answer::{in_format, loaded};
use crate::cli::args::{ExportDoraArguments, ExportUkArguments};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::targets::refuse_existing;
use crate::exchange::dora::lint::{gaps, lint};
use crate::exchange::dora::register::{DoraRegister, Filing, RegisterFacts, register};
use crate::exchange::dora::templates::TEMPLATES;
use crate::exchange::dora::{package, workbook};
use crate::files::{WriteError, write_bytes_atomically};
use crate::model::instance::Instance;
use crate::model::words::Openness;
use crate::report::answer::dora::{DoraAnswer, RegisterGapAnswer, UkRegisterAnswer};
use crate::report::answer::substitutes::SubstitutesAnswer;
use crate::report::answer::supply_chain::{ServiceChainAnswer, WorkloadAnswer};
use crate::report::csv::Sheet;
use crate::report::tables;
use crate::study::session::Session;
use crate::study::supply_chain::supply_chain;

/// Who stands behind today's offers, and what could replace them.
struct Suppliers {
    chains: Vec<ServiceChainAnswer>,
    substitutes: Vec<SubstitutesAnswer>,
    workloads: Vec<WorkloadAnswer>,
}

impl Suppliers {
    fn of(instance: &Instance) -> Self {
        let session = Session::new(instance);
        let links = supply_chain(instance, &session.current, None);
        let found = session.substitutes(&session.current);
        Self {
            chains: links.iter().map(|link| ServiceChainAnswer::of(instance, link)).collect(),
            substitutes: found.iter().map(|found| SubstitutesAnswer::of(instance, found)).collect(),
            workloads: instance.workloads.iter().map(WorkloadAnswer::of).collect(),
        }
    }
}

pub(super) fn dora(arguments: &ExportDoraArguments, console: &Console) -> Result<Exit, Failure> {
    for path in &arguments.write {
        refuse_existing(path, arguments.overwrite)?;
    }
    let common = &arguments.common;
    let instance = loaded(&arguments.portfolio, common, console)?.instance;
    let suppliers = Suppliers::of(&instance);
    let portfolio = &instance.portfolio;
    let open = instance.models.iter().map(|m| &m.model).filter(|m| m.openness != Openness::Closed);
    let open: BTreeSet<String> = open.map(|model| model.id.clone()).collect();
    let blocs = instance.jurisdictions.iter().filter(|jurisdiction| jurisdiction.is_bloc);
    let blocs: BTreeSet<String> = blocs.map(|bloc| bloc.id.clone()).collect();
    let ended =
        portfolio.contracts.iter().filter_map(|contract| Some((contract.host.clone(), contract.ends?)));
    let ends: BTreeMap<String, Date> = ended.collect();
    let facts = RegisterFacts {
        company: &portfolio.company.name,
        headquarters: &portfolio.company.headquarters,
        currency: &portfolio.currency.code,
        chains: &suppliers.chains,
        substitutes: &suppliers.substitutes,
        workloads: &suppliers.workloads,
        open_models: &open,
        blocs: &blocs,
        ends: &ends,
    };
    let filing = Filing {
        lei: arguments.lei.clone(),
        entity_type: arguments.entity_type.clone(),
        authority: arguments.authority.clone(),
        date: arguments.date,
    };
    let draft = register(&facts, &filing);
    let missing = gaps(&draft);
    for path in &arguments.write {
        write(path, &draft, &missing)?;
        console.wrote(path);
    }
    let rows: BTreeMap<String, usize> = TEMPLATES
        .iter()
        .zip(&draft.rows)
        .map(|(template, rows)| (template.id.to_owned(), rows.len()))
        .collect();
    let mut answer = DoraAnswer::of(&portfolio.name, rows, missing, lint(&draft));
    answer.written = arguments.write.iter().map(|path| path.display().to_string()).collect();
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::registers::dora(&answer), common.out()),
        || Sheet::of(&answer.gaps),
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}

fn write(path: &Path, draft: &DoraRegister, gaps: &[RegisterGapAnswer]) -> Result<(), Failure> {
    let is_workbook = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    if !is_workbook {
        return Ok(package::write(path, draft)?);
    }
    let failed = |reason| WriteError { path: path.to_owned(), reason };
    let bytes = workbook::workbook(draft, gaps).map_err(failed)?;
    Ok(write_bytes_atomically(path, &bytes)?)
}

pub(super) fn uk_register(arguments: &ExportUkArguments, console: &Console) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let instance = loaded(&arguments.portfolio, common, console)?.instance;
    let found = Suppliers::of(&instance);
    let name = &instance.portfolio.name;
    let answer = UkRegisterAnswer::of(name, &found.chains, &found.substitutes, &found.workloads);
    let rendered = in_format(
        arguments.format,
        &answer,
        || console.tables(&tables::registers::uk_register(&answer), common.out()),
        || Sheet::of(&answer.entries),
    );
    console.deliver_rendered(&rendered, common.out(), Exit::Done)
}
