//! Killed at random moments, nothing acknowledged is lost and nothing is doubled.

use std::path::Path;

use patron_tests::torture::{Torture, torture};

use crate::BINARY;

#[test]
fn twenty_kills_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("shop.db");
    let plan = Torture {
        binary: Path::new(BINARY),
        database: database.to_str().unwrap(),
        folder: folder.path(),
        kills: 20,
        seed: 4,
    };
    let happened = torture(&plan, |kill, found| println!("kill {kill}: {found}"));
    println!("{happened}");
    // a torture that hits nothing tells nothing
    assert!(happened.kills.0 > 3 && happened.kills.1 > 3, "{happened}");
    assert!(happened.acknowledged > 100, "{happened}");
    assert!(happened.unanswered.1 > 0 && happened.imports.1 > 0, "{happened}");
}
