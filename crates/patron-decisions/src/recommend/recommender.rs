//! What to put in front of each customer.

use patron_domain::Day;
use rayon::prelude::*;
use serde::Serialize;

use super::neighbours::freshness;
use super::{NeighbourSettings, Neighbours, Purchases, RepeatWaits};

/// Customers that are answered at once, so that memory does not grow with the shop.
const CHUNK: usize = 1 << 14;

/// Why a product the customer never bought is recommended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum WhyNew {
    /// Who buys one of the customer's products buys this one so many times as often as everybody does.
    BoughtTogether {
        /// Code of the customer's product that speaks most for it.
        bought: u32,
        /// Customers with both.
        both: u32,
        /// (both ÷ buyers of the customer's product) ÷ (buyers of this ÷ all customers).
        times_as_often: f64,
    },
    /// Nothing the customer bought says more: it is what most people buy.
    Popular {
        /// Its customers.
        buyers: u32,
    },
}

/// A product that is new to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NewToCustomer {
    /// Product code.
    pub product: u32,
    /// What it is ranked by; only comparisons mean something. 0 where it is there for being popular.
    pub score: f64,
    /// In words: "bought X, who buys X buys this 3.2 times as often".
    #[serde(flatten)]
    pub why: WhyNew,
}

/// A product that the customer may want again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BuyAgain {
    /// Product code.
    pub product: u32,
    /// Days on which the customer bought it.
    pub times: u32,
    /// The last of them.
    pub last: Day,
    /// Days from one purchase to the next: the customer's own, pooled with those of the product's other buyers.
    /// Products are ranked by it, shortest first, what sells less than it did a little behind.
    pub every_days: f64,
    /// The usual wait among all buyers of the product, in days.
    pub usual_days: f64,
    /// `last` and `every_days` together; `None` beyond 10 years.
    pub due_on: Option<Day>,
    /// Whether that day has come by the as-of date.
    pub is_due: bool,
}

/// Both kinds for one customer, kept apart, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerRecommendations {
    /// Customer code.
    pub customer: u32,
    /// Products never bought before.
    pub new: Vec<NewToCustomer>,
    /// Products bought before.
    pub again: Vec<BuyAgain>,
}

/// What recommendations are made from: everything known at the as-of date, nothing later.
#[derive(Clone, Debug)]
pub struct Recommender {
    purchases: Purchases,
    neighbours: Neighbours,
    waits: RepeatWaits,
    buyers: Vec<u32>,
    /// Customers with any product.
    customers: u32,
    /// Products by buyers, most first; ties by code.
    popular: Vec<u32>,
    /// By product, to the power that products to buy again are ranked with.
    fresh: Vec<f64>,
    memory_days: f64,
}

impl Recommender {
    /// Learns from what was bought by the as-of date of `purchases`.
    pub fn new(purchases: Purchases, settings: &NeighbourSettings) -> Self {
        let buyers = purchases.buyers();
        let mut popular: Vec<u32> =
            (0..buyers.len() as u32).filter(|&product| buyers[product as usize] > 0).collect();
        popular.sort_by_key(|&product| (std::cmp::Reverse(buyers[product as usize]), product));
        let known = (0..purchases.customers() as u32).filter(|&code| !purchases.of(code).is_empty());
        let fresh = freshness(&purchases, &buyers, settings.fresh_days);
        Self {
            fresh: fresh.into_iter().map(|share| share.powf(settings.again_freshness)).collect(),
            neighbours: Neighbours::of(&purchases, settings),
            waits: RepeatWaits::of(&purchases),
            customers: known.count() as u32,
            buyers,
            popular,
            memory_days: settings.memory_days,
            purchases,
        }
    }

    /// What it was learnt from.
    pub fn purchases(&self) -> &Purchases {
        &self.purchases
    }

    /// What goes with what.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// Products by buyers, most first.
    pub fn popular(&self) -> &[u32] {
        &self.popular
    }

    /// Calls `visit` with at most `most` products of each kind for every customer who had bought by the as-of date, in
    /// order of the codes; customers are answered in chunks, in parallel, the same on any number of threads.
    pub fn for_each(&self, most: usize, mut visit: impl FnMut(CustomerRecommendations)) {
        let customers = self.purchases.customers();
        for from in (0..customers).step_by(CHUNK) {
            let chunk: Vec<CustomerRecommendations> = (from..customers.min(from + CHUNK))
                .into_par_iter()
                .with_min_len(64)
                .filter(|&customer| !self.purchases.of(customer as u32).is_empty())
                .map_init(
                    || Scores::new(self.buyers.len()),
                    |scores, customer| self.with(scores, customer as u32, most),
                )
                .collect();
            chunk.into_iter().for_each(&mut visit);
        }
    }

    /// The same for one customer; both lists are empty for somebody who bought nothing.
    pub fn of(&self, customer: u32, most: usize) -> CustomerRecommendations {
        if self.purchases.of(customer).is_empty() {
            return CustomerRecommendations { customer, new: Vec::new(), again: Vec::new() };
        }
        self.with(&mut Scores::new(self.buyers.len()), customer, most)
    }

    fn with(&self, scores: &mut Scores, customer: u32, most: usize) -> CustomerRecommendations {
        CustomerRecommendations {
            customer,
            new: self.new_to(scores, customer, most),
            again: self.again(customer, most),
        }
    }

    fn new_to(&self, scores: &mut Scores, customer: u32, most: usize) -> Vec<NewToCustomer> {
        let own = self.purchases.of(customer);
        for row in own {
            let told = 0.5_f64.powf(self.purchases.since_last(row) / self.memory_days) as f32;
            for neighbour in self.neighbours.of_product(row.product) {
                scores.add(neighbour.product, told * neighbour.weight, row.product, neighbour.both);
            }
        }
        own.iter().for_each(|row| scores.forget(row.product));
        let mut new: Vec<NewToCustomer> = scores
            .take(most)
            .map(|(product, best)| NewToCustomer {
                product,
                score: f64::from(best.score),
                why: self.together(product, &best),
            })
            .collect();
        let is_own = |product: u32| own.binary_search_by_key(&product, |row| row.product).is_ok();
        for &product in &self.popular {
            if new.len() >= most {
                break;
            }
            if !is_own(product) && new.iter().all(|other| other.product != product) {
                let why = WhyNew::Popular { buyers: self.buyers[product as usize] };
                new.push(NewToCustomer { product, score: 0.0, why });
            }
        }
        new
    }

    fn together(&self, product: u32, best: &Score) -> WhyNew {
        let buyers = |product: u32| f64::from(self.buyers[product as usize].max(1));
        let by_chance = buyers(best.from) * buyers(product) / f64::from(self.customers);
        WhyNew::BoughtTogether {
            bought: best.from,
            both: best.both,
            times_as_often: f64::from(best.both) / by_chance,
        }
    }

    fn again(&self, customer: u32, most: usize) -> Vec<BuyAgain> {
        let as_of = self.purchases.last_day();
        let row = |row: &super::Purchased| {
            let every_days = self.waits.own(&self.purchases, row);
            let last = self.purchases.last(row);
            let due_on = (every_days <= 3_652.0).then(|| last.plus_days(every_days.round() as i32));
            BuyAgain {
                product: row.product,
                times: u32::from(row.times),
                last,
                every_days,
                usual_days: self.waits.usual(row.product),
                due_on,
                is_due: due_on.is_some_and(|day| day <= as_of),
            }
        };
        let mut again: Vec<BuyAgain> = self.purchases.of(customer).iter().map(row).collect();
        let key = |row: &BuyAgain| row.every_days / self.fresh[row.product as usize];
        again.sort_by(|a, b| key(a).total_cmp(&key(b)).then(a.product.cmp(&b.product)));
        again.truncate(most);
        again
    }
}

/// What speaks for one product.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    score: f32,
    /// The largest single part, whose it is, and customers with both.
    part: f32,
    from: u32,
    both: u32,
}

/// Scores of all products for one customer.
struct Scores {
    of: Vec<Score>,
    touched: Vec<u32>,
    best: Vec<(u32, Score)>,
}

impl Scores {
    fn new(products: usize) -> Self {
        Self { of: vec![Score::default(); products], touched: Vec::new(), best: Vec::new() }
    }

    #[inline]
    fn add(&mut self, product: u32, part: f32, from: u32, both: u32) {
        let own = &mut self.of[product as usize];
        if own.score == 0.0 {
            self.touched.push(product);
        }
        own.score += part;
        if part > own.part {
            (own.part, own.from, own.both) = (part, from, both);
        }
    }

    fn forget(&mut self, product: u32) {
        self.of[product as usize] = Score::default();
    }

    /// The best, and no score is left behind. Equal ones: the smaller code first.
    fn take(&mut self, most: usize) -> impl Iterator<Item = (u32, Score)> {
        self.best.clear();
        for &product in &self.touched {
            let own = std::mem::take(&mut self.of[product as usize]);
            if own.score > 0.0 {
                self.best.push((product, own));
            }
        }
        self.touched.clear();
        let order = |a: &(u32, Score), b: &(u32, Score)| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0));
        let count = most.min(self.best.len());
        if count > 0 && count < self.best.len() {
            self.best.select_nth_unstable_by(count - 1, order);
        }
        self.best[..count].sort_unstable_by(order);
        self.best[..count].iter().copied()
    }
}
