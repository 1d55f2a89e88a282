//! `landscape`: scores, bands, blocs and lags against independent computations, hand-made catalogs and the article's figures.

mod article;
mod commands;
mod lag;
mod scores;

use std::fs;
use std::path::PathBuf;

use multipolar::input::{Library, load_library};
use tempfile::TempDir;

/// Funds and prices (better when lower) of two countries and of the members of a bloc, which has no figure of its own.
///
/// US 100 and 1, CN 50 and 3, FR 20 and 2, DE 5 and no price. Of the index there are figures of its proxy only, and one on record.
const JURISDICTIONS: &str = "\
format_version: 1
enablers:
  - id: money
    name: Money
    indicators:
      - {id: funds, name: Funds, unit: USD billion, period: 2024, better: higher, combine: sum}
      - {id: index, name: Index, unit: points, period: 2024, better: higher, combine: mean, proxy: {name: Other index, unit: points, period: 2023}}
  - id: power
    name: Power
    indicators:
      - {id: price, name: Price, unit: USD per kWh, period: 2024, better: lower, combine: mean}
jurisdictions:
  - {id: CN, name: China, kind: country, standing: superpower, indicators: {funds: {value: 50, year: 2024, source: report}, price: {value: 3, year: 2024, source: report}, index: {value: 4, year: 2023, source: report, proxy: true}}}
  - {id: DE, name: Germany, kind: country, standing: other, indicators: {funds: {value: 5, year: 2023, source: report, confidence: estimate}, index: {value: 6, year: 2023, source: report, proxy: true}}}
  - {id: EU, name: European Union, kind: bloc, members: [DE, FR], standing: middle_power, path: bloc_complementarity}
  - {id: FR, name: France, kind: country, standing: other, indicators: {funds: {value: 20, year: 2024, source: report}, price: {value: 2, year: 2024, source: report}}, unscored: {index: {value: 9, year: 2024, source: report, why: thin}}}
  - {id: US, name: United States, kind: country, standing: superpower, indicators: {funds: {value: 100, year: 2024, source: report}, price: {value: 1, year: 2024, source: report}, index: {value: 8, year: 2023, source: report, proxy: true}}}
sources:
  - {id: report, title: A report, publisher: A publisher, year: 2024, locator: page 1, license: facts only}
";

const SUPPLIERS: &str = "\
format_version: 1
suppliers:
  - {id: alpha, name: Alpha, jurisdiction: US, roles: [developer, host], source: report}
  - {id: beta, name: Beta, jurisdiction: FR, roles: [developer, host], source: report}
  - {id: gamma, name: Gamma, jurisdiction: CN, roles: [developer, host], source: report}
";

/// US closed 1400 in January, CN open 1380 in March, US closed 1450 in July, CN open 1400 in October, FR open 1300 in
/// November; errors of 3 and 4 points, so that the error of a difference of a US and another model is 5.
const MODELS: &str = "\
format_version: 1
models:
  - {id: a1, name: A1, developer: alpha, openness: closed, license: own, released: 2025-01-01, quality: {general: 1400, std_error: 3}, source: report}
  - {id: a2, name: A2, developer: alpha, openness: closed, license: own, released: 2025-07-01, quality: {general: 1450, std_error: 3}, source: report}
  - {id: b1, name: B1, developer: beta, openness: open_source, license: own, released: 2025-11, quality: {general: 1300, std_error: 4}, source: report}
  - {id: g1, name: G1, developer: gamma, openness: open_weights, license: own, released: 2025-03-01, quality: {general: 1380, std_error: 4}, source: report}
  - {id: g2, name: G2, developer: gamma, openness: open_weights, license: own, released: 2025-10-01, quality: {general: 1400, std_error: 4}, source: report}
  - {id: undated, name: Undated, developer: gamma, openness: closed, license: own, quality: {general: 1500}, source: report}
  - {id: unrated, name: Unrated, developer: beta, openness: closed, license: own, released: 2026-01-01, quality: {}, source: report}
";

const OFFERS: &str = "\
format_version: 1
offers:
  - {model: a1, host: alpha, regions: [FR], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, source: report}
  - {model: b1, host: beta, regions: [FR], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, source: report}
  - {model: g2, host: gamma, regions: [CN], access: api, price: {input_usd_per_mtok: 1, output_usd_per_mtok: 1}, source: report}
";

/// The files of a small landscape.
struct Small {
    folder: TempDir,
}

impl Small {
    fn new() -> Self {
        Self::with(&[])
    }

    /// With texts replaced, each of which stands in exactly one place.
    fn with(replaced: &[(&str, &str)]) -> Self {
        let mut files = [
            ("jurisdictions.yaml", JURISDICTIONS.to_owned()),
            ("catalog/suppliers.yaml", SUPPLIERS.to_owned()),
            ("catalog/models.yaml", MODELS.to_owned()),
            ("catalog/hardware.yaml", "format_version: 1\nhardware: []\n".to_owned()),
            ("catalog/offers.yaml", OFFERS.to_owned()),
            ("catalog/shocks.yaml", "format_version: 1\ntensions: []\nshocks: []\n".to_owned()),
        ];
        for (from, to) in replaced {
            let n: usize = files.iter().map(|f| f.1.matches(from).count()).sum();
            assert_eq!(n, 1, "'{from}' stands in {n} places");
            files.iter_mut().for_each(|file| file.1 = file.1.replace(from, to));
        }
        Self::of(&files)
    }

    /// Each list the other way round: entries stand on one line each, or begin there.
    fn reversed() -> Self {
        let reversed = |text: &str| -> String {
            let mut out: Vec<String> = Vec::new();
            let mut list: Vec<String> = Vec::new();
            for line in text.lines() {
                if line.starts_with("  - ") {
                    list.insert(0, line.to_owned());
                } else if line.starts_with("      - ") {
                    // Indicators, after the other keys of their enabler.
                    let (head, rest) = list[0].split_once("indicators:").expect("an enabler");
                    list[0] = format!("{head}indicators:\n{line}{rest}");
                } else if line.starts_with("    ") {
                    list[0].push_str(&format!("\n{line}"));
                } else {
                    out.append(&mut list);
                    out.push(line.to_owned());
                }
            }
            out.append(&mut list);
            out.join("\n") + "\n"
        };
        let files = [
            ("jurisdictions.yaml", reversed(JURISDICTIONS)),
            ("catalog/suppliers.yaml", reversed(SUPPLIERS)),
            ("catalog/models.yaml", reversed(MODELS)),
            ("catalog/hardware.yaml", "format_version: 1\nhardware: []\n".to_owned()),
            ("catalog/offers.yaml", reversed(OFFERS)),
            ("catalog/shocks.yaml", "format_version: 1\ntensions: []\nshocks: []\n".to_owned()),
        ];
        assert!(files[0].1.find("id: index") < files[0].1.find("id: funds"), "{}", files[0].1);
        assert!(files[0].1.find("id: power") < files[0].1.find("id: money"), "{}", files[0].1);
        Self::of(&files)
    }

    fn of(files: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("catalog")).unwrap();
        for (path, text) in files {
            fs::write(folder.path().join(path), text).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn library(&self) -> Library {
        load_library(Some(&self.path("catalog")), Some(&self.path("jurisdictions.yaml")))
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}
