//! Against the fit without covariates, which is the same kernel with none, and against customers simulated with known
//! effects (patron-synth).

use patron_domain::DayHistory;
use patron_synth::{BgNbdParams, Buying, CustomerAge, ParetoNbdParams, simulate_lives};

use super::*;
use crate::transactions::laws::{close, on_the_day_grid};

fn drawn(buying: &Buying, customers: usize, seed: u64) -> HistoryHistogram {
    let age = CustomerAge::Uniform { from: 26.0, to: 52.0 };
    on_the_day_grid(&simulate_lives(buying, 1.0, customers, age, 0.0, seed).unwrap())
}

/// Two covariates of which the first has an effect: rate × 1.8.
fn bg_groups() -> Vec<CovariateGroup> {
    let rate = |z: f64| BgNbdParams { r: 0.8, alpha: 8.0 * 1.8_f64.powf(-z), a: 0.7, b: 2.5 };
    let group = |(i, [z, other]): (usize, [f64; 2])| CovariateGroup {
        values: vec![z, other],
        histories: drawn(&Buying::BgNbd(rate(z)), 5_000, 20 + i as u64),
    };
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]].into_iter().enumerate().map(group).collect()
}

fn pareto_groups() -> Vec<CovariateGroup> {
    let group = |z: f64| {
        let (alpha, beta) = (9.0 * 1.5_f64.powf(-z), 12.0 * 2.0_f64.powf(-z));
        let buying = Buying::ParetoNbd(ParetoNbdParams { r: 0.8, alpha, s: 0.7, beta });
        CovariateGroup { values: vec![z], histories: drawn(&buying, 10_000, 30 + z as u64) }
    };
    vec![group(0.0), group(1.0)]
}

#[test]
fn without_covariates_it_is_the_plain_fit() {
    let histories = bg_groups().swap_remove(1).histories;
    let group = [CovariateGroup { values: vec![], histories: histories.clone() }];
    let plain = BgNbd::params().fit(&histories).unwrap();
    let fit = BgNbd::fit_with_covariates(&[], &group, 7.0).unwrap();
    close(fit.report.ln_likelihood, plain.report.ln_likelihood, 1e-7);
    close(fit.report.aic, plain.report.aic, 1e-6);
    for (got, plain) in fit.report.parameters.iter().zip(&plain.report.parameters) {
        assert_eq!(got.name, plain.name);
        close(got.value / plain.value, 1.0, 1e-5);
        close(got.standard_error.unwrap() / plain.standard_error.unwrap(), 1.0, 1e-3);
    }
    let plain = ParetoNbd::params().fit(&histories).unwrap();
    let fit = ParetoNbd::fit_with_covariates(&[], &group, 7.0).unwrap();
    close(fit.report.ln_likelihood, plain.report.ln_likelihood, 1e-7);
    close(fit.model_for(&[]).unwrap().beta() / plain.model.beta(), 1.0, 1e-4);
}

#[test]
fn effects_come_back_and_what_has_none_shows_none() {
    let groups = bg_groups();
    let fit = BgNbd::fit_with_covariates(&["channel", "noise"], &groups, 7.0).unwrap();
    assert_eq!(fit.report.parameters.len(), 10);
    let truth = [0.8, 8.0, 0.7, 2.5, 1.8, 1.0, 1.0, 1.0, 1.0, 1.0];
    for (parameter, truth) in fit.report.parameters.iter().zip(truth) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
    assert_eq!(fit.report.parameters[4].name, "purchase rate × per unit of channel");
    assert!(fit.report.parameters[4].value > 1.5);
    // more than the fit that knows of no covariates: 6 parameters are worth it
    let pooled = BgNbd::params().fit(&Data::new("", &["", ""], &groups, 7.0).unwrap().pooled).unwrap();
    assert!(fit.report.aic < pooled.report.aic - 100.0);
    let (base, moved) = (fit.model_for(&[0.0, 0.0]).unwrap(), fit.model_for(&[1.0, 0.0]).unwrap());
    assert_eq!(base, fit.base);
    close(base.alpha() / moved.alpha(), fit.report.parameters[4].value, 1e-9);
}

#[test]
fn pareto_nbd_knows_both_rates() {
    let fit = ParetoNbd::fit_with_covariates(&["channel"], &pareto_groups(), 7.0).unwrap();
    for (parameter, truth) in fit.report.parameters.iter().zip([0.8, 9.0, 0.7, 12.0, 1.5, 2.0]) {
        close(parameter.value, truth, 4.0 * parameter.standard_error.unwrap());
    }
}

#[test]
fn a_change_of_unit_changes_the_coefficient_alone() {
    let in_cents: Vec<CovariateGroup> = pareto_groups()
        .into_iter()
        .map(|group| CovariateGroup { values: vec![10.0 * group.values[0]], ..group })
        .collect();
    let (one, ten) = (
        ParetoNbd::fit_with_covariates(&["z"], &pareto_groups(), 7.0).unwrap(),
        ParetoNbd::fit_with_covariates(&["z"], &in_cents, 7.0).unwrap(),
    );
    close(one.report.ln_likelihood, ten.report.ln_likelihood, 1e-6);
    let [one, ten] = [one.model_for(&[1.0]).unwrap(), ten.model_for(&[10.0]).unwrap()];
    close(one.alpha() / ten.alpha(), 1.0, 1e-5);
}

#[test]
fn without_drop_out_covariates_move_the_rate_alone() {
    let group = |z: f64| {
        let buying = Buying::BgNbd(BgNbdParams { r: 0.8, alpha: 9.0 * 2.0_f64.powf(-z), a: 0.0, b: 1.0 });
        CovariateGroup { values: vec![z], histories: drawn(&buying, 4_000, 40 + z as u64) }
    };
    let fit = BgNbd::fit_with_covariates(&["z"], &[group(0.0), group(1.0)], 7.0).unwrap();
    assert!(fit.report.degenerate.is_some() && fit.base.a() == 0.0);
    let factor = &fit.report.parameters[2];
    close(factor.value, 2.0, 4.0 * factor.standard_error.unwrap());
    close(fit.base.alpha() / fit.model_for(&[1.0]).unwrap().alpha(), factor.value, 1e-9);
}

#[test]
fn covariates_that_are_none_are_refused() {
    let histories = HistoryHistogram::of([DayHistory { frequency: 1, recency: 20, customer_age: 90 }; 9]);
    let group = |values: Vec<f64>| CovariateGroup { values, histories: histories.clone() };
    let refused = |names: &[&str], groups: &[CovariateGroup]| {
        assert!(matches!(BgNbd::fit_with_covariates(names, groups, 7.0), Err(ModelError::Covariates { .. })));
    };
    refused(&["z"], &[group(vec![])]);
    refused(&["z"], &[group(vec![f64::NAN]), group(vec![1.0])]);
    refused(&["z"], &[group(vec![1.0]), group(vec![1.0])]);
    let fit = ParetoNbd::fit_with_covariates(&["z"], &pareto_groups(), 7.0).unwrap();
    assert!(fit.model_for(&[]).is_err() && fit.model_for(&[f64::INFINITY]).is_err());
}
