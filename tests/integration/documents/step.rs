//! The commands of a `console` block, each with what it prints.

use crate::pages::Block;

/// One command of a `console` block.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The command as shown, without `$ `; all but the last line end in a backslash.
    pub typed: Vec<String>,
    pub code: i32,
    pub output: Vec<String>,
}

impl Block {
    pub fn is_console(&self) -> bool {
        self.info.split(' ').next() == Some("console")
    }

    /// Whether it takes too long to be run whenever tests are.
    pub fn is_slow(&self) -> bool {
        self.info.split(' ').skip(1).any(|word| word == "slow")
    }

    /// Its commands with what they print.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for line in &self.text {
            if let Some(typed) = line.strip_prefix("$ ") {
                steps.push(Step { typed: vec![typed.to_owned()], code: 0, output: Vec::new() });
                continue;
            }
            let step = steps.last_mut().expect("a console block begins with a command");
            let goes_on = step.typed.last().is_some_and(|typed| typed.ends_with('\\'));
            match line.strip_prefix("? ") {
                _ if goes_on && step.output.is_empty() => step.typed.push(line.clone()),
                Some(code) if step.output.is_empty() => step.code = code.parse().expect("an exit code"),
                _ => step.output.push(line.clone()),
            }
        }
        steps
    }
}

impl Step {
    /// The command on one line.
    pub fn command(&self) -> String {
        self.typed.iter().map(|line| line.trim_end_matches('\\')).collect()
    }

    /// The lines that show it.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("$ {}", self.typed[0])];
        lines.extend(self.typed[1..].iter().cloned());
        lines.extend((self.code != 0).then(|| format!("? {}", self.code)));
        lines.extend(self.output.iter().cloned());
        lines
    }
}

#[test]
fn a_step_is_read_and_shown_alike() {
    let text = "```console slow\n$ a \\\n  b\n? 7\none\n\ntwo\n$ c\n```\n```sh\n$ d\n```\n";
    let found = crate::pages::blocks(text);
    assert_eq!(
        found.iter().map(|b| (b.is_console(), b.is_slow())).collect::<Vec<_>>(),
        [(true, true), (false, false)]
    );
    let steps = found[0].steps();
    assert_eq!(steps[0].command(), "a   b");
    assert_eq!((steps[0].code, steps[0].output.join("|")), (7, "one||two".to_owned()));
    assert_eq!((steps[1].code, steps[1].output.len()), (0, 0));
    assert_eq!(steps.iter().flat_map(Step::lines).collect::<Vec<_>>(), found[0].text);
}
