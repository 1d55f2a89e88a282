//! Which origins can serve a workload today, and when the others will (methodology/landscape.md#workloads).

use jiff::civil::Date;

use super::ratings::{ModelGroup, Ratings, best};
use super::trend::{Forecast, Trend};
use crate::model::instance::{Instance, ModelIdx, WorkloadIdx};
use crate::shocks::law::Law;

/// What the models of one origin can do for one workload.
#[derive(Debug, Clone, PartialEq)]
pub struct OriginService {
    pub workload: WorkloadIdx,
    /// Place of the origin in the list of groups.
    pub group: usize,
    /// Share of the workload's users who may newly use an offer of such a model.
    pub users_share: f64,
    /// Its rated models, dated or not, that reach the floor.
    pub n_models: usize,
    /// The best of its rated models, dated or not.
    pub best: Option<ModelIdx>,
    /// Points of that model above the floor, negative below; `None` without a model or a floor.
    pub margin: Option<f64>,
    /// When its models reach the floor on trend; `None` where they do, or where there is no trend.
    pub forecast: Option<Forecast>,
}

/// Every workload with every group, in this order.
#[must_use]
pub fn origin_services(
    instance: &Instance,
    ratings: &Ratings,
    groups: &[ModelGroup],
    as_of: Date,
) -> Vec<OriginService> {
    let law = Law::new(instance);
    let trends: Vec<Option<Trend>> = groups.iter().map(|group| Trend::new(ratings, group, as_of)).collect();
    let mut services = Vec::new();
    for workload in 0..instance.workloads.len() {
        let floor = instance.workloads[workload].workload.min_quality;
        for (place, group) in groups.iter().enumerate() {
            let rated = || rated(instance, group, as_of);
            // Of equals, the first by id.
            let best_model = rated().fold(None, |best: Option<(ModelIdx, f64)>, (model, points)| {
                if best.is_none_or(|b| points > b.1) { Some((model, points)) } else { best }
            });
            let margin = best_model.zip(floor).map(|((_, points), floor)| points - floor);
            let is_missing = margin.is_some_and(|margin| margin < 0.0);
            let own = best(ratings.of(group, as_of)).filter(|_| is_missing);
            let forecast = own
                .zip(trends[place])
                .zip(floor)
                .map(|((own, trend), floor)| trend.reaches(own, floor, as_of));
            services.push(OriginService {
                workload,
                group: place,
                users_share: users_share(instance, &law, workload, group),
                n_models: rated().filter(|(_, points)| floor.is_none_or(|floor| *points >= floor)).count(),
                best: best_model.map(|(model, _)| model),
                margin,
                forecast,
            });
        }
    }
    services
}

/// Rated models of the group by id with their points: released by the day, or undated.
fn rated<'a>(
    instance: &'a Instance,
    group: &'a ModelGroup,
    as_of: Date,
) -> impl Iterator<Item = (ModelIdx, f64)> + 'a {
    let points = |m: ModelIdx| instance.models[m].model.quality.general.map(|points| (m, points));
    let is_out = move |m: &ModelIdx| {
        let released = instance.models[*m].model.released;
        released.is_none_or(|released| released.first_day() <= as_of)
    };
    (0..instance.models.len()).filter(|m| group.is_member[*m]).filter(is_out).filter_map(points)
}

fn users_share(instance: &Instance, law: &Law, workload: WorkloadIdx, group: &ModelGroup) -> f64 {
    let can_be_served = |cell: &usize| {
        let mut offers = instance.offers.iter().enumerate().filter(|(_, o)| group.is_member[o.model]);
        offers.any(|(offer, _)| law.eligible.contains(*cell, offer))
    };
    let cells = instance.workloads[workload].cells.clone();
    cells.filter(can_be_served).map(|cell| instance.cells[cell].users_share).sum()
}
