//! A shop that knows something of its customers, small enough to be worked out with pencil and paper.

use patron_analytics::{
    AnalysisOptions, AnalyticsError, AttributeAnswers, CustomerGroup, CustomerTrait, ExpectedValue, Group,
    GroupExpectation, Margin, ProductGroup, ProductTrait, Unlock, attribute_answers,
};
use patron_columns::SalesTable;
use patron_domain::{
    AcquisitionSpend, Attributes, ContactCost, Day, MarketingCosts, Money, NO_CODE, Names, Trait,
};

use crate::shop::{lines_of, table_of};

/// Day, customer, order, product, country, quantity, amount. Nobody knows what a pot costs; zoe only brings back;
/// one customer and one product are not known.
const SHOP: &str = "
    2011-01-03 a1 o1  tea UK  5  25.00
    2011-01-04 a2 o3  cup UK  1   6.00
    2011-02-03 a1 o2  tea UK  2  10.00
    2011-02-05 a3 o4  tea UK  1   5.00
    2011-02-05 a3 o5  cup UK  1   6.00
    2011-02-06 a4 o6  tea UK  4  20.00
    2011-02-07 a5 o7  pot UK  1  30.00
    2011-02-09 a4 r6  tea UK -1  -5.00
    2011-02-10 a7 o10 tea FR  1   5.00
    2011-02-10 a8 o11 tea FR  1   5.00
    2011-02-11 a9 o13 cup FR  1   6.00
    2011-03-01 a6 o8  tea UK  1   5.00
    2011-03-02 a6 o9  pot UK  1  30.00
    2011-03-03 b1 o14 pot FR  1  30.00
    2011-03-04 b2 o15 tea -   2  10.00
    2011-03-05 u  o16 tea UK  3  15.00
    2011-03-06 zoe r9 tea UK -2 -10.00
    2011-03-07 -  o17 cup UK  2  12.00
    2011-03-08 -  o18 -   UK  1   8.00
    2011-03-08 a8 o12 cup FR  2  12.00
";

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// `name=word` of customers or products, `_` for a blank.
fn trait_of(names: &Names, pairs: &str) -> Trait {
    let mut known = Trait::default();
    for pair in pairs.split_whitespace() {
        let (name, word) = pair.split_once('=').unwrap();
        let place = names.iter().position(|known| known == name).unwrap();
        if known.codes.len() <= place {
            known.codes.resize(place + 1, NO_CODE);
        }
        known.codes[place] = known.words.push(&word.replace('_', " "));
    }
    known
}

fn attributes(table: &SalesTable) -> Attributes {
    let (customers, skus) = (&table.catalog().customers, &table.catalog().skus);
    let spend = |month: &str, channel: &str, amount: &str| {
        let month = format!("{month}-01").parse::<Day>().unwrap().month();
        AcquisitionSpend { month, channel: channel.to_owned(), amount: money(amount) }
    };
    let birthday = |name: &str| {
        let day = match name {
            "a1" | "a2" | "a3" | "a4" | "a5" => "1981-03-08",
            "a6" | "a7" | "a8" | "a9" | "b1" => "1981-03-09",
            "u" => "2012-01-01",
            _ => return None,
        };
        Some(day.parse().unwrap())
    };
    Attributes {
        city: trait_of(
            customers,
            "a1=Leeds a2=Leeds a3=leeds_ a4=Leeds a5=LEEDS a6=Leeds a7=York a8=York a9=York b1=Bath b2=Bath \
             zoe=leeds",
        ),
        gender: trait_of(customers, "a1=f a2=f a3=f a4=f a5=f a6=m a7=m a8=m a9=m b1=m b2=_"),
        channel: trait_of(
            customers,
            "a1=ads a2=ads a3=ads a4=Ads a5=ads a6=Friends a7=Friends a8=Friends a9=Friends b1=Friends",
        ),
        country: trait_of(customers, "a1=uk_ a9=Eire u=_"),
        birthday: customers.iter().map(birthday).collect(),
        category: trait_of(skus, "tea=Drinks cup=china pot=China_"),
        producer_country: trait_of(skus, "tea=India"),
        unit_cost: skus
            .iter()
            .map(|sku| match sku {
                "tea" => Some(money("2")),
                "cup" => Some(money("3.50")),
                _ => None,
            })
            .collect(),
        costs: MarketingCosts {
            contacts: Vec::new(),
            acquisition: vec![
                spend("2010-12", "ads", "5"),
                spend("2011-01", " ADS", "10"),
                spend("2011-02", "ads", "30"),
                spend("2011-02", "radio", "50"),
                spend("2011-03", "friends", "20"),
                spend("2011-04", "ads", "7"),
            ],
        },
        ..Attributes::default()
    }
}

fn options() -> AnalysisOptions {
    AnalysisOptions::at("2011-01-01".parse().unwrap())
}

fn answers() -> AttributeAnswers {
    let table = table_of(&lines_of(SHOP));
    let expected = [
        Some(ExpectedValue { value_3m: 10.0, value_12m: 40.0 }),
        Some(ExpectedValue { value_3m: 1.5, value_12m: 4.0 }),
        None,
    ];
    attribute_answers(&table, &attributes(&table), &options(), &expected).unwrap()
}

fn margin(revenue: &str, cost: &str, margin: &str, all: f64) -> Option<Margin> {
    let (revenue, margin) = (money(revenue), money(margin));
    Some(Margin {
        revenue,
        cost: money(cost),
        margin,
        share: Some(margin.to_f64() / revenue.to_f64()),
        covered: Some(revenue.to_f64() / all),
    })
}

fn named(name: &str) -> Group {
    Group::Named(name.to_owned())
}

fn customers_by(answers: &AttributeAnswers, by: CustomerTrait) -> Vec<&CustomerGroup> {
    answers.customer_groups.iter().filter(|row| row.by == by).collect()
}

fn products_by(answers: &AttributeAnswers, by: ProductTrait) -> Vec<&ProductGroup> {
    answers.product_groups.iter().filter(|row| row.by == by).collect()
}

/// Group, customers, repeat customers, orders, revenue.
fn counts(rows: &[&CustomerGroup]) -> Vec<(Group, u64, u64, u64, String)> {
    let count = |row: &&CustomerGroup| {
        (row.group.clone(), row.customers, row.repeat_customers, row.orders, row.revenue.to_string())
    };
    rows.iter().map(count).collect()
}

#[test]
fn cities_with_few_customers_are_merged() {
    let answers = answers();
    let rows = customers_by(&answers, CustomerTrait::City);
    let expected = [
        (named("Leeds"), 6, 2, 9, "132.00".to_owned()),
        (Group::Merged { groups: 2 }, 5, 1, 6, "68.00".to_owned()),
        (Group::Unknown, 1, 0, 1, "15.00".to_owned()),
    ];
    assert_eq!(counts(&rows), expected);
    assert_eq!((rows[0].repeat_share, rows[0].revenue_per_customer), (Some(2.0 / 6.0), Some(22.0)));
    assert_eq!(rows[0].average_order_value, Some(132.0 / 9.0));
    let forecast = GroupExpectation { customers: 2, value_3m: 11.5, value_12m: 44.0 };
    assert_eq!((rows[0].expected, rows[1].expected), (Some(forecast), None));
    assert_eq!(rows[0].margin, margin("72", "31", "41", 132.0));
    assert_eq!(rows[1].margin, margin("38", "18.50", "19.50", 68.0));
    assert_eq!(rows[2].margin, margin("15", "6", "9", 15.0));
}

#[test]
fn a_country_is_the_shops_own_word_or_that_of_the_first_line() {
    let answers = answers();
    // France has three customers and Eire one: too few even together, so they join the one of no country
    let expected =
        [(named("UK"), 7, 2, 10, "147.00".to_owned()), (Group::Unknown, 5, 1, 6, "68.00".to_owned())];
    assert_eq!(counts(&customers_by(&answers, CustomerTrait::Country)), expected);
}

#[test]
fn genders_ages_and_channels() {
    let answers = answers();
    let first = |name| (named(name), 5, 1, 7, "97.00".to_owned());
    let second = |name| (named(name), 5, 2, 7, "93.00".to_owned());
    let unknown = (Group::Unknown, 2, 0, 2, "25.00".to_owned());
    let counts = |by| counts(&customers_by(&answers, by));
    assert_eq!(counts(CustomerTrait::Gender), [first("f"), second("m"), unknown.clone()]);
    assert_eq!(counts(CustomerTrait::AgeBand), [first("30–39"), second("20–29"), unknown.clone()]);
    assert_eq!(counts(CustomerTrait::Channel), [first("ads"), second("Friends"), unknown]);
    let order: Vec<_> = answers.customer_groups.iter().map(|row| row.by).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn products_by_category_and_producer_country() {
    let answers = answers();
    let rows = products_by(&answers, ProductTrait::Category);
    let [china, drinks] = rows[..] else { panic!("{rows:?}") };
    assert_eq!((&china.group, china.products, china.customers), (&named("China"), 2, 7));
    assert_eq!((china.quantity, china.revenue), (10, money("132")));
    assert_eq!(china.revenue_share, Some(132.0 / 217.0));
    assert_eq!(china.margin, margin("42", "24.50", "17.50", 132.0));
    assert_eq!((&drinks.group, drinks.products, drinks.customers), (&named("Drinks"), 1, 8));
    assert_eq!((drinks.quantity, drinks.revenue), (17, money("85")));
    let rows = products_by(&answers, ProductTrait::ProducerCountry);
    let found: Vec<_> = rows.iter().map(|row| (row.group.clone(), row.products, row.customers)).collect();
    assert_eq!(found, [(named("India"), 1, 8), (Group::Unknown, 2, 7)]);
}

#[test]
fn margins_of_products_and_of_the_shop() {
    let answers = answers();
    let found: Vec<_> = answers
        .product_margins
        .iter()
        .map(|row| (row.product.sku.as_str(), row.quantity, row.unit_cost, Some(row.margin)))
        .collect();
    let tea = ("tea", 17, money("2"), margin("85", "34", "51", 85.0));
    let cup = ("cup", 7, money("3.50"), margin("42", "24.50", "17.50", 42.0));
    assert_eq!(found, [tea, cup]);
    assert_eq!(answers.margin, margin("127", "58.50", "68.50", 225.0));
}

#[test]
fn winning_a_customer_costs_spend_by_newcomers() {
    let found: Vec<_> = answers()
        .acquisition
        .into_iter()
        .map(|row| (row.month.to_string(), row.channel, row.spend, row.new_customers, row.per_customer))
        .collect();
    let row = |month: &str, channel: &str, spend: &str, new, per_customer| {
        (month.to_owned(), channel.to_owned(), (spend != "-").then(|| money(spend)), new, per_customer)
    };
    let expected = [
        row("2010-12", "ads", "5", 0, None),
        row("2011-01", "ads", "10", 2, None), // everybody is new in the log's first month
        row("2011-02", "Friends", "-", 3, None),
        row("2011-02", "ads", "30", 3, Some(10.0)),
        row("2011-02", "radio", "50", 0, None),
        row("2011-03", "Friends", "20", 2, Some(10.0)),
        row("2011-04", "ads", "7", 0, None),
    ];
    assert_eq!(found, expected);
    let marked: Vec<_> = answers().acquisition.iter().map(|row| row.holds_older_customers).collect();
    assert_eq!(marked, [false, true, false, false, false, false, false]);
}

#[test]
fn what_could_be_added_is_named() {
    let table = table_of(&lines_of(SHOP));
    assert_eq!(answers().unlocks, [Unlock::ContactCosts]);
    let unlocks = |shop: &str| {
        let nothing = Attributes::default();
        attribute_answers(&table_of(&lines_of(shop)), &nothing, &options(), &[]).unwrap().unlocks
    };
    let all = unlocks(SHOP);
    assert_eq!((all.len(), all.is_sorted()), (9, true));
    let of_customers = &all[3..];
    assert_eq!(of_customers[0], Unlock::Cities);
    assert_eq!(unlocks("2011-01-03 a1 o1 - UK 5 25.00"), of_customers, "no product is named");
    assert_eq!(unlocks("2011-01-03 - o1 tea UK 5 25.00"), all[..3], "no customer is named");
    assert_eq!(unlocks(""), []);
    let mut some = attributes(&table);
    some.costs.contacts.push(ContactCost { channel: "letter".to_owned(), cost: money("1") });
    some.birthday = vec![Some("2012-01-01".parse().unwrap()); 99];
    let answers = attribute_answers(&table, &some, &options(), &[]).unwrap();
    assert_eq!(answers.unlocks, [Unlock::Birthdays], "nobody is born yet");
    assert!(customers_by(&answers, CustomerTrait::AgeBand).is_empty());
}

#[test]
fn nothing_known_but_the_log_still_tells_countries() {
    let table = table_of(&lines_of(SHOP));
    let answers = attribute_answers(&table, &Attributes::default(), &options(), &[]).unwrap();
    let [uk, unknown] = &answers.customer_groups[..] else { panic!("{:?}", answers.customer_groups) };
    assert_eq!((&uk.group, uk.customers, uk.expected, uk.margin), (&named("UK"), 7, None, None));
    assert_eq!((&unknown.group, unknown.customers), (&Group::Unknown, 5));
    assert_eq!((answers.product_groups.len(), answers.product_margins.len(), answers.margin), (0, 0, None));
    assert!(answers.acquisition.is_empty());
}

/// A product per category: who bought it, customers 1 to 6.
fn categories(bought: &[(&str, &[u32])], named: bool) -> Vec<(Group, u64, String)> {
    let mut shop = String::new();
    for (product, customers) in bought {
        for customer in *customers {
            let name = if named { format!("c{customer}") } else { "-".to_owned() };
            shop += &format!("2011-01-0{customer} {name} {product}{customer} {product} UK 1 1.00\n");
        }
    }
    let table = table_of(&lines_of(&shop));
    let skus = &table.catalog().skus;
    let category = Trait { codes: (0..skus.len() as u32).collect(), words: skus.iter().collect() };
    let attributes = Attributes { category, ..Attributes::default() };
    let answers = attribute_answers(&table, &attributes, &options(), &[]).unwrap();
    let row = |row: ProductGroup| (row.group, row.customers, row.revenue.to_string());
    answers.product_groups.into_iter().map(row).collect()
}

#[test]
fn categories_with_few_buyers_are_merged_by_people_not_by_purchases() {
    let all = &[1, 2, 3, 4, 5, 6][..];
    let few = [("a", all), ("b", &[1, 2, 3]), ("c", &[1, 2, 4])];
    let expected = [(named("a"), 6, "6.00".to_owned()), (Group::Unknown, 4, "6.00".to_owned())];
    assert_eq!(categories(&few, true), expected, "four people, though three and three purchases");
    let five = [&few[..], &[("d", &[6])]].concat();
    let merged = (Group::Merged { groups: 3 }, 5, "7.00".to_owned());
    assert_eq!(categories(&five, true), [expected[0].clone(), merged]);
    let tiny = [("b", &[1, 2, 3][..]), ("c", &[1, 2, 4])];
    assert_eq!(categories(&tiny, true), [(Group::Merged { groups: 2 }, 4, "6.00".to_owned())]);
    let free = categories(&few, false);
    let expected = [("a", "6.00"), ("b", "3.00"), ("c", "3.00")];
    assert_eq!(free, expected.map(|(name, revenue)| (named(name), 0, revenue.to_owned())));
}

#[test]
fn absurd_costs_are_told() {
    let table = table_of(&lines_of(SHOP));
    let huge = Money::from_ten_thousandths(i64::MAX / 2);
    let unit_cost = vec![Some(money("1")), Some(huge), None];
    let costly = Attributes { unit_cost, ..Attributes::default() };
    let error = attribute_answers(&table, &costly, &options(), &[]).unwrap_err();
    let AnalyticsError::CostsTooLarge { name, amount } = &error else { panic!("{error}") };
    assert_eq!((name.as_str(), *amount), ("cup", huge));
    let month = "2011-02-01".parse::<Day>().unwrap().month();
    let spend = AcquisitionSpend { month, channel: "ads".to_owned(), amount: huge };
    let acquisition = vec![spend; 3];
    let costs = MarketingCosts { acquisition, ..MarketingCosts::default() };
    let spent = Attributes { costs, ..Attributes::default() };
    let error = attribute_answers(&table, &spent, &options(), &[]).unwrap_err();
    assert!(matches!(error, AnalyticsError::CostsTooLarge { .. }), "{error}");
}
