//! A reader of both shapes that knows nothing but their text and the rules of the accounts.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use chrono_tz::Tz;
use patron_domain::{Money, Month};
use patron_synth::{ExportAmounts, ExportMonth, ExportTruth, SetAside};

use super::rows::Row;

const RULES: [&str; 4] = ["cancelled-order", "unpaid-order", "voided-order", "test-order"];

/// An order as the file shows it; money in cents.
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) placed: DateTime<FixedOffset>,
    pub(crate) email: String,
    pub(crate) id: Option<String>,
    pub(crate) rule: Option<&'static str>,
    pub(crate) total: i64,
    /// Value and discount of each line with goods.
    pub(crate) goods: Vec<(i64, i64)>,
    pub(crate) gift_cards: i64,
    pub(crate) shipping: i64,
    pub(crate) tax: i64,
    pub(crate) tips: i64,
    pub(crate) fees: i64,
    pub(crate) refunded: i64,
}

impl Seen {
    pub(crate) fn discount(&self) -> i64 {
        self.goods.iter().map(|(_, discount)| discount).sum()
    }

    fn value(&self) -> i64 {
        self.goods.iter().map(|(value, _)| value).sum()
    }

    /// Tax inside goods and inside shipping, which shows in the total: it adds the tax or does not.
    fn contained(&self) -> (i64, i64) {
        let goods = self.value() - self.discount();
        let parts = goods + self.gift_cards + self.shipping + self.tips + self.fees;
        if self.total == parts + self.tax {
            return (0, 0);
        }
        assert_eq!(self.total, parts, "the parts are not the total");
        let mut bearers: Vec<i64> = self.goods.iter().map(|(value, discount)| value - discount).collect();
        bearers.push(self.shipping);
        let of_shipping = dealt_out(self.tax, &bearers)[self.goods.len()];
        (self.tax - of_shipping, of_shipping)
    }

    fn amounts(&self) -> ExportAmounts {
        let (tax_of_goods, tax_of_shipping) = self.contained();
        let net = self.value() - self.discount() - tax_of_goods;
        let first = self.refunded.min(net + self.tax);
        let goods_back = rounded(first * net, net + self.tax);
        let others = [self.gift_cards, self.tips, self.shipping - tax_of_shipping, self.fees];
        assert!(self.refunded - first <= others.iter().sum(), "more went back than was paid");
        let beyond = dealt_out(self.refunded - first, &others);
        let [cards_back, tips_back, shipping_back, fees_back] = [0, 1, 2, 3].map(|part| cents(beyond[part]));
        ExportAmounts {
            orders: 1,
            total: cents(self.total),
            goods: cents(self.value()),
            discounts: cents(self.discount()),
            goods_tax: cents(tax_of_goods),
            gift_cards: cents(self.gift_cards),
            shipping: cents(self.shipping - tax_of_shipping),
            tax: cents(self.tax),
            tips: cents(self.tips),
            fees: cents(self.fees),
            refunded_goods: cents(goods_back),
            refunded_tax: cents(first - goods_back),
            refunded_shipping: shipping_back,
            refunded_tips: tips_back,
            refunded_fees: fees_back,
            refunded_gift_cards: cards_back,
            product_revenue: cents(net - goods_back),
        }
    }
}

/// What orders come to when days are those of `zone`.
pub(crate) fn recount(orders: &[Seen], zone: Tz) -> ExportTruth {
    let set_aside = |rule: &'static str| {
        let those: Vec<&Seen> = orders.iter().filter(|seen| seen.rule == Some(rule)).collect();
        let sum = |cents_of: fn(&Seen) -> i64| cents(those.iter().map(|seen| cents_of(seen)).sum());
        let (total, refunded) = (sum(|seen| seen.total), sum(|seen| seen.refunded));
        SetAside { rule, orders: those.len() as u64, total, refunded }
    };
    let mut truth = ExportTruth {
        rows: orders.iter().map(|seen| seen.rows).sum(),
        orders: orders.len() as u64,
        total: cents(orders.iter().map(|seen| seen.total).sum()),
        set_aside: RULES.map(set_aside).into(),
        ..ExportTruth::default()
    };
    let mut months: BTreeMap<Month, Vec<ExportAmounts>> = BTreeMap::new();
    let mut people: HashMap<String, (u64, u64)> = HashMap::new();
    for seen in orders.iter().filter(|seen| seen.rule.is_none()) {
        let (there, here) = (seen.placed.date_naive(), seen.placed.with_timezone(&zone).date_naive());
        truth.other_day_in_file += u64::from(there != here);
        truth.other_month_in_file += u64::from(month(there) != month(here));
        months.entry(month(here)).or_default().push(seen.amounts());
        let person = people.entry(seen.email.trim().to_lowercase()).or_default();
        person.0 += u64::from(seen.id.is_some());
        person.1 += u64::from(seen.id.is_none());
    }
    truth.accepted = sum(months.values().flatten());
    truth.months =
        months.iter().map(|(&month, amounts)| ExportMonth { month, amounts: sum(amounts) }).collect();
    truth.customers = people.len() as u64;
    truth.customers_by_email = people.values().filter(|(by_id, _)| *by_id == 0).count() as u64;
    truth.guest_orders = people.values().map(|(_, guest)| guest).sum();
    truth.guest_orders_of_accounts =
        people.values().filter(|(by_id, _)| *by_id > 0).map(|(_, guest)| guest).sum();
    truth
}

fn sum<'a>(amounts: impl IntoIterator<Item = &'a ExportAmounts>) -> ExportAmounts {
    amounts.into_iter().fold(ExportAmounts::default(), |all, one| ExportAmounts {
        orders: all.orders + one.orders,
        total: all.total + one.total,
        goods: all.goods + one.goods,
        discounts: all.discounts + one.discounts,
        goods_tax: all.goods_tax + one.goods_tax,
        gift_cards: all.gift_cards + one.gift_cards,
        shipping: all.shipping + one.shipping,
        tax: all.tax + one.tax,
        tips: all.tips + one.tips,
        fees: all.fees + one.fees,
        refunded_goods: all.refunded_goods + one.refunded_goods,
        refunded_tax: all.refunded_tax + one.refunded_tax,
        refunded_shipping: all.refunded_shipping + one.refunded_shipping,
        refunded_tips: all.refunded_tips + one.refunded_tips,
        refunded_fees: all.refunded_fees + one.refunded_fees,
        refunded_gift_cards: all.refunded_gift_cards + one.refunded_gift_cards,
        product_revenue: all.product_revenue + one.product_revenue,
    })
}

/// Orders of Shopify's export.
pub(crate) fn shopify(rows: &[Row]) -> Vec<Seen> {
    let mut orders: Vec<Seen> = Vec::new();
    for order in rows.chunk_by(|one, next| one.text("Name") == next.text("Name")) {
        let (first, others) = order.split_first().unwrap();
        assert_eq!(first.text("Name"), format!("#{}", 1_001 + orders.len()));
        for row in others {
            let fields = row.filled().into_iter();
            let of_the_order: Vec<&str> = fields.filter(|name| !name.starts_with("Lineitem")).collect();
            assert!(
                of_the_order.iter().all(|name| ["Name", "Email", "Vendor"].contains(name)),
                "{of_the_order:?}"
            );
            assert!(["", first.text("Email")].contains(&row.text("Email")));
        }
        let items = order.iter().map(|row| {
            (row.text("Lineitem name"), row.number("Lineitem quantity") * row.cents("Lineitem price"))
        });
        let items: Vec<(&str, i64)> = items.collect();
        let of = |kind: fn(&str) -> bool| {
            items.iter().filter(move |(name, _)| kind(name)).map(|(_, value)| *value)
        };
        let goods: Vec<i64> = of(|name| name != "Tip" && !name.starts_with("Gift Card")).collect();
        let gift_cards: i64 = of(|name| name.starts_with("Gift Card")).sum();
        let discount = first.cents("Discount Amount");
        assert_eq!(first.text("Discount Code").is_empty(), discount == 0);
        assert_eq!(first.cents("Subtotal"), goods.iter().sum::<i64>() + gift_cards - discount);
        let rule = match (first.text("Financial Status"), first.text("Payment Method")) {
            _ if !first.text("Cancelled at").is_empty() => Some(RULES[0]),
            ("pending" | "expired", _) => Some(RULES[1]),
            ("voided", _) => Some(RULES[2]),
            (_, "bogus") => Some(RULES[3]),
            ("paid" | "partially_refunded" | "refunded", _) => None,
            (other, _) => panic!("the status is {other}"),
        };
        let seen = Seen {
            rows: order.len() as u64,
            placed: DateTime::parse_from_str(first.text("Created at"), "%Y-%m-%d %H:%M:%S %z").unwrap(),
            email: first.text("Email").to_owned(),
            id: None,
            rule,
            total: first.cents("Total"),
            goods: goods.iter().copied().zip(dealt_out(discount, &goods)).collect(),
            gift_cards,
            shipping: first.cents("Shipping"),
            tax: first.cents("Taxes"),
            tips: of(|name| name == "Tip").sum(),
            fees: 0,
            refunded: first.cents("Refunded Amount"),
        };
        let owed = if rule == Some(RULES[1]) { seen.total } else { 0 };
        assert_eq!(first.cents("Outstanding Balance"), owed);
        let status = first.text("Financial Status");
        assert_eq!(status == "refunded", seen.refunded == seen.total, "{status}");
        assert_eq!(status == "partially_refunded", (1..seen.total).contains(&seen.refunded), "{status}");
        orders.push(seen);
    }
    orders
}

/// Orders of WooCommerce's exporters.
pub(crate) fn woocommerce(rows: &[Row]) -> Vec<Seen> {
    let mut orders = Vec::new();
    for order in rows.chunk_by(|one, next| one.text("order_id") == next.text("order_id")) {
        let (head, items) = order.split_first().unwrap();
        assert_eq!(head.text("row_type"), "order");
        assert!(
            items.iter().all(|item| item.text("row_type") == "line_item" && item.text("status").is_empty())
        );
        let (cards, goods): (Vec<&Row>, Vec<&Row>) =
            items.iter().partition(|item| item.text("item_name").starts_with("Gift Card"));
        let goods = goods.iter().map(|item| {
            let (subtotal, total) = (item.cents("item_subtotal"), item.cents("item_total"));
            (subtotal, subtotal - total)
        });
        let status = head.text("status");
        let seen = Seen {
            rows: order.len() as u64,
            placed: DateTime::parse_from_rfc3339(head.text("date_created")).unwrap(),
            email: head.text("billing_email").to_owned(),
            id: Some(head.text("customer_id")).filter(|id| *id != "0").map(str::to_owned),
            rule: match status {
                "cancelled" => Some(RULES[0]),
                "pending" | "on-hold" | "failed" => Some(RULES[1]),
                "completed" | "processing" | "refunded" => None,
                other => panic!("the status is {other}"),
            },
            total: head.cents("order_total"),
            goods: goods.collect(),
            gift_cards: cards.iter().map(|item| item.cents("item_total")).sum(),
            shipping: head.cents("shipping_total"),
            tax: head.cents("tax_total"),
            tips: 0,
            fees: head.cents("fee_total"),
            refunded: head.cents("refunded_total"),
        };
        assert_eq!(seen.contained(), (0, 0), "amounts are without tax");
        assert_eq!(seen.discount(), head.cents("discount_total"));
        let (values, discounts): (Vec<i64>, Vec<i64>) = seen.goods.iter().copied().unzip();
        assert_eq!(discounts, dealt_out(seen.discount(), &values));
        assert_eq!(status == "refunded", seen.refunded > 0 && seen.refunded == seen.total);
        orders.push(seen);
    }
    orders
}

/// `amount` by value: cent after cent to whom the most is owed, the first among equals.
fn dealt_out(amount: i64, values: &[i64]) -> Vec<i64> {
    let all: i64 = values.iter().sum();
    let mut parts: Vec<i64> =
        values.iter().map(|value| if all == 0 { 0 } else { amount * value / all }).collect();
    while all > 0 && parts.iter().sum::<i64>() < amount {
        let owed = |place: usize| amount * values[place] - parts[place] * all;
        let most = (0..values.len()).map(owed).max().unwrap();
        let first = (0..values.len()).find(|&place| owed(place) == most).unwrap();
        parts[first] += 1;
    }
    parts
}

/// `dividend` ÷ `divisor`, rounded half up.
fn rounded(dividend: i64, divisor: i64) -> i64 {
    if divisor == 0 { 0 } else { (dividend / divisor) + i64::from(dividend % divisor * 2 >= divisor) }
}

fn month(day: NaiveDate) -> Month {
    Month::from_number(day.year() * 12 + day.month0() as i32)
}

fn cents(cents: i64) -> Money {
    Money::from_ten_thousandths(cents * 100)
}
