//! A shop: the raw log in time order, and the truth behind it.

use patron_domain::{LineKind, Money, NO_CODE, SaleBatch, Timestamp};

use crate::batches::Batches;
use crate::orders::{Order, OrderLine, Origin, World, customer_id};
use crate::truth::{CustomerTruth, PlantedDirt, ProductTruth, Totals, Truth};
use crate::{Scenario, SynthError};

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
/// [`SynthError`] with the field of the scenario that is impossible.
pub fn generate(scenario: &Scenario, seed: u64) -> Result<Shop, SynthError> {
    let world = World::new(scenario, seed)?;
    let (mut customers, mut orders) = (Vec::new(), Vec::new());
    for customer in 0..scenario.customers {
        let (truth, placed) = world.customer(customer);
        customers.push(truth);
        orders.extend(placed);
    }
    (0..guests(scenario, &customers)).for_each(|guest| orders.extend(world.guest(guest)));
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
