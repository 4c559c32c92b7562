//! Against published values, against values computed with many digits (tests/tables/transaction_models.py), against
//! customers simulated elsewhere (patron-synth), and against the laws of all models.

use patron_columns::{HistoryHistogram, RollupSource};
use patron_domain::{DayHistory, PurchaseRule};
use patron_synth::{BgNbdParams, Buying, CustomerAge, ParetoNbdParams, simulate_lives};
use proptest::prelude::*;

use super::grid::{Grid, single};
use super::*;
use crate::optimise::LogLikelihood;
use crate::test_data::{cdnow, day};
use crate::transactions::ActiveCustomer;
use crate::transactions::laws::{self, close};

const CDNOW: [f64; 4] = [0.553_277, 10.577_684, 0.606_240, 11.668_732];
/// Where the optimiser of the R package BTYD stopped.
const BTYD: [f64; 4] = [0.553_397_143_3, 10.580_198_543_5, 0.606_062_497_1, 11.656_223_670_7];

fn model([r, alpha, s, beta]: [f64; 4]) -> ParetoNbd {
    ParetoNbd::new(r, alpha, s, beta).unwrap()
}

fn history(x: u32, t_x: f64, t_cal: f64) -> PurchaseHistory {
    PurchaseHistory::new(x, t_x, t_cal).unwrap()
}

#[test] // CLVTools test_correctness_pnbd_nocovstaticcov.R: r .55315, α 10.57633, β 11.6715; more digits recomputed
fn cdnow_as_published() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let histogram = table.history_histogram(day("1997-09-30")).unwrap();
    let fit = ParetoNbd::params().fit(&histogram).unwrap();
    let errors = [0.047_63, 0.842_72, 0.187_26, 6.210_54];
    for ((parameter, value), error) in fit.report.parameters.iter().zip(CDNOW).zip(errors) {
        close(parameter.value / value, 1.0, 1e-5);
        close(parameter.standard_error.unwrap() / error, 1.0, 2e-3);
    }
    close(fit.model.r(), 0.55315, 5e-4);
    close(fit.model.alpha(), 10.57633, 5e-3);
    close(fit.model.beta(), 11.6715, 0.02);
    close(fit.report.ln_likelihood, -9594.9762, 1e-4);
    assert!(fit.report.remaining_gain < 1e-8 && fit.report.degenerate.is_none());

    let customers = || histogram.histories.iter().zip(&histogram.customers);
    let total = |value: &dyn Fn(&PurchaseHistory) -> f64| -> f64 {
        customers().map(|(h, &n)| n as f64 * value(&h.in_units(7.0))).sum()
    };
    close(total(&|h| fit.model.ln_likelihood(h)), fit.report.ln_likelihood, 1e-6);
    close(total(&|h| model(BTYD).ln_likelihood(h)), -9594.9762, 1e-4);
    close(total(&|h| fit.model.expected_purchases(h, 39.0).unwrap()), 1665.51, 0.01);
    // BTYD walkthrough, section 3.4: mean expectation of the next 39 weeks by x, as printed
    for (repeats, mean) in [(0..=0, 0.138), (1..=1, 0.600), (6..=6, 3.819), (7..=1_000, 6.403)] {
        let mut group = [0.0; 2];
        for (h, &n) in customers().filter(|(h, _)| repeats.contains(&h.frequency)) {
            let expected = model(BTYD).expected_purchases(&h.in_units(7.0), 39.0).unwrap();
            group = [group[0] + n as f64, group[1] + n as f64 * expected];
        }
        close(group[1] / group[0], mean, 6e-4);
    }
}

#[test] // BTYD walkthrough, section 3.4: cumulative repeat purchases of the cohort, weeks 20 to 25
fn tracking_as_published() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let histogram = table.history_histogram(day("1997-09-30")).unwrap();
    let weeks = [20.0, 21.0, 22.0, 23.0, 24.0, 25.0];
    for (week, printed) in weeks.into_iter().zip([1308.856, 1385.275, 1459.923, 1532.906, 1604.32, 1674.253])
    {
        let since_start = |h: &DayHistory| week - (272.0 - f64::from(h.customer_age)) / 7.0;
        let expected: f64 = histogram
            .histories
            .iter()
            .zip(&histogram.customers)
            .filter(|(h, _)| since_start(h) > 0.0)
            .map(|(h, &n)| n as f64 * model(BTYD).expected_purchases_in(since_start(h)).unwrap())
            .sum();
        close(expected, printed, 1.0);
    }
}

#[test] // BTYD walkthrough, sections 3.3 and 3.4; lifetimes TestParetoNBDFitter; CLVTools issue 100
fn answers_as_published() {
    close(model(BTYD).p_alive(&history(26, 30.857_14, 31.0)), 0.997_874, 1e-6);
    close(model(CDNOW).p_alive(&history(2, 30.428_571, 38.857_143)), 0.869_134_27, 1e-5);
    close(model(CDNOW).p_alive(&history(26, 30.857_143, 31.0)), 0.997_873_41, 1e-5);
    let rounded = model([0.5534, 10.5802, 0.6061, 11.6562]);
    close(rounded.ln_likelihood(&history(2, 30.428_571, 38.857_143)), -9.554_350_25, 1e-6);
    for (x, expected) in [(15, 0.144_239_6), (20, 0.022_506_58), (25, 0.003_092_67)] {
        let got = model(BTYD).expected_purchases(&history(x, 20.0, 39.0), 52.0).unwrap();
        close(got / expected, 1.0, 1e-3);
    }
    for (t, expected) in
        [(1.0, 0.050_778), (4.0, 0.189_799), (5.0, 0.232_475), (8.0, 0.351_810), (9.0, 0.389_092)]
    {
        close(model([0.55, 10.58, 0.61, 11.67]).expected_purchases_of_newcomer(t).unwrap(), expected, 5e-3);
    }
    // inputs on which other programs have failed
    let heavy = model([0.5143, 2.8845, 0.2856, 14.1087]);
    for (x, t_x, t_cal) in [(161, 94.714_29, 98.0), (204, 98.571_43, 99.428_57)] {
        assert!((0.0..=1.0).contains(&heavy.p_alive(&history(x, t_x, t_cal))));
    }
    let rounded = model([0.55, 10.58, 0.61, 11.67]);
    close(
        rounded.expected_purchases(&history(133, 200.0, 200.0), 10.0).unwrap(),
        6.252_872_247_574_811,
        1e-9,
    );
    let fast = model([10.465, 0.007_985_651_81, 3.0516, 2.820]);
    for (x, t_x, t_cal) in [(400, 5.0, 6.0), (500, 1.0, 37.0), (500, 4.0, 37.0)] {
        assert!(fast.ln_likelihood(&history(x, t_x, t_cal)).is_finite());
    }
}

#[test]
fn derivatives_are_those_of_the_value_and_the_grid_is_the_quadrature() {
    let histogram = drawn([0.55, 10.0, 0.6, 12.0], 400);
    let likelihood = Grid::new(&histogram, 7.0, 1);
    for at in [[-0.6, 2.3, -0.5, 2.4], [1.4, -3.0, 1.1, 6.0], [-3.0, 5.0, 2.0, -2.0]] {
        let (value, gradient, _) = likelihood.second(&at);
        assert_eq!((value, gradient), likelihood.first(&at));
        let singly: f64 = histogram
            .histories
            .iter()
            .zip(&histogram.customers)
            .map(|(h, &n)| n as f64 * model(at.map(f64::exp)).ln_likelihood(&h.in_units(7.0)))
            .sum();
        close(value / singly, 1.0, 1e-12);
        laws::derivatives_are_those_of_the_value(&likelihood, at);
    }
}

#[test]
fn the_truth_comes_back_within_its_standard_errors() {
    let truth = [0.6, 8.0, 0.7, 12.0];
    let fit = ParetoNbd::params().fit(&drawn(truth, 20_000)).unwrap();
    for (parameter, truth) in fit.report.parameters.iter().zip(truth) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
    // P(alive) and expectation against what became of customers simulated by patron-synth
    let [r, alpha, s, beta] = truth;
    let buying = Buying::ParetoNbd(ParetoNbdParams { r, alpha, s, beta });
    let lives = simulate_lives(&buying, 1.0, 40_000, CustomerAge::Fixed(40.0), 26.0, 5).unwrap();
    laws::comes_true(&model(truth), &lives);
}

#[test]
fn weights_are_repetition_and_weeks_are_days_by_seven() {
    let histogram = drawn([0.55, 10.0, 0.6, 12.0], 2_000);
    let doubled = HistoryHistogram {
        customers: histogram.customers.iter().map(|n| n * 2).collect(),
        ..histogram.clone()
    };
    let weeks = ParetoNbd::params().fit(&histogram).unwrap();
    let twice = ParetoNbd::params().fit(&doubled).unwrap();
    let days = ParetoNbd::params().days_per_unit(1.0).fit(&histogram).unwrap();
    close(twice.report.ln_likelihood, 2.0 * weeks.report.ln_likelihood, 1e-6);
    close(twice.model.s(), weeks.model.s(), 1e-5);
    close(days.model.r(), weeks.model.r(), 1e-5);
    close(days.model.beta() / weeks.model.beta(), 7.0, 1e-4);
}

#[test]
fn logs_that_say_too_little_get_a_limit_in_words_or_a_refusal() {
    let fit = ParetoNbd::params().fit(&drawn([0.8, 9.0, 0.0, 1.0], 4_000)).unwrap();
    assert_eq!((fit.model.s(), fit.report.model.as_str()), (0.0, "NBD"));
    assert!(fit.report.degenerate.unwrap().contains("no drop-out"));
    assert_eq!(fit.model.p_alive(&history(5, 3.0, 90.0)), 1.0);
    let one_time = HistoryHistogram::of([DayHistory { frequency: 0, recency: 0, customer_age: 30 }; 20]);
    assert!(matches!(ParetoNbd::params().fit(&one_time), Err(ModelError::NotEnough { found: 0, .. })));
    let same = HistoryHistogram::of([DayHistory { frequency: 3, recency: 80, customer_age: 90 }; 50]);
    assert!(ParetoNbd::params().fit(&same).unwrap().report.degenerate.is_some());
    let gone = HistoryHistogram::of([DayHistory { frequency: 30, recency: 40, customer_age: 400 }; 50]);
    let fit = ParetoNbd::params().fit(&gone).unwrap();
    assert!(fit.report.degenerate.is_some() && fit.model.p_alive(&history(30, 6.0, 57.0)) < 1e-3);
}

#[test]
fn one_drop_out_rate_for_all_is_the_limit_of_large_s_and_beta() {
    // of an exponential lifetime with rate μ, E = r ÷ α (1 − e^−μt) ÷ μ
    let (mu, t) = (0.03_f64, 40.0);
    let near = model([0.8, 9.0, 1e9, 1e9 / mu]);
    let limit = 0.8 / 9.0 * -(-mu * t).exp_m1() / mu;
    close(near.expected_purchases_of_newcomer(t).unwrap() / limit, 1.0, 1e-6);
    close(near.discounted_purchases_of_newcomer(0.01).unwrap() * 9.0 / 0.8 * (mu + 0.01), 1.0, 1e-6);
    assert!(near.ln_likelihood(&history(3, 20.0, 30.0)).is_finite());
}

#[test]
fn the_smallest_and_the_largest_arguments_give_numbers() {
    let sizes = [1e-6, 1e-3, 1.0, 1e3, 1e6];
    let histories = [(0, 0, 0), (0, 0, 400), (1, 1, 1), (3, 400, 400), (900, 1_000, 1_001), (5, 5, 7_000)];
    for (r, alpha) in sizes.into_iter().zip(sizes.into_iter().rev()).chain(sizes.into_iter().zip(sizes)) {
        for (s, beta) in sizes.into_iter().flat_map(|s| sizes.map(|beta| (s, beta))) {
            for (frequency, recency, customer_age) in histories {
                let model = model([r, alpha, s, beta]);
                let days = DayHistory { frequency, recency, customer_age };
                let singly = model.ln_likelihood(&days.in_units(1.0));
                let on_grid = single(days, &[r, alpha, s, beta].map(f64::ln));
                close(on_grid, singly, 1e-9 * singly.abs().max(1.0));
                assert!(model.p_alive(&days.in_units(1.0)) <= 1.0);
                assert!(model.expected_purchases(&days.in_units(1.0), 365.0).unwrap().is_finite());
            }
        }
    }
}

#[test]
fn laws_of_all_models() {
    let model = model([0.9, 6.0, 0.7, 9.0]);
    laws::of_simulation(&model, 26.0, 20.0, 20_000);
    laws::of_discounting(&model, 0.02, 0.25, 1_600);
    for history in
        [history(0, 0.0, 0.0), history(0, 0.0, 30.0), history(7, 20.0, 20.0), history(9, 3.0, 40.0)]
    {
        laws::of_counts(&model, &history, 12.0, 150);
    }
}

proptest! {
    #[test]
    fn laws_of_one_history(
        r in 0.01_f64..20.0, alpha in 0.1_f64..50.0, s in 0.0_f64..5.0, beta in 0.05_f64..50.0,
        x in 0_u32..60, share in 0.01_f64..=1.0, age in 0.0_f64..200.0, t in 1_u32..75,
    ) {
        let x = if age * share > 0.0 { x } else { 0 };
        let history = history(x, if x == 0 { 0.0 } else { share * age }, age);
        laws::of_one_history(&model([r, alpha, s, beta]), &history, 2.0 * f64::from(t));
    }
}

fn drawn([r, alpha, s, beta]: [f64; 4], customers: usize) -> HistoryHistogram {
    let buying = match s {
        0.0 => Buying::BgNbd(BgNbdParams { r, alpha, a: 0.0, b: 1.0 }),
        _ => Buying::ParetoNbd(ParetoNbdParams { r, alpha, s, beta }),
    };
    let age = CustomerAge::Uniform { from: 26.0, to: 52.0 };
    laws::on_the_day_grid(&simulate_lives(&buying, 1.0, customers, age, 0.0, 11).unwrap())
}
