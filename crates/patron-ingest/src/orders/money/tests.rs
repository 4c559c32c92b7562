use proptest::prelude::*;

use super::*;

fn cents(amounts: &[i128]) -> Vec<i128> {
    amounts.iter().map(|amount| amount * CENT).collect()
}

fn goods(prices: &[i128]) -> Vec<Item> {
    prices.iter().map(|price| Item { gross: price * CENT, ..Item::default() }).collect()
}

fn amounts(settled: &Settled) -> Vec<i128> {
    settled.items.iter().map(|item| item.amount / CENT).collect()
}

#[test]
fn the_largest_remainders_get_what_rounding_leaves() {
    // 10.00 over 3.33, 3.33, 3.34 of 10.00: exact; 1.00 over three equal ones: 34, 33, 33
    assert_eq!(spread(1_000 * CENT, &cents(&[333, 333, 334])), cents(&[333, 333, 334]));
    assert_eq!(spread(100 * CENT, &cents(&[500, 500, 500])), cents(&[34, 33, 33]));
    // 5.00 over 19.99 and 10.01: 3.3317 and 1.6683, so 3.33 and 1.67
    assert_eq!(spread(500 * CENT, &cents(&[1_999, 1_001])), cents(&[333, 167]));
    assert_eq!(spread(500, &[-3, 0]), [0, 0]);
    assert_eq!(spread(3, &[50, 50]), [2, 1]);
}

#[test]
fn the_subtotal_tells_how_much_of_the_discount_the_goods_bear() {
    // 40 + 20, discount 15 of which 10 is free shipping: subtotal 55, shipping 10 → 0
    let told = Told {
        items: goods(&[4_000, 2_000]),
        charges: Charges { shipping: 1_000 * CENT, ..Charges::default() },
        total: Some(5_500 * CENT),
        subtotal: Some(5_500 * CENT),
        subtotal_means: SubtotalMeaning::AfterDiscount,
        discount: 1_500 * CENT,
        refund: Some(0),
        ..Told::default()
    };
    let settled = settle(&told);
    assert_eq!(amounts(&settled), [3_667, 1_833]); // 5.00 × 40 ÷ 60 = 3.33
    assert_eq!(settled.shipping, Net { amount: 0, discount: 1_000 * CENT });
    assert_eq!(settled.difference, Some(0));
    // a subtotal before the discount, as its total shows
    let before = Told {
        subtotal: Some(6_000 * CENT),
        subtotal_means: SubtotalMeaning::Either,
        total: Some(5_500 * CENT),
        ..told
    };
    assert_eq!(amounts(&settle(&before)), [3_000, 1_500]);
}

#[test]
fn a_tip_among_the_items_is_no_discount_whether_the_subtotal_holds_it_or_not() {
    let mut items = goods(&[4_000, 300]);
    items[1].kind = ItemKind::Tip;
    for (subtotal, discount) in [(3_500, 500), (3_800, 500), (4_000, 0), (4_300, 0)] {
        let told = Told {
            items: items.clone(),
            total: Some((4_300 - discount) * CENT),
            subtotal: Some(subtotal * CENT),
            subtotal_means: SubtotalMeaning::AfterDiscount,
            discount: discount * CENT,
            refund: Some(0),
            ..Told::default()
        };
        let settled = settle(&told);
        assert_eq!((amounts(&settled), settled.difference), (vec![4_000 - discount, 300], Some(0)));
    }
}

#[test]
fn tax_in_the_prices_is_taken_out_by_value() {
    // 80 + 20 and 19 shipping, all with 19 % tax: 19.00 of 119.00, of which 12.77, 3.19 and 3.04 (3.0336)
    let told = Told {
        items: goods(&[8_000, 2_000]),
        charges: Charges { shipping: 1_900 * CENT, tax: 1_900 * CENT, ..Charges::default() },
        total: Some(11_900 * CENT),
        refund: Some(0),
        ..Told::default()
    };
    let settled = settle(&told);
    assert!(settled.tax_taken_out);
    assert_eq!(amounts(&settled), [8_000 - 1_277, 2_000 - 319]);
    assert_eq!((settled.shipping.amount / CENT, settled.difference), (1_900 - 304, Some(0)));
    // the same without: total 138
    let added = Told { total: Some(13_800 * CENT), ..told };
    assert_eq!((amounts(&settle(&added)), settle(&added).tax_taken_out), (vec![8_000, 2_000], false));
}

#[test]
fn a_refund_falls_on_goods_and_their_tax_first() {
    let told = Told {
        items: goods(&[6_000, 4_000]),
        charges: Charges { shipping: 1_000 * CENT, tax: 2_000 * CENT, ..Charges::default() },
        total: Some(13_000 * CENT),
        ..Told::default()
    };
    let back = |refund: Option<i128>| {
        let settled = settle(&Told { refund: refund.map(|refund| refund * CENT), ..told.clone() });
        let Charges { tax, shipping, .. } = settled.charges_back;
        (
            settled.items_back.iter().map(|back| back / CENT).collect::<Vec<_>>(),
            [tax / CENT, shipping / CENT, settled.beyond / CENT],
        )
    };
    assert_eq!(back(Some(1_000)), (vec![500, 333], [167, 0, 0])); // 8.33 of goods: 5.00 and 3.33
    assert_eq!(back(Some(12_000)), (vec![6_000, 4_000], [2_000, 0, 0]));
    assert_eq!(back(Some(12_500)), (vec![6_000, 4_000], [2_000, 500, 0]));
    assert_eq!(back(None), (vec![6_000, 4_000], [2_000, 1_000, 0]));
    assert_eq!(back(Some(14_000)), (vec![6_000, 4_000], [2_000, 1_000, 1_000]));
}

#[test]
fn a_refund_that_the_lines_leave_out_already_is_not_taken_twice() {
    let told = Told {
        items: goods(&[6_000]),
        total: Some(10_000 * CENT),
        refund: Some(4_000 * CENT),
        ..Told::default()
    };
    let settled = settle(&told);
    assert_eq!((settled.items_back, settled.difference), (vec![0], Some(0)));
}

#[test]
fn an_order_without_items_is_worth_what_its_charges_leave() {
    let told = |subtotal: Option<i128>, discount: i128| Told {
        charges: Charges { shipping: 500 * CENT, tax: 1_000 * CENT, ..Charges::default() },
        total: Some(6_000 * CENT),
        subtotal: subtotal.map(|subtotal| subtotal * CENT),
        discount: discount * CENT,
        ..Told::default()
    };
    let net = |told: &Told| {
        let item = whole_order(told);
        ((item.gross - item.discount) / CENT, item.discount / CENT)
    };
    assert_eq!(net(&told(None, 0)), (4_500, 0));
    assert_eq!(net(&told(Some(4_500), 300)), (4_500, 300));
    assert_eq!(net(&told(Some(4_800), 300)), (4_500, 300));
    assert_eq!(net(&told(Some(5_500), 0)), (5_500, 0)); // prices with tax: taken out when settled
    assert_eq!(net(&told(Some(7_777), 0)), (4_500, 0));
}

proptest! {
    #[test]
    fn spreading_is_exact_never_more_than_the_line_and_monotone(
        weights in proptest::collection::vec(0_i128..1_000_000_000, 1..40),
        share in 0.0..=1.0_f64,
        whole_cents in any::<bool>(),
    ) {
        let scale = if whole_cents { CENT } else { 1 };
        let weights: Vec<i128> = weights.iter().map(|weight| weight * scale).collect();
        let sum: i128 = weights.iter().sum();
        let total = ((sum / scale) as f64 * share) as i128 * scale;
        let parts = spread(total.min(sum), &weights);
        prop_assert_eq!(parts.iter().sum::<i128>(), total.min(sum));
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!((0..=*weight).contains(part));
            prop_assert!(!whole_cents || part % CENT == 0);
            for (other_part, other) in parts.iter().zip(&weights) {
                prop_assert!(weight <= other || part >= other_part);
            }
        }
    }

    #[test]
    fn an_order_keeps_its_sum_whatever_is_asked_of_it(
        prices in proptest::collection::vec((0_i128..100_000, 0_i128..100), 1..8),
        charges in (0_i128..5_000, 0_i128..9_000, 0_i128..900, 0_i128..900),
        discount in 0_i128..200_000,
        refund in proptest::option::of(0_i128..900_000),
        included in any::<bool>(),
    ) {
        let item = |&(price, off): &(i128, i128)| {
            Item { gross: price * CENT, discount: price * off / 100 * CENT, ..Item::default() }
        };
        let items: Vec<Item> = prices.iter().map(item).collect();
        let all: i128 = items.iter().map(|item| item.gross - item.discount).sum();
        let off = (discount * CENT).min(all);
        let (shipping, tax, tip, fee) = charges;
        let charges = Charges { shipping, tax: if included { tax.min(all / CENT) } else { tax }, tip, fee, duties: 0 };
        let Charges { shipping, tax, tip, fee, .. } = charges;
        let charges = Charges { shipping: shipping * CENT, tax: tax * CENT, tip: tip * CENT, fee: fee * CENT, duties: 0 };
        let total = all - off + (shipping + tip + fee + if included { 0 } else { tax }) * CENT;
        let told = Told {
            items,
            charges,
            total: Some(total),
            subtotal: Some(all - off),
            subtotal_means: SubtotalMeaning::AfterDiscount,
            discount: off,
            refund: refund.map(|refund| refund * CENT),
            ..Told::default()
        };
        let settled = settle(&told);
        if !included || all - off + shipping * CENT >= tax * CENT {
            prop_assert!(settled.difference.is_some_and(|left| left.abs() <= NEARLY), "{:?}", settled);
        }
        for (item, net) in told.items.iter().zip(&settled.items) {
            prop_assert!(settled.tax_taken_out || net.amount + net.discount == item.gross);
        }
        let Charges { shipping, tax, tip, fee, duties } = settled.charges_back;
        let back: i128 = settled.items_back.iter().sum::<i128>() + shipping + tax + tip + fee + duties + settled.beyond;
        let parts = total - settled.difference.unwrap_or_default();
        prop_assert_eq!(back, told.refund.unwrap_or(parts));
        for (net, back) in settled.items.iter().zip(&settled.items_back) {
            prop_assert!((0..=net.amount.max(0)).contains(back));
        }
        prop_assert!(tax <= settled.charges.tax && shipping <= settled.charges.shipping);
    }
}

/// One order of prices without tax: lines, total, tax, discount, refund; what is left of the lines, and what goes back.
fn check_left_out(lines: &[i128], numbers: [i128; 4], left: &[i128], back: (i128, i128)) {
    let [total, tax, discount, refund] = numbers.map(|number| number * CENT);
    let told = Told {
        items: goods(lines),
        charges: Charges { tax, ..Charges::default() },
        total: Some(total),
        discount,
        refund: Some(refund),
        less_refunds: true,
        ..Told::default()
    };
    let settled = settle(&told);
    assert_eq!(amounts(&settled), left);
    assert_eq!(settled.difference, Some(0));
    assert_eq!((sum_of(&settled.items_back), settled.charges_back.tax / CENT), back);
}

fn sum_of(parts: &[i128]) -> i128 {
    parts.iter().sum::<i128>() / CENT
}

#[test]
fn refunded_units_that_the_lines_leave_out_are_not_taken_twice() {
    // one of two mugs came back: 10.00 + 1.90 of 23.80; 10.00 are gone from the lines, the tax is not
    check_left_out(&[1_000], [2_380, 380, 0, 1_190], &[1_000], (0, 190));
    // a voucher for a late delivery: no unit is gone, 5.95 are 5.00 and 0.95
    check_left_out(&[2_000], [2_380, 380, 0, 595], &[2_000], (500, 95));
    // 4.00 off 40.00, the tea of 20.00 came back: 18.00 + 3.42
    check_left_out(&[2_000, 0], [4_284, 684, 400, 2_142], &[1_800, 0], (0, 342));
    // prices with tax, the same: 11.90 is 10.00 + 1.90
    check_left_out(&[1_190], [2_380, 380, 0, 1_190], &[1_000], (0, 190));
    // everything came back
    check_left_out(&[0], [2_380, 380, 0, 2_380], &[0], (0, 380));
    // one mug came back and 2.38 of the other were given back: 2.00 + 0.38
    check_left_out(&[1_000], [2_380, 380, 0, 1_428], &[1_000], (200, 228));
}

#[test]
fn tax_inside_the_prices_of_goods_brought_back_is_taken_out_too() {
    let order = |items: &[i128], tax: i128| {
        let told = Told {
            items: goods(items),
            charges: Charges { tax: tax * CENT, ..Charges::default() },
            total: Some(items.iter().sum::<i128>() * CENT),
            refund: Some(0),
            ..Told::default()
        };
        let settled = settle(&told);
        (amounts(&settled), settled.charges.tax / CENT, settled.difference)
    };
    assert_eq!(order(&[-1_190], -190), (vec![-1_000], -190, Some(0)));
    // 23.80 bought, 11.90 brought back
    assert_eq!(order(&[2_380, -1_190], 190), (vec![2_000, -1_000], 190, Some(0)));
    assert_eq!(order(&[1_190, -2_380], -190), (vec![1_000, -2_000], -190, Some(0)));
}

#[test]
fn tax_inside_the_prices_falls_on_what_is_taxable() {
    // a book of 10.00 without tax beside a mug of 12.00 with 2.00 of it
    let mut items = goods(&[1_000, 1_200]);
    items[0].untaxed = true;
    let told = Told {
        items,
        charges: Charges { tax: 200 * CENT, ..Charges::default() },
        total: Some(2_200 * CENT),
        refund: Some(0),
        ..Told::default()
    };
    assert_eq!(amounts(&settle(&told)), [1_000, 1_000]);
    // more tax than the taxable goods could hold: the marks are wrong
    let mut items = told.items.clone();
    items[1].gross = 100 * CENT;
    let total = Some(1_100 * CENT);
    assert_eq!(amounts(&settle(&Told { items, total, ..told })), [818, 82]);
}

#[test]
fn what_an_edited_order_lost_is_taken_off_and_counted() {
    let told = Told {
        items: goods(&[2_000, 1_000]),
        total: Some(2_000 * CENT),
        subtotal: Some(2_000 * CENT),
        subtotal_means: SubtotalMeaning::AfterDiscount,
        refund: Some(0),
        ..Told::default()
    };
    let settled = settle(&told);
    assert_eq!((amounts(&settled), settled.edited / CENT), (vec![1_333, 667], 1_000));
    let discounted = settle(&Told { discount: 1_000 * CENT, ..told });
    assert_eq!((sum(&discounted.items) / CENT, discounted.edited), (2_000, 0));
}
