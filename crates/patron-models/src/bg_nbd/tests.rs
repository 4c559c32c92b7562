//! Against published values and against a table of equation (10) computed with 120 digits
//! (tests/tables/special_functions.py).

use patron_columns::{HistoryHistogram, RollupSource};
use patron_domain::PurchaseRule;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::compressed::{Compressed, WithDropOut};
use super::*;
use crate::optimise::LogLikelihood;
use crate::test_data::{cdnow, day};
use crate::transactions::laws::{self, close};

const PRINTED: (f64, f64, f64, f64) = (0.243, 4.414, 0.793, 2.426);
const CDNOW: (f64, f64, f64, f64) = (0.242_594_5, 4.413_601_9, 0.792_922, 2.425_906);

fn model((r, alpha, a, b): (f64, f64, f64, f64)) -> BgNbd {
    BgNbd::new(r, alpha, a, b).unwrap()
}

fn history(x: u32, t_x: f64, t_cal: f64) -> PurchaseHistory {
    PurchaseHistory::new(x, t_x, t_cal).unwrap()
}

#[test] // CLVTools test_correctness_bgnbd.R and lifetimes Quickstart; AIC and BIC follow from ln L
fn cdnow_as_published() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let histogram = table.history_histogram(day("1997-09-30")).unwrap();
    assert_eq!(histogram.total(), 2_357);
    let fit = BgNbd::params().fit(&histogram).unwrap();
    let expected = [
        (0.242_594_5, 1e-6, 0.012_56),
        (4.413_601_9, 1e-5, 0.378_22),
        (0.792_922, 1e-5, 0.185_73),
        (2.425_906, 3e-5, 0.705_41),
    ];
    for (parameter, (value, tolerance, error)) in fit.report.parameters.iter().zip(expected) {
        close(parameter.value, value, tolerance);
        close(parameter.standard_error.unwrap() / error, 1.0, 2e-3);
    }
    close(fit.report.ln_likelihood, -9582.4292, 1e-4);
    close(fit.report.aic, 19_172.858, 0.002);
    close(fit.report.bic, 19_195.919, 0.002);
    assert!(fit.report.remaining_gain < 1e-8 && fit.report.degenerate.is_none());

    let by_hand: f64 = histogram
        .histories
        .iter()
        .zip(&histogram.customers)
        .map(|(h, &n)| n as f64 * fit.model.ln_likelihood(&h.in_units(7.0)))
        .sum();
    close(by_hand, fit.report.ln_likelihood, 1e-6);

    let alive: f64 = histogram
        .histories
        .iter()
        .zip(&histogram.customers)
        .map(|(h, &n)| n as f64 * fit.model.p_alive(&h.in_units(7.0)))
        .sum();
    close(alive / 2_357.0, 0.813_44, 1e-5);

    // BTYD walkthrough, section 4.4: mean expectation of the next 39 weeks by x
    let expected = fit.model.expected_purchases_on_days(&histogram.histories, 7.0, 273).unwrap();
    for (x, mean) in [(0, 0.225_089_3), (2, 1.044_126), (4, 2.163_824), (5, 2.653_789)] {
        let rows = || (0..expected.len()).filter(|&i| histogram.histories[i].frequency == x);
        let customers: u64 = rows().map(|i| histogram.customers[i]).sum();
        let total: f64 = rows().map(|i| expected[i] * histogram.customers[i] as f64).sum();
        close(total / customers as f64, mean, 1e-3);
    }
}

#[test] // lifetimes tests, from Hardie's spreadsheet
fn expectations_of_newcomers_as_printed() {
    for (t, expected) in [(0.1429, 0.0078), (1.0, 0.0532), (31.8571, 1.0405), (32.0, 1.0437), (78.0, 1.8576)]
    {
        close(model(CDNOW).expected_purchases_of_newcomer(t).unwrap(), expected, 5e-4);
    }
}

#[test] // BTYD walkthrough, section 4.3: more purchases, and yet less to come
fn expectations_of_known_customers_as_printed() {
    let check = |x, t_x, t_cal, expected: f64, tolerance| {
        close(model(CDNOW).expected_purchases(&history(x, t_x, t_cal), 52.0).unwrap(), expected, tolerance);
    };
    check(26, 30.857_14, 31.0, 25.756_59, 2e-3);
    check(10, 20.0, 39.0, 0.347_460_6, 3.5e-4);
    check(20, 20.0, 39.0, 0.004_158_973, 4e-6);
    check(25, 20.0, 39.0, 0.000_358_368_5, 4e-7);
    close(
        model(PRINTED).expected_purchases(&history(2, 30.43, 38.86), 39.0).unwrap(),
        1.226, // Fader, Hardie & Lee (2005), section 4
        5e-4,
    );
}

#[test] // lifetimes tests, from BTYD.pdf
fn counts_of_newcomers_as_printed() {
    let probability = |count, t| model(PRINTED).probability_of(count, t);
    close(probability(0, 39.0), 0.573_786_4, 5e-8);
    close(probability(10, 2.0), 1.078_69e-7, 1e-12);
    close(probability(11, 30.0), 0.001_999_521_4, 1e-9);
    close(probability(20, 30.0), 0.000_222_226, 1e-9);
    let all: f64 = (0..2_000).map(|count| probability(count, 30.0)).sum();
    close(all, 1.0, 1e-9);
}

#[test]
fn p_alive_as_published() {
    let check =
        |x, t_x, t_cal, expected| close(model(CDNOW).p_alive(&history(x, t_x, t_cal)), expected, 1e-7);
    check(2, 30.428_571, 38.857_143, 0.726_620_31);
    check(26, 30.857_143, 31.0, 0.968_854_45);
    check(0, 0.0, 39.0, 1.0);
    assert_eq!(model(CDNOW).p_alive(&history(1_000, 10.0, 100.0)), 0.0);
    // Hardie's note 27, in pymc-marketing's tests
    let note = model((0.25, 4.0, 0.8, 2.5)).ln_likelihood(&history(0, 0.0, 40.0));
    close(note, -0.599_473_82, 5e-9);
}

#[test]
fn equation_10_to_nine_digits_and_more() {
    let table = include_str!("../../tests/tables/bg_nbd_expectation.csv");
    for line in table.lines().skip(1) {
        let f: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let history = history(f[4] as u32, f[5], f[6]);
        let got = model((f[0], f[1], f[2], f[3])).expected_purchases(&history, f[7]).unwrap();
        assert!((got / f[8] - 1.0).abs() < 1e-9 || f[8] < 1e-290, "{line}: got {got}");
    }
}

#[test]
fn derivatives_are_those_of_the_value() {
    let histogram = random_histogram(300);
    let data = Compressed::new(&histogram, 7.0).unwrap();
    let likelihood = WithDropOut(&data);
    let at = [-0.4, 1.7, -0.3, 0.8];
    let (value, gradient, _) = likelihood.second(&at);
    assert_eq!((value, gradient), likelihood.first(&at));
    laws::derivatives_are_those_of_the_value(&likelihood, at);
}

#[test]
fn weights_are_repetition_and_weeks_are_days_by_seven() {
    let histogram = random_histogram(2_000);
    let doubled = HistoryHistogram {
        customers: histogram.customers.iter().map(|n| n * 2).collect(),
        ..histogram.clone()
    };
    let weeks = BgNbd::params().fit(&histogram).unwrap();
    let twice = BgNbd::params().fit(&doubled).unwrap();
    let days = BgNbd::params().days_per_unit(1.0).fit(&histogram).unwrap();
    close(twice.report.ln_likelihood, 2.0 * weeks.report.ln_likelihood, 1e-6);
    close(twice.model.a(), weeks.model.a(), 1e-6);
    close(days.model.r(), weeks.model.r(), 1e-6);
    close(days.model.alpha(), 7.0 * weeks.model.alpha(), 1e-4);
}

#[test]
fn the_truth_comes_back_within_its_standard_errors() {
    let truth = [0.6, 8.0, 0.7, 2.5];
    let fit = BgNbd::params().fit(&drawn(model((0.6, 8.0, 0.7, 2.5)), 30_000)).unwrap();
    for (parameter, truth) in fit.report.parameters.iter().zip(truth) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
}

#[test]
fn without_drop_out_the_limit_is_returned_in_words() {
    let fit = BgNbd::params().fit(&drawn(model((0.8, 9.0, 0.0, 1.0)), 5_000)).unwrap();
    assert_eq!((fit.model.a(), fit.report.model.as_str()), (0.0, "NBD"));
    assert!(fit.report.degenerate.unwrap().contains("no drop-out"));
    assert_eq!(fit.model.p_alive(&history(5, 3.0, 90.0)), 1.0);
    close(fit.model.r(), 0.8, 0.1);
}

#[test]
fn logs_that_say_too_little_are_refused_and_equal_customers_are_not() {
    let one_time = HistoryHistogram::of([DayHistory { frequency: 0, recency: 0, customer_age: 30 }; 20]);
    assert!(matches!(BgNbd::params().fit(&one_time), Err(ModelError::NotEnough { found: 0, .. })));
    let same = HistoryHistogram::of([DayHistory { frequency: 3, recency: 80, customer_age: 90 }; 50]);
    let fit = BgNbd::params().fit(&same).unwrap();
    assert!(fit.report.degenerate.is_some());
    let expected = fit.model.expected_purchases(&history(3, 80.0 / 7.0, 90.0 / 7.0), 90.0 / 7.0).unwrap();
    close(expected, 3.0, 0.3);
    let impossible = HistoryHistogram::of([DayHistory { frequency: 9, recency: 5, customer_age: 90 }]);
    assert!(matches!(BgNbd::params().fit(&impossible), Err(ModelError::ImpossibleHistory { .. })));
    assert!(BgNbd::params().days_per_unit(0.0).fit(&same).is_err());
}

#[test]
fn expectation_and_survival_agree_with_a_simulation() {
    let (model, history) = (model((0.9, 6.0, 0.5, 2.0)), history(4, 20.0, 26.0));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let draws: Vec<u32> =
        (0..200_000).map(|_| model.sample_purchases(&history, 30.0, &mut rng).unwrap()).collect();
    let mean = draws.iter().map(|&n| f64::from(n)).sum::<f64>() / draws.len() as f64;
    let none = draws.iter().filter(|&&n| n == 0).count() as f64 / draws.len() as f64;
    close(mean, model.expected_purchases(&history, 30.0).unwrap(), 0.02);
    close(none, model.no_purchase(&history, 30.0), 0.005);
}

#[test]
fn the_series_is_the_textbook_form() {
    use crate::special::hyp2f1;
    let (r, alpha, a, b) = PRINTED;
    let (x, t_x, t_cal, t) = (3.0, 20.0, 30.0, 25.0);
    let y = t / (alpha + t_cal + t);
    let series = hyp2f1(r + x, b + x, a + b + x - 1.0, y).unwrap();
    let lost = 1.0 - ((alpha + t_cal) / (alpha + t_cal + t)).powf(r + x) * series;
    let alive = 1.0 + a / (b + x - 1.0) * ((alpha + t_cal) / (alpha + t_x)).powf(r + x);
    let textbook = (a + b + x - 1.0) / (a - 1.0) * lost / alive;
    close(model(PRINTED).expected_purchases(&history(3, t_x, t_cal), t).unwrap(), textbook, 1e-12);
}

proptest! {
    #[test]
    fn laws_of_a_transaction_model(
        r in 0.01_f64..20.0, alpha in 0.1_f64..50.0, a in 0.0_f64..5.0, b in 0.05_f64..20.0,
        x in 0_u32..60, share in 0.01_f64..1.0, age in 0.5_f64..200.0, t in 0.1_f64..150.0,
    ) {
        let model = model((r, alpha, a, b));
        let history = history(x, if x == 0 { 0.0 } else { share * age }, age);
        let expected = |t| model.expected_purchases(&history, t).unwrap();
        let (alive, nothing) = (model.p_alive(&history), model.no_purchase(&history, t));
        prop_assert!((0.0..=1.0).contains(&alive) && (0.0..=1.0).contains(&nothing));
        prop_assert_eq!(expected(0.0), 0.0);
        prop_assert!(expected(t) >= 0.0 && expected(2.0 * t) >= expected(t) * (1.0 - 1e-12));
        // at least one purchase is never more than the expected number of purchases
        prop_assert!(1.0 - nothing <= expected(t) + 1e-9);
        let later = model.p_alive_at(&history, t).unwrap();
        prop_assert!(later <= alive + 1e-12 && later >= 0.0);
        prop_assert!(model.ln_likelihood(&history).is_finite());
    }

    #[test]
    fn a_near_zero_tends_to_the_limit(
        r in 0.1_f64..5.0, alpha in 1.0_f64..30.0, x in 1_u32..30, age in 5.0_f64..100.0, t in 1.0_f64..50.0,
    ) {
        let history = history(x, age * 0.9, age);
        let (near, limit) = (model((r, alpha, 1e-10, 1.0)), model((r, alpha, 0.0, 1.0)));
        let (near, limit) =
            (near.expected_purchases(&history, t).unwrap(), limit.expected_purchases(&history, t).unwrap());
        prop_assert!((near / limit - 1.0).abs() < 1e-5, "{} {}", near, limit);
    }
}

fn drawn(model: BgNbd, customers: u32) -> HistoryHistogram {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    HistoryHistogram::of((0..customers).map(|i| {
        // continuous time rounded up to whole days; a second purchase of one day is not counted
        let age_in_days = 180 + i % 180;
        let weeks = f64::from(age_in_days) / 7.0;
        let drawn = model.sample(weeks, &mut rng).unwrap();
        let (_, t_x, _) = drawn.symbols();
        let recency = (t_x * 7.0).ceil() as u32;
        DayHistory { frequency: drawn.frequency().min(recency), recency, customer_age: age_in_days }
    }))
}

fn random_histogram(customers: u32) -> HistoryHistogram {
    drawn(model((0.5, 6.0, 0.8, 2.0)), customers)
}
