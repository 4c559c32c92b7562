//! A shop of any size, customer by customer, in the memory of a few batches.

use std::collections::VecDeque;

use patron_domain::{CustomerRow, ProductRow, SaleBatch};
use rayon::prelude::*;

use crate::aside::{Aside, Sorter};
use crate::batches::{BATCH_LINES, Coder};
use crate::orders::{Order, OrderLine, Origin};
use crate::shop::{guests, sort};
use crate::truth::{CustomerTruth, Truth};
use crate::world::World;
use crate::{Scenario, SynthError};

/// Customers, or guests, made at a time.
const WINDOW: u64 = 1_024;

/// The raw log of a shop in batches of 16,384 lines, one customer's orders after the other's; see [`stream`].
pub struct Stream<'a> {
    world: World<'a>,
    coder: Coder,
    truth: Truth,
    keeps_customers: bool,
    /// Orders made and not yet written; of the first one, the next line.
    made: VecDeque<Order>,
    line: usize,
    /// Customers made, then guests.
    customers: u64,
    guests: u64,
    /// Orders that customers have placed.
    placed: u64,
}

/// Makes the shop of a scenario and a seed as a stream, on the threads of the current rayon pool.
///
/// The lines are those of [`crate::generate`], down to the last one, in another order: customer by customer, each in
/// order of time, then the guests; orders are numbered in that order. Customers have the codes 0, 1, 2 …. Nothing
/// depends on the number of threads. What is held is a window of a thousand customers and the batch, so that a hundred
/// million lines take no more memory than a hundred thousand.
///
/// # Errors
/// [`SynthError`] with the field of the scenario that is impossible; [`SynthError::TooManyLines`] for more orders than
/// the four thousand million that codes can tell apart.
///
/// ```
/// use patron_synth::{Scenario, stream};
///
/// let scenario = Scenario { customers: 200, ..Scenario::demo() };
/// let mut stream = stream(&scenario, 7)?;
/// let lines: usize = stream.by_ref().map(|batch| batch.len()).sum();
/// assert_eq!(stream.into_truth().totals.lines, lines as u64);
/// # Ok::<(), patron_synth::SynthError>(())
/// ```
pub fn stream(scenario: &Scenario, seed: u64) -> Result<Stream<'_>, SynthError> {
    let world = World::new(scenario, seed)?;
    let weeks = f64::from(scenario.days()) / 7.0;
    let orders = f64::from(scenario.customers) * (1.0 + scenario.buying.mean_rate() * weeks);
    let limit = u32::MAX / 4;
    if orders > f64::from(limit) {
        let expected = orders * scenario.lines_per_order;
        return Err(SynthError::TooManyLines { expected, limit: u64::from(limit) });
    }
    Ok(Stream {
        coder: Coder::of_catalogue(scenario, &world.catalogue.products),
        truth: Truth::new(scenario, seed, &world.catalogue),
        world,
        keeps_customers: false,
        made: VecDeque::new(),
        line: 0,
        customers: 0,
        guests: 0,
        placed: 0,
    })
}

/// The shop's own customer list: every attribute, consistent with the customer's country; a pure function of
/// scenario, seed and customer, in the order of the customers.
///
/// # Errors
/// As [`stream`].
pub fn customer_rows(
    scenario: &Scenario,
    seed: u64,
) -> Result<impl Iterator<Item = CustomerRow> + '_, SynthError> {
    let world = World::new(scenario, seed)?;
    Ok((0..scenario.customers).map(move |customer| world.customer_row(customer)))
}

/// The shop's own product list: category (`department > kind`), producer country, list price, unit cost, first and
/// last day on sale; in the order of the catalogue.
///
/// # Errors
/// As [`stream`].
pub fn product_rows(scenario: &Scenario, seed: u64) -> Result<Vec<ProductRow>, SynthError> {
    Ok(World::new(scenario, seed)?.catalogue.rows().collect())
}

impl Stream<'_> {
    /// Keeps the true state of every customer for [`Stream::into_truth`]: about 200 bytes each.
    #[must_use]
    pub fn keeping_customers(mut self) -> Self {
        self.keeps_customers = true;
        self
    }

    /// Leaves out what a careful import would: lines that repeat the one before, and prices of zero or less.
    /// [`Stream::take_aside`] says which. Line numbers stay those of the raw log.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        self.coder.sorter = Some(Sorter::default());
        self
    }

    /// What was left out of the batches since it was last asked for, and what their cancellations take back; nothing
    /// unless the log is [`cleaned`](Stream::cleaned).
    pub fn take_aside(&mut self) -> Aside {
        self.coder.take_aside()
    }

    /// Customers whose orders have been made; the batches are some thousand lines behind.
    pub fn customers_made(&self) -> u64 {
        self.customers
    }

    /// What is true of what has been written so far.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// What is true of what has been written so far; of the whole shop once there are no more batches.
    pub fn into_truth(self) -> Truth {
        self.truth
    }

    /// The next order that has not been written; `None` after the last one.
    pub(crate) fn next_order(&mut self) -> Option<Order> {
        loop {
            if let Some(order) = self.made.pop_front() {
                return Some(order);
            }
            if !self.refill() {
                return None;
            }
        }
    }

    /// Code and description of what a line sells.
    pub(crate) fn article(&self, line: &OrderLine) -> (&str, &str) {
        if let Origin::Service(service) = line.origin {
            return service.code();
        }
        let product = self.world.catalogue.products.get(line.line.product as usize);
        product.map_or(("", ""), |product| (&product.sku, &product.description))
    }

    /// The name of a country.
    pub(crate) fn country(&self, country: u32) -> &str {
        self.world.scenario.countries.get(country as usize).map_or("", |country| &country.name)
    }

    /// Makes more orders; there are none left when it returns false.
    fn refill(&mut self) -> bool {
        let all = u64::from(self.truth.scenario.customers);
        let world = &self.world;
        if self.customers < all {
            let window = self.customers..all.min(self.customers + WINDOW);
            self.customers = window.end;
            let lives: Vec<(CustomerTruth, Vec<Order>)> = window
                .into_par_iter()
                .map(|customer| {
                    let (life, mut orders) = world.customer(customer as u32);
                    sort(&mut orders);
                    (life, orders)
                })
                .collect();
            for (life, orders) in lives {
                self.placed += u64::from(life.orders);
                self.truth.add_contacts(&life);
                if self.keeps_customers {
                    self.truth.customers.push(life);
                }
                self.take(orders);
            }
            return true;
        }
        let all = guests(&self.truth.scenario, self.placed);
        let window = self.guests..all.min(self.guests + WINDOW);
        if window.is_empty() {
            return false;
        }
        self.guests = window.end;
        let orders: Vec<Vec<Order>> = window.into_par_iter().map(|guest| world.guest(guest)).collect();
        orders.into_iter().for_each(|orders| self.take(orders));
        true
    }

    fn take(&mut self, orders: Vec<Order>) {
        orders.iter().for_each(|order| self.truth.add_order(order));
        self.made.extend(orders);
    }
}

impl Iterator for Stream<'_> {
    type Item = SaleBatch;

    fn next(&mut self) -> Option<SaleBatch> {
        let mut batch = self.coder.begin();
        while batch.len() < BATCH_LINES {
            let Some(order) = self.made.front() else {
                if self.refill() {
                    continue;
                }
                break;
            };
            self.line = self.coder.push(&mut batch, order, self.line);
            if self.line == order.lines.len() {
                self.line = 0;
                self.made.pop_front();
            }
        }
        (!batch.is_empty()).then_some(batch)
    }
}
