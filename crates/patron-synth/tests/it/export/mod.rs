//! The files that shop systems export: read again from their text alone, they come to the truth told beside them.

mod reader;
mod rows;

use std::collections::HashSet;
use std::io;

use patron_domain::Money;
use patron_synth::{
    DirtRates, ExportOptions, ExportTruth, ExportZone, Scenario, Shop, SynthError, generate, write_shopify,
    write_woocommerce,
};
use reader::{recount, shopify, woocommerce};
use rows::rows;

fn shop() -> Shop {
    let scenario = Scenario { customers: 500, dirt: DirtRates::default(), ..Scenario::demo() };
    generate(&scenario, 11).unwrap()
}

fn shopify_text(shop: &Shop, options: &ExportOptions, seed: u64) -> (String, ExportTruth) {
    let mut text = Vec::new();
    let truth = write_shopify(shop, options, seed, &mut text).unwrap();
    (String::from_utf8(text).unwrap(), truth)
}

fn woocommerce_text(shop: &Shop, options: &ExportOptions, seed: u64) -> (String, ExportTruth) {
    let mut text = Vec::new();
    let truth = write_woocommerce(shop, options, seed, &mut text).unwrap();
    (String::from_utf8(text).unwrap(), truth)
}

/// Both files, read from their text by the rules of the accounts, come to the truth.
fn check(options: &ExportOptions) {
    let shop = shop();
    let zone = options.shop_zone.name().parse().unwrap();
    let (text, truth) = shopify_text(&shop, options, 5);
    assert_eq!(recount(&shopify(&rows(&text)), zone), truth, "Shopify, {options:?}");
    let (text, truth) = woocommerce_text(&shop, options, 5);
    assert_eq!(recount(&woocommerce(&rows(&text)), zone), truth, "WooCommerce, {options:?}");
}

#[test]
fn the_files_come_to_the_truth_with_tax_on_top() {
    check(&ExportOptions::default());
}

#[test]
fn the_files_come_to_the_truth_with_tax_in_the_prices() {
    let options = ExportOptions { prices_include_tax: true, refunds: 0.3, ..ExportOptions::default() };
    check(&options);
    check(&ExportOptions { tax_rate: 0.08875, file_zone: ExportZone::Utc, ..options });
}

#[test]
fn the_files_come_to_the_truth_when_everything_happens_to_every_order() {
    let options = ExportOptions {
        guests: 0.5,
        discounts: 1.0,
        refunds: 0.7,
        full_refunds: 0.3,
        gift_cards: 1.0,
        tips: 1.0,
        near_midnight: 1.0,
        shop_zone: ExportZone::NewYork,
        file_zone: ExportZone::Utc,
        ..ExportOptions::default()
    };
    check(&options);
    check(&ExportOptions { prices_include_tax: true, ..options });
}

#[test]
fn the_files_come_to_the_truth_when_nothing_happens() {
    let options = plain();
    check(&options);
    let shop = shop();
    let (_, truth) = shopify_text(&shop, &options, 5);
    assert_eq!((truth.total, truth.orders), (truth.accepted.total, shop.truth.totals.orders));
    assert_eq!(truth.accepted.product_revenue, shop.truth.totals.sales);
    assert_eq!(truth.rows, shop.lines());
    assert_eq!(truth.customers, 500);
    assert_eq!(truth.set_aside.iter().map(|rule| rule.orders).sum::<u64>(), 0);
    let (_, truth) = woocommerce_text(&shop, &options, 5);
    assert_eq!(truth.accepted.product_revenue, shop.truth.totals.sales);
    assert_eq!((truth.rows, truth.guest_orders), (shop.lines() + truth.orders, 0));
}

fn plain() -> ExportOptions {
    ExportOptions {
        guests: 0.0,
        discounts: 0.0,
        refunds: 0.0,
        full_refunds: 0.0,
        cancelled: 0.0,
        unpaid: 0.0,
        voided: 0.0,
        test_orders: 0.0,
        gift_cards: 0.0,
        tips: 0.0,
        tax_rate: 0.0,
        near_midnight: 0.0,
        ..ExportOptions::default()
    }
}

#[test]
fn the_wrong_zone_gives_other_days_and_months() {
    let (shop, options) = (shop(), ExportOptions { near_midnight: 0.5, ..ExportOptions::default() });
    for file_zone in [ExportZone::NewYork, ExportZone::Utc] {
        let options = ExportOptions { file_zone, ..options.clone() };
        let (text, truth) = shopify_text(&shop, &options, 5);
        // A half of the half that is near midnight comes after it, and then lies on the day before.
        let share = truth.other_day_in_file as f64 / truth.accepted.orders as f64;
        assert!((share - 0.25).abs() < 0.05, "{share}");
        assert!(truth.other_month_in_file > 0);
        let wrong = recount(&shopify(&rows(&text)), file_zone.name().parse().unwrap());
        assert_ne!(wrong.months, truth.months);
        assert_eq!(wrong.accepted, truth.accepted);
    }
    let same = ExportOptions { file_zone: ExportZone::Berlin, ..options };
    assert_eq!(shopify_text(&shop, &same, 5).1.other_day_in_file, 0);
}

#[test]
fn a_seed_gives_the_same_bytes_and_an_order_keeps_its_chances() {
    let (shop, options) = (shop(), ExportOptions::default());
    assert_eq!(shopify_text(&shop, &options, 5), shopify_text(&shop, &options, 5));
    assert_eq!(woocommerce_text(&shop, &options, 5), woocommerce_text(&shop, &options, 5));
    assert_ne!(shopify_text(&shop, &options, 5).0, shopify_text(&shop, &options, 6).0);
    // Discounts change the money of orders, not who is cancelled or moved.
    let without = ExportOptions { discounts: 0.0, ..options.clone() };
    let (with, without) = (
        shopify(&rows(&shopify_text(&shop, &options, 5).0)),
        shopify(&rows(&shopify_text(&shop, &without, 5).0)),
    );
    assert!(with.iter().zip(&without).all(|(a, b)| (a.rule, a.placed) == (b.rule, b.placed)));
}

/// `happened` of `orders` is within four standard deviations of `rate`.
#[track_caller]
fn check_rate(happened: u64, orders: u64, rate: f64) {
    let (happened, orders) = (happened as f64, orders as f64);
    let deviation = (orders * rate * (1.0 - rate)).sqrt();
    assert!((happened - orders * rate).abs() < 4.0 * deviation, "{happened} of {orders}, not {rate}");
}

#[test]
fn each_kind_happens_at_its_rate() {
    let (shop, options) = (shop(), ExportOptions::default());
    let (text, truth) = woocommerce_text(&shop, &options, 5);
    let orders = woocommerce(&rows(&text));
    check_rate(truth.set_aside[0].orders, truth.orders, options.cancelled);
    check_rate(truth.set_aside[1].orders, truth.orders, options.unpaid + options.voided);
    assert_eq!((truth.set_aside[2].orders, truth.set_aside[3].orders), (0, 0));
    let (_, in_shopify) = shopify_text(&shop, &options, 5);
    let rates = [options.cancelled, options.unpaid, options.voided, options.test_orders];
    for (rule, rate) in in_shopify.set_aside.iter().zip(rates) {
        check_rate(rule.orders, in_shopify.orders, rate);
    }
    let count =
        |condition: fn(&reader::Seen) -> bool| orders.iter().filter(|seen| condition(seen)).count() as u64;
    check_rate(count(|seen| seen.discount() > 0), truth.orders, options.discounts);
    check_rate(count(|seen| seen.gift_cards > 0), truth.orders, options.gift_cards);
    check_rate(count(|seen| seen.fees > 0), truth.orders, options.tips);
    let kept = truth.accepted.orders;
    let back = |seen: &reader::Seen| seen.refunded > 0 && seen.refunded < seen.total;
    check_rate(orders.iter().filter(|seen| back(seen)).count() as u64, kept, options.refunds);
    check_rate(count(|seen| seen.refunded > 0 && seen.refunded == seen.total), kept, options.full_refunds);
    assert!(truth.accepted.refunded_shipping > Money::ZERO, "no refund goes beyond goods and tax");
    // Orders set aside of customers without an account order become guests too, so a few more than the rate.
    let guests = orders.iter().filter(|seen| seen.id.is_none()).count() as f64 / truth.orders as f64;
    assert!((0.28..0.36).contains(&guests), "{guests}");
    assert!(truth.guest_orders_of_accounts > 0 && truth.customers_by_email > 0);
}

#[test]
fn some_addresses_are_typed_otherwise_and_all_end_in_example_com() {
    let (text, truth) = shopify_text(&shop(), &ExportOptions::default(), 5);
    let orders = shopify(&rows(&text));
    let typed: HashSet<&str> = orders.iter().map(|seen| seen.email.as_str()).collect();
    let tidy: HashSet<String> = typed.iter().map(|email| email.trim().to_lowercase()).collect();
    assert!(tidy.iter().all(|email| email.ends_with("@example.com")));
    assert!(typed.len() > tidy.len() * 5 / 4, "{} of {}", typed.len(), tidy.len());
    assert_eq!((tidy.len() as u64, truth.customers_by_email), (500, truth.customers));
}

#[test]
fn what_is_no_sale_of_goods_to_a_known_customer_is_left_out() {
    let dirty = Scenario { customers: 500, ..Scenario::demo() };
    let clean = Scenario { dirt: DirtRates::default(), ..dirty.clone() };
    let options = ExportOptions::default();
    let (dirty, clean) = (generate(&dirty, 11).unwrap(), generate(&clean, 11).unwrap());
    let (text, truth) = shopify_text(&dirty, &options, 5);
    assert!(dirty.lines() > clean.lines() && !text.contains("POSTAGE"));
    assert_eq!((text, truth), shopify_text(&clean, &options, 5));
}

/// A disk that is full after some bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn impossible_options_and_a_full_disk_are_told() {
    let shop = shop();
    let options = ExportOptions { discounts: -1.0, ..ExportOptions::default() };
    let refused = write_shopify(&shop, &options, 5, &mut Vec::new()).unwrap_err();
    assert_eq!(refused.to_string(), "`discounts` is -1, but must be between 0 and 1");
    let mut untouched = Vec::new();
    assert!(write_woocommerce(&shop, &options, 5, &mut untouched).is_err() && untouched.is_empty());
    let options = ExportOptions::default();
    for room in [0, 100_000] {
        let full = SynthError::Write { kind: io::ErrorKind::StorageFull };
        assert_eq!(write_shopify(&shop, &options, 5, &mut Full(room)), Err(full.clone()));
        assert_eq!(write_woocommerce(&shop, &options, 5, &mut Full(room)), Err(full));
    }
}
