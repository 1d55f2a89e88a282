//! A portfolio as tables: what an analyst would export into arrays, made with the library (benches/peers/README.md).

use std::collections::BTreeMap;
use std::path::Path;

use multipolar::graph::down::Down;
use multipolar::graph::outage::Outage;
use multipolar::input::{Sources, load};
use multipolar::model::instance::OfferIdx;
use multipolar::model::plan::Plan;
use multipolar::model::shock::{DurationLaw, Frequency};
use multipolar::service::cell_model::{CellFactor, CellModel, CellShock, Class, MemberClass, Roles};
use multipolar::service::cell_plan::CellPlan;
use multipolar::service::disruption::{Disruption, Occurrence};
use multipolar::shocks::resolve::{DeveloperChoice, ResolvedShock};
use multipolar::study::session::Session;
use serde_json::{Value, json};

/// The tables of a portfolio under today's plan. Infinite times are `null`.
///
/// # Panics
/// When the portfolio is not valid.
pub fn tables(portfolio: &Path) -> Value {
    let loaded =
        load(Sources { portfolio, catalog: None, jurisdictions: None }).expect("the portfolio is valid");
    let session = Session::new(&loaded.instance);
    let cell_models = CellModel::all(&session.setting, &Roles::of_plan(&session.current), &session.shocks);
    let outages: Vec<Outage> = (0..session.shocks.len()).map(|shock| outage_alone(&session, shock)).collect();
    let cells: Vec<Value> =
        cell_models.iter().map(|cell_model| cell(&session, cell_model, &session.current, &outages)).collect();
    json!({
        "horizon_days": session.setting.horizon_days(),
        "surge": loaded.instance.portfolio.surge,
        "n_tensions": loaded.instance.tensions.len(),
        "shocks": session.shocks.iter().map(|s| shock(&session, s)).collect::<Vec<Value>>(),
        "cells": cells,
    })
}

/// What a shock does to the supply graph when it alone strikes on day 0 for ever: the starts are delays after onset.
fn outage_alone(session: &Session<'_>, shock: usize) -> Outage {
    Disruption::new(&session.setting.graph, &session.shocks, &[Occurrence::endless(shock)], f64::INFINITY)
        .outage
}

fn shock(session: &Session<'_>, resolved: &ResolvedShock) -> Value {
    let shock = &resolved.shock;
    let frequency = shock.frequency.filter(|_| !shock.in_force).map(|frequency| match frequency {
        Frequency::PerYear(rate) => json!({"per_year": rate}),
        Frequency::Counted { events, years } => json!({"events": events, "years": years}),
    });
    let duration = match shock.duration {
        DurationLaw::Permanent => json!({}),
        DurationLaw::Fixed { days } => json!({"days": days}),
        DurationLaw::Lognormal { median_days, p90_days } => {
            json!({"median_days": median_days, "p90_days": p90_days})
        }
        DurationLaw::Mixture { events, of, median_days, p90_days } => {
            json!({"events": events, "of": of, "median_days": median_days, "p90_days": p90_days})
        }
    };
    let tensions = &session.instance.tensions;
    let place = |id: &str| tensions.iter().position(|t| t.id == id);
    let loadings: Vec<(usize, f64)> = shock
        .tensions
        .iter()
        .filter_map(|(id, beta)| place(id).map(|t| (t, tensions[t].sigma * beta)))
        .collect();
    let child = |id: &str| session.shocks.iter().position(|s| s.shock.id == id);
    let triggers: Vec<(usize, f64, f64)> = shock
        .triggers
        .iter()
        .filter_map(|t| child(&t.shock).map(|s| (s, t.probability, t.after_days)))
        .collect();
    let probability = |choice: &DeveloperChoice| choice.probability;
    json!({
        "id": shock.id,
        "frequency": frequency,
        "duration": duration,
        "notice_days": shock.notice_days,
        "loadings": loadings,
        "triggers": triggers,
        "collateral_probability": resolved.collateral.as_ref().map(probability),
        "withdrawal_probability": resolved.withdrawal.as_ref().map(|w| w.choice.probability),
    })
}

fn cell(session: &Session<'_>, cell_model: &CellModel, plan: &Plan, outages: &[Outage]) -> Value {
    let c = &session.instance.cells[cell_model.cell];
    let own = CellPlan::new(cell_model, c.workload, plan);
    let members: Vec<Value> = cell_model
        .members
        .iter()
        .enumerate()
        .map(|(m, member)| {
            json!({
                "offer": session.instance.offers[member.offer].id.to_string(),
                "class": member.class,
                "price": member.price,
                "quality": finite(member.quality),
                "share": own.share[m],
                "hot": own.hot[m],
                "warm": own.warm[m],
            })
        })
        .collect();
    let class = |class: &MemberClass| {
        json!({
            "is_eligible": class.is_eligible,
            "has_declared_capacity": class.has_declared_capacity,
            "may_be_cold": class.may_be_cold,
            "onboarding_days": class.onboarding_days,
            "warm_lead_days": class.warm_lead.map(|lead| cell_model.warm_leads[lead]),
            "stale_buffer_days": finite(class.stale_buffer_days),
        })
    };
    let strikes: Vec<Value> = cell_model
        .shocks
        .iter()
        .enumerate()
        .map(|(s, shock)| strike(cell_model, s, shock, &outages[s]))
        .filter(|strike| strike.as_object().is_some_and(|keys| keys.len() > 1))
        .collect();
    json!({
        "workload": session.instance.workloads[c.workload].workload.id,
        "users": session.instance.jurisdictions[c.users].id,
        "users_share": c.users_share,
        "value_usd_per_day": cell_model.value_usd_per_day,
        "fallback_usd_per_day": cell_model.fallback_usd_per_day,
        "fallback_after_days": finite(cell_model.fallback_after_days),
        "recovery_objective_days": cell_model.recovery_objective_days,
        "mtok_per_day": cell_model.mtok_per_day,
        "switch_usd": cell_model.switch_usd,
        "members": members,
        "classes": cell_model.classes.iter().map(class).collect::<Vec<Value>>(),
        "strikes": strikes,
    })
}

/// What a shock does within a cell, by class; what it does not do is left out.
fn strike(cell_model: &CellModel, shock_idx: usize, shock: &CellShock, outage: &Outage) -> Value {
    let factors =
        |factors: &[CellFactor]| factors.iter().map(|f| json!([f.factor, f.classes])).collect::<Vec<Value>>();
    let delays = |by_offer: &BTreeMap<OfferIdx, Vec<Down>>| -> Vec<(Class, f64)> {
        let struck =
            by_offer.iter().filter_map(|(&offer, times)| Some((cell_model.class_led_by(offer)?, times)));
        struck.filter_map(|(class, times)| times.first().map(|down| (class, down.start))).collect()
    };
    let mut strike = json!({
        "shock": shock_idx,
        "unavailable": shock.unavailable,
        "no_new": shock.no_new,
        "stale": shock.stale,
        "prices": factors(&shock.prices),
        "capacities": factors(&shock.capacities),
        "one_offs": factors(&shock.one_offs),
        "collateral": shock.collateral,
        "withdrawal": shock.withdrawal,
        "down_after": delays(&outage.down),
        "no_new_after": delays(&outage.no_new),
        "stale_after": delays(&outage.stale),
    });
    let keys = strike.as_object_mut().expect("just made");
    keys.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    if !shock.withdrawal.is_empty() {
        keys.insert("withdrawal_price".into(), json!(shock.withdrawal_price.map(|p| p.1)));
        keys.insert("withdrawal_one_off".into(), json!(shock.withdrawal_one_off.map(|p| p.1)));
    }
    strike
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
