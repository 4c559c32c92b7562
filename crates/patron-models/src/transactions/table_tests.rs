//! Every answer of every model against values computed with many digits (tests/tables/transaction_models.py).

use patron_domain::PurchaseHistory;

use super::TransactionModel;
use super::laws::Countable;
use crate::{BgBb, BgNbd, MbgNbd, OpportunityHistory, ParetoNbd};

const TABLE: &str = include_str!("../../tests/tables/transaction_models.csv");

fn check<M: TransactionModel>(
    name: &str,
    model: impl Fn([f64; 4]) -> M,
    history: impl Fn(u32, f64, f64) -> M::History,
) where
    M::Span: Countable,
{
    let mut checked = 0;
    for line in TABLE.lines().filter(|line| line.split(',').next() == Some(name)) {
        let f: Vec<f64> = line.split(',').skip(1).map(|field| field.parse().unwrap()).collect();
        let [p1, p2, p3, p4, x, t_x, age, t, count, discount, ..] = f[..] else { panic!("{line}") };
        let (model, history) = (model([p1, p2, p3, p4]), history(x as u32, t_x, age));
        let t = M::Span::from_f64(t);
        let got = [
            model.ln_likelihood(&history),
            model.p_alive(&history),
            model.p_alive_at(&history, t).unwrap(),
            model.expected_purchases(&history, t).unwrap(),
            model.chance_of_purchases(&history, t, count as u32).unwrap(),
            model.discounted_residual_purchases(&history, discount).unwrap(),
        ];
        for (place, (got, expected)) in got.into_iter().zip(f[10..].iter().copied()).enumerate() {
            // a logarithm near zero is as good as its exponential
            let scale = if place == 0 { expected.abs().max(1.0) } else { expected.abs() };
            let error = (got - expected).abs() / scale.max(1e-290);
            assert!(error < 1e-9, "{line}: answer {place} is {got}, not {expected}");
        }
        checked += 1;
    }
    assert!(checked >= 28, "{name}: {checked} rows");
}

fn continuous(x: u32, t_x: f64, age: f64) -> PurchaseHistory {
    PurchaseHistory::new(x, t_x, age).unwrap()
}

#[test]
fn bg_nbd_to_nine_digits() {
    check("bg_nbd", |[r, alpha, a, b]| BgNbd::new(r, alpha, a, b).unwrap(), continuous);
}

#[test]
fn mbg_nbd_to_nine_digits() {
    check("mbg_nbd", |[r, alpha, a, b]| MbgNbd::new(r, alpha, a, b).unwrap(), continuous);
}

#[test]
fn pareto_nbd_to_nine_digits() {
    check("pareto_nbd", |[r, alpha, s, beta]| ParetoNbd::new(r, alpha, s, beta).unwrap(), continuous);
}

#[test]
fn bg_bb_to_nine_digits() {
    let discrete = |x, t_x, n| OpportunityHistory::new(x, t_x as u32, n as u32).unwrap();
    check("bg_bb", |[a, b, c, d]| BgBb::new(a, b, c, d).unwrap(), discrete);
}
