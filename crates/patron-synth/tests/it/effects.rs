//! What a scenario plants is in the log, as strong as planted: found by counting, with the truth at hand.

use std::collections::{HashMap, HashSet};

use patron_domain::{Day, LineKind};
use patron_synth::{
    BgNbdParams, Buying, Campaign, ChannelShare, Cohort, CountryShare, CustomerTruth, DirtRates, Event,
    PairKind, Promotion, Scenario, Shop, generate,
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Nobody stops, no season, nothing planted, one country.
fn plain() -> Scenario {
    let mut scenario = Scenario {
        customers: 6_000,
        growth_per_year: 1.0,
        season: [1.0; 12],
        buying: Buying::BgNbd(BgNbdParams { r: 3.0, alpha: 12.0, a: 0.0, b: 1.0 }),
        countries: vec![CountryShare::new("Italy", 1.0, 1.0)],
        dirt: DirtRates::default(),
        ..Scenario::demo()
    };
    scenario.rhythm.weekday = [1.0; 7];
    let catalogue = &mut scenario.catalogue;
    (catalogue.rising, catalogue.fading, catalogue.christmas) = (0, 0, 0);
    (catalogue.summer, catalogue.brings_back) = (0, 0);
    scenario
}

/// Sales lines as (customer, day, order, stock code, quantity).
fn sales(shop: &Shop) -> Vec<(String, Day, String, String, i32)> {
    let mut sales = Vec::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        if let (LineKind::Sale, Some(customer)) = (line.kind, line.customer) {
            let day = Day::of(line.timestamp);
            sales.push((customer.to_owned(), day, line.order.to_owned(), line.sku.to_owned(), line.quantity));
        }
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    sales
}

/// Orders on the days of a range.
fn orders(shop: &Shop, from: &str, until: &str) -> f64 {
    let days = day(from)..=day(until);
    let of = sales(shop);
    let orders: HashSet<&String> =
        of.iter().filter(|(_, day, ..)| days.contains(day)).map(|(_, _, order, ..)| order).collect();
    orders.len() as f64
}

fn check(name: &str, value: f64, expected: f64, tolerance: f64) {
    assert!((value / expected - 1.0).abs() < tolerance, "{name}: {value}, expected {expected}");
}

#[test]
fn complements_join_and_substitutes_stay_apart() {
    let mut scenario = plain();
    let catalogue = &mut scenario.catalogue;
    (catalogue.complements, catalogue.complement_chance) = (10, 0.4);
    (catalogue.substitutes, catalogue.substitute_chance) = (10, 0.9);
    // Dear orders of cheap goods: nothing has to be put back.
    (scenario.spend.v, scenario.catalogue.price_spread) = (600.0, 0.2);
    let shop = generate(&scenario, 7).unwrap();
    let mut baskets: HashMap<String, HashSet<String>> = HashMap::new();
    for (_, _, order, sku, _) in sales(&shop) {
        baskets.entry(order).or_default().insert(sku);
    }
    let count = |wanted: &[&String]| {
        baskets.values().filter(|basket| wanted.iter().all(|sku| basket.contains(*sku))).count() as f64
    };
    let (mut joint, mut first, mut apart, mut chance) = (0.0, 0.0, 0.0, 0.0);
    for pair in &shop.truth.pairs {
        let both = count(&[&pair.first, &pair.second]);
        match pair.kind {
            PairKind::Complement => (joint, first) = (joint + both, first + count(&[&pair.first])),
            PairKind::Substitute => {
                apart += both;
                chance += count(&[&pair.first]) * count(&[&pair.second]) / baskets.len() as f64;
            }
        }
    }
    // 0.4, and the few that would have had both anyway.
    let share = joint / first;
    assert!((0.385..0.44).contains(&share), "{share}");
    assert!(apart < 0.3 * chance, "{apart} together, {chance} by chance");
}

fn campaign(name: &str, on: &str, response: &[f64]) -> Campaign {
    Campaign {
        name: name.into(),
        day: day(on),
        channel: "letter".into(),
        chosen: 1.0,
        held_back: 0.5,
        response: response.to_vec(),
        cost: 0.5,
    }
}

#[test]
fn campaigns_do_what_their_curve_says() {
    let scenario = Scenario {
        customers: 20_000,
        campaigns: vec![
            campaign("works", "2024-03-04", &[0.5, 1.0, 0.5, 0.0]),
            campaign("does nothing", "2024-09-02", &[0.0; 4]),
        ],
        ..plain()
    };
    let shop = generate(&scenario, 7).unwrap();
    let uplift = |index: usize| {
        let told = &shop.truth.campaigns[index];
        let contacted = told.orders_of_contacted as f64 / told.contacted as f64;
        (contacted / (told.orders_of_held_back as f64 / told.held_back as f64), told)
    };
    let ((works, told), (nothing, _)) = (uplift(0), uplift(1));
    // The mean of the curve: half as many again.
    check("works", works, 1.5, 0.08);
    check("does nothing", nothing, 1.0, 0.06);
    let known = shop.truth.customers.iter().filter(|c| c.first_order < day("2024-03-04")).count() as f64;
    check("asked", (told.contacted + told.held_back) as f64, known * 0.75, 0.03);
    // In the log as well.
    let truth: HashMap<&str, &CustomerTruth> =
        shop.truth.customers.iter().map(|customer| (customer.id.as_str(), customer)).collect();
    let second_week = day("2024-03-11")..=day("2024-03-17");
    let mut orders = [HashSet::new(), HashSet::new()];
    for (customer, day, order, ..) in sales(&shop) {
        let contact = truth[customer.as_str()].campaigns.iter().find(|contact| contact.campaign == 0);
        if let Some(contact) = contact.filter(|_| second_week.contains(&day)) {
            orders[usize::from(contact.held_back)].insert(order);
        }
    }
    let rate = |number: usize, of: u64| orders[number].len() as f64 / of as f64;
    check("second week", rate(0, told.contacted) / rate(1, told.held_back), 2.0, 0.15);
}

#[test]
fn shocks_drifts_and_promotions_move_the_rate() {
    let event = |from: &str, buying_factor: f64, buying_per_year: f64| Event {
        name: "event".into(),
        from: day(from),
        until: None,
        buying_factor,
        buying_per_year,
        arrivals_factor: 1.0,
        spend_factor: 1.0,
    };
    let with = |events: Vec<Event>, promotions: Vec<Promotion>| {
        // Everybody is there from the first weeks on.
        let intake = Event { arrivals_factor: 0.0, ..event("2023-01-15", 1.0, 1.0) };
        let events = events.into_iter().chain([intake]).collect();
        generate(&Scenario { customers: 3_000, events, promotions, ..plain() }, 7).unwrap()
    };
    let base = with(Vec::new(), Vec::new());
    let even = orders(&base, "2024-06-01", "2024-06-30") / orders(&base, "2023-06-01", "2023-06-30");
    check("without events", even, 1.0, 0.05);
    let shock = with(vec![event("2024-01-01", 0.5, 1.0)], Vec::new());
    check(
        "shock",
        orders(&shock, "2024-01-01", "2024-12-31") / orders(&base, "2024-01-01", "2024-12-31"),
        0.5,
        0.05,
    );
    let drift = with(vec![event("2023-12-01", 1.0, 0.25)], Vec::new());
    let left = orders(&drift, "2024-11-16", "2024-12-16") / orders(&base, "2024-11-16", "2024-12-16");
    check("drift", left, 0.25, 0.12);
    let sale = Promotion {
        name: "sale".into(),
        from: day("2024-06-01"),
        until: day("2024-06-30"),
        department: None,
        percent_off: 10.0,
        demand_factor: None,
        buying_factor: 1.6,
    };
    let sale = with(Vec::new(), vec![sale]);
    check(
        "sale",
        orders(&sale, "2024-06-01", "2024-06-30") / orders(&base, "2024-06-01", "2024-06-30"),
        1.6,
        0.06,
    );
    check(
        "after",
        orders(&sale, "2024-07-01", "2024-08-30") / orders(&base, "2024-07-01", "2024-08-30"),
        1.0,
        0.05,
    );
}

#[test]
fn demand_follows_prices_with_the_planted_elasticity() {
    let mut scenario = plain();
    scenario.prices.elasticity = [("Textiles".to_owned(), 2.0)].into();
    scenario.promotions = vec![Promotion {
        name: "sale".into(),
        from: day("2024-01-01"),
        until: day("2024-12-31"),
        department: Some("Textiles".into()),
        percent_off: 30.0,
        demand_factor: None,
        buying_factor: 1.0,
    }];
    // Every product as popular as any other: no draws in vain.
    scenario.catalogue.zipf_exponent = 0.0;
    let shop = generate(&scenario, 7).unwrap();
    let textiles: HashSet<&str> = shop
        .truth
        .products
        .iter()
        .filter(|product| product.department == "Textiles")
        .map(|product| product.sku.as_str())
        .collect();
    let (mut lines, of_2024) = ([[0.0; 2]; 2], day("2024-01-01"));
    for (_, day, _, sku, _) in sales(&shop) {
        lines[usize::from(day >= of_2024)][usize::from(textiles.contains(sku.as_str()))] += 1.0;
    }
    let odds = |year: [f64; 2]| year[1] / year[0];
    // Lines, not units: what is cheaper is also put back less often, by a few per cent.
    let factor = odds(lines[1]) / odds(lines[0]);
    check("lines", factor, 0.7_f64.powf(-2.0), 0.08);
    let found = -factor.ln() / 0.7_f64.ln();
    assert!((1.75..2.25).contains(&found), "{found}");
}

fn factors(name: &str, share: f64, (buying, dropout, spend): (f64, f64, f64)) -> ChannelShare {
    ChannelShare {
        name: name.into(),
        share,
        buying_factor: buying,
        dropout_factor: dropout,
        spend_factor: spend,
    }
}

#[test]
fn channels_and_cohorts_differ_as_planted() {
    let scenario = Scenario {
        customers: 20_000,
        buying: Buying::BgNbd(BgNbdParams { r: 3.0, alpha: 12.0, a: 2.0, b: 18.0 }),
        channels: vec![factors("search", 0.5, (1.0, 1.0, 1.0)), factors("friends", 0.5, (1.5, 0.5, 2.0))],
        cohorts: vec![Cohort {
            from: day("2024-01-01"),
            buying_factor: 0.5,
            dropout_factor: 2.0,
            spend_factor: 0.8,
        }],
        ..plain()
    };
    let shop = generate(&scenario, 7).unwrap();
    let mean = |of: fn(&CustomerTruth) -> f64, group: &dyn Fn(&&CustomerTruth) -> bool| {
        let values: Vec<f64> = shop.truth.customers.iter().filter(group).map(of).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    let channel = |name: &'static str| move |customer: &&CustomerTruth| customer.channel == name;
    let (search, friends) = (channel("search"), channel("friends"));
    check("rate", mean(|c| c.purchase_rate, &friends) / mean(|c| c.purchase_rate, &search), 1.5, 0.03);
    check("dropout", mean(|c| c.dropout, &friends) / mean(|c| c.dropout, &search), 0.5, 0.04);
    check("spend", mean(|c| c.mean_spend, &friends) / mean(|c| c.mean_spend, &search), 2.0, 0.05);
    let late = |customer: &&CustomerTruth| customer.first_order >= day("2024-01-01");
    let early = |customer: &&CustomerTruth| customer.first_order < day("2024-01-01");
    check("late rate", mean(|c| c.purchase_rate, &late) / mean(|c| c.purchase_rate, &early), 0.5, 0.03);
    check("late spend", mean(|c| c.mean_spend, &late) / mean(|c| c.mean_spend, &early), 0.8, 0.05);
    // What is told is lived: orders of those who came early, by channel.
    let orders = |group: &dyn Fn(&&CustomerTruth) -> bool| mean(|c| f64::from(c.orders), group);
    let (of_friends, of_search) = (orders(&|c| early(c) && friends(c)), orders(&|c| early(c) && search(c)));
    assert!(of_friends > 1.5 * of_search, "{of_friends} against {of_search}");
}

#[test]
fn products_are_sold_only_while_they_are_on_sale() {
    let mut scenario = plain();
    (scenario.catalogue.launched, scenario.catalogue.retired) = (20, 20);
    let shop = generate(&Scenario { customers: 2_000, ..scenario }, 7).unwrap();
    let mut sold: HashMap<String, (Day, Day)> = HashMap::new();
    for (_, day, _, sku, _) in sales(&shop) {
        let days = sold.entry(sku).or_insert((day, day));
        *days = (days.0.min(day), days.1.max(day));
    }
    let mut planted = 0;
    for product in &shop.truth.products {
        let Some((first, last)) = sold.get(&product.sku) else { continue };
        planted += usize::from(product.launched.is_some() || product.retired.is_some());
        assert!(product.launched.is_none_or(|launched| launched <= *first), "{product:?}");
        assert!(product.retired.is_none_or(|retired| *last <= retired), "{product:?}");
    }
    assert_eq!(planted, 40);
}

/// Pays the same way mostly, and the way the country pays.
#[test]
fn payment_methods_follow_the_country() {
    let shop = generate(&Scenario { customers: 3_000, ..Scenario::demo() }, 7).unwrap();
    let mut methods: HashMap<String, HashMap<String, f64>> = HashMap::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        *methods.entry(line.country.to_owned()).or_default().entry(line.payment.to_owned()).or_default() +=
            1.0;
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    let share = |country: &str, method: &str| {
        methods[country].get(method).copied().unwrap_or(0.0) / methods[country].values().sum::<f64>()
    };
    check("iDEAL", share("Netherlands", "iDEAL"), 0.7, 0.2);
    check("card", share("United Kingdom", "credit card"), 0.55, 0.1);
    assert_eq!(share("United Kingdom", "iDEAL"), 0.0);
}
