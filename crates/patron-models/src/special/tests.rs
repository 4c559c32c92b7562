//! Against values computed with 60 digits (tests/tables/special_functions.py).

use super::*;

const TABLE: &str = include_str!("../../tests/tables/special_functions.csv");

fn check(function: &str, tolerance: f64, value: impl Fn([f64; 4]) -> f64) {
    let mut checked = 0;
    for line in TABLE.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields[0] != function {
            continue;
        }
        let argument = |i: usize| fields[i].parse().unwrap_or(0.0);
        let expected: f64 = fields[5].parse().unwrap();
        let got = value([argument(1), argument(2), argument(3), argument(4)]);
        // a logarithm near zero is as good as its exponential
        let error = (got - expected).abs() / expected.abs().max(1.0);
        assert!(error < tolerance, "{line}: got {got}");
        checked += 1;
    }
    assert!(checked > 10);
}

#[test]
fn ln_beta_holds_from_tiny_to_huge() {
    check("ln_beta", 1e-12, |[a, b, ..]| ln_beta(a, b));
}

#[test]
fn trigamma_as_tabulated() {
    check("trigamma", 1e-14, |[x, ..]| trigamma(x));
}

#[test]
fn hyp2f1_as_tabulated() {
    check("ln_hyp2f1", 1e-11, |[a, b, c, z]| ln_hyp2f1(a, b, c, z).unwrap());
}

#[test]
fn hyp2f1_from_far_below_zero_to_the_last_number_below_one() {
    check("ln_hyp2f1_far", 1e-11, |[a, b, c, z]| ln_hyp2f1(a, b, c, z).unwrap());
    check("hyp2f1_of_one", 1e-11, |[_, b, c, z]| hyp2f1_of_one(b, c, z));
}

#[test]
fn rising_factorials_as_tabulated() {
    check("ln_rising", 1e-12, |[a, n, ..]| ln_rising(a, n as u32));
}

#[test]
fn what_the_series_cannot_do_is_refused() {
    assert!(hyp2f1(1.0, 1.0, -0.5, 0.5).is_err());
    assert!(hyp2f1(1.0, 1.0, 1.0, 1.0).is_err());
    assert!(hyp2f1(2.0, 1.0, 1.0, -0.5).is_err());
    assert_eq!(hyp2f1(2.0, 3.0, 4.0, 0.0).unwrap(), 1.0);
}

#[test]
fn ln_sum_exp_never_overflows() {
    assert!((ln_sum_exp(1000.0, Some(1000.0)) - 1000.0 - 2_f64.ln()).abs() < 1e-12);
    assert_eq!(ln_sum_exp(-5.0, None), -5.0);
    assert_eq!(ln_sum_exp(f64::NEG_INFINITY, Some(f64::NEG_INFINITY)), f64::NEG_INFINITY);
}
