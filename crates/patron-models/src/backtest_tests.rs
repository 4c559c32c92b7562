//! On the real logs.

use std::collections::HashMap;

use patron_domain::PurchaseRule;

use crate::book::Book;
use crate::test_data::{cdnow, day, online_retail};
use crate::{Backtest, ForecastOptions, Forecaster, ForecasterName, backtest, scores};

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
    let backtest = backtest(&table, day("2011-12-09"), &options).unwrap();
    show(&backtest);
    let scores = backtest.holdout.scores_of(ForecasterName::Blend).unwrap();
    assert_eq!(backtest.holdout.customers, 3_366);
    assert!(scores.r2.unwrap() > 0.5 && scores.normalised_gini.unwrap() > 0.76);
}

#[test]
fn cdnow_autumn_and_three_quarters_of_a_year() {
    let Some(table) = cdnow("cdnow_full.csv.gz", PurchaseRule::NetPositive) else { return };
    let origin = day("1997-09-30");
    let options = ForecastOptions { horizon_days: Some(90), ..Default::default() };
    let fitted = Forecaster::fit(&table, origin, &options).unwrap();
    let truth = Book::until(&table, day("1998-06-30")).unwrap();
    let view = truth.view(origin);
    assert_eq!(view.len(), 23_500);
    for (days, r2, gini, bias) in [(90, 0.35, 0.685, 0.86), (273, 0.45, 0.715, 0.88)] {
        let outcomes = truth.outcomes(&view, origin.plus_days(days));
        let actual: Vec<f64> = outcomes.iter().map(|outcome| outcome.value).collect();
        let forecasts = fitted.forecast_all(&table, origin, Some(days as u32)).unwrap();
        // forecasts stand in order of codes, the view in that of first days
        let by_code: HashMap<Option<u32>, Option<f64>> =
            forecasts.iter().map(|forecast| (forecast.customer, forecast.predicted_clv)).collect();
        let predicted: Vec<f64> = view
            .seen
            .iter()
            .filter_map(|seen| by_code.get(&Some(seen.customer)).copied().flatten())
            .collect();
        let scores = scores(&actual, &predicted).unwrap();
        println!("{days} days: {scores:?}");
        assert!(scores.r2.unwrap() > r2 && scores.normalised_gini.unwrap() > gini, "{scores:?}");
        assert!((bias..1.12).contains(&scores.bias.unwrap()), "{scores:?}");
    }
}

#[test] // the ranges are those of lifetimes and of rules without a model on the same task
fn rules_and_btyd_score_as_they_do_elsewhere() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::NetPositive) else { return };
    let options =
        ForecastOptions { horizon_days: Some(273), forecaster: ForecasterName::Btyd, ..Default::default() };
    let holdout = backtest(&table, day("1998-06-30"), &options).unwrap().holdout;
    assert_eq!((holdout.customers, holdout.origin), (2_349, day("1997-09-30")));
    let check = |name, mae: f64, r2: f64, gini: f64, bias: f64| {
        let scores = holdout.scores_of(name).unwrap();
        let got = [scores.mae, scores.r2.unwrap(), scores.normalised_gini.unwrap(), scores.bias.unwrap()];
        for (got, (expected, tolerance)) in
            got.iter().zip([(mae, 0.02), (r2, 2e-3), (gini, 0.01), (bias, 2e-3)])
        {
            assert!((got - expected).abs() < tolerance, "{name}: {got} for {expected}");
        }
    };
    check(ForecasterName::NaiveRate, 72.96, -5.340, 0.683, 2.917);
    check(ForecasterName::SpendOverSpan, 61.86, -2.944, 0.679, 2.439);
    check(ForecasterName::Btyd, 30.50, 0.304, 0.638, 0.844);
    let last = holdout.weeks.last().unwrap();
    assert!((last.actual_revenue - holdout.actual_net).abs() < 0.01);
    assert!((last.predicted_revenue - holdout.predicted_total).abs() < 1e-6 * holdout.predicted_total);
    assert!((holdout.actual_total - 70_976.39).abs() < 0.01);
}
