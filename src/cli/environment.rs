//! What the environment says: the width of lines, whether color is welcome, defaults of flags.
//!
//! The variables that set flags, `MULTIPOLAR_…`, are named where the flags are (`args/shared.rs`).

use clap::error::{ContextKind, ContextValue};

use super::messages::escaped;

/// Beginning of the variables that set flags.
const PREFIX: &str = "MULTIPOLAR_";

/// Characters of a line, by `COLUMNS`.
pub(super) fn columns() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok()?.parse().ok()?;
    (columns > 0).then_some(columns)
}

/// Whether the user wants color: `NO_COLOR` (no-color.org) is unset or empty, and the terminal is no `dumb` one.
pub(super) fn allows_color() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Where a refused value comes from, if it was not typed.
pub(super) fn hint(message: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(value)) = message.get(ContextKind::InvalidValue) else { return None };
    let Some(ContextValue::String(argument)) = message.get(ContextKind::InvalidArg) else { return None };
    let flag = argument.strip_prefix("--")?.split(['=', ' ']).next()?;
    let variable = format!("{PREFIX}{}", flag.to_uppercase().replace('-', "_"));
    let is_source = std::env::var(&variable).is_ok_and(|set| set == *value) && !is_typed(flag);
    is_source
        .then(|| format!("\n  = help: the value {} comes from the variable {variable}\n", escaped(value)))
}

fn is_typed(flag: &str) -> bool {
    let flag = format!("--{flag}");
    std::env::args().any(|typed| typed == flag || typed.starts_with(&format!("{flag}=")))
}
