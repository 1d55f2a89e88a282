//! A catalog of three hosts against a list of a few keys; every figure is derived by hand.

use super::*;
use crate::model::example::Example;
use crate::model::words::Openness;
use crate::units::date::parse_day;

/// Offers of 2026-07-01. On Bedrock `claude-opus-5` in US, EU and, as a country of the EU, FR; on Azure `gpt-5.4` world-wide
/// (written US) and in DE; `glm-5.2` on Scaleway, whose only region is FR.
fn example() -> Example {
    let mut example = Example::new();
    example.supplier("aws-bedrock", "US", &[]).supplier("azure", "US", &[]).supplier("scaleway", "FR", &[]);
    for model in ["claude-opus-5", "claude-haiku-5.5", "glm-5.2", "gpt-5.4", "gpt-5.5"] {
        example.model(model, "azure", Openness::Closed, None);
    }
    for (model, host, region, input, output) in [
        ("claude-opus-5", "aws-bedrock", "US", 5.0, 25.0),
        ("claude-opus-5", "aws-bedrock", "EU", 5.5, 27.5),
        ("claude-opus-5", "aws-bedrock", "FR", 5.5, 27.5),
        ("gpt-5.4", "azure", "US", 2.5, 15.0),
        ("gpt-5.4", "azure", "DE", 2.75, 16.5),
        ("glm-5.2", "scaleway", "FR", 1.8, 5.5),
    ] {
        let offer = example.offer(model, host, region, &["chip"]);
        offer.price = Price::Tokens { input_usd_per_mtok: input, output_usd_per_mtok: output };
        offer.provenance.as_of = "2026-07-01".parse().ok();
        offer.region_assumed = (host, region) == ("azure", "US");
    }
    example
}

fn listed(key: &str, provider: &str, input: f64, output: f64) -> ListedPrice {
    ListedPrice {
        key: key.to_owned(),
        provider: provider.to_owned(),
        price: Some(ListedTokenPrice { input_usd_per_mtok: input, output_usd_per_mtok: output }),
        ..ListedPrice::default()
    }
}

fn compared(example: &Example, entries: Vec<ListedPrice>) -> Refresh {
    let list = PriceList { kind: PriceListKind::LiteLlm, dated: None, entries, set_aside: Vec::new() };
    refresh(&example.catalog, &example.jurisdictions, &list, parse_day("2026-11-28").ok())
}

fn told(found: &Refresh) -> Vec<(&'static str, String)> {
    found.differences.iter().map(|d| (d.kind.as_str(), d.offer.to_string())).collect()
}

/// The profile of the US is 10 % above the id without one: 5.5 and 27.5 are 10 % more than 5 and 25. The EU's is the same as the
/// catalog's, and no key states a price in FR. From 1 July to 28 November are 150 days (30 + 31 + 30 + 31 + 28).
#[test]
fn a_profile_of_the_region_states_the_price_and_an_id_without_one_does_not_where_there_is_one() {
    let found = compared(
        &example(),
        vec![
            listed("anthropic.claude-opus-5", "bedrock_converse", 5.0, 25.0),
            listed("us.anthropic.claude-opus-5", "bedrock_converse", 5.5, 27.5),
            listed("eu.anthropic.claude-opus-5", "bedrock_converse", 5.5, 27.5),
        ],
    );
    assert_eq!(told(&found), [("price", "claude-opus-5@aws-bedrock:US".to_owned())]);
    let change = found.differences[0].price_change().unwrap();
    assert!((change - 0.1).abs() < 1e-12, "{change}");
    assert_eq!(found.differences[0].age_days, Some(150.0));
    assert_eq!(found.differences[0].key, "us.anthropic.claude-opus-5");
    assert_eq!((found.n_offers, found.n_prices, found.n_listed), (6, 2, 3));
}

/// 0.1 % is rounding: 25.02 against 25 is the same, 25.03 is not.
#[test]
fn what_only_rounds_otherwise_is_the_same_price() {
    for (output, n) in [(25.02, 0), (25.03, 1)] {
        let found = compared(&example(), vec![listed("us.anthropic.claude-opus-5", "bedrock", 5.0, output)]);
        assert_eq!(found.differences.len(), n, "{output}");
    }
}

/// The world-wide endpoint is compared with the offer that stands for it; DE has no key. With a factor of 1.1 for the EU, DE
/// costs 2.2 and 11.
#[test]
fn a_key_without_a_region_is_the_worldwide_endpoint_and_a_factor_makes_it_regional() {
    let mut entry = listed("azure/gpt-5.4", "azure", 2.0, 10.0);
    let found = compared(&example(), vec![entry.clone()]);
    assert_eq!(told(&found), [("price", "gpt-5.4@azure:US".to_owned())]);
    entry.regional_factors = BTreeMap::from([("eu", 1.1)]);
    let found = compared(&example(), vec![entry]);
    let german = found.differences.iter().find(|d| d.offer.region == "DE").unwrap();
    let expected = ListedTokenPrice { input_usd_per_mtok: 2.2, output_usd_per_mtok: 11.0 };
    assert_eq!(german.price_to, Some(expected));
}

#[test]
fn a_host_of_one_region_needs_none_in_its_key() {
    let found = compared(&example(), vec![listed("scaleway/glm-5.2", "scaleway", 1.5, 5.5)]);
    assert_eq!(told(&found), [("price", "glm-5.2@scaleway:FR".to_owned())]);
}

/// An end counts with a page or when it is past. The id without a profile speaks for FR too, that of the EU for EU and FR.
#[test]
fn an_end_counts_with_a_page_or_when_it_is_past() {
    let end = |key: &str, day: &str, source: Option<&str>| ListedPrice {
        retires: parse_day(day).ok(),
        retires_source: source.map(str::to_owned),
        ..listed(key, "bedrock", 5.5, 27.5)
    };
    let kinds = |day: &str, source: Option<&str>| {
        let found = compared(&example(), vec![end("eu.anthropic.claude-opus-5", day, source)]);
        told(&found)
    };
    let both = |kind: &'static str| {
        ["EU", "FR"].map(|region| (kind, format!("claude-opus-5@aws-bedrock:{region}"))).to_vec()
    };
    assert_eq!(kinds("2027-05-01", Some("page")), both("retires"));
    assert_eq!(kinds("2027-05-01", None), both("not_before"));
    assert_eq!(kinds("2026-11-28", None), both("retires"));
    assert_eq!(kinds("2026-11-29", None), both("not_before"));
}

#[test]
fn a_known_end_is_no_news_and_that_the_list_has_none_says_nothing() {
    let mut example = example();
    example.catalog.offers[0].retires = "2027-05-01".parse().ok();
    let mut entry = listed("us.anthropic.claude-opus-5", "bedrock", 5.0, 25.0);
    assert_eq!(compared(&example, vec![entry.clone()]).differences, []);
    entry.retires = parse_day("2027-05-01").ok();
    assert_eq!(compared(&example, vec![entry.clone()]).differences, []);
    entry.retires = parse_day("2027-06-01").ok();
    entry.retires_source = Some("page".to_owned());
    let found = compared(&example, vec![entry]);
    assert_eq!(told(&found), [("retires", "claude-opus-5@aws-bedrock:US".to_owned())]);
    assert_eq!(found.differences[0].retires_from, "2027-05-01".parse().ok());
}

#[test]
fn a_successor_is_one_of_the_catalog_or_none() {
    let named = |successor: &str| {
        let entry = ListedPrice {
            retires: parse_day("2027-05-01").ok(),
            retires_source: Some("page".to_owned()),
            successor: Some(successor.to_owned()),
            ..listed("us.anthropic.claude-opus-5", "bedrock", 5.0, 25.0)
        };
        let found = compared(&example(), vec![entry]);
        found.differences.iter().find_map(|d| d.successor_to.clone())
    };
    assert_eq!(named("us.anthropic.claude-haiku-5-5").as_deref(), Some("claude-haiku-5.5"));
    assert_eq!(named("us.anthropic.claude-opus-6"), None);
}

/// `gpt-5.5` is a model of the catalog that Azure does not sell there. `claude-opus-5` on Azure without a region would be the
/// world-wide endpoint, which stands under the US. One that has ended is no new offer.
#[test]
fn new_offers_are_of_known_hosts_and_models_and_still_sold() {
    let ended =
        ListedPrice { retires: parse_day("2026-11-28").ok(), ..listed("azure/glm-5.2", "azure", 1.0, 2.0) };
    let found = compared(
        &example(),
        vec![
            listed("azure/eu/gpt-5.5", "azure", 5.5, 33.0),
            listed("azure_ai/claude-opus-5", "azure_ai", 5.0, 25.0),
            ended,
            listed("azure/gpt-9", "azure", 1.0, 2.0),
        ],
    );
    assert_eq!(
        told(&found),
        [("new_offer", "claude-opus-5@azure:US".to_owned()), ("new_offer", "gpt-5.5@azure:EU".to_owned())]
    );
    assert!(found.new[0].region_assumed && !found.new[1].region_assumed);
    assert_eq!(found.set_aside, [("azure/gpt-9".to_owned(), SetAside::Model)]);
}

/// The whole name wins over that with a date, and the other is counted.
#[test]
fn of_two_keys_for_one_offer_the_plainer_counts() {
    let found = compared(
        &example(),
        vec![
            listed("azure/gpt-5.4-2026-03-05", "azure", 9.0, 9.0),
            listed("azure/gpt-5.4", "azure", 2.5, 15.0),
        ],
    );
    assert_eq!(found.differences, []);
    assert_eq!(found.set_aside, [("azure/gpt-5.4-2026-03-05".to_owned(), SetAside::Repeated)]);
}

/// Entries with the list's values keep the rest: hardware stays, the source is the list, which the note names. What only may mean
/// "not before" is not written.
#[test]
fn the_overlay_has_the_lists_values_and_keeps_the_rest() {
    let found = compared(
        &example(),
        vec![
            listed("us.anthropic.claude-opus-5", "bedrock", 5.5, 27.5),
            ListedPrice {
                retires: parse_day("2027-05-01").ok(),
                ..listed("eu.anthropic.claude-opus-5", "bedrock", 5.5, 27.5)
            },
        ],
    );
    let [entry] = found.changed.as_slice() else { panic!("{:?}", found.changed) };
    assert_eq!(entry.regions, ["US"]);
    assert_eq!(entry.price, Price::Tokens { input_usd_per_mtok: 5.5, output_usd_per_mtok: 27.5 });
    assert_eq!((entry.hardware.as_slice(), entry.retires), (["chip".to_owned()].as_slice(), None));
    assert_eq!(entry.provenance.as_of, "2026-11-28".parse().ok());
    assert_eq!(entry.provenance.note.as_deref(), Some("By LiteLLM, key us.anthropic.claude-opus-5."));
}

#[test]
fn without_a_day_the_newest_of_the_catalog_counts_and_the_lists_own_day_before_it() {
    let mut list = PriceList {
        kind: PriceListKind::ModelPrices,
        dated: None,
        entries: Vec::new(),
        set_aside: Vec::new(),
    };
    let example = example();
    let day = |list: &PriceList| refresh(&example.catalog, &example.jurisdictions, list, None).day;
    assert_eq!(day(&list), parse_day("2026-07-01").ok());
    list.dated = parse_day("2026-10-26").ok();
    assert_eq!(day(&list), parse_day("2026-10-26").ok());
}
