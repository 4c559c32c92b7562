use super::*;
use crate::ParetoNbdParams;

/// Fader, Hardie & Lee (2005), fitted to CDNOW.
const CDNOW: BgNbdParams = BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/// A population that buys and leaves often.
const BUSY: BgNbdParams = BgNbdParams { r: 2.5, alpha: 3.0, a: 1.6, b: 5.0 };

/// E[X(t)] = (a + b − 1) ÷ (a − 1) · [1 − (α ÷ (α + t))^r · ₂F₁(r, b; a + b − 1; t ÷ (α + t))], equation (9) of
/// Fader, Hardie & Lee (2005), with the series of ₂F₁ summed term by term.
fn expected_purchases(params: &BgNbdParams, t: f64) -> f64 {
    let BgNbdParams { r, alpha, a, b } = *params;
    let (c, z) = (a + b - 1.0, t / (alpha + t));
    let (mut term, mut series) = (1.0_f64, 1.0_f64);
    let mut n = 0.0;
    while term.abs() > 1e-16 * series.abs() {
        term *= (r + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        series += term;
        n += 1.0;
    }
    c / (a - 1.0) * (1.0 - (alpha / (alpha + t)).powf(r) * series)
}

/// The mean of `values` lies within four of its standard errors of `expected`.
fn check_mean(values: &[f64], expected: f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error}, expected {expected}");
}

fn check_moments(params: &BgNbdParams, t: f64) {
    let histories = simulate_histories(params, 200_000, CustomerAge::Fixed(t), 11).unwrap();
    let frequencies: Vec<f64> = histories.iter().map(|history| history.symbols().0).collect();
    check_mean(&frequencies, expected_purchases(params, t));
    // P(X(t) = 0) = (α ÷ (α + t))^r: there is no drop-out before the first repeat purchase.
    let none: Vec<f64> = frequencies.iter().map(|&x| f64::from(u8::from(x == 0.0))).collect();
    check_mean(&none, (params.alpha / (params.alpha + t)).powf(params.r));
}

#[test]
fn expected_purchases_as_the_closed_form_has_them() {
    check_moments(&CDNOW, 39.0);
    check_moments(&CDNOW, 78.0);
    check_moments(&BUSY, 10.0);
    check_moments(&BUSY, 104.0);
}

#[test]
fn without_dropout_purchases_are_negative_binomial() {
    let params = BgNbdParams { a: 0.0, ..BUSY };
    let histories = simulate_histories(&params, 200_000, CustomerAge::Fixed(12.0), 5).unwrap();
    let frequencies: Vec<f64> = histories.iter().map(|history| history.symbols().0).collect();
    let mean = params.r / params.alpha * 12.0;
    check_mean(&frequencies, mean);
    let squares: Vec<f64> = frequencies.iter().map(|x| (x - mean).powi(2)).collect();
    check_mean(&squares, mean + mean * mean / params.r);
    // Given x > 0 of a Poisson process on (0, T], the last of x events lies at T · x ÷ (x + 1) on average.
    let last = histories.iter().filter(|h| h.frequency() > 0).map(|history| {
        let (x, t_x, t_cal) = history.symbols();
        t_x / t_cal - x / (x + 1.0)
    });
    check_mean(&last.collect::<Vec<f64>>(), 0.0);
}

/// Pareto/NBD, fitted to CDNOW (Fader, Hardie & Lee 2005).
const CDNOW_PARETO: ParetoNbdParams = ParetoNbdParams { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };

fn lives(buying: Buying, regularity: f64, age: f64, future: f64) -> Vec<Life> {
    simulate_lives(&buying, regularity, 200_000, CustomerAge::Fixed(age), future, 11).unwrap()
}

fn frequencies(lives: &[Life]) -> Vec<f64> {
    lives.iter().map(|life| life.history.symbols().0).collect()
}

/// E[X(t)] = r·β ÷ (α·(s − 1)) · [1 − (β ÷ (β + t))^(s − 1)], equation (13) of Schmittlein, Morrison & Colombo (1987);
/// P(alive at t) = (β ÷ (β + t))^s.
#[test]
fn pareto_nbd_has_the_moments_of_its_closed_forms() {
    let ParetoNbdParams { r, alpha, s, beta } = CDNOW_PARETO;
    for t in [39.0, 78.0] {
        let lives = lives(Buying::ParetoNbd(CDNOW_PARETO), 1.0, t, 0.0);
        let left: f64 = beta / (beta + t);
        check_mean(&frequencies(&lives), r * beta / (alpha * (s - 1.0)) * (1.0 - left.powf(s - 1.0)));
        let alive: Vec<f64> = lives.iter().map(|life| f64::from(u8::from(life.is_alive))).collect();
        check_mean(&alive, left.powf(s));
    }
}

/// Whoever does not stop at once is a BG/NBD customer whose drop-out probability has been survived once:
/// Beta(a, b + 1) of b ÷ (a + b) of the customers.
#[test]
fn mbg_nbd_is_bg_nbd_for_those_who_stay() {
    let BgNbdParams { r, alpha, a, b } = BUSY;
    let lives = lives(Buying::MbgNbd(BUSY), 1.0, 52.0, 0.0);
    let stayed = expected_purchases(&BgNbdParams { r, alpha, a, b: b + 1.0 }, 52.0);
    check_mean(&frequencies(&lives), b / (a + b) * stayed);
    let none: Vec<f64> = frequencies(&lives).iter().map(|&x| f64::from(u8::from(x == 0.0))).collect();
    check_mean(&none, 1.0 - b / (a + b) * (1.0 - (alpha / (alpha + 52.0)).powf(r)));
}

#[test]
fn the_future_follows_the_past() {
    let whole = lives(Buying::BgNbd(CDNOW), 1.0, 78.0, 0.0);
    let split = lives(Buying::BgNbd(CDNOW), 1.0, 39.0, 39.0);
    for (whole, split) in whole.iter().zip(&split) {
        assert_eq!(whole.history.frequency(), split.history.frequency() + split.future_purchases);
        assert!(split.is_alive || split.future_purchases == 0);
    }
    let histories = simulate_histories(&CDNOW, 100, CustomerAge::Fixed(39.0), 11).unwrap();
    assert!(histories.iter().zip(&split).all(|(history, life)| *history == life.history));
}

/// Erlang waits of shape k have the coefficient of variation 1 ÷ √k, so that over a long time the counts of a customer
/// with rate λ vary by λ·t ÷ k instead of λ·t.
#[test]
fn regular_customers_count_more_evenly() {
    let never = Buying::BgNbd(BgNbdParams { r: 1e6, alpha: 1e6, a: 0.0, b: 1.0 });
    for k in [1.0, 4.0, 25.0] {
        let counts =
            frequencies(&simulate_lives(&never, k, 4_000, CustomerAge::Fixed(400.0), 0.0, 3).unwrap());
        let mean = counts.iter().sum::<f64>() / 4_000.0;
        let variance = counts.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 3_999.0;
        assert!((variance * k / 400.0 - 1.0).abs() < 0.12, "{variance} for {k}");
        // The renewal function of waits with mean 1 is t + (1 ÷ k − 1) ÷ 2 for large t.
        assert!(
            (mean - 400.0 - (1.0 / k - 1.0) / 2.0).abs() < 4.0 * (400.0 / k / 4_000.0_f64).sqrt(),
            "{mean}"
        );
    }
}

#[test]
fn a_customer_does_not_depend_on_how_many_there_are() {
    let age = CustomerAge::Uniform { from: 5.0, to: 50.0 };
    let few = simulate_histories(&CDNOW, 100, age, 3).unwrap();
    let many = simulate_histories(&CDNOW, 5_000, age, 3).unwrap();
    assert_eq!(few, many[..100]);
    assert_ne!(few, simulate_histories(&CDNOW, 100, age, 4).unwrap());
    assert!(many.iter().all(|history| (5.0..=50.0).contains(&history.symbols().2)));
}

#[test]
fn days_are_the_same_customers_on_a_coarser_grid() {
    let age = CustomerAge::Uniform { from: 20.0, to: 60.0 };
    let exact = simulate_histories(&BUSY, 20_000, age, 3).unwrap();
    let days = simulate_day_histories(&BUSY, 20_000, age, 3).unwrap();
    let (mut merged, mut same) = (0, 0);
    for (exact, days) in exact.iter().zip(&days) {
        let (x, t_x, t_cal) = exact.symbols();
        assert_eq!(f64::from(days.customer_age), (t_cal * 7.0).floor());
        assert!(days.recency <= days.customer_age && (days.frequency == 0) == (days.recency == 0));
        // A grid merges, and its window ends up to a day earlier or later than the exact one.
        merged += u32::from(f64::from(days.frequency) < x);
        same += u32::from((f64::from(days.recency) - t_x * 7.0).abs() <= 1.0);
    }
    assert!(same > 19_000, "{same} of 20000 have their last purchase on the same day");
    assert!(merged > 1_000, "{merged}");
    let mean = |sum: f64| sum / 20_000.0;
    let exact_mean = mean(exact.iter().map(|history| history.symbols().0).sum());
    let day_mean = mean(days.iter().map(|history| f64::from(history.frequency)).sum());
    assert!((0.8..1.0).contains(&(day_mean / exact_mean)), "{day_mean} of {exact_mean}");
}

#[test]
fn spend_has_the_mean_and_the_spread_of_gamma_gamma() {
    let params = GammaGammaParams { p: 6.25, q: 5.74, v: 15.44 };
    let frequencies: Vec<u32> = (0..200_000).map(|id| id % 5).collect();
    let spend = simulate_spend(&params, &frequencies, 9).unwrap();
    assert_eq!(spend.len(), 160_000);
    assert!(spend.iter().zip(frequencies.iter().filter(|&&x| x > 0)).all(|((x, _), asked)| x == asked));
    let mean = params.p * params.v / (params.q - 1.0);
    let of = |frequency: u32| -> Vec<f64> {
        spend.iter().filter(|(x, _)| *x == frequency).map(|(_, mean_spend)| *mean_spend).collect()
    };
    // Var(z̄ | x) = E[p·x ÷ (ν·x)²] + Var(p ÷ ν), with E[ν⁻¹] = v ÷ (q − 1), E[ν⁻²] = v² ÷ ((q − 1)(q − 2)).
    let inverse_square = params.v.powi(2) / ((params.q - 1.0) * (params.q - 2.0));
    for x in 1..=4 {
        check_mean(&of(x), mean);
        let squares: Vec<f64> = of(x).iter().map(|z| (z - mean).powi(2)).collect();
        let within = params.p / f64::from(x) * inverse_square;
        let between = params.p.powi(2) * (inverse_square - (params.v / (params.q - 1.0)).powi(2));
        check_mean(&squares, within + between);
    }
}

#[test]
fn impossible_simulations_are_refused() {
    let refused = |params: BgNbdParams, age| simulate_histories(&params, 1, age, 1).unwrap_err().to_string();
    let message = refused(BgNbdParams { alpha: 0.0, ..CDNOW }, CustomerAge::Fixed(1.0));
    assert_eq!(message, "`buying.alpha` is 0, but must be between 0.0001 and a thousand million");
    let message = refused(CDNOW, CustomerAge::Fixed(f64::NAN));
    assert_eq!(message, "`age` is NaN, but must be between 0 and a million weeks, and not above the oldest");
    let message = refused(CDNOW, CustomerAge::Uniform { from: 3.0, to: 2.0 });
    assert_eq!(
        message,
        "`age.from` is 3, but must be between 0 and a million weeks, and not above the oldest"
    );
    assert!(
        refused(BgNbdParams { r: 1e9, ..CDNOW }, CustomerAge::Fixed(10.0))
            .contains("million expected purchases")
    );
    assert!(simulate_spend(&GammaGammaParams { p: -1.0, q: 1.0, v: 1.0 }, &[1], 1).is_err());
}
