//! What HiGHS says when it ends without a solution, in a sentence.

use highs::HighsModelStatus;

/// Why there is no solution.
pub(super) fn reason(status: HighsModelStatus) -> &'static str {
    match status {
        HighsModelStatus::ReachedIterationLimit => "it reached the limit on its steps",
        HighsModelStatus::ReachedSolutionLimit => "it reached the limit on its branches",
        HighsModelStatus::ReachedMemoryLimit => "it ran out of memory",
        HighsModelStatus::Unbounded => "the costs have no lower bound",
        HighsModelStatus::LoadError | HighsModelStatus::ModelError => {
            "it refused the program: some amounts are too large or too small for it"
        }
        HighsModelStatus::PresolveError | HighsModelStatus::SolveError | HighsModelStatus::PostsolveError => {
            "its arithmetic failed: the amounts lie too far apart"
        }
        _ => "it could not tell",
    }
}

/// Why HiGHS did not take or run a program.
pub(super) const REFUSED: &str = "it refused the program: some amounts are too large or too small for it";
