//! Amounts in the portfolio's currency, or in USD.

use super::{Folder, TINY, US_LIMIT};

/// A euro at 2 USD, so that every amount is halved.
fn folder() -> Folder {
    let folder = Folder::new();
    let limits = format!("{US_LIMIT}  - {{measure: monthly_cost, at_most_usd: 400000}}\n");
    let euro = format!("{TINY}{limits}").replace("usd: 1.1", "usd: 2");
    folder.write("doll.yaml", &euro.replace("currency: {code: EUR, usd: 2}\n", ""));
    folder.write("euro.yaml", &euro);
    folder
}

const COMMANDS: [&[&str]; 8] = [
    &["exposure"],
    &["stress", "--all"],
    &["simulate", "--trials", "50"],
    &["check"],
    &["optimize", "--trials", "50", "--ladder"],
    &["reverse", "--loss", "1000", "--sets", "2"],
    &["replay"],
    &["list", "limits"],
];

fn typed<'a>(command: &[&'a str], file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let n_words = if command[0] == "list" { 2 } else { 1 };
    let (words, flags) = command.split_at(n_words);
    [words, &[file], flags, more].concat()
}

/// In its own currency no table names USD, in USD none names the euro, and nothing is left that is only a mark. What
/// `--currency usd` prints is what a portfolio without a currency prints.
#[test]
fn tables_are_in_one_currency() {
    let folder = folder();
    for command in COMMANDS {
        let own = folder.run(&typed(command, "euro.yaml", &[])).stdout;
        assert!(own.contains("EUR"), "{command:?}: {own}");
        // A limit is quoted as it is written, with its key `at_most_usd`.
        assert!(
            !own.contains("USD") && !own.contains(['\u{e000}', '\u{e001}', '\u{e002}', '¤']),
            "{command:?}: {own}"
        );
        let usd = folder.run(&typed(command, "euro.yaml", &["--currency", "usd"])).stdout;
        let doll = folder.run(&typed(command, "doll.yaml", &[])).stdout;
        assert!(usd.contains("USD") && !usd.contains("EUR"), "{command:?}: {usd}");
        assert_eq!(usd.replace("euro", "doll"), doll.replace("euro", "doll"), "{command:?}");
    }
}

/// JSON has the same figures in either currency, all in USD, with code and rate beside them; words in it are in USD too.
#[test]
fn json_is_in_usd_with_the_rate_beside_it() {
    let folder = folder();
    for command in COMMANDS {
        let json = |currency: &str| {
            folder.run(&typed(command, "euro.yaml", &["--format", "json", "--currency", currency])).json()
        };
        let own = json("own");
        let text = own.to_string();
        assert!(
            !text.contains(['\u{e000}', '\u{e001}', '\u{e002}']) && !text.contains("EUR 1"),
            "{command:?}: {text}"
        );
        if command[0] == "check" {
            assert_eq!(own["limits"], json("usd")["limits"]);
            assert_eq!(
                (&own["portfolios"][0]["currency"], &own["portfolios"][0]["currency_usd"]),
                (&"EUR".into(), &2.0.into())
            );
        } else {
            assert_eq!(own, json("usd"), "{command:?}");
        }
        if command[0] != "list" && command[0] != "check" {
            assert_eq!((&own["currency"], &own["currency_usd"]), (&"EUR".into(), &2.0.into()), "{command:?}");
        }
    }
}

/// The parts of a sum that a reader can add still add up, to within the rounding of each.
#[test]
fn parts_add_up_in_the_own_currency() {
    let folder = folder();
    let shown = folder.run(&["exposure", "euro.yaml"]).stdout;
    let value = folder.run(&["exposure", "euro.yaml", "--format", "json"]).json()["value_usd_per_day"]
        .as_f64()
        .unwrap();
    let half = format!("EUR {:.0} a day", value / 2.0);
    assert!(shown.replace(',', "").contains(&half), "'{half}' is not in {shown}");
    let stress = folder.run(&["stress", "euro.yaml", "--all"]).stdout;
    let number = |text: &str| text.replace(',', "").parse::<f64>().ok();
    let mut n_rows = 0;
    for line in
        stress.lines().skip_while(|line| !line.contains('─')).take_while(|line| !line.trim().is_empty())
    {
        // Millions are rounded further, and years in names are no amounts.
        if line.contains(" M ") || line.contains(" 202") {
            continue;
        }
        let figures: Vec<f64> = line.split_whitespace().filter_map(number).take(4).collect();
        if let [loss, outage, extra, one_off] = figures[..] {
            assert!((loss - outage - extra - one_off).abs() <= 2.0, "{line}");
            n_rows += 1;
        }
    }
    assert!(n_rows > 0, "{stress}");
}
