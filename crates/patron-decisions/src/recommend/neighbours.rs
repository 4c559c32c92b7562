//! What the customers of a product also buy.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Purchases;

/// What item-to-item weights rest on. The defaults were chosen on origins up to 2011-06-12 of Online Retail and frozen:
/// `docs/decisions/recommendations.md`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeighbourSettings {
    /// Neighbours kept of a product: those with the largest weights.
    pub most: usize,
    /// Customers that are added to those in common before a weight counts in full; 0: none.
    pub shrinkage: f64,
    /// Power of the neighbour's buyers that a weight is divided by: .5 is the cosine, above it popular products
    /// are held back.
    pub popularity: f64,
    /// Power of the number of products of a customer that this customer's word is divided by.
    pub breadth: f64,
    /// Power of the share of a neighbour's sales that is recent: lifts what sells now.
    pub freshness: f64,
    /// The same power where products to buy again are ranked.
    pub again_freshness: f64,
    /// Days after which a sale counts half in what is recent.
    pub fresh_days: f64,
    /// Days after which what a customer bought says half as much about what comes next.
    pub memory_days: f64,
}

impl Default for NeighbourSettings {
    fn default() -> Self {
        Self {
            most: 100,
            shrinkage: 10.0,
            popularity: 0.7,
            breadth: 0.5,
            freshness: 0.5,
            again_freshness: 0.25,
            fresh_days: 30.0,
            memory_days: 180.0,
        }
    }
}

/// Somebody who buys the one buys the other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Neighbour {
    /// Code of the other product.
    pub product: u32,
    /// How much the one speaks for the other; only comparisons mean something.
    pub weight: f32,
    /// Customers with both.
    pub both: u32,
}

/// Of every product its nearest neighbours.
#[derive(Clone, Debug)]
pub struct Neighbours {
    most: usize,
    /// `most` places for each product.
    places: Vec<Neighbour>,
    counts: Vec<u32>,
}

impl Neighbours {
    /// Of all products. weight(i → j) = Σ over the customers of both, 1 ÷ (their products)^breadth, ÷ (buyers of i)^½
    /// ÷ (buyers of j)^popularity × both ÷ (both + shrinkage) × fresh(j)^freshness.
    ///
    /// Cosine of implicit feedback with each customer's word weighed by breadth as in Deshpande & Karypis (2004), ACM
    /// Trans. Inf. Syst. 22. Equal weights: the smaller code first. Parallel over products, the same on any number of
    /// threads; work grows with the sum over the customers of the square of their products, memory with products ×
    /// `most`.
    pub fn of(purchases: &Purchases, settings: &NeighbourSettings) -> Self {
        let buyers = purchases.buyers();
        let fresh = freshness(purchases, &buyers, settings.fresh_days);
        let discount: Vec<f64> = buyers
            .iter()
            .zip(&fresh)
            .map(|(&n, fresh)| fresh.powf(settings.freshness) / f64::from(n.max(1)).powf(settings.popularity))
            .collect();
        let (starts, customers) = purchases.by_product();
        let products = purchases.products();
        let most = settings.most;
        let mut places = vec![Neighbour::default(); products * most];
        let mut counts = vec![0_u32; products];
        let row = |work: &mut Row, (product, (places, count)): (usize, (&mut [Neighbour], &mut u32))| {
            work.add(purchases, &customers[starts[product]..starts[product + 1]], settings.breadth);
            let own = 1.0 / f64::from(buyers[product].max(1)).sqrt();
            *count = work.take(product as u32, places, |other, both, sum| {
                f64::from(sum) * own * discount[other as usize] * shrunk(both, settings.shrinkage)
            });
        };
        places
            .par_chunks_mut(most.max(1))
            .zip(counts.par_iter_mut())
            .enumerate()
            .with_min_len(8)
            .for_each_init(|| Row::new(products), row);
        Self { most, places, counts }
    }

    /// Largest weight first; empty for a product that nobody buys with another.
    pub fn of_product(&self, product: u32) -> &[Neighbour] {
        let Some(&count) = self.counts.get(product as usize) else { return &[] };
        let from = product as usize * self.most;
        &self.places[from..from + count as usize]
    }
}

fn shrunk(both: u32, shrinkage: f64) -> f64 {
    f64::from(both) / (f64::from(both) + shrinkage)
}

/// By product ((customers, each counted by how recent their last purchase is) + 1) ÷ (customers + 5).
pub(super) fn freshness(purchases: &Purchases, buyers: &[u32], fresh_days: f64) -> Vec<f64> {
    let mut recent = vec![0.0; buyers.len()];
    for customer in 0..purchases.customers() as u32 {
        for row in purchases.of(customer) {
            recent[row.product as usize] += 0.5_f64.powf(purchases.since_last(row) / fresh_days);
        }
    }
    let share = |(recent, &buyers): (&f64, &u32)| (recent + 1.0) / (f64::from(buyers) + 5.0);
    recent.iter().zip(buyers).map(share).collect()
}

/// What is counted for one product.
struct Row {
    both: Vec<u32>,
    sums: Vec<f32>,
    touched: Vec<u32>,
    found: Vec<Neighbour>,
}

impl Row {
    fn new(products: usize) -> Self {
        Self { both: vec![0; products], sums: vec![0.0; products], touched: Vec::new(), found: Vec::new() }
    }

    fn add(&mut self, purchases: &Purchases, customers: &[u32], breadth: f64) {
        for &customer in customers {
            let own = purchases.of(customer);
            let word = (1.0 / (own.len() as f64).powf(breadth)) as f32;
            for row in own {
                let other = row.product as usize;
                if self.both[other] == 0 {
                    self.touched.push(row.product);
                }
                self.both[other] += 1;
                self.sums[other] += word;
            }
        }
    }

    /// Writes the nearest into `places`, clears the counts and says how many there are.
    fn take(&mut self, product: u32, places: &mut [Neighbour], weight: impl Fn(u32, u32, f32) -> f64) -> u32 {
        self.found.clear();
        for &other in &self.touched {
            let (both, sum) = (self.both[other as usize], self.sums[other as usize]);
            if other != product {
                let weight = weight(other, both, sum) as f32;
                self.found.push(Neighbour { product: other, weight, both });
            }
            self.both[other as usize] = 0;
            self.sums[other as usize] = 0.0;
        }
        self.touched.clear();
        let order =
            |a: &Neighbour, b: &Neighbour| b.weight.total_cmp(&a.weight).then(a.product.cmp(&b.product));
        let count = places.len().min(self.found.len());
        if count == 0 {
            return 0;
        }
        if count < self.found.len() {
            self.found.select_nth_unstable_by(count - 1, order);
        }
        self.found[..count].sort_unstable_by(order);
        places[..count].copy_from_slice(&self.found[..count]);
        count as u32
    }
}
