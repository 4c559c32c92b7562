//! The models find the truth behind invented shops; the full run is `cargo xtask recovery`.

use patron_tests::recovery::{Plan, names, recover};
use rayon::ThreadPoolBuilder;

#[test]
fn twenty_shops_of_each_kind_are_recovered() {
    let found = recover(&Plan::quick(Vec::new()), &|_| {});
    println!("{}", found.text);
    assert!(found.off.is_empty(), "{}", found.off.join("\n"));
    for what in ["### Parameters", "### Nobody drops out", "what comes after", "what purchases are worth"] {
        assert!(found.text.contains(what), "{what}");
    }
    // the season is seen to break what nothing breaks
    let forecast = |what: &str| -> f64 {
        let row = found.text.lines().find(|line| line.starts_with(&format!("| BG/NBD | {what} |"))).unwrap();
        row.split('|').rev().nth(2).unwrap().trim().parse().unwrap()
    };
    assert!((forecast("nothing broken") - 1.0).abs() < 0.1 && forecast("season") > 1.5, "{}", found.text);
}

#[test]
fn tables_are_the_same_on_any_number_of_threads() {
    let models = names().into_iter().map(str::to_owned).collect();
    let plan = Plan { shops: 3, sizes: vec![200, 300], size: 300, broken: 500, ..Plan::quick(models) };
    let on = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| recover(&plan, &|_| {}).text)
    };
    let one = on(1);
    assert!(one.contains("BG/NBD") && one.contains("Gamma-gamma"));
    assert!(one == on(3), "the number of threads changes the tables");
}
