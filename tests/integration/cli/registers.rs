//! `export dora` and `export uk-register`: rows in the codes of the register, keys that hold, gaps, packages and workbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;

use serde_json::{Value, json};

use super::{Ended, Folder, shipped};

/// As published for Deutsche Bank AG; any identifier with right check digits would do.
const LEI: &str = "7LTWFZYICNSX8D621K86";

fn exported(folder: &Folder, name: &str, more: &[&str]) -> Ended {
    folder.run(&[&["export", "dora", &shipped(name), "--format", "json"][..], more].concat())
}

/// A table of a package: header and rows.
fn table(folder: &Folder, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = folder.read(file);
    assert!(text.contains("\r\n") && !text.replace("\r\n", "").contains('\n'), "{file}: lines end in CR LF");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(record.iter()).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// quickstart has three hosts: openai (0.8 and 1.0 of two workloads), scaleway (0.2, with Mistral's model), mistral (a standby).
#[test]
fn the_rows_are_those_that_a_reader_derives() {
    let folder = Folder::new();
    let given = ["-o", "p", "--lei", LEI, "--entity-type", "x12", "--date", "2026-12-31"];
    let ended = exported(&folder, "quickstart", &given);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let answer = ended.json();
    let contracts: Vec<String> =
        table(&folder, "p/reports/b_02.01.csv").into_iter().map(|row| row["c0010"].clone()).collect();
    assert_eq!(contracts, ["draft-contract-mistral", "draft-contract-openai", "draft-contract-scaleway"]);
    let chain: Vec<[String; 4]> = table(&folder, "p/reports/b_05.02.csv")
        .into_iter()
        .map(|row| ["c0010", "c0030", "c0050", "c0060"].map(|column| row[column].clone()))
        .collect();
    let expected = [
        ["draft-contract-mistral", "draft-mistral", "1", "draft-mistral"],
        ["draft-contract-openai", "draft-openai", "1", "draft-openai"],
        ["draft-contract-scaleway", "draft-mistral", "2", "draft-scaleway"],
        ["draft-contract-scaleway", "draft-scaleway", "1", "draft-scaleway"],
    ];
    assert_eq!(chain, expected.map(|row| row.map(str::to_owned)));
    let functions = table(&folder, "p/reports/b_06.01.csv");
    // Search, then chat. One day each; 10,000 of 100,000 USD a day are medium, 90,000 are high.
    let told: Vec<[&str; 3]> =
        functions.iter().map(|row| ["c0010", "c0080", "c0100"].map(|column| row[column].as_str())).collect();
    assert_eq!(told, [["F1", "24", "eba_ZZ:x792"], ["F2", "24", "eba_ZZ:x793"]]);
    let services = table(&folder, "p/reports/b_02.02.csv");
    let reliance: BTreeSet<(&str, &str, &str)> = services
        .iter()
        .map(|row| (row["c0030"].as_str(), row["c0050"].as_str(), row["c0180"].as_str()))
        .collect();
    let expected = [
        ("draft-mistral", "F2", "eba_ZZ:x794"),
        ("draft-openai", "F1", "eba_ZZ:x797"),
        ("draft-openai", "F2", "eba_ZZ:x796"),
        ("draft-scaleway", "F2", "eba_ZZ:x795"),
    ];
    assert_eq!(reliance, BTreeSet::from(expected));
    // The region EU is no country, FR is one.
    let place = |provider: &str| {
        services.iter().find(|row| row["c0030"] == provider).map(|row| row["c0160"].clone()).unwrap()
    };
    assert_eq!(
        (place("draft-openai"), place("draft-scaleway")),
        ("eba_GA:qx2007".into(), "eba_GA:FR".into())
    );
    let entity = table(&folder, "p/reports/b_01.01.csv");
    assert_eq!((entity[0]["c0010"].as_str(), entity[0]["c0040"].as_str()), (LEI, "eba_CT:x12"));
    assert_eq!(answer["rows"]["B_99.01"], 1);
    let parameters = folder.read("p/reports/parameters.csv");
    assert!(
        parameters.contains(&format!("entityID,rs:{LEI}.IND\r\n"))
            && parameters.contains("refPeriod,2026-12-31")
    );
}

/// No rule that blocks a filing is broken once the identifier and the date are there; what only the company knows is a gap.
#[test]
fn keys_and_references_hold_for_every_shipped_portfolio() {
    let folder = Folder::new();
    for name in ["quickstart", "european_bank", "gulf_retailer", "japanese_manufacturer", "us_saas"] {
        let answer = exported(&folder, name, &["--lei", LEI, "--date", "2026-12-31"]).json();
        let findings = answer["findings"].as_array().unwrap();
        let errors: Vec<&Value> = findings.iter().filter(|found| found["severity"] == "error").collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let gaps = answer["gaps"].as_array().unwrap();
        let has = |template: &str, column: &str, kind: &str| {
            gaps.iter()
                .any(|gap| gap["template"] == template && gap["column"] == column && gap["kind"] == kind)
        };
        assert!(
            has("B_02.01", "c0050", "missing") && has("B_07.01", "c0080", "missing"),
            "{name}: {gaps:#?}"
        );
        assert!(has("B_05.01", "c0010", "provisional") && has("B_06.01", "c0020", "assumed"), "{name}");
    }
    let answer = exported(&folder, "quickstart", &[]).json();
    let codes: BTreeSet<&str> =
        answer["findings"].as_array().unwrap().iter().filter_map(|found| found["code"].as_str()).collect();
    assert!(codes.contains("lei") && codes.contains("reporting-date"), "{codes:?}");
}

/// The bank's contract with Mistral ends on 30 September 2027.
#[test]
fn the_end_of_a_contract_is_filed_where_it_is_written() {
    let folder = Folder::new();
    exported(&folder, "european_bank", &["-o", "bank"]);
    let rows = table(&folder, "bank/reports/b_02.02.csv");
    let ends: BTreeSet<(&str, &str)> =
        rows.iter().map(|row| (row["c0030"].as_str(), row["c0080"].as_str())).collect();
    let of = |provider: &str| -> Vec<&str> {
        ends.iter().filter(|end| end.0 == provider).map(|end| end.1).collect()
    };
    assert_eq!(of("draft-mistral"), ["2027-09-30"]);
    assert_eq!(of("draft-azure"), ["2027-06-30"]);
}

#[test]
fn a_package_has_one_root_folder_and_the_same_bytes_each_time() {
    let folder = Folder::new();
    assert_eq!(exported(&folder, "quickstart", &["-o", "one.zip", "-o", "book.xlsx"]).code, 0);
    let bytes = fs::read(folder.path("one.zip")).unwrap();
    assert_eq!(exported(&folder, "quickstart", &["-o", "one.zip", "--overwrite"]).code, 0);
    assert_eq!(fs::read(folder.path("one.zip")).unwrap(), bytes);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    assert!(names.iter().all(|name| name.starts_with("one/")) && names.len() == 4 + 15, "{names:?}");
    let mut text = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let package: Value = serde_json::from_str(&text("one/META-INF/reportPackage.json")).unwrap();
    assert_eq!(package["documentInfo"]["documentType"], "https://xbrl.org/report-package/2023");
    let indicators = text("one/reports/FilingIndicators.csv");
    // A template is reported exactly where it has rows.
    assert!(
        indicators.contains("B_05.02,true\r\n") && indicators.contains("B_01.03,false\r\n"),
        "{indicators}"
    );
    assert!(text("one/reports/b_01.03.csv").starts_with("c0010,c0020,c0030,c0040\r\n"));
    let book = fs::read(folder.path("book.xlsx")).unwrap();
    let book = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    assert_eq!(book.file_names().filter(|name| name.starts_with("xl/worksheets/sheet")).count(), 16);
}

#[test]
fn what_is_there_is_not_written_over_and_wrong_flags_are_told() {
    let folder = Folder::new();
    folder.write("a.zip", "mine");
    for arguments in [&["-o", "a.zip"][..], &["--lei", "7LTWFZYICNSX8D621K87"], &["--entity-type", "bank"]] {
        assert_eq!(exported(&folder, "quickstart", arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(folder.read("a.zip"), "mine");
    // A folder with anything else in it is never replaced; that of a package is.
    fs::create_dir(folder.path("mine")).unwrap();
    folder.write("mine/notes.txt", "mine");
    let ended = exported(&folder, "quickstart", &["-o", "mine", "--overwrite"]);
    assert!(ended.code == 6 && ended.stderr.contains("notes.txt"), "{}", ended.stderr);
    assert_eq!(folder.read("mine/notes.txt"), "mine");
    assert_eq!(exported(&folder, "quickstart", &["-o", "package"]).code, 0);
    assert_eq!(exported(&folder, "quickstart", &["-o", "package"]).code, 2);
    assert_eq!(exported(&folder, "quickstart", &["-o", "package", "--overwrite"]).code, 0);
    let file = shipped("quickstart");
    assert_eq!(folder.run(&["export", "dora", &file, "-o", "no/where/a.zip"]).code, 6);
}

/// The same ranks and assessments as those of the other registers, by provider and business service.
#[test]
fn the_uk_register_has_a_row_for_each_provider_and_service() {
    let folder = Folder::new();
    let file = shipped("quickstart");
    let answer = folder.run(&["export", "uk-register", &file, "--format", "json"]).json();
    let rows = answer["entries"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> =
        rows.iter().map(|row| (&row["provider"], &row["business_service"])).collect();
    assert_eq!(told.len(), 4);
    let scaleway = rows.iter().find(|row| row["provider"] == "Scaleway").unwrap();
    assert_eq!(scaleway["subcontractors"], json!(["2 Mistral AI (FR)"]));
    assert_eq!((&scaleway["share"], &scaleway["impact_tolerance_hours"]), (&json!(0.2), &json!(24.0)));
    assert_eq!(scaleway["data_locations"], json!(["FR"]));
    let csv = folder.run(&["export", "uk-register", &file, "--format", "csv"]).stdout;
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(
        folder.run(&["export", "uk-register", &file]).stdout.contains("What only the company can fill in")
    );
}
