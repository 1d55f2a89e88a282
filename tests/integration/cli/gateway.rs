//! `import litellm`, `routes` and `export litellm`: configurations of many kinds, and files that mean no good.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use multipolar::study::gateway::routes::RouteCode;
use serde_json::Value;

use super::{Folder, has_keys, shipped};

/// What nobody can read from a configuration, given on the command line.
const GIVEN: [&str; 10] = [
    "--headquarters",
    "DE",
    "--users",
    "DE=0.6,FR=0.4",
    "--data",
    "personal",
    "--outage-cost",
    "90000",
    "--demand",
    "40/10",
];

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/litellm")
}

fn fixture(name: &str) -> String {
    fixtures().join(format!("{name}.yaml")).display().to_string()
}

/// Configurations that can be read, by name.
fn readable() -> Vec<String> {
    let names = fs::read_dir(fixtures()).unwrap().filter_map(|entry| {
        let path = entry.unwrap().path();
        let is_config = path.extension().is_some_and(|ending| ending == "yaml");
        is_config.then(|| path.file_stem().unwrap().to_string_lossy().into_owned())
    });
    let mut names: Vec<String> = names.filter(|name| name != "broken").collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    names
}

/// Offers of the deployments that are known, and `?` for the others.
fn offers(answer: &Value) -> Vec<(String, String)> {
    let deployments = answer["deployments"].as_array().unwrap().iter();
    let offer = |d: &Value| d["offer"]["value"].as_str().unwrap_or("?").to_owned();
    deployments.map(|d| (d["deployment"].as_str().unwrap().to_owned(), offer(d))).collect()
}

/// The file that is written is refused exactly where the answer has a question, whatever the configuration.
#[test]
fn an_imported_portfolio_lacks_what_is_asked_and_nothing_else() {
    let folder = Folder::new();
    for name in readable() {
        let written = format!("{name}.portfolio.yaml");
        let answer =
            folder.run(&["import", "litellm", &fixture(&name), "-o", &written, "--format", "json"]).json();
        let asked: BTreeSet<u64> =
            answer["questions"].as_array().unwrap().iter().map(|q| q["line"].as_u64().unwrap()).collect();
        let checked = folder.run(&["check", &written, "--format", "json"]).json();
        let problems = checked["problems"].as_array().unwrap().iter();
        let errors = problems.filter(|p| p["severity"] == "error" && p["path"] != "");
        let refused: BTreeSet<u64> = errors.map(|p| p["line"].as_u64().unwrap()).collect();
        if answer["workloads"].as_array().unwrap().is_empty() {
            continue;
        }
        assert_eq!(refused, asked, "{name}:\n{}", folder.read(&written));
    }
}

/// With what the command line gives, a configuration whose deployments are all known is a portfolio that can be planned.
#[test]
fn with_what_is_given_the_portfolio_is_valid() {
    let folder = Folder::new();
    for name in ["eu_profiles", "includes", "misspelled", "multi_cloud", "shuffle"] {
        let config = fixture(name);
        let written = format!("{name}.portfolio.yaml");
        let import =
            [&["import", "litellm", &config, "-o", &written, "--format", "json"][..], &GIVEN].concat();
        let answer = folder.run(&import).json();
        assert_eq!(answer["questions"], Value::Array(Vec::new()), "{name}");
        let checked = folder.run(&["check", &written, "--format", "json"]).json();
        assert_eq!(checked["valid"], true, "{name}: {checked:#}");
    }
    assert_eq!(folder.run(&["exposure", "shuffle.portfolio.yaml"]).code, 0);
}

/// Each form in which clouds write models and regions, read line by line.
#[test]
fn deployments_are_the_offers_that_a_reader_takes_them_for() {
    let folder = Folder::new();
    let expected: [(&str, &[(&str, &str)]); 7] = [
        (
            "multi_cloud",
            &[
                ("chat-azure-se", "gpt-4.1@azure:SE"),
                ("chat-azure-fr", "gpt-4.1@azure:FR"),
                ("chat-vertex-nl", "gemini-2.5-pro@google-vertex:NL"),
                ("sovereign-mistral", "mistral-large-3@mistral:EU"),
                ("embeddings#5", "?"),
            ],
        ),
        (
            "eu_profiles",
            &[
                ("claude-eu", "claude-sonnet-5@aws-bedrock:EU"),
                ("claude-global", "?"),
                ("haiku-eu", "claude-haiku-5.5@aws-bedrock:EU"),
                ("claude-us", "claude-sonnet-5@aws-bedrock:US"),
            ],
        ),
        (
            "azure_names",
            &[
                ("gpt-prod#1", "gpt-5.4@azure:SE"),
                ("gpt-prod#2", "gpt-5-mini@azure:EU"),
                ("gpt-test#3", "?"),
                ("gpt-4.1#4", "gpt-4.1@azure:NL"),
            ],
        ),
        (
            "includes",
            &[
                ("chat-mistral", "mistral-large-3@mistral:EU"),
                ("chat-azure", "gpt-4.1@azure:SE"),
                ("backup-scaleway", "llama-3.3-70b@scaleway:FR"),
            ],
        ),
        (
            "openrouter",
            &[("claude#1", "?"), ("deepseek#2", "?"), ("deepseek#3", "?"), ("corp-gateway#4", "?")],
        ),
        (
            "self_hosted",
            &[
                ("llama-own-de", "llama-3.3-70b@self:DE"),
                ("qwen-own", "?"),
                ("laptop", "?"),
                ("tests#4", "?"),
            ],
        ),
        (
            "shuffle",
            &[
                ("gpt", "gpt-5.4@openai:EU"),
                ("claude", "claude-sonnet-5@anthropic:US"),
                ("gpt-us", "gpt-5.4@openai:US"),
                ("mistral-eu", "mistral-large-3@mistral:EU"),
            ],
        ),
    ];
    for (name, expected) in expected {
        let answer = folder.run(&["import", "litellm", &fixture(name), "--format", "json"]).json();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(d, o)| ((*d).to_owned(), (*o).to_owned())).collect();
        assert_eq!(offers(&answer), expected, "{name}");
        for value in answer["values"].as_array().unwrap() {
            assert_eq!(value["value"].is_null(), value["basis"] == "missing", "{value}");
            assert!(value["basis"] == "missing" || !value["why"].as_str().unwrap().is_empty(), "{value}");
        }
    }
}

/// Code and line of every finding, read against the files.
#[test]
fn each_configuration_has_the_findings_that_its_lines_deserve() {
    let folder = Folder::new();
    let expected: [(&str, &[(&str, u64)]); 8] = [
        (
            "eu_profiles",
            &[
                ("same-developer", 3),
                ("same-host", 3),
                ("leaves-zone", 7),
                ("leaves-zone", 7),
                ("same-developer", 9),
                ("same-host", 9),
                ("leaves-zone", 13),
                ("leaves-zone", 13),
                ("single-point", 13),
            ],
        ),
        ("shuffle", &[("leaves-zone", 3), ("shuffle-not-fallback", 3), ("leaves-zone", 6), ("no-weight", 6)]),
        (
            "misspelled",
            &[
                ("alias-mismatch", 3),
                ("single-point", 4),
                ("retired-target", 6),
                ("single-point", 6),
                ("unknown-router-key", 9),
                ("unknown-router-key", 10),
                ("unknown-router-key", 11),
                ("missing-target", 12),
                ("missing-target", 13),
            ],
        ),
        ("includes", &[("retired-target", 4), ("single-point", 3)]),
        ("wildcards", &[("wildcard", 3), ("same-host", 4), ("wildcard", 4), ("single-point", 6)]),
        (
            "retired",
            &[
                ("leaves-zone", 3),
                ("same-developer", 3),
                ("same-host", 3),
                ("retired-target", 3),
                ("retired-target", 4),
                ("retired-target", 5),
                ("single-point", 5),
                ("retired-target", 6),
                ("single-point", 6),
                ("missing-target", 9),
            ],
        ),
        (
            "openrouter",
            &[
                ("single-point", 4),
                ("unknown-region", 4),
                ("same-developer", 5),
                ("unknown-region", 6),
                ("unknown-region", 8),
                ("single-point", 10),
                ("unknown-region", 10),
                ("alias-mismatch", 12),
            ],
        ),
        (
            "fallback_ring",
            &[
                ("retired-target", 3),
                ("leaves-zone", 5),
                ("leaves-zone", 5),
                ("retired-target", 5),
                ("unknown-region", 5),
                ("unknown-region", 6),
                ("fallback-cycle", 10),
                ("missing-target", 13),
                ("missing-target", 14),
            ],
        ),
    ];
    for (name, expected) in expected {
        let answer = folder.run(&["routes", &fixture(name), "--format", "json"]).json();
        let mut found: Vec<(String, u64)> = answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (f["code"].as_str().unwrap().to_owned(), f["line"].as_u64().unwrap()))
            .collect();
        let mut expected: Vec<(String, u64)> = expected.iter().map(|(c, l)| ((*c).to_owned(), *l)).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{name}");
    }
}

/// Answers for the EU that come from elsewhere: an error, at the line of the deployment, in every form; and code 7 where asked.
#[test]
fn a_zone_that_is_left_closes_the_gate() {
    let folder = Folder::new();
    let config = fixture("eu_profiles");
    let gate = |gate: &str| folder.run(&["routes", &config, "--zone", "EU", "--fail-on", gate]).code;
    assert_eq!([gate("error"), gate("warning"), gate("leaves-zone"), gate("wildcard")], [7, 7, 7, 0]);
    assert_eq!(folder.run(&["routes", &config, "--zone", "EU"]).code, 0);
    let sarif = folder.run(&["routes", &config, "--zone", "EU", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let at = |result: &Value| result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64();
    let lines: Vec<_> = results.iter().filter(|r| r["ruleId"] == "leaves-zone").map(at).collect();
    assert_eq!(lines, [Some(7), Some(7), Some(13), Some(13), Some(13)]);
    let github = folder.run(&["routes", &config, "--zone", "EU", "--format", "github"]).stdout;
    assert!(github.contains(",line=13,") && github.contains("::error "), "{github}");
    let csv = folder.run(&["routes", &config, "--format", "csv"]).stdout;
    assert!(csv.starts_with("code,severity,group,deployment,file,line,column,message,help\n"), "{csv}");
    assert_eq!(folder.run(&["routes", &config, "--zone", "EX"]).code, 2);
    assert_eq!(folder.run(&["routes", &config, "--fail-on", "grave"]).code, 2);
}

/// In the rupture both profiles of Claude stop, and so does the world-wide one, which is one of them; Mistral goes on.
#[test]
fn a_scenario_leaves_what_it_does_not_stop() {
    let folder = Folder::new();
    let under = |name: &str| {
        let arguments = ["routes", &fixture(name), "--scenario", "transatlantic_rupture", "--users", "DE,FR"];
        folder.run(&[&arguments[..], &["--format", "json"]].concat()).json()
    };
    let claude = under("eu_profiles");
    let group = &claude["groups"][0];
    assert_eq!(group["under"][0]["users"], serde_json::json!(["DE", "FR"]));
    assert_eq!(group["under"][0]["serving"], serde_json::json!([]), "{group:#}");
    let unserved = claude["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "unserved").count();
    assert_eq!(unserved, 3);
    let bank = under("multi_cloud");
    has_keys(&bank, &["file", "findings", "format_version", "groups", "under"]);
    let serving = &bank["groups"][0]["under"][0]["serving"];
    assert_eq!(serving[0]["deployment"], "sovereign-mistral", "{serving:#}");
    assert_eq!(
        folder.run(&["routes", &fixture("shuffle"), "--under", "azure_outage"]).code,
        2,
        "whose users?"
    );
    assert_eq!(
        folder.run(&["routes", &fixture("shuffle"), "--under", "azure_outag", "--users", "DE"]).code,
        2
    );
}

/// Canaries stand in every place where people put secrets. None comes out, in any form, on any stream, in any file.
#[test]
fn no_secret_comes_out() {
    let folder = Folder::new();
    let (config, broken) = (fixture("secrets"), fixture("broken"));
    let spend = fixtures().join("spend.csv").display().to_string();
    let mut runs = vec![folder.run(&["import", "litellm", &config, "-o", "p.yaml"])];
    runs.push(folder.run(&["import", "litellm", &config, "--format", "json"]));
    runs.push(folder.run(&[
        "import",
        "litellm",
        &fixture("multi_cloud"),
        "--spend",
        &spend,
        "--format",
        "json",
    ]));
    for format in ["table", "json", "csv", "sarif", "github"] {
        runs.push(folder.run(&["routes", &config, "--format", format]));
    }
    for command in [&["import", "litellm", &broken][..], &["routes", &broken]] {
        let ended = folder.run(command);
        assert_eq!(ended.code, 3, "{}", ended.stderr);
        assert!(ended.stderr.contains("yaml-syntax"), "{}", ended.stderr);
        runs.push(ended);
    }
    for ended in &runs {
        assert!(
            !ended.stdout.contains("CANARY") && !ended.stderr.contains("CANARY"),
            "{}{}",
            ended.stdout,
            ended.stderr
        );
    }
    assert!(!folder.read("p.yaml").contains("CANARY"));
    let dropped = runs[1].json()["dropped"].as_array().unwrap().len();
    assert!(dropped >= 10, "{dropped}");
}

/// Ten days of logs: 2,000,000 tokens in are 200,000 a day, so 6.083333 million in a month of 365/12 days.
#[test]
fn spend_logs_say_the_demand() {
    let folder = Folder::new();
    let spend = fixtures().join("spend.csv").display().to_string();
    let answer = folder
        .run(&["import", "litellm", &fixture("multi_cloud"), "--spend", &spend, "--format", "json"])
        .json();
    let values = answer["values"].as_array().unwrap();
    let demand: Vec<&str> =
        values.iter().filter(|v| v["key"] == "demand").map(|v| v["value"].as_str().unwrap()).collect();
    assert_eq!(
        demand,
        ["{input_mtok: 6.083333, output_mtok: 1.520833}", "{input_mtok: 1.520833, output_mtok: 0.304167}"]
    );
    assert_eq!(answer["spend_rows_set_aside"], 2);
    folder.write("none.csv", "a,b\n1,2\n");
    let ended = folder.run(&["import", "litellm", &fixture("multi_cloud"), "--spend", "none.csv"]);
    assert!(ended.code == 3 && ended.stderr.contains("missing-column"), "{}", ended.stderr);
}

/// Files that lead outside, lead back, do not end, or are no configuration: a diagnostic, and soon.
#[test]
fn files_that_mean_no_good_are_refused() {
    let folder = Folder::new();
    let one = "model_list:\n- {model_name: a, litellm_params: {model: openai/gpt-4.1}}\n";
    folder.write("secret.yaml", one);
    fs::create_dir(folder.path("inner")).unwrap();
    let include = |name: &str| format!("include: [{name}]\n{one}");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path("secret.yaml"), folder.path("inner/link.yaml")).unwrap();
    let absolute = folder.path("secret.yaml").display().to_string();
    let mut cases = vec![
        (include("../secret.yaml"), "refused-include"),
        (include(&absolute), "refused-include"),
        (include("config.yaml"), "refused-include"),
        (include("missing.yaml"), "refused-include"),
        (format!("include: models.yaml\n{one}"), "wrong-type"),
        ("include: [back.yaml]\nmodel_list: []\n".to_owned(), "refused-include"),
        ("- a\n- b\n".to_owned(), "wrong-type"),
        ("router_settings: {}\n".to_owned(), "missing-key"),
        ("model_list: [{model_name: a}]\n".to_owned(), "missing-key"),
        ("model_list: [{litellm_params: {model: a}}]\n".to_owned(), "missing-key"),
        ("model_list: {a: b}\n".to_owned(), "wrong-type"),
        (format!("{one}router_settings: {{fallbacks: [{{a: b}}]}}\n"), "wrong-type"),
        (format!("{one}router_settings: {{fallbacks: [{{a: [a], b: [a]}}]}}\n"), "wrong-type"),
        (format!("{one}router_settings: {{fallbacks: {{a: [a]}}}}\n"), "wrong-type"),
        (String::new(), "empty-file"),
        ("a: \u{0}\n".to_owned(), "control-character"),
        ("[".repeat(10_000), "nesting-too-deep"),
        (format!("{one}a: &a [*a]\n"), "alias-limit"),
        (format!("{one}model_list: []\n"), "duplicate-key"),
    ];
    if cfg!(unix) {
        cases.push((include("link.yaml"), "refused-include"));
    }
    folder.write("inner/back.yaml", "include: [config.yaml]\n");
    for (text, code) in cases {
        folder.write("inner/config.yaml", &text);
        for command in [&["routes", "inner/config.yaml"][..], &["import", "litellm", "inner/config.yaml"]] {
            let ended = folder.run(command);
            assert_eq!(ended.code, 3, "{text:.80}: {}", ended.stderr);
            assert!(ended.stderr.contains(&format!("[{code}]")), "{text:.80}: {}", ended.stderr);
        }
    }
    fs::write(folder.path("binary.yaml"), [0x7f, b'E', b'L', b'F', 0xff, 0xfe]).unwrap();
    assert_eq!(folder.run(&["routes", "binary.yaml"]).code, 3);
    assert_eq!(folder.run(&["routes", "nowhere.yaml"]).code, 6);
    assert_eq!(folder.run(&["routes", "inner"]).code, 6);
}

/// Ten megabytes of comments are read; twenty thousand deployments are too many.
#[test]
fn large_files_end_soon() {
    let folder = Folder::new();
    let one = "- {model_name: a, litellm_params: {model: openai/gpt-4.1, region_name: eu}}\n";
    let filler = format!("# {}\n", "x".repeat(1_000)).repeat(10_000);
    folder.write("long.yaml", &format!("{filler}model_list:\n{one}"));
    assert_eq!(folder.run(&["routes", "long.yaml"]).code, 0);
    folder.write("many.yaml", &format!("model_list:\n{}", one.repeat(20_000)));
    let ended = folder.run(&["routes", "many.yaml"]);
    assert!(ended.code == 3 && ended.stderr.contains("file-too-large"), "{}", ended.stderr);
}

/// Names that a spreadsheet would run, or that would steer a terminal.
#[test]
fn a_name_may_be_anything_and_does_nothing() {
    let folder = Folder::new();
    let config = "model_list:\n\
        - {model_name: '=HYPERLINK(\"http://x\")', litellm_params: {model: openai/gpt-4.1}}\n\
        - {model_name: \"a\\e[31m\\nb: {c}\", litellm_params: {model: openai/gpt-4.1}}\n";
    folder.write("config.yaml", config);
    let csv = folder.run(&["routes", "config.yaml", "--format", "csv"]).stdout;
    assert!(
        csv.lines()
            .all(|line| !line.split(',').any(|field| field.starts_with("=") || field.starts_with("\"=")))
    );
    let table = folder.run(&["import", "litellm", "config.yaml", "-o", "p.yaml"]);
    assert!(table.code == 0 && !table.stdout.contains('\u{1b}'), "{}", table.stderr);
    let checked = folder.run(&["check", "p.yaml", "--format", "json"]).json();
    let codes =
        checked["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap().to_owned());
    assert_eq!(codes.collect::<BTreeSet<_>>(), BTreeSet::from(["missing-key".to_owned()]));
    assert_eq!(
        folder.run(&["import", "litellm", "config.yaml", "-o", "p.yaml"]).code,
        2,
        "it is there already"
    );
    assert_eq!(folder.run(&["import", "litellm", "config.yaml", "-o", "config.yaml", "--overwrite"]).code, 2);
}

/// Shares of the first offers of each workload.
fn shares(answer: &Value) -> BTreeMap<String, BTreeMap<String, f64>> {
    let offer_of: BTreeMap<String, String> = offers(answer).into_iter().collect();
    let of = |workload: &Value| {
        let first = workload["first"].as_array().unwrap().iter();
        let share =
            |d: &Value| (offer_of[d["deployment"].as_str().unwrap()].clone(), d["share"].as_f64().unwrap());
        (workload["group"].as_str().unwrap().to_owned(), first.map(share).collect())
    };
    answer["workloads"].as_array().unwrap().iter().map(of).collect()
}

/// Quickstart: 80 and 20 of a hundred, and a warm standby that waits in a group of its own. All of it comes back.
#[test]
fn a_plan_that_is_exported_comes_back() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["export", "litellm", &shipped("quickstart"), "--out", "s.yaml"]).code, 0);
    let snippet = folder.read("s.yaml");
    for line in [
        "      weight: 80\n",
        "      weight: 20\n",
        "      api_key: os.environ/SCALEWAY_FR_API_KEY\n",
        "    - \"support_chat\": [\"support_chat-standby\"]\n",
    ] {
        assert!(snippet.contains(line), "{line} is missing in\n{snippet}");
    }
    let import =
        [&["import", "litellm", "s.yaml", "-o", "back.yaml", "--format", "json"][..], &GIVEN].concat();
    let answer = folder.run(&import).json();
    let expected = [
        ("internal_search", vec![("gpt-5.4@openai:EU", 1.0)]),
        ("support_chat", vec![("gpt-5.4@openai:EU", 0.8), ("mistral-medium-3.5@scaleway:FR", 0.2)]),
    ];
    let expected: BTreeMap<String, BTreeMap<String, f64>> = expected
        .into_iter()
        .map(|(w, shares)| (w.to_owned(), shares.into_iter().map(|(o, s)| (o.to_owned(), s)).collect()))
        .collect();
    assert_eq!(shares(&answer), expected);
    let back = folder.read("back.yaml");
    assert!(back.contains("{offer: \"mistral-small-4@mistral:EU\", readiness: warm}"), "{back}");
    assert_eq!(folder.run(&["check", "back.yaml"]).code, 0);
    let routes = folder.run(&["routes", "s.yaml", "--format", "json"]).json();
    let codes = routes["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap());
    assert!(
        !codes.clone().any(|code| code == "unknown-router-key" || code == "missing-target"),
        "{routes:#}"
    );
}

/// Every shipped portfolio: shares come back to half a hundredth, for each set of users that is served alike.
#[test]
fn shares_of_shipped_portfolios_come_back_to_rounding() {
    let folder = Folder::new();
    for name in ["european_bank", "gulf_retailer", "japanese_manufacturer", "us_saas"] {
        assert_eq!(folder.run(&["export", "litellm", &shipped(name), "--out", "s.yaml"]).code, 0);
        let answer = folder.run(&["import", "litellm", "s.yaml", "--format", "json"]).json();
        let found = shares(&answer);
        let plan = folder.run(&["routes", "s.yaml", "--format", "json"]).json();
        assert!(!found.is_empty() && plan["groups"].as_array().unwrap().len() >= found.len(), "{name}");
        let text = fs::read_to_string(shipped(name)).unwrap();
        for (group, shares) in &found {
            assert!((shares.values().sum::<f64>() - 1.0).abs() < 1e-9, "{name} {group}");
            for (offer, share) in shares {
                // Each share is written in the portfolio, to at most two digits.
                let written = [format!("{share:.2}"), format!("{share:.1}"), format!("{share}")];
                let is_there = written.iter().any(|share| text.contains(&format!("{offer}: {share}")));
                assert!(is_there, "{name} {group}: {offer} {share}");
            }
        }
    }
}

/// Every code that `routes` may say, and those of files, are explained; so are terms.
#[test]
fn what_is_said_can_be_explained() {
    let folder = Folder::new();
    let explained = |name: &str| folder.run(&["explain", name]);
    for code in RouteCode::ALL {
        let ended = explained(code.as_str());
        assert!(
            ended.code == 0 && ended.stdout.contains("How to fix it: "),
            "{}: {}",
            code.as_str(),
            ended.stderr
        );
    }
    assert!(explained("missing_key").stdout.contains("How to fix it: add it"));
    assert!(explained("cvar").stdout.contains("Conditional value at risk"));
    let unknown = explained("leave-zone");
    assert!(
        unknown.code == 2 && unknown.stderr.contains("did you mean 'leaves-zone'?"),
        "{}",
        unknown.stderr
    );
    assert!(folder.run(&["explain"]).stdout.lines().count() > 150);
}

/// A saved plan is exported as well as a portfolio; other JSON is refused.
#[test]
fn a_saved_plan_is_exported() {
    let folder = Folder::new();
    let plan = r#"{"allocation": {"chat": {"DE": {"gpt-5.4@openai:EU": 0.335, "mistral-large-3@mistral:EU": 0.665}}},
        "standby": [{"workload": "chat", "offer": "llama-3.3-70b@scaleway:FR", "readiness": "hot", "cover": 1, "lead_days": 0}]}"#;
    folder.write("plan.json", plan);
    let text = folder.run(&["export", "litellm", "plan.json"]).stdout;
    assert!(text.contains("weight: 34\n") && text.contains("weight: 66\n"), "{text}");
    assert!(text.contains("      order: 2\n") && text.contains("readiness: hot"), "{text}");
    folder.write("other.json", "{\"a\": 1}");
    let ended = folder.run(&["export", "litellm", "other.json"]);
    assert!(ended.code == 3 && ended.stderr.contains("no-plan"), "{}", ended.stderr);
    folder.write("bad.json", &plan.replace("gpt-5.4@openai:EU", "gpt"));
    assert_eq!(folder.run(&["export", "litellm", "bad.json"]).code, 2);
}
