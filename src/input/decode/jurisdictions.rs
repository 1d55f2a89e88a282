//! Decoder of `jurisdictions.yaml`: enablers, countries and blocs, rules, sources.

use super::Fields;
use super::provenance::provenance;
use super::scalars::{Choices, Range};
use super::selectors::DATA_CLASSES;
use crate::input::at::At;
use crate::input::tree::YamlValue;
use crate::model::jurisdictions::{
    Better, Combine, Enabler, Indicator, IndicatorProxy, IndicatorValue, Jurisdiction, JurisdictionKind,
    Jurisdictions, Rule, Source, Standing, UnscoredValue,
};

const BETTER: Choices<Better> = &[("higher", Better::Higher), ("lower", Better::Lower)];
const COMBINE: Choices<Combine> =
    &[("sum", Combine::Sum), ("mean", Combine::Mean), ("max", Combine::Max), ("none", Combine::None)];
const KINDS: Choices<JurisdictionKind> =
    &[("country", JurisdictionKind::Country), ("bloc", JurisdictionKind::Bloc)];
const STANDINGS: Choices<Standing> = &[
    ("superpower", Standing::Superpower),
    ("middle_power", Standing::MiddlePower),
    ("research_hub", Standing::ResearchHub),
    ("other", Standing::Other),
];
const PATHS: Choices<&str> = &[
    ("bloc_complementarity", "bloc_complementarity"),
    ("capital_led", "capital_led"),
    ("scaling_tech_legacy", "scaling_tech_legacy"),
    ("research_breakthrough", "research_breakthrough"),
];

/// The whole file.
pub(crate) fn jurisdictions(at: &At<'_>) -> Jurisdictions {
    let f = at.fields();
    crate::input::decode::catalog::format_version(&f);
    let decoded = Jurisdictions {
        enablers: f.each("enablers", |at| enabler(&at)),
        jurisdictions: f
            .required("jurisdictions")
            .map(|at| at.items().iter().map(jurisdiction).collect())
            .unwrap_or_default(),
        rules: f.each("rules", |at| rule(&at)),
        sources: f.optional("sources").map(|at| sources(&at)).unwrap_or_default(),
    };
    f.close();
    decoded
}

fn enabler(at: &At<'_>) -> Enabler {
    let f = at.fields();
    let decoded = Enabler {
        id: f.id("id"),
        name: f.text("name"),
        indicators: f.each("indicators", |at| indicator(&at)),
    };
    f.close();
    decoded
}

fn indicator(at: &At<'_>) -> Indicator {
    let f = at.fields();
    let decoded = Indicator {
        id: f.id("id"),
        name: f.text("name"),
        unit: f.text("unit"),
        period: period(&f),
        better: f.choice("better", BETTER).unwrap_or(Better::Higher),
        combine: f.choice("combine", COMBINE).unwrap_or(Combine::None),
        proxy: f.optional("proxy").map(|at| proxy(&at)),
    };
    f.close();
    decoded
}

fn proxy(at: &At<'_>) -> IndicatorProxy {
    let f = at.fields();
    let decoded = IndicatorProxy { name: f.text("name"), unit: f.text("unit"), period: period(&f) };
    f.close();
    decoded
}

/// Text; a bare year is text too.
fn period(f: &Fields<'_>) -> String {
    let Some(at) = f.required("period") else { return String::new() };
    match &at.node.value {
        YamlValue::Number { whole: true, written, .. } => written.clone(),
        _ => at.text().unwrap_or_default(),
    }
}

fn jurisdiction(at: &At<'_>) -> Jurisdiction {
    let f = at.fields();
    let kind = f.choice("kind", KINDS);
    let decoded = Jurisdiction {
        id: f.id("id"),
        name: f.text("name"),
        kind: kind.unwrap_or(JurisdictionKind::Country),
        members: f.ids("members"),
        standing: f.choice("standing", STANDINGS).unwrap_or(Standing::Other),
        path: f.opt_choice("path", PATHS).map(str::to_owned),
        indicators: f.optional("indicators").map(|at| at.map_of(indicator_value)).unwrap_or_default(),
        unscored: f.optional("unscored").map(|at| at.map_of(unscored_value)).unwrap_or_default(),
    };
    match (kind, decoded.members.is_empty()) {
        (Some(JurisdictionKind::Bloc), true) => {
            at.error(
                "missing-key",
                "the key 'members' is missing: a bloc must name its countries".into(),
                Some("write 'members: [DE, FR]', or 'kind: country'".into()),
            );
        }
        (Some(JurisdictionKind::Country), false) => {
            let help = Some("leave 'members' out, or write 'kind: bloc'".into());
            f.at.key("members").error_at_key(
                "conflicting-keys",
                "a country cannot have members".into(),
                help,
            );
        }
        _ => {}
    }
    f.close();
    decoded
}

fn indicator_value(at: &At<'_>) -> IndicatorValue {
    let f = at.fields();
    let decoded = IndicatorValue { is_proxy: f.flag("proxy", false), ..figure(&f) };
    f.close();
    decoded
}

fn unscored_value(at: &At<'_>) -> UnscoredValue {
    let f = at.fields();
    let decoded = UnscoredValue { figure: figure(&f), why: f.text("why") };
    f.close();
    decoded
}

fn figure(f: &Fields<'_>) -> IndicatorValue {
    let origin = provenance(f);
    IndicatorValue {
        value: f.number("value", Range::ANY),
        year: f.required("year").and_then(|at| at.year()).unwrap_or_default(),
        source: origin.source,
        confidence: origin.confidence,
        is_proxy: false,
    }
}

fn rule(at: &At<'_>) -> Rule {
    let f = at.fields();
    let decoded = Rule {
        id: f.id("id"),
        name: f.opt_text("name"),
        instrument: f.opt_text("instrument"),
        users: f.some_ids("users"),
        data: f.required("data").map(|at| at.choices(DATA_CLASSES)).unwrap_or_default(),
        hosting_allowed: f.some_ids("hosting_allowed"),
        except_self_hosted: f.flag("except_self_hosted", false),
        provenance: provenance(&f),
    };
    f.close();
    decoded
}

/// A list, or a map by id.
fn sources(at: &At<'_>) -> Vec<Source> {
    match &at.node.value {
        YamlValue::Map(_) => {
            at.map_of(Clone::clone).into_iter().map(|(id, at)| source(&at, Some(id))).collect()
        }
        _ => at.items().iter().map(|at| source(at, None)).collect(),
    }
}

fn source(at: &At<'_>, id: Option<String>) -> Source {
    let f = at.fields();
    let decoded = Source {
        id: id.unwrap_or_else(|| f.id("id")),
        title: f.text("title"),
        publisher: f.text("publisher"),
        year: f.required("year").and_then(|at| at.year()).unwrap_or_default(),
        locator: f.text("locator"),
        license: f.text("license"),
    };
    f.close();
    decoded
}
