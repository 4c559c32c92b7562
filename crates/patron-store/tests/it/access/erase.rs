//! Whoever is erased is nowhere, does not come back with a file, and leaves every number as it was.

use patron_domain::{CustomerAttributes, CustomerRow, LineKind, QuarantinedLine, SaleBatch};
use patron_store::{
    Actor, AuditFilter, Change, CustomerId, CustomerPatch, CustomerRecord, DatabaseUrl, Erasure, ImportId,
    NewCustomer, NewImport, SqlCell, Store, StoreError,
};

use super::at;
use crate::attributes::{file, set_customers};
use crate::runs::{forecasts, run};
use crate::shop::{self, Line, batches, report};
use crate::support::{Place, database, dump, execute, rows, scanned};

const SALT: [u8; 32] = [9; 32];
const SECRETS: [&str; 9] =
    ["zoe@", "Zoe", "Miller", "z@old.example", "anna@", "Anna", "c-4711", "12 Hill Street", "1980-02-29"];

fn line(customer: &str, order: &str, day: i64, amount: i64) -> Line {
    Line {
        customer: Some(customer.to_owned()),
        sku: Some("mug".to_owned()),
        order: order.to_owned(),
        country: Some("Malta".to_owned()),
        timestamp: 1_300_000_000 + 86_400 * day,
        quantity: 1,
        amount,
        kind: LineKind::Sale,
    }
}

/// Customers in the order of their codes: one whose id is an e-mail address, one with an id, one who stays.
fn lines() -> Vec<Line> {
    vec![
        line("zoe@shop.example", "zoe@shop.example@2011-03-13", 0, 10_000),
        line("c-4711", "536365", 1, 20_000),
        line("ben", "536366", 2, 40_000),
        line("zoe@shop.example", "zoe@shop.example@2011-03-16", 3, 80_000),
    ]
}

fn contacts() -> Vec<(u32, CustomerAttributes)> {
    let said = |name: &str, email: &str| CustomerAttributes {
        name: Some(name.to_owned()),
        surname: Some("Miller".to_owned()),
        email: Some(email.to_owned()),
        address: Some("12 Hill Street".to_owned()),
        city: Some("Valletta".to_owned()),
        birthday: Some("1980-02-29".parse().unwrap()),
        ..CustomerAttributes::default()
    };
    let ben =
        CustomerAttributes { email: Some("ben@mail.example".to_owned()), ..CustomerAttributes::default() };
    vec![(0, said("Zoe", "zoe@shop.example")), (1, said("Anna", "anna@mail.example")), (2, ben)]
}

fn set_aside() -> Vec<QuarantinedLine> {
    let raw = [
        "536367,mug,0,2011-03-14,ZOE@shop.example,Malta",
        "536368,mug,0,2011-03-14,c-4711,Malta",
        "536369,mug,0,2011-03-14,c-47110,Malta",
        "536370,mug,0,2011-03-14,ben,\"for Anna <anna@mail.example>\"",
    ];
    let line = |(line, raw): (u64, &str)| QuarantinedLine {
        line,
        rule: "quantity".to_owned(),
        reason: "the quantity 0 is not above zero".to_owned(),
        raw: raw.to_owned(),
        amount: None,
    };
    (10..).zip(raw).map(line).collect()
}

fn bring(store: &mut Store, new: &NewImport, lines: &[Line]) -> Result<ImportId, StoreError> {
    let mut writer = store.begin_import(new)?;
    for batch in batches(lines, 2, 2) {
        writer.write(&batch, &[])?;
    }
    writer.write(&SaleBatch::default(), &set_aside())?;
    writer.finish(&report(lines.len(), 4), &[], &contacts(), &[])
}

fn customers_file() -> Vec<CustomerRow> {
    let row = |line, id: &str, email: &str| CustomerRow {
        line,
        external_id: Some(id.to_owned()),
        attributes: CustomerAttributes {
            phone: Some(format!("00{line}")),
            email: Some(email.to_owned()),
            ..CustomerAttributes::default()
        },
    };
    vec![
        row(2, "c-4711", "anna@mail.example"),
        row(3, "ben", "ben@mail.example"),
        row(4, "someone", "someone@mail.example"),
        row(5, "unknown", "zoe@shop.example "),
    ]
}

/// A shop in which these people have left traces everywhere.
fn shop() -> (Place, DatabaseUrl, Store) {
    let (folder, url, mut store) = database();
    let stranger = CustomerRow { external_id: Some("c-4711".to_owned()), ..CustomerRow::default() };
    let early = [line("ben", "1", -9, 10_000)];
    let mut writer = store.begin_import(&shop::import("early.csv")).unwrap();
    batches(&early, 9, 2).iter().for_each(|batch| writer.write(batch, &[]).unwrap());
    writer.finish(&report(1, 0), &[], &[], &[]).unwrap();
    let ben = CustomerRow { external_id: Some("ben".to_owned()), ..CustomerRow::default() };
    set_customers(&mut store, &file("early customers.csv"), &[stranger, ben]).unwrap();
    bring(&mut store, &shop::import("a.csv"), &lines()).unwrap();
    set_customers(&mut store, &file("customers.csv"), &customers_file()).unwrap();
    let forecasts = forecasts(&mut store);
    store.save_model_run(&run(), &forecasts).unwrap();
    store
        .write(|writing| {
            writing.acting_as(Actor { key: None, at: at(9, 0, 0) });
            let zoe = writing.get_by_key::<CustomerRecord>("zoe@shop.example")?.unwrap();
            let patch =
                |email: &str| CustomerPatch { email: Change::Set(email.to_owned()), ..Default::default() };
            writing.patch::<CustomerRecord>(zoe.id, &patch("z@old.example"), None)?;
            writing.patch::<CustomerRecord>(zoe.id, &patch("zoe@shop.example"), None)
        })
        .unwrap();
    (folder, url, store)
}

fn id_of(store: &mut Store, external_id: &str) -> CustomerId {
    store.reading().get_by_key::<CustomerRecord>(external_id).unwrap().unwrap().id
}

fn erase(store: &mut Store, external_id: &str) -> (CustomerId, Erasure) {
    let id = id_of(store, external_id);
    let actor = Actor { key: None, at: at(12, 0, 0) };
    let erasure = store.write(move |writing| writing.acting_as(actor).erase(id, SALT)).unwrap();
    (id, erasure)
}

/// Every row of every table as one text.
fn everything(url: &DatabaseUrl) -> String {
    format!("{:?}", dump(url))
}

/// Revenue by month and country, customers, orders and lines.
fn numbers(url: &DatabaseUrl) -> Vec<Vec<SqlCell>> {
    rows(
        url,
        "SELECT dates.year, dates.month, country_id, CAST(sum(amount) AS BIGINT), count(*), count(DISTINCT customer_id), \
         count(DISTINCT transaction_id) FROM sales JOIN dates ON dates.id = date_id GROUP BY 1, 2, 3 \
         UNION ALL SELECT 0, 0, 0, (SELECT count(*) FROM customers), (SELECT count(*) FROM transactions), \
         (SELECT count(*) FROM quarantine), 0 ORDER BY 1, 2, 3",
    )
}

fn nobody_is_in(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is still there: {text}");
    }
}

fn nobody_is_in_the_files(url: &DatabaseUrl, store: &Store) {
    assert!(store.wipe(true).unwrap());
    let Some(file) = url.path() else { return };
    for ending in ["", "-wal"] {
        let bytes = std::fs::read(format!("{}{ending}", file.display())).unwrap_or_default();
        for secret in SECRETS {
            assert!(
                !bytes.windows(secret.len()).any(|found| found == secret.as_bytes()),
                "{secret} in the file"
            );
        }
    }
}

#[test]
fn whoever_is_erased_is_in_no_table_and_not_in_the_file() {
    let (_folder, url, mut store) = shop();
    let (before, traces, sound) = (numbers(&url), everything(&url), store.check().unwrap());
    for secret in SECRETS {
        assert!(traces.contains(secret), "the test has no {secret}");
    }
    let (zoe, erased) = erase(&mut store, "zoe@shop.example");
    assert_eq!(erased.stand_in, format!("erased-{zoe}"));
    assert_eq!(
        erased.rows,
        [
            ("customers", 1),
            ("customer_changes", 1),
            ("quarantine", 1),
            ("predictions", 1),
            ("transactions", 2),
            ("audit", 2),
        ]
    );
    let (anna, erased) = erase(&mut store, "c-4711");
    assert_eq!(
        erased.rows,
        [
            ("customers", 1),
            ("customer_changes", 1),
            ("quarantine", 2),
            ("predictions", 1),
            ("attribute_files", 1),
        ]
    );
    nobody_is_in(&everything(&url).replace("c-47110", ""));
    assert_eq!(numbers(&url), before);
    let anna: CustomerRecord = store.reading().get(anna).unwrap().unwrap();
    assert_eq!((anna.facts.may_contact, &anna.facts.city), (Some(false), &None));
    assert_eq!(anna.personal, Default::default());
    let ben = store.reading().get_by_key::<CustomerRecord>("ben").unwrap().unwrap();
    assert_eq!(ben.personal.email.as_deref(), Some("ben@mail.example"), "others stay as they are");
    let aside: Vec<String> =
        store.quarantine(None, 0, 9).unwrap().into_iter().map(|entry| entry.line.raw).collect();
    assert_eq!(aside, ["(erased)", "(erased)", "536369,mug,0,2011-03-14,c-47110,Malta", "(erased)"]);
    let told = store.reading().audit(&AuditFilter { row: Some(zoe.0), ..Default::default() }, 9).unwrap();
    assert_eq!(told[0].action.word(), "erase");
    assert!(
        told.iter()
            .flat_map(|entry| &entry.changes)
            .all(|change| change.former.is_null() && change.new.is_null())
    );
    assert_eq!(store.check().unwrap(), sound, "a person who is erased breaks nothing");

    // what else there is in the file named like that belongs to others
    let others = "UPDATE quarantine SET raw = '' WHERE raw LIKE '%c-47110%'";
    execute(&url, others);
    nobody_is_in_the_files(&url, &store);
}

#[test]
fn a_file_brings_nobody_back_and_the_same_numbers() {
    let (_folder, url, mut store) = shop();
    let before = numbers(&url);
    for one in ["zoe@shop.example", "c-4711"] {
        erase(&mut store, one);
    }
    let import = store.imports().unwrap().iter().find(|record| record.file_name == "a.csv").unwrap().id;
    let id =
        bring(&mut store, &NewImport { replace: vec![import], ..shop::import("a.csv") }, &lines()).unwrap();
    set_customers(&mut store, &file("customers.csv"), &customers_file()).unwrap();
    nobody_is_in(&everything(&url).replace("c-47110", ""));
    assert_eq!(numbers(&url), before, "the same file again");

    // the shop's next export: older lines, and new ones under other ids of the same people
    let mut grown = lines();
    grown.push(line("anna@mail.example", "anna@mail.example@2011-03-20", 7, 160_000));
    grown.push(line("z@old.example", "536380", 8, 320_000));
    bring(&mut store, &NewImport { replace: vec![id], ..shop::import("b.csv") }, &grown).unwrap();
    nobody_is_in(&everything(&url).replace("c-47110", ""));
    let batch = scanned(&mut store, 100);
    assert_eq!(batch.amount.iter().map(|amount| amount.ten_thousandths()).sum::<i64>(), 640_000);
    let mut names = batch.added.customers.clone();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[0], "ben");
    let orders: Vec<&str> = batch.added.orders.iter().map(|order| order.number.as_str()).collect();
    assert!(
        orders.iter().any(|number| number.starts_with("erased-") && number.ends_with("@2011-03-20")),
        "{orders:?}"
    );
    execute(&url, "UPDATE quarantine SET raw = '' WHERE raw LIKE '%c-47110%'");
    nobody_is_in_the_files(&url, &store);
}

#[test]
fn whoever_is_erased_after_all_was_undone_comes_back_as_the_same_stand_in() {
    let (_folder, url, mut store) = shop();
    let (_, erased) = erase(&mut store, "c-4711");
    let import = store.imports().unwrap().iter().find(|record| record.file_name == "a.csv").unwrap().id;
    store.undo_import(import).unwrap();
    assert_eq!(store.reading().get_by_key::<CustomerRecord>(&erased.stand_in).unwrap(), None);
    bring(&mut store, &shop::import("a.csv"), &lines()).unwrap();
    let back = id_of(&mut store, &erased.stand_in);
    assert!(!everything(&url).contains("anna@"));
    // a second person never gets the stand-in of the first, whatever their numbers
    let (zoe, second) = erase(&mut store, "zoe@shop.example");
    assert!(second.stand_in != erased.stand_in && zoe != back, "{second:?}");
    let (_, again) = erase(&mut store, &second.stand_in);
    assert_eq!((again.stand_in, again.rows), (second.stand_in, vec![("customers", 1)]));
}

#[test]
fn people_who_share_an_address_are_told_and_not_touched() {
    let (_folder, _url, mut store) = shop();
    let new = NewCustomer { external_id: "c-9".to_owned(), ..NewCustomer::default() };
    let other = store
        .write(|writing| {
            let mut new = new.clone();
            new.personal.email = Some("anna@mail.example".to_owned());
            writing.create::<CustomerRecord>(&new)
        })
        .unwrap();
    let (_, erased) = erase(&mut store, "c-4711");
    assert_eq!(erased.same_address, [other.id]);
    assert_eq!(store.reading().get::<CustomerRecord>(other.id).unwrap(), Some(other));
    let missing = store.write(|writing| writing.erase(CustomerId(99), SALT));
    assert!(matches!(missing, Err(StoreError::Missing { what: "customer", .. })), "{missing:?}");
}

#[test]
fn all_that_is_held_is_told() {
    let (_folder, _url, mut store) = shop();
    let zoe = id_of(&mut store, "zoe@shop.example");
    let held = store.read(|reading| reading.personal(zoe)).unwrap();
    assert_eq!(held.customer.personal.name.as_deref(), Some("Zoe"));
    assert_eq!((held.sales.len(), held.transactions.len(), held.quarantine.len()), (2, 2, 1));
    assert_eq!(held.quarantine[0].line.line, 10);
    assert_eq!(held.former.len(), 1);
    assert_eq!(held.audit.len(), 2);
    assert_eq!(held.predictions.len(), 1);
    assert_eq!(held.predictions[0].prediction.customer, "zoe@shop.example");
    assert_eq!(held.imports.iter().map(|(_, file)| file.as_str()).collect::<Vec<_>>(), ["a.csv"]);
    assert_eq!(held.unmatched_in, [""; 0]);
    let anna = id_of(&mut store, "c-4711");
    let held = store.read(|reading| reading.personal(anna)).unwrap();
    assert_eq!(held.unmatched_in, ["early customers.csv"]);
    assert_eq!(held.quarantine.iter().map(|entry| entry.line.line).collect::<Vec<_>>(), [11, 13]);
}
