//! What must hold for every shop that knows something of its customers and products, random ones and Online Retail.

use std::collections::{BTreeMap, BTreeSet};

use patron_analytics::{
    AnalysisOptions, AttributeAnswers, CustomerGroup, CustomerTrait, ExpectedValue, Group, Margin,
    ProductTrait, RepeatDefinition, analyse, attribute_answers,
};
use patron_columns::{RollupSource, SalesTable};
use patron_domain::{AcquisitionSpend, Attributes, Day, MarketingCosts, Money, NO_CODE, Names, Trait};
use proptest::prelude::*;

use crate::laws::OneByOne;
use crate::real_data::online_retail;
use crate::shop::{Line, any_lines, table_of};

const CUSTOMER_TRAITS: [CustomerTrait; 5] = [
    CustomerTrait::Country,
    CustomerTrait::City,
    CustomerTrait::Gender,
    CustomerTrait::AgeBand,
    CustomerTrait::Channel,
];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A word for each code, the unknown where there is none.
fn known(codes: usize, word: impl Fn(u32) -> Option<u32>, words: &[&str]) -> Trait {
    let codes = (0..codes as u32).map(|code| word(code).unwrap_or(NO_CODE)).collect();
    Trait { codes, words: words.iter().collect() }
}

/// Three women to a man.
fn gender(customer: u32) -> u32 {
    u32::from(customer.is_multiple_of(4))
}

/// Made up, but always the same for the same seed. Some words are spelled in several ways.
fn made_up(table: &SalesTable, seed: u32) -> Attributes {
    let (customers, products) = (table.catalog().customers.len(), table.catalog().skus.len());
    let pick = move |code: u32, of: u32, salt: u32| {
        let mixed = (code + 1).wrapping_mul(2_654_435_761) ^ (seed * 16 + salt).wrapping_mul(2_246_822_519);
        (mixed.wrapping_mul(3_266_489_917) >> 8) % of
    };
    let cities = ["Leeds", "York", "leeds ", "Bath", "YORK", "Hull"];
    let some = move |of: u32, salt: u32| move |code| Some(pick(code, of + 1, salt)).filter(|&word| word < of);
    let month = |place: i32| day("2010-12-01").month().plus(place);
    let spend = |place: i32| AcquisitionSpend {
        month: month(place),
        channel: ["ads", "Friends", "radio"][place as usize % 3].to_owned(),
        amount: Money::from_ten_thousandths(i64::from(place + 1) * 1_234_567),
    };
    Attributes {
        city: known(customers, some(6, 1), &cities),
        gender: known(customers, |code| Some(gender(code)), &["f", "m"]),
        channel: known(customers, some(3, 3), &["Ads", "friends", "post"]),
        country: known(customers, some(2, 4), &["Land1 ", "United Kingdom"]),
        birthday: (0..customers as u32)
            .map(|code| Some(day("1935-05-17").plus_days((pick(code, 30_000, 5)) as i32)))
            .collect(),
        category: known(products, some(3, 6), &["tools", "Toys", " TOOLS"]),
        producer_country: known(products, some(4, 7), &["IN", "UK", "FR", "in"]),
        unit_cost: (0..products as u32)
            .map(|code| {
                (pick(code, 4, 8) > 0).then(|| Money::from_ten_thousandths(pick(code, 20_000, 9).into()))
            })
            .collect(),
        costs: MarketingCosts { contacts: Vec::new(), acquisition: (0..12).map(spend).collect() },
        ..Attributes::default()
    }
}

fn forecasts(table: &SalesTable) -> Vec<Option<ExpectedValue>> {
    let forecast = |code: usize| ExpectedValue { value_3m: code as f64 * 0.5, value_12m: code as f64 * 1.75 };
    (0..table.catalog().customers.len() / 2 + 1).map(|code| (code % 3 > 0).then(|| forecast(code))).collect()
}

fn options() -> AnalysisOptions {
    AnalysisOptions::at(Day::from_number(0))
}

fn answers(source: &dyn RollupSource, attributes: &Attributes, table: &SalesTable) -> AttributeAnswers {
    attribute_answers(source, attributes, &options(), &forecasts(table)).unwrap()
}

/// The same knowledge with the words in another order.
fn reversed(known: &Trait) -> Trait {
    let last = (known.words.len() as u32).saturating_sub(1);
    let codes = known.codes.iter().map(|&code| if code == NO_CODE { code } else { last - code }).collect();
    let words: Vec<&str> = known.words.iter().collect();
    Trait { codes, words: words.into_iter().rev().collect() }
}

/// Money adds up exactly; shares are what they say.
fn check_margin(margin: &Margin, revenue: Money) {
    assert_eq!(margin.cost + margin.margin, margin.revenue);
    assert_eq!(margin.share.is_some(), margin.revenue > Money::ZERO);
    assert_eq!(margin.covered.is_some(), revenue > Money::ZERO);
}

/// Rows of each trait against the shop's totals, and against the rule about small groups.
fn check_customers(table: &SalesTable, found: &AttributeAnswers) {
    let shop = analyse(table, &options()).unwrap();
    let ordered = shop.customers.iter().filter(|customer| customer.orders > 0);
    let revenue: Money = ordered.clone().map(|customer| customer.revenue).sum();
    let orders: u64 = ordered.map(|customer| u64::from(customer.orders)).sum();
    let whole = shop.repeat_shares.iter().find(|row| {
        row.country.is_none() && row.month.is_none() && row.definition == RepeatDefinition::TwoDaysEver
    });
    let repeat_customers = whole.map_or(0, |row| row.repeat_customers);
    for by in CUSTOMER_TRAITS {
        let rows: Vec<&CustomerGroup> = found.customer_groups.iter().filter(|row| row.by == by).collect();
        if rows.is_empty() {
            continue;
        }
        let sum = |count: fn(&CustomerGroup) -> u64| rows.iter().map(|row| count(row)).sum::<u64>();
        assert_eq!(rows.iter().map(|row| row.revenue).sum::<Money>(), revenue, "{by:?}");
        assert_eq!(sum(|row| row.customers), shop.totals.customers, "{by:?}");
        assert_eq!((sum(|row| row.orders), sum(|row| row.repeat_customers)), (orders, repeat_customers));
        let mut members: Vec<u32> = rows.iter().flat_map(|row| &row.members).copied().collect();
        members.sort_unstable();
        let with_order = shop.customers.iter().filter(|customer| customer.orders > 0);
        assert_eq!(members, with_order.map(|customer| customer.customer).collect::<Vec<_>>(), "{by:?}");
        for row in &rows {
            assert!(row.members.is_sorted_by(|a, b| a < b) && row.members.len() as u64 == row.customers);
            let may_be_few = row.group == Group::Unknown || rows.len() == 1;
            assert!(row.customers >= 5 || may_be_few, "{row:?}");
            assert!(row.repeat_customers <= row.customers);
            row.margin.iter().for_each(|margin| check_margin(margin, row.revenue));
            assert!(row.expected.is_none_or(|expected| (1..=row.customers).contains(&expected.customers)));
        }
        let named = rows.iter().filter(|row| matches!(row.group, Group::Named(_)));
        assert!(named.map(|row| row.revenue).is_sorted_by(|a, b| a >= b));
        let costs = |rows: &[&CustomerGroup]| -> Money {
            rows.iter().filter_map(|row| row.margin).map(|margin| margin.cost).sum()
        };
        let everybody = |row: &&CustomerGroup| row.by == CustomerTrait::Gender; // known of all
        let everybody: Vec<_> = found.customer_groups.iter().filter(everybody).collect();
        assert_eq!(costs(&rows), costs(&everybody), "the same goods whichever way people are grouped");
    }
}

fn check_products(table: &SalesTable, found: &AttributeAnswers) {
    let shop = analyse(table, &options()).unwrap();
    let revenue: Money = shop.products.iter().map(|product| product.revenue).sum();
    let units: i64 = shop.products.iter().map(|product| product.quantity).sum();
    for by in [ProductTrait::Category, ProductTrait::ProducerCountry] {
        let rows: Vec<_> = found.product_groups.iter().filter(|row| row.by == by).collect();
        if rows.is_empty() {
            continue;
        }
        assert_eq!(rows.iter().map(|row| row.revenue).sum::<Money>(), revenue);
        assert_eq!(rows.iter().map(|row| row.quantity).sum::<i64>(), units);
        assert_eq!(rows.iter().map(|row| row.products).sum::<u64>(), shop.totals.products);
        for row in &rows {
            let may_be_few = row.group == Group::Unknown || rows.len() == 1 || shop.customers.is_empty();
            assert!(row.customers >= 5 || may_be_few, "{row:?}");
            row.margin.iter().for_each(|margin| check_margin(margin, row.revenue));
        }
        let margins = rows.iter().filter_map(|row| row.margin).map(|margin| margin.margin);
        let whole = found.margin.map_or(Money::ZERO, |margin| margin.margin);
        assert_eq!(margins.sum::<Money>(), whole);
    }
    let each: Money = found.product_margins.iter().map(|row| row.margin.margin).sum();
    assert_eq!(each, found.margin.map_or(Money::ZERO, |margin| margin.margin));
    assert!(found.product_margins.is_sorted_by(|a, b| a.margin.margin >= b.margin.margin));
}

/// Cost and revenue of goods with a known cost, of customers with an order who fit, line by line.
fn recount(
    lines: &[Line],
    table: &SalesTable,
    attributes: &Attributes,
    fits: impl Fn(u32) -> bool,
) -> (Money, Money) {
    let code = |names: &Names, text: &str| names.iter().position(|name| name == text).map(|code| code as u32);
    let catalog = table.catalog();
    let sales = lines.iter().filter(|line| line.quantity > 0);
    let ordered: BTreeSet<&str> = sales.map(|line| line.customer.as_str()).collect();
    let mut sums = (Money::ZERO, Money::ZERO);
    for line in lines.iter().filter(|line| ordered.contains(line.customer.as_str())) {
        if !code(&catalog.customers, &line.customer).is_some_and(&fits) {
            continue;
        }
        let product = code(&catalog.skus, &line.product);
        if let Some(cost) = product.and_then(|product| attributes.unit_cost(product)) {
            sums.0 += line.amount;
            sums.1 += cost.times(line.quantity.into()).unwrap();
        }
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn groups_add_up_and_hide_the_few(lines in any_lines(), seed in 0_u32..1_000) {
        let table = table_of(&lines);
        let found = answers(&table, &made_up(&table, seed), &table);
        check_customers(&table, &found);
        check_products(&table, &found);
    }

    #[test]
    fn margins_by_gender_are_recounted_line_by_line(lines in any_lines(), seed in 0_u32..1_000) {
        let table = table_of(&lines);
        let attributes = made_up(&table, seed);
        let found = answers(&table, &attributes, &table);
        let rows: Vec<_> = found.customer_groups.iter().filter(|row| row.by == CustomerTrait::Gender).collect();
        for row in &rows {
            // every gender is known: a lone row without a name is everybody, one beside a named row the others
            let named = |row: &&CustomerGroup| match &row.group {
                Group::Named(name) => Some(u32::from(name == "m")),
                _ => None,
            };
            let wanted = match (named(row), rows.iter().find_map(named)) {
                (Some(own), _) => own..own + 1,
                (None, Some(other)) => 1 - other..2 - other,
                (None, None) => 0..2,
            };
            let (revenue, cost) = recount(&lines, &table, &attributes, |code| wanted.contains(&gender(code)));
            let margin = row.margin.map(|margin| (margin.revenue, margin.cost)).unwrap_or_default();
            prop_assert_eq!(margin, (revenue, cost));
        }
    }

    #[test]
    fn neither_dictionaries_nor_batches_matter(lines in any_lines(), seed in 0_u32..1_000) {
        let table = table_of(&lines);
        let attributes = made_up(&table, seed);
        let found = answers(&table, &attributes, &table);
        let turned = Attributes {
            city: reversed(&attributes.city),
            gender: reversed(&attributes.gender),
            channel: reversed(&attributes.channel),
            country: reversed(&attributes.country),
            category: reversed(&attributes.category),
            producer_country: reversed(&attributes.producer_country),
            ..attributes.clone()
        };
        prop_assert_eq!(&answers(&table, &turned, &table), &found);
        prop_assert_eq!(&answers(&OneByOne(&table), &attributes, &table), &found);
    }

    #[test]
    fn newcomers_of_a_channel_are_those_of_its_customers(lines in any_lines(), seed in 0_u32..1_000) {
        let table = table_of(&lines);
        let attributes = made_up(&table, seed);
        let found = answers(&table, &attributes, &table);
        let mut newcomers: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        for (customer, name) in (0..).zip(table.catalog().customers.iter()) {
            let own = lines.iter().filter(|line| line.customer == name && line.quantity > 0);
            let (Some(first), Some(channel)) = (own.map(|line| line.day).min(), attributes.channel.get(customer))
            else {
                continue;
            };
            *newcomers.entry(channel).or_default().entry(first.month().to_string()).or_default() += 1;
        }
        for (ours, theirs) in [("Ads", "ads"), ("friends", "Friends")] {
            let rows = found.acquisition.iter().filter(|row| row.channel.to_lowercase() == theirs.to_lowercase());
            let counted: BTreeMap<String, u64> = rows
                .filter(|row| row.new_customers > 0)
                .map(|row| (row.month.to_string(), row.new_customers))
                .collect();
            prop_assert_eq!(counted, newcomers.remove(ours).unwrap_or_default());
        }
        prop_assert!(found.acquisition.iter().all(|row| row.channel != "post"), "it had no spend");
        let spent: Money = found.acquisition.iter().filter_map(|row| row.spend).sum();
        prop_assert_eq!(spent, attributes.costs.acquisition.iter().map(|spend| spend.amount).sum::<Money>());
    }
}

#[test]
fn online_retail_adds_up_to_the_cent() {
    let Some(table) = online_retail() else { return };
    let attributes = made_up(&table, 7);
    let found = answers(&table, &attributes, &table);
    check_customers(&table, &found);
    check_products(&table, &found);
    let shop = analyse(&table, &options()).unwrap();
    let by = |by| found.customer_groups.iter().filter(move |row| row.by == by);
    let genders: Vec<&CustomerGroup> = by(CustomerTrait::Gender).collect();
    assert_eq!(genders.iter().map(|row| row.revenue).sum::<Money>(), shop.totals.known_revenue);
    for (code, name) in [(0, "f"), (1, "m")] {
        let own = shop.customers.iter().filter(|customer| gender(customer.customer) == code);
        let revenue: Money = own.map(|customer| customer.revenue).sum();
        let row = genders.iter().find(|row| row.group == Group::Named(name.to_owned()));
        assert_eq!(row.map(|row| row.revenue), Some(revenue));
    }
    let mut costs = (Money::ZERO, Money::ZERO);
    for row in table.customer_product_days().flat_map(Result::unwrap) {
        let Some(cost) = attributes.unit_cost(row.product) else { continue };
        costs.0 += row.revenue;
        costs.1 += cost.times(row.quantity).unwrap();
    }
    let margins = || genders.iter().filter_map(|row| row.margin);
    assert_eq!(costs.0, margins().map(|margin| margin.revenue).sum());
    assert_eq!(costs.1, margins().map(|margin| margin.cost).sum());
    let cities: Vec<_> = by(CustomerTrait::City).map(|row| row.group.clone()).collect();
    assert_eq!(cities.len(), 5, "six spellings of four cities, and the unknown: {cities:?}");
    assert_eq!(by(CustomerTrait::AgeBand).count(), 8, "seven bands, and those not born yet");
}

#[test]
fn threads_do_not_matter() {
    let Some(table) = online_retail() else { return };
    let attributes = made_up(&table, 11);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| answers(&table, &attributes, &table))
    };
    assert_eq!(on(1), on(5));
}
