//! What the report and its tables say of customers and products by what is known of them.
#![expect(clippy::unwrap_used, reason = "a shop that cannot be made is a failed test")]

use patron_analytics::{
    AcquisitionCost, AttributeAnswers, CustomerGroup, CustomerTrait, ElasticityMeasure, Group,
    GroupExpectation, Margin, PriceElasticity, ProductGroup, ProductMargin, ProductRef, ProductTrait, Unlock,
};
use patron_columns::Catalog;
use patron_domain::{AttributeKind, Horizon, Money};
use patron_report::format::Currency;
use patron_report::{AttributeFile, CsvReader, report_html, say, tables};

use crate::html::{badly_nested, contents, text};
use crate::shop::Shop;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn margin(revenue: &str, cost: &str, covered: f64) -> Margin {
    let (revenue, cost) = (money(revenue), money(cost));
    let share = (revenue > Money::ZERO).then(|| (revenue - cost).to_f64() / revenue.to_f64());
    Margin { revenue, cost, margin: revenue - cost, share, covered: Some(covered) }
}

fn named(word: &str) -> Group {
    Group::Named(word.to_owned())
}

fn people(by: CustomerTrait, group: Group, customers: u64, repeat: u64, revenue: &str) -> CustomerGroup {
    let (orders, spent) = (customers * 2, money(revenue));
    CustomerGroup {
        by,
        group,
        customers,
        members: Vec::new(),
        repeat_customers: repeat,
        repeat_share: Some(repeat as f64 / customers as f64),
        orders,
        revenue: spent,
        revenue_per_customer: Some(spent.to_f64() / customers as f64),
        average_order_value: Some(spent.to_f64() / orders as f64),
        expected: Some(GroupExpectation {
            customers,
            value_3m: spent.to_f64() / 8.0,
            value_12m: spent.to_f64() / 2.0,
        }),
        margin: Some(margin(revenue, "100", 0.9)),
    }
}

fn products(by: ProductTrait, group: Group, revenue: &str, cost: Option<&str>) -> ProductGroup {
    ProductGroup {
        by,
        group,
        products: 3,
        customers: 40,
        quantity: 70,
        revenue: money(revenue),
        revenue_share: Some(money(revenue).to_f64() / 10_000.0),
        margin: cost.map(|cost| margin(revenue, cost, 1.0)),
    }
}

fn product(sku: &str, revenue: &str, cost: &str) -> ProductMargin {
    let product = ProductRef { sku: sku.to_owned(), description: format!("Product {sku}"), code: 0 };
    ProductMargin { product, quantity: 10, unit_cost: money("2.5"), margin: margin(revenue, cost, 1.0) }
}

fn acquisition(
    month: &str,
    channel: &str,
    spend: Option<&str>,
    new_customers: u64,
    first: bool,
) -> AcquisitionCost {
    let spend = spend.map(money);
    let per_customer =
        spend.filter(|_| new_customers > 0 && !first).map(|spend| spend.to_f64() / new_customers as f64);
    AcquisitionCost {
        month: month.parse().unwrap(),
        channel: channel.to_owned(),
        spend,
        new_customers,
        per_customer,
        holds_older_customers: first,
    }
}

/// A shop that knows countries, ages, channels, categories, most costs and what it spent in two channels.
fn known() -> AttributeAnswers {
    use CustomerTrait::{AgeBand, Channel, Country};
    AttributeAnswers {
        customer_groups: vec![
            people(Country, named("France"), 240, 150, "6000.50"),
            people(Country, named("Austria"), 120, 60, "3000"),
            people(Country, Group::Merged { groups: 3 }, 9, 3, "200"),
            people(Country, Group::Unknown, 30, 3, "799.50"),
            people(AgeBand, named("30–39"), 200, 110, "5000"),
            people(AgeBand, named("70 and over"), 30, 15, "2000"),
            people(AgeBand, named("under 20"), 60, 20, "1000"),
            people(AgeBand, Group::Unknown, 109, 71, "2000"),
            people(Channel, named("search"), 250, 150, "7000"),
            people(Channel, named("letter"), 149, 66, "3000"),
        ],
        product_groups: vec![
            products(ProductTrait::Category, named("Kitchen"), "7000", Some("3000")),
            products(ProductTrait::Category, named("Garden"), "3000", Some("3300")),
        ],
        product_margins: vec![
            product("P1", "700", "300"),
            product("P2", "500", "450"),
            product("P3", "100", "250"),
        ],
        margin: Some(margin("9000", "5850", 0.9)),
        price_elasticities: [(ElasticityMeasure::Orders, -1.2), (ElasticityMeasure::Units, -1.9)]
            .map(|(measure, elasticity)| PriceElasticity {
                measure,
                category: None,
                products: 40,
                products_with_changes: 12,
                changes: 31,
                elasticity: Some(elasticity),
                low: Some(elasticity - 0.4),
                high: Some(elasticity + 0.4),
            })
            .into(),
        acquisition: vec![
            acquisition("2022-01", "letter", Some("900"), 90, true),
            acquisition("2022-02", "letter", Some("300"), 20, false),
            acquisition("2022-02", "search", Some("100"), 25, false),
            acquisition("2022-03", "letter", None, 7, false),
            acquisition("2022-03", "search", Some("110"), 10, false),
        ],
        unlocks: vec![Unlock::ProducerCountries, Unlock::Cities, Unlock::Genders, Unlock::ContactCosts],
    }
}

/// Groups and products whose words begin as formulas do.
pub(crate) fn hostile() -> AttributeAnswers {
    let mut answers = known();
    answers.customer_groups[0].group = named("=1+1");
    answers.product_groups[0].group = named("@SUM(A1)");
    answers.product_margins[0].product.sku = "-17850".to_owned();
    answers.acquisition[0].channel = "+1".to_owned();
    answers
}

fn file(kind: AttributeKind, name: &str, matched: u64, unmatched: u64) -> AttributeFile {
    AttributeFile { kind, name: name.to_owned(), lines: matched + unmatched, matched, unmatched }
}

fn shop(attributes: AttributeAnswers) -> Shop {
    let mut shop = Shop::generated(false);
    shop.attributes = Some(attributes);
    shop.files = vec![
        file(AttributeKind::Customers, "customers.csv", 397, 3),
        file(AttributeKind::Products, "products.csv", 30, 0),
        file(AttributeKind::Costs, "costs.csv", 0, 2),
    ];
    shop
}

fn section<'a>(page: &'a str, id: &str) -> Option<&'a str> {
    contents(page, &format!("<section class=\"question\" id=\"{id}\""), "</section>").first().copied()
}

fn told(page: &str, id: &str) -> String {
    text(contents(section(page, id).unwrap(), "<p class=\"answer\">", "</p>")[0])
}

#[test]
fn the_report_tells_who_the_customers_are() {
    let page = shop(known());
    let page = page.with_input(report_html);
    assert_eq!(badly_nested(&page), None);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    insta::assert_snapshot!(told(&page, "people"), @"Of 399 customers with an order, the largest groups are by country France (240 of 369 known, 60% of what was spent so far), by age 30–39 (200 of 290 known, 50% of what was spent so far) and by acquisition channel search (250, 70% of what was spent so far).");
    let people = text(section(&page, "people").unwrap());
    for words in [
        ">Expected from 1 Jul 2024 to 30 Sep 2024, rough</th>",
        ">Expected from 1 Jul 2024 to 30 Jun 2025, rough</th>",
        "How far off the expected amounts of these groups may be is not known: a forecast of this length was not tested in this \
         run.",
        ">Spent so far</th>",
        ">Margin</th>",
        // 6,000.50 ÷ 8 and ÷ 2, with two significant digits
        "<td class=\"num\">750</td><td class=\"num\">3,000</td>",
        // nine customers, three of them repeat customers
        ">3 small groups</th><td class=\"num\">9</td><td class=\"num figures\">too few to say</td>",
        ">not known, or too few to show</th>",
        "\"yAxis\":{\"axisLabel\":{\"names\":true},\"data\":[\"France\",\"Austria\"]",
        // (300 + 100 + 110) ÷ (20 + 25 + 10), without the first month
        "510 spent on 55 new customers makes EUR 9.27 each: least in search (EUR 6.00), most in letter (EUR 15.00).",
        "money by month counts it in the month it happened",
        "Product costs are known for 90.0% of the product revenue",
    ] {
        assert!(people.contains(words), "{words:?} is not in {people}");
    }
    let ages: Vec<_> = ["under 20", "30–39", "70 and over"]
        .map(|age| people.find(&format!("<th scope=\"row\">{age}")))
        .to_vec();
    assert!(ages.iter().all(Option::is_some) && ages.is_sorted(), "{ages:?}");
}

/// Two groups with ranges of their own, and one nobody of whom has a forecast.
#[test]
fn a_group_has_its_own_range() {
    let mut attributes = known();
    attributes.customer_groups.truncate(3);
    let mut shop = Shop::generated(true);
    let (france, austria) = (0..240, 240..360);
    let values = |codes: &std::ops::Range<u32>| -> Vec<f64> {
        let of = |code: u32| shop.forecasts().iter().filter(move |row| row.customer == Some(code));
        codes.clone().flat_map(of).map(|row| row.clv_3m).collect()
    };
    let (_, _, models) = shop.forecast.as_ref().unwrap();
    let ranges =
        [&france, &austria].map(|codes| models.group_range(Horizon::Months(3), &values(codes)).unwrap());
    attributes.customer_groups[0].members = france.collect();
    attributes.customer_groups[1].members = austria.collect();
    attributes.customer_groups[2].expected = None;
    shop.attributes = Some(attributes);
    let page = shop.with_input(report_html);
    let people = text(section(&page, "people").unwrap());
    let said = ranges.map(|(low, high)| say::between(low, high, Currency::default()).unwrap());
    let heads = ">Expected from 1 Jul 2024 to 30 Sep 2024</th>";
    assert!(
        people.contains(heads) && people.contains(">Expected from 1 Jul 2024 to 30 Jun 2025, rough</th>")
    );
    assert!(
        people.contains(">In 9 of 10 cases</th>") && !people.contains("How far off the expected"),
        "{people}"
    );
    for (expected, said) in [("750", &said[0]), ("380", &said[1])] {
        let cells = text(&format!("<td class=\"num\">{expected}</td><td>{said}</td>"));
        assert!(people.contains(&cells), "{cells:?} is not in {people}");
    }
    let csv = shop.with_input(|input| {
        let tables = tables::all(
            input.answers,
            input.catalog,
            input.imports,
            input.attributes,
            input.forecast.as_ref().ok(),
        );
        let groups = tables.into_iter().find(|named| named.file == "customer_groups.csv").unwrap();
        groups.table.to_csv(CsvReader::Machine)
    });
    let column = |line: &str, key: &str| {
        let at = csv.lines().next().unwrap().split(',').position(|name| name == key).unwrap();
        line.split(',').nth(at).unwrap().to_owned()
    };
    for (line, (low, high)) in csv.lines().skip(1).zip(ranges) {
        for (key, end) in [("expected_3m_low", low), ("expected_3m_high", high)] {
            let written: f64 = column(line, key).parse().unwrap();
            assert!((written / end - 1.0).abs() < 1e-3, "{key}: {written} for {end}");
        }
    }
    let merged = csv.lines().nth(3).unwrap();
    assert_eq!(
        ["expected_3m", "expected_3m_low", "expected_3m_high"].map(|key| column(merged, key)),
        [""; 3]
    );
}

#[test]
fn the_report_tells_where_the_margin_comes_from() {
    let shop = shop(known());
    let page = shop.with_input(report_html);
    insta::assert_snapshot!(told(&page, "margins"), @"Of EUR 9,000 of product revenue whose cost is known (90% of all), EUR 3,150, 35% of it, is margin; most comes from category Kitchen (EUR 4,000).");
    let margins = text(section(&page, "margins").unwrap());
    assert!(margins.contains("1 product costs more than it brings, −EUR 150 in all."), "{margins}");
    assert!(margins.contains("<td class=\"num\">−10.0%</td>"), "{margins}");
    assert!(
        page.contains("assumes 10% margin: none was given; it is 35% over the products whose cost is known")
    );
}

#[test]
fn without_costs_no_margin_is_told() {
    let mut attributes = known();
    (attributes.margin, attributes.product_margins) = (None, Vec::new());
    attributes.customer_groups.iter_mut().for_each(|row| row.margin = None);
    attributes.product_groups.iter_mut().for_each(|row| row.margin = None);
    attributes.unlocks.insert(0, Unlock::UnitCosts);
    let page = shop(attributes).with_input(report_html);
    insta::assert_snapshot!(told(&page, "margins"), @"Most revenue comes from category Kitchen (EUR 7,000); product costs are not known, so margins cannot be told.");
    assert!(page.contains("Which kinds of products bring the revenue?") && !page.contains(">Margin</th>"));
    assert!(page.contains("assumes 10% margin: none was given<"));
    let more = text(section(&page, "more").unwrap());
    assert!(
        more.contains(
            "<li>Add product costs to see margins, and what margin each customer is expected to leave.</li>"
        ),
        "{more}"
    );
    assert!(
        more.contains("<code>patron template products</code> writes an empty file, <code>patron import --products FILE</code> reads it."),
        "{more}"
    );
}

#[test]
fn the_report_lists_what_could_be_added_and_what_matched() {
    let page = shop(known()).with_input(report_html);
    insta::assert_snapshot!(told(&page, "more"), @"4 things that would tell more are not known: producer countries of products, cities of customers, genders of customers and costs of a contact.");
    let more = text(section(&page, "more").unwrap());
    for words in [
        "customers.csv: of 400 lines 397 fit a customer of the sales, 3 do not.",
        "products.csv: 30 lines, and each fits a product of the sales.",
        "<p>costs.csv: 2 lines of costs.</p>",
        "<li>Add costs of a contact to see what a campaign must bring in.</li>",
    ] {
        assert!(more.contains(words), "{words:?} is not in {more}");
    }
    assert!(!more.contains("product costs"), "costs are known: {more}");
    assert!(!more.contains("another shop"), "{more}");
    let mut stranger = shop(known());
    stranger.files[0] = file(AttributeKind::Customers, "customers.csv", 0, 3);
    let more = stranger.with_input(report_html);
    assert!(more.contains("Nothing in customers.csv fits the sales: it may belong to another shop."));
}

/// The files are listed, but their imports were undone: nothing of what they told is known.
#[test]
fn a_file_whose_facts_are_gone_is_not_praised() {
    let mut attributes = known();
    attributes.unlocks = vec![
        Unlock::UnitCosts,
        Unlock::Categories,
        Unlock::ProducerCountries,
        Unlock::ContactCosts,
        Unlock::AcquisitionSpend,
    ];
    let page = shop(attributes).with_input(report_html);
    let more = text(section(&page, "more").unwrap());
    for words in [
        "customers.csv: of 400 lines 397 fit a customer of the sales, 3 do not.",
        "products.csv: 30 lines, and none of what is listed here is known from it.",
        "costs.csv: 2 lines, and none of what is listed here is known from it.",
    ] {
        assert!(more.contains(words), "{words:?} is not in {more}");
    }
    assert!(!more.contains("each fits"), "{more}");
}

/// Three spends of 4 × 10¹⁴: more than an amount can hold.
#[test]
fn absurd_costs_are_told_and_not_added_up() {
    let spend = Some("400000000000000");
    let page = |acquisition| {
        let mut attributes = known();
        attributes.acquisition = acquisition;
        text(section(&shop(attributes).with_input(report_html), "people").unwrap())
    };
    let apart = page(
        ["letter", "search", "fair"]
            .map(|channel| acquisition("2022-02", channel, spend, 20, false))
            .to_vec(),
    );
    let words = "The spend on winning customers is more than can be added up";
    assert!(apart.contains(words) && apart.contains("<td class=\"num\">400,000,000,000,000</td>"), "{apart}");
    let months = ["2022-02", "2022-03", "2022-04"];
    let one = page(months.map(|month| acquisition(month, "letter", spend, 20, false)).to_vec());
    assert!(one.contains(words), "{one}");
}

#[test]
fn only_what_is_known_has_a_section() {
    let page = shop(AttributeAnswers::default()).with_input(report_html);
    assert!(section(&page, "people").is_none() && section(&page, "margins").is_none());
    assert_eq!(told(&page, "more"), "Everything this report can use is there.");
    let page = Shop::generated(false).with_input(report_html);
    assert!(["people", "margins", "more"].iter().all(|id| section(&page, id).is_none()));
    let mut attributes = known();
    attributes.customer_groups.retain(|row| row.group == Group::Unknown);
    attributes.acquisition.clear();
    let page = shop(attributes).with_input(report_html);
    assert!(section(&page, "people").is_none(), "nothing is known of anybody");
}

#[test]
fn a_file_of_orders_names_the_answers_that_are_absent() {
    let shop = Shop::bare(&[("1", "2024-05-02", "", 1, "20.00"), ("2", "2024-05-03", "", 1, "30.00")]);
    let page = shop.with_input(report_html);
    let words = "This file names no products, so best sellers, trends and items that bring people back are absent; a file \
                 with one row per product sold unlocks them.";
    assert_eq!(told(&page, "products"), words);
    assert!(text(section(&page, "more").unwrap()).contains(&format!("<li>{words}</li>")));
    assert!(!section(&page, "products").unwrap().contains("<table"));
}

#[test]
fn tables_of_what_is_known_are_written_only_where_there_is_something() {
    let (shop, known, nothing) = (Shop::bare(&[]), known(), AttributeAnswers::default());
    let catalog = Catalog::default();
    let files = |attributes| -> Vec<&str> {
        tables::all(&shop.answers, &catalog, &[], attributes, None).iter().map(|named| named.file).collect()
    };
    let all = files(Some(&known));
    assert!(tables::OPTIONAL.iter().all(|file| all.contains(file)));
    assert_eq!(files(Some(&nothing)), files(None));
    assert_eq!(files(None).len() + tables::OPTIONAL.len(), all.len());
    let tables = tables::all(&shop.answers, &catalog, &[], Some(&known), None);
    let csv = |file| tables.iter().find(|named| named.file == file).unwrap().table.to_csv(CsvReader::Machine);
    let all = tables::OPTIONAL.map(|file| {
        let csv = csv(file);
        csv.lines().take(4).map(|line| format!("{line}\n")).collect::<String>()
    });
    insta::assert_snapshot!(all.join("\n"), @r#"
    by,group,group_kind,merged_groups,customers,repeat_customers,repeat_share,orders,revenue,revenue_per_customer,average_order_value,forecast_customers,expected_3m,expected_3m_low,expected_3m_high,expected_12m,margin_revenue,margin_cost,margin,margin_share,margin_covered
    country,France,named,,240,150,0.625,480,6000.50,25.002083,12.501042,240,750.0625,,,3000.25,6000.50,100.00,5900.50,0.983335,0.9
    country,Austria,named,,120,60,0.5,240,3000.00,25,12.5,120,375,,,1500,3000.00,100.00,2900.00,0.966667,0.9
    country,,merged,3,9,3,0.333333,18,200.00,22.222222,11.111111,9,25,,,100,200.00,100.00,100.00,0.5,0.9

    by,group,group_kind,merged_groups,products,customers,quantity,revenue,revenue_share,margin_revenue,margin_cost,margin,margin_share,margin_covered
    category,Kitchen,named,,3,40,70,7000.00,0.7,7000.00,3000.00,4000.00,0.571429,1
    category,Garden,named,,3,40,70,3000.00,0.3,3000.00,3300.00,-300.00,-0.1,1

    sku,description,quantity,unit_cost,margin_revenue,margin_cost,margin,margin_share
    P1,Product P1,10,2.50,700.00,300.00,400.00,0.571429
    P2,Product P2,10,2.50,500.00,450.00,50.00,0.1
    P3,Product P3,10,2.50,100.00,250.00,-150.00,-1.5

    month,channel,spend,new_customers,per_customer,holds_older_customers
    2022-01,letter,900.00,90,,yes
    2022-02,letter,300.00,20,15,no
    2022-02,search,100.00,25,4,no

    measure,category,products,products_with_changes,changes,elasticity,elasticity_low,elasticity_high
    orders,,40,12,31,-1.2,-1.6,-0.8
    units,,40,12,31,-1.9,-2.3,-1.5
    "#);
}
