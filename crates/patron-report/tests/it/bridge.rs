//! The bridge from a file's lines to the revenue of known customers.
#![expect(clippy::unwrap_used, reason = "a shop that cannot be made is a failed test")]

use std::sync::OnceLock;

use patron_analytics::Answers;
use patron_domain::{
    FileFacts, ImportReport, JoinedByEmail, Money, OrderForm, Overview, RuleAction, RuleCount, ServiceAmount,
    StatusCount, StatusMeaning,
};
use patron_report::{Bridge, BridgeStep, CsvReader, tables};
use proptest::prelude::*;

use crate::html::{contents, text};
use crate::shop::Shop;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn rule(name: &str, action: RuleAction, lines: u64, amount: &str, discount: &str) -> RuleCount {
    RuleCount {
        rule: name.to_owned(),
        action,
        meaning: format!("{name} in words"),
        lines,
        amount: money(amount),
        discount: money(discount),
    }
}

fn service(name: &str, lines: u64, amount: &str) -> ServiceAmount {
    ServiceAmount { name: name.to_owned(), lines, amount: money(amount) }
}

/// An order export: price tags of 500.0005 and shipping, tax and a tip of 31.40; 40.00 off; an order of 60 (5 off)
/// unpaid, one line unreadable, 30.00 brought back.
pub(crate) fn order_export() -> ImportReport {
    let overview = |lines, customers, amount, discount| Overview {
        lines,
        customers,
        amount: money(amount),
        discount: money(discount),
        ..Overview::default()
    };
    ImportReport {
        file: FileFacts { name: "orders.csv".to_owned(), ..FileFacts::default() },
        times: "moved to Europe/Berlin".to_owned(),
        currency: Some("EUR".to_owned()),
        lines_read: 20,
        lines_accepted: 17,
        lines_quarantined: 3,
        rules: vec![
            rule("unreadable-date", RuleAction::Reject, 1, "0", "0"),
            rule("order-not-paid", RuleAction::Reject, 2, "55", "5"),
            rule("never-met", RuleAction::Reject, 0, "0", "0"),
            rule("no-customer", RuleAction::Flag, 4, "100", "0"),
        ],
        sales_amount: money("400.0005"),
        returns_amount: money("-30"),
        services_amount: money("31.40"),
        services: vec![service("shipping", 4, "9.90"), service("tax", 1, "20"), service("tip", 1, "1.50")],
        order_form: Some(OrderForm {
            rows: 18,
            order_rows: 4,
            lines_made: 6,
            orders: 9,
            disagreeing_orders: 1,
            disagreeing_amount: money("0.02"),
            total: Some(money("486.42")),
            refunds_dated: false,
            ..OrderForm::default()
        }),
        joined_by_email: JoinedByEmail { orders: 3, joined_an_account: 1, customers: 2 },
        before: overview(19, 8, "456.4005", "40"),
        after: overview(17, 7, "401.4005", "35"),
        ..ImportReport::default()
    }
}

/// Answers with so much revenue, of which so much with a known customer.
fn answers(revenue: &str, known: &str) -> Answers {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    let shop = SHOP.get_or_init(|| Shop::bare(&[("1", "2024-01-05", "A", 1, "9.99")]));
    let mut answers = shop.answers.clone();
    (answers.totals.revenue, answers.totals.known_revenue) = (money(revenue), money(known));
    answers
}

/// Every total is the sum of the total before it and the changes between.
fn check(bridge: &Bridge) {
    let mut running = Money::ZERO;
    for line in &bridge.lines {
        let amount = line.amount.unwrap();
        running = if line.step == BridgeStep::AllLines || !line.step.is_total() {
            running + amount
        } else {
            running
        };
        assert_eq!(line.running, Some(running), "{line:?}");
        assert!(!line.step.is_total() || amount == running, "{line:?}");
    }
    // what is not explained stands where it is missed: before the services, and before the product revenue
    let explained = bridge.lines.iter().filter(|line| line.step != BridgeStep::Unexplained);
    assert!(explained.is_sorted_by_key(|line| line.step), "{:?}", bridge.lines);
    let missed = bridge.lines.iter().filter(|line| line.step == BridgeStep::Unexplained);
    assert_eq!(missed.map(|line| line.amount.unwrap()).sum::<Money>(), bridge.unexplained);
    assert!(bridge.facts.iter().all(|fact| fact.step == BridgeStep::File && fact.running.is_none()));
}

#[test]
fn an_order_export_comes_out_step_by_step() {
    let bridge = Bridge::of(&[order_export()], &answers("370.0005", "270.0005"));
    check(&bridge);
    assert_eq!(bridge.unexplained, Money::ZERO);
    insta::assert_snapshot!(bridge.table().to_csv(CsvReader::Spreadsheet), @r#"
    step,name,action,lines,amount,running_total,meaning
    the file itself,sum of the file,information,20,496.4005,,"Quantity × price of every readable line, and shipping, tax, tips and refunds of the orders: before discounts, with refunds taken off."
    the file itself,the same after discounts,information,20,456.4005,,The sum of the file less all discounts.
    the file itself,rows of the file,information,,,,"18 rows hold 20 lines: 4 rows describe an order only, and 6 lines were made from the fields of orders (shipping, tax, tips, refunds)."
    the file itself,sum of the orders' totals,information,,486.42,,"The totals that the file gives its 9 orders: what the shop system shows, with shipping and tax, before anything is set aside or given back. With the next rows it makes the first total of the bridge."
    the file itself,orders whose parts do not add up,information,,-0.02,,1 of 9 orders: what their parts add up to beyond the totals that the file gives them.
    the file itself,"discounts, back on the price tags",information,,40.00,,"The orders' totals are after discounts, all lines before."
    the file itself,not in the orders' totals,information,,0.0005,,"Tax and shipping given back with accepted refunds (the bridge has them among its services), refunds that were set aside, orders whose total could not be read, and what rounding leaves below a cent."
    the file itself,refunds,information,,,,The file does not say when refunds happened: they count on the day of their order.
    the file itself,guests joined by e-mail,information,,,,"3 orders know their customer by the e-mail address only; 1 of them joined a customer whom other orders name by id, the others make up 2 customers."
    the file itself,times of day,information,,,,Moved to Europe/Berlin.
    the file itself,currency,information,,,,Amounts are in EUR.
    all lines,orders.csv,total,20,526.4005,526.4005,"Every readable line before discounts, with nothing brought back yet: the sum of the file and what the accepted cancellations and returns took off in it."
    set aside,unreadable-date,taken off,1,0.00,526.4005,Unreadable-date in words.
    set aside,order-not-paid,taken off,2,-60.00,466.4005,Order-not-paid in words.
    cancellations and returns,,taken off,,-30.00,436.4005,"Accepted negative lines: they count on their own date, against the customer who brought back."
    services and shipping,shipping,taken off,4,-9.90,426.5005,Postage and delivery: kept apart from product revenue.
    services and shipping,tax,taken off,1,-20.00,406.5005,Taxes collected for the state: kept apart from product revenue.
    services and shipping,tip,taken off,1,-1.50,405.0005,Tips: kept apart from product revenue.
    discounts,,taken off,,-35.00,370.0005,Taken off the price tags of the accepted lines; the rules above count before discounts.
    product revenue,,total,11,370.0005,370.0005,Sales less returns and discounts: the net revenue of this report.
    without a known customer,,taken off,,-100.00,270.0005,"In product and month answers, not in customer answers."
    of known customers,,total,,270.0005,270.0005,What customer answers and forecasts build on.
    "#);
}

/// From what the shop system shows to the first total: 486.42 − 0.02 + 40 + 0.0005 = 526.4005.
#[test]
fn the_orders_totals_lead_to_the_first_total() {
    let bridge = Bridge::of(&[order_export()], &answers("370.0005", "270.0005"));
    let from = bridge.facts.iter().position(|fact| fact.name == "sum of the orders' totals").unwrap();
    let amounts: Vec<Money> = bridge.facts[from..from + 4].iter().map(|fact| fact.amount.unwrap()).collect();
    assert_eq!(amounts, ["486.42", "-0.02", "40", "0.0005"].map(money));
    assert_eq!(Some(amounts.into_iter().sum::<Money>()), bridge.lines[0].amount);
}

#[test]
fn reports_of_earlier_versions_have_one_step_for_services() {
    let mut import = order_export();
    (import.services, import.order_form, import.joined_by_email) = (vec![], None, JoinedByEmail::default());
    (import.before.discount, import.after.discount) = (Money::ZERO, Money::ZERO);
    import.rules[1].discount = Money::ZERO;
    let bridge = Bridge::of(&[import], &answers("370.0005", "370.0005"));
    check(&bridge);
    let steps: Vec<_> =
        bridge.lines.iter().map(|line| (line.step, line.amount.unwrap().to_string())).collect();
    assert_eq!(
        steps,
        [
            (BridgeStep::AllLines, "486.4005".to_owned()),
            (BridgeStep::SetAside, "0.00".to_owned()),
            (BridgeStep::SetAside, "-55.00".to_owned()),
            (BridgeStep::Returns, "-30.00".to_owned()),
            (BridgeStep::Services, "-31.40".to_owned()),
            (BridgeStep::ProductRevenue, "370.0005".to_owned()),
        ]
    );
    assert_eq!(bridge.lines[4].lines, None);
}

#[test]
fn several_files_share_one_bridge() {
    let mut second = order_export();
    second.file.name = "more.csv".to_owned();
    let bridge = Bridge::of(&[order_export(), second], &answers("740.001", "740.001"));
    check(&bridge);
    assert_eq!(bridge.unexplained, Money::ZERO);
    assert_eq!(bridge.lines[0].name, "2 files");
    let shipping = bridge.lines.iter().find(|line| line.name == "shipping").unwrap();
    assert_eq!((shipping.lines, shipping.amount), (Some(8), Some(money("-19.80"))));
    assert!(bridge.facts[0].name == "orders.csv: sum of the file");
    let facts = bridge.facts.len();
    assert!(bridge.facts[facts / 2].name == "more.csv: sum of the file");
}

#[test]
fn what_is_below_zero_adds_when_it_is_left_out() {
    let mut import = order_export();
    (import.rules[1].amount, import.rules[1].discount) = (money("-1.5"), Money::ZERO);
    let bridge = Bridge::of(&[import], &answers("0", "0"));
    let line = bridge.lines.iter().find(|line| line.name == "order-not-paid").unwrap();
    assert_eq!((line.amount, line.action()), (Some(money("1.5")), "added"));
    assert_eq!(line.meaning, "Order-not-paid in words. Their sum is below zero, so leaving them out adds.");
}

#[test]
fn what_no_import_explains_is_a_row_of_its_own() {
    let bridge = Bridge::of(&[order_export()], &answers("375.0005", "375.0005"));
    check(&bridge);
    assert_eq!(bridge.unexplained, money("5"));
    let line = bridge.lines.iter().find(|line| line.step == BridgeStep::Unexplained).unwrap();
    assert_eq!((line.action(), line.amount), ("added", Some(money("5"))));
    assert_eq!(
        bridge.lines.last().unwrap().lines,
        None,
        "lines are not counted where money is not explained"
    );
    let nothing = Bridge::of(&[], &answers("9.99", "9.99"));
    check(&nothing);
    assert_eq!(nothing.unexplained, money("9.99"));
}

#[test]
fn the_report_draws_and_names_the_bridge() {
    let mut shop = Shop::bare(&[
        ("1", "2024-01-05", "A", 1, "370.0005"),
        ("2", "2024-01-05", "A", 1, "30"),
        ("2", "2024-01-06", "A", -1, "-30"),
    ]);
    shop.imports = vec![order_export()];
    let page = shop.with_input(patron_report::report_html);
    let section = text(contents(&page, "<section class=\"question\" id=\"left-out\"", "</section>")[0]);
    for words in [
        "from what the shop system shows as the total of the orders, 486.42, to the product revenue of 370.0005 in this report, every amount is accounted for.",
        "<td class=\"num\">526.4005</td>",
        "Set aside: order not paid",
        "<tr class=\"total\"><th scope=\"row\">Sum of the orders' totals</th>",
        "From the orders' totals to product revenue",
        "The file does not say when refunds happened: they count on the day of their order.",
        "3 orders know their customer by the e-mail address only",
        "Money by month counts a refund in the month it happened, a customer's value counts it against the customer",
    ] {
        assert!(section.contains(words), "{words:?} is not in {section}");
    }
    assert!(section.contains("\"Tips\",\"Discounts\",\"Product revenue\""), "{section}");
    assert!(section.contains("\"data\":[\"Sum of the orders' totals\",\"Orders whose parts do not add up\""));
    assert!(section.contains("\"Not in the orders' totals\",\"All lines\",\"Set aside: order not paid\""));
    assert_eq!(section.matches(">Sum of the orders' totals</th>").count(), 1, "it stands in one table");
}

#[test]
fn the_lead_adds_up_to_the_first_line_of_several_files_too() {
    let mut second = order_export();
    second.order_form.as_mut().unwrap().total = Some(money("480"));
    let bridge = Bridge::of(&[order_export(), second.clone()], &answers("0", "0"));
    let last = bridge.lead.last().unwrap();
    assert_eq!((bridge.lead[0].amount, last.running), (Some(money("966.42")), bridge.lines[0].amount));
    second.order_form.as_mut().unwrap().total = None;
    assert_eq!(Bridge::of(&[order_export(), second], &answers("0", "0")).lead, []);
    assert_eq!(Bridge::of(&[], &answers("0", "0")).lead, []);
}

#[test]
fn refunds_are_told_of_only_where_there_are_some() {
    let refunds = |returns: &str, dated: bool| {
        let mut import = order_export();
        import.returns_amount = money(returns);
        import.order_form.as_mut().unwrap().refunds_dated = dated;
        let facts = Bridge::of(&[import], &answers("0", "0")).facts;
        facts.into_iter().find(|fact| fact.name == "refunds").map(|fact| fact.meaning)
    };
    assert_eq!(refunds("0", false), None);
    assert!(refunds("-30", false).unwrap().starts_with("The file does not say when"));
    assert!(refunds("-30", true).unwrap().starts_with("The file says when"));
}

/// An export with a status nobody knows, edited orders and a notice: the report and the last screen tell them.
#[test]
fn what_could_only_be_read_roughly_is_told() {
    let mut import = order_export();
    let status = |status: &str, meaning, orders| StatusCount { status: status.to_owned(), meaning, orders };
    import.statuses = vec![
        status("Versandt", StatusMeaning::Unknown, 40),
        status("paid", StatusMeaning::Sale, 9),
        status("B\u{1b}[31m", StatusMeaning::Unknown, 1),
    ];
    let form = import.order_form.as_mut().unwrap();
    (form.edited_orders, form.edited_amount) = (3, money("15"));
    import.notices = vec!["The column \u{201c}Refund note\u{201d} is not read.".to_owned()];
    let told = [
        "40 orders with status \u{2018}Versandt\u{2019} are counted as sales: the status is not known.",
        "3 orders have lines larger than the subtotal: 15.00 was taken off as if it were a discount",
        "The column \u{201c}Refund note\u{201d} is not read.",
    ];
    let mut shop = Shop::bare(&[("1", "2024-01-05", "A", 1, "9.99")]);
    shop.imports = vec![import];
    let page = text(&shop.with_input(patron_report::report_html));
    let csv = Bridge::of(&shop.imports, &shop.answers).table().to_csv(CsvReader::Machine);
    let screen = shop.with_input(patron_report::last_screen);
    for words in told {
        assert!(page.contains(&format!("<p class=\"caveat\">{words}")), "{words:?} is not in {page}");
        assert!(csv.contains(words), "{words:?} is not in {csv}");
        assert!(screen.understood.iter().any(|line| line.starts_with(words)), "{words:?}: {screen:?}");
    }
    assert!(csv.contains("the file itself,edited orders,information,,-15.00,"), "{csv}");
    let all = [screen.read, screen.understood].concat();
    assert!(
        all.contains(
            &"1 order with status \u{2018}B[31m\u{2019} is counted as a sale: the status is not known."
                .to_owned()
        )
    );
    assert!(all.iter().all(|line| !line.contains(char::is_control)));
    assert_eq!(all[0], "orders.csv: 18 rows, 20 lines with shipping, tax and refunds");
    shop.imports[0].order_form = None;
    let screen = shop.with_input(patron_report::last_screen);
    assert_eq!(screen.read, ["orders.csv: 20 lines"]);
    assert!(
        screen.understood[1]
            .starts_with("40 lines with status \u{2018}Versandt\u{2019} are counted as sales")
    );
}

#[test]
fn customers_told_apart_by_e_mail_only_are_no_guests() {
    let mut import = order_export();
    import.after.orders = 9;
    import.joined_by_email = JoinedByEmail { orders: 9, joined_an_account: 0, customers: 7 };
    let bridge = Bridge::of(&[import], &answers("0", "0"));
    let fact = bridge.facts.iter().find(|fact| fact.name == "customers by e-mail").unwrap();
    assert_eq!(
        fact.meaning,
        "Customers are told apart by their e-mail address: 9 orders make up 7 customers."
    );
}

#[test]
fn duties_have_their_name() {
    let mut import = order_export();
    import.services[2].name = "duties".to_owned();
    let bridge = Bridge::of(&[import], &answers("370.0005", "370.0005"));
    let duties = bridge.lines.iter().find(|line| line.name == "duties").unwrap();
    assert_eq!(
        (duties.label(), duties.meaning.as_str()),
        ("Duties".to_owned(), "Duties collected for customs: kept apart from product revenue.")
    );
}

#[test]
fn customers_are_reconciled_in_one_table() {
    let mut answers = answers("370.0005", "270.0005");
    (answers.totals.customers, answers.totals.purchasers) = (5, 4);
    answers.customers = vec![answers.customers[0]; 6];
    let (imports, catalog) = ([order_export()], patron_columns::Catalog::default());
    let tables = tables::all(&answers, &catalog, &imports, None, None);
    let named = tables.iter().find(|table| table.file == "customer_counts.csv").unwrap();
    insta::assert_snapshot!(named.table.to_csv(CsvReader::Machine), @r#"
    what,customers,meaning
    named in the file,8,Distinct customers of all readable lines.
    on accepted lines,7,1 fewer: named only on lines that were set aside.
    with a sale or a return,6,"1 fewer: with services only, such as postage or fees."
    with an order,5,"1 fewer: with returns only, and no order."
    with a purchase,4,1 fewer: brought back or cancelled as much as they bought on each of their days.
    "#);
}

#[test]
fn rules_keep_a_table_of_their_own() {
    let (imports, catalog) = ([order_export()], patron_columns::Catalog::default());
    let answers = answers("370.0005", "270.0005");
    let tables = tables::all(&answers, &catalog, &imports, None, None);
    let csv = tables.iter().find(|table| table.file == "rules.csv").unwrap().table.to_csv(CsvReader::Machine);
    assert!(csv.contains("orders.csv,order-not-paid,set aside,2,60.00,order-not-paid in words\n"), "{csv}");
    assert!(csv.contains("orders.csv,no-customer,kept and flagged,4,100.00,"), "{csv}");
}

proptest! {
    #[test]
    fn a_bridge_adds_up_whatever_the_imports_say(
        amounts in prop::array::uniform8(-1_000_000_i64..1_000_000), copies in 0_usize..4,
    ) {
        let [before, before_off, after, after_off, aside, services, shipping, returns] =
            amounts.map(Money::from_ten_thousandths);
        let mut import = order_export();
        (import.before.amount, import.before.discount) = (before, before_off);
        (import.after.amount, import.after.discount) = (after, after_off);
        import.rules[0].amount = aside;
        (import.services_amount, import.services[0].amount, import.returns_amount) = (services, shipping, returns);
        let answers = answers("11.00", "9.99");
        let bridge = Bridge::of(&vec![import; copies], &answers);
        check(&bridge);
        prop_assert_eq!(bridge.lines.last().unwrap().amount, Some(answers.totals.known_revenue));
        let rows = bridge.lines.len() + bridge.facts.len();
        prop_assert_eq!(bridge.table().rows(), rows);
    }
}
