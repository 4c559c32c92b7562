//! Against published values, against values computed with many digits (tests/tables/transaction_models.py), and against
//! the laws of all models.

use proptest::prelude::*;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::likelihood::{Everybody, Histories};
use super::*;
use crate::optimise::LogLikelihood;
use crate::transactions::laws::{self, close};

const DONORS: [f64; 4] = [1.203_52, 0.749_72, 0.656_72, 2.783_44];

/// (x, t_x, donors) of the 11,104 who first gave in 1995, over the six years 1996 to 2001: Fader, Hardie & Shang (2010),
/// table 1.
const DONATIONS: [(u32, u32, u64); 22] = [
    (6, 6, 1203),
    (5, 6, 728),
    (4, 6, 512),
    (3, 6, 357),
    (2, 6, 234),
    (1, 6, 129),
    (5, 5, 335),
    (4, 5, 284),
    (3, 5, 225),
    (2, 5, 173),
    (1, 5, 119),
    (4, 4, 240),
    (3, 4, 181),
    (2, 4, 155),
    (1, 4, 78),
    (3, 3, 322),
    (2, 3, 255),
    (1, 3, 129),
    (2, 2, 613),
    (1, 2, 277),
    (1, 1, 1091),
    (0, 0, 3464),
];

fn model([alpha, beta, gamma, delta]: [f64; 4]) -> BgBb {
    BgBb::new(alpha, beta, gamma, delta).unwrap()
}

fn history(x: u32, t_x: u32, n: u32) -> OpportunityHistory {
    OpportunityHistory::new(x, t_x, n).unwrap()
}

fn donations() -> Vec<(OpportunityHistory, u64)> {
    DONATIONS.iter().map(|&(x, t_x, donors)| (history(x, t_x, 6), donors)).collect()
}

#[test] // BTYD walkthrough, section 5: ln L −33225.58
fn donations_as_published() {
    let fit = BgBb::params().fit(&donations()).unwrap();
    assert_eq!(fit.report.customers, 11_104);
    for (parameter, value) in fit.report.parameters.iter().zip(DONORS) {
        close(parameter.value / value, 1.0, 1e-5);
        assert!(parameter.standard_error.unwrap() < 0.25 * value);
    }
    close(fit.report.ln_likelihood, -33_225.581_3, 1e-4);
    assert!(fit.report.remaining_gain < 1e-8 && fit.report.degenerate.is_none());
    let by_hand: f64 = donations().iter().map(|(h, n)| *n as f64 * fit.model.ln_likelihood(h)).sum();
    close(by_hand, fit.report.ln_likelihood, 1e-6);
    // as the paper prints them
    for (parameter, printed) in fit.report.parameters.iter().zip([1.204, 0.750, 0.657, 2.783]) {
        close(parameter.value, printed, 5e-4);
    }
    // expected donors with six of six
    close(11_104.0 * fit.model.chance_of_newcomer(6, 6).unwrap(), 1253.1, 0.05);
}

#[test] // BTYD walkthrough, section 5.3; Hardie's note 10 in pymc-marketing's test_beta_geo_beta_binom.py; the paper's table 6
fn answers_as_published() {
    let model = model(DONORS);
    for (n, expected) in [(2, 0.9233), (5, 1.9381), (6, 2.2202), (9, 2.9603)] {
        close(model.expected_purchases_of_newcomer(n).unwrap() / expected, 1.0, 1e-4);
    }
    close(model.expected_purchases_of_newcomer(10).unwrap(), 3.179_805, 1e-5);
    close(model.expected_purchases(&history(0, 0, 6), 10).unwrap(), 0.130_216_9, 2e-5);
    close(model.expected_purchases(&history(4, 5, 6), 10).unwrap(), 3.627_858, 2e-4);
    close(model.p_alive_at(&history(0, 0, 6), 1).unwrap(), 0.11, 5e-3);
    close(model.p_alive_at(&history(6, 6, 6), 1).unwrap(), 0.93, 5e-3);
}

#[test]
fn derivatives_are_those_of_the_value() {
    let rows = [(0, 0, 6), (0, 0, 3), (2, 5, 6), (3, 3, 9), (6, 6, 6), (1, 1, 40)];
    let data = Histories::new(rows.map(|(x, t_x, n)| (history(x, t_x, n), f64::from(n))).to_vec());
    for at in [[0.2, -0.3, -0.4, 1.0], [-3.0, 2.0, 1.5, -1.0]] {
        let (value, gradient, _) = data.second(&at);
        assert_eq!((value, gradient), data.first(&at));
        let singly = |at: [f64; 4]| -> f64 {
            data.rows.iter().map(|(h, n)| n * model(at.map(f64::exp)).ln_likelihood(h)).sum()
        };
        close(value, singly(at), 1e-9);
        laws::derivatives_are_those_of_the_value(&data, at);
        // the limit without drop-out
        let limit = Everybody(&data);
        let at = [at[0], at[1]];
        let (value, ..) = limit.second(&at);
        close(value, singly([at[0], at[1], f64::NEG_INFINITY, 0.0]), 1e-9);
        laws::derivatives_are_those_of_the_value(&limit, at);
    }
}

#[test]
fn all_histories_together_are_certain() {
    let model = model([0.7, 1.9, 0.4, 2.0]);
    let n = 9;
    let mut sum = model.ln_likelihood(&history(0, 0, n)).exp();
    for t_x in 1..=n {
        // the last purchase fixed, the others anywhere before it
        let mut ways = 1.0;
        for x in 1..=t_x {
            sum += ways * model.ln_likelihood(&history(x, t_x, n)).exp();
            ways *= f64::from(t_x - x) / f64::from(x);
        }
    }
    close(sum, 1.0, 1e-12);
}

#[test]
fn the_truth_comes_back_within_its_standard_errors() {
    let truth = [1.2, 0.8, 0.7, 3.0];
    let fit = BgBb::params().fit(&drawn(truth, 20_000)).unwrap();
    for (parameter, truth) in fit.report.parameters.iter().zip(truth) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
}

#[test]
fn weights_are_repetition() {
    let repeated: Vec<(OpportunityHistory, u64)> =
        donations().into_iter().flat_map(|(history, n)| [(history, n), (history, 0), (history, n)]).collect();
    let once = BgBb::params().fit(&donations()).unwrap();
    let twice = BgBb::params().fit(&repeated).unwrap();
    close(twice.report.ln_likelihood, 2.0 * once.report.ln_likelihood, 1e-6);
    close(twice.model.gamma(), once.model.gamma(), 1e-7);
}

#[test]
fn logs_that_say_too_little_get_a_limit_in_words_or_a_refusal() {
    let fit = BgBb::params().fit(&drawn([1.0, 2.0, 0.0, 1.0], 4_000)).unwrap();
    assert_eq!((fit.model.gamma(), fit.report.model.as_str()), (0.0, "beta-Bernoulli"));
    assert!(fit.report.degenerate.unwrap().contains("no drop-out"));
    assert_eq!(fit.model.p_alive(&history(1, 1, 40)), 1.0);
    let never = [(history(0, 0, 6), 20)];
    assert!(matches!(BgBb::params().fit(&never), Err(ModelError::NotEnough { found: 0, .. })));
    let same = [(history(3, 5, 6), 50)];
    let fit = BgBb::params().fit(&same).unwrap();
    assert!(fit.report.degenerate.is_some());
    let always = [(history(6, 6, 6), 50)];
    close(
        BgBb::params().fit(&always).unwrap().model.expected_purchases(&history(6, 6, 6), 10).unwrap(),
        10.0,
        0.01,
    );
    assert!(BgBb::params().max_iterations(0).fit(&same).is_err());
}

#[test]
fn histories_are_checked_and_counted() {
    assert_eq!(OpportunityHistory::of_choices(&[true, false, true, false]), history(2, 3, 4));
    assert_eq!(OpportunityHistory::of_choices(&[]), history(0, 0, 0));
    for (x, t_x, n) in [(0, 1, 2), (1, 0, 2), (3, 2, 4), (1, 5, 4)] {
        assert!(matches!(OpportunityHistory::new(x, t_x, n), Err(ModelError::BadOpportunities { .. })));
    }
}

#[test]
fn laws_of_all_models() {
    let model = model([1.1, 2.0, 0.6, 4.0]);
    laws::of_simulation(&model, 12.0, 10.0, 20_000);
    for history in [history(0, 0, 0), history(0, 0, 30), history(7, 20, 20), history(3, 3, 40)] {
        laws::of_counts(&model, &history, 24.0, 24);
    }
    // the sum that the discounted form stands for, opportunity by opportunity
    let by_hand: f64 = (1..4_000)
        .map(|j| (expected(&model, j) - expected(&model, j - 1)) * 1.02_f64.powi(-(j as i32)))
        .sum();
    close(model.discounted_purchases_of_newcomer(0.02).unwrap() / by_hand, 1.0, 1e-9);
}

fn expected(model: &BgBb, n: u32) -> f64 {
    model.expected_purchases_of_newcomer(n).unwrap()
}

proptest! {
    #[test]
    fn laws_of_one_history(
        alpha in 0.01_f64..50.0, beta in 0.01_f64..50.0, gamma in 0.0_f64..5.0, delta in 0.05_f64..50.0,
        choices in prop::collection::vec(any::<bool>(), 0..60), t in 1_u32..40,
    ) {
        let history = OpportunityHistory::of_choices(&choices);
        laws::of_one_history(&model([alpha, beta, gamma, delta]), &history, 2.0 * f64::from(t));
    }
}

fn drawn(truth: [f64; 4], customers: u32) -> Vec<(OpportunityHistory, u64)> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let model = model(truth);
    (0..customers).map(|i| (model.sample_history(8 + i % 8, &mut rng).unwrap(), 1)).collect()
}
