//! An import killed at any moment leaves all of it or none of it.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_store::{DatabaseUrl, Store};
use patron_tests::{patron, run, small_export};

use crate::BINARY;

#[test]
fn a_killed_import_is_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("sales.csv");
    fs::write(&input, small_export(0, 60_000)).unwrap();
    let import =
        |database: &str| patron(BINARY, &["import", input.to_str().unwrap(), "--database", database]);

    let whole = folder.path().join("whole.db");
    let begun = Instant::now();
    run(import(whole.to_str().unwrap())).ok();
    let took = begun.elapsed();
    let lines = |database| {
        Store::open(&DatabaseUrl::from_path(database)).and_then(|mut store| store.counts()).unwrap().sales
    };
    let complete = lines(whole);

    let kills = 12;
    let mut survived = 0;
    for kill in 0..kills {
        let database = folder.path().join(format!("killed-{kill}.db"));
        let mut child = import(database.to_str().unwrap()).spawn().unwrap();
        sleep(took.mul_f64((f64::from(kill) + 0.5) / f64::from(kills)).max(Duration::from_millis(1)));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = lines(database.clone());
        assert!(left == 0 || left == complete, "{left} of {complete} lines are left after kill {kill}");
        survived += usize::from(left == complete);
        run(import(database.to_str().unwrap())).ok();
        assert_eq!(lines(database), complete, "the next import succeeds");
    }
    assert!(survived < kills as usize, "no kill came before the commit");
}
