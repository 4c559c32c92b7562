//! Each ready scenario tells its story: the figures that make it what it is.

use std::collections::{HashMap, HashSet};

use patron_domain::{Day, LineKind, Month};
use patron_synth::{Scenario, Shop, generate};

fn shop(name: &str) -> Shop {
    generate(&Scenario::ready(name).unwrap(), 7).unwrap()
}

fn smaller(name: &str, customers: u32) -> Shop {
    generate(&Scenario { customers, ..Scenario::ready(name).unwrap() }, 7).unwrap()
}

/// Figures of the raw log.
#[derive(Default)]
struct Figures {
    /// Invoices with sales, of customers known or not, and their lines.
    invoices: HashSet<String>,
    sale_lines: u64,
    lines: u64,
    lines_without_customer: u64,
    cancelled: HashSet<String>,
    /// Revenue by month.
    revenue: HashMap<Month, f64>,
    prices: Vec<f64>,
    /// Days with a sale, by customer.
    days: HashMap<String, Vec<Day>>,
    countries: HashMap<String, HashSet<String>>,
    first: Option<Day>,
    last: Option<Day>,
}

impl Figures {
    fn of(shop: &Shop) -> Self {
        let mut figures = Self::default();
        let visited: Result<(), ()> = shop.try_for_each_line(|line| {
            let day = Day::of(line.timestamp);
            figures.first.get_or_insert(day);
            figures.last = Some(day);
            figures.lines += 1;
            figures.lines_without_customer += u64::from(line.customer.is_none());
            match line.kind {
                LineKind::Sale => {
                    figures.sale_lines += 1;
                    figures.invoices.insert(line.order.to_owned());
                    figures.prices.push(line.unit_price.to_f64());
                    if let Some(customer) = line.customer {
                        let days = figures.days.entry(customer.to_owned()).or_default();
                        days.push(day);
                        days.dedup();
                        figures
                            .countries
                            .entry(line.country.to_owned())
                            .or_default()
                            .insert(customer.to_owned());
                    }
                }
                LineKind::Return => _ = figures.cancelled.insert(line.order.to_owned()),
                LineKind::Service => return Ok(()),
            }
            *figures.revenue.entry(day.month()).or_default() += line.amount.to_f64();
            Ok(())
        });
        assert_eq!(visited, Ok(()));
        figures
    }

    fn revenue(&self, year: i32, months: std::ops::RangeInclusive<u32>) -> f64 {
        let wanted = |month: &Month| month.year() == year && months.contains(&month.of_year());
        self.revenue.iter().filter(|(month, _)| wanted(month)).map(|(_, revenue)| revenue).sum()
    }
}

fn check(name: &str, value: f64, range: std::ops::RangeInclusive<f64>) {
    assert!(range.contains(&value), "{name}: {value}");
}

/// Fader, Hardie & Lee (2005) count in the 39 weeks up to 1997-09-30 of one tenth of the customers 1.04 repeat purchases
/// each, none from 60 %; over 78 weeks 69,659 transactions of 23,570 customers, 35.9 dollars each.
#[test]
fn cdnow_like_repeats_as_cdnow_does() {
    let shop = shop("cdnow-like");
    let figures = Figures::of(&shop);
    let intake: Day = "1997-03-31".parse().unwrap();
    assert!(shop.truth.customers.iter().all(|customer| customer.first_order <= intake));
    let calibration: Day = "1997-09-30".parse().unwrap();
    let repeats: Vec<usize> = figures
        .days
        .values()
        .map(|days| days.iter().filter(|day| **day <= calibration).count() - 1)
        .collect();
    check("repeats", repeats.iter().sum::<usize>() as f64 / 23_570.0, 0.95..=1.15);
    check("no repeat", repeats.iter().filter(|&&x| x == 0).count() as f64 / 23_570.0, 0.57..=0.63);
    check("transactions", figures.invoices.len() as f64, 62_000.0..=77_000.0);
    check("value", figures.revenue.values().sum::<f64>() / figures.invoices.len() as f64, 33.0..=39.0);
    assert_eq!(shop.truth.planted, patron_synth::PlantedDirt::default());
}

/// Online Retail has 541,909 lines, 25,900 invoices of which 3,836 are cancellations, 24.9 % of the lines without a
/// customer, a median price of 2.08, 4,372 customers of whom 90 % are British, November its best month, nothing on
/// Saturdays.
#[test]
fn online_retail_like_has_its_margins() {
    let shop = shop("online-retail-like");
    let mut figures = Figures::of(&shop);
    check("lines", figures.lines as f64, 430_000.0..=650_000.0);
    check("invoices", figures.invoices.len() as f64, 19_000.0..=25_000.0);
    check("lines per invoice", figures.sale_lines as f64 / figures.invoices.len() as f64, 18.0..=26.0);
    let all = (figures.invoices.len() + figures.cancelled.len()) as f64;
    check("cancelled", figures.cancelled.len() as f64 / all, 0.12..=0.18);
    check("without customer", figures.lines_without_customer as f64 / figures.lines as f64, 0.21..=0.28);
    figures.prices.sort_by(f64::total_cmp);
    check("median price", figures.prices[figures.prices.len() / 2], 1.8..=2.6);
    check("British", figures.countries["United Kingdom"].len() as f64 / 4_340.0, 0.89..=0.94);
    check(
        "repeat",
        figures.days.values().filter(|days| days.len() > 1).count() as f64 / 4_340.0,
        0.58..=0.72,
    );
    let november = figures.revenue(2011, 11..=11);
    assert!((1..=10).all(|month| figures.revenue(2011, month..=month) < november));
    check("revenue", figures.revenue.values().sum(), 8e6..=13e6);
    assert!(figures.days.values().flatten().all(|day| (day.number() + 3).rem_euclid(7) != 5), "Saturdays");
}

#[test]
fn subscription_boxes_come_every_month_until_they_do_not() {
    let figures = Figures::of(&shop("subscription-box"));
    let mut waits: Vec<f64> = Vec::new();
    for days in figures.days.values() {
        waits.extend(days.windows(2).map(|pair| f64::from(pair[1].days_since(pair[0]))));
    }
    let mean = waits.iter().sum::<f64>() / waits.len() as f64;
    let deviation = (waits.iter().map(|wait| (wait - mean).powi(2)).sum::<f64>() / waits.len() as f64).sqrt();
    check("wait", mean, 28.0..=33.0);
    check("spread", deviation / mean, 0.1..=0.3);
    check("lines", figures.sale_lines as f64 / figures.invoices.len() as f64, 1.0..=1.15);
    let once = figures.days.values().filter(|days| days.len() == 1).count() as f64;
    check("one box only", once / figures.days.len() as f64, 0.08..=0.2);
}

#[test]
fn holiday_heavy_lives_from_november_and_december() {
    let shop = shop("holiday-heavy");
    let figures = Figures::of(&shop);
    let share = figures.revenue(2024, 11..=12) / figures.revenue(2024, 1..=12);
    check("November and December", share, 0.45..=0.7);
    let week = |from: &str| {
        let from: Day = from.parse().unwrap();
        let in_week = |day: &&Day| (0..7).contains(&day.days_since(from));
        figures.days.values().flatten().filter(in_week).count() as f64
    };
    check("black week", week("2024-11-29") / week("2024-11-15"), 1.3..=3.0);
    assert!(shop.truth.totals.discounts.to_f64() > 0.01 * shop.truth.totals.sales.to_f64());
}

#[test]
fn the_dying_shop_dies() {
    let shop = shop("dying-shop");
    let figures = Figures::of(&shop);
    let (best, last) = (figures.revenue(2022, 7..=12), figures.revenue(2024, 7..=12));
    check("revenue", last / best, 0.02..=0.35);
    let newcomers = |year: i32| {
        let months = shop.truth.customers.iter().map(|customer| customer.first_order.month());
        months.filter(|month| month.year() == year).count() as f64
    };
    check("newcomers", newcomers(2024) / newcomers(2022), 0.05..=0.4);
    let alive = shop.truth.customers.iter().filter(|customer| customer.alive_at_end).count() as f64;
    check("alive", alive / 4_000.0, 0.1..=0.6);
}

#[test]
fn huge_has_a_hundred_million_lines() {
    let shop = smaller("huge", 4_000);
    check("lines in 4,000,000", shop.lines() as f64 * 1_000.0, 95e6..=135e6);
}
