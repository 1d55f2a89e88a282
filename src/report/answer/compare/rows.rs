//! `compare` as rows.

use schemars::JsonSchema;
use serde::Serialize;

use super::{AttributedAnswer, ChangedFigureAnswer, CompareAnswer, InputChangeAnswer};

/// A figure, its change, and the parts of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AttributionRow {
    /// Name of the figure with its unit.
    pub figure: String,
    pub from: f64,
    pub to: f64,
    pub change: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub demand: Option<f64>,
    pub allocation: Option<f64>,
    pub contracts: Option<f64>,
    pub catalog: Option<f64>,
    pub shocks: Option<f64>,
    pub method: Option<f64>,
    pub noise: Option<f64>,
}

/// An input that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct InputRow {
    pub group: Option<String>,
    pub what: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub sentence: String,
    pub is_used: bool,
}

/// One row per figure.
#[must_use]
pub fn attribution(answer: &CompareAnswer) -> Vec<AttributionRow> {
    let figures = &answer.figures;
    let parts = answer.attribution.as_ref();
    let mut rows = vec![
        row("monthly_cost_usd", &figures.monthly_cost_usd, parts.map(|a| &a.monthly_cost_usd)),
        row("aal_usd", &figures.aal_usd, parts.map(|a| &a.aal_usd)),
        row("cvar_usd", &figures.cvar_usd, parts.map(|a| &a.cvar_usd)),
    ];
    rows.extend(figures.capability_points.iter().map(|points| row("capability_points", points, None)));
    rows
}

fn row(
    figure: &str,
    difference: &ChangedFigureAnswer,
    attributed: Option<&AttributedAnswer>,
) -> AttributionRow {
    let ChangedFigureAnswer { from, to, change, low, high } = *difference;
    let parts = attributed.map(|attributed| attributed.parts);
    AttributionRow {
        figure: figure.to_owned(),
        from,
        to,
        change,
        low,
        high,
        demand: parts.map(|p| p.demand),
        allocation: parts.map(|p| p.allocation),
        contracts: parts.map(|p| p.contracts),
        catalog: parts.map(|p| p.catalog),
        shocks: parts.map(|p| p.shocks),
        method: parts.map(|p| p.method),
        noise: parts.map(|p| p.noise),
    }
}

/// One row per input that differs; none where the inputs of a side are not known.
#[must_use]
pub fn inputs(answer: &CompareAnswer) -> Vec<InputRow> {
    let row = |change: &InputChangeAnswer| InputRow {
        group: change.group.clone(),
        what: change.what.clone(),
        from: change.from.clone(),
        to: change.to.clone(),
        sentence: change.sentence.clone(),
        is_used: change.is_used,
    };
    answer.inputs.iter().flatten().map(row).collect()
}
