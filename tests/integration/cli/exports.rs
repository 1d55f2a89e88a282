//! `export prometheus`, `export openrouter`, `export portkey` and `export inventory`; `import inventory` and `import usage`.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::{Folder, shipped};

/// Lines of the exposition format: comments with a known name and type, then samples of that name with labels that close.
#[test]
fn measures_are_a_textfile_that_the_collector_takes() {
    let folder = Folder::new();
    let weird = super::TINY.replace(
        "limits:\n",
        "limits:\n  - {id: \"a \\\"quoted\\\" \\\\ name\", measure: monthly_cost, at_most_usd: 10}\n",
    );
    folder.write("weird.yaml", &weird);
    let run = |more: &[&str]| {
        folder.run(&[&["export", "prometheus", "weird.yaml", "--trials", "200"][..], more].concat())
    };
    let ended = run(&["--today", "2026-11-29"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let text = ended.stdout;
    assert_eq!(text, run(&["--today", "2026-11-29"]).stdout);
    let (mut name, mut seen) = (String::new(), BTreeSet::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            name = rest.split(' ').next().unwrap().to_owned();
            assert!(seen.insert(name.clone()), "{name} twice");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{name} gauge"));
        } else {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            assert!(sample.starts_with(&format!("{name}{{")) && sample.ends_with("\"}"), "{line}");
            assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
        }
    }
    assert!(text.ends_with('\n'));
    assert!(text.contains(r#"limit="a \"quoted\" \\ name"} 1"#), "{text}");
    assert!(
        text.contains(
            "multipolar_largest_share_ratio{portfolio=\"weird\",dimension=\"origin\",key=\"US\"} 1\n"
        )
    );
    for name in
        ["monthly_cost_usd", "average_annual_loss_usd", "availability_ratio", "concentration_hhi_ratio"]
    {
        assert!(seen.contains(&format!("multipolar_{name}")), "{name}");
    }
    assert_eq!(run(&["--out", "m.prom"]).code, 0);
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 3, "no temporary file is left");
}

/// Quickstart: 0.8 and 0.2 become weights and an order, the warm standby comes last, and what a request has no place for is listed.
#[test]
fn routers_get_what_their_formats_carry() {
    let folder = Folder::new();
    let file = shipped("quickstart");
    let portkey = folder.run(&["export", "portkey", &file]).json();
    let chat = &portkey["support_chat"];
    assert_eq!(chat["strategy"]["mode"], "fallback");
    let balanced = &chat["targets"][0];
    assert_eq!(balanced["strategy"]["mode"], "loadbalance");
    let weights: Vec<(&str, f64)> = balanced["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| (t["provider"].as_str().unwrap(), t["weight"].as_f64().unwrap()))
        .collect();
    assert_eq!(weights, [("@openai-eu", 0.8), ("@scaleway-fr", 0.2)]);
    assert_eq!(
        chat["targets"][1],
        json!({"provider": "@mistral-eu", "override_params": {"model": "mistral-small-4"}})
    );
    assert_eq!(portkey["internal_search"]["strategy"]["mode"], "single");
    let routed = folder.run(&["export", "openrouter", &file]).json();
    let request = &routed["requests"]["support_chat"];
    assert_eq!(request["model"], "openai/gpt-5.4");
    // Scaleway is no provider of OpenRouter, so its model has no provider of its own.
    assert_eq!(request["provider"]["order"], json!(["openai", "mistral"]));
    assert_eq!(request["provider"]["data_collection"], "deny");
    let lost = routed["not_carried"].to_string();
    assert!(
        lost.contains("weights") && lost.contains("scaleway:FR, a host that it does not offer"),
        "{lost}"
    );
    // A plan in JSON needs its portfolio only for what the plan does not hold.
    folder.write(
        "plan.json",
        &json!({"allocation": {"w": {"DE": {"gpt-5.4@openai:EU": 1.0}}}, "standby": []}).to_string(),
    );
    assert_eq!(folder.run(&["export", "portkey", "plan.json"]).code, 0);
    assert_eq!(folder.run(&["export", "portkey", &file, "-p", &file]).code, 2);
}

/// As CSV and as a workbook: shares, demand, users, costs and standbys come back, so that the table is the same again.
#[test]
fn an_inventory_that_is_exported_comes_back() {
    let folder = Folder::new();
    for name in ["quickstart", "us_saas"] {
        let before = folder.run(&["export", "inventory", &shipped(name)]).stdout;
        assert!(before.lines().count() > 3, "{before}");
        for file in ["table.csv", "table.xlsx"] {
            assert_eq!(folder.run(&["export", "inventory", &shipped(name), "--out", file]).code, 0);
            let import = ["import", "inventory", file, "-o", "back.yaml", "--overwrite", "--format", "json"];
            let answer = folder.run(&import);
            assert_eq!(answer.code, 0, "{}", answer.stderr);
            assert_eq!(answer.json()["questions"], json!([]), "{name} {file}");
            assert_eq!(folder.run(&["export", "inventory", "back.yaml"]).stdout, before, "{name} {file}");
        }
    }
    let empty = folder.run(&["export", "inventory"]).stdout;
    assert!(empty.starts_with("company,headquarters,workload,") && empty.lines().count() == 1);
}

/// A table as a person types it: semicolons, commas as decimal marks, percent, names instead of ids. What is open is asked.
#[test]
fn a_table_by_hand_is_read_as_far_as_it_says() {
    let folder = Folder::new();
    folder.write(
        "hand.csv",
        "\u{feff}workload;name;data;users;input_mtok;output_mtok;share;model;host;region;role\r\n\
         claims;Claims;Personal;DE=0,6; FR=0,4;;;;;;;\r\n",
    );
    // A semicolon inside a list needs quotes where it is the separator.
    let ended = folder.run(&["import", "inventory", "hand.csv"]);
    assert_eq!(ended.code, 3, "{}", ended.stdout);
    folder.write(
        "hand.csv",
        "\u{feff}workload;name;data;users;input_mtok;output_mtok;share;model;host;region;role\r\n\
         claims;Claims;Personal;\"DE=0,6; FR=0,4\";12,5;2;70 %;gpt-4.1;Azure OpenAI;Sweden;\r\n\
         claims;;;;;;30%;Llama 3.3 70B;OVHcloud;FR;\r\n\
         claims;;;;;;;mistral-small-4;Mistral AI;EU;warm\r\n\
         search;;;;;;;own-model;self;DE;\r\n",
    );
    let answer = folder.run(&["import", "inventory", "hand.csv", "-o", "p.yaml", "--format", "json"]).json();
    let value = |key: &str| {
        let all = answer["values"].as_array().unwrap();
        all.iter()
            .find(|v| v["key"] == key && v["workload"] == "claims")
            .map(|v| v["value"].clone())
            .unwrap_or_default()
    };
    assert_eq!(value("allocation"), r#"{"gpt-4.1@azure:SE": 0.7, "llama-3.3-70b@ovhcloud:EU": 0.3}"#);
    assert_eq!(value("demand"), "{input_mtok: 12.5, output_mtok: 2}");
    assert!(value("standby").as_str().unwrap().contains("mistral-small-4@mistral:EU"));
    let asked: BTreeSet<(&str, &str)> = answer["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|q| (q["workload"].as_str().unwrap_or("-"), q["key"].as_str().unwrap()))
        .collect();
    assert!(asked.contains(&("-", "headquarters")) && asked.contains(&("search", "allocation")), "{asked:?}");
    assert!(
        asked.contains(&("claims", "outage_cost_usd_per_day")) && !asked.contains(&("claims", "allocation"))
    );
}

/// Every wrong cell is told with its row; files that are too large, or no table, or mean more than text, are refused.
#[test]
fn a_table_that_is_wrong_is_told_by_row_and_column() {
    let folder = Folder::new();
    let refused = |text: &str, told: &[&str]| {
        folder.write("bad.csv", text);
        let ended = folder.run(&["import", "inventory", "bad.csv", "-o", "p.yaml"]);
        assert_eq!(ended.code, 3, "{text:.60}: {}", ended.stderr);
        assert!(told.iter().all(|told| ended.stderr.contains(told)), "{}", ended.stderr);
    };
    refused("workload,shares\na,1\n", &["inventory-column", "did you mean 'share'?"]);
    refused("name\na\n", &["inventory-column", "'workload' is missing"]);
    refused(
        "workload,share,data,role,offer\na,1.2,secret,cold,x\n,0.5,,,y\n",
        &["bad.csv:2:", "from 0 to 1", "class of data", "not a role", "bad.csv:3:", "names no workload"],
    );
    refused("workload,input_mtok,output_mtok\na,=1+1,2\n", &["'=1+1' is not a number"]);
    refused(
        "workload,recovery_objective,headquarters\na,\"1d\nforbid: []\",DE: 1\n",
        &["is not a time", "two letters"],
    );
    refused(&format!("workload\n{}", "a\n".repeat(5 << 20)), &["file-too-large"]);
    refused("PK\u{3}\u{4} no archive", &["bad-workbook"]);
    refused("", &["inventory-column"]);
    assert!(!folder.path("p.yaml").exists());
    // A formula in a name stays a name.
    folder
        .write("formula.csv", "workload,name,offer\na,\"=HYPERLINK(\"\"http://x\"\")\",gpt-5.4@openai:EU\n");
    assert_eq!(folder.run(&["import", "inventory", "formula.csv", "-o", "f.yaml"]).code, 0);
    assert!(
        folder.read("f.yaml").contains(r#"name: "=HYPERLINK(\"http://x\")""#),
        "{}",
        folder.read("f.yaml")
    );
}

/// 30 days of records: 3 million tokens in are 3 mtok in 30 days, and 365/12/30 of that a month.
#[test]
fn records_of_use_become_demand() {
    let folder = Folder::new();
    let file = shipped("quickstart");
    folder.write(
        "openrouter.csv",
        "created_at,model_permaslug,provider_name,tokens_prompt,tokens_completion,cost_total,api_key_name\n\
         2026-10-01 08:00:00,openai/gpt-5.4,OpenAI,1000000,0,1,sk-canary-1\n\
         2026-10-30 08:00:00,openai/gpt-5.4,OpenAI,2000000,300000,1,sk-canary-1\n\
         2026-10-30 08:00:00,mistralai/mistral-medium-3.5,Scaleway,500000,100000,1,sk-canary-1\n\
         broken\n",
    );
    let run = |more: &[&str]| {
        folder.run(
            &[&["import", "usage", "openrouter.csv", "-p", &file, "--format", "json"][..], more].concat(),
        )
    };
    let answer = run(&[]).json();
    assert_eq!(
        (&answer["form"], &answer["days"], &answer["rows_set_aside"]),
        (&json!("activity of OpenRouter"), &json!(30.0), &json!(1))
    );
    // Both workloads use gpt-5.4, and one alone the model of Mistral.
    assert_eq!(answer["questions"].as_array().unwrap().len(), 1, "{answer:#}");
    assert_eq!(answer["changes"][0]["workload"], "support_chat");
    let said = run(&["--is", "openai/gpt-5.4=internal_search", "-o", "p.yaml"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(!said.stdout.contains("canary") && !folder.read("p.yaml").contains("canary"));
    let changes = said.json()["changes"].clone();
    let search =
        changes.as_array().unwrap().iter().find(|change| change["workload"] == "internal_search").unwrap();
    let expected = 3.0 / 30.0 * 365.0 / 12.0;
    assert!((search["input_mtok"].as_f64().unwrap() - expected).abs() < 1e-5, "{search}");
    let text = folder.read("p.yaml");
    assert!(text.contains("# people search by hand"), "comments stay:\n{text}");
    assert_eq!(folder.run(&["check", "p.yaml"]).code, 0);
    assert_eq!(run(&["--is", "openai/gpt-5.4=nowhere"]).code, 2);
}

/// Countries count only where every token has one: 3 of 4 million tokens are from France.
#[test]
fn records_say_users_where_all_of_them_do() {
    let folder = Folder::new();
    let file = shipped("quickstart");
    let records = |last: &str| {
        format!(
            "startTime,traceName,providedModelName,inputUsage,outputUsage,userCountry,input\n\
             2026-10-01T00:00:00Z,support chat,gpt-5.4,1000000,0,DE,a prompt\n\
             2026-10-02T00:00:00Z,support chat,gpt-5.4,3000000,0,{last},a prompt\n"
        )
    };
    let users = |last: &str| {
        folder.write("langfuse.csv", &records(last));
        let answer = folder.run(&["import", "usage", "langfuse.csv", "-p", &file, "--format", "json"]);
        assert!(!answer.stdout.contains("a prompt"));
        answer.json()["changes"][0]["users"].clone()
    };
    assert_eq!(users("fr"), "DE=0.25; FR=0.75");
    assert_eq!(users(""), Value::Null);
    folder.write("other.csv", "a,b\n1,2\n");
    let ended = folder.run(&["import", "usage", "other.csv", "-p", &file]);
    assert!(ended.code == 3 && ended.stderr.contains("missing-column"), "{}", ended.stderr);
}
