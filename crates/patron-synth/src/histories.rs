//! Purchase histories and mean spends alone, without a shop around them: for recovery tests and benchmarks.

use patron_domain::{DayHistory, PurchaseHistory};
use rand::RngExt;

use crate::SynthError;
use crate::behaviour::{BuyerPopulation, SpenderPopulation};
use crate::chance::GammaShape;
use crate::pace::Pace;
use crate::scenario::check::within;
use crate::scenario::{BgNbdParams, Buying, GammaGammaParams};
use crate::seed::{SeedTree, SynthRng};

/// How old customers are (T), in weeks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CustomerAge {
    /// All the same.
    Fixed(f64),
    /// Evenly spread over an interval.
    Uniform {
        /// Youngest.
        from: f64,
        /// Oldest.
        to: f64,
    },
}

/// Simulates `customers` BG/NBD histories in continuous time; time unit weeks, in order of the customers.
///
/// Purchases are not merged by day and the first purchase is time 0, exactly as the model has it. Customer i has
/// a generator of their own: the first n of a longer simulation are those of a shorter one.
///
/// # Errors
/// [`SynthError::OutOfRange`] for parameters or ages that are impossible (ages: 0 to a million weeks).
///
/// ```
/// use patron_synth::{BgNbdParams, CustomerAge, simulate_histories};
///
/// let cdnow = BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
/// let histories = simulate_histories(&cdnow, 1_000, CustomerAge::Uniform { from: 27.0, to: 39.0 }, 7)?;
/// let (x, t_x, t_cal) = histories[0].symbols();
/// assert!(x >= 0.0 && t_x <= t_cal && (27.0..=39.0).contains(&t_cal));
/// # Ok::<(), patron_synth::SynthError>(())
/// ```
pub fn simulate_histories(
    params: &BgNbdParams,
    customers: usize,
    age: CustomerAge,
    seed: u64,
) -> Result<Vec<PurchaseHistory>, SynthError> {
    let lives = simulate_lives(&Buying::BgNbd(*params), 1.0, customers, age, 0.0, seed)?;
    Ok(lives.into_iter().map(|life| life.history).collect())
}

/// A simulated customer: what a model may see, and what it should find out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life {
    /// Purchases up to the customer's age, in weeks, not merged by day.
    pub history: PurchaseHistory,
    /// λ: purchases per week while alive.
    pub purchase_rate: f64,
    /// p of BG/NBD and MBG/NBD, or μ per week of Pareto/NBD.
    pub dropout: f64,
    /// Whether the customer has not stopped by their age.
    pub is_alive: bool,
    /// Purchases in the weeks after their age that were asked for.
    pub future_purchases: u32,
}

/// Simulates `customers` lives under any process in continuous time, and on for `future` weeks after the age of each;
/// time unit weeks, in order of the customers.
///
/// `regularity` is the k of gamma waits with the mean 1 ÷ λ (1: exponential, as the processes have it). Customer i has a
/// generator of their own: the first n of a longer simulation are those of a shorter one, and under BG/NBD the
/// histories are those of [`simulate_histories`].
///
/// # Errors
/// [`SynthError::OutOfRange`] for parameters, ages, a regularity or a future that are impossible.
///
/// ```
/// use patron_synth::{Buying, CustomerAge, ParetoNbdParams, simulate_lives};
///
/// let cdnow = Buying::ParetoNbd(ParetoNbdParams { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 });
/// let lives = simulate_lives(&cdnow, 1.0, 1_000, CustomerAge::Fixed(39.0), 39.0, 7)?;
/// assert!(lives.iter().all(|life| life.is_alive || life.future_purchases == 0));
/// # Ok::<(), patron_synth::SynthError>(())
/// ```
pub fn simulate_lives(
    buying: &Buying,
    regularity: f64,
    customers: usize,
    age: CustomerAge,
    future: f64,
    seed: u64,
) -> Result<Vec<Life>, SynthError> {
    within("future", future, 0.0..=1e6, "between 0 and a million weeks")?;
    within("regularity", regularity, 0.05..=1_000.0, "between 0.05 and 1000")?;
    let simulation = Simulation::new(buying, regularity, age, future, seed)?;
    let life = |id| {
        let mut rng = simulation.rng(id);
        let customer_age = age.draw(&mut rng);
        let buyer = simulation.population.draw(&mut rng);
        let (mut frequency, mut recency, mut future_purchases) = (0, 0.0, 0);
        let stopped = buyer.live(&mut rng, &Pace::default(), customer_age + future, |time| {
            if time > customer_age {
                future_purchases += 1;
            } else {
                frequency += 1;
                recency = time;
            }
        });
        Ok(Life {
            history: PurchaseHistory::new(frequency, recency, customer_age)?,
            purchase_rate: buyer.rate,
            dropout: buyer.dropout.value(),
            is_alive: stopped.is_none_or(|time| time > customer_age),
            future_purchases,
        })
    };
    (0..customers).map(life).collect()
}

/// The same customers as [`simulate_histories`] as a shop's calendar shows them, in whole days.
///
/// The first purchase falls at an even chance on any moment of its day; purchases of one day are one purchase,
/// and what follows on the first day is no repeat. The age is rounded down to whole days, the last of which is
/// complete. Grids blur heavy buyers: parameters fitted to these differ from the true ones by more than chance.
///
/// # Errors
/// As [`simulate_histories`].
pub fn simulate_day_histories(
    params: &BgNbdParams,
    customers: usize,
    age: CustomerAge,
    seed: u64,
) -> Result<Vec<DayHistory>, SynthError> {
    let simulation = Simulation::new(&Buying::BgNbd(*params), 1.0, age, 0.0, seed)?;
    let history = |id| {
        let mut rng = simulation.rng(id);
        let customer_age = (age.draw(&mut rng) * 7.0).floor();
        let buyer = simulation.population.draw(&mut rng);
        let moment: f64 = simulation.seed.child("first day", id as u64).random();
        let (mut frequency, mut recency) = (0, 0);
        buyer.live(&mut rng, &Pace::default(), (customer_age + 1.0 - moment) / 7.0, |time| {
            let day = (time * 7.0 + moment).min(customer_age) as u32;
            frequency += u32::from(day > recency);
            recency = recency.max(day);
        });
        DayHistory { frequency, recency, customer_age: customer_age as u32 }
    };
    Ok((0..customers).map(history).collect())
}

/// Simulates the mean spend over `frequencies` repeat purchases under gamma-gamma, in currency units.
///
/// Returns (x, z̄) in the order given; customers with x = 0 have no mean spend and are left out.
///
/// # Errors
/// [`SynthError::OutOfRange`] for parameters that are impossible.
pub fn simulate_spend(
    params: &GammaGammaParams,
    frequencies: &[u32],
    seed: u64,
) -> Result<Vec<(u32, f64)>, SynthError> {
    let population = SpenderPopulation::new(params)?;
    let seed = SeedTree::new(seed);
    let buyers = frequencies.iter().enumerate().filter(|&(_, &frequency)| frequency > 0);
    let mean_spend = |(id, &frequency): (usize, &u32)| {
        let mut rng = seed.child("spend", id as u64);
        let count = f64::from(frequency);
        let shape = GammaShape::new("spend.p", params.p * count)?;
        Ok((frequency, population.draw(&mut rng).mean_of(&mut rng, shape, count)))
    };
    buyers.map(mean_spend).collect()
}

impl CustomerAge {
    fn check(self) -> Result<(), SynthError> {
        let rule = "between 0 and a million weeks, and not above the oldest";
        match self {
            Self::Fixed(age) => within("age", age, 0.0..=1e6, rule),
            Self::Uniform { from, to } => {
                within("age.to", to, 0.0..=1e6, rule)?;
                within("age.from", from, 0.0..=to, rule)
            }
        }
    }

    fn longest(self) -> f64 {
        match self {
            Self::Fixed(age) => age,
            Self::Uniform { to, .. } => to,
        }
    }

    /// Always one draw.
    fn draw(self, rng: &mut SynthRng) -> f64 {
        let uniform: f64 = rng.random();
        match self {
            Self::Fixed(age) => age,
            Self::Uniform { from, to } => from + (to - from) * uniform,
        }
    }
}

/// What the simulations share.
struct Simulation {
    population: BuyerPopulation,
    seed: SeedTree,
}

impl Simulation {
    fn new(
        buying: &Buying,
        regularity: f64,
        age: CustomerAge,
        future: f64,
        seed: u64,
    ) -> Result<Self, SynthError> {
        age.check()?;
        let population = BuyerPopulation::new(buying, regularity)?;
        let purchases = buying.mean_rate() * (age.longest() + future);
        within(
            "age",
            purchases,
            0.0..=1e6,
            "short enough for at most a million expected purchases a customer",
        )?;
        Ok(Self { population, seed: SeedTree::new(seed) })
    }

    fn rng(&self, id: usize) -> SynthRng {
        self.seed.child("buying", id as u64)
    }
}

#[cfg(test)]
mod tests;
