//! Ids that occur twice in one list.

use std::collections::BTreeMap;

use crate::input::at::At;
use crate::input::diagnostic::quoted;

/// Reports each id that an earlier entry already has, at the later entry's `id`.
pub(super) fn check<'a>(
    what: &str,
    ids: impl Iterator<Item = &'a str>,
    entry: impl Fn(usize) -> Option<At<'a>>,
) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, id) in ids.enumerate().filter(|(_, id)| !id.is_empty()) {
        if let Some(&earlier) = first.get(id) {
            let (Some(at), Some(before)) = (entry(i), entry(earlier)) else { continue };
            let help = Some(format!(
                "rename or remove one of them; the first is on line {}",
                before.key("id").line()
            ));
            at.key("id").error(
                "duplicate-id",
                format!("the {what} {} is already in this list", quoted(id)),
                help,
            );
        } else {
            first.insert(id, i);
        }
    }
}
