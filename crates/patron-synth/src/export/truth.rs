//! What an import of the export must come to, to the cent.

use std::collections::BTreeMap;

use patron_domain::{Money, Month};
use serde::Serialize;

use super::money::{proportion, spread};

/// Exact totals of an export, added up from what was drawn while it was written, not from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportTruth {
    /// Rows of the file, without the header.
    pub rows: u64,
    /// Orders in the file.
    pub orders: u64,
    /// Sum of all orders' totals as the file shows them, those that are set aside included.
    pub total: Money,
    /// What is left when orders are set aside.
    pub accepted: ExportAmounts,
    /// The same by calendar month of the shop's own zone, ascending; months without an accepted order are left out.
    pub months: Vec<ExportMonth>,
    /// What is set aside, rule by rule: `cancelled-order`, `unpaid-order`, `voided-order`, `test-order`, all four
    /// always there (the last two without orders in WooCommerce).
    pub set_aside: Vec<SetAside>,
    /// Distinct customers of accepted orders, after guests are joined by e-mail.
    pub customers: u64,
    /// Those among them that no accepted order names by id.
    pub customers_by_email: u64,
    /// Accepted orders that name their customer by e-mail only (in Shopify all of them).
    pub guest_orders: u64,
    /// Those among them whose e-mail belongs to a customer whom another accepted order names by id.
    pub guest_orders_of_accounts: u64,
    /// Accepted orders on another day on the file's clock than on the shop's.
    pub other_day_in_file: u64,
    /// And in another month.
    pub other_month_in_file: u64,
}

/// The accepted orders of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExportMonth {
    /// The month.
    pub month: Month,
    /// Its sums. A refund counts on the day of its order, because the files do not date it.
    pub amounts: ExportAmounts,
}

/// Sums over accepted orders. All are zero or positive; refunds and discounts are what they take away.
///
/// Whatever is dealt out by value goes to the cent, what rounding down leaves to the largest remainders, ties in order:
/// an order's discount over its goods lines; tax inside the prices over goods lines and then shipping; the part of a
/// refund that goes beyond goods and all tax over gift cards, tip, shipping, fee. A refund within goods and tax falls
/// on both in proportion, the goods' part rounded half up.
///
/// `total = goods − discounts − goods_tax + gift_cards + shipping + tips + fees + tax`, and
/// `product_revenue = goods − discounts − goods_tax − refunded_goods`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportAmounts {
    /// Orders.
    pub orders: u64,
    /// The orders' totals as the file shows them, before refunds.
    pub total: Money,
    /// Goods as the lines price them, before discounts; no gift cards.
    pub goods: Money,
    /// Discounts on goods.
    pub discounts: Money,
    /// Tax that is contained in `goods − discounts`; zero where prices go without tax.
    pub goods_tax: Money,
    /// Gift cards sold.
    pub gift_cards: Money,
    /// Shipping without tax.
    pub shipping: Money,
    /// All tax, on goods and shipping.
    pub tax: Money,
    /// Tips.
    pub tips: Money,
    /// Fees.
    pub fees: Money,
    /// Money that went back, by what it was for; the six add up to the refunds in the file.
    pub refunded_goods: Money,
    /// Of tax.
    pub refunded_tax: Money,
    /// Of shipping.
    pub refunded_shipping: Money,
    /// Of tips.
    pub refunded_tips: Money,
    /// Of fees.
    pub refunded_fees: Money,
    /// Of gift cards.
    pub refunded_gift_cards: Money,
    /// Goods less discounts, contained tax and refunded goods.
    pub product_revenue: Money,
}

/// Orders that a rule sets aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// The rule's name.
    pub rule: &'static str,
    /// Orders.
    pub orders: u64,
    /// Their totals as the file shows them.
    pub total: Money,
    /// What the file says was refunded of them: their lines are worth `total − refunded`.
    pub refunded: Money,
}

/// What becomes of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Accepted,
    Cancelled,
    Unpaid,
    Voided,
    Test,
}

/// The parts of one order as a file shows them, in cents, none negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) goods: i64,
    pub(crate) discount: i64,
    pub(crate) gift_cards: i64,
    pub(crate) shipping: i64,
    pub(crate) tips: i64,
    pub(crate) fees: i64,
    pub(crate) tax: i64,
    /// Whether goods and shipping contain the tax.
    pub(crate) includes_tax: bool,
    /// How much of it the goods contain; 0 unless prices include tax.
    pub(crate) goods_tax: i64,
    pub(crate) refunded: i64,
}

impl Parts {
    /// What the order shows as its total.
    pub(crate) fn total(&self) -> i64 {
        let added = if self.includes_tax { 0 } else { self.tax };
        self.goods - self.discount + self.gift_cards + self.shipping + self.tips + self.fees + added
    }

    /// What a refund takes from first: goods without tax, and all tax.
    pub(crate) fn goods_and_tax(&self) -> i64 {
        self.goods - self.discount - self.goods_tax + self.tax
    }

    /// The order's part of the sums, its refund laid onto goods and tax by value and then onto what else was paid.
    pub(crate) fn amounts(&self) -> ExportAmounts {
        let shipping_tax = if self.includes_tax { self.tax - self.goods_tax } else { 0 };
        let goods = self.goods - self.discount - self.goods_tax;
        let shipping = self.shipping - shipping_tax;
        let pot = self.goods_and_tax();
        let from_pot = self.refunded.min(pot);
        let refunded_goods = proportion(from_pot, goods, pot);
        let others = spread(self.refunded - from_pot, &[self.gift_cards, self.tips, shipping, self.fees]);
        let back = |place: usize| money(others.get(place).copied().unwrap_or(0));
        ExportAmounts {
            orders: 1,
            total: money(self.total()),
            goods: money(self.goods),
            discounts: money(self.discount),
            goods_tax: money(self.goods_tax),
            gift_cards: money(self.gift_cards),
            shipping: money(shipping),
            tax: money(self.tax),
            tips: money(self.tips),
            fees: money(self.fees),
            refunded_goods: money(refunded_goods),
            refunded_tax: money(from_pot - refunded_goods),
            refunded_shipping: back(2),
            refunded_tips: back(1),
            refunded_fees: back(3),
            refunded_gift_cards: back(0),
            product_revenue: money(goods - refunded_goods),
        }
    }
}

impl ExportAmounts {
    /// All that went back.
    pub fn refunded(&self) -> Money {
        self.refunded_goods
            + self.refunded_tax
            + self.refunded_shipping
            + self.refunded_tips
            + self.refunded_fees
            + self.refunded_gift_cards
    }

    fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.total += other.total;
        self.goods += other.goods;
        self.discounts += other.discounts;
        self.goods_tax += other.goods_tax;
        self.gift_cards += other.gift_cards;
        self.shipping += other.shipping;
        self.tax += other.tax;
        self.tips += other.tips;
        self.fees += other.fees;
        self.refunded_goods += other.refunded_goods;
        self.refunded_tax += other.refunded_tax;
        self.refunded_shipping += other.refunded_shipping;
        self.refunded_tips += other.refunded_tips;
        self.refunded_fees += other.refunded_fees;
        self.refunded_gift_cards += other.refunded_gift_cards;
        self.product_revenue += other.product_revenue;
    }
}

impl Fate {
    /// The rule that sets the order aside.
    pub(crate) const fn rule(self) -> Option<&'static str> {
        match self {
            Self::Accepted => None,
            Self::Cancelled => Some("cancelled-order"),
            Self::Unpaid => Some("unpaid-order"),
            Self::Voided => Some("voided-order"),
            Self::Test => Some("test-order"),
        }
    }
}

/// Adds up the money of orders as they are written.
#[derive(Debug)]
pub(crate) struct Tally {
    truth: ExportTruth,
    months: BTreeMap<Month, ExportAmounts>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        let rules = [Fate::Cancelled, Fate::Unpaid, Fate::Voided, Fate::Test].into_iter();
        let empty = |rule| SetAside { rule, orders: 0, total: Money::ZERO, refunded: Money::ZERO };
        let set_aside = rules.filter_map(Fate::rule).map(empty).collect();
        Self { truth: ExportTruth { set_aside, ..ExportTruth::default() }, months: BTreeMap::new() }
    }

    /// Adds an order of `rows` rows in `month` of the shop's clock.
    pub(crate) fn add(&mut self, rows: u64, fate: Fate, month: Month, parts: &Parts) {
        let truth = &mut self.truth;
        truth.rows += rows;
        truth.orders += 1;
        truth.total += money(parts.total());
        if fate == Fate::Accepted {
            let amounts = parts.amounts();
            truth.accepted.add(&amounts);
            self.months.entry(month).or_default().add(&amounts);
        }
        for rule in truth.set_aside.iter_mut().filter(|set_aside| Some(set_aside.rule) == fate.rule()) {
            rule.orders += 1;
            rule.total += money(parts.total());
            rule.refunded += money(parts.refunded);
        }
    }

    /// The sums of money; who the customers are is told by the caller.
    pub(crate) fn finish(self) -> ExportTruth {
        let month = |(month, amounts)| ExportMonth { month, amounts };
        ExportTruth { months: self.months.into_iter().map(month).collect(), ..self.truth }
    }
}

/// Cents as money.
pub(crate) fn money(cents: i64) -> Money {
    Money::from_ten_thousandths(cents * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100.00 of goods less 10.00, shipping 5.00, tip 2.00, gift card 25.00.
    const PARTS: Parts = Parts {
        goods: 10_000,
        discount: 1_000,
        gift_cards: 2_500,
        shipping: 500,
        tips: 200,
        fees: 0,
        tax: 1_805, // 19 % of 95.00
        includes_tax: false,
        goods_tax: 0,
        refunded: 0,
    };

    #[test]
    fn a_refund_within_goods_and_tax_is_shared_by_value() {
        let amounts = Parts { refunded: 3_000, ..PARTS }.amounts();
        // 30.00 × 90.00 ÷ 108.05 = 24.9884
        assert_eq!((amounts.refunded_goods, amounts.refunded_tax), (money(2_499), money(501)));
        assert_eq!(amounts.product_revenue, money(9_000 - 2_499));
        assert_eq!(amounts.refunded(), money(3_000));
    }

    #[test]
    fn what_goes_beyond_falls_on_all_else_by_value() {
        let amounts = Parts { refunded: 10_805 + 100, ..PARTS }.amounts();
        assert_eq!((amounts.refunded_goods, amounts.refunded_tax), (money(9_000), money(1_805)));
        // 1.00 over 25.00, 2.00 and 5.00: 78.125, 6.25 and 15.625 cents; the cent left goes to the shipping
        let [cards, tips, shipping] =
            [amounts.refunded_gift_cards, amounts.refunded_tips, amounts.refunded_shipping];
        assert_eq!((cards, tips, shipping), (money(78), money(6), money(16)));
        assert_eq!(amounts.product_revenue, Money::ZERO);
        let all = Parts { refunded: PARTS.total(), ..PARTS }.amounts();
        assert_eq!((all.refunded_gift_cards, all.refunded_tips), (money(2_500), money(200)));
        assert_eq!((all.refunded_shipping, all.refunded()), (money(500), money(14_005)));
    }

    #[test]
    fn tax_inside_the_prices_is_taken_out() {
        // 95.00 × 19 ÷ 119, of which the goods have 14.37
        let parts = Parts { tax: 1_517, goods_tax: 1_437, includes_tax: true, refunded: 5_000, ..PARTS };
        let amounts = parts.amounts();
        assert_eq!(parts.total(), 12_200);
        // 90.00 − 14.37 = 75.63; 50.00 × 75.63 ÷ 90.80 = 41.6465
        assert_eq!((amounts.goods_tax, amounts.shipping), (money(1_437), money(500 - 80)));
        assert_eq!((amounts.refunded_goods, amounts.refunded_tax), (money(4_165), money(835)));
        assert_eq!(amounts.product_revenue, money(7_563 - 4_165));
    }
}
