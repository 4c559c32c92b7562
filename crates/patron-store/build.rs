//! Rebuilds the crate when a migration is added: the migrations are compiled into it.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/sqlite");
    println!("cargo::rerun-if-changed=../../migrations/postgres");
}
