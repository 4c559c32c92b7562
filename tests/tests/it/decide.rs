//! `patron decide`: what to do, from a shop imported before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use patron_tests::rows;

use crate::patron_runs;

fn shop(folder: &Path) -> String {
    let out = folder.join("out");
    patron_runs(&["pipeline", "--no-backtest", "--out", out.to_str().unwrap()]).ok();
    out.join("patron.db").to_str().unwrap().to_owned()
}

fn decide(database: &str, out: &Path, stated: &[&str]) -> String {
    let places = ["decide", "--database", database, "--out", out.to_str().unwrap()];
    patron_runs(&[&places[..], stated].concat()).ok().out
}

#[test]
fn nothing_is_guessed_and_what_is_stated_counts() {
    let folder = tempfile::tempdir().unwrap();
    let database = shop(folder.path());

    // the run of the pipeline and the command say the same
    let (of_run, of_command) = (folder.path().join("out/decisions"), folder.path().join("alone"));
    let shown = decide(&database, &of_command, &[]);
    let segments = rows(&of_command.join("decisions/segments.csv"));
    assert_eq!(segments, rows(&of_run.join("segments.csv")));
    assert_eq!(segments.len(), 6);

    // everybody is in one segment, and the segments add up to the customers and what they brought
    let members = rows(&of_command.join("decisions/customer_segments.csv"));
    let ids: BTreeSet<&str> = members.iter().map(|row| row["customer_id"].as_str()).collect();
    assert_eq!(ids.len(), members.len());
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    members.iter().for_each(|row| *counted.entry(row["segment"].as_str()).or_default() += 1);
    for row in &segments {
        let customers: u64 = row["customers"].parse().unwrap();
        assert_eq!(counted.get(row["segment"].as_str()).copied().unwrap_or(0), customers);
    }
    let all: BTreeMap<String, f64> = rows(&folder.path().join("out/analytics/customers.csv"))
        .into_iter()
        .map(|row| (row["customer_id"].clone(), row["revenue"].parse().unwrap()))
        .collect();
    let brought: f64 = ids.iter().map(|id| all[*id]).sum();
    let summed: f64 = segments.iter().map(|row| row["revenue"].parse::<f64>().unwrap()).sum();
    assert!((brought - summed).abs() < 0.005, "{brought} {summed}");

    // without a margin or a cost nobody can say what a campaign must bring
    assert!(shown.contains("what it must bring to pay is unknown"), "{shown}");
    assert!(shown.contains("unit_cost") && shown.contains("contact costs"), "{shown}");
    assert!(!shown.contains("your assumption"), "{shown}");

    // with both there is a break-even, and a gain only under a stated response
    let stated = ["--margin", "0.35", "--contact-cost", "0.60"];
    let shown = decide(&database, &folder.path().join("stated"), &stated);
    assert!(shown.contains("of 1,000 written to buy who would not have bought anyway"), "{shown}");
    assert!(!shown.contains("your assumption"), "{shown}");
    let budget = [&stated[..], &["--response", "0.05-0.10", "--budget", "500"]].concat();
    let shown = decide(&database, &folder.path().join("assumed"), &budget);
    assert!(shown.contains("your assumption") && shown.contains("Of 500"), "{shown}");

    // a letter that costs more than a purchase earns: nothing is spent
    let dear = ["--margin", "0.01", "--contact-cost", "60", "--response", "0.01-0.03", "--budget", "500"];
    let shown = decide(&database, &folder.path().join("dear"), &dear);
    assert!(shown.contains("Spend nothing"), "{shown}");
}

#[test]
fn what_cannot_be_stated_is_refused_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("none.db");
    let nowhere = nowhere.to_str().unwrap();
    for (stated, said) in [
        (["--response", "3-1"], "range from low to high"),
        (["--response", "many"], "0.01-0.03"),
        (["--category-margin", "Garden"], "NAME=SHARE"),
        (["--category-margin", "Garden=40"], "0.35 for 35 %"),
    ] {
        let failed = patron_runs(&[&["decide", "--database", nowhere][..], &stated].concat());
        assert!(failed.code == Some(2) && failed.err.contains(said), "{stated:?}: {}", failed.err);
    }
}

#[test]
fn a_day_before_anybody_bought_has_answers_but_nothing_to_decide() {
    let folder = tempfile::tempdir().unwrap();
    let (log, out) = (folder.path().join("sales.csv"), folder.path().join("out"));
    std::fs::write(&log, "customer,date,amount\na,2024-01-31,12.50\nb,2024-02-29,3.00\na,2024-03-05,8\n")
        .unwrap();
    let run = ["pipeline", "--input", log.to_str().unwrap(), "--out", out.to_str().unwrap()];
    patron_runs(&run).ok();
    let own = out.join("decisions/mine.csv");
    std::fs::write(&own, "not Patron's").unwrap();
    assert!(out.join("decisions/segments.csv").exists());

    patron_runs(&[&run[..], &["--as-of", "2023-12-31"]].concat()).ok();
    assert!(out.join("report.html").exists() && own.exists());
    assert!(!out.join("decisions/segments.csv").exists() && !out.join("decisions/manifest.json").exists());

    let database = out.join("patron.db");
    let asked = ["decide", "--database", database.to_str().unwrap(), "--as-of", "2023-12-31"];
    let failed = patron_runs(&asked);
    assert!(failed.code == Some(1) && failed.err.contains("choose a later --as-of"), "{}", failed.err);
}
