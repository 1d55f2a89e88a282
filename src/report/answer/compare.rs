//! `compare`: what changed between two portfolios, and what it does to cost and risk.

pub mod rows;
pub mod words;

use schemars::JsonSchema;
use serde::Serialize;

use super::{FORMAT_VERSION, finite};
use crate::measures::Estimate;
use crate::study::compare::gate::{FigurePairs, TestedRule};
use crate::study::compare::inputs::InputChange;
use crate::study::compare::{ComparedFigure, PortfolioComparison};
use words::{sentence, values};

/// Two portfolios, or one at two dates: inputs that differ, and the change of cost and risk by what causes it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CompareAnswer {
    /// Version of this format: 1.
    pub format_version: u64,
    /// What was given first.
    pub from: String,
    /// What was given second.
    pub to: String,
    /// The draws of each.
    pub draws: ComparedDraws,
    /// Figures of both, and their change.
    pub figures: ComparedFiguresAnswer,
    /// Inputs that differ, by group, what is in use first; null where the inputs of a side are not known.
    pub inputs: Option<Vec<InputChangeAnswer>>,
    /// The change of each figure by the group of inputs that causes it; null where the inputs of a side are not known.
    pub attribution: Option<AttributionAnswer>,
    /// Why there is no attribution; null where there is one.
    pub unattributed: Option<String>,
    /// The rules of `--fail-on`, in the order given.
    pub fail_on: Vec<FailRuleAnswer>,
    /// Figures that were recorded and come out otherwise now, such as by another version of the program.
    pub recorded: Vec<RecordedFigureAnswer>,
    /// Files of a report that were changed after it was written, by their hashes in its manifest.
    pub altered: Vec<AlteredFileAnswer>,
}

/// The draws of both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ComparedDraws {
    /// Of the first.
    pub from: DrawsAnswer,
    /// Of the second.
    pub to: DrawsAnswer,
}

/// How the trials of one side were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DrawsAnswer {
    /// Random seed.
    pub seed: u64,
    /// Number of trials.
    pub trials: u64,
}

/// Figures of today's allocation on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ComparedFiguresAnswer {
    /// Planned cost a month, USD.
    pub monthly_cost_usd: ChangedFigureAnswer,
    /// Average annual loss, USD.
    pub aal_usd: ChangedFigureAnswer,
    /// Mean loss of the worst 5 % of horizons, USD.
    pub cvar_usd: ChangedFigureAnswer,
    /// Mean capability of the models that serve all demand, points; null where the inputs of a side are not known.
    pub capability_points: Option<ChangedFigureAnswer>,
}

/// A figure before and after.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct ChangedFigureAnswer {
    /// Before.
    pub from: f64,
    /// After.
    pub to: f64,
    /// After less before.
    pub change: f64,
    /// Lower end of the 95 % interval of the change, from the same trials; null for what is not drawn, and where draws differ.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
}

/// An input that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct InputChangeAnswer {
    /// Group that its effect is attributed to: `demand`, `allocation`, `contracts`, `catalog`, `shocks`, `method` or `noise`; null: it
    /// has no effect on these figures.
    pub group: Option<String>,
    /// Whose input it is, and which.
    pub what: String,
    /// Before, with its unit; null when there was none, or when it cannot be said in a few words.
    pub from: Option<String>,
    /// After; null when there is none.
    pub to: Option<String>,
    /// The change in a sentence.
    pub sentence: String,
    /// Whether the portfolio before or after uses the entry of the catalog; true for all other inputs.
    pub is_used: bool,
}

/// The change of each figure by what causes it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AttributionAnswer {
    /// Planned cost a month.
    pub monthly_cost_usd: AttributedAnswer,
    /// Average annual loss.
    pub aal_usd: AttributedAnswer,
    /// Mean loss of the worst 5 % of horizons.
    pub cvar_usd: AttributedAnswer,
    /// Worlds between the two that were measured, both included.
    pub worlds: usize,
}

/// A figure and the parts of its change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct AttributedAnswer {
    /// Before, USD.
    pub from: f64,
    /// After, USD.
    pub to: f64,
    /// Parts of `to − from`; in whole cents they add up to it.
    pub parts: AttributedParts,
}

/// Parts of a change by group of inputs, USD, each averaged over all orders in which the groups can change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct AttributedParts {
    /// Workloads: tokens, users, what they ask for, what an outage costs.
    pub demand: f64,
    /// Shares and standbys.
    pub allocation: f64,
    /// Contracts, readiness, quotas, approved hosts, onboarding.
    pub contracts: f64,
    /// Offers, prices, models, suppliers, hardware, rules, sites of the company.
    pub catalog: f64,
    /// Shocks with their rates, and tensions.
    pub shocks: f64,
    /// Horizon, day 0, surge, drift of quality, treatment of rates.
    pub method: f64,
    /// Seed and number of trials.
    pub noise: f64,
}

impl AttributedParts {
    /// Words and values, in the documented order.
    #[must_use]
    pub fn list(&self) -> [(&'static str, f64); 7] {
        [
            ("demand", self.demand),
            ("allocation", self.allocation),
            ("contracts", self.contracts),
            ("catalog", self.catalog),
            ("shocks", self.shocks),
            ("method", self.method),
            ("noise", self.noise),
        ]
    }
}

/// A rule of `--fail-on`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FailRuleAnswer {
    /// The rule.
    pub rule: String,
    /// After less before, USD or points.
    pub change: f64,
    /// How far the figure may move in the direction of the rule, USD or points.
    pub allowed: f64,
    /// Whether it moved further.
    pub exceeded: bool,
}

/// A recorded figure that comes out otherwise now.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecordedFigureAnswer {
    /// `from` or `to`.
    pub side: String,
    /// `monthly_cost_usd`, `aal_usd` or `cvar_usd`.
    pub figure: String,
    /// As recorded, USD.
    pub recorded: f64,
    /// As computed now from the inputs kept beside it, USD.
    pub computed: f64,
}

/// A file of a report that is not as its manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AlteredFileAnswer {
    /// `from` or `to`.
    pub side: String,
    /// Its place in the folder of the report.
    pub file: String,
    /// Whether it is gone; else it was changed.
    pub is_missing: bool,
}

/// What the two sides are called, how they were drawn, and what was recorded of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedSides {
    pub from: String,
    pub to: String,
    pub draws: ComparedDraws,
    pub recorded: Vec<RecordedFigureAnswer>,
    pub altered: Vec<AlteredFileAnswer>,
}

impl CompareAnswer {
    /// The documented answer.
    #[must_use]
    pub fn of(sides: ComparedSides, comparison: &PortfolioComparison, rules: &[TestedRule]) -> Self {
        let figures = FiguresOf::new(comparison.figures());
        let with = |difference: ChangedFigureAnswer, estimate: Option<Estimate>| ChangedFigureAnswer {
            low: estimate.and_then(|e| e.low).and_then(finite),
            high: estimate.and_then(|e| e.high).and_then(finite),
            ..difference
        };
        Self {
            figures: ComparedFiguresAnswer {
                aal_usd: with(figures.0.aal_usd, comparison.aal.difference),
                cvar_usd: with(figures.0.cvar_usd, comparison.cvar.difference),
                ..figures.0
            },
            inputs: Some(comparison.inputs.iter().map(input_answer).collect()),
            attribution: Some(AttributionAnswer {
                monthly_cost_usd: attributed(&comparison.monthly_cost),
                aal_usd: attributed(&comparison.aal),
                cvar_usd: attributed(&comparison.cvar),
                worlds: comparison.n_worlds,
            }),
            ..Self::of_figures(sides, comparison.figures(), rules, None)
        }
    }

    /// The answer where the inputs of a side are not known: figures only, and why.
    #[must_use]
    pub fn of_figures(
        sides: ComparedSides,
        figures: FigurePairs,
        rules: &[TestedRule],
        unattributed: Option<String>,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            from: sides.from,
            to: sides.to,
            draws: sides.draws,
            figures: FiguresOf::new(figures).0,
            inputs: None,
            attribution: None,
            unattributed,
            fail_on: rules.iter().map(rule_answer).collect(),
            recorded: sides.recorded,
            altered: sides.altered,
        }
    }
}

/// Figures without intervals.
struct FiguresOf(ComparedFiguresAnswer);

impl FiguresOf {
    fn new(figures: FigurePairs) -> Self {
        let difference = |(from, to): (f64, f64)| ChangedFigureAnswer {
            from,
            to,
            change: to - from,
            low: None,
            high: None,
        };
        let usd = |pair: (f64, f64)| {
            let found = difference(pair);
            ChangedFigureAnswer { change: (found.change * 100.0).round() / 100.0, ..found }
        };
        Self(ComparedFiguresAnswer {
            monthly_cost_usd: usd(figures.monthly_cost),
            aal_usd: usd(figures.aal),
            cvar_usd: usd(figures.cvar),
            capability_points: figures.capability.map(difference),
        })
    }
}

fn attributed(figure: &ComparedFigure) -> AttributedAnswer {
    let usd = |cents: i128| cents as f64 / 100.0;
    let [demand, allocation, contracts, catalog, shocks, method, noise] = figure.parts_cents.map(usd);
    AttributedAnswer {
        from: usd(figure.from_cents),
        to: usd(figure.to_cents),
        parts: AttributedParts { demand, allocation, contracts, catalog, shocks, method, noise },
    }
}

fn input_answer(change: &InputChange) -> InputChangeAnswer {
    let (from, to) = values(change);
    InputChangeAnswer {
        group: change.group.map(|group| group.as_str().to_owned()),
        what: change.what.clone(),
        from,
        to,
        sentence: sentence(change),
        is_used: change.is_used,
    }
}

fn rule_answer(tested: &TestedRule) -> FailRuleAnswer {
    FailRuleAnswer {
        rule: tested.rule.to_string(),
        change: tested.change,
        allowed: tested.allowed,
        exceeded: tested.is_exceeded,
    }
}
