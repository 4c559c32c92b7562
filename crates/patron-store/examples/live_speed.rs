//! How many single rows a second are read and written in a shop with many customers: `cargo run --release -p
//! patron-store --example live_speed [CUSTOMERS]`. Three lines a customer; reading on one thread, writing from 64.
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::thread;
use std::time::{Duration, Instant};

use patron_store::{
    CustomerId, CustomerRecord, DatabaseUrl, List, LiveSettings, LiveWriter, NewSale, Reading, Refer,
    SaleFilter, SaleRecord, Store, StoreError,
};

#[path = "../tests/it/shop.rs"]
mod shop;

fn main() -> Result<(), Box<dyn Error>> {
    let customers = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse::<usize>())?;
    let folder = tempfile::tempdir()?;
    let url = DatabaseUrl::from_path(folder.path().join("shop.db"));
    let mut store = Store::open(&url)?;
    let template = shop::lines(1, 1).remove(0);
    let line = |number: usize| shop::Line {
        customer: Some(format!("{}", number * 7_919 % customers)),
        sku: Some(format!("{}", 20_000 + number % 4_000)),
        order: format!("{}", 536_000 + number),
        timestamp: template.timestamp + 30 * number as i64,
        ..template.clone()
    };
    let lines: Vec<shop::Line> = (0..3 * customers).map(line).collect();
    let begun = Instant::now();
    let mut writer = store.begin_import(&shop::import("shop.csv"))?;
    for batch in shop::batches(&lines, 8_192, 2) {
        writer.write(&batch, &[])?;
    }
    writer.write(&Default::default(), &[shop::set_aside(7)])?;
    writer.finish(&shop::report(lines.len(), 1), &[], &[], &[])?;
    println!("import of {} lines: {:.2} s", lines.len(), begun.elapsed().as_secs_f64());

    let some = move |turn: usize| CustomerId(1 + (turn * 104_729 % customers) as i64);
    measure(&mut store, "customer by id", |reading, turn| {
        reading.get::<CustomerRecord>(some(turn)).map(drop)
    })?;
    measure(&mut store, "customer by external id", |reading, turn| {
        reading.get_by_key::<CustomerRecord>(&format!("{}", turn * 104_729 % customers)).map(drop)
    })?;
    measure(&mut store, "days of a customer", |reading, turn| {
        reading.customer_days(some(turn)).map(|found| assert_eq!(found.days.len(), 3))
    })?;
    let page = |reading: &mut Reading<'_>, turn: usize, filter: SaleFilter| {
        let cursor = reading.list(&List::<SaleRecord> { limit: 1, ..List::default() })?.next;
        let after = cursor.map(|cursor| patron_store::Cursor { id: some(turn).0, ..cursor });
        reading.list(&List::<SaleRecord> { after, filter, ..List::default() }).map(drop)
    };
    measure(&mut store, "page of 50 sales", |reading, turn| page(reading, turn, SaleFilter::default()))?;
    measure(&mut store, "sales of a customer", |reading, turn| {
        let filter = SaleFilter { customer: Some(Refer::Id(some(turn))), ..SaleFilter::default() };
        reading.list(&List::<SaleRecord> { filter, ..List::default() }).map(drop)
    })?;

    let writer = LiveWriter::open(&url, LiveSettings::default())?;
    let (begun, each) = (Instant::now(), 100);
    thread::scope(|scope| {
        let sellers: Vec<_> = (0..64)
            .map(|seller| {
                let writer = &writer;
                scope.spawn(move || {
                    (0..each).try_for_each(|number| {
                        let customer = some(seller * each + number);
                        let new = NewSale {
                            customer: Some(Refer::Id(customer)),
                            product: Some(Refer::Key("20001".to_owned())),
                            timestamp: Some(1_323_435_000),
                            create_missing: true,
                            ..NewSale::new(
                                Refer::Key(format!("live {seller} {number}")),
                                1,
                                patron_domain::Money::from_ten_thousandths(25_000),
                            )
                        };
                        writer.write(move |writing| {
                            writing.create::<SaleRecord>(&new)?;
                            writing.customer_days(customer).map(drop)
                        })
                    })
                })
            })
            .collect();
        sellers.into_iter().try_for_each(|seller| seller.join().unwrap_or(Err(StoreError::Stopped)))
    })?;
    tell("posted sales with the customer's days", 64 * each, begun.elapsed());
    let begun = Instant::now();
    let last = SaleRecord::clone(
        &store
            .reading()
            .list(&List::<SaleRecord> {
                direction: patron_store::Direction::Descending,
                limit: 1,
                ..List::default()
            })?
            .items[0],
    );
    writer.write(move |writing| writing.delete::<SaleRecord>(last.id, None))?;
    println!("deleting one sale: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    Ok(())
}

fn measure(
    store: &mut Store,
    what: &str,
    mut read: impl FnMut(&mut Reading<'_>, usize) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let begun = Instant::now();
    let mut turns = 0;
    while begun.elapsed() < Duration::from_secs(2) {
        read(&mut store.reading(), turns)?;
        turns += 1;
    }
    tell(what, turns, begun.elapsed());
    Ok(())
}

fn tell(what: &str, count: usize, time: Duration) {
    println!("{what}: {:.0}/s", count as f64 / time.as_secs_f64());
}
