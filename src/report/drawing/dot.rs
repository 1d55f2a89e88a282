//! The whole graph as text for Graphviz (DOT language).

use std::fmt::Write;

use super::label;
use crate::graph::portfolio::{Link, PortfolioGraph, PortfolioNode};
use crate::graph::supply::NeedKind;
use crate::input::diagnostic::is_unprintable;
use crate::model::instance::Instance;
use crate::report::figures::{days, percent};

/// Every node and link of a portfolio's graph. Needs are numbered by consumer: those of one number are alternatives.
#[must_use]
pub fn dot(instance: &Instance, graph: &PortfolioGraph) -> String {
    let mut text = format!(
        "digraph {} {{\n  rankdir=LR;\n  node [fontname=\"Helvetica\", fontsize=11, style=filled];\n  \
         edge [fontname=\"Helvetica\", fontsize=9];\n",
        quoted(&instance.portfolio.name)
    );
    for (idx, &node) in graph.nodes().iter().enumerate() {
        let (shape, color) = look(node);
        let label = quoted(&label(instance, node));
        let _ = writeln!(text, "  n{idx} [label={label}, shape={shape}, fillcolor=\"{color}\"];");
    }
    for (from, to, link) in graph.links() {
        let (label, style) = words(link);
        let _ = writeln!(text, "  n{from} -> n{to} [label={}, style={style}];", quoted(&label));
    }
    text + "}\n"
}

fn look(node: PortfolioNode) -> (&'static str, &'static str) {
    match node {
        PortfolioNode::Cell(_) => ("box", "#ffffff"),
        PortfolioNode::Offer(_) => ("box", "#cfe0f5"),
        PortfolioNode::Model(_) => ("ellipse", "#ddd5f0"),
        PortfolioNode::Supplier(_) => ("house", "#d3ecd0"),
        PortfolioNode::HostSite(..) => ("box3d", "#fbeeb5"),
        PortfolioNode::Hardware(_) => ("component", "#f9d8c4"),
        PortfolioNode::Jurisdiction(_) => ("octagon", "#e6e6e6"),
    }
}

fn words(link: Link) -> (String, &'static str) {
    match link {
        Link::Primary { share } => (percent(share), "solid"),
        Link::Standby { readiness, cover } => {
            (format!("{} {}", readiness.as_str(), percent(cover)), "dashed")
        }
        Link::Runs => ("runs".to_owned(), "solid"),
        Link::Need { kind, group, buffer_days } => need(kind, group, buffer_days),
        Link::DevelopedBy => ("developed by".to_owned(), "solid"),
        Link::BasedOn => ("based on".to_owned(), "solid"),
        Link::ControlledBy => ("controlled by".to_owned(), "solid"),
        Link::Under => ("under".to_owned(), "dotted"),
    }
}

fn need(kind: NeedKind, group: usize, buffer_days: f64) -> (String, &'static str) {
    let (word, style) = match kind {
        NeedKind::Service => ("service", "bold"),
        NeedKind::Updates => ("updates", "dotted"),
        NeedKind::Hosting => ("hosting", "bold"),
        NeedKind::Hardware => ("hardware", "bold"),
    };
    let buffer = if buffer_days > 0.0 { format!(", lasts {}", days(buffer_days)) } else { String::new() };
    (format!("{word} {}{buffer}", group + 1), style)
}

/// A quoted DOT string.
fn quoted(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !is_unprintable(*c)).collect();
    format!("\"{}\"", kept.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\"");
    }

    #[test]
    fn a_need_says_its_number_and_how_long_it_lasts() {
        assert_eq!(need(NeedKind::Hardware, 2, 540.0), ("hardware 3, lasts 540 days".to_owned(), "bold"));
        assert_eq!(need(NeedKind::Updates, 0, 0.0), ("updates 1".to_owned(), "dotted"));
    }
}
