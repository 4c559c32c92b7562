//! Against published values; reference values for CDNOW as in CLVTools (tests/testthat/test_correctness_gg.R) and
//! the documentation of lifetimes.

use patron_domain::PurchaseRule;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::chance::gamma_with_rate;
use crate::optimise::LogLikelihood;
use crate::test_data::{cdnow, day};
use crate::transactions::laws::close;

#[test]
fn cdnow_as_published() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let spends: Vec<RepeatSpend> = table
        .histories(day("1997-09-30"))
        .iter()
        .filter_map(|(_, customer)| {
            Some(RepeatSpend { frequency: customer.history.frequency, mean: customer.monetary_value()? })
        })
        .collect();
    assert_eq!(spends.len(), 946);
    let fit = GammaGamma::params().fit(&spends).unwrap();
    close(fit.model.p(), 6.249_572_52, 1e-4);
    close(fit.model.q(), 3.744_224_39, 1e-4);
    close(fit.model.v(), 15.443_519_09, 1e-3);
    close(fit.report.ln_likelihood, -4055.9177, 1e-4);
    close(fit.frequency_value_correlation.unwrap(), 0.113_884, 1e-5);
    close(fit.model.population_mean(), 35.170_372, 1e-4);
    assert!(fit.report.remaining_gain < 1e-8 && fit.report.degenerate.is_none());
    let by_hand: f64 = spends.iter().map(|s| fit.model.ln_likelihood(s.frequency, s.mean)).sum();
    close(by_hand, fit.report.ln_likelihood, 1e-6);
}

#[test] // lifetimes docs, Quickstart: customers 1, 2, 3, 6, 9
fn expected_values_as_printed() {
    let model = GammaGamma::new(6.25, 3.74, 15.45).unwrap();
    let expected = |x, mean| model.expected_value(x, mean);
    close(expected(2, Some(22.35)), 24.65, 0.1);
    close(expected(1, Some(11.77)), 18.91, 0.1);
    close(expected(0, None), 35.17, 0.1);
    close(expected(7, Some(73.74)), 71.462_843, 0.01);
    close(expected(2, Some(25.55)), 27.28, 0.1);
}

#[test]
fn derivatives_are_those_of_the_value() {
    let spends: Vec<RepeatSpend> =
        (1..40).map(|i| RepeatSpend { frequency: i % 7 + 1, mean: 5.0 + f64::from(i * i % 23) }).collect();
    let data = super::fit::tests_only(&spends);
    let at = [0.7, 0.9, 0.3];
    let (_, gradient, hessian) = data.second(&at);
    for i in 0..3 {
        let moved = |by: f64| {
            let mut at = at;
            at[i] += by;
            data.second(&at)
        };
        let (up, down) = (moved(1e-5), moved(-1e-5));
        close((up.0 - down.0) / 2e-5, gradient[i], 1e-5 * (1.0 + gradient[i].abs()));
        for (j, second) in hessian[i].into_iter().enumerate() {
            close((up.1[j] - down.1[j]) / 2e-5, second, 1e-5 * (1.0 + second.abs()));
        }
    }
}

#[test]
fn a_change_of_currency_changes_v_alone() {
    let spends = drawn(3.0, 2.5, 20.0, 2_000);
    let cents: Vec<RepeatSpend> = spends.iter().map(|s| RepeatSpend { mean: s.mean * 100.0, ..*s }).collect();
    let (one, hundred) =
        (GammaGamma::params().fit(&spends).unwrap(), GammaGamma::params().fit(&cents).unwrap());
    close(hundred.model.p(), one.model.p(), 1e-6);
    close(hundred.model.q(), one.model.q(), 1e-6);
    close(hundred.model.v(), one.model.v() * 100.0, 1e-3);
    // and the truth lies within four standard errors
    for (parameter, truth) in one.report.parameters.iter().zip([3.0, 2.5, 20.0]) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
}

#[test]
fn an_infinite_mean_is_said_and_never_shown() {
    let fit = GammaGamma::params().fit(&drawn(2.0, 0.6, 1.0, 3_000)).unwrap();
    assert!(fit.model.q() < 1.0);
    assert!(fit.report.degenerate.unwrap().contains("infinite"));
    assert!(fit.model.population_mean().is_finite() && fit.model.expected_value(1, Some(3.0)).is_finite());
}

#[test]
fn equal_customers_do_not_break_the_fit() {
    let same = vec![RepeatSpend { frequency: 2, mean: 10.0 }; 50];
    let fit = GammaGamma::params().fit(&same).unwrap();
    assert!(fit.report.degenerate.is_some());
    close(fit.model.expected_value(2, Some(10.0)), 10.0, 0.05);
    assert!(matches!(GammaGamma::params().fit(&same[..2]), Err(ModelError::NotEnough { found: 2, .. })));
}

fn drawn(p: f64, q: f64, v: f64, customers: u32) -> Vec<RepeatSpend> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let one = |i: u32| {
        let frequency = i % 6 + 1;
        let rate = gamma_with_rate(q, v, &mut rng).unwrap();
        let total = gamma_with_rate(p * f64::from(frequency), rate, &mut rng).unwrap();
        RepeatSpend { frequency, mean: total / f64::from(frequency) }
    };
    (0..customers).map(one).collect()
}

#[test]
fn drawn_values_have_the_expected_mean() {
    let model = GammaGamma::new(6.25, 5.0, 15.45).unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(8);
    for (frequency, mean) in [(0, None), (2, Some(22.35)), (40, Some(70.0))] {
        let mut draw = || model.sample_values(frequency, mean, 3, &mut rng).unwrap();
        let drawn: f64 = (0..20_000).map(|_| draw().iter().sum::<f64>() / 3.0).sum::<f64>() / 20_000.0;
        close(drawn / SpendModel::expected_value(&model, frequency, mean), 1.0, 0.02);
    }
    assert!(SpendModel::ln_likelihood(&model, 2, 22.35).is_finite());
}
