//! Decoder of limits (reference/portfolio-file.md).

use super::Fields;
use super::scalars::{Choices, Range};
use crate::input::at::At;
use crate::input::flow::one_line;
use crate::input::tree::{YamlNode, YamlValue};
use crate::model::limit::{Accepted, Bound, Dimension, Limit, LossOf, Measure, NodeKind, Scope, Weight};
use crate::model::magnitudes::{KEYS, USD};

const DIMENSIONS: Choices<Dimension> = &[
    ("origin", Dimension::Origin),
    ("control", Dimension::Control),
    ("lineage_origin", Dimension::LineageOrigin),
    ("developer", Dimension::Developer),
    ("model", Dimension::Model),
    ("openness", Dimension::Openness),
    ("host", Dimension::Host),
    ("host_origin", Dimension::HostOrigin),
    ("region", Dimension::Region),
    ("hardware", Dimension::Hardware),
    ("reach", Dimension::Reach),
];
const SCOPES: Choices<Scope> = &[("portfolio", Scope::Portfolio), ("each_workload", Scope::EachWorkload)];
const WEIGHTS: Choices<Weight> =
    &[("value", Weight::Value), ("demand", Weight::Demand), ("spend", Weight::Spend)];
const NODE_KINDS: Choices<NodeKind> = &[
    ("jurisdiction", NodeKind::Jurisdiction),
    ("territory", NodeKind::Territory),
    ("supplier", NodeKind::Supplier),
    ("host", NodeKind::Host),
    ("host_site", NodeKind::HostSite),
    ("hardware", NodeKind::Hardware),
];

#[derive(Debug, Clone, Copy)]
enum MeasureName {
    Share,
    MaxShare,
    Hhi,
    Distinct,
    Survives,
    Cvar,
    AverageAnnualLoss,
    MonthlyCost,
}

const MEASURES: Choices<MeasureName> = &[
    ("share", MeasureName::Share),
    ("max_share", MeasureName::MaxShare),
    ("hhi", MeasureName::Hhi),
    ("distinct", MeasureName::Distinct),
    ("survives", MeasureName::Survives),
    ("cvar", MeasureName::Cvar),
    ("average_annual_loss", MeasureName::AverageAnnualLoss),
    ("monthly_cost", MeasureName::MonthlyCost),
];

/// Default of `counting_from`: share from which a key counts in `distinct` (reference/portfolio-file.md).
const DEFAULT_COUNTING_FROM: f64 = 0.05;
/// Default level of a `cvar` limit, the same as the planner's (methodology/optimization.md).
const DEFAULT_CONFIDENCE_LEVEL: f64 = 0.95;

/// One entry of `limits`.
pub(crate) fn limit(at: &At<'_>, place: usize) -> Limit {
    let f = at.fields();
    let name = f.choice("measure", MEASURES);
    let is_concentration = matches!(
        name,
        None | Some(MeasureName::Share | MeasureName::MaxShare | MeasureName::Hhi | MeasureName::Distinct)
    );
    let has_scope = is_concentration || matches!(name, Some(MeasureName::Survives));
    let decoded = Limit {
        id: f.optional("id").and_then(|at| at.text()),
        measure: name.map_or(Measure::MonthlyCost { at_most_usd: 0.0 }, |name| measure(&f, name)),
        scope: if has_scope { f.opt_choice("scope", SCOPES) } else { None }.unwrap_or_default(),
        weight: if is_concentration { f.opt_choice("weight", WEIGHTS) } else { None }.unwrap_or_default(),
        accepted: f.optional("accepted").and_then(|at| accepted(&at)),
        text: one_line(&in_order(at.node)),
        place,
    };
    if name.is_some() {
        f.close();
    }
    decoded
}

/// Keys of a limit in the order in which its text has them.
const KEY_ORDER: [&str; 13] = [
    "measure",
    "of",
    "is",
    "loss_of",
    "confidence_level",
    "at_least",
    "at_most",
    "at_most_usd",
    "service_at_least",
    "within",
    "counting_from",
    "scope",
    "weight",
];

/// The limit with its keys in [`KEY_ORDER`], others after them, so that its text does not depend on how it was written.
fn in_order(node: &YamlNode) -> YamlNode {
    let mut node = node.clone();
    if let YamlValue::Map(entries) = &mut node.value {
        entries.sort_by_cached_key(|entry| {
            let place = KEY_ORDER.iter().position(|key| *key == entry.key);
            (place.unwrap_or(KEY_ORDER.len()), entry.key.clone())
        });
    }
    node
}

fn measure(f: &Fields<'_>, name: MeasureName) -> Measure {
    let of = || f.choice("of", DIMENSIONS).unwrap_or(Dimension::Origin);
    let at_most_usd = || f.number("at_most_usd", Range::within(USD));
    match name {
        MeasureName::Share => Measure::Share { of: of(), is: is(f), bound: bound(f) },
        MeasureName::MaxShare => Measure::MaxShare { of: of(), at_most: f.number("at_most", Range::SHARE) },
        MeasureName::Hhi => Measure::Hhi { of: of(), at_most: f.number("at_most", Range::SHARE) },
        MeasureName::Distinct => Measure::Distinct {
            of: of(),
            at_least: f.number("at_least", Range::within(KEYS)),
            counting_from: f
                .opt_number("counting_from", Range::POSITIVE_SHARE)
                .unwrap_or(DEFAULT_COUNTING_FROM),
        },
        MeasureName::Survives => Measure::Survives {
            loss_of: f.required("loss_of").map_or(LossOf::Every(NodeKind::Jurisdiction), |at| loss_of(&at)),
            service_at_least: f.number("service_at_least", Range::SHARE),
            within_days: f.opt_days("within").unwrap_or(0.0),
        },
        MeasureName::Cvar => Measure::Cvar {
            confidence_level: f
                .opt_number("confidence_level", Range::INSIDE_UNIT)
                .unwrap_or(DEFAULT_CONFIDENCE_LEVEL),
            at_most_usd: at_most_usd(),
        },
        MeasureName::AverageAnnualLoss => Measure::AverageAnnualLoss { at_most_usd: at_most_usd() },
        MeasureName::MonthlyCost => Measure::MonthlyCost { at_most_usd: at_most_usd() },
    }
}

/// The key that a share is of; empty when it was wrong. Without one the largest share is meant, which is another measure.
fn is(f: &Fields<'_>) -> String {
    if !f.has("is") {
        f.know("is");
        f.at.error(
            "missing-key",
            "the key 'is' is missing".into(),
            Some(
                "write 'is: ...' here, or 'measure: max_share' for the largest share, whichever it is of"
                    .into(),
            ),
        );
        return String::new();
    }
    f.text("is")
}

/// `at_least`, `at_most`, or both; shares.
fn bound(f: &Fields<'_>) -> Bound {
    let bound = Bound {
        at_least: f.opt_number("at_least", Range::SHARE),
        at_most: f.opt_number("at_most", Range::SHARE),
    };
    if !f.has("at_least") && !f.has("at_most") {
        f.at.error(
            "missing-key",
            "the limit has no bound".into(),
            Some("write 'at_most', 'at_least', or both".into()),
        );
    }
    if let (Some(least), Some(most)) = (bound.at_least, bound.at_most)
        && least > most
    {
        f.at.key("at_least").error(
            "empty-range",
            format!("'at_least' {least} is more than 'at_most' {most}"),
            Some("swap them, or remove one".into()),
        );
    }
    bound
}

/// A kind of node, or one node `{kind: id}`.
fn loss_of(at: &At<'_>) -> LossOf {
    let YamlValue::Map(entries) = &at.node.value else {
        return LossOf::Every(at.choice(NODE_KINDS).unwrap_or(NodeKind::Jurisdiction));
    };
    let f = at.fields();
    let named: Vec<(NodeKind, At<'_>)> =
        NODE_KINDS.iter().filter_map(|&(word, kind)| Some((kind, f.optional(word)?))).collect();
    let decoded = match named.as_slice() {
        [(kind, node)] => LossOf::One(*kind, node.text().unwrap_or_default()),
        _ => {
            if entries.len() != 1 || !named.is_empty() {
                let help = Some("write one kind of node and one name".into());
                at.error("wrong-type", "expected one node, such as {jurisdiction: US}".into(), help);
            }
            LossOf::Every(NodeKind::Jurisdiction)
        }
    };
    f.close();
    decoded
}

/// `None` when `until` is missing or wrong, which is reported.
fn accepted(at: &At<'_>) -> Option<Accepted> {
    let f = at.fields();
    let until = f.required("until").and_then(|at| at.day());
    let (by, reason) = (f.text("by"), f.text("reason"));
    f.close();
    Some(Accepted { by, until: until?, reason })
}
