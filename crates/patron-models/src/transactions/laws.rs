//! Laws that every model of buying obeys, run by each model's tests.

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use patron_domain::PurchaseHistory;
use patron_synth::Life;

use super::{ActiveCustomer, TransactionModel};
use crate::optimise::LogLikelihood;

/// A span that tests can count with.
pub(crate) trait Countable: Copy {
    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;
}

impl Countable for f64 {
    fn from_f64(value: f64) -> Self {
        value
    }
    fn to_f64(self) -> f64 {
        self
    }
}

impl Countable for u32 {
    fn from_f64(value: f64) -> Self {
        value as u32
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

/// All that holds for one history without drawing anything; `horizon` in the model's unit, whole and even.
pub(crate) fn of_one_history<M: TransactionModel>(model: &M, history: &M::History, horizon: f64)
where
    M::Span: Countable,
{
    let at = |t: f64| M::Span::from_f64(t);
    let expected = |t| model.expected_purchases(history, at(t)).unwrap();
    let alive = model.p_alive(history);
    assert!((0.0..=1.0).contains(&alive) && model.ln_likelihood(history).is_finite(), "{alive}");
    assert_eq!(expected(0.0), 0.0);
    let (half, whole) = (expected(horizon / 2.0), expected(horizon));
    assert!(half >= 0.0 && whole >= half && whole <= 2.0 * half * (1.0 + 1e-9), "{half} {whole}");
    close(model.p_alive_at(history, at(0.0)).unwrap(), alive, 1e-12);
    let later = model.p_alive_at(history, at(horizon)).unwrap();
    assert!((0.0..=alive * (1.0 + 1e-12)).contains(&later), "{later} {alive}");

    let none = model.chance_of_none(history, at(horizon)).unwrap();
    assert!(none >= 1.0 - alive - 1e-12 && none <= 1.0 && 1.0 - none <= whole + 1e-12, "{none} {alive}");
    close(model.chance_of_none(history, at(0.0)).unwrap(), 1.0, 1e-12);

    // what is to come is worth less the more it is discounted, and more than what comes within a while
    let discounted = |rate| model.discounted_residual_purchases(history, rate).unwrap();
    let (patient, hasty) = (discounted(0.01), discounted(0.02));
    assert!(hasty <= patient * (1.0 + 1e-12) && patient <= 2.0 * hasty * (1.0 + 1e-12));
    assert!(patient * (1.0 + 1e-9) >= whole * (-0.01 * horizon).exp(), "{patient} {whole}");
    assert!(model.discounted_residual_purchases(history, 0.0).is_err());
}

/// The distribution of the number of purchases sums to 1 and has the expectation as its mean.
pub(crate) fn of_counts<M: TransactionModel>(model: &M, history: &M::History, horizon: f64, most: u32)
where
    M::Span: Countable,
{
    let chance = |k| model.chance_of_purchases(history, M::Span::from_f64(horizon), k).unwrap();
    let (mut sum, mut mean) = (0.0, 0.0);
    for count in 0..=most {
        let chance = chance(count);
        assert!((0.0..=1.0).contains(&chance), "{count}: {chance}");
        sum += chance;
        mean += f64::from(count) * chance;
    }
    close(sum, 1.0, 1e-8);
    close(mean, model.expected_purchases(history, M::Span::from_f64(horizon)).unwrap(), 1e-6);
}

/// DERT is the Stieltjes integral of the expectation it is made of; `steps` of length `step` are taken.
pub(crate) fn of_discounting<M: TransactionModel>(model: &M, discount: f64, step: f64, steps: u32)
where
    M::Span: Countable,
{
    let (_, future) = model.newcomer();
    let expected = |i: u32| future.expected_purchases_in(M::Span::from_f64(step * f64::from(i))).unwrap();
    let mut sum = 0.0;
    let mut before = 0.0;
    for i in 1..=steps {
        let now = expected(i);
        sum += (now - before) * (-discount * step * (f64::from(i) - 0.5)).exp();
        before = now;
    }
    close(sum / future.discounted_purchases(discount).unwrap(), 1.0, 1e-3);
}

/// Expectations over simulated customers: P(alive) of their histories averages to the share that is alive, and what is
/// expected of them to what newcomers do in between; their futures, drawn from their histories, agree with both.
pub(crate) fn of_simulation<M: TransactionModel>(model: &M, age: f64, horizon: f64, customers: u32)
where
    M::Span: Countable,
{
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(17);
    let at = |t: f64| M::Span::from_f64(t);
    let (mut alive, mut expected, mut none, mut drawn, mut drawn_none) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut squares, mut count) = (0.0, 0.0);
    for _ in 0..customers {
        let history = model.sample_history(at(age), &mut rng).unwrap();
        alive += model.p_alive(&history);
        expected += model.expected_purchases(&history, at(horizon)).unwrap();
        none += model.chance_of_none(&history, at(horizon)).unwrap();
        let future = model.sample_future(&history, at(horizon), &mut rng).unwrap();
        assert!(future.iter().all(|t| t.to_f64() > 0.0 && t.to_f64() <= horizon));
        assert!(future.windows(2).all(|pair| pair[0].to_f64() <= pair[1].to_f64()));
        let purchases = future.len() as f64;
        drawn += purchases;
        squares += purchases * purchases;
        drawn_none += if future.is_empty() { 1.0 } else { 0.0 };
        count += 1.0;
    }
    let (active, newcomer) = model.newcomer();
    close(alive / count, active * newcomer.still_active(at(age)).unwrap(), 4.0 * 0.5 / count.sqrt());
    let of_newcomer = |t| model.expected_purchases_of_newcomer(at(t)).unwrap();
    let error = 4.0 * (squares / count).sqrt() / count.sqrt();
    close(expected / count, of_newcomer(age + horizon) - of_newcomer(age), error);
    close(drawn / count, expected / count, error);
    close(drawn_none / count, none / count, 4.0 * 0.5 / count.sqrt());
}

/// The gradient is how the value moves, and the second derivatives how the gradient does.
pub(crate) fn derivatives_are_those_of_the_value<const N: usize>(
    likelihood: &impl LogLikelihood<N>,
    at: [f64; N],
) {
    let (_, gradient, hessian) = likelihood.second(&at);
    for i in 0..N {
        let moved = |by: f64| {
            let mut at = at;
            at[i] += by;
            likelihood.first(&at)
        };
        let (up, down) = (moved(1e-5), moved(-1e-5));
        close((up.0 - down.0) / 2e-5, gradient[i], 1e-6 * (10.0 + gradient[i].abs()));
        for (j, second) in hessian[i].into_iter().enumerate() {
            close((up.1[j] - down.1[j]) / 2e-5, second, 1e-6 * (10.0 + second.abs()));
        }
    }
}

/// P(alive) and expected purchases in 26 time units against what became of simulated customers, by repeat purchases.
pub(crate) fn comes_true<M>(model: &M, lives: &[Life])
where
    M: TransactionModel<History = PurchaseHistory, Span = f64>,
{
    for repeats in 0..4 {
        let group = || lives.iter().filter(|life| life.history.frequency() == repeats);
        let n = group().count() as f64;
        let share = group().filter(|life| life.is_alive).count() as f64 / n;
        let expected: f64 = group().map(|life| model.p_alive(&life.history)).sum();
        close(expected / n, share, 2.0 / n.sqrt());
        let future: f64 = group().map(|life| f64::from(life.future_purchases)).sum();
        let answer = |life: &Life| model.expected_purchases(&life.history, 26.0).unwrap();
        close(group().map(answer).sum::<f64>() / n, future / n, 10.0 / n.sqrt());
    }
}

pub(crate) fn close(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "got {got}, expected {expected} ± {tolerance}");
}

/// Lives in continuous time, rounded up to whole days: what of a day's purchases comes after the first is not counted.
pub(crate) fn on_the_day_grid(lives: &[patron_synth::Life]) -> patron_columns::HistoryHistogram {
    patron_columns::HistoryHistogram::of(lives.iter().map(|life| {
        let (_, t_x, t_cal) = life.history.symbols();
        let recency = (t_x * 7.0).ceil() as u32;
        patron_domain::DayHistory {
            frequency: life.history.frequency().min(recency),
            recency,
            customer_age: ((t_cal * 7.0).round() as u32).max(recency),
        }
    }))
}
