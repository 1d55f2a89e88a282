#![no_main]

#[path = "../drivers.rs"]
#[allow(dead_code, reason = "each target uses one of them")]
mod drivers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drivers::history(bytes));
