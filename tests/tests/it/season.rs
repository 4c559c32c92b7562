//! A season learned from one log and given to another.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use patron_domain::Day;
use patron_tests::{json, rows};

use crate::patron_runs;

/// Forty customers who buy every third week from `first` on, three times as much in November and December.
fn write_log(path: &Path, first: &str, days: i32) {
    let first: Day = first.parse().unwrap();
    let mut text = String::from("customer,date,amount\n");
    for customer in 0..40 {
        for day in (customer % 21..days).step_by(21).map(|day| first.plus_days(day)) {
            let high = matches!(day.month().of_year(), 11 | 12);
            let amount = f64::from(20 + customer) * if high { 3.0 } else { 1.0 };
            writeln!(text, "c{customer},{day},{amount:.2}").unwrap();
        }
    }
    fs::write(path, text).unwrap();
}

#[test]
fn a_season_of_earlier_years_raises_a_christmas_forecast_and_one_that_has_seen_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    write_log(folder.path().join("years.csv").as_path(), "2019-01-01", 1_094);
    write_log(folder.path().join("shop.csv").as_path(), "2022-01-01", 300);
    let (years, shop, season) = (at("years.csv"), at("shop.csv"), at("season.toml"));
    patron_runs(&["season", "--input", &years, "--source", "the old shop", "--out", &season]).ok();
    assert!(fs::read_to_string(&season).unwrap().contains("the old shop"));

    let expected = |more: &[&str], out: &str| -> f64 {
        let out = at(out);
        let arguments = ["pipeline", "--input", &shop, "--out", &out, "--no-backtest"];
        patron_runs(&[&arguments[..], more].concat()).ok();
        let totals = rows(&Path::new(&out).join("forecast_totals.csv"));
        let known = totals.iter().find(|row| row.values().any(|cell| cell == "total_known")).unwrap();
        known["expected"].parse().unwrap()
    };
    // from 27 October on, a quarter at the usual rate against one with two months at three times that
    let (without, with) = (expected(&[], "without"), expected(&["--season", &season], "with"));
    assert!(with > 1.5 * without, "{without} {with}");
    let card = json(&folder.path().join("with/model_card.json"));
    assert!(card["season"]["said"].as_str().unwrap().contains("the old shop"), "{}", card["season"]);

    fs::write(&season, fs::read_to_string(&season).unwrap().replace("last = \"2021", "last = \"2031"))
        .unwrap();
    let refused = patron_runs(&["pipeline", "--input", &shop, "--out", &at("later"), "--season", &season]);
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("the old shop") && refused.err.contains("2031"), "{}", refused.err);
}
