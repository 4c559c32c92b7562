//! What a shop system knows of an order beyond its goods: drawn once, written in either shape.

use std::collections::{BTreeMap, HashMap, HashSet};

use patron_domain::{Day, Month, NO_CODE, SECONDS_PER_DAY, Timestamp};
use rand::RngExt;
use rand::seq::IndexedRandom;

use super::options::ExportOptions;
use super::people::{Person, country_code};
use super::truth::{ExportTruth, Fate};
use crate::chance::happens;
use crate::orders::{Order, Origin};
use crate::seed::{SeedTree, SynthRng};
use crate::shop::Shop;
use crate::world::customer_id;

const HOUR: i64 = 3_600;
/// Prices of shipping, in cents.
const SHIPPING: [i64; 5] = [0, 395, 495, 995, 1_395];
/// Values of gift cards, in cents.
const GIFT_CARDS: [i64; 3] = [2_500, 5_000, 10_000];

/// An order as both shapes tell it.
#[derive(Clone, Debug)]
pub(crate) struct Sale<'a> {
    /// Counts from 0 in order of time.
    pub(crate) number: u64,
    pub(crate) placed: Timestamp, // UTC
    pub(crate) customer: u32,
    pub(crate) by_email: bool,
    pub(crate) person: Person,
    pub(crate) typed_email: String,
    pub(crate) country: &'a str,
    pub(crate) goods: Vec<Goods<'a>>,
    pub(crate) gift_card: Option<GiftCard>,
    pub(crate) discount: Option<Discount>,
    pub(crate) shipping: i64,
    pub(crate) extra: i64,
    pub(crate) fate: Fate,
    pub(crate) refund: Refund,
    /// 0 to 3: which of the words a shape has for the same thing.
    pub(crate) wording: usize,
}

/// A line with goods; the price is that of one unit, in cents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goods<'a> {
    pub(crate) sku: &'a str,
    pub(crate) name: &'a str,
    pub(crate) quantity: i32,
    pub(crate) price: i64,
}

/// Gift cards of one value, in cents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GiftCard {
    pub(crate) quantity: i32,
    pub(crate) price: i64,
}

/// A discount on the order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Discount {
    /// Of the goods' value.
    Percent(i64),
    /// Any amount up to a third of the goods' value, as a share of that third.
    Amount(f64),
}

/// What goes back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refund {
    Nothing,
    /// A share of the total.
    Share(f64),
    /// Goods and tax, and a share of what is left.
    Beyond(f64),
    Everything,
}

impl Sale<'_> {
    /// Whether the order stays, and its day and month count.
    pub(crate) fn is_accepted(&self) -> bool {
        self.fate == Fate::Accepted
    }

    /// The month of the shop's clock.
    pub(crate) fn month(&self, options: &ExportOptions) -> Month {
        Day::of(options.shop_zone.wall(self.placed)).month()
    }
}

/// All orders of the shop that an export tells, in order of time.
///
/// Left out: orders without a customer, cancellations, and lines that are no sale at a price (samples, postage,
/// duplicates); an order without any other line is left out whole. Chance goes by customer and by the customer's
/// order, so other customers, and what is left out, change nothing.
pub(crate) fn sales<'a>(shop: &'a Shop, options: &ExportOptions, seed: u64) -> Vec<Sale<'a>> {
    let seed = SeedTree::new(seed).branch("export", 0);
    let mut orders_before: HashMap<u32, u64> = HashMap::new();
    let mut sales: Vec<Sale<'a>> = Vec::new();
    for order in shop.orders().iter().filter(|order| !order.is_cancellation && order.customer != NO_CODE) {
        let goods = goods(shop, order);
        if goods.is_empty() {
            continue;
        }
        let before = orders_before.entry(order.customer).or_default();
        let chance = Chance { person: seed.branch("customer", u64::from(order.customer)), order: *before };
        *before += 1;
        sales.push(sale(shop, order, goods, options, chance));
    }
    sales.sort_by_key(|sale| sale.placed);
    // An account shows in an accepted order: whether the orders set aside are asked too must not matter.
    let accounts: HashSet<u32> =
        sales.iter().filter(|sale| sale.is_accepted() && !sale.by_email).map(|sale| sale.customer).collect();
    for (number, sale) in sales.iter_mut().enumerate() {
        sale.number = number as u64;
        sale.by_email |= !accounts.contains(&sale.customer);
    }
    sales
}

/// Tells the truth who the customers are, and how many orders change their day between the two clocks.
pub(crate) fn count_people(sales: &[Sale<'_>], options: &ExportOptions, truth: &mut ExportTruth) {
    let mut customers: BTreeMap<u32, (u64, u64)> = BTreeMap::new(); // orders by id, by e-mail
    for sale in sales.iter().filter(|sale| sale.is_accepted()) {
        let (by_id, by_email) = customers.entry(sale.customer).or_default();
        *if sale.by_email { by_email } else { by_id } += 1;
        let (shop, file) = (options.shop_zone.wall(sale.placed), options.file_zone.wall(sale.placed));
        truth.other_day_in_file += u64::from(Day::of(shop) != Day::of(file));
        truth.other_month_in_file += u64::from(Day::of(shop).month() != Day::of(file).month());
    }
    truth.customers = customers.len() as u64;
    for (by_id, by_email) in customers.into_values() {
        truth.guest_orders += by_email;
        match by_id {
            0 => truth.customers_by_email += 1,
            _ => truth.guest_orders_of_accounts += by_email,
        }
    }
}

/// Where the draws of an order come from: its customer, and which order of the customer it is.
#[derive(Clone, Copy)]
struct Chance {
    person: SeedTree,
    order: u64,
}

fn sale<'a>(
    shop: &'a Shop,
    order: &Order,
    goods: Vec<Goods<'a>>,
    options: &ExportOptions,
    chance: Chance,
) -> Sale<'a> {
    let person = Person::draw(&mut chance.person.child("person", 0), &customer_id(order.customer));
    let seed = chance.person.branch("order", chance.order);
    let chance = |label: &str, rate: f64| {
        let mut rng = seed.child(label, 0);
        happens(&mut rng, rate).then_some(rng)
    };
    let fate = fate(&mut seed.child("fate", 0), options);
    Sale {
        number: 0,
        placed: placed(&mut seed.child("time", 0), order.timestamp, options),
        customer: order.customer,
        by_email: chance("guest", options.guests).is_some(),
        typed_email: person.typed_email(&mut seed.child("e-mail", 0)),
        person,
        country: country_code(shop.country(order.country)),
        goods,
        gift_card: chance("gift card", options.gift_cards).map(|mut rng| GiftCard {
            quantity: rng.random_range(1..=2),
            price: GIFT_CARDS.choose(&mut rng).copied().unwrap_or_default(),
        }),
        discount: chance("discount", options.discounts).map(|mut rng| discount(&mut rng)),
        shipping: SHIPPING.choose(&mut seed.child("shipping", 0)).copied().unwrap_or_default(),
        extra: chance("tip", options.tips).map_or(0, |mut rng| rng.random_range(50..=500)),
        refund: match fate {
            Fate::Accepted => refund(&mut seed.child("refund", 0), options),
            _ => Refund::Nothing,
        },
        fate,
        wording: seed.child("wording", 0).random_range(0..4),
    }
}

fn goods<'a>(shop: &'a Shop, order: &Order) -> Vec<Goods<'a>> {
    let sold = order.lines.iter().filter(|line| {
        line.origin == Origin::Sale && line.line.price.ten_thousandths() > 0 && line.line.quantity > 0
    });
    sold.map(|line| {
        let (sku, name) = shop.article(line);
        Goods { sku, name, quantity: line.line.quantity, price: line.line.price.ten_thousandths() / 100 }
    })
    .collect()
}

/// To the second, in UTC; some are moved into the hour before or after midnight of their day in the shop.
fn placed(rng: &mut SynthRng, wall: Timestamp, options: &ExportOptions) -> Timestamp {
    let second = rng.random_range(0..60);
    let is_late = happens(rng, options.near_midnight);
    let in_two_hours = rng.random_range(0..2 * HOUR);
    let wall = match (is_late, in_two_hours < HOUR) {
        (false, _) => wall + second,
        (true, true) => Day::of(wall).start() + in_two_hours,
        (true, false) => Day::of(wall).start() + SECONDS_PER_DAY - 2 * HOUR + in_two_hours,
    };
    options.shop_zone.utc(wall)
}

fn fate(rng: &mut SynthRng, options: &ExportOptions) -> Fate {
    let mut left = rng.random::<f64>();
    let rates = [
        (Fate::Cancelled, options.cancelled),
        (Fate::Unpaid, options.unpaid),
        (Fate::Voided, options.voided),
        (Fate::Test, options.test_orders),
    ];
    for (fate, rate) in rates {
        if left < rate {
            return fate;
        }
        left -= rate;
    }
    Fate::Accepted
}

/// One half are round percentages, the other half odd amounts.
fn discount(rng: &mut SynthRng) -> Discount {
    if rng.random() { Discount::Percent(5 * rng.random_range(1..=6)) } else { Discount::Amount(rng.random()) }
}

/// One in four of the partial refunds goes beyond goods and tax.
fn refund(rng: &mut SynthRng, options: &ExportOptions) -> Refund {
    let point = rng.random::<f64>();
    let (goes_beyond, share) = (happens(rng, 0.25), rng.random());
    if point < options.full_refunds {
        Refund::Everything
    } else if point >= options.full_refunds + options.refunds {
        Refund::Nothing
    } else if goes_beyond {
        Refund::Beyond(share)
    } else {
        Refund::Share(share)
    }
}
