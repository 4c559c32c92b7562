//! The lines behind a number.

use patron_domain::{Day, LineKind, Money};
use patron_store::{ExplainedLine, LineFilter, Store, StoreError};

use crate::shop::{self, Line};
use crate::support::{database, import};

fn explained(store: &mut Store, filter: &LineFilter) -> Vec<ExplainedLine> {
    let mut found = Vec::new();
    let lines = store.explain_lines(filter, |line| {
        found.push(line);
        Ok::<(), StoreError>(())
    });
    assert_eq!(lines.unwrap(), found.len() as u64);
    found
}

/// Two imports whose times overlap: the lines with file and line number.
fn two_imports(store: &mut Store) -> Vec<(&'static str, u64, Line)> {
    let mut all = Vec::new();
    for (name, seed) in [("b.csv", 2), ("a.csv", 1)] {
        let lines = shop::lines(600, seed);
        import(store, &shop::import(name), &lines).unwrap();
        all.extend((2..).zip(lines).map(|(number, line)| (name, number, line)));
    }
    all.sort_by_key(|(_, _, line)| line.timestamp); // stable: of equal times the first import's come first
    all
}

fn check(store: &mut Store, all: &[(&str, u64, Line)], filter: &LineFilter, fits: impl Fn(&Line) -> bool) {
    let found = explained(store, filter);
    let expected: Vec<_> = all.iter().filter(|(_, _, line)| fits(line)).collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    let told: Vec<_> = found.iter().map(|line| (line.file_name.as_deref(), line.line)).collect();
    let file_and_line: Vec<_> =
        expected.iter().map(|(file, number, _)| (Some(*file), Some(*number))).collect();
    assert_eq!(told, file_and_line);
    for (found, (_, _, line)) in found.iter().zip(expected) {
        assert_eq!(
            (&found.invoice, &found.customer, &found.country, &found.sku),
            (&line.order, &line.customer, &line.country, &line.sku)
        );
        assert_eq!((found.timestamp, found.quantity, found.kind), (line.timestamp, line.quantity, line.kind));
        assert_eq!(found.amount, Money::from_ten_thousandths(line.amount));
        assert!(found.description.starts_with(&format!("{} of ", line.sku.as_deref().unwrap())));
    }
}

#[test]
fn each_filter_finds_exactly_its_lines() {
    let (_folder, _url, mut store) = database();
    let all = two_imports(&mut store);
    let sample = &all.iter().find(|(_, _, line)| line.customer.is_some()).unwrap().2;
    let month = Day::of(sample.timestamp).month();
    let no_filter = LineFilter::default();
    assert_eq!(explained(&mut store, &no_filter).len(), all.len());
    let of_customer = LineFilter { customer: sample.customer.clone(), ..no_filter.clone() };
    check(&mut store, &all, &of_customer, |line| line.customer == sample.customer);
    let of_product = LineFilter { product: sample.sku.clone(), ..no_filter.clone() };
    check(&mut store, &all, &of_product, |line| line.sku == sample.sku);
    let of_country = LineFilter { country: sample.country.clone(), ..no_filter.clone() };
    check(&mut store, &all, &of_country, |line| line.country == sample.country);
    let of_order = LineFilter { order: Some(sample.order.clone()), ..no_filter.clone() };
    check(&mut store, &all, &of_order, |line| line.order == sample.order);
    let of_both = LineFilter {
        country: sample.country.clone(),
        product: sample.sku.clone(),
        month: Some(month),
        ..no_filter
    };
    check(&mut store, &all, &of_both, |line| line.country == sample.country && line.sku == sample.sku);
    let nothing = LineFilter { month: Some(month.plus(-1)), ..LineFilter::default() };
    assert_eq!(explained(&mut store, &nothing), []);
}

#[test]
fn a_month_is_from_its_first_second_to_its_last() {
    let (_folder, _url, mut store) = database();
    let template = Line {
        customer: None,
        sku: None,
        country: None,
        kind: LineKind::Service,
        ..shop::lines(1, 1).remove(0)
    };
    // 2011-10-31 23:59:59, 2011-11-01 00:00:00, 2011-11-30 23:59:59, 2011-12-01 00:00:00
    let times = [1_320_105_599, 1_320_105_600, 1_322_697_599, 1_322_697_600];
    let lines: Vec<Line> = times.map(|timestamp| Line { timestamp, ..template.clone() }).into();
    import(&mut store, &shop::import("a.csv"), &lines).unwrap();
    let filter = LineFilter { month: "2011-11".parse().ok(), ..LineFilter::default() };
    let found = explained(&mut store, &filter);
    assert_eq!(found.iter().map(|line| line.timestamp).collect::<Vec<_>>(), times[1..3]);
    let bare =
        (&found[0].customer, &found[0].sku, &found[0].country, found[0].description.as_str(), found[0].kind);
    assert_eq!(bare, (&None, &None, &None, "", LineKind::Service));
}

#[test]
fn a_name_the_shop_does_not_have_is_told_with_the_one_that_was_meant() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    let mut said = |filter: LineFilter| {
        store.explain_lines(&filter, |_| Ok::<(), StoreError>(())).unwrap_err().to_string()
    };
    let some = |text: &str| Some(text.to_owned());
    let country = said(LineFilter { country: some(" united  KINGDOM"), ..LineFilter::default() });
    assert_eq!(country, "the shop has no country ' united  KINGDOM'; did you mean 'United Kingdom'?");
    let product = said(LineFilter { product: some("lamp"), ..LineFilter::default() });
    assert_eq!(product, "the shop has no product 'lamp'; check the spelling");
    assert!(
        said(LineFilter { customer: some("x"), ..LineFilter::default() })
            .starts_with("the shop has no customer 'x'")
    );
    assert!(
        said(LineFilter { order: some("x"), ..LineFilter::default() })
            .starts_with("the shop has no order 'x'")
    );
}

#[test]
fn reading_ends_when_the_sink_has_enough() {
    let (_folder, _url, mut store) = database();
    import(&mut store, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    let mut seen = 0;
    let stopped = store.explain_lines(&LineFilter::default(), |_| {
        seen += 1;
        if seen == 3 { Err(StoreError::UnknownCustomer("enough".to_owned())) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(StoreError::UnknownCustomer(_))));
    assert_eq!(seen, 3);
}

#[test]
fn the_quarantine_is_read_rule_by_rule() {
    let (_folder, _url, mut store) = database();
    assert_eq!(store.quarantine_rules().unwrap(), []);
    let none = store.quarantine_of_rule("price", 0, 10).unwrap_err();
    assert_eq!(none.to_string(), "no line was set aside by a rule 'price'; none was set aside at all");
    let lines = shop::lines(10, 1);
    for name in ["a.csv", "b.csv"] {
        let mut writer = store.begin_import(&shop::import(name)).unwrap();
        let dated =
            patron_domain::QuarantinedLine { rule: "date".to_owned(), amount: None, ..shop::set_aside(7) };
        let quarantined = [shop::set_aside(4), dated, shop::set_aside(5)];
        shop::batches(&lines, 10, 2).iter().for_each(|batch| writer.write(batch, &quarantined).unwrap());
        writer.finish(&shop::report(10, 3), &[], &[], &[]).unwrap();
    }
    let rules = store.quarantine_rules().unwrap();
    let told: Vec<_> =
        rules.iter().map(|rule| (rule.rule.as_str(), rule.lines, rule.amount.ten_thousandths())).collect();
    assert_eq!(told, [("date", 2, 0), ("price", 4, -24_690)]);
    let page = store.quarantine_of_rule("price", 0, 3).unwrap();
    assert_eq!(
        page.iter().map(|entry| (entry.import.0, entry.line.line)).collect::<Vec<_>>(),
        [(1, 4), (1, 5), (2, 4)]
    );
    let rest = store.quarantine_of_rule("price", page[2].id, 3).unwrap();
    assert_eq!(rest.iter().map(|entry| entry.line.clone()).collect::<Vec<_>>(), [shop::set_aside(5)]);
    assert_eq!(store.quarantine_of_rule("price", rest[0].id, 3).unwrap(), []);
    let unknown = store.quarantine_of_rule("prise", 0, 3).unwrap_err();
    assert_eq!(unknown.to_string(), "no line was set aside by a rule 'prise'; the rules are: date, price");
}
