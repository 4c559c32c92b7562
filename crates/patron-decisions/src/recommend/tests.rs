//! Small shops whose answers can be had by hand.

use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{
    Attributes, Day, LineKind, Money, NO_CODE, NewEntries, OrderEntry, ProductEntry, PurchaseRule, SaleBatch,
    Trait,
};

use super::*;

/// Lines of (customer, product, day, units); a customer's day is an order. Every unit of product p costs p + 1.
fn shop(lines: &[(u32, u32, i32, i32)]) -> SalesTable {
    let mut batch = SaleBatch::default();
    let mut orders: Vec<(u32, i32)> = Vec::new();
    for &(customer, product, day, units) in lines {
        let at = orders.iter().position(|order| *order == (customer, day)).unwrap_or_else(|| {
            orders.push((customer, day));
            orders.len() - 1
        });
        batch.customer.push(customer);
        batch.product.push(product);
        batch.order.push(at as u32);
        batch.country.push(NO_CODE);
        batch.timestamp.push(Day::from_number(day).start());
        batch.quantity.push(units);
        let price = Money::from_ten_thousandths(10_000 * i64::from(product + 1));
        batch.unit_price.push(price);
        batch.discount.push(Money::ZERO);
        batch.amount.push(price.times(i64::from(units)).unwrap());
        batch.kind.push(if units > 0 { LineKind::Sale } else { LineKind::Return });
        batch.line.push(batch.line.len() as u64 + 2);
    }
    let products = lines.iter().map(|line| line.1).max().unwrap_or(0);
    let customers = lines.iter().map(|line| line.0).max().unwrap_or(0);
    batch.added = NewEntries {
        customers: (0..=customers).map(|code| code.to_string()).collect(),
        products: (0..=products)
            .map(|code| ProductEntry {
                sku: code.to_string(),
                description: format!("jam jar {code}{code}{code}"),
            })
            .collect(),
        orders: orders
            .iter()
            .map(|o| OrderEntry { number: format!("{o:?}"), ..Default::default() })
            .collect(),
        countries: Vec::new(),
    };
    let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
    builder.push(&batch);
    builder.finish().0
}

const DAY: i32 = 15_000;

fn day(after: i32) -> Day {
    Day::from_number(DAY + after)
}

fn lines(own: &[(u32, u32, i32)]) -> Vec<(u32, u32, i32, i32)> {
    own.iter().map(|&(customer, product, after)| (customer, product, DAY + after, 1)).collect()
}

#[test]
fn purchases_are_cut_at_the_day_and_returns_are_none() {
    let mut log = lines(&[(0, 1, 0), (0, 0, 3), (0, 1, 5), (1, 1, 9)]);
    log.push((1, 0, DAY + 4, -1));
    let shop = shop(&log);
    let seen = Purchases::until(&shop, day(5)).unwrap();
    let own: Vec<(u32, u16)> = seen.of(0).iter().map(|row| (row.product, row.times)).collect();
    assert_eq!(own, [(0, 1), (1, 2)]);
    assert_eq!((seen.since_first(&seen.of(0)[1]), seen.since_last(&seen.of(0)[1])), (5.0, 0.0));
    assert_eq!(seen.last(&seen.of(0)[0]), day(3));
    assert!(seen.of(1).is_empty() && seen.of(77).is_empty());
    assert_eq!(seen.buyers(), [1, 1]);
    assert_eq!(seen.by_product(), (vec![0, 1, 2], vec![0, 0]));
    let later = Purchases::between(&shop, day(3), day(9)).unwrap();
    assert_eq!((later.of(0).len(), later.of(1).len(), later.of(0)[0].times), (1, 1, 1));
}

#[test]
fn what_comes_after_the_day_changes_nothing() {
    let mut log = lines(&[(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 2, 2), (2, 1, 1), (2, 2, 2)]);
    let settings = NeighbourSettings::default();
    let at = |log: &[(u32, u32, i32, i32)]| {
        let recommender = Recommender::new(Purchases::until(&shop(log), day(4)).unwrap(), &settings);
        let mut all = Vec::new();
        recommender.for_each(2, |row| all.push(row));
        all
    };
    let before = at(&log);
    log.extend(lines(&[(0, 2, 5), (1, 1, 6), (2, 0, 6)]));
    assert_eq!(at(&log), before);
}

#[test]
fn neighbours_are_cosines_without_the_refinements() {
    // buyers: 0 → {a, b, c}, 1 → {a, b}, 2 → {c}
    let log = lines(&[(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (2, 0, 0), (2, 2, 0)]);
    let plain = NeighbourSettings {
        breadth: 0.0,
        freshness: 0.0,
        shrinkage: 0.0,
        popularity: 0.5,
        ..Default::default()
    };
    let near = |settings: &NeighbourSettings| {
        Neighbours::of(&Purchases::until(&shop(&log), day(0)).unwrap(), settings)
    };
    let found = near(&plain);
    let of_0: Vec<(u32, u32)> = found.of_product(0).iter().map(|own| (own.product, own.both)).collect();
    assert_eq!(of_0, [(1, 2), (2, 1)]);
    // 2 ÷ √(3 · 2) and 1 ÷ √(3 · 1)
    assert!((f64::from(found.of_product(0)[0].weight) - 2.0 / 6.0_f64.sqrt()).abs() < 1e-6);
    assert!((f64::from(found.of_product(0)[1].weight) - 1.0 / 3.0_f64.sqrt()).abs() < 1e-6);
    // shrinkage 2: × 2 ÷ 4 and × 1 ÷ 3
    let shrunk = near(&NeighbourSettings { shrinkage: 2.0, ..plain });
    assert!((f64::from(shrunk.of_product(0)[1].weight) - 1.0 / 3.0_f64.sqrt() / 3.0).abs() < 1e-6);
    // everybody has two products: each word counts 1 ÷ √2
    let narrow = near(&NeighbourSettings { breadth: 0.5, ..plain });
    assert!((f64::from(narrow.of_product(0)[0].weight) - 2.0 / 12.0_f64.sqrt()).abs() < 1e-6);
    let one = near(&NeighbourSettings { most: 1, ..plain });
    assert_eq!(one.of_product(0).len(), 1);
    assert!(near(&NeighbourSettings { most: 0, ..plain }).of_product(0).is_empty());
}

#[test]
fn a_new_product_comes_with_its_reason() {
    // 0 and 1 go together (3 of 4 buyers of 0; 3 of 5 customers have 1): 3/4 ÷ 3/5 = 1.25 times
    let log =
        lines(&[(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (2, 0, 0), (2, 1, 0), (3, 0, 0), (4, 2, 0)]);
    let recommender =
        Recommender::new(Purchases::until(&shop(&log), day(1)).unwrap(), &NeighbourSettings::default());
    let found = recommender.of(3, 2);
    assert_eq!(found.new[0].product, 1);
    let WhyNew::BoughtTogether { bought, both, times_as_often } = found.new[0].why else { panic!() };
    assert_eq!((bought, both), (0, 3));
    assert!((times_as_often - 1.25).abs() < 1e-12);
    // nothing leads to 2: it is there for being bought at all
    assert_eq!((found.new[1].product, found.new[1].why), (2, WhyNew::Popular { buyers: 1 }));
    assert_eq!(recommender.of(99, 2).new, []);
    let bought: Vec<u32> = found.again.iter().map(|row| row.product).collect();
    assert_eq!(bought, [0]);
}

#[test]
fn waits_pool_a_customers_own_with_the_products() {
    // product 0: customer 0 on days 0, 10, 20, customer 1 on day 0; as of day 30
    let log = lines(&[(0, 0, 0), (0, 0, 10), (0, 0, 20), (1, 0, 0)]);
    let purchases = Purchases::until(&shop(&log), day(30)).unwrap();
    let waits = RepeatWaits::of(&purchases);
    // 60 days ÷ 2 repeats, and the shop's own is the same
    assert!((waits.usual(0) - 30.0).abs() < 1e-12);
    // (30 + 2 · 30) ÷ (2 + 2); somebody who never came back: (30 + 2 · 30) ÷ 2
    assert!((waits.own(&purchases, &purchases.of(0)[0]) - 22.5).abs() < 1e-12);
    assert!((waits.own(&purchases, &purchases.of(1)[0]) - 45.0).abs() < 1e-12);
    let recommender = Recommender::new(purchases, &NeighbourSettings::default());
    let again = &recommender.of(0, 5).again[0];
    assert_eq!((again.times, again.last, again.due_on, again.is_due), (3, day(20), Some(day(43)), false));
    let once = &lines(&[(0, 0, 0), (1, 0, 0)]);
    let never = RepeatWaits::of(&Purchases::until(&shop(once), day(30)).unwrap());
    assert!(never.usual(0).is_infinite());
    let recommender =
        Recommender::new(Purchases::until(&shop(once), day(30)).unwrap(), &NeighbourSettings::default());
    assert_eq!(recommender.of(0, 5).again[0].due_on, None);
}

#[test]
fn rules_have_support_confidence_lift_and_a_test() {
    // 10 baskets: 0 in four, 1 in five, both in four
    let mut entries: Vec<(u32, u32)> = (0..4).map(|basket| (basket, 0)).collect();
    entries.extend((0..5).map(|basket| (basket, 1)));
    entries.extend((5..10).map(|basket| (basket, 2)));
    let baskets = Baskets::of(3, entries);
    let settings = RuleSettings { least_baskets: 2, false_discovery: 1.0, ..Default::default() };
    let found = association_rules(&baskets, &settings);
    assert_eq!((found.baskets, found.products, found.pairs_tested, found.rules.len()), (10, 3, 3, 2));
    let rule = &found.rules[0];
    assert_eq!((&rule.given[..], rule.then, rule.both), (&[0][..], 1, 4));
    assert!((rule.support - 0.4).abs() < 1e-12 && (rule.confidence - 1.0).abs() < 1e-12);
    assert!((rule.lift - 2.0).abs() < 1e-12);
    // C(5, 4) ÷ C(10, 4) = 5 ÷ 210; three pairs were tested
    assert!((rule.p_value - 5.0 / 210.0).abs() < 1e-12 && (rule.q_value - 15.0 / 210.0).abs() < 1e-12);
    // four baskets of two: 4 · 2 · 10 ÷ (14² − 4² − 5² − 5²)
    assert!((found.size_factor - 80.0 / 130.0).abs() < 1e-12);
    assert!(
        association_rules(&baskets, &RuleSettings { least_baskets: 2, ..Default::default() })
            .rules
            .is_empty()
    );
}

#[test]
fn two_products_can_say_more_than_either() {
    // 2 is in the baskets that hold both 0 and 1, 30 of 120; 0 alone in 30, 1 alone in 30
    let mut entries = Vec::new();
    for basket in 0..120_u32 {
        let kind = basket / 30;
        if kind == 0 || kind == 1 {
            entries.push((basket, 0))
        }
        if kind == 0 || kind == 2 {
            entries.push((basket, 1))
        }
        if kind == 0 {
            entries.push((basket, 2))
        }
        if kind == 3 {
            entries.push((basket, 3))
        }
    }
    let settings = RuleSettings { least_baskets_of_three: Some(20), ..Default::default() };
    let found = association_rules(&Baskets::of(4, entries), &settings);
    let rule = found.rules.iter().find(|rule| rule.given.len() == 2 && rule.then == 2).unwrap();
    assert_eq!((&rule.given[..], rule.both, rule.given_baskets), (&[0, 1][..], 30, 30));
    assert!((rule.lift - 4.0).abs() < 1e-12 && rule.q_value < 1e-20);
}

#[test]
fn products_dealt_at_random_make_no_rules() {
    // a full grid of 24 × 24: product a of one list and b of the other, independent by design
    let entries: Vec<(u32, u32)> = (0..576).flat_map(|n| [(n, n / 24), (n, 24 + n % 24)]).collect();
    let settings = RuleSettings { least_baskets: 2, ..Default::default() };
    assert!(association_rules(&Baskets::of(48, entries), &settings).rules.is_empty());
}

#[test]
fn orders_and_histories_are_both_baskets() {
    let shop = shop(&lines(&[(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 3), (1, 2, 9)]));
    let orders = Baskets::orders(&shop, day(3)).unwrap();
    assert_eq!((orders.len(), orders.basket(0), orders.is_empty()), (3, &[0, 1][..], false));
    let histories = Baskets::histories(&Purchases::until(&shop, day(3)).unwrap());
    assert_eq!((histories.len(), histories.basket(0), histories.basket(1)), (2, &[0, 1, 2][..], &[0][..]));
}

#[test]
fn evaluation_counts_who_was_met() {
    let mut log = lines(&[(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0), (2, 0, 0), (3, 2, 0), (4, 2, 0)]);
    // later: 2 buys 1 (new) and 0 (again); 3 buys 0 (new)
    log.extend(lines(&[(2, 1, 5), (2, 0, 5), (3, 0, 6), (4, 2, 60)]));
    let found = evaluate(&shop(&log), day(1), 30, 1, &NeighbourSettings::default(), 1).unwrap();
    assert_eq!((found.until, found.new.customers, found.again.customers), (day(31), 2, 1));
    // customer 2 is shown 1; customer 3 knows only 2, which goes with nothing: the most popular, 0
    assert_eq!((found.new.score.hit_rate, found.new.score.recall), (1.0, 1.0));
    assert!((found.new.score.coverage - 2.0 / 3.0).abs() < 1e-12);
    let popular = found.new.against.iter().find(|row| row.baseline == Baseline::MostPopular).unwrap();
    assert_eq!((popular.score.hit_rate, popular.hit_rate.value), (0.5, 0.5));
    assert_eq!(found.again.score.hit_rate, 1.0);
}

#[test]
fn the_dearer_neighbour_shares_words_or_the_category() {
    // jars: prices 1, 2, 3; bought together by twelve customers
    let log: Vec<(u32, u32, i32)> =
        (0..12).flat_map(|customer| [(customer, 0, 0), (customer, 1, 0), (customer, 2, 0)]).collect();
    let shop = shop(&lines(&log));
    let recommender =
        Recommender::new(Purchases::until(&shop, day(1)).unwrap(), &NeighbourSettings::default());
    let found = up_sells(&shop, &Attributes::default(), &recommender, &UpSellSettings::default()).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].product, found[0].to, found[0].both), (0, 1, 12));
    assert_eq!((found[0].price.to_string(), found[0].to_price.to_string()), ("1.00".into(), "2.00".into()));
    // "jam", "jar" of "jam", "jar", two numbers
    assert_eq!(found[0].basis, UpSellBasis::SharedWords { share: 0.5 });
    let mut category = Trait { codes: vec![0, 1, 0], ..Default::default() };
    category.words.push("jars");
    category.words.push("lids");
    let known = Attributes { category, ..Default::default() };
    let wide = UpSellSettings { most_ratio: 5.0, ..Default::default() };
    let found = up_sells(&shop, &known, &recommender, &wide).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].product, found[0].to, found[0].basis), (0, 2, UpSellBasis::Category));
}
