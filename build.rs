//! Builds anew when a file is added to the catalog, which the compiler by itself does not notice.

fn main() {
    println!("cargo::rerun-if-changed=catalog");
}
