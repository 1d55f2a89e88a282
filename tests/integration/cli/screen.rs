//! Tables on screens of several widths, with and without color.

use super::{Ended, Folder, shipped};

const WIDTHS: [usize; 4] = [60, 80, 100, 160];

fn on(folder: &Folder, columns: usize, arguments: &[&str]) -> String {
    let mut command = folder.command(arguments);
    command.env("COLUMNS", columns.to_string());
    Ended::new(&command.output().expect("the program starts")).stdout
}

/// Commands with wide tables and with charts.
fn commands(portfolio: &str) -> Vec<Vec<&str>> {
    [
        &["exposure", portfolio, "--by-workload"][..],
        &["stress", portfolio],
        &["stress", portfolio, "--all"],
        &["stress", portfolio, "--scenario", "transatlantic_rupture"],
        &["check", portfolio, "--trials", "50"],
        &["simulate", portfolio, "--trials", "50"],
        &["replay", portfolio],
        &["replay", portfolio, "--plan", portfolio, "--together"],
        &["reverse", portfolio, "--breaks-recovery", "--max-shocks", "1", "--sets", "3"],
        &["diversify", "tiny.yaml", "--trials", "20"],
        &["compare", "tiny.yaml", "tiny.yaml", "--trials", "5", "--fail-on", "cvar+10%"],
        &["shocks", "calibrate"],
        &["shocks", "list", portfolio],
        &["shocks", "show", "openai_outage", portfolio],
        &["landscape", "--portfolio", portfolio],
        &["list", "models"],
        &["list", "rules"],
        &["list", "suppliers"],
    ]
    .map(<[&str]>::to_vec)
    .to_vec()
}

/// What stands on one line and has no blank is a word. None is longer than the narrowest of these screens.
#[test]
fn no_line_is_wider_than_the_screen_and_no_word_is_broken() {
    let folder = Folder::new();
    let portfolio = shipped("european_bank");
    for arguments in commands(&portfolio) {
        let wide = on(&folder, 400, &arguments);
        let known: std::collections::BTreeSet<&str> = wide.split_whitespace().collect();
        for columns in WIDTHS {
            let text = on(&folder, columns, &arguments);
            for line in text.lines() {
                assert!(line.chars().count() <= columns, "{arguments:?} at {columns}:\n{line}\n{text:.2000}");
                let is_drawn = |word: &str| word.contains(['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█', '─', '│']);
                let is_axis = line
                    .split_whitespace()
                    .all(|w| w.ends_with(['d', 'h', '0']) || w == "workload" || w == "lowest");
                let broken: Vec<&str> =
                    line.split_whitespace().filter(|word| !is_drawn(word) && !known.contains(word)).collect();
                assert!(
                    broken.is_empty() || is_axis || line.contains("One column is"),
                    "{arguments:?} at {columns}: {broken:?} in\n{line}"
                );
            }
        }
    }
}

/// A pipe is no terminal: the same bytes whatever its neighbor can show.
#[test]
fn a_table_in_a_pipe_or_a_file_is_as_wide_as_ever_and_has_no_color() {
    let folder = Folder::new();
    let piped = folder.run(&["check", "tiny.yaml"]);
    assert!(!piped.stdout.contains('\u{1b}'));
    let mut command = folder.command(&["check", "tiny.yaml", "--out", "check.txt"]);
    command.env("COLUMNS", "60");
    assert_eq!(command.output().unwrap().status.code(), Some(7));
    assert_eq!(folder.read("check.txt"), piped.stdout);
}

/// Headings of the help are styled by the parser, which must hear of `--color` before it parses.
#[test]
fn help_is_colored_where_color_is_asked_for() {
    let folder = Folder::new();
    let help = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = folder.command(arguments).envs(variables.iter().copied()).output().unwrap();
        [output.stdout, output.stderr].concat().contains(&0x1b)
    };
    for arguments in [
        &["--color", "always", "--help"][..],
        &["plan", "--help", "--color=always"],
        &["plans", "--color", "always"],
        &["--color", "never", "--color", "always", "--help"],
    ] {
        assert!(help(arguments, &[]), "{arguments:?}");
        assert!(help(arguments, &[("NO_COLOR", "1"), ("MULTIPOLAR_COLOR", "never")]), "{arguments:?}");
    }
    assert!(help(&["--help"], &[("MULTIPOLAR_COLOR", "always")]));
    for arguments in [&["--help"][..], &["--help", "--", "--color=always"], &["--color", "never", "--help"]] {
        assert!(!help(arguments, &[("NO_COLOR", "1")]), "{arguments:?}");
    }
    assert!(!help(&["--help", "--color=never"], &[("MULTIPOLAR_COLOR", "always")]));
    assert!(!help(&["--color", "sometimes", "--help"], &[]));
}

/// Green for what is kept, red for what is breached; colors aside, the text is the same.
#[test]
fn verdicts_are_colored_where_color_is_asked_for() {
    let folder = Folder::new();
    let plain = folder.run(&["check", "tiny.yaml"]).stdout;
    let colored = folder.run(&["check", "tiny.yaml", "--color", "always"]).stdout;
    assert!(
        colored.contains("\u{1b}[31mno\u{1b}[39m") && colored.contains("\u{1b}[31mbreached\u{1b}[39m"),
        "{colored:?}"
    );
    let mut stripped = colored.clone();
    for code in ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[39m"] {
        stripped = stripped.replace(code, "");
    }
    assert_eq!(stripped, plain);
    assert_eq!(folder.run(&["check", "tiny.yaml", "--color", "never"]).stdout, plain);
}

#[cfg(target_os = "linux")]
mod on_a_terminal {
    use super::{Ended, Folder};
    use std::process::{Command, Stdio};

    /// The answer of the program under `script`, which gives it a terminal, without progress; `None` where there is no `script`.
    fn typed(folder: &Folder, line: &str) -> Option<String> {
        let program = env!("CARGO_BIN_EXE_multipolar");
        let mut command = Command::new("script");
        command.args(["-qec", &format!("stty rows 24 cols 80; {program} -q {line}"), "/dev/null"]);
        command.current_dir(folder.path("")).stdin(Stdio::null()).env_remove("COLUMNS").env("TERM", "xterm");
        let output = command.env_remove("NO_COLOR").output().ok()?;
        Some(Ended::new(&output).stdout)
    }

    #[test]
    fn a_terminal_has_its_own_width_and_color_unless_it_is_refused() {
        let folder = Folder::new();
        let Some(text) = typed(&folder, "check tiny.yaml") else { return };
        assert!(text.contains("\u{1b}[31m"), "{text:?}");
        assert!(
            text.lines().all(|line| line
                .replace("\u{1b}[31m", "")
                .replace("\u{1b}[39m", "")
                .trim_end()
                .chars()
                .count()
                <= 80)
        );
        let refused = typed(&folder, "check tiny.yaml --color never").unwrap();
        assert!(!refused.contains("\u{1b}[3"), "{refused:?}");
    }
}
