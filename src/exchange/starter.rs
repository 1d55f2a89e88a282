//! A portfolio to start from: a shipped one, with a company's own answers in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::input::edit::{EditError, TextChange, edited, plain_value};
use crate::model::portfolio::{AllocationEntry, Portfolio, Workload};

/// A shipped portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starter {
    Small,
    Bank,
    Manufacturer,
    Retailer,
    Software,
}

impl Starter {
    /// Every one, the simplest first.
    pub const ALL: [Self; 5] = [Self::Small, Self::Bank, Self::Manufacturer, Self::Retailer, Self::Software];

    /// What it is, for a choice.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Small => "two workloads, to begin small",
            Self::Bank => "a European bank: 20 workloads",
            Self::Manufacturer => "a Japanese manufacturer: 8 workloads",
            Self::Retailer => "a retailer in the Gulf: 8 workloads",
            Self::Software => "an American software company: 8 workloads",
        }
    }

    /// Name and text of its file.
    #[must_use]
    pub fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Small => ("quickstart.yaml", include_str!("../../portfolios/quickstart.yaml")),
            Self::Bank => ("european_bank.yaml", include_str!("../../portfolios/european_bank.yaml")),
            Self::Manufacturer => {
                ("japanese_manufacturer.yaml", include_str!("../../portfolios/japanese_manufacturer.yaml"))
            }
            Self::Retailer => ("gulf_retailer.yaml", include_str!("../../portfolios/gulf_retailer.yaml")),
            Self::Software => ("us_saas.yaml", include_str!("../../portfolios/us_saas.yaml")),
        }
    }
}

/// A company's own answers; `None` keeps what the shipped portfolio says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StarterAnswers {
    pub name: Option<String>,
    /// Country.
    pub headquarters: Option<String>,
    /// Share by country, for every workload; sums to 1.
    pub users: Option<BTreeMap<String, f64>>,
    /// Input and output of the workload with the most tokens, mtok a month; the others follow in proportion.
    pub demand: Option<(f64, f64)>,
    /// USD a day, of the workload that costs most; the others follow in proportion.
    pub outage_cost_usd_per_day: Option<f64>,
    /// What today costs a month over what the shipped portfolio costs: limits in USD a month follow it.
    pub cost_times: Option<f64>,
}

/// Comments by key, for its first line in the file.
const COMMENTS: [(&str, &str); 13] = [
    ("company:", "sites: countries where the company can run models itself"),
    ("currency:", "for display; every amount in this file is in USD where its key says so"),
    ("horizon:", "how far ahead losses are counted"),
    ("demand:", "million tokens a month"),
    ("users:", "countries of the users, with shares that sum to 1"),
    ("data:", "public, internal, personal or regulated"),
    ("languages:", "languages of the users, such as [de, pt-br]; the floor below applies in each"),
    ("min_quality:", "no model below this may serve it: `multipolar list models` shows points"),
    ("outage_cost_usd_per_day:", "what a complete outage costs"),
    ("recovery_objective:", "how long an outage costs nothing"),
    ("allocation:", "who serves today: `multipolar list offers` shows what there is"),
    ("standby:", "who could take over"),
    ("limits:", "what the company does not want to exceed: `multipolar check` tests it"),
];

/// The shipped portfolio with the answers in it, and a comment at the first line of each kind.
///
/// `shipped`: the same portfolio, as read.
///
/// # Errors
/// [`EditError`] when a place cannot be set.
pub fn started(starter: Starter, shipped: &Portfolio, answers: &StarterAnswers) -> Result<String, EditError> {
    let (file, text) = starter.file();
    let bare = bare(text);
    let values = plain_value(&bare)?;
    let limits = values["limits"].as_array().map_or(&[][..], Vec::as_slice);
    let text = edited(&bare, &changes(shipped, limits, answers))?;
    let name = file.trim_end_matches(".yaml");
    let own = [
        ("the name", answers.name.is_some()),
        ("the headquarters", answers.headquarters.is_some()),
        ("the users", answers.users.is_some()),
        ("the demand, in proportion", answers.demand.is_some()),
        ("the cost of outages, in proportion", answers.outage_cost_usd_per_day.is_some()),
        ("limits in USD, in proportion", answers.cost_times.or(answers.outage_cost_usd_per_day).is_some()),
    ];
    let own: Vec<&str> = own.iter().filter(|(_, is_own)| *is_own).map(|(what, _)| *what).collect();
    let own = if own.is_empty() { "nothing".to_owned() } else { own.join(", ") };
    let head = format!(
        "# Made by `multipolar init` from the shipped portfolio {name}. From you: {own}.\n\
         # Everything else is that of an invented company: change what is not yours, and take out what you do not do.\n"
    );
    Ok(head + &commented(&text))
}

/// The text without its comments, which are about the invented company.
fn bare(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let cut = |line: &str| line.find(" #").map_or(line, |at| &line[..at]).trim_end().to_owned();
    lines.map(|line| cut(line) + "\n").collect()
}

/// The text with a comment at the first line of each kind.
fn commented(text: &str) -> String {
    let mut left = COMMENTS.to_vec();
    let mut with = |line: &str| {
        let key = line.trim_start();
        let at = left.iter().position(|(begins, _)| key.starts_with(begins));
        let comment = at.map(|at| format!(" # {}", left.remove(at).1));
        format!("{line}{}\n", comment.unwrap_or_default())
    };
    text.lines().map(&mut with).collect()
}

/// `limits`: those of the file, in its order.
fn changes(shipped: &Portfolio, limits: &[Value], answers: &StarterAnswers) -> Vec<TextChange> {
    let mut changes = Vec::new();
    let mut set = |at: String, value: Value| changes.push(TextChange { at, value });
    if let Some(name) = &answers.name {
        set("/company/name".to_owned(), json!(name));
    }
    if let Some(country) = &answers.headquarters {
        set("/company/headquarters".to_owned(), json!(country));
        // The invented company's machine rooms are not this company's.
        if !shipped.company.sites.is_empty() {
            set("/company/sites".to_owned(), json!([country]));
        }
    }
    let of_all = |value: fn(&Workload) -> f64| shipped.workloads.iter().map(value).fold(0.0, f64::max);
    let largest = shipped
        .workloads
        .iter()
        .max_by(|a, b| (a.input_mtok + a.output_mtok).total_cmp(&(b.input_mtok + b.output_mtok)));
    let factors = answers.demand.zip(largest).map(|((input, output), largest)| {
        (
            input / largest.input_mtok.max(f64::MIN_POSITIVE),
            output / largest.output_mtok.max(f64::MIN_POSITIVE),
        )
    });
    let costliest = of_all(|w| w.outage_cost_usd_per_day);
    let cost_factor = answers.outage_cost_usd_per_day.map(|usd| usd / costliest.max(f64::MIN_POSITIVE));
    for workload in &shipped.workloads {
        let place = |key: &str| format!("/workloads/{}/{key}", workload.id);
        if let Some((input, output)) = factors {
            let demand = json!({"input_mtok": rounded(workload.input_mtok * input),
                "output_mtok": rounded(workload.output_mtok * output)});
            set(place("demand"), demand);
        }
        if let Some(factor) = cost_factor {
            set(place("outage_cost_usd_per_day"), json!(rounded(workload.outage_cost_usd_per_day * factor)));
            if let Some(fallback) = workload.fallback {
                set(place("fallback/usd_per_day"), json!(rounded(fallback.usd_per_day * factor)));
            }
        }
        if let Some(users) = &answers.users {
            set(place("users"), json!(users));
            if !workload.languages.is_empty() {
                set(place("languages"), json!([]));
            }
            // Shares for countries that have no users any more would be refused.
            if let AllocationEntry::ByCountry { by_country, default } = &workload.allocation {
                let shares = default.as_ref().or_else(|| by_country.values().next());
                set(place("allocation"), json!(shares));
            }
        }
    }
    for (at, limit) in limits.iter().enumerate() {
        let times = match limit["measure"].as_str() {
            Some("monthly_cost") => answers.cost_times,
            Some("average_annual_loss" | "cvar") => cost_factor,
            _ => None,
        };
        if let Some((times, usd)) = times.zip(limit["at_most_usd"].as_f64()) {
            set(format!("/limits/{at}/at_most_usd"), json!(round_up(usd * times)));
        }
    }
    changes
}

/// To the next larger number with two digits that are not zero.
fn round_up(x: f64) -> f64 {
    let unit = 10_f64.powf(x.log10().floor() - 1.0);
    (x / unit - 1e-9).ceil() * unit
}

/// To two decimals.
fn rounded(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Bookshelf;
    use crate::model::limit::Measure;

    fn shipped(starter: Starter) -> Portfolio {
        let (file, text) = starter.file();
        Bookshelf::new(None, None).load_text(file.as_ref(), text).unwrap().instance.portfolio
    }

    /// Without answers, every shipped portfolio is the same portfolio, with other comments.
    #[test]
    fn without_answers_nothing_but_comments_changes() {
        for starter in Starter::ALL {
            let (before, text) =
                (shipped(starter), started(starter, &shipped(starter), &StarterAnswers::default()));
            let text = text.unwrap();
            let after = Bookshelf::new(None, None).load_text(starter.file().0.as_ref(), &text);
            assert_eq!(after.unwrap().instance.portfolio, before, "{starter:?}\n{text}");
            assert!(text.contains(" # million tokens a month"), "{text}");
        }
    }

    /// Limits in USD follow, rounded up to two digits: 7,000 × 1.815 = 12,705 becomes 13,000; the bank's tail of 20 M for outages of
    /// half the cost, 10 M.
    #[test]
    fn limits_follow_in_proportion() {
        assert_eq!([12_705.0, 13_000.0, 0.0312, 99.5].map(round_up), [13_000.0, 13_000.0, 0.032, 100.0]);
        let limits = |starter: Starter, answers: &StarterAnswers| {
            let text = started(starter, &shipped(starter), answers).unwrap();
            let own =
                Bookshelf::new(None, None).load_text("own.yaml".as_ref(), &text).unwrap().instance.portfolio;
            own.limits.iter().map(|limit| limit.measure.clone()).collect::<Vec<_>>()
        };
        let answers = StarterAnswers { cost_times: Some(1.815), ..StarterAnswers::default() };
        assert!(limits(Starter::Small, &answers).contains(&Measure::MonthlyCost { at_most_usd: 13_000.0 }));
        let costliest =
            shipped(Starter::Bank).workloads.iter().map(|w| w.outage_cost_usd_per_day).fold(0.0, f64::max);
        let answers =
            StarterAnswers { outage_cost_usd_per_day: Some(costliest / 2.0), ..StarterAnswers::default() };
        let tail = Measure::Cvar { confidence_level: 0.95, at_most_usd: 10_000_000.0 };
        assert!(limits(Starter::Bank, &answers).contains(&tail));
    }

    /// The company's own headquarters and users take the place of the invented company's sites and languages.
    #[test]
    fn sites_and_languages_are_not_those_of_the_invented_company() {
        let answers = StarterAnswers {
            headquarters: Some("ES".into()),
            users: Some(BTreeMap::from([("ES".into(), 1.0)])),
            ..StarterAnswers::default()
        };
        let text = started(Starter::Small, &shipped(Starter::Small), &answers).unwrap();
        let own =
            Bookshelf::new(None, None).load_text("own.yaml".as_ref(), &text).unwrap().instance.portfolio;
        assert_eq!(own.company.sites, ["ES"]);
        assert!(own.workloads.iter().all(|w| w.languages.is_empty()));
        assert!(text.contains("languages: [] # languages of the users"), "{text}");
    }

    /// Quickstart: 400/100 and 160/40 mtok, 90,000 and 10,000 USD. With 800/300 and 45,000 they become 800/300 and 320/120, 45,000
    /// and 5,000; the people who search by hand cost 1,000 instead of 2,000.
    #[test]
    fn the_other_workloads_follow_in_proportion() {
        let answers = StarterAnswers {
            name: Some("Own: \"Ltd\"".into()),
            headquarters: Some("FR".into()),
            users: Some(BTreeMap::from([("FR".into(), 1.0)])),
            demand: Some((800.0, 300.0)),
            outage_cost_usd_per_day: Some(45_000.0),
            cost_times: Some(1.815),
        };
        let text = started(Starter::Small, &shipped(Starter::Small), &answers).unwrap();
        let own =
            Bookshelf::new(None, None).load_text("own.yaml".as_ref(), &text).unwrap().instance.portfolio;
        assert_eq!((own.company.name.as_str(), own.company.headquarters.as_str()), ("Own: \"Ltd\"", "FR"));
        let told: Vec<_> = own
            .workloads
            .iter()
            .map(|w| {
                (
                    w.input_mtok,
                    w.output_mtok,
                    w.outage_cost_usd_per_day,
                    w.fallback.map(|f| f.usd_per_day),
                    w.users.len(),
                )
            })
            .collect();
        assert_eq!(told, [(800.0, 300.0, 45_000.0, None, 1), (320.0, 120.0, 5_000.0, Some(1_000.0), 1)]);
    }
}
