//! A plan as groups of a gateway: whole weights, orders for what waits hot, and a group of its own for what waits warm.

use std::collections::BTreeMap;

use crate::ids::OfferId;
use crate::model::portfolio::Readiness;

/// Sums of weights, the smallest first: the first that leaves no share without a weight is taken.
const WEIGHT_SUMS: [u32; 3] = [100, 1_000, 10_000];
/// Shares that differ by less are the same.
const SAME_SHARE: f64 = 1e-6;

/// A plan's shares and standbys, by ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlannedRouting {
    /// Share by workload, country of the users, offer.
    pub allocation: BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>,
    /// Workload, offer and readiness, the first to take over first.
    pub standby: Vec<(String, String, Readiness)>,
}

/// A group of the gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedGroup {
    /// The workload, with the first of its countries where these differ: `chat` or `chat@de`.
    pub name: String,
    pub workload: String,
    /// Countries whose users it serves, ascending.
    pub users: Vec<String>,
    /// Other names of the group, one for each further country.
    pub aliases: Vec<String>,
    /// Offers with their weights, all above 0.
    pub primaries: Vec<(OfferId, u32)>,
    pub hot: Vec<OfferId>,
    pub warm: Vec<OfferId>,
}

/// The groups of a plan, by workload and users.
///
/// # Errors
/// The text of an offer that is no `model@host:REGION`.
pub fn exported(plan: &PlannedRouting) -> Result<Vec<ExportedGroup>, String> {
    let mut groups = Vec::new();
    for (workload, by_users) in &plan.allocation {
        let mut alike: Vec<(Vec<&String>, &BTreeMap<String, f64>)> = Vec::new();
        for (country, shares) in by_users {
            match alike.iter_mut().find(|(_, known)| is_same(known, shares)) {
                Some((countries, _)) => countries.push(country),
                None => alike.push((vec![country], shares)),
            }
        }
        let is_one = alike.len() == 1;
        for (countries, shares) in alike {
            let named = |country: &String| format!("{workload}@{}", country.to_lowercase());
            let (name, aliases) = match (is_one, countries.split_first()) {
                (false, Some((first, others))) => (named(first), others.iter().copied().map(named).collect()),
                _ => (workload.clone(), Vec::new()),
            };
            let used: Vec<(OfferId, f64)> = shares
                .iter()
                .filter(|(_, share)| **share > SAME_SHARE)
                .map(|(id, share)| Ok((offer(id)?, *share)))
                .collect::<Result<_, String>>()?;
            let shares: Vec<f64> = used.iter().map(|(_, share)| *share).collect();
            let weights = whole_weights(&shares);
            let primaries: Vec<(OfferId, u32)> = used.into_iter().map(|(id, _)| id).zip(weights).collect();
            let waiting = |readiness: Readiness| {
                let own = plan.standby.iter().filter(|(w, _, how)| w == workload && *how == readiness);
                own.map(|(_, id, _)| offer(id)).collect::<Result<Vec<OfferId>, String>>()
            };
            groups.push(ExportedGroup {
                name,
                workload: workload.clone(),
                users: countries.into_iter().cloned().collect(),
                aliases,
                primaries,
                hot: waiting(Readiness::Hot)?,
                warm: waiting(Readiness::Warm)?,
            });
        }
    }
    Ok(groups)
}

fn offer(id: &str) -> Result<OfferId, String> {
    OfferId::parse(id).ok_or_else(|| id.to_owned())
}

fn is_same(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> bool {
    let of = |shares: &BTreeMap<String, f64>, id: &String| shares.get(id).copied().unwrap_or(0.0);
    a.keys().chain(b.keys()).all(|id| (of(a, id) - of(b, id)).abs() <= SAME_SHARE)
}

/// Whole weights in proportion to shares, by the largest remainder (Hamilton): they sum to 100, or to more where a share would
/// have none. Ties go to the first.
#[must_use]
pub fn whole_weights(shares: &[f64]) -> Vec<u32> {
    let all = WEIGHT_SUMS.iter().map(|sum| by_largest_remainder(shares, *sum));
    let mut last = Vec::new();
    for weights in all {
        if weights.iter().all(|weight| *weight > 0) {
            return weights;
        }
        last = weights;
    }
    last.into_iter().map(|weight| weight.max(1)).collect()
}

fn by_largest_remainder(shares: &[f64], sum: u32) -> Vec<u32> {
    let total: f64 = shares.iter().sum();
    let exact: Vec<f64> = shares.iter().map(|share| share / total * f64::from(sum)).collect();
    // A share of 0.29 is 28.999… of a hundred in binary.
    let mut weights: Vec<u32> = exact.iter().map(|x| (x + SAME_SHARE).floor() as u32).collect();
    let left = sum.saturating_sub(weights.iter().sum()) as usize;
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by(|&a, &b| {
        let remainder = |i: usize| exact[i] - f64::from(weights[i]);
        remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b))
    });
    by_remainder.into_iter().take(left).for_each(|i| weights[i] += 1);
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirds: 33.3 each, the first gets the one that is left. 0.29 + 0.71 in binary are exact all the same.
    #[test]
    fn weights_are_whole_and_sum_to_a_hundred_or_more() {
        assert_eq!(whole_weights(&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]), [34, 33, 33]);
        assert_eq!(whole_weights(&[0.29, 0.71]), [29, 71]);
        assert_eq!(whole_weights(&[0.125, 0.375, 0.5]), [13, 37, 50]);
        assert_eq!(whole_weights(&[0.003, 0.997]), [3, 997]);
        assert_eq!(whole_weights(&[1e-5, 0.99999]), [1, 10_000]);
        assert_eq!(whole_weights(&[1.0]), [100]);
    }

    #[test]
    fn users_that_are_served_alike_share_a_group() {
        let shares = |id: &str| BTreeMap::from([(id.to_owned(), 1.0)]);
        let (one, other) = (shares("a@h:DE"), shares("b@h:US"));
        let by_users = [("DE", one.clone()), ("FR", one), ("US", other)];
        let by_users = by_users.into_iter().map(|(country, shares)| (country.to_owned(), shares)).collect();
        let plan = PlannedRouting {
            allocation: [("chat".to_owned(), by_users)].into(),
            standby: vec![("chat".into(), "c@h:FR".into(), Readiness::Warm)],
        };
        let groups = exported(&plan).unwrap();
        let told: Vec<_> = groups.iter().map(|g| (g.name.as_str(), g.aliases.len(), g.warm.len())).collect();
        assert_eq!(told, [("chat@de", 1, 1), ("chat@us", 0, 1)]);
        assert_eq!(groups[0].aliases, ["chat@fr"]);
    }
}
