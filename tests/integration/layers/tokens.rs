//! Rust source as tokens: enough to see what it imports, calls and prints, blind to comments.

/// A token and the line it begins on, from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name or a keyword; `r#type` is `type`.
    Word(String),
    /// The content of a string literal, escapes as written.
    Text(String),
    /// `::`
    PathSep,
    /// Any other character outside of literals.
    Sign(char),
}

/// All tokens of `source`. Comments, character literals, lifetimes and numbers leave none.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: source.chars().collect(), at: 0, line: 1 };
    let mut tokens = Vec::new();
    while lexer.at < lexer.chars.len() {
        let line = lexer.line;
        if let Some(kind) = lexer.next_kind() {
            tokens.push(Token { kind, line });
        }
    }
    tokens
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn bump(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        self.line += usize::from(c == '\n');
        c
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while self.at < self.chars.len() && keep(self.peek(0)) {
            taken.push(self.bump());
        }
        taken
    }

    fn next_kind(&mut self) -> Option<Kind> {
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => {
                self.take_while(|c| c != '\n');
                None
            }
            ('/', '*') => {
                self.block_comment();
                None
            }
            ('"', _) => Some(self.text(0, false)),
            ('\'', _) => {
                self.quote();
                None
            }
            (':', ':') => {
                self.at += 2;
                Some(Kind::PathSep)
            }
            (c, _) if c.is_alphabetic() || c == '_' => self.word(),
            (c, _) if c.is_numeric() => {
                self.take_while(|c| c.is_alphanumeric() || c == '_');
                None
            }
            (c, _) => {
                self.bump();
                (!c.is_whitespace()).then_some(Kind::Sign(c))
            }
        }
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.chars.len() {
            match (self.bump(), self.peek(0)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => continue,
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    /// A name, or the letters before a literal: `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `c"…"`, `b'…'`, `r#name`.
    fn word(&mut self) -> Option<Kind> {
        let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
        let hashes = (0..).take_while(|&n| self.peek(n) == '#').count();
        match word.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == '"' => {
                self.at += hashes;
                Some(self.text(hashes, true))
            }
            "b" | "c" if self.peek(0) == '"' => Some(self.text(0, false)),
            "b" if self.peek(0) == '\'' => {
                self.quote();
                None
            }
            "r" if hashes == 1 => {
                self.at += 1;
                self.word()
            }
            _ => Some(Kind::Word(word)),
        }
    }

    /// A string from its opening quote; `raw` ones end with a quote and `hashes` times `#`.
    fn text(&mut self, hashes: usize, raw: bool) -> Kind {
        self.bump();
        let mut content = String::new();
        while self.at < self.chars.len() {
            match self.bump() {
                '"' if (0..hashes).all(|n| self.peek(n) == '#') => {
                    self.at += hashes;
                    break;
                }
                '\\' if !raw => {
                    content.push('\\');
                    content.push(self.bump());
                }
                c => content.push(c),
            }
        }
        Kind::Text(content)
    }

    /// A character literal or a lifetime, from its quote.
    fn quote(&mut self) {
        self.bump();
        if self.peek(0) == '\\' {
            self.at += 2;
            self.take_while(|c| c != '\'');
            self.bump();
        } else if self.peek(1) == '\'' {
            self.bump();
            self.bump();
        } else {
            self.take_while(|c| c.is_alphanumeric() || c == '_');
        }
    }
}
