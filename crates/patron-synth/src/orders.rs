//! Orders: what is in them, what goes wrong with them.

use patron_domain::{Day, Money, NO_CODE, Timestamp};
use rand::RngExt;

use crate::basket::{BasketLine, Wish, another, basket, part_of};
use crate::chance::{happens, unit_wait};
use crate::seed::{SeedTree, SynthRng};
use crate::world::{Person, World};

/// Mean weeks of activity between an order and its cancellation: a day and a half.
const CANCELLED_AFTER: f64 = 1.5 / 7.0;
/// Share of the cancellations that take back the whole order.
const WHOLE_ORDER: f64 = 0.25;
/// Share of the other cancellations that take back only some units of the line.
const SOME_UNITS: f64 = 0.3;
/// Days after which goods come back, first and last.
const RETURNED_AFTER: (f64, f64) = (14.0, 56.0);

/// What a line stands in the log for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Sale,
    Duplicate,
    Sample,
    Service(Service),
    Cancellation,
    Return,
}

/// What is charged beside the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    Postage,
    DotcomPostage,
    /// A debt that is written off: money that never came.
    BadDebt,
}

impl Service {
    pub(crate) const fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Postage => ("POST", "POSTAGE"),
            Self::DotcomPostage => ("DOT", "DOTCOM POSTAGE"),
            Self::BadDebt => ("B", "ADJUST BAD DEBT"),
        }
    }
}

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OrderLine {
    pub(crate) line: BasketLine,
    pub(crate) origin: Origin,
}

/// An order, or what takes one back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) timestamp: Timestamp,
    /// [`NO_CODE`] for a guest.
    pub(crate) customer: u32,
    pub(crate) country: u32,
    /// Place in the list of payment methods.
    pub(crate) payment: u8,
    /// Cancellations and returns.
    pub(crate) is_cancellation: bool,
    pub(crate) lines: Vec<OrderLine>,
    /// The value the spend model drew; 0 for what takes back.
    pub(crate) value_drawn: f64,
    /// Whose and which order: what takes one back has the same.
    pub(crate) source: (u64, u32),
}

impl Order {
    /// The letter the number begins with.
    pub(crate) fn prefix(&self) -> &'static str {
        match self.lines.first().map(|line| line.origin) {
            Some(Origin::Cancellation | Origin::Return) => "C",
            Some(Origin::Service(Service::BadDebt)) => "A",
            _ => "",
        }
    }
}

impl World<'_> {
    /// Adds order number `number` of a person, with its dirt, and what takes it back if anything does.
    pub(crate) fn place(
        &self,
        person: &Person,
        moment: f64,
        number: u32,
        again: Option<u32>,
        orders: &mut Vec<Order>,
    ) {
        let seed = person.seed.branch("order", u64::from(number));
        let mut rng = seed.child("basket", 0);
        let day = self.buying.day(moment);
        let value = person.spender.order_value(&mut rng) * self.spend_factor(day);
        let again = again.filter(|_| happens(&mut rng, self.scenario.catalogue.rebuy_chance));
        let wish = Wish { value, mean_lines: self.scenario.lines_per_order, day, again, seed };
        let basket = basket(&mut rng, &self.catalogue, &wish);
        let payment = self.payment(person, &mut seed.child("payment", 0));
        let order = |timestamp, lines, is_cancellation| Order {
            timestamp,
            customer: person.customer,
            country: person.country,
            payment,
            is_cancellation,
            lines,
            value_drawn: if is_cancellation { 0.0 } else { value },
            source: (person.number, number),
        };
        let taken_back = self
            .cancellation(&mut seed.child("cancellation", 0), moment, &basket)
            .or_else(|| self.goods_return(seed, moment, &basket));
        let soiled = self.soiled(&mut seed.child("dirt", 0), &basket, day, person.country);
        let placed = self.buying.timestamp(moment);
        orders.push(order(placed, soiled, false));
        orders.extend(taken_back.map(|(timestamp, lines)| order(timestamp, lines, true)));
        if self.scenario.dirt.negative_prices > 0.0
            && let Some(line) = self.bad_debt(&mut seed.child("bad debt", 0), value)
        {
            let lines = vec![line];
            orders.push(Order { customer: NO_CODE, value_drawn: 0.0, ..order(placed, lines, false) });
        }
    }

    /// The basket's lines with duplicates, a sample and postage, as the rates have it.
    fn soiled(&self, rng: &mut SynthRng, basket: &[BasketLine], day: Day, country: u32) -> Vec<OrderLine> {
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
            && let Some(product) = another(rng, &self.catalogue, day, is_in_basket)
        {
            let line = BasketLine { product, quantity: 1, price: Money::ZERO, list_price: Money::ZERO };
            lines.push(OrderLine { line, origin: Origin::Sample });
        }
        if happens(rng, dirt.services) {
            let parcels = rng.random_range(0..3);
            let (service, cents) = match country {
                0 => (Service::DotcomPostage, 395 + 100 * parcels),
                _ => (Service::Postage, 995 + 400 * parcels),
            };
            lines.push(charge(service, cents));
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
        let taken_back = |line: BasketLine, quantity: i32| back(line, quantity, Origin::Cancellation);
        let lines = if happens(rng, WHOLE_ORDER) {
            basket.iter().map(|&line| taken_back(line, line.quantity)).collect()
        } else {
            let line = *basket.get(rng.random_range(0..basket.len().max(1)))?;
            let quantity = if happens(rng, SOME_UNITS) { part_of(rng, line.quantity) } else { line.quantity };
            vec![taken_back(line, quantity)]
        };
        Some((self.buying.timestamp(self.buying.moment(weeks)), lines))
    }

    /// When and what comes back of an order that was not cancelled; nothing after the end of the log.
    fn goods_return(
        &self,
        seed: SeedTree,
        moment: f64,
        basket: &[BasketLine],
    ) -> Option<(Timestamp, Vec<OrderLine>)> {
        let rate = self.scenario.dirt.returns;
        if rate == 0.0 {
            return None;
        }
        let mut rng = seed.child("return", 0);
        let is_returned = happens(&mut rng, rate);
        let later = moment + rng.random_range(RETURNED_AFTER.0..=RETURNED_AFTER.1);
        if !is_returned || later >= f64::from(self.scenario.days()) {
            return None;
        }
        let line = *basket.get(rng.random_range(0..basket.len().max(1)))?;
        let quantity =
            if happens(&mut rng, SOME_UNITS) { part_of(&mut rng, line.quantity) } else { line.quantity };
        Some((self.buying.timestamp(later), vec![back(line, quantity, Origin::Return)]))
    }

    /// A debt of up to twice the order's value.
    fn bad_debt(&self, rng: &mut SynthRng, value: f64) -> Option<OrderLine> {
        let is_written_off = happens(rng, self.scenario.dirt.negative_prices);
        let cents = (value.min(1e6) * rng.random_range(1.0..200.0)).round().max(1.0) as i64;
        is_written_off.then(|| charge(Service::BadDebt, -cents))
    }
}

/// A line that is no product.
fn charge(service: Service, cents: i64) -> OrderLine {
    let price = Money::from_ten_thousandths(cents * 100);
    let line = BasketLine { product: NO_CODE, quantity: 1, price, list_price: price };
    OrderLine { line, origin: Origin::Service(service) }
}

/// Units that go back at the price that was paid.
fn back(line: BasketLine, quantity: i32, origin: Origin) -> OrderLine {
    OrderLine { line: BasketLine { quantity: -quantity, list_price: line.price, ..line }, origin }
}
