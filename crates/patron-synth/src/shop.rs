//! A shop: the raw log in time order, and the truth behind it.

use patron_domain::{LineKind, Money, NO_CODE, Timestamp};

use crate::batches::{Batches, FIRST_ORDER};
use crate::orders::{Order, OrderLine, Origin};
use crate::truth::Truth;
use crate::world::{World, customer_id, payment_name};
use crate::{Scenario, SynthError};

/// Lines a shop can hold, at about 60 bytes each.
const MAX_LINES: u64 = 20_000_000;
/// So many customers tell how large a shop will be.
const PILOT: u64 = 1_000;

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
    /// Order number; a cancellation's and a return's begins with `C`, a written off debt's with `A`.
    pub order: &'a str,
    /// Stock code; five digits and perhaps a letter for products, `POST`, `DOT` or `B` for services.
    pub sku: &'a str,
    /// Description, in capitals.
    pub description: &'a str,
    /// Units; negative in a cancellation.
    pub quantity: i32,
    /// Whole minutes, in seconds on the shop's wall clock.
    pub timestamp: Timestamp,
    /// As it is paid, less promotions; whole cents.
    pub unit_price: Money,
    /// Before promotions.
    pub list_price: Money,
    /// Unit price × quantity, exactly.
    pub amount: Money,
    /// Customer id, where there is one.
    pub customer: Option<&'a str>,
    /// Country.
    pub country: &'a str,
    /// How the order was paid.
    pub payment: &'a str,
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
    let mut truth = Truth::new(scenario, seed, &world.catalogue);
    let (mut orders, mut placed_in_all) = (Vec::new(), 0);
    let mut size = Size { before: 0, lines: 0, made: 0, of: u64::from(scenario.customers) };
    for customer in 0..scenario.customers {
        let (life, placed) = world.customer(customer);
        size.grow(&placed)?;
        placed_in_all += u64::from(life.orders);
        truth.add_contacts(&life);
        truth.customers.push(life);
        orders.extend(placed);
    }
    let guests = guests(scenario, placed_in_all);
    size = Size { before: size.lines, lines: 0, made: 0, of: guests };
    for guest in 0..guests {
        let placed = world.guest(guest);
        size.grow(&placed)?;
        orders.extend(placed);
    }
    sort(&mut orders);
    orders.iter().for_each(|order| truth.add_order(order));
    Ok(Shop { truth, orders })
}

/// In order of time. Stable: what falls into one minute stays in the order of customers, purchases before what takes
/// them back.
pub(crate) fn sort(orders: &mut [Order]) {
    orders.sort_by_key(|order| (order.timestamp, order.is_cancellation));
}

impl Shop {
    /// The raw log in batches of 16,384 lines, in time order; may be called again and gives the same.
    ///
    /// Codes count from 0 in order of appearance, `line` counts from 2 (the header is line 1), `discount` is what
    /// promotions take off, orders have a payment method.
    pub fn batches(&self) -> Batches<'_> {
        Batches::new(self)
    }

    /// The same without what a careful import leaves out: lines that repeat the one before, and prices of zero or
    /// less; [`Batches::take_aside`] says which. Line numbers stay those of the raw log.
    pub fn clean_batches(&self) -> Batches<'_> {
        Batches::cleaned(self)
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
            let payment = payment_name(&self.truth.scenario, order.country, order.payment);
            for line in &order.lines {
                let (sku, description) = self.article(line);
                visit(&LogLine {
                    order: &number,
                    sku,
                    description,
                    quantity: line.line.quantity,
                    timestamp: order.timestamp,
                    unit_price: line.line.price,
                    list_price: line.line.list_price,
                    amount: line.line.amount(),
                    customer: customer.as_deref(),
                    country: self.country(order.country),
                    payment,
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

/// Orders count up in time, what takes them back among them.
pub(crate) fn order_number(index: usize, order: &Order) -> String {
    format!("{}{}", order.prefix(), FIRST_ORDER + index as u64)
}

/// So many orders of guests that they are their share of all orders placed.
pub(crate) fn guests(scenario: &Scenario, placed: u64) -> u64 {
    let share = scenario.dirt.without_customer;
    (placed as f64 * share / (1.0 - share)).round() as u64
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
