//! Times answers of `multipolar serve` on the reference portfolio: each request makes a new change, as a drag does.
//!
//! Prints a Markdown table for benches/README.md. `cargo bench --bench serve`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Requests of each kind; before them come a few that are not counted.
const N_QUICK: usize = 200;
const N_SIMULATED: usize = 20;
const N_WARM_UP: usize = 3;

fn main() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("portfolios/european_bank.yaml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_multipolar"))
        .args(["serve", &file.to_string_lossy(), "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("its address");
    let address = line.trim().trim_start_matches("http://");
    let (host, token) = address.split_once("/?token=").expect("an address with a token");
    // What every page asks first: today's loss, on the same years as every change.
    for trials in [400, 10_000] {
        answer(host, token, "what-if", &format!("{{\"trials\": {trials}}}"));
    }
    println!("| request after a change | requests | ms, median | 95th percentile | largest | KiB |");
    println!("|---|---|---|---|---|---|");
    let off = r#", "events": [{"off": {"kind": "jurisdiction", "id": "US"}}]"#;
    for (name, at, rest, n) in [
        ("cost, concentration, limits", "what-if", String::new(), N_QUICK),
        ("the same, and the United States off", "what-if", off.to_owned(), N_QUICK),
        ("loss on 400 years", "what-if", r#", "trials": 400"#.to_owned(), N_SIMULATED),
        ("loss on 10,000 years", "what-if", r#", "trials": 10000"#.to_owned(), N_SIMULATED),
        ("`exposure` with all nodes and pairs", "exposure", String::new(), N_SIMULATED),
    ] {
        let mut n_bytes = 0;
        let mut times: Vec<f64> = (0..n + N_WARM_UP)
            .map(|at_request| {
                let share = 0.3 + 0.5 * (at_request as f64) / (n + N_WARM_UP) as f64;
                let body = format!(
                    "{{\"changes\": [{{\"at\": \"/workloads/retail_chatbot/allocation\", \"value\": \
                     {{\"claude-sonnet-5@aws-bedrock:EU\": {share}, \"gpt-5.6-luna@azure:EU\": {}}}}}]{rest}}}",
                    1.0 - share
                );
                let since = Instant::now();
                n_bytes = answer(host, token, at, &body).len();
                since.elapsed().as_secs_f64() * 1e3
            })
            .skip(N_WARM_UP)
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times[((times.len() - 1) as f64 * part).round() as usize];
        println!("| {name} | {n} | {:.0} | {:.0} | {:.0} | {} |", at(0.5), at(0.95), at(1.0), n_bytes / 1024);
    }
    child.kill().expect("the server ends");
    child.wait().expect("the server has ended");
}

fn answer(host: &str, token: &str, at: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(host).expect("the server listens");
    let request = format!(
        "POST /api/v1/{at} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer in UTF-8");
    assert!(text.starts_with("HTTP/1.1 200"), "{text:.2000}");
    text
}
