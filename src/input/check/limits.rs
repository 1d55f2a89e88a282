//! Limits: names resolve, and the dimension suits the measure.

use super::duplicates;
use super::names::{Known, remedy};
use crate::ids::SELF_HOST;
use crate::input::at::At;
use crate::input::diagnostic::quoted;
use crate::model::limit::{Dimension, LossOf, Measure, NodeKind};
use crate::model::portfolio::Portfolio;
use crate::model::words::Openness;

/// Checks every limit.
pub(super) fn check(file: &At<'_>, portfolio: &Portfolio, known: &Known<'_>) {
    let limits = file.key("limits");
    let ids = portfolio.limits.iter().map(|l| l.id.as_deref().unwrap_or_default());
    duplicates::check("limit", ids, |i| Some(limits.index(i)));
    for (i, limit) in portfolio.limits.iter().enumerate() {
        let at = limits.index(i);
        match &limit.measure {
            Measure::Share { of, is, .. } => share_key(&at.key("is"), *of, is, known),
            Measure::Survives { loss_of: LossOf::One(kind, id), .. } => {
                node(&at.key("loss_of").key(kind.as_str()), *kind, id, known);
            }
            Measure::Hhi { of: Dimension::Reach, .. } => {
                let help = Some(
                    "its shares overlap, so a sum of their squares is meaningless; limit a share instead"
                        .into(),
                );
                at.key("of").error(
                    "unsupported-dimension",
                    "an HHI of 'reach' is not supported".into(),
                    help,
                );
            }
            _ => {}
        }
    }
}

/// The key of a dimension that a share is taken of.
fn share_key(at: &At<'_>, of: Dimension, is: &str, known: &Known<'_>) {
    match of {
        Dimension::Origin
        | Dimension::Control
        | Dimension::LineageOrigin
        | Dimension::HostOrigin
        | Dimension::Region
        | Dimension::Reach => known.jurisdiction(at, is),
        Dimension::Developer => known.supplier(at, is),
        Dimension::Model => known.model(at, is),
        Dimension::Host => known.host(at, is),
        // The share of offers whose hardware is not stated.
        Dimension::Hardware if is == "unknown" => {}
        Dimension::Hardware => is.split('|').for_each(|id| known.hardware(at, id)),
        Dimension::Openness => {
            let words = [Openness::Closed, Openness::OpenWeights, Openness::OpenSource].map(Openness::as_str);
            if !is.is_empty() && !words.contains(&is) {
                let help = remedy(at, is, words);
                at.error(
                    "unknown-value",
                    format!("unknown value {}; allowed: {}", quoted(is), words.join(", ")),
                    help,
                );
            }
        }
    }
}

fn node(at: &At<'_>, kind: NodeKind, id: &str, known: &Known<'_>) {
    match kind {
        NodeKind::Jurisdiction | NodeKind::Territory => known.jurisdiction(at, id),
        NodeKind::Supplier => known.supplier(at, id),
        NodeKind::Host | NodeKind::HostSite if is_own(id) => {
            let help = Some("name another host".into());
            at.error(
                "self-not-stoppable",
                "the loss of a node never reaches the company's own sites".into(),
                help,
            );
        }
        NodeKind::Host => known.host(at, id),
        NodeKind::HostSite => known.host_site(at, id),
        NodeKind::Hardware => known.hardware(at, id),
    }
}

/// Whether a host, or a site `host:REGION`, is the company's own.
fn is_own(id: &str) -> bool {
    id.split(':').next() == Some(SELF_HOST)
}
