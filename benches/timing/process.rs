//! Runs whole processes and looks at their time and memory.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often the memory of a run is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What a process took and said.
pub struct Run {
    pub seconds: f64,
    /// The highest resident memory seen, KiB; 0 where the kernel does not tell.
    pub memory_kib: u64,
    pub stdout: String,
}

/// Runs the program.
///
/// # Panics
/// When it does not start, or ends with an error.
pub fn multipolar(arguments: &[&str]) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_multipolar")).args(arguments))
}

/// Runs a command to its end.
///
/// # Panics
/// When it does not start, or ends with an error.
pub fn run(command: &mut Command) -> Run {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut pipe = child.stdout.take().expect("stdout is piped");
    // Read beside the waiting: a full pipe would stop the program.
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("stdout is text");
        text
    });
    let status = format!("/proc/{}/status", child.id());
    let mut memory_kib = 0;
    loop {
        memory_kib = memory_kib.max(high_water_kib(&status));
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            assert!(status.success(), "{command:?} ended with {status}");
            let seconds = start.elapsed().as_secs_f64();
            return Run { seconds, memory_kib, stdout: reader.join().expect("stdout can be read") };
        }
        sleep(LOOK_EVERY);
    }
}

/// The kernel's high-water mark; 0 where there is none.
fn high_water_kib(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
