//! Headline measures in the text format of Prometheus (exposition format 0.0.4), for the textfile collector of node_exporter.

use std::fmt::Write;

use super::answer::check::LimitAnswer;
use super::answer::exposure::ExposureAnswer;
use super::answer::simulate::SimulateAnswer;

/// What the names of all measures begin with.
const PREFIX: &str = "multipolar";

/// How far a share that is nothing or everything can be from it by rounding in its sum.
const SHARE_NOISE: f64 = 1e-9;

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Headline<'a> {
    pub exposure: &'a ExposureAnswer,
    pub simulate: &'a SimulateAnswer,
    pub limits: &'a [LimitAnswer],
    /// Newest date of the catalog; `None`: no entry has one.
    pub catalog_date: Option<&'a str>,
}

/// Labels by name, in the order in which they are written.
type Labels<'a> = Vec<(&'static str, &'a str)>;

/// The measures of one portfolio. Each has its `HELP` and `TYPE`, its unit in its name, and no time, which the collector refuses.
#[must_use]
pub fn textfile(headline: &Headline<'_>) -> String {
    let Headline { exposure, simulate, limits, catalog_date } = headline;
    let portfolio = ("portfolio", exposure.portfolio.as_str());
    let mut page = Textfile { text: String::new() };
    let of = |value: f64| vec![(vec![portfolio], value)];
    let info = vec![
        portfolio,
        ("version", env!("CARGO_PKG_VERSION")),
        ("catalog_date", catalog_date.unwrap_or_default()),
        ("currency", exposure.currency.currency.as_str()),
    ];
    page.gauge("study_info", "What the measures were computed with; always 1.", vec![(info, 1.0)]);
    page.gauge("monthly_cost_usd", "Planned cost of a month.", of(exposure.monthly_cost_usd));
    page.gauge(
        "value_usd_per_day",
        "Cost of a complete outage of all workloads for a day.",
        of(exposure.value_usd_per_day),
    );
    page.gauge("average_annual_loss_usd", "Mean loss of a simulated year.", of(simulate.aal_usd.value));
    let bounds = [("low", simulate.aal_usd.doubt_low), ("high", simulate.aal_usd.doubt_high)];
    page.gauge(
        "average_annual_loss_bound_usd",
        "Middle 90 % of what the mean loss would be if the true rates of shocks were known.",
        bounds.map(|(bound, value)| (vec![portfolio, ("bound", bound)], value)).to_vec(),
    );
    for (name, help, estimates) in [
        ("value_at_risk_usd", "Loss over the horizon that only the worst trials exceed.", &simulate.var_usd),
        (
            "conditional_value_at_risk_usd",
            "Mean loss of the worst trials over the horizon.",
            &simulate.cvar_usd,
        ),
    ] {
        let rows = estimates.iter();
        let rows = rows.map(|(level, e)| (vec![portfolio, ("confidence_level", level.as_str())], e.value));
        page.gauge(name, help, rows.collect());
    }
    page.gauge(
        "loss_probability_ratio",
        "Share of simulated years that lose something.",
        of(short_share(simulate.probability_of_loss)),
    );
    let served = simulate.availability.iter();
    page.gauge(
        "availability_ratio",
        "Served share of demand on average, by workload.",
        served
            .map(|(workload, share)| (vec![portfolio, ("workload", workload.as_str())], short_share(*share)))
            .collect(),
    );
    page.concentration(portfolio, exposure);
    page.gauge(
        "single_points_of_failure",
        "Nodes without which a workload has no prepared way to go on.",
        of(exposure.chokepoints.len() as f64),
    );
    let worst = exposure
        .node_losses
        .iter()
        .filter(|node| node.kind == "supplier")
        .max_by(|a, b| a.loss_usd.total_cmp(&b.loss_usd).then_with(|| b.id.cmp(&a.id)));
    let worst = worst.map(|node| (vec![portfolio, ("supplier", node.id.as_str())], node.loss_usd));
    page.gauge(
        "largest_supplier_loss_usd",
        "Loss over the horizon if the supplier that costs most stopped for good.",
        worst.into_iter().collect(),
    );
    let ends = exposure.retirements.iter();
    page.gauge(
        "offer_retirement_days",
        "Days from the start of the horizon until a host ends an offer in use; negative when it is past.",
        ends.map(|end| (vec![portfolio, ("offer", end.offer.as_str())], end.days)).collect(),
    );
    page.limits(portfolio, limits);
    page.text
}

struct Textfile {
    text: String,
}

impl Textfile {
    /// One measure; nothing where it has no rows. A value that is no number is left out.
    fn gauge(&mut self, name: &str, help: &str, rows: Vec<(Labels<'_>, f64)>) {
        let rows: Vec<(Labels<'_>, f64)> = rows.into_iter().filter(|(_, value)| value.is_finite()).collect();
        if rows.is_empty() {
            return;
        }
        // Writing into memory does not fail.
        let _ = writeln!(self.text, "# HELP {PREFIX}_{name} {}", escaped_help(help));
        let _ = writeln!(self.text, "# TYPE {PREFIX}_{name} gauge");
        for (labels, value) in rows {
            let labels: Vec<String> =
                labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escaped_label(text))).collect();
            let _ = writeln!(self.text, "{PREFIX}_{name}{{{}}} {value}", labels.join(","));
        }
    }

    fn concentration(&mut self, portfolio: (&'static str, &str), exposure: &ExposureAnswer) {
        let found = &exposure.concentration;
        let indices = found.hhi.iter().filter_map(|(dimension, by)| {
            Some((vec![portfolio, ("dimension", dimension.as_str())], short_share(by.value?)))
        });
        self.gauge(
            "concentration_hhi_ratio",
            "Sum of squared shares of value, from near 0 (spread) to 1 (all on one), by dimension.",
            indices.collect(),
        );
        let largest = found.shares.iter().filter_map(|(dimension, by)| {
            let shares = by.value.as_ref()?;
            let (key, share) = shares.iter().max_by(|a, b| a.1.total_cmp(b.1).then_with(|| b.0.cmp(a.0)))?;
            Some((
                vec![portfolio, ("dimension", dimension.as_str()), ("key", key.as_str())],
                short_share(*share),
            ))
        });
        self.gauge(
            "largest_share_ratio",
            "Largest share of value of a key, by dimension.",
            largest.collect(),
        );
    }

    fn limits(&mut self, portfolio: (&'static str, &str), limits: &[LimitAnswer]) {
        let named = |limit: &'_ LimitAnswer| limit.limit.clone();
        let names: Vec<String> = limits.iter().map(named).collect();
        let labels = |nth: usize| vec![portfolio, ("limit", names[nth].as_str())];
        let breached =
            limits.iter().enumerate().map(|(nth, limit)| (labels(nth), f64::from(u8::from(limit.breached))));
        self.gauge(
            "limit_breached",
            "1 where a limit is broken without a valid exception, else 0.",
            breached.collect(),
        );
        let values = limits.iter().enumerate().filter_map(|(nth, limit)| {
            let mut own = labels(nth);
            own.push(("unit", limit.unit.as_str()));
            Some((own, in_unit(limit, limit.value?)))
        });
        self.gauge("limit_value", "Measured value of a limit, in the unit of its label.", values.collect());
        let bounds = limits.iter().enumerate().filter_map(|(nth, limit)| {
            let mut own = labels(nth);
            own.push(("unit", limit.unit.as_str()));
            Some((own, in_unit(limit, limit.bound?)))
        });
        self.gauge(
            "limit_bound",
            "Bound of a limit that its value breaks, or the nearer one, in the unit of its label.",
            bounds.collect(),
        );
    }
}

/// A share without the noise of its sum: six decimals, unless it would then read as nothing or everything and is neither.
fn short_share(share: f64) -> f64 {
    let rounded = (share * 1e6).round() / 1e6;
    let is_end = rounded == 0.0 || rounded == 1.0;
    if is_end && (share - rounded).abs() > SHARE_NOISE { share } else { rounded }
}

/// Money and counts are exact.
fn in_unit(limit: &LimitAnswer, value: f64) -> f64 {
    if matches!(limit.unit.as_str(), "share" | "hhi") { short_share(value) } else { value }
}

/// In a label, a backslash, a quote and the end of a line are escaped.
fn escaped_label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// In a help text, a backslash and the end of a line are escaped.
fn escaped_help(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_short_and_never_read_as_nothing_or_everything_when_they_are_not() {
        let shown = |share: f64| short_share(share).to_string();
        assert_eq!(shown(0.820_000_000_000_000_1), "0.82");
        assert_eq!(shown(2.0 / 3.0), "0.666667");
        assert_eq!([shown(0.1 + 0.2), shown(1.0 - 1e-12), shown(1e-12)], ["0.3", "1", "0"]);
        assert_eq!([shown(0.999_999_9), shown(4e-7)], ["0.9999999", "0.0000004"]);
        assert!(short_share(f64::NAN).is_nan());
    }

    #[test]
    fn labels_are_escaped_and_what_is_no_number_is_left_out() {
        let mut page = Textfile { text: String::new() };
        page.gauge("x", "a\\b\nc", vec![(vec![("limit", "a\"b\\c\nd")], 1.5), (vec![], f64::NAN)]);
        page.gauge("y", "nothing", Vec::new());
        let expected = "# HELP multipolar_x a\\\\b\\nc\n# TYPE multipolar_x gauge\nmultipolar_x{limit=\"a\\\"b\\\\c\\nd\"} 1.5\n";
        assert_eq!(page.text, expected);
    }
}
