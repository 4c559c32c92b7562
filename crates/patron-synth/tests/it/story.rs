//! The demo tells a story in every chart, and what is planted in it can be found.

use std::collections::{HashMap, HashSet};

use patron_domain::{Day, LineKind, Month};
use patron_synth::{CustomerTruth, ProductRole, Scenario, Shop, generate};

fn demo() -> Shop {
    generate(&Scenario::demo(), 7).unwrap()
}

/// Units sold by role and month since the start.
struct Units(HashMap<ProductRole, [f64; 24]>);

impl Units {
    fn of(shop: &Shop) -> Self {
        let roles: HashMap<&str, ProductRole> =
            shop.truth.products.iter().map(|product| (product.sku.as_str(), product.role)).collect();
        let start = shop.truth.scenario.start.month().number();
        let mut units: HashMap<ProductRole, [f64; 24]> = HashMap::new();
        let visited: Result<(), ()> = shop.try_for_each_line(|line| {
            if line.kind == LineKind::Sale {
                let month = Day::of(line.timestamp).month().number() - start;
                units.entry(roles[line.sku]).or_insert([0.0; 24])[month as usize] += f64::from(line.quantity);
            }
            Ok(())
        });
        assert_eq!(visited, Ok(()));
        Self(units)
    }

    /// Of all units in some months (counted from 0) the share of a role.
    fn share(&self, role: ProductRole, months: &[usize]) -> f64 {
        let sum = |units: &[f64; 24]| months.iter().map(|&month| units[month]).sum::<f64>();
        sum(&self.0[&role]) / self.0.values().map(sum).sum::<f64>()
    }
}

#[test]
fn the_demo_has_the_size_of_a_demo() {
    let shop = demo();
    assert!((40_000..80_000).contains(&shop.lines()), "{} lines", shop.lines());
    assert_eq!(shop.truth.customers.len(), 3_000);
    let repeat = shop.truth.customers.iter().filter(|customer| customer.orders > 1).count();
    assert!((1_800..2_300).contains(&repeat), "{repeat} of 3000 customers ordered again");
}

#[test]
fn newcomers_grow_and_christmas_matters() {
    let shop = demo();
    let newcomers = |year: i32| {
        let first = shop.truth.customers.iter().map(|customer| customer.first_order.month());
        first.filter(|month| month.year() == year).count() as f64
    };
    let growth = newcomers(2024) / newcomers(2023);
    assert!((1.25..1.55).contains(&growth), "{growth}");
    let mut orders: HashMap<Month, HashSet<String>> = HashMap::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        orders.entry(Day::of(line.timestamp).month()).or_default().insert(line.order.to_owned());
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    let of = |month: i32| orders[&Month::from_number(2024 * 12 + month - 1)].len() as f64;
    assert!(of(11) + of(12) > 1.4 * (of(8) + of(9)));
}

#[test]
fn products_rise_fade_and_have_their_season() {
    let units = Units::of(&demo());
    let (first_half, last_half) = ([0, 1, 2, 3, 4, 5], [18, 19, 20, 21, 22, 23]);
    let change = |role| units.share(role, &last_half) / units.share(role, &first_half);
    assert!(change(ProductRole::Rising) > 3.0);
    assert!(change(ProductRole::Fading) < 1.0 / 3.0);
    assert!((0.75..1.25).contains(&change(ProductRole::Steady)));
    let lift =
        |role, months: &[usize], others: &[usize]| units.share(role, months) / units.share(role, others);
    assert!(lift(ProductRole::Christmas, &[10, 11, 22, 23], &[3, 4, 15, 16]) > 3.0);
    assert!(lift(ProductRole::Summer, &[5, 6, 7, 17, 18, 19], &[0, 1, 12, 13]) > 3.0);
}

/// Mean orders per customer of a group, among those who came in the first year.
fn orders_per_customer(shop: &Shop, group: impl Fn(&CustomerTruth) -> bool) -> f64 {
    let year: Day = "2024-01-01".parse().unwrap();
    let group = shop.truth.customers.iter().filter(|customer| customer.first_order < year && group(customer));
    let orders: Vec<f64> = group.map(|customer| f64::from(customer.orders)).collect();
    orders.iter().sum::<f64>() / orders.len() as f64
}

#[test]
fn some_countries_and_some_first_products_bring_more_orders() {
    let shop = demo();
    let of = |country: &str| orders_per_customer(&shop, |customer| customer.country == country);
    assert!(of("Germany") > of("United Kingdom") && of("United Kingdom") > of("Italy"));
    let back = orders_per_customer(&shop, |customer| customer.brought_back_by.is_some());
    let rest = orders_per_customer(&shop, |customer| customer.brought_back_by.is_none());
    assert!(back > 1.2 * rest, "{back} against {rest}");
}

#[test]
fn products_that_bring_people_back_are_bought_again() {
    let shop = demo();
    let mut orders: HashMap<(String, String), HashSet<String>> = HashMap::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        if let (Some(customer), LineKind::Sale) = (line.customer, line.kind) {
            let key = (customer.to_owned(), line.sku.to_owned());
            orders.entry(key).or_default().insert(line.order.to_owned());
        }
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    let again = |role: ProductRole| {
        let of_role =
            |sku: &str| shop.truth.products.iter().any(|product| product.sku == sku && product.role == role);
        let buyers: Vec<usize> =
            orders.iter().filter(|((_, sku), _)| of_role(sku)).map(|(_, orders)| orders.len()).collect();
        buyers.iter().filter(|&&orders| orders > 1).count() as f64 / buyers.len() as f64
    };
    let (back, steady) = (again(ProductRole::BringsBack), again(ProductRole::Steady));
    assert!(back > 1.8 * steady, "{back} against {steady}");
}
