//! Paths of values inside a file, such as `workloads[3].min_quality`.

use std::fmt;
use std::rc::Rc;

/// The path from a file's root to one of its values; cheap to extend and to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path(Option<Rc<PathLink>>);

#[derive(Debug)]
struct PathLink {
    before: Path,
    step: PathStep,
}

#[derive(Debug)]
enum PathStep {
    Key(String),
    Index(usize),
}

impl Path {
    /// The value under a key.
    pub(crate) fn key(&self, key: &str) -> Self {
        self.then(PathStep::Key(key.to_owned()))
    }

    /// The item at an index, from 0.
    pub(crate) fn index(&self, idx: usize) -> Self {
        self.then(PathStep::Index(idx))
    }

    fn then(&self, step: PathStep) -> Self {
        Self(Some(Rc::new(PathLink { before: self.clone(), step })))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(link) = &self.0 else { return Ok(()) };
        link.before.fmt(f)?;
        match &link.step {
            PathStep::Index(idx) => write!(f, "[{idx}]"),
            PathStep::Key(key) if is_word(key) => {
                let dot = if link.before.0.is_some() { "." } else { "" };
                write!(f, "{dot}{key}")
            }
            PathStep::Key(key) => write!(f, "[{}]", crate::input::diagnostic::quoted(key)),
        }
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_would_be_written() {
        let workload = Path::default().key("workloads").index(3);
        assert_eq!(workload.key("min_quality").to_string(), "workloads[3].min_quality");
        assert_eq!(
            workload.key("allocation").key("gpt-4.1@azure:SE").to_string(),
            "workloads[3].allocation['gpt-4.1@azure:SE']"
        );
        assert_eq!(Path::default().to_string(), "");
    }
}
