//! Whether anything has changed.

use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_store::{CustomerRecord, NewCustomer, Store};

use crate::backend::place;
use crate::shop;
use crate::support::import;

#[test]
fn what_others_write_is_noticed_and_nothing_else() {
    let (_place, url) = place();
    drop(Store::open(&url).unwrap());
    let mut looking = Store::open_existing(&url).unwrap();
    let mut mark = || looking.reading().change_mark().unwrap();
    let mut settled = || {
        // a server's statistics come a moment late
        let mut before = mark();
        loop {
            sleep(Duration::from_millis(1_100));
            let now = mark();
            if now == before {
                return now;
            }
            before = now;
        }
    };
    let quiet = settled();
    Store::open_existing(&url).unwrap().reading().shop().unwrap();
    assert_eq!(settled(), quiet, "who only reads changes nothing");

    let mut noticed = |before: i64| {
        let begun = Instant::now();
        while mark() == before {
            assert!(begun.elapsed() < Duration::from_secs(15), "it is not noticed");
            sleep(Duration::from_millis(20));
        }
        mark()
    };
    let mut other = Store::open_existing(&url).unwrap();
    let new = NewCustomer { external_id: "ann".into(), ..NewCustomer::default() };
    other.write(|writing| writing.create::<CustomerRecord>(&new)).unwrap();
    let after = noticed(quiet);
    drop(other);
    let mut another = Store::open_existing(&url).unwrap();
    import(&mut another, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    noticed(after);
}
