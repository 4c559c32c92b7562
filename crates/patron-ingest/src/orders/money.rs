//! The money of one order: discounts spread, tax taken out of prices, refunds dealt out (ADR 5).
//!
//! All amounts are ten-thousandths of the currency unit in `i128`; the readers hold single numbers within
//! [`LARGEST`], so that products of sums stay in range.

use crate::overlay::SubtotalMeaning;

/// The largest amount that an order may hold, in ten-thousandths: 100,000 million units.
pub(crate) const LARGEST: i64 = 1_000_000_000_000_000;

const CENT: i128 = 100;
/// Sums that differ by rounding only.
const NEARLY: i128 = 2 * CENT;

/// What a line item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ItemKind {
    #[default]
    Goods,
    GiftCard,
    Tip,
}

/// A line item as the file tells it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    /// Before any discount.
    pub(crate) gross: i128,
    /// Discount on this line.
    pub(crate) discount: i128,
    /// Whether the discount of the order is in there already.
    pub(crate) is_final: bool,
    /// Whether the file says that no tax falls on it.
    pub(crate) untaxed: bool,
}

/// What an order charges beside its goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Charges {
    pub(crate) shipping: i128,
    pub(crate) tax: i128,
    pub(crate) tip: i128,
    pub(crate) fee: i128,
    pub(crate) duties: i128,
}

impl Charges {
    fn without_tax(&self) -> i128 {
        self.shipping + self.tip + self.fee + self.duties
    }
}

/// An order as the file tells it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) items: Vec<Item>,
    pub(crate) charges: Charges,
    pub(crate) total: Option<i128>,
    pub(crate) subtotal: Option<i128>,
    pub(crate) subtotal_means: SubtotalMeaning,
    pub(crate) discount: i128,
    /// Money that the customer got back; `None` means everything.
    pub(crate) refund: Option<i128>,
    /// Whether the file's quantities are written without the refunded units.
    pub(crate) less_refunds: bool,
}

/// An amount and the discount that was taken off it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Net {
    pub(crate) amount: i128,
    pub(crate) discount: i128,
}

/// What an order comes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settled {
    /// Item by item, without tax.
    pub(crate) items: Vec<Net>,
    pub(crate) shipping: Net,
    pub(crate) charges: Charges,
    /// Whether tax was taken out of the prices.
    pub(crate) tax_taken_out: bool,
    /// The total in the file less the parts, where there is a total.
    pub(crate) difference: Option<i128>,
    /// Given back, item by item.
    pub(crate) items_back: Vec<i128>,
    /// Given back of the charges.
    pub(crate) charges_back: Charges,
    /// Given back beyond all that was paid.
    pub(crate) beyond: i128,
    /// What was taken off the goods although the file names no discount: the order was edited.
    pub(crate) edited: i128,
}

/// Deals `total` out in proportion to `weights`, to the cent where all of them are whole cents, else to the
/// ten-thousandth.
///
/// The parts add up to `total` exactly; what rounding leaves goes to the largest remainders, the earlier first among
/// equal ones. With `total` between 0 and the sum of the weights no part exceeds its weight, and of two weights the
/// larger never gets less. Weights that are not positive get nothing; without a positive one nobody does.
pub(crate) fn spread(total: i128, weights: &[i128]) -> Vec<i128> {
    let weight = |&weight: &i128| weight.max(0);
    let sum: i128 = weights.iter().map(weight).sum();
    if sum == 0 || total <= 0 {
        return vec![0; weights.len()];
    }
    let unit = unit_of(total, weights);
    let units = total / unit;
    let shares: Vec<i128> = weights.iter().map(|w| units * weight(w)).collect();
    deal(units, &shares, sum).into_iter().map(|part| part * unit).collect()
}

/// The unit in which amounts are dealt out: a cent where all of them are whole cents.
fn unit_of(total: i128, weights: &[i128]) -> i128 {
    let in_cents = total % CENT == 0 && weights.iter().all(|weight| weight % CENT == 0);
    if in_cents { CENT } else { 1 }
}

/// Deals `units` out, to each its share ÷ `sum` (above zero); what rounding leaves goes to the largest remainders.
fn deal(units: i128, shares: &[i128], sum: i128) -> Vec<i128> {
    let mut parts: Vec<i128> = shares.iter().map(|share| share.div_euclid(sum)).collect();
    let left = usize::try_from(units - parts.iter().sum::<i128>()).unwrap_or(0);
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|&index| std::cmp::Reverse(shares[index].rem_euclid(sum)));
    for &index in by_remainder.iter().take(left) {
        parts[index] += 1;
    }
    parts
}

fn nearly(one: i128, other: i128) -> bool {
    (one - other).abs() <= NEARLY
}

/// Deals `total` out in proportion to signed `weights`; as [`spread`] where none is negative, and the parts add up to
/// `total` exactly. Weights whose sum has not the sign of `total` get nothing.
fn share_out(total: i128, weights: &[i128]) -> Vec<i128> {
    if weights.iter().all(|&weight| weight >= 0) {
        return spread(total, weights);
    }
    let sum: i128 = weights.iter().sum();
    if total == 0 || sum.signum() != total.signum() {
        return vec![0; weights.len()];
    }
    let unit = unit_of(total, weights);
    let units = total / unit;
    let shares: Vec<i128> = weights.iter().map(|weight| units * weight * sum.signum()).collect();
    deal(units, &shares, sum.abs()).into_iter().map(|part| part * unit).collect()
}

/// Settles an order whose line items the file tells.
///
/// Where the lines leave the refunded units out already, these are settled as one more item, so that discount and tax
/// fall on them too, and then left out: only what of the refund is not theirs is given back.
pub(crate) fn settle(told: &Told) -> Settled {
    match left_out(told) {
        Some(item) => {
            let mut with = told.clone();
            with.items.push(item);
            settle_lines(&with, true)
        }
        None => settle_lines(told, false),
    }
}

fn settle_lines(told: &Told, last_is_left_out: bool) -> Settled {
    let mut settled = Settled {
        items: told
            .items
            .iter()
            .map(|i| Net { amount: i.gross - i.discount, discount: i.discount })
            .collect(),
        shipping: Net { amount: told.charges.shipping, discount: 0 },
        charges: told.charges,
        ..Settled::default()
    };
    let on_goods = take_discount(told, &mut settled.items);
    settled.edited = if on_goods > told.discount + NEARLY { on_goods - told.discount } else { 0 };
    let included = take_shipping_discount_and_tax(told, on_goods, &mut settled);
    settled.tax_taken_out = included;
    settled.charges.shipping = settled.shipping.amount;
    let parts = sum(&settled.items) + settled.charges.without_tax() + settled.charges.tax;
    settled.difference = told.total.map(|total| total - parts);
    let refund = told.refund.unwrap_or(parts).max(0);
    if !last_is_left_out {
        give_back(told, refund, 0, &mut settled);
        return settled;
    }
    let goods = sum(&settled.items);
    let gone = settled.items.pop().unwrap_or_default().amount;
    let rest = (refund - gone).max(0);
    let of_tax = share_of(settled.charges.tax.max(0), gone, goods).min(rest);
    give_back(told, rest - of_tax, of_tax, &mut settled);
    settled
}

/// The refunded units that the quantities leave out, as an item; by the order's total, which still holds them.
fn left_out(told: &Told) -> Option<Item> {
    let (total, refund) = (told.total?, told.refund.filter(|&refund| refund > 0)?);
    let is_final = told.items.iter().any(|item| item.is_final);
    let lines: i128 = told.items.iter().map(|item| item.gross - item.discount).sum();
    let discount = if is_final { 0 } else { told.discount };
    let tax = told.charges.tax.max(0);
    let with_tax = total - told.charges.without_tax();
    let missing = |included: bool, must_fit: bool| {
        // net goods of the whole order, and the tax that is paid on top of them
        let (net, on_top) = if included { (with_tax, 0) } else { (with_tax - tax, tax) };
        let gross = net + discount;
        let missing = gross - lines;
        if missing <= NEARLY || lines < 0 || net <= 0 {
            return None;
        }
        let gone = missing - share_of(discount, missing, gross);
        let of_refund = share_of(refund.min(net + on_top), net, net + on_top);
        let with_its_tax = gone + share_of(on_top, gone, net);
        let fits = if must_fit { nearly(gone, of_refund) } else { with_its_tax <= refund + NEARLY };
        fits.then_some(missing)
    };
    let fitting = missing(false, true).or_else(|| missing(true, true).filter(|_| tax > 0));
    // a column of quantities less refunds says so; elsewhere the refund has to fit
    let gross = fitting.or_else(|| missing(false, false).filter(|_| told.less_refunds))?;
    Some(Item { gross, is_final, ..Item::default() })
}

fn sum(items: &[Net]) -> i128 {
    items.iter().map(|item| item.amount).sum()
}

/// Spreads the discount of the order over its goods; returns how much of it they bear.
fn take_discount(told: &Told, items: &mut [Net]) -> i128 {
    if told.items.iter().any(|item| item.is_final) {
        return told.discount;
    }
    let goods = sum(items);
    let told_discount = told.discount.clamp(0, goods.max(0));
    let off = match told.subtotal.map(|subtotal| missing_in(told, items, subtotal)) {
        Some(0) if told.subtotal_means == SubtotalMeaning::AfterDiscount => 0,
        Some(0) if discount_is_elsewhere(told, goods) => 0,
        Some(0) | None => told_discount,
        Some(off) if (0..=goods.max(0)).contains(&off) => off,
        Some(_) => told_discount,
    };
    let weights = |kind: ItemKind| -> Vec<i128> {
        let of_kind = |(told, net): (&Item, &Net)| if told.kind == kind { net.amount } else { 0 };
        told.items.iter().zip(items.iter()).map(of_kind).collect()
    };
    let (goods, gift_cards) = (weights(ItemKind::Goods), weights(ItemKind::GiftCard));
    let bearable: i128 = goods.iter().map(|&weight| weight.max(0)).sum();
    let on_goods = spread(off.min(bearable), &goods);
    let rest = (off - bearable).max(0).min(gift_cards.iter().sum());
    let on_cards = spread(rest, &gift_cards);
    for ((item, goods), cards) in items.iter_mut().zip(on_goods).zip(on_cards) {
        item.amount -= goods + cards;
        item.discount += goods + cards;
    }
    off
}

/// What a subtotal is less than the items. Some count tips among the items and some do not: the discount tells.
fn missing_in(told: &Told, items: &[Net], subtotal: i128) -> i128 {
    let is_tip = |(told, _): &(&Item, &Net)| told.kind == ItemKind::Tip;
    let tips: i128 = told.items.iter().zip(items).filter(is_tip).map(|(_, net)| net.amount).sum();
    let with_tips = sum(items) - subtotal;
    if with_tips == told.discount { with_tips } else { with_tips - tips }
}

/// Whether the total shows that a discount was not taken off the goods.
fn discount_is_elsewhere(told: &Told, goods: i128) -> bool {
    let undiscounted = goods + told.charges.without_tax();
    let fits = |total| nearly(total, undiscounted) || nearly(total, undiscounted + told.charges.tax);
    told.total.is_some_and(fits)
}

/// Finds out by the total whether the rest of the discount is one on shipping and whether prices include the tax;
/// takes both out, the tax of goods and shipping by value.
fn take_shipping_discount_and_tax(told: &Told, on_goods: i128, settled: &mut Settled) -> bool {
    let Some(total) = told.total else { return false };
    let Charges { shipping, tax, .. } = told.charges;
    let all = sum(&settled.items) + told.charges.without_tax();
    let rest = (told.discount - on_goods).clamp(0, shipping.max(0));
    let readings = [(0, false), (0, true), (rest, false), (rest, true)];
    let left = |&(off, included): &(i128, bool)| (total - (all - off + if included { 0 } else { tax })).abs();
    let possible = |&(_, included): &(i128, bool)| !(included && tax == 0);
    // of two that rounding cannot tell apart the nearer, of two equally near the plainer
    let nearest =
        readings.into_iter().filter(possible).min_by_key(left).filter(|reading| left(reading) <= NEARLY);
    let (off, included) = nearest.unwrap_or((0, false));
    settled.shipping = Net { amount: shipping - off, discount: off };
    if included {
        let weights = taxed_values(told, settled);
        let most: i128 = weights.iter().sum();
        settled.charges.tax = if most < 0 { tax.clamp(most, 0) } else { tax.clamp(0, most) };
        let out = share_out(settled.charges.tax, &weights);
        for (net, out) in settled.items.iter_mut().chain([&mut settled.shipping]).zip(out) {
            net.amount -= out;
        }
    }
    included
}

/// What the tax falls on, item by item and then shipping: goods that the file calls taxable, where they can bear it,
/// else all goods.
fn taxed_values(told: &Told, settled: &Settled) -> Vec<i128> {
    let values = |with_untaxed: bool| -> Vec<i128> {
        let is_taxed = |item: &Item| item.kind == ItemKind::Goods && (with_untaxed || !item.untaxed);
        let value = |(item, net): (&Item, &Net)| if is_taxed(item) { net.amount } else { 0 };
        let items = told.items.iter().zip(&settled.items).map(value);
        items.chain([settled.shipping.amount]).collect()
    };
    let taxed = values(false);
    let sum: i128 = taxed.iter().sum();
    let can_bear_it = sum.signum() == told.charges.tax.signum() && sum.abs() > told.charges.tax.abs();
    if can_bear_it { taxed } else { values(true) }
}

/// Deals a refund out, of which `of_tax` is known to be tax: goods and their tax first, in proportion; then what else was paid, by value; then beyond.
fn give_back(told: &Told, refund: i128, of_tax: i128, settled: &mut Settled) {
    let of = |wanted: fn(ItemKind) -> bool| -> Vec<i128> {
        let weight = |(told, net): (&Item, &Net)| if wanted(told.kind) { net.amount.max(0) } else { 0 };
        told.items.iter().zip(&settled.items).map(weight).collect()
    };
    let goods = of(|kind| kind == ItemKind::Goods);
    let others = of(|kind| kind != ItemKind::Goods);
    let (all_goods, tax) = (goods.iter().sum::<i128>(), (settled.charges.tax - of_tax).max(0));
    let first = refund.min(all_goods + tax);
    let of_goods = share_of(first, all_goods, all_goods + tax);
    settled.items_back = spread(of_goods, &goods);
    let mut rest = refund - first;
    let Charges { shipping, tip, fee, duties, .. } = settled.charges;
    let mut weights = others;
    weights.extend([shipping, tip, fee, duties]);
    let second = rest.min(weights.iter().map(|&weight| weight.max(0)).sum());
    let mut back = spread(second, &weights);
    let charges = back.split_off(settled.items_back.len());
    for (item, back) in settled.items_back.iter_mut().zip(back) {
        *item += back;
    }
    if let [shipping, tip, fee, duties] = charges[..] {
        settled.charges_back = Charges { shipping, tax: first - of_goods + of_tax, tip, fee, duties };
    }
    rest -= second;
    settled.beyond = rest;
}

/// `amount` × `part` ÷ `whole`, to the cent where all three are whole cents.
fn share_of(amount: i128, part: i128, whole: i128) -> i128 {
    if whole == 0 {
        return 0;
    }
    let unit = if [amount, part, whole].iter().all(|value| value % CENT == 0) { CENT } else { 1 };
    (amount / unit * part + whole / 2) / whole * unit
}

/// The goods of an order of which the file names no items: from subtotal and total, whatever both include.
pub(crate) fn whole_order(told: &Told) -> Item {
    let Charges { tax, .. } = told.charges;
    let charges = told.charges.without_tax();
    let discount = told.discount.max(0);
    let net = match (told.subtotal, told.total) {
        (Some(subtotal), None) => subtotal,
        (Some(subtotal), Some(total)) => {
            let fits = |net: &i128| nearly(total, net + charges + tax) || nearly(total, net + charges);
            let found = [subtotal, subtotal - discount].into_iter().find(fits);
            found.unwrap_or(total - charges - tax)
        }
        (None, Some(total)) => total - charges - tax,
        // nothing says what the goods cost: a line without value, which the rules set aside, and never a return
        (None, None) => 0,
    };
    Item { kind: ItemKind::Goods, gross: net + discount, discount, is_final: true, untaxed: false }
}

#[cfg(test)]
mod tests;
