//! On the real logs, and on logs whose future was altered.

use patron_domain::PurchaseRule;

use crate::test_data::{cdnow, day, online_retail};
use crate::{Backtest, ForecastOptions, ForecasterName, backtest};

fn show(backtest: &Backtest) {
    for holdout in std::iter::once(&backtest.holdout).chain(&backtest.earlier) {
        println!(
            "{} → {}: {} customers, {} buyers, total {:.0} of {:.0}, purchases {:.0} of {}, brier {:.4}",
            holdout.origin,
            holdout.end,
            holdout.customers,
            holdout.buyers,
            holdout.predicted_total,
            holdout.actual_total,
            holdout.expected_purchases,
            holdout.actual_purchases,
            holdout.brier
        );
        for c in &holdout.candidates {
            let s = &c.scores;
            println!(
                "  {:16} mae {:7.2} r2 {:.3} rho {:.3} ngini {:.3} bias {:.3} dmape {:.2} top {:.3}",
                c.forecaster.name(),
                s.mae,
                s.r2.unwrap_or(f64::NAN),
                s.spearman.unwrap_or(f64::NAN),
                s.normalised_gini.unwrap_or(f64::NAN),
                s.bias.unwrap_or(f64::NAN),
                s.decile_mape.unwrap_or(f64::NAN),
                s.top_tenth_share.unwrap_or(f64::NAN)
            );
        }
        println!("  {:?}", holdout.left_out);
        let chances: Vec<String> =
            holdout.chance_deciles.iter().map(|d| format!("{:.2}/{:.2}", d.predicted, d.actual)).collect();
        println!("  {}", chances.join(" "));
    }
}

#[test]
fn online_retail_before_christmas() {
    let Some(table) = online_retail() else { return };
    let options = ForecastOptions { horizon_days: Some(90), ..Default::default() };
    let start = std::time::Instant::now();
    let backtest = backtest(&table, day("2011-12-09"), &options).unwrap();
    println!("{:?}", start.elapsed());
    show(&backtest);
    let scores = backtest.holdout.scores_of(ForecasterName::Blend).unwrap();
    assert_eq!(backtest.holdout.customers, 3_366);
    assert!(scores.r2.unwrap() > 0.5 && scores.normalised_gini.unwrap() > 0.76);
}

#[test]
fn cdnow_full_autumn() {
    let Some(table) = cdnow("cdnow_full.csv.gz", PurchaseRule::NetPositive) else { return };
    let options = ForecastOptions { horizon_days: Some(90), ..Default::default() };
    let start = std::time::Instant::now();
    let backtest = backtest(&table, day("1997-12-29"), &options).unwrap();
    println!("{:?}", start.elapsed());
    show(&backtest);
    assert_eq!(backtest.holdout.customers, 23_500);
    let long = ForecastOptions { horizon_days: Some(273), ..Default::default() };
    show(&self::backtest(&table, day("1998-06-30"), &long).unwrap());
}
