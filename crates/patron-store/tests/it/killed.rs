//! A process killed at any moment of an import leaves all of it or nothing.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use patron_domain::CustomerAttributes;
use patron_store::{DatabaseUrl, Store};

use crate::shop::{batches, import as new_import, lines, report};
use crate::support::{database, dump, import, scanned, this_test};

const ASKED: &str = "PATRON_STORE_KILLED";
const LINES: usize = 30_000;

/// The process that is killed: it imports a file and says how far it has come.
#[expect(clippy::print_stdout, reason = "the killer listens")]
fn victim(url: &str) {
    let mut store = Store::open(&url.parse().unwrap()).unwrap();
    let mut writer = store.begin_import(&new_import("victim.csv")).unwrap();
    let mut contacts = Vec::new();
    for (number, batch) in batches(&lines(LINES, 2), 1_000, 2).iter().enumerate() {
        for name in &batch.added.customers {
            let known = CustomerAttributes { city: Some(format!("city of {name}")), ..Default::default() };
            contacts.push((contacts.len() as u32, known));
        }
        writer.write(batch, &[]).unwrap();
        println!("batch {number}");
    }
    println!("finishing");
    writer.finish(&report(LINES, 0), &[], &contacts, &[]).unwrap();
    println!("finished");
}

#[test]
fn all_or_nothing() {
    if let Ok(url) = std::env::var(ASKED) {
        return victim(&url);
    }
    let (_folder, url, mut store) = database();
    import(&mut store, &new_import("before.csv"), &lines(500, 1)).unwrap();
    drop(store);
    let before = dump(&url);
    // Killed on a line the victim prints, or so many microseconds after it says that it is finishing.
    let moments = [("batch 0", 0), ("batch 13", 300), ("batch 29", 0)];
    let endings = [0, 200, 500, 1_000, 2_000, 4_000, 8_000, 16_000].map(|wait| ("finishing", wait));
    let (mut all, mut nothing) = (0, 0);
    for (line, wait) in moments.into_iter().chain(endings).chain([("finished", 0)]) {
        let acknowledged = kill_at(&url, line, wait);
        let mut store = Store::open(&url).unwrap();
        match store.import_of_file(&new_import("victim.csv").sha256).unwrap() {
            None => {
                assert!(!acknowledged, "an acknowledged import is gone");
                assert_eq!(dump(&url), before);
                nothing += 1;
            }
            Some(record) => {
                assert_eq!(scanned(&mut store, 1_000).len(), 500 + LINES);
                store.undo_import(record.id).unwrap();
                assert_eq!(dump(&url), before);
                all += 1;
            }
        }
    }
    println!("killed {} times: {all} times all of it, {nothing} times nothing", all + nothing);
    assert!(nothing >= 3 && all >= 1);
}

/// Kills a victim; whether it had been told that its import is stored.
fn kill_at(url: &DatabaseUrl, line: &str, microseconds: u64) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &this_test(module_path!(), "all_or_nothing"), "--nocapture"])
        .env(ASKED, url.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    said.find(|found| found == line).unwrap();
    std::thread::sleep(Duration::from_micros(microseconds));
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    line == "finished" || said.any(|found| found == "finished")
}
