use super::*;
use serde_json::json;

const TEXT: &str = "\
# A comment at the top.
format_version: 1
horizon: 365d

workloads:
  # The first.
  - id: chat
    users: {DE: 0.6, 'NO': 0.4} # by country
    allocation:
      DE: {a@b:EU: 1.0} # all
      default: {c@d:EU: 1.0}

  # The second.
  - id: search
    allocation: {a@b:EU: 0.3,
      c@d:EU: 0.7}
    standby: []
limits:
- {measure: share}
";

fn change(at: &str, value: Value) -> TextChange {
    TextChange { at: at.to_owned(), value }
}

fn with(at: &str, value: Value) -> String {
    edited(TEXT, &[change(at, value)]).unwrap()
}

#[test]
fn a_key_is_replaced_on_its_lines_and_all_else_stays() {
    let text = with("/workloads/chat/allocation", json!({"a@b:EU": 0.25, "NO": 0.75}));
    let expected = TEXT.replace(
        "    allocation:\n      DE: {a@b:EU: 1.0} # all\n      default: {c@d:EU: 1.0}\n",
        "    allocation: {\"NO\": 0.75, a@b:EU: 0.25}\n",
    );
    assert_eq!(text, expected);
    assert_eq!(with("/horizon", json!("30d")), TEXT.replace("365d", "30d"));
    // In brackets: the order, the lines and the comments stay.
    assert_eq!(
        with("/workloads/1/allocation/c@d:EU", json!(0.5)),
        TEXT.replace("c@d:EU: 0.7", "c@d:EU: 0.5")
    );
    assert_eq!(with("/workloads/chat/users/DE", json!(0.5)), TEXT.replace("DE: 0.6", "DE: 0.5"));
    assert_eq!(with("/limits/0/measure", json!("cvar")), TEXT.replace("measure: share", "measure: cvar"));
    let text = with("/workloads/1/allocation/e@f:EU", json!(0.5));
    let anew = "{a@b:EU: 0.3, c@d:EU: 0.7, e@f:EU: 0.5}";
    assert_eq!(text, TEXT.replace("{a@b:EU: 0.3,\n      c@d:EU: 0.7}", anew));
    // Deep in a map that is written in lines.
    let text = with("/workloads/chat/allocation/DE", json!({"x": 1}));
    assert_eq!(text, TEXT.replace("DE: {a@b:EU: 1.0} # all", "DE: {x: 1}"));
}

#[test]
fn keys_are_added_and_removed() {
    let text = with("/workloads/chat/standby", json!([{"offer": "a@b:EU", "lead": "7d"}]));
    let expected = TEXT.replace(
        "      default: {c@d:EU: 1.0}\n",
        "      default: {c@d:EU: 1.0}\n    standby: [{lead: 7d, offer: a@b:EU}]\n",
    );
    assert_eq!(text, expected);
    assert_eq!(with("/workloads/search/standby", Value::Null), TEXT.replace("    standby: []\n", ""));
    assert_eq!(
        with("/readiness/warm/usd_per_month", json!(4000)),
        format!("{TEXT}readiness: {{warm: {{usd_per_month: 4000}}}}\n")
    );
    assert_eq!(
        with("/catalog/scenarios/-", json!({"id": "s"})),
        format!("{TEXT}catalog: {{scenarios: [{{id: s}}]}}\n")
    );
}

/// What cannot be done in place is done all the same: the values are right, the layout is not kept.
#[test]
fn a_text_in_brackets_is_written_anew() {
    let text = "{format_version: 1, workloads: [{id: a, standby: []}]}";
    let text = edited(text, &[change("/workloads/a/data", json!("no"))]).unwrap();
    assert_eq!(text, "format_version: 1\nworkloads:\n  - {data: \"no\", id: a, standby: []}\n");
    let anchored = "a: &x {b: 1}\nc: *x\n";
    let text = edited(anchored, &[change("/a/b", json!(2))]).unwrap();
    assert_eq!(text, "a: {b: 2}\nc: {b: 1}\n");
    // A quoted word that holds a comma is not cut in two.
    let quoted = edited("a: {b: \"x, y\", c: 1}\n", &[change("/a/b", json!("z"))]).unwrap();
    assert_eq!(quoted, "a: {b: z, c: 1}\n");
}

#[test]
fn a_change_that_changes_nothing_leaves_the_text_and_one_without_a_place_is_refused() {
    assert_eq!(with("/workloads/chat/id", json!("chat")), TEXT);
    let failed = |at: &str, value| edited(TEXT, &[change(at, value)]).unwrap_err().to_string();
    assert!(failed("horizon", json!(1)).contains("no place in a portfolio"));
    assert!(failed("/", json!(1)).contains("no place in a portfolio"));
    assert!(failed("/workloads/nobody/data", json!(1)).contains("no 'nobody' on the way"));
    assert!(failed("/horizon/days", json!(1)).contains("no 'days' on the way"));
    assert!(failed("/workloads/-/data", json!(1)).contains("'-'"));
    let many = vec![change("/horizon", json!(1)); MAX_CHANGES + 1];
    assert_eq!(edited(TEXT, &many), Err(EditError::TooMany));
    assert!(matches!(edited("a: [", &[change("/a", json!(1))]), Err(EditError::Unreadable(_))));
}
