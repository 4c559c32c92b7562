//! A server that goes away and comes back, somebody who writes for long, and users with few rights.

use std::thread::sleep;
use std::time::{Duration, Instant};

use patron_store::{CustomerRecord, DatabaseUrl, LiveSettings, LiveWriter, NewCustomer, Store, StoreError};
use patron_testing::Cluster;

use crate::backend::cluster;
use crate::shop::{import as file, lines, set_aside};
use crate::support::{database, import, rows, scanned};

const PATIENCE: Duration = Duration::from_millis(200);

fn customer(external_id: &str) -> NewCustomer {
    NewCustomer { external_id: external_id.to_owned(), ..NewCustomer::default() }
}

fn create(writer: &LiveWriter, external_id: &str) -> Result<CustomerRecord, StoreError> {
    let new = customer(external_id);
    writer.write(move |writing| writing.create::<CustomerRecord>(&new))
}

fn live(url: &DatabaseUrl) -> LiveWriter {
    LiveWriter::open(url, LiveSettings { patience: PATIENCE, ..LiveSettings::default() }).unwrap()
}

#[test]
fn a_server_that_comes_back_is_used_again_and_has_all_it_acknowledged() {
    let Some(cluster) = Cluster::start() else { return };
    let place = cluster.database();
    let url: DatabaseUrl = place.url().parse().unwrap();
    let mut store = Store::open(&url).unwrap();
    let writer = live(&url);
    create(&writer, "before").unwrap();
    cluster.stop();
    let is_away = |error: &StoreError| matches!(error, StoreError::Unavailable { .. });
    let refused = [
        store.counts().unwrap_err(),
        store.known_sales().unwrap_err(),
        store.write(|writing| writing.create::<CustomerRecord>(&customer("x"))).unwrap_err(),
        store.reading().get_by_key::<CustomerRecord>("before").unwrap_err(),
        create(&writer, "away").unwrap_err(),
        create(&writer, "still away").unwrap_err(),
        Store::open(&url).unwrap_err(),
    ];
    assert!(refused.iter().all(is_away), "{refused:?}");
    cluster.start_again();
    create(&writer, "after").unwrap();
    let seen: Vec<String> = rows(&url, "SELECT external_id FROM customers ORDER BY id")
        .into_iter()
        .map(|row| format!("{row:?}"))
        .collect();
    assert_eq!(seen, [r#"[Text("before")]"#, r#"[Text("after")]"#]);
    assert_eq!(store.counts().unwrap().customers, 2);
    store.write(|writing| writing.create::<CustomerRecord>(&customer("again"))).unwrap();
}

#[test]
fn connections_that_were_cut_are_made_again() {
    let (place, url, mut store) = database();
    let writer = live(&url);
    create(&writer, "before").unwrap();
    store.counts().unwrap();
    place.sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    create(&writer, "after").unwrap(); // the lost connection is found before anything is changed
    sleep(Duration::from_millis(1_100)); // then it is looked after before use
    assert_eq!(store.counts().unwrap().customers, 2);
}

#[test]
fn while_an_import_writes_others_read_and_are_told_to_come_again() {
    let (_place, url, mut store) = database();
    let writer = live(&url);
    create(&writer, "before").unwrap();
    let mut importing = store.begin_import(&file("shop.csv")).unwrap();
    let all = crate::shop::batches(&lines(500, 7), 100, 2);
    all.iter().for_each(|batch| importing.write(batch, &[]).unwrap());
    let begun = Instant::now();
    let refused = create(&writer, "meanwhile").unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused:?}");
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let counts = store.counts().unwrap();
    assert_eq!((counts.customers, counts.sales), (1, 0));
    drop(importing);
    create(&writer, "after").unwrap();
    assert_eq!(store.counts().unwrap().customers, 2);
}

#[test]
fn an_owner_who_is_no_superuser_imports_replaces_and_undoes_all_the_same() {
    let (place, superuser, mut store) = database();
    let name = format!("owner_of_{}", place.name());
    place.sql(&format!("CREATE ROLE {name} LOGIN"));
    let other = cluster().database();
    other.sql(&format!(
        "ALTER DATABASE {} OWNER TO {name}; ALTER SCHEMA public OWNER TO {name}",
        other.name()
    ));
    let url: DatabaseUrl = other.url().replace("patron@", &format!("{name}@")).parse().unwrap();
    let mut owned = Store::open(&url).unwrap();
    let sold = lines(700, 3);
    for store in [&mut store, &mut owned] {
        let first = import(store, &file("first.csv"), &sold[..500]).unwrap();
        let mut second = file("second.csv");
        second.replace = vec![first];
        import(store, &second, &sold).unwrap();
        let third = import(store, &file("third.csv"), &sold[..200]).unwrap();
        store.undo_import(third).unwrap();
    }
    assert_eq!(scanned(&mut owned, 64), scanned(&mut store, 64));
    let tables = ["customers", "products", "transactions", "sales", "dates", "countries"];
    for table in tables {
        let sql = format!("SELECT * FROM {table} ORDER BY id");
        assert_eq!(rows(&url, &sql), rows(&superuser, &sql), "{table}");
    }
    assert_eq!(owned.check().unwrap(), store.check().unwrap());
}

#[test]
fn a_text_with_a_character_that_a_server_cannot_keep_is_kept_without_it() {
    let (_place, url, mut store) = database();
    let mut importing = store.begin_import(&file("shop.csv")).unwrap();
    let mut line = set_aside(2);
    line.raw = "a\0b".to_owned();
    importing.write(&Default::default(), &[line]).unwrap();
    importing.finish(&crate::shop::report(0, 1), &[], &[], &[]).unwrap();
    assert_eq!(crate::support::text_of(&url, "SELECT raw FROM quarantine"), "a\u{FFFD}b");
}

#[test]
fn no_error_shows_a_password() {
    for address in ["postgres://ann:geheim@127.0.0.1:1/shop", "postgres://ann:geheim@/shop?host=/nowhere"] {
        let url: DatabaseUrl = address.parse().unwrap();
        let error = Store::open(&url).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}
