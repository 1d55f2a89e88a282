//! A server over a portfolio of its own, and a client that speaks plain HTTP.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Two workloads, of which one has users in two countries; comments and layouts of several kinds.
pub(super) const PORTFOLIO: &str = "\
# Everything is invented.
format_version: 1
company: {name: Tiny Ltd (invented), headquarters: DE, sites: [DE]}
horizon: 365d

workloads:
  - id: chat # the large one
    name: Chat
    demand: {input_mtok: 400, output_mtok: 100}
    users: {DE: 0.7, FR: 0.3}
    data: internal
    outage_cost_usd_per_day: 90000
    recovery_objective: 1d
    require: {model: [gpt-5.4, mistral-large-3], region: [EU]}
    allocation:
      DE: {gpt-5.4@openai:EU: 1.0}
      default: {gpt-5.4@openai:EU: 0.5, mistral-large-3@mistral:EU: 0.5}

  - id: search
    name: Search
    demand: {input_mtok: 40, output_mtok: 10}
    users: {DE: 1}
    data: internal
    outage_cost_usd_per_day: 9000
    recovery_objective: 1d
    require: {model: [gpt-5.4, mistral-large-3], region: [EU]}
    allocation: {gpt-5.4@openai:EU: 1.0}
    standby: []

limits:
  - {id: us, measure: share, of: origin, is: US, at_most: 0.6}
  - {id: loss, measure: average_annual_loss, at_most_usd: 100000}
";

/// A server; it ends when this is dropped.
pub(super) struct Served {
    child: Child,
    pub(super) port: u16,
    pub(super) token: String,
    folder: tempfile::TempDir,
}

/// What came back.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Served {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tiny.yaml"), PORTFOLIO).unwrap();
        let mut child = program(folder.path().to_path_buf())
            .args(["serve", "tiny.yaml", "--quiet", "--today", "2026-11-29"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let rest = line.trim().strip_prefix("http://127.0.0.1:").expect("an address on this machine");
        let (port, token) = rest.split_once("/?token=").expect("an address with a token");
        Self { child, port: port.parse().unwrap(), token: token.to_owned(), folder }
    }

    /// Sends bytes as they are.
    pub(super) fn raw(&self, bytes: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // What is refused may be refused before it was sent to the end.
        let _ = stream.write_all(bytes);
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if is_chunked { unchunked(body) } else { body.to_owned() };
        Reply { status, head: head.to_owned(), body }
    }

    pub(super) fn send(&self, method: &str, at: &str, headers: &str, body: &str) -> Reply {
        let (port, length) = (self.port, body.len());
        let text = format!(
            "{method} {at} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        self.raw(text.as_bytes())
    }

    fn bearer(&self) -> String {
        format!("authorization: Bearer {}\r\ncontent-type: application/json\r\n", self.token)
    }

    pub(super) fn get(&self, at: &str) -> Reply {
        self.send("GET", at, &self.bearer(), "")
    }

    pub(super) fn delete(&self, at: &str) -> Reply {
        self.send("DELETE", at, &self.bearer(), "")
    }

    pub(super) fn post(&self, at: &str, body: &Value) -> Reply {
        self.post_text(at, &body.to_string())
    }

    pub(super) fn post_text(&self, at: &str, body: &str) -> Reply {
        self.send("POST", at, &self.bearer(), body)
    }

    /// An answer that must come.
    pub(super) fn answer(&self, at: &str, body: &Value) -> Value {
        let reply = self.post(at, body);
        assert_eq!(reply.status, 200, "{at}: {}", reply.body);
        reply.json()
    }

    /// What a command prints about a portfolio of this text, with the name of the served one.
    pub(super) fn command(&self, text: &str, command: &str) -> Value {
        let folder = self.folder.path().join("changed");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tiny.yaml"), text).unwrap();
        let output = program(folder).args(command.split(' ')).args(["--format", "json"]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{command}: {error}: {told}"))
    }

    /// Every file beside the portfolio and below, sorted; without what [`Served::command`] writes.
    pub(super) fn files(&self) -> Vec<String> {
        let root = self.folder.path();
        let mut open = vec![root.to_path_buf()];
        let mut found = Vec::new();
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.path() == root.join("changed") {
                    continue;
                }
                if entry.file_type().unwrap().is_dir() {
                    open.push(entry.path());
                } else {
                    found.push(entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// The text of a file that it has written.
    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap()
    }

    /// Whether it still answers.
    pub(super) fn is_alive(&self) -> bool {
        self.get("/api/v1/about").status == 200
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(folder: PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_multipolar"));
    command.current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MULTIPOLAR_")) {
        command.env_remove(name);
    }
    command
}

fn unchunked(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || size > after.len() {
            break;
        }
        body.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    body
}
