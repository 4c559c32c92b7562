//! A shop: the raw log in time order, and the truth behind it.

use patron_domain::{LineKind, Money, NO_CODE, SaleBatch, Timestamp};

use crate::batches::Batches;
use crate::orders::{Order, OrderLine, Origin, World, customer_id};
use crate::truth::{CustomerTruth, PlantedDirt, ProductTruth, Totals, Truth};
use crate::{Scenario, SynthError};

/// Lines a shop can hold, at about 60 bytes each.
const MAX_LINES: u64 = 20_000_000;
/// So many customers tell how large a shop will be.
const PILOT: u64 = 1_000;
/// The number of the first order.
const FIRST_ORDER: u64 = 500_001;

/// A synthetic shop.
#[derive(Clone, Debug)]
pub struct Shop {
    /// What is true of it.
    pub truth: Truth,
    orders: Vec<Order>,
}

/// A line of the shop's raw log with its texts: the columns of an export in the manner of Online Retail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// Order number; a cancellation's begins with `C`.
    pub order: &'a str,
    /// Stock code; five digits and perhaps a letter for products, `POST` or `DOT` for services.
    pub sku: &'a str,
    /// Description, in capitals.
    pub description: &'a str,
    /// Units; negative in a cancellation.
    pub quantity: i32,
    /// Whole minutes, in seconds on the shop's wall clock.
    pub timestamp: Timestamp,
    /// Whole cents.
    pub unit_price: Money,
    /// Unit price × quantity, exactly.
    pub amount: Money,
    /// Customer id, where there is one.
    pub customer: Option<&'a str>,
    /// Country.
    pub country: &'a str,
    /// Sale (zero prices included), return (cancellations) or service.
    pub kind: LineKind,
}

/// Makes the shop of a scenario and a seed.
///
/// The same scenario and seed give the same shop to the last byte: nothing depends on clock, threads or the order
/// in which customers are made. Every customer, order and product has a generator of its own ([`crate::SeedTree`]), so
/// with more customers, or another rate of dirt, the customers and baskets that were there stay as they were.
///
/// # How it comes about
/// Customers arrive along season, week rhythm and growth. From the first order on they live as BG/NBD customers in
/// *weeks of activity*, a time that runs faster in season and slower on weekends and is laid onto the calendar
/// at the end (the time-change theorem), so that a scenario without factors of country and product is exactly
/// BG/NBD in that time. Each order has a value from gamma-gamma and is filled with products until their sum
/// is as near to it as whole units allow: within half the price of the cheapest product in it, never less than one
/// unit. Dirt is added last and changes none of this.
///
/// # Errors
/// [`SynthError`] with the field of the scenario that is impossible; [`SynthError::TooManyLines`] when the shop,
/// which is held in memory, is about to pass twenty million lines.
pub fn generate(scenario: &Scenario, seed: u64) -> Result<Shop, SynthError> {
    let world = World::new(scenario, seed)?;
    let (mut customers, mut orders) = (Vec::new(), Vec::new());
    let mut size = Size { before: 0, lines: 0, made: 0, of: u64::from(scenario.customers) };
    for customer in 0..scenario.customers {
        let (truth, placed) = world.customer(customer);
        size.grow(&placed)?;
        customers.push(truth);
        orders.extend(placed);
    }
    let guests = guests(scenario, &customers);
    size = Size { before: size.lines, lines: 0, made: 0, of: guests };
    for guest in 0..guests {
        let placed = world.guest(guest);
        size.grow(&placed)?;
        orders.extend(placed);
    }
    // Stable: what falls into one minute stays in the order of customers, purchases before cancellations.
    orders.sort_by_key(|order| (order.timestamp, order.is_cancellation));
    let products = world.catalogue.products.iter().map(|product| ProductTruth {
        sku: product.sku.clone(),
        description: product.description.clone(),
        price: product.price,
        role: product.role,
        rank: product.rank,
    });
    let truth = Truth {
        scenario: scenario.clone(),
        seed,
        customers,
        products: products.collect(),
        planted: PlantedDirt::count(&orders),
        totals: Totals::sum(&orders),
    };
    Ok(Shop { truth, orders })
}

impl Shop {
    /// The raw log in batches of 16,384 lines, in time order; may be called again and gives the same.
    ///
    /// Codes count from 0 in order of appearance, `line` counts from 2 (the header is line 1), `discount` is
    /// zero, orders have no payment method.
    pub fn batches(&self) -> impl Iterator<Item = SaleBatch> + '_ {
        Batches::new(self)
    }

    /// Calls `visit` with every line of the raw log, in time order.
    ///
    /// # Errors
    /// The first error of `visit`, such as a full disk; nothing is visited after it.
    pub fn try_for_each_line<E>(
        &self,
        mut visit: impl FnMut(&LogLine<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (index, order) in self.orders.iter().enumerate() {
            let number = order_number(index, order);
            let customer = (order.customer != NO_CODE).then(|| customer_id(order.customer));
            for line in &order.lines {
                let (sku, description) = self.article(line);
                visit(&LogLine {
                    order: &number,
                    sku,
                    description,
                    quantity: line.line.quantity,
                    timestamp: order.timestamp,
                    unit_price: line.line.price,
                    amount: line.line.amount(),
                    customer: customer.as_deref(),
                    country: self.country(order.country),
                    kind: line.kind(),
                })?;
            }
        }
        Ok(())
    }

    /// Lines in the raw log.
    pub fn lines(&self) -> u64 {
        self.truth.totals.lines
    }

    pub(crate) fn orders(&self) -> &[Order] {
        &self.orders
    }

    pub(crate) fn article(&self, line: &OrderLine) -> (&str, &str) {
        if let Origin::Service(service) = line.origin {
            return service.code();
        }
        let product = self.truth.products.get(line.line.product as usize);
        product.map_or(("", ""), |product| (&product.sku, &product.description))
    }

    pub(crate) fn country(&self, country: u32) -> &str {
        self.truth.scenario.countries.get(country as usize).map_or("", |country| &country.name)
    }
}

/// Orders count up in time, cancellations among them.
pub(crate) fn order_number(index: usize, order: &Order) -> String {
    let prefix = if order.is_cancellation { "C" } else { "" };
    format!("{prefix}{}", FIRST_ORDER + index as u64)
}

/// So many orders of guests that they are their share of all orders placed.
fn guests(scenario: &Scenario, customers: &[CustomerTruth]) -> u64 {
    let placed: f64 = customers.iter().map(|customer| f64::from(customer.orders)).sum();
    let share = scenario.dirt.without_customer;
    (placed * share / (1.0 - share)).round() as u64
}

/// How large the shop has grown.
struct Size {
    /// Lines of those made earlier.
    before: u64,
    /// Lines of those being made now,
    lines: u64,
    /// how many of them are made
    made: u64,
    /// and how many there will be.
    of: u64,
}

impl Size {
    /// Counts the orders of one more; refuses a shop that is, or after some customers promises to be, too large.
    fn grow(&mut self, orders: &[Order]) -> Result<(), SynthError> {
        self.lines += orders.iter().map(|order| order.lines.len() as u64).sum::<u64>();
        self.made += 1;
        let scale = if self.made == PILOT { self.of as f64 / PILOT as f64 } else { 1.0 };
        let expected = self.before as f64 + self.lines as f64 * scale;
        if expected > MAX_LINES as f64 {
            return Err(SynthError::TooManyLines { expected, limit: MAX_LINES });
        }
        Ok(())
    }
}

impl OrderLine {
    pub(crate) fn kind(&self) -> LineKind {
        match self.origin {
            Origin::Sale | Origin::Duplicate | Origin::Sample => LineKind::Sale,
            Origin::Cancellation => LineKind::Return,
            Origin::Service(_) => LineKind::Service,
        }
    }
}

impl PlantedDirt {
    fn count(orders: &[Order]) -> Self {
        let mut planted = Self::default();
        for order in orders {
            let lines = order.lines.len() as u64;
            if order.is_cancellation {
                planted.cancellation_orders += 1;
                planted.cancellation_lines += lines;
            }
            if order.customer == NO_CODE {
                planted.orders_without_customer += 1;
                planted.lines_without_customer += lines;
            }
            for line in &order.lines {
                match line.origin {
                    Origin::Duplicate => planted.duplicate_lines += 1,
                    Origin::Sample => planted.zero_price_lines += 1,
                    Origin::Service(_) => planted.service_lines += 1,
                    Origin::Sale | Origin::Cancellation => {}
                }
            }
        }
        planted
    }
}

impl Totals {
    fn sum(orders: &[Order]) -> Self {
        let mut totals = Self { orders: orders.len() as u64, ..Self::default() };
        for order in orders {
            totals.lines += order.lines.len() as u64;
            totals.spend_drawn += order.value_drawn;
            for line in &order.lines {
                let sum = match line.origin {
                    Origin::Sale | Origin::Sample => &mut totals.sales,
                    Origin::Duplicate => &mut totals.duplicates,
                    Origin::Service(_) => &mut totals.services,
                    Origin::Cancellation => &mut totals.cancellations,
                };
                *sum += line.line.amount();
            }
        }
        totals
    }
}
