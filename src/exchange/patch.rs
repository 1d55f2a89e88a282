//! A change of a text as a patch.

use std::fmt::Write;

/// Lines around a change that are shown.
const CONTEXT: usize = 3;
/// Lines on each side of a change up to which the shortest difference is looked for; longer ones are replaced as a whole.
const MAX_LINES: usize = 3_000;

/// A unified diff of a file (POSIX `diff -u`, without dates); empty when the texts are equal.
#[must_use]
pub fn unified(file: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let edits = edits(&old, &new);
    let mut text = format!("--- {file}\n+++ {file}\n");
    for hunk in hunks(&edits) {
        let of = |of: [bool; 2]| edits[hunk.clone()].iter().filter(|edit| edit.is(of)).count();
        let before = |of: [bool; 2]| edits[..hunk.start].iter().filter(|edit| edit.is(of)).count();
        let (n_old, n_new) = (of([true, false]), of([false, true]));
        let first = |n: usize, before: usize| if n == 0 { before } else { before + 1 };
        let (at_old, at_new) = (first(n_old, before([true, false])), first(n_new, before([false, true])));
        let _ = writeln!(text, "@@ -{at_old},{n_old} +{at_new},{n_new} @@");
        for edit in &edits[hunk] {
            let (sign, line) = match *edit {
                Edit::Both(line) => (' ', line),
                Edit::Old(line) => ('-', line),
                Edit::New(line) => ('+', line),
            };
            text.push(sign);
            text.push_str(line);
            if !line.ends_with('\n') {
                text.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    text
}

#[derive(Debug, Clone, Copy)]
enum Edit<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

impl Edit<'_> {
    /// Whether the line stands in the old text, or in the new one.
    fn is(&self, [old, new]: [bool; 2]) -> bool {
        match self {
            Self::Both(_) => true,
            Self::Old(_) => old,
            Self::New(_) => new,
        }
    }
}

/// From the old lines to the new ones, by their longest common subsequence.
fn edits<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Edit<'t>> {
    let n_head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[n_head..], &new[n_head..]);
    let n_tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_mid, new_mid) = (&old_rest[..old_rest.len() - n_tail], &new_rest[..new_rest.len() - n_tail]);
    let mut edits: Vec<Edit<'t>> = old[..n_head].iter().map(|line| Edit::Both(line)).collect();
    if old_mid.len().max(new_mid.len()) > MAX_LINES {
        edits.extend(old_mid.iter().map(|line| Edit::Old(line)));
        edits.extend(new_mid.iter().map(|line| Edit::New(line)));
    } else {
        edits.extend(shortest(old_mid, new_mid));
    }
    edits.extend(old[old.len() - n_tail..].iter().map(|line| Edit::Both(line)));
    edits
}

fn shortest<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Edit<'t>> {
    let width = new.len() + 1;
    // `[old × new]`: length of the longest common subsequence of what follows.
    let mut common = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut edits = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            edits.push(Edit::Both(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j == new.len() || common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            edits.push(Edit::Old(old[i]));
            i += 1;
        } else {
            edits.push(Edit::New(new[j]));
            j += 1;
        }
    }
    edits
}

/// Ranges of edits that are shown together.
fn hunks(edits: &[Edit<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut hunks: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, edit) in edits.iter().enumerate() {
        if matches!(edit, Edit::Both(_)) {
            continue;
        }
        let (start, end) = (at.saturating_sub(CONTEXT), (at + 1 + CONTEXT).min(edits.len()));
        match hunks.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => hunks.push(start..end),
        }
    }
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_shows_the_lines_around_each_change() {
        let before: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let after = before.replace("\n5\n", "\nfive\n").replace("\n19\n", "\n");
        let expected = "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -16,5 +16,4 @@\n 16\n 17\n 18\n-19\n 20\n";
        assert_eq!(unified("f", &before, &after), expected);
        assert_eq!(unified("f", &before, &before), "");
        let long = "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+x\n\\ No newline at end of file\n";
        assert_eq!(unified("f", "", "x"), long);
    }
}
