//! Efficient frontier: plans from the cheapest to the safest (methodology/optimization.md#frontier).

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::context::{MeasuredPlan, PlanContext};
use crate::model::plan::Plan;
use crate::planning::column_generation::warm_start::WarmStart;
use crate::planning::request::Request;
use crate::planning::sample::evaluate::{Evaluation, Objective, risk_usd};
use crate::study::progress::Target;

/// Weights of a dollar of risk against a dollar of planned cost at the ends: nearly only cost counts, nearly only risk.
const ENDS: [f64; 2] = [1e-4, 1e4];
/// Number of points that the search aims for.
pub const LEAST_POINTS: usize = 12;
/// Largest number of searches.
pub const MAX_SEARCHES: usize = 32;
/// Searches that run side by side; a number of its own, so that the points do not depend on the threads.
const AT_ONCE: usize = 2;
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
}

/// The frontier around a plan.
pub(super) fn frontier(context: &PlanContext<'_>, plan: &MeasuredPlan, today: &MeasuredPlan) -> Frontier {
    let objective = &context.request.objective;
    let recommended = (plan.plan.clone(), plan.in_sample.clone());
    let own =
        Found { is_recommended: true, ..Found::new(objective, 1.0, recommended, context.warm_start.clone()) };
    let mut curve = Curve { found: vec![own], closed: BTreeSet::new(), n_searches: 0 };
    curve.search(context, &ENDS.map(|risk_times| (risk_times, None)));
    while curve.points().len() < LEAST_POINTS && curve.n_searches < MAX_SEARCHES {
        let open = curve.widest_open();
        if open.is_empty() {
            break;
        }
        curve.search(context, &open);
    }
    let found = curve.points().into_iter().map(|at| &curve.found[at]);
    let points: Vec<Point> = found
        .map(|found| Point {
            risk_times: found.risk_times,
            measured: match found.is_recommended {
                true => plan.clone(),
                false => context.measured(found.plan.clone()),
            },
            is_recommended: found.is_recommended,
        })
        .collect();
    let is_on_frontier = points.iter().any(|point| point.is_recommended);
    Frontier {
        knee: knee(&points),
        recommended: (!is_on_frontier).then(|| plan.clone()),
        points,
        today: today.clone(),
        n_searches: curve.n_searches,
    }
}

/// A plan that a search found.
struct Found {
    /// Weight of a dollar of risk in its search; the recommended plan's is 1.
    risk_times: f64,
    plan: Plan,
    is_recommended: bool,
    evaluation: Evaluation,
    /// Planned cost and risk that the searches weigh against each other, USD.
    cost_usd: f64,
    risk_usd: f64,
    warm_start: Option<WarmStart>,
}

impl Found {
    fn new(
        objective: &Objective,
        risk_times: f64,
        (plan, evaluation): (Plan, Evaluation),
        warm_start: Option<WarmStart>,
    ) -> Self {
        let at_one = Objective { risk_times: 1.0, ..*objective };
        let risk_usd = risk_usd(&at_one, evaluation.mean_loss_usd, evaluation.figures.cvar_usd);
        let cost_usd = evaluation.figures.planned_usd;
        Self { risk_times, plan, is_recommended: false, evaluation, cost_usd, risk_usd, warm_start }
    }

    /// Whether it is equal or better in both monthly cost and CVaR.
    fn covers(&self, other: &Self) -> bool {
        let is_at_most = |a: f64, b: f64| a <= b + SAME * b.abs();
        let (own, other) = (&self.evaluation.figures, &other.evaluation.figures);
        is_at_most(own.monthly_cost_usd, other.monthly_cost_usd) && is_at_most(own.cvar_usd, other.cvar_usd)
    }
}

/// An edge of the hull: two plans next to each other, by their index.
type Edge = (usize, usize);

/// The plans found so far. Between two neighbors on their lower convex hull, the one weight is tried at which both are worth the
/// same: a plan that is better for some weight between theirs is better at it (Cohon's NISE, 1978). So an edge is searched
/// once, and closed when nothing is found below it.
struct Curve {
    found: Vec<Found>,
    closed: BTreeSet<Edge>,
    n_searches: usize,
}

impl Curve {
    /// Searches with the weights side by side, and closes their edges.
    fn search(&mut self, context: &PlanContext<'_>, weights: &[(f64, Option<Edge>)]) {
        let search = |(at, &(risk_times, edge)): (usize, &(f64, Option<Edge>))| {
            let objective = Objective { risk_times, ..context.request.objective };
            let request = Request { objective, ..context.request.clone() };
            let target = Target::Frontier { plan: self.n_searches + at + 1, risk_times };
            let found = context.search(self.nearest(risk_times, edge), &request, target)?;
            Some(Found::new(&objective, risk_times, found.best?, found.warm_start))
        };
        let found: Vec<Option<Found>> = weights.par_iter().enumerate().map(search).collect();
        self.n_searches += weights.len();
        self.closed.extend(weights.iter().filter_map(|weight| weight.1));
        for found in found.into_iter().flatten() {
            if !self.found.iter().any(|known| known.covers(&found)) {
                self.found.push(found);
            }
        }
    }

    /// Columns and prices of the end whose weight is nearer, or of the recommended plan.
    fn nearest(&self, risk_times: f64, edge: Option<Edge>) -> Option<&WarmStart> {
        let apart = |at: &usize| (self.found[*at].risk_times / risk_times).ln().abs();
        let mut ends: Vec<usize> = edge.into_iter().flat_map(|(low, high)| [low, high]).collect();
        ends.sort_by(|a, b| apart(a).total_cmp(&apart(b)));
        ends.push(0);
        ends.into_iter().find_map(|at| self.found[at].warm_start.as_ref())
    }

    /// Indices of the plans of which none is cheaper and safer than another, the cheapest first.
    fn points(&self) -> Vec<usize> {
        let mut points: Vec<usize> = Vec::new();
        for at in 0..self.found.len() {
            points.retain(|&known| !self.found[at].covers(&self.found[known]));
            points.push(at);
        }
        let figures = |at: &usize| &self.found[*at].evaluation.figures;
        points.sort_by(|a, b| {
            let by_cost = figures(a).monthly_cost_usd.total_cmp(&figures(b).monthly_cost_usd);
            by_cost.then(figures(b).cvar_usd.total_cmp(&figures(a).cvar_usd))
        });
        points
    }

    /// The lower convex hull of planned cost and risk, from the cheapest plan to the safest.
    fn hull(&self) -> Vec<usize> {
        let at = |at: usize| (self.found[at].cost_usd, self.found[at].risk_usd);
        let mut order: Vec<usize> = (0..self.found.len()).collect();
        order.sort_by(|&a, &b| at(a).0.total_cmp(&at(b).0).then(at(a).1.total_cmp(&at(b).1)));
        let mut hull: Vec<usize> = Vec::new();
        for next in order {
            if hull.last().is_some_and(|&last| at(last).1 <= at(next).1) {
                continue;
            }
            while let [.., before, last] = hull[..] {
                let (a, b, c) = (at(before), at(last), at(next));
                // Whether `last` is on or above the line from `before` to `next`.
                if (b.0 - a.0) * (c.1 - a.1) > (b.1 - a.1) * (c.0 - a.0) {
                    break;
                }
                hull.pop();
            }
            hull.push(next);
        }
        hull
    }

    /// The open edges that are widest, each axis scaled by its range, with the weight at which their ends are worth the same.
    fn widest_open(&self) -> Vec<(f64, Option<Edge>)> {
        let hull = self.hull();
        let (Some(first), Some(last)) = (hull.first(), hull.last()) else { return Vec::new() };
        let apart = |a: usize, b: usize| {
            let (a, b) = (&self.found[a], &self.found[b]);
            (b.cost_usd - a.cost_usd, a.risk_usd - b.risk_usd)
        };
        let range = apart(*first, *last);
        let width = |edge: Edge| {
            let (cost, risk) = apart(edge.0, edge.1);
            (cost / range.0).max(risk / range.1)
        };
        let edges = hull.windows(2).map(|pair| (pair[0], pair[1]));
        let mut open: Vec<Edge> = edges.filter(|edge| !self.closed.contains(edge)).collect();
        open.sort_by(|a, b| width(*b).total_cmp(&width(*a)).then(a.cmp(b)));
        open.truncate(AT_ONCE);
        let weight = |(low, high): Edge| {
            let (cost, risk) = apart(low, high);
            cost / risk
        };
        open.into_iter().map(|edge| (weight(edge), Some(edge))).collect()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::plan::recommended_rung::tests::any_rung;

    /// Plans of these costs and risks, USD.
    fn curve(found: &[(f64, f64)]) -> Curve {
        let any = any_rung().measured;
        let of = |&(cost_usd, risk_usd): &(f64, f64)| {
            let own = (any.plan.clone(), any.in_sample.clone());
            Found { cost_usd, risk_usd, ..Found::new(&Objective::new(0.5, 0.95), 1.0, own, None) }
        };
        Curve { found: found.iter().map(of).collect(), closed: BTreeSet::new(), n_searches: 0 }
    }

    /// The third plan is above the line between its neighbors, the last one costs more than the fourth and is riskier.
    const FOUND: [(f64, f64); 5] = [(4.0, 1.0), (0.0, 10.0), (2.0, 4.9), (1.0, 5.0), (5.0, 1.5)];

    #[test]
    fn the_hull_runs_from_the_cheapest_plan_to_the_safest() {
        assert_eq!(curve(&FOUND).hull(), [1, 3, 0]);
        // On the line counts as above it.
        assert_eq!(curve(&[(0.0, 2.0), (1.0, 1.0), (2.0, 0.0)]).hull(), [0, 2]);
        assert_eq!(curve(&[(0.0, 2.0), (0.0, 1.0)]).hull(), [1]);
    }

    /// From (0, 10) to (1, 5) one dollar of cost takes five of risk away, from (1, 5) to (4, 1) three take four.
    #[test]
    fn an_edge_is_searched_with_the_weight_at_which_its_ends_are_worth_the_same() {
        let mut curve = curve(&FOUND);
        // Of a range of 4 and 9 the second edge is three quarters wide in cost, the first five ninths in risk.
        assert_eq!(curve.widest_open(), [(0.75, Some((3, 0))), (0.2, Some((1, 3)))]);
        for (weight, edge) in curve.widest_open() {
            let (low, high) = edge.unwrap();
            let worth = |at: usize| curve.found[at].cost_usd + weight * curve.found[at].risk_usd;
            assert!((worth(low) - worth(high)).abs() < 1e-12);
        }
        curve.closed.insert((3, 0));
        assert_eq!(curve.widest_open(), [(0.2, Some((1, 3)))]);
        curve.closed.insert((1, 3));
        assert!(curve.widest_open().is_empty());
    }
}
