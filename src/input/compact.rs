//! Values with their places in a compact form, in which the build puts the catalog into the binary: read in a few
//! milliseconds, where parsing its text takes fifty.
//!
//! A value is a byte for its kind, its place, and its content. Whole numbers are written in groups of seven bits, the
//! lowest first; texts and lists begin with their length.

use super::spans::TextMark;
use super::tree::{Entry, YamlNode, YamlValue};

/// The first byte of a value.
pub(super) mod kind {
    pub(crate) const NULL: u8 = 0;
    pub(crate) const FALSE: u8 = 1;
    pub(crate) const TRUE: u8 = 2;
    pub(crate) const WHOLE: u8 = 3;
    pub(crate) const DECIMAL: u8 = 4;
    pub(crate) const TEXT: u8 = 5;
    pub(crate) const LIST: u8 = 6;
    pub(crate) const MAP: u8 = 7;
}

/// The value that the bytes stand for; `None` if they are not of this form.
pub(super) fn read(bytes: &[u8]) -> Option<YamlNode> {
    let mut reader = Reader { rest: bytes };
    let root = reader.node()?;
    reader.rest.is_empty().then_some(root)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn node(&mut self) -> Option<YamlNode> {
        let kind = self.byte()?;
        let mark = self.mark()?;
        let value = match kind {
            kind::NULL => YamlValue::Null,
            kind::FALSE | kind::TRUE => YamlValue::Bool(kind == kind::TRUE),
            kind::WHOLE | kind::DECIMAL => YamlValue::Number {
                value: f64::from_le_bytes(self.take(8)?.try_into().ok()?),
                whole: kind == kind::WHOLE,
                written: self.text()?,
            },
            kind::TEXT => YamlValue::Text(self.text()?),
            kind::LIST => {
                let n = self.length()?;
                YamlValue::List((0..n).map(|_| self.node()).collect::<Option<_>>()?)
            }
            kind::MAP => {
                let n = self.length()?;
                YamlValue::Map((0..n).map(|_| self.entry()).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(YamlNode { mark, value })
    }

    fn entry(&mut self) -> Option<Entry> {
        Some(Entry { key: self.text()?, key_mark: self.mark()?, node: self.node()? })
    }

    fn mark(&mut self) -> Option<TextMark> {
        Some(TextMark { line: self.number()?, column: self.number()?, width: self.number()? })
    }

    fn text(&mut self) -> Option<String> {
        let n = self.length()?;
        Some(std::str::from_utf8(self.take(n)?).ok()?.to_owned())
    }

    /// A number of bytes, or of values of at least a byte each, that follow.
    fn length(&mut self) -> Option<usize> {
        self.number().filter(|n| *n <= self.rest.len())
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn take(&mut self, n: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::compact_writer::written;
    use super::super::{spans, tree, yaml};
    use super::*;

    fn parsed(text: &str) -> YamlNode {
        tree::join(yaml::parse(text).unwrap(), &spans::scan(text).unwrap()).root
    }

    /// Every kind of value, a number beyond 127, a text beyond 127 bytes, and letters of several bytes.
    #[test]
    fn what_is_written_is_read_back_with_its_places() {
        let long = "é".repeat(200);
        let text =
            format!("a: [1, 1.50, -2e3, true, false, null, ~, {long}]\n\nb:\n  'c d': {{}}\n  e: []\n");
        let root = parsed(&text);
        let bytes = written(&root);
        let again = read(&bytes).unwrap();
        assert_eq!(format!("{again:?}"), format!("{root:?}"));
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_none(), "cut at {end} of {}", bytes.len());
        }
        assert!(read(&[&bytes[..], &[0]].concat()).is_none());
        assert!(read(&[9, 1, 1, 1]).is_none());
    }
}
