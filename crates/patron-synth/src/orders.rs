//! Customers and their orders: pure functions of scenario, seed and id.

use patron_domain::{Money, Month, NO_CODE, Timestamp};
use rand::RngExt;

use crate::SynthError;
use crate::basket::{BasketLine, Wish, another, basket, part_of};
use crate::behaviour::{Buyer, BuyerPopulation, Spender, SpenderPopulation};
use crate::catalogue::Catalogue;
use crate::chance::{Weighted, happens, unit_wait};
use crate::clock::ActivityClock;
use crate::scenario::Scenario;
use crate::seed::{SeedTree, SynthRng};
use crate::truth::CustomerTruth;

/// Mean weeks of activity between an order and its cancellation: a day and a half.
const CANCELLED_AFTER: f64 = 1.5 / 7.0;
/// Share of the cancellations that take back the whole order.
const WHOLE_ORDER: f64 = 0.25;
/// Share of the other cancellations that take back only some units of the line.
const SOME_UNITS: f64 = 0.3;

/// What a line stands in the log for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Sale,
    Duplicate,
    Sample,
    Service(Service),
    Cancellation,
}

/// What is charged beside the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Postage,
    DotcomPostage,
}

impl Service {
    pub(crate) const fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Postage => ("POST", "POSTAGE"),
            Self::DotcomPostage => ("DOT", "DOTCOM POSTAGE"),
        }
    }
}

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OrderLine {
    pub(crate) line: BasketLine,
    pub(crate) origin: Origin,
}

/// An order, or the cancellation of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) timestamp: Timestamp,
    /// [`NO_CODE`] for a guest.
    pub(crate) customer: u32,
    pub(crate) country: u32,
    pub(crate) is_cancellation: bool,
    pub(crate) lines: Vec<OrderLine>,
    /// The value the spend model drew; 0 for a cancellation.
    pub(crate) value_drawn: f64,
}

/// All that a checked scenario and a seed determine before the first customer comes in.
pub(crate) struct World<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) catalogue: Catalogue,
    seed: SeedTree,
    buying: ActivityClock,
    arrivals: ActivityClock,
    buyers: BuyerPopulation,
    spenders: SpenderPopulation,
    countries: Weighted,
}

/// Who orders: the same for all orders of a customer.
#[derive(Clone, Copy)]
struct Person {
    customer: u32,
    country: u32,
    spender: Spender,
    seed: SeedTree,
}

impl<'a> World<'a> {
    pub(crate) fn new(scenario: &'a Scenario, seed: u64) -> Result<Self, SynthError> {
        scenario.check()?;
        let seed = SeedTree::new(seed);
        Ok(Self {
            scenario,
            catalogue: Catalogue::new(scenario, seed),
            seed,
            buying: ActivityClock::of_buying(scenario),
            arrivals: ActivityClock::of_arrivals(scenario),
            buyers: BuyerPopulation::new(&scenario.buying)?,
            spenders: SpenderPopulation::new(&scenario.spend)?,
            countries: Weighted::new(scenario.countries.iter().map(|country| country.share)),
        })
    }

    /// The life of customer number `customer` and all orders of it, in order of time but for cancellations, which
    /// follow what they cancel.
    pub(crate) fn customer(&self, customer: u32) -> (CustomerTruth, Vec<Order>) {
        let seed = self.seed.branch("customer", u64::from(customer));
        let person = self.person(customer, seed);
        let first = self.arrival(seed);
        let mut orders = Vec::new();
        self.place(&person, first, 0, None, &mut orders);
        let brings_back = orders
            .iter()
            .flat_map(|order: &Order| &order.lines)
            .find(|line| line.origin == Origin::Sale && self.catalogue.brings_back(line.line.product));
        let brought_back_by = brings_back.map(|line| line.line.product);

        let mut rng = seed.child("buying", 0);
        let drawn = self.buyers.draw(&mut rng);
        let buyer = Buyer { rate: drawn.rate * self.rate_factor(&person, brought_back_by), ..drawn };
        let begun = self.buying.weeks(first);
        let mut placed = 1;
        let alive_at_end = buyer.live(&mut rng, self.buying.total() - begun, |weeks| {
            let moment = self.buying.moment(begun + weeks);
            self.place(&person, moment, placed, brought_back_by, &mut orders);
            placed += 1;
        });
        let country = self.scenario.countries.get(person.country as usize);
        let sku =
            |product: u32| self.catalogue.products.get(product as usize).map(|product| product.sku.clone());
        let truth = CustomerTruth {
            id: customer_id(customer),
            country: country.map(|country| country.name.clone()).unwrap_or_default(),
            first_order: self.buying.day(first),
            orders: placed,
            purchase_rate: buyer.rate,
            dropout: buyer.dropout,
            alive_at_end,
            mean_spend: person.spender.mean_spend,
            brought_back_by: brought_back_by.and_then(sku),
        };
        (truth, orders)
    }

    /// An order of someone who leaves no id, and its cancellation if there is one.
    pub(crate) fn guest(&self, guest: u64) -> Vec<Order> {
        let seed = self.seed.branch("guest", guest);
        let mut orders = Vec::new();
        self.place(&self.person(NO_CODE, seed), self.arrival(seed), 0, None, &mut orders);
        orders
    }

    fn person(&self, customer: u32, seed: SeedTree) -> Person {
        let country = self.countries.draw(&mut seed.child("country", 0)) as u32;
        Person { customer, country, spender: self.spenders.draw(&mut seed.child("spend", 0)), seed }
    }

    /// The moment of a first order: newcomers come evenly on the clock of arrivals.
    fn arrival(&self, seed: SeedTree) -> f64 {
        let share: f64 = seed.child("arrival", 0).random();
        self.arrivals.moment(share * self.arrivals.total())
    }

    fn rate_factor(&self, person: &Person, brought_back_by: Option<u32>) -> f64 {
        let country = self.scenario.countries.get(person.country as usize).map_or(1.0, |c| c.buying_factor);
        country * brought_back_by.map_or(1.0, |_| self.scenario.catalogue.return_factor)
    }

    /// Adds order number `number` of a person, with its dirt, and its cancellation if there is one.
    fn place(&self, person: &Person, moment: f64, number: u32, again: Option<u32>, orders: &mut Vec<Order>) {
        let seed = person.seed.branch("order", u64::from(number));
        let mut rng = seed.child("basket", 0);
        let value = person.spender.order_value(&mut rng);
        let month = self.buying.day(moment).month();
        let again = again.filter(|_| happens(&mut rng, self.scenario.catalogue.rebuy_chance));
        let wish = Wish { value, mean_lines: self.scenario.lines_per_order, month, again };
        let basket = basket(&mut rng, &self.catalogue, &wish);
        let order = |timestamp, lines, is_cancellation| Order {
            timestamp,
            customer: person.customer,
            country: person.country,
            is_cancellation,
            lines,
            value_drawn: if is_cancellation { 0.0 } else { value },
        };
        let cancellation = self.cancellation(&mut seed.child("cancellation", 0), moment, &basket);
        let soiled = self.soiled(&mut seed.child("dirt", 0), &basket, month, person.country);
        orders.push(order(self.buying.timestamp(moment), soiled, false));
        orders.extend(cancellation.map(|(timestamp, lines)| order(timestamp, lines, true)));
    }

    /// The basket's lines with duplicates, a sample and postage, as the rates have it.
    fn soiled(
        &self,
        rng: &mut SynthRng,
        basket: &[BasketLine],
        month: Month,
        country: u32,
    ) -> Vec<OrderLine> {
        let dirt = &self.scenario.dirt;
        let mut lines = Vec::with_capacity(basket.len() + 2);
        for &line in basket {
            lines.push(OrderLine { line, origin: Origin::Sale });
            if happens(rng, dirt.duplicates) {
                lines.push(OrderLine { line, origin: Origin::Duplicate });
            }
        }
        let is_in_basket = |product| basket.iter().any(|line| line.product == product);
        if happens(rng, dirt.zero_prices)
            && let Some(product) = another(rng, &self.catalogue, month, is_in_basket)
        {
            let line = BasketLine { product, quantity: 1, price: Money::ZERO };
            lines.push(OrderLine { line, origin: Origin::Sample });
        }
        if happens(rng, dirt.services) {
            let parcels = rng.random_range(0..3);
            let (service, cents) = match country {
                0 => (Service::DotcomPostage, 395 + 100 * parcels),
                _ => (Service::Postage, 995 + 400 * parcels),
            };
            let line =
                BasketLine { product: NO_CODE, quantity: 1, price: Money::from_ten_thousandths(cents * 100) };
            lines.push(OrderLine { line, origin: Origin::Service(service) });
        }
        lines
    }

    /// When and what is cancelled of an order; nothing that would come after the end of the log.
    fn cancellation(
        &self,
        rng: &mut SynthRng,
        moment: f64,
        basket: &[BasketLine],
    ) -> Option<(Timestamp, Vec<OrderLine>)> {
        let is_cancelled = happens(rng, self.scenario.dirt.cancellations);
        let weeks = self.buying.weeks(moment) + CANCELLED_AFTER * unit_wait(rng);
        if !is_cancelled || weeks >= self.buying.total() {
            return None;
        }
        let taken_back = |line: BasketLine, quantity: i32| OrderLine {
            line: BasketLine { quantity: -quantity, ..line },
            origin: Origin::Cancellation,
        };
        let lines = if happens(rng, WHOLE_ORDER) {
            basket.iter().map(|&line| taken_back(line, line.quantity)).collect()
        } else {
            let line = *basket.get(rng.random_range(0..basket.len().max(1)))?;
            let quantity = if happens(rng, SOME_UNITS) { part_of(rng, line.quantity) } else { line.quantity };
            vec![taken_back(line, quantity)]
        };
        Some((self.buying.timestamp(self.buying.moment(weeks)), lines))
    }
}

/// The id of customer number `customer` as the log writes it.
pub(crate) fn customer_id(customer: u32) -> String {
    (u64::from(customer) + 12_001).to_string()
}
