//! How long it takes to note and read what is known of many customers, and to explain numbers: `cargo run --release
//! -p patron-store --example attribute_speed [CUSTOMERS]`. One line a customer.
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::time::Instant;

use patron_domain::{AttributeKind, CustomerAttributes, CustomerRow, Day, SaleBatch};
use patron_store::{DatabaseUrl, LineFilter, NewAttributeFile, NewImport, Store, StoreError};

#[path = "../tests/it/shop.rs"]
mod shop;

fn main() -> Result<(), Box<dyn Error>> {
    let customers = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let mut store = Store::open(&DatabaseUrl::from_path(folder.path().join("shop.db")))?;
    let template = shop::lines(1, 1).remove(0);
    let line = |number: usize| shop::Line {
        customer: Some(format!("{}", 12_000 + number)),
        sku: Some(format!("{}", 20_000 + number % 4_000)),
        order: format!("{}", 536_000 + number),
        timestamp: template.timestamp + 30 * number as i64,
        ..template.clone()
    };
    let lines: Vec<shop::Line> = (0..customers).map(line).collect();
    let contacts: Vec<(u32, CustomerAttributes)> =
        (0..customers as u32).map(|code| (code, known(code, "Lyon"))).collect();
    for (name, contacts) in [("bare.csv", &contacts[..0]), ("with contact data.csv", &contacts)] {
        let begun = Instant::now();
        let id = import(&mut store, &shop::import(name), &lines, contacts)?;
        tell(name, begun);
        if contacts.is_empty() {
            store.undo_import(id)?;
        }
    }
    let row = |(code, attributes): &(u32, CustomerAttributes)| CustomerRow {
        line: u64::from(*code) + 2,
        external_id: Some(format!("{}", 12_000 + code)),
        attributes: attributes.clone(),
    };
    let rows: Vec<CustomerRow> = contacts.iter().map(row).collect();
    let file = NewAttributeFile {
        kind: AttributeKind::Customers,
        file_name: "customers.csv".to_owned(),
        sha256: String::new(),
        imported_at: shop::import("").imported_at,
        lines: rows.len() as u64,
    };
    let begun = Instant::now();
    store.set_files(Some((&file, &rows)), None, None)?;
    tell("customers file", begun);
    let begun = Instant::now();
    assert_eq!(store.attributes()?.city.codes.len(), customers);
    tell("reading what is known", begun);

    let month = Some(Day::of(lines[customers / 2].timestamp).month());
    let customer = lines[customers / 2].customer.clone();
    for (what, filter) in [
        ("explain a customer", LineFilter { customer, ..LineFilter::default() }),
        ("explain a month", LineFilter { month, ..LineFilter::default() }),
        ("explain everything", LineFilter::default()),
    ] {
        let begun = Instant::now();
        let found = store.explain_lines(&filter, |_| Ok::<(), StoreError>(()))?;
        tell(&format!("{what}: {found} lines"), begun);
    }
    Ok(())
}

fn known(code: u32, city: &str) -> CustomerAttributes {
    CustomerAttributes {
        name: Some(format!("name {code}")),
        email: Some(format!("{code}@shop.example")),
        country: Some("France".to_owned()),
        city: Some(format!("{city} {}", code % 1_000)),
        birthday: Some(Day::from_number(code as i32 % 20_000)),
        may_contact: Some(true),
        ..CustomerAttributes::default()
    }
}

fn import(
    store: &mut Store,
    new: &NewImport,
    lines: &[shop::Line],
    contacts: &[(u32, CustomerAttributes)],
) -> Result<patron_store::ImportId, StoreError> {
    let mut writer = store.begin_import(new)?;
    for batch in shop::batches(lines, 8192, 2) {
        writer.write(&batch, &[])?;
    }
    writer.write(&SaleBatch::default(), &[shop::set_aside(7)])?;
    writer.finish(&shop::report(lines.len(), 1), &[], contacts, &[])
}

fn tell(what: &str, begun: Instant) {
    println!("{what}: {:.3} s", begun.elapsed().as_secs_f64());
}
