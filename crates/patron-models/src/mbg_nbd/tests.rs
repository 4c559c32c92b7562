//! Against published values, against values computed with many digits (tests/tables/transaction_models.py), against
//! customers simulated elsewhere (patron-synth), and against the laws of all models.

use patron_columns::{HistoryHistogram, RollupSource};
use patron_domain::{DayHistory, PurchaseRule};
use patron_synth::{BgNbdParams, Buying, CustomerAge, simulate_lives};
use proptest::prelude::*;

use super::*;
use crate::bg_nbd::compressed::{Compressed, DroppingAtOnce};
use crate::optimise::LogLikelihood;
use crate::test_data::{cdnow, day};
use crate::transactions::laws::{self, close};

const CDNOW: [f64; 4] = [0.524_843, 6.183_085, 0.891_359, 1.614_002];

fn model([r, alpha, a, b]: [f64; 4]) -> MbgNbd {
    MbgNbd::new(r, alpha, a, b).unwrap()
}

fn history(x: u32, t_x: f64, t_cal: f64) -> PurchaseHistory {
    PurchaseHistory::new(x, t_x, t_cal).unwrap()
}

#[test] // lifetimes TestModifiedBetaGammaFitter (BTYDplus): r .525, α 6.183, b 1.614; more digits recomputed from eq. (6)
fn cdnow_as_published() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let histogram = table.history_histogram(day("1997-09-30")).unwrap();
    let fit = MbgNbd::params().fit(&histogram).unwrap();
    let errors = [0.083_27, 0.695_62, 0.154_79, 0.537_50];
    for ((parameter, value), error) in fit.report.parameters.iter().zip(CDNOW).zip(errors) {
        close(parameter.value / value, 1.0, 1e-5);
        close(parameter.standard_error.unwrap() / error, 1.0, 2e-3);
    }
    close(fit.report.ln_likelihood, -9582.1357, 1e-4);
    close(fit.report.aic, 2.0 * (4.0 + 9582.1357), 1e-3);
    assert!(fit.report.remaining_gain < 1e-8 && fit.report.degenerate.is_none());

    let customers = || histogram.histories.iter().zip(&histogram.customers);
    let total = |value: &dyn Fn(&PurchaseHistory) -> f64| -> f64 {
        customers().map(|(h, &n)| n as f64 * value(&h.in_units(7.0))).sum()
    };
    close(total(&|h| fit.model.ln_likelihood(h)), fit.report.ln_likelihood, 1e-6);
    close(total(&|h| fit.model.p_alive(h)) / 2_357.0, 0.448_72, 1e-5);
    close(total(&|h| fit.model.expected_purchases(h, 39.0).unwrap()), 1576.73, 0.01);
}

#[test] // the same computations as for BG/NBD; Hardie's note 27 in pymc-marketing's test_modified_beta_geo.py
fn answers_as_published() {
    close(model(CDNOW).p_alive(&history(26, 30.857_143, 31.0)), 0.965_484_66, 1e-6);
    close(model(CDNOW).p_alive(&history(0, 0.0, 39.0)), 0.389_327_77, 1e-6);
    let note = model([0.25, 4.0, 0.8, 2.5]).ln_likelihood(&history(0, 0.0, 40.0));
    close(note, -0.417_928_26, 5e-9);
}

#[test]
fn derivatives_are_those_of_the_value() {
    let histogram = drawn([0.5, 6.0, 0.8, 2.0], 300);
    let data = Compressed::new(&histogram, 7.0).unwrap();
    let likelihood = DroppingAtOnce(&data);
    let at = [-0.4, 1.7, -0.3, 0.8];
    let (value, ..) = likelihood.second(&at);
    let by_hand: f64 = histogram
        .histories
        .iter()
        .zip(&histogram.customers)
        .map(|(h, &n)| n as f64 * model(at.map(f64::exp)).ln_likelihood(&h.in_units(7.0)))
        .sum();
    // the fit leaves out what does not depend on the parameters: nothing here
    close(value, by_hand, 1e-8);
    laws::derivatives_are_those_of_the_value(&likelihood, at);
}

#[test]
fn the_truth_comes_back_within_its_standard_errors() {
    let truth = [0.6, 8.0, 0.7, 2.5];
    let fit = MbgNbd::params().fit(&drawn(truth, 20_000)).unwrap();
    for (parameter, truth) in fit.report.parameters.iter().zip(truth) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
    // P(alive) and expectation against what became of customers simulated by patron-synth
    let [r, alpha, a, b] = truth;
    let buying = Buying::MbgNbd(BgNbdParams { r, alpha, a, b });
    let lives = simulate_lives(&buying, 1.0, 40_000, CustomerAge::Fixed(40.0), 26.0, 5).unwrap();
    laws::comes_true(&model(truth), &lives);
}

#[test]
fn weights_are_repetition_and_weeks_are_days_by_seven() {
    let histogram = drawn([0.5, 6.0, 0.8, 2.0], 2_000);
    let doubled = HistoryHistogram {
        customers: histogram.customers.iter().map(|n| n * 2).collect(),
        ..histogram.clone()
    };
    let weeks = MbgNbd::params().fit(&histogram).unwrap();
    let twice = MbgNbd::params().fit(&doubled).unwrap();
    let days = MbgNbd::params().days_per_unit(1.0).fit(&histogram).unwrap();
    close(twice.report.ln_likelihood, 2.0 * weeks.report.ln_likelihood, 1e-6);
    close(twice.model.a(), weeks.model.a(), 1e-6);
    close(days.model.r(), weeks.model.r(), 1e-6);
    close(days.model.alpha(), 7.0 * weeks.model.alpha(), 1e-4);
}

#[test]
fn logs_that_say_too_little_get_a_limit_in_words_or_a_refusal() {
    let fit = MbgNbd::params().fit(&drawn([0.8, 9.0, 0.0, 1.0], 5_000)).unwrap();
    assert_eq!((fit.model.a(), fit.report.model.as_str()), (0.0, "NBD"));
    assert!(fit.report.degenerate.unwrap().contains("no drop-out"));
    assert_eq!(fit.model.p_alive(&history(5, 3.0, 90.0)), 1.0);
    let one_time = HistoryHistogram::of([DayHistory { frequency: 0, recency: 0, customer_age: 30 }; 20]);
    assert!(matches!(MbgNbd::params().fit(&one_time), Err(ModelError::NotEnough { found: 0, .. })));
    let same = HistoryHistogram::of([DayHistory { frequency: 3, recency: 80, customer_age: 90 }; 50]);
    let fit = MbgNbd::params().fit(&same).unwrap();
    assert!(fit.report.degenerate.is_some());
    assert!(MbgNbd::params().days_per_unit(0.0).fit(&same).is_err());
    assert!(MbgNbd::params().max_iterations(0).fit(&same).is_err());
}

#[test]
fn laws_of_all_models() {
    let model = model([0.9, 6.0, 0.7, 2.0]);
    laws::of_simulation(&model, 26.0, 20.0, 20_000);
    laws::of_discounting(&model, 0.02, 0.25, 1_600);
    for history in
        [history(0, 0.0, 0.0), history(0, 0.0, 30.0), history(7, 20.0, 20.0), history(9, 3.0, 40.0)]
    {
        laws::of_counts(&model, &history, 12.0, 300);
    }
}

proptest! {
    #[test]
    fn laws_of_one_history(
        r in 0.01_f64..20.0, alpha in 0.1_f64..50.0, a in 0.0_f64..5.0, b in 0.05_f64..20.0,
        x in 0_u32..60, share in 0.01_f64..=1.0, age in 0.0_f64..200.0, t in 1_u32..75,
    ) {
        let x = if age * share > 0.0 { x } else { 0 };
        let history = history(x, if x == 0 { 0.0 } else { share * age }, age);
        laws::of_one_history(&model([r, alpha, a, b]), &history, 2.0 * f64::from(t));
    }
}

fn drawn([r, alpha, a, b]: [f64; 4], customers: usize) -> HistoryHistogram {
    let buying = Buying::MbgNbd(BgNbdParams { r, alpha, a, b });
    let age = CustomerAge::Uniform { from: 26.0, to: 52.0 };
    laws::on_the_day_grid(&simulate_lives(&buying, 1.0, customers, age, 0.0, 11).unwrap())
}
