//! How much is searched for a conflict.

use super::demand::Demand;
use super::requirements::{Demands, Feasibility, Goal, Relaxation};
use crate::model::example::Example;
use crate::model::limit::{Bound, Dimension, Measure};
use crate::model::words::Openness;
use crate::planning::request::Request;
use crate::planning::sample::evaluate::Objective;
use crate::study::session::{OptimizeSettings, Session};

const SETTINGS: OptimizeSettings = OptimizeSettings {
    cvar_weight: 0.5,
    confidence_level: 0.95,
    max_turnover: Some(0.0),
    prove_to: None,
    n_trials: 40,
    seed: 1,
};

/// Half of the demand is on each of two offers and may not move, but at most 0.4 may be of US origin; a limit on losses is
/// there as well. That this is a conflict is proven without a trial, and so is that 0.1 must move; then losses are tested
/// with the shortlist, which is enough.
#[test]
fn no_trial_is_compiled_for_every_offer_where_losses_do_not_decide() {
    let mut example = Example::new();
    example
        .supplier("us_lab", "US", &[])
        .supplier("fr_lab", "FR", &[])
        .model("a", "us_lab", Openness::OpenWeights, None)
        .model("b", "fr_lab", Openness::OpenWeights, None);
    example.offer("a", "us_lab", "US", &[]);
    example.offer("b", "fr_lab", "FR", &[]);
    example.workload("w", &[("DE", 1.0)], &[("a@us_lab:US", 0.5), ("b@fr_lab:FR", 0.5)]);
    let bound = Bound { at_least: None, at_most: Some(0.4) };
    example.limit("us", Measure::Share { of: Dimension::Origin, is: "US".to_owned(), bound });
    example.limit("loss", Measure::AverageAnnualLoss { at_most_usd: 1e6 });
    let instance = example.instance();
    let session = Session::new(&instance);
    let objective = Objective::new(SETTINGS.cvar_weight, SETTINGS.confidence_level);
    let request = Request { max_turnover: SETTINGS.max_turnover, ..Request::new(objective) };
    let demands = Demands::new(&session, SETTINGS, &request, None, true);
    let n = demands.list.len();
    let turnover = demands.list.iter().position(|demand| matches!(demand, Demand::Turnover(_))).unwrap();
    let check = |relaxed: Option<(usize, f64)>| {
        demands.check(&Relaxation { holds: vec![true; n], relaxed }, Goal::Any)
    };
    assert!(matches!(check(None), Feasibility::Infeasible));
    assert!(matches!(check(Some((turnover, 0.09))), Feasibility::Infeasible));
    assert!(check(Some((turnover, 0.11))).is_feasible());
    assert!(!demands.has_compiled_every_offer());
}
