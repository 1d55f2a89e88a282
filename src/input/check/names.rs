//! The known names, and checks of references to them.

use std::collections::{BTreeMap, BTreeSet};

use super::countries;
use crate::ids::{OfferId, SELF_HOST, nearest};
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::input::files::Gaps;
use crate::input::library::CatalogLayer;
use crate::input::merge::expanded;
use crate::model::Provenance;
use crate::model::catalog::{Catalog, OfferEntry, Supplier};
use crate::model::jurisdictions::{Jurisdiction, JurisdictionKind, Jurisdictions};
use crate::model::portfolio::Portfolio;
use crate::model::shock::{EACH_WORD, Each, EachRole};
use crate::model::words::{Role, SupplierClass};

/// The names that a reference can resolve to.
pub(super) struct Known<'a> {
    pub(super) jurisdictions: BTreeMap<&'a str, &'a Jurisdiction>,
    pub(super) suppliers: BTreeMap<&'a str, &'a Supplier>,
    pub(super) models: BTreeSet<&'a str>,
    hardware: BTreeSet<&'a str>,
    pub(super) offers: BTreeMap<OfferId, &'a OfferEntry>,
    /// `host:REGION` of all offers.
    host_sites: BTreeSet<String>,
    shocks: BTreeSet<&'a str>,
    templates: BTreeSet<&'a str>,
    tensions: BTreeSet<&'a str>,
    sources: BTreeSet<&'a str>,
    /// `None`: a catalog, which knows no workloads.
    workloads: Option<BTreeSet<&'a str>>,
    /// Countries where the company can run models; `None` without a company.
    pub(super) sites: Option<&'a [String]>,
    /// Files that were not read; references to their names are not checked.
    pub(super) gaps: Gaps,
}

/// Help that suggests the nearest known name.
pub(super) fn suggestion<'k>(
    at: &At<'_>,
    id: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<String> {
    if !at.log.suggests() {
        return None;
    }
    nearest(id, known).map(|name| format!("did you mean '{name}'?"))
}

/// The help for an unknown name: the nearest known one, or what to do without it.
pub(super) fn remedy<'k>(at: &At<'_>, id: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    suggestion(at, id, known)
        .or_else(|| Some("write a name that exists, or add the entry that it names".into()))
}

/// Reports an unknown name and suggests one of `known`. An empty name has already been reported.
fn refuse<'k>(
    at: &At<'_>,
    code: &'static str,
    what: &str,
    id: &str,
    known: impl IntoIterator<Item = &'k str>,
) {
    if !id.is_empty() {
        let help = remedy(at, id, known);
        at.error(code, format!("unknown {what} {}", quoted(id)), help);
    }
}

impl<'a> Known<'a> {
    /// The names of a catalog whose templates have been expanded, its jurisdictions, and the company's sites.
    pub(super) fn new(
        base: &'a CatalogLayer<'_>,
        catalog: &'a Catalog,
        portfolio: Option<&'a Portfolio>,
    ) -> Self {
        Self::of(&base.jurisdictions, base.gaps, catalog, portfolio)
    }

    /// As [`Known::new`], from the parts that hold names.
    pub(super) fn of(
        jurisdictions: &'a Jurisdictions,
        gaps: Gaps,
        catalog: &'a Catalog,
        portfolio: Option<&'a Portfolio>,
    ) -> Self {
        let offers: BTreeMap<OfferId, &OfferEntry> = catalog
            .offers
            .iter()
            .flat_map(|entry| expanded(entry).into_iter().map(move |id| (id, entry)))
            .collect();
        Self {
            jurisdictions: jurisdictions.jurisdictions.iter().map(|j| (j.id.as_str(), j)).collect(),
            suppliers: catalog.suppliers.iter().map(|s| (s.id.as_str(), s)).collect(),
            models: catalog.models.iter().map(|m| m.id.as_str()).collect(),
            hardware: catalog.hardware.iter().map(|h| h.id.as_str()).collect(),
            host_sites: offers.keys().map(|id| format!("{}:{}", id.host, id.region)).collect(),
            offers,
            shocks: catalog.shocks.iter().map(|s| s.id.as_str()).collect(),
            templates: catalog.templates.iter().map(|s| s.id.as_str()).collect(),
            tensions: catalog.tensions.iter().map(|t| t.id.as_str()).collect(),
            sources: jurisdictions.sources.iter().map(|s| s.id.as_str()).collect(),
            workloads: None,
            sites: portfolio.map(|p| p.company.sites.as_slice()),
            gaps,
        }
    }

    /// Adds the names of the workloads.
    pub(super) fn add_workloads(&mut self, portfolio: &'a Portfolio) {
        self.workloads = Some(portfolio.workloads.iter().map(|w| w.id.as_str()).collect());
    }

    /// A country or bloc.
    pub(super) fn jurisdiction(&self, at: &At<'_>, id: &str) {
        if !id.is_empty() && !self.gaps.jurisdictions && !self.jurisdictions.contains_key(id) {
            let help = countries::help(id, self.jurisdictions.values().copied());
            at.error("unknown-jurisdiction", countries::unknown(id), help);
        }
    }

    /// Countries or blocs, as a list or a single name.
    pub(super) fn each_jurisdiction(&self, at: &At<'_>, ids: &[String]) {
        each(at, ids, |at, id| self.jurisdiction(at, id));
    }

    /// A country; a bloc is refused.
    pub(super) fn country(&self, at: &At<'_>, id: &str) {
        match self.jurisdictions.get(id) {
            Some(found) if found.kind == JurisdictionKind::Bloc => {
                let help = Some(format!("name one or more of its members: {}", found.members.join(", ")));
                at.error(
                    "not-a-country",
                    format!("{} is a bloc; a country is required here", quoted(id)),
                    help,
                );
            }
            Some(_) => {}
            None => self.jurisdiction(at, id),
        }
    }

    /// Countries of a list.
    pub(super) fn each_country(&self, at: &At<'_>, ids: &[String]) {
        each(at, ids, |at, id| self.country(at, id));
    }

    /// Any supplier.
    pub(super) fn supplier(&self, at: &At<'_>, id: &str) {
        if id == SELF_HOST {
            let help = "name it as a host: 'host: [self]'";
            let message = "the company itself, 'self', is a host and no supplier".to_owned();
            at.error("unknown-supplier", message, Some(help.into()));
        } else if !self.gaps.suppliers && !self.suppliers.contains_key(id) {
            refuse(at, "unknown-supplier", "supplier", id, self.suppliers.keys().copied());
        }
    }

    /// A supplier with a role.
    pub(super) fn supplier_with(&self, at: &At<'_>, id: &str, role: Role) {
        let Some(found) = self.suppliers.get(id) else { return self.supplier(at, id) };
        if found.roles.contains(&role) {
            return;
        }
        let word = match role {
            Role::Developer => "developer",
            Role::Host => "host",
            Role::Hardware => "hardware",
        };
        let others = self.suppliers.values().filter(|s| s.roles.contains(&role)).map(|s| s.id.as_str());
        let help = suggestion(at, id, others)
            .unwrap_or_else(|| format!("add '{word}' to its roles, or name another supplier"));
        at.error(
            "missing-role",
            format!("the supplier {} does not have the role '{word}'", quoted(id)),
            Some(help),
        );
    }

    /// A host, or `self`.
    pub(super) fn host(&self, at: &At<'_>, id: &str) {
        if id != SELF_HOST {
            self.supplier_with(at, id, Role::Host);
        }
    }

    /// A supplier, or the company itself.
    pub(super) fn supplier_or_self(&self, at: &At<'_>, id: &str) {
        if id != SELF_HOST {
            self.supplier(at, id);
        }
    }

    /// A site `host:REGION` of some offer. Those of the company itself are known only with a company.
    pub(super) fn host_site(&self, at: &At<'_>, id: &str) {
        let is_unknown_company = self.sites.is_none() && id.split(':').next() == Some(SELF_HOST);
        if !self.gaps.offers && !is_unknown_company && !self.host_sites.contains(id) {
            refuse(at, "unknown-host-site", "host site", id, self.host_sites.iter().map(String::as_str));
        }
    }

    /// A model.
    pub(super) fn model(&self, at: &At<'_>, id: &str) {
        if !self.gaps.models && !self.models.contains(id) {
            refuse(at, "unknown-model", "model", id, self.models.iter().copied());
        }
    }

    /// A hardware item.
    pub(super) fn hardware(&self, at: &At<'_>, id: &str) {
        if !self.gaps.hardware && !self.hardware.contains(id) {
            refuse(at, "unknown-hardware", "hardware", id, self.hardware.iter().copied());
        }
    }

    /// What a hardware item can need.
    pub(super) fn hardware_or_supplier(&self, at: &At<'_>, id: &str) {
        let has_gap = self.gaps.hardware || self.gaps.suppliers;
        if !has_gap && !self.hardware.contains(id) && !self.suppliers.contains_key(id) {
            let names = self.hardware.iter().chain(self.suppliers.keys()).copied();
            refuse(at, "unknown-hardware", "hardware or supplier", id, names);
        }
    }

    /// A shock of the library or the portfolio.
    pub(super) fn shock(&self, at: &At<'_>, id: &str) {
        if self.gaps.shocks || self.shocks.contains(id) {
            return;
        }
        let is_member = |shock: &&&str| shock.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'));
        match self.shocks.iter().find(is_member).filter(|_| self.templates.contains(id)) {
            Some(member) => {
                let message = format!("{} is a template of several shocks", quoted(id));
                at.error("unknown-shock", message, Some(format!("name one of them, such as '{member}'")));
            }
            None => refuse(at, "unknown-shock", "shock", id, self.shocks.iter().copied()),
        }
    }

    /// A shock that a template triggers: `OTHER/$each` is the member of another template for the same supplier.
    pub(super) fn shock_or_template(&self, at: &At<'_>, id: &str) {
        let template = id.strip_suffix(EACH_WORD).and_then(|id| id.strip_suffix('/'));
        match template {
            Some(template) if self.gaps.shocks || self.templates.contains(template) => {}
            _ => self.shock(at, id),
        }
    }

    /// A supplier that a template could stand for. The company itself, if it may be one, because the least refers to it.
    pub(super) fn example_of(&self, each: &Each) -> String {
        if each.role == EachRole::Host && each.classes.contains(&SupplierClass::Own) {
            return SELF_HOST.to_owned();
        }
        let role = match each.role {
            EachRole::Host => Role::Host,
            EachRole::Developer => Role::Developer,
        };
        let mut able = self.suppliers.values().filter(|supplier| supplier.roles.contains(&role));
        let of_class = |s: &&&Supplier| s.class.is_some_and(|class| each.classes.contains(&class));
        let example = able.clone().find(of_class).or_else(|| able.next());
        example.map_or_else(|| EACH_WORD.to_owned(), |supplier| supplier.id.clone())
    }

    /// A tension.
    pub(super) fn tension(&self, at: &At<'_>, id: &str) {
        if !self.gaps.shocks && !self.tensions.contains(id) {
            refuse(at, "unknown-tension", "tension", id, self.tensions.iter().copied());
        }
    }

    /// A workload of the portfolio; a catalog may name any.
    pub(super) fn workload(&self, at: &At<'_>, id: &str) {
        if let Some(workloads) = self.workloads.as_ref().filter(|w| !w.contains(id)) {
            refuse(at, "unknown-workload", "workload", id, workloads.iter().copied());
        }
    }

    /// Sources of an entry of the library; a portfolio's own entries may name any.
    pub(super) fn provenance(&self, entry: &At<'_>, provenance: &Provenance) {
        self.sources(entry, &provenance.source);
    }

    /// As [`Known::provenance`], from the list of sources.
    pub(super) fn sources(&self, entry: &At<'_>, sources: &[String]) {
        if self.gaps.jurisdictions || sources.iter().all(|id| self.sources.contains(id.as_str())) {
            return;
        }
        each(&entry.key("source"), sources, |at, id| {
            if !id.is_empty() && !self.sources.contains(id) {
                let help = suggestion(at, id, self.sources.iter().copied())
                    .unwrap_or_else(|| "list it under 'sources' in the jurisdictions file".into());
                at.warning("unknown-source", format!("unknown source {}", quoted(id)), Some(help));
            }
        });
    }
}

/// Runs a check on each name of a list.
pub(super) fn each(at: &At<'_>, ids: &[String], check: impl Fn(&At<'_>, &str)) {
    for (i, id) in ids.iter().enumerate() {
        check(&at.index(i), id);
    }
}
