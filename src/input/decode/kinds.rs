//! Kinds of shocks: macros over effects (methodology/shocks.md, table of kinds).

use super::Fields;
use super::scalars::{Choices, Range};
use super::selectors::{DATA_CLASSES, jurisdiction_set, required_set, selector, selector_or_all};
use crate::model::selector::JurisdictionSet;
use crate::model::shock::{Kind, Reach};

const REACHES: Choices<Reach> =
    &[("users", Reach::Users), ("region", Reach::Region), ("company", Reach::Company)];
/// Default for `reach`, except for a market ban.
const DEFAULT_REACH: [Reach; 2] = [Reach::Users, Reach::Region];

#[derive(Debug, Clone, Copy)]
pub(crate) enum KindName {
    ExportBan,
    MarketBan,
    RegulationShift,
    DataLocalization,
    ChipControl,
    Sanction,
    Tariff,
    LicenseChange,
    SupplierExit,
    Outage,
    EnergyShock,
    PriceShock,
    CapacitySqueeze,
    ResearchStall,
}

pub(crate) const KINDS: Choices<KindName> = &[
    ("export_ban", KindName::ExportBan),
    ("market_ban", KindName::MarketBan),
    ("regulation_shift", KindName::RegulationShift),
    ("data_localization", KindName::DataLocalization),
    ("chip_control", KindName::ChipControl),
    ("sanction", KindName::Sanction),
    ("tariff", KindName::Tariff),
    ("license_change", KindName::LicenseChange),
    ("supplier_exit", KindName::SupplierExit),
    ("outage", KindName::Outage),
    ("energy_shock", KindName::EnergyShock),
    ("price_shock", KindName::PriceShock),
    ("capacity_squeeze", KindName::CapacitySqueeze),
    ("research_stall", KindName::ResearchStall),
];

impl KindName {
    /// Whether the kind is the act of a jurisdiction, which `by` names.
    pub(crate) fn needs_actor(self) -> bool {
        matches!(
            self,
            Self::ExportBan
                | Self::MarketBan
                | Self::RegulationShift
                | Self::DataLocalization
                | Self::ChipControl
                | Self::Sanction
                | Self::Tariff
                | Self::ResearchStall
        )
    }
}

/// The keys that belong to one kind; `by` is the shock's.
pub(crate) fn kind(f: &Fields<'_>, name: KindName, by: Option<&str>) -> Kind {
    match name {
        KindName::ExportBan => Kind::ExportBan {
            on: required_set(f, "on"),
            reach: reach(f, &DEFAULT_REACH),
            what: selector_or_all(f, "what"),
        },
        KindName::MarketBan => Kind::MarketBan {
            what: selector_or_all(f, "what"),
            reach: reach(f, &[Reach::Users]),
            lineage: f.flag("lineage", false),
        },
        KindName::RegulationShift => regulation_shift(f),
        KindName::DataLocalization => data_localization(f, by),
        KindName::ChipControl => Kind::ChipControl { on: required_set(f, "on"), price_times: factor(f, 1.0) },
        KindName::Sanction => Kind::Sanction {
            suppliers: f.some_ids("suppliers"),
            allies: f
                .optional("allies")
                .map_or(JurisdictionSet::Listed(Vec::new()), |at| jurisdiction_set(&at)),
            reach: reach(f, &DEFAULT_REACH),
        },
        KindName::Tariff => {
            Kind::Tariff { on: required_set(f, "on"), price_times: f.number("price_times", Range::POSITIVE) }
        }
        KindName::LicenseChange => license_change(f),
        KindName::SupplierExit => Kind::SupplierExit { supplier: f.text("supplier") },
        KindName::Outage => outage(f),
        KindName::EnergyShock => Kind::EnergyShock {
            region: required_set(f, "region"),
            price_times: f.number("price_times", Range::POSITIVE),
        },
        KindName::PriceShock => Kind::PriceShock {
            supplier: f.opt_text("supplier"),
            what: selector_or_all(f, "what"),
            price_times: f.number("price_times", Range::POSITIVE),
        },
        KindName::CapacitySqueeze => Kind::CapacitySqueeze {
            selector: selector_or_all(f, "where"),
            capacity_times: f.number("capacity_times", Range::SHARE),
        },
        KindName::ResearchStall => Kind::ResearchStall { what: selector_or_all(f, "what") },
    }
}

fn reach(f: &Fields<'_>, default: &[Reach]) -> Vec<Reach> {
    f.optional("reach").map_or_else(|| default.to_vec(), |at| at.choices(REACHES))
}

fn factor(f: &Fields<'_>, default: f64) -> f64 {
    f.opt_number("price_times", Range::POSITIVE).unwrap_or(default)
}

fn regulation_shift(f: &Fields<'_>) -> Kind {
    Kind::RegulationShift {
        what: selector_or_all(f, "what"),
        exempt: f.optional("exempt").map(|at| selector(&at)),
        reach: reach(f, &DEFAULT_REACH),
        withdrawal_probability: f.opt_number("withdrawal_probability", Range::SHARE).unwrap_or(0.0),
        price_times: factor(f, 1.0),
        one_off_usd_per_workload: f
            .opt_number("one_off_usd_per_workload", Range::NOT_NEGATIVE)
            .unwrap_or(0.0),
    }
}

fn data_localization(f: &Fields<'_>, by: Option<&str>) -> Kind {
    let at_home = || JurisdictionSet::Listed(by.map(str::to_owned).into_iter().collect());
    Kind::DataLocalization {
        data: f.required("data").map(|at| at.choices(DATA_CLASSES)).unwrap_or_default(),
        hosting_allowed: f.optional("hosting_allowed").map_or_else(at_home, |at| jurisdiction_set(&at)),
    }
}

fn license_change(f: &Fields<'_>) -> Kind {
    let (supplier, models) = (f.opt_text("supplier"), f.ids("models"));
    if supplier.is_none() && models.is_empty() {
        f.at.error("missing-key", "a license_change names a 'supplier' or 'models'".into(), None);
    }
    Kind::LicenseChange { supplier, models, revoke: f.flag("revoke", false) }
}

fn outage(f: &Fields<'_>) -> Kind {
    let host = f.opt_text("host");
    let region = f.optional("region").map(|at| jurisdiction_set(&at));
    if host.is_none() && region.is_none() {
        f.at.error("missing-key", "an outage names a 'host' or a 'region'".into(), None);
    }
    Kind::Outage { host, region }
}
