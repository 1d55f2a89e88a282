//! Efficient frontier: plans from the cheapest to the safest (methodology/optimization.md#frontier).

use super::context::{MeasuredPlan, PlanContext};
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::request::Request;
use crate::planning::sample::evaluate::Objective;
use crate::study::progress::Target;

/// Weights of a dollar of risk against a dollar of planned cost that are tried first; 1 is the recommended plan.
const RISK_TIMES: [f64; 12] = [1e-4, 1e-2, 3e-2, 0.1, 0.3, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 1e4];
/// Number of points that the search aims for.
pub const LEAST_POINTS: usize = 12;
/// Largest number of searches.
const MAX_SEARCHES: usize = 32;
/// Smallest ratio between two risk weights between which another one is tried.
const LEAST_RATIO: f64 = 1.02;
/// Relative difference in cost or CVaR below which two plans count as equal.
const SAME: f64 = 2e-3;

/// Plans of which none is both cheaper and safer than another, with the recommended plan and today.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontier {
    /// The cheapest first.
    pub points: Vec<Point>,
    /// The point farthest from the straight line between the first and the last; `None` with fewer than three.
    pub knee: Option<usize>,
    /// The recommended plan when it is not a point: a point is at least as good, within the optimality gap.
    pub recommended: Option<MeasuredPlan>,
    pub today: MeasuredPlan,
    /// Number of searches made.
    pub n_searches: usize,
}

/// One plan of a frontier.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Weight of a dollar of risk in the search that found it.
    pub risk_times: f64,
    pub measured: MeasuredPlan,
    pub is_recommended: bool,
}

impl Point {
    fn cost(&self) -> f64 {
        self.measured.in_sample.figures.monthly_cost_usd
    }

    fn cvar(&self) -> f64 {
        self.measured.in_sample.figures.cvar_usd
    }

    /// Whether it is equal or better in both cost and CVaR.
    fn covers(&self, other: &Self) -> bool {
        let is_at_most = |a: f64, b: f64| a <= b + SAME * b.abs();
        is_at_most(self.cost(), other.cost()) && is_at_most(self.cvar(), other.cvar())
    }
}

/// The frontier around a plan.
pub(super) fn frontier(context: &PlanContext<'_>, plan: &MeasuredPlan, today: &MeasuredPlan) -> Frontier {
    let mut tried: Vec<f64> = vec![1.0];
    // Each search starts warm from the one before.
    let mut warm_start = context.warm_start.clone();
    let mut points = vec![Point { risk_times: 1.0, measured: plan.clone(), is_recommended: true }];
    for risk_times in RISK_TIMES {
        add(context, risk_times, &mut tried, &mut points, &mut warm_start);
    }
    while points.len() < LEAST_POINTS && tried.len() <= MAX_SEARCHES {
        let Some(risk_times) = next_risk_weight(&points, &tried) else { break };
        add(context, risk_times, &mut tried, &mut points, &mut warm_start);
    }
    let is_on_frontier = points.iter().any(|point| point.is_recommended);
    Frontier {
        knee: knee(&points),
        recommended: (!is_on_frontier).then(|| plan.clone()),
        points,
        today: today.clone(),
        n_searches: tried.len() - 1,
    }
}

fn add(
    context: &PlanContext<'_>,
    risk_times: f64,
    tried: &mut Vec<f64>,
    points: &mut Vec<Point>,
    warm_start: &mut Option<WarmStart>,
) {
    tried.push(risk_times);
    let objective = Objective { risk_times, ..context.request.objective };
    let request = Request { objective, ..context.request.clone() };
    let target = Target::Frontier { plan: tried.len(), risk_times };
    let Some(found) = context.search(warm_start.as_ref(), &request, target) else { return };
    *warm_start = found.warm_start.or_else(|| warm_start.take());
    let Some((plan, _)) = found.best else { return };
    let measured = context.measured(plan);
    let point = Point { risk_times, measured, is_recommended: false };
    if points.iter().any(|known| known.covers(&point)) {
        return;
    }
    points.retain(|known| !point.covers(known));
    points.push(point);
    points.sort_by(|a, b| a.cost().total_cmp(&b.cost()).then(b.cvar().total_cmp(&a.cvar())));
}

/// Risk weight to try next, between the two neighboring points that lie farthest apart; each axis is scaled by its
/// range.
fn next_risk_weight(points: &[Point], tried: &[f64]) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    let scale = |x: f64| x.abs().max(f64::MIN_POSITIVE);
    let (cost, cvar) = (scale(last.cost() - first.cost()), scale(first.cvar() - last.cvar()));
    let distance = |pair: &[Point]| {
        let width = (pair[1].cost() - pair[0].cost()).abs() / cost;
        width.max((pair[0].cvar() - pair[1].cvar()).abs() / cvar)
    };
    let between = |pair: &[Point]| {
        // Between the weights of the two points, in the widest interval without a tried weight.
        let (low, high) =
            (pair[0].risk_times.min(pair[1].risk_times), pair[0].risk_times.max(pair[1].risk_times));
        let mut known: Vec<f64> = tried.iter().copied().filter(|t| (low..=high).contains(t)).collect();
        known.sort_by(f64::total_cmp);
        let widest = known.windows(2).max_by(|a, b| (a[1] / a[0]).total_cmp(&(b[1] / b[0])))?;
        (widest[1] / widest[0] > LEAST_RATIO).then(|| (widest[0] * widest[1]).sqrt())
    };
    let mut pairs: Vec<&[Point]> = points.windows(2).collect();
    pairs.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    pairs.into_iter().find_map(between)
}

/// The point farthest below the line from the first to the last, with cost and CVaR scaled by their ranges.
fn knee(points: &[Point]) -> Option<usize> {
    let (first, last) = (points.first()?, points.last()?);
    let (cost, cvar) = (last.cost() - first.cost(), first.cvar() - last.cvar());
    if points.len() < 3 || cost <= 0.0 || cvar <= 0.0 {
        return None;
    }
    // On the line, scaled cost and scaled CVaR add up to 1.
    let below =
        |point: &Point| 1.0 - (point.cost() - first.cost()) / cost - (point.cvar() - last.cvar()) / cvar;
    let inner = 1..points.len() - 1;
    inner.max_by(|&a, &b| below(&points[a]).total_cmp(&below(&points[b])).then(b.cmp(&a)))
}
