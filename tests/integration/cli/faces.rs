//! The faces of a report: the same figures in a workbook and in print.

use serde_json::Value;

use super::Folder;
use super::workbook::{SheetCell, Sheets};

const PLACE: &str = "reports/tiny/2026Q4";
/// Of the portfolio: 1 EUR is 1.1 USD.
const EURO: f64 = 1.1;

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Sums of columns, at the rate of the currency, against `results.json`.
#[test]
fn the_figures_of_the_workbook_are_those_of_the_results() {
    let folder = Folder::new();
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "200"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let results: Value = serde_json::from_str(&folder.read(&format!("{PLACE}/results.json"))).unwrap();
    let sheets = Sheets::read(&folder.path(PLACE).join("report.xlsx"));
    let sum = |sheet: &str, name: &str| sheets.numbers(sheet, name).iter().sum::<f64>();
    let list = |path: &str| results.pointer(path).unwrap().as_array().unwrap();
    let of = |entries: &[Value], path: &str| {
        entries.iter().map(|x| x.pointer(path).unwrap().as_f64().unwrap()).sum::<f64>()
    };
    let map = |path: &str| {
        results.pointer(path).unwrap().as_object().unwrap().values().map(|x| x.as_f64().unwrap()).sum::<f64>()
    };
    for (found, expected) in [
        (
            sum("1 Options", "cost a month, EUR"),
            of(list("/optimize/ladder"), "/figures/out_of_sample/monthly_cost_usd"),
        ),
        (
            sum("1 Options", "mean loss of the worst years, EUR"),
            of(list("/optimize/ladder"), "/figures/out_of_sample/cvar_usd"),
        ),
        (sum("4 Dependencies", "loss over the horizon, EUR"), of(list("/exposure/node_losses"), "/loss_usd")),
        (sum("6 Scenarios", "loss today, EUR"), of(list("/stress/scenarios"), "/loss_usd")),
        (sum("6 Scenarios", "loss with the plan, EUR"), of(list("/plan/stress/scenarios"), "/loss_usd")),
        (sum("11 Shocks", "loss a year today, EUR"), map("/simulate/aal_by/shock")),
        (
            sum("14 ValueByWorkload", "outage, cost a day, EUR"),
            of(list("/workloads"), "/outage_cost_usd_per_day"),
        ),
        (sum("14 ValueByWorkload", "loss a year today, EUR"), map("/simulate/aal_by/workload")),
    ] {
        assert!(expected != 0.0 && is_near(found * EURO, expected), "{found} EUR, {expected} USD");
    }
    // Parts of the average loss add up to it, also on the sheet.
    let total = results.pointer("/simulate/aal_usd/value").unwrap().as_f64().unwrap();
    assert!((sum("11 Shocks", "loss a year today, EUR") * EURO - total).abs() < 1e-6 * total);
    assert!((sum("14 ValueByWorkload", "share of value") - 1.0).abs() < 1e-9);
    assert!(sum("5 Concentration", "today") > 1.0, "shares are numbers, not texts in percent");
    // The order is that of the report.
    let numbers =
        sheets.sheets.iter().skip(1).map(|(name, _)| name.split(' ').next().unwrap().parse::<u32>().unwrap());
    let numbers: Vec<u32> = numbers.collect();
    assert!(numbers.is_sorted() && numbers.first() == Some(&1) && numbers.last() == Some(&14), "{numbers:?}");
    let n_parts = |folder: &str| sheets.parts.iter().filter(|part| part.starts_with(folder)).count();
    assert_eq!(n_parts("xl/tables/"), numbers.len(), "every sheet but the first is a named table");
    assert!(n_parts("xl/charts/") >= 3 && sheets.n_formulas == 0);
}

/// The same figure in each language; JSON is the same in all.
#[test]
fn figures_follow_the_language_in_every_face_and_json_does_not() {
    let folder = Folder::new();
    let mut json = Vec::new();
    for (locale, mark, wrong) in [("en", '.', ','), ("de", ',', '.')] {
        let arguments = ["plan", "tiny.yaml", "--trials", "50", "--locale", locale, "--currency", "usd"];
        let ended = folder.run(&arguments);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        json.push(folder.read(&format!("{PLACE}/results.json")));
        let texts = [
            ended.stdout,
            folder.read(&format!("{PLACE}/report.md")),
            folder.read(&format!("{PLACE}/report.typ")),
        ];
        for text in texts {
            assert!(has_decimal(&text, mark, " M") || has_decimal(&text, mark, " %"), "{locale}: {text}");
            assert!(!has_decimal(&text, wrong, " M") && !has_decimal(&text, wrong, " %"), "{locale}: {text}");
        }
    }
    assert_eq!(json[0], json[1]);
}

/// Whether a figure such as `1.2 M` is in a text: one or two digits after the mark, and the unit.
fn has_decimal(text: &str, mark: char, unit: &str) -> bool {
    text.match_indices(unit).any(|(at, _)| {
        let before: Vec<char> = text[..at].chars().rev().take(4).collect();
        let n_digits = before.iter().take_while(|c| c.is_ascii_digit()).count();
        (1..=2).contains(&n_digits) && before.get(n_digits) == Some(&mark)
    })
}

/// What changed since the last quarter is in every face: the parts of the workbook add up to the change, and the sentences are the
/// same. So are powers, new suppliers, past events and reverse stress.
#[test]
fn every_face_has_every_part() {
    let folder = Folder::new();
    let report = |period: &str| {
        let ended =
            folder.run(&["report", "tiny.yaml", "--trials", "100", "--period", period, "--currency", "usd"]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    };
    report("2026Q3");
    let later = folder.read("tiny.yaml").replace("input_mtok: 400", "input_mtok: 700");
    folder.write("tiny.yaml", &later);
    report("2026Q4");
    let results: Value = serde_json::from_str(&folder.read(&format!("{PLACE}/results.json"))).unwrap();
    let sheets = Sheets::read(&folder.path(PLACE).join("report.xlsx"));
    for (column, figure) in [
        ("cost a month, USD", "monthly_cost_usd"),
        ("average annual loss, USD", "aal_usd"),
        ("mean loss of the worst years, USD", "cvar_usd"),
    ] {
        let sum: f64 = sheets.numbers("2 PartsOfTheChange", column).iter().sum();
        let change = results["compare"]["figures"][figure]["change"].as_f64().unwrap();
        assert!((sum - change).abs() < 0.005, "{figure}: {sum} of {change}");
    }
    assert_ne!(results["compare"]["figures"]["monthly_cost_usd"]["change"], 0.0);
    for column in
        ["value on its models today", "value on its hosts today", "with the plan", "hosts with the plan"]
    {
        let sum: f64 = sheets.numbers("7 PowersInUse", column).iter().sum();
        assert!(sum == 0.0 || (sum - 1.0).abs() < 1e-9, "{column}: {sum}");
    }
    let recommended = sheets.rows("1 Options").iter().flatten();
    let recommended = recommended.filter(|cell| **cell == SheetCell::Text("recommended".to_owned())).count();
    assert_eq!(recommended, 2, "the name of the column, and one row");
    let faces =
        ["report.html", "report.md", "report.typ"].map(|name| folder.read(&format!("{PLACE}/{name}")));
    for said in [
        "Since 2026Q3 the average annual loss went from",
        "demand 500 → 800 million tokens a month",
        "Value on models of superpowers:",
        "New supply: superpowers only, or middle powers too?",
        "Suppliers not in use that take most risk away for their cost",
    ] {
        for (nth, face) in faces.iter().enumerate() {
            assert!(face.contains(said), "face {nth} lacks '{said}'");
        }
    }
    for sheet in ["2 ThenAndNow", "2 ChangedInputs", "6 PastEvents", "7 NewSupply", "7 NewSuppliers"] {
        assert!(sheets.rows(sheet).len() > 4, "{sheet}");
    }
}

/// Dots and rows of the frontier are its plans, today and what is recommended, on new trials; without the flag there are none.
#[test]
fn a_frontier_that_is_asked_for_is_in_every_face() {
    let folder = Folder::new();
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "50", "--frontier", "--currency", "usd"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let results: Value = serde_json::from_str(&folder.read(&format!("{PLACE}/results.json"))).unwrap();
    let frontier = &results["optimize"]["frontier"];
    let points = frontier["points"].as_array().unwrap();
    let rung =
        results["optimize"]["ladder"].as_array().unwrap().iter().find(|rung| rung["is_recommended"] == true);
    let rung = rung.unwrap();
    let own = ["today", "all"].contains(&rung["rung"].as_str().unwrap());
    let beside = std::iter::once(&frontier["today"])
        .chain(Some(&frontier["recommended"]).filter(|plan| !plan.is_null()))
        .chain(Some(&rung["figures"]).filter(|_| !own));
    let plans: Vec<&Value> = points.iter().chain(beside).collect();
    let sheets = Sheets::read(&folder.path(PLACE).join("report.xlsx"));
    for (column, figure) in [
        ("cost a month, USD", "monthly_cost_usd"),
        ("average annual loss, USD", "aal_usd"),
        ("mean loss of the worst years, USD", "cvar_usd"),
    ] {
        let expected: Vec<f64> =
            plans.iter().map(|plan| plan["out_of_sample"][figure].as_f64().unwrap()).collect();
        let found = sheets.numbers("1 Frontier", column);
        assert!(
            found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| is_near(*a, *b)),
            "{figure}: {found:?}, {expected:?}"
        );
    }
    let page = folder.read(&format!("{PLACE}/report.html"));
    let drawing = page.split("<svg").find(|part| part.contains("\"frontier-title\"")).unwrap();
    let drawing = drawing.split("</svg>").next().unwrap();
    assert_eq!(drawing.matches("<circle").count(), plans.len());
    assert!(drawing.contains("today") && drawing.contains("recommended"), "{drawing}");
    for face in ["report.md", "report.typ"] {
        assert!(folder.read(&format!("{PLACE}/{face}")).contains("Plans from the cheapest to the safest"));
    }
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "50"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(!folder.read(&format!("{PLACE}/report.html")).contains("frontier-title"));
}

/// The extracts for registers have the same rows everywhere; those for the UK are those of the export.
#[test]
fn every_face_has_the_extracts_for_registers() {
    let folder = Folder::new();
    let ended = folder.run(&["report", "tiny.yaml", "--trials", "50"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let sheets = Sheets::read(&folder.path(PLACE).join("report.xlsx"));
    let results: Value = serde_json::from_str(&folder.read(&format!("{PLACE}/results.json"))).unwrap();
    let in_use = |chain: &&Value| chain["today"]["share"].as_f64().unwrap() > 0.0;
    let carried = results["chains"].as_array().unwrap().iter().filter(in_use).count();
    // OpenAI hosts its own model: one supplier at rank 1, and one service.
    assert_eq!(sheets.numbers("14 SupplyChain", "rank (c0050)"), [1.0]);
    assert_eq!(sheets.numbers("14 Assessment", "share of the workload"), vec![1.0; carried]);
    assert_eq!(sheets.numbers("14 MaterialThirdParties", "share of it"), [1.0]);
    for face in ["report.md", "report.typ", "report.html"] {
        // Markdown writes an underscore as `\_`.
        let text = folder.read(&format!("{PLACE}/{face}")).replace("\\_", "_");
        for said in [
            "extract shaped as DORA B_05.02",
            "extract shaped as DORA B_07.01",
            "extract for the UK register",
        ] {
            assert!(text.contains(said), "{face} lacks '{said}'");
        }
        assert!(text.contains("provider (c0030)") && text.contains("OpenAI"), "{face}");
    }
}
