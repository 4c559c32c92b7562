//! A database of an earlier version is brought up to date when it is opened.

use std::fs;

use patron_store::{DatabaseUrl, Store};

use crate::backend::{MIGRATIONS, SCHEMA, place};
use crate::shop;
use crate::support::{execute, import, rows, scanned};

const FIRST: &str = "2026-11-22-000001_star_schema";

/// A database as the first version left it, with a customer and a product in it.
fn first_version(url: &DatabaseUrl) {
    let up = format!("{}/../../migrations/{MIGRATIONS}/{FIRST}/up.sql", env!("CARGO_MANIFEST_DIR"));
    execute(url, &fs::read_to_string(up).unwrap());
    execute(
        url,
        "CREATE TABLE __diesel_schema_migrations (
                 version VARCHAR(50) PRIMARY KEY NOT NULL,
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
             INSERT INTO __diesel_schema_migrations (version) VALUES ('20261122000001');
             INSERT INTO countries (id, name) VALUES (1, 'France');
             INSERT INTO customers (id, external_id, city, birthday, country_id) VALUES
                 (1, '17850', 'Lyon', '1980-02-29', 1);
             INSERT INTO products (id, sku, unit_cost) VALUES (1, '85123A', 12500);
             UPDATE shop SET name = 'Old shop';",
    );
}

#[test]
fn an_older_database_keeps_what_it_has() {
    let [(_one, old), (_other, new)] = [place(), place()];
    first_version(&old);
    let mut store = Store::open_existing(&old).unwrap();
    drop(Store::open(&new).unwrap());
    assert_eq!(rows(&old, SCHEMA), rows(&new, SCHEMA));

    assert_eq!(store.shop().unwrap().name, "Old shop");
    let attributes = store.attributes().unwrap();
    assert_eq!(attributes.city.get(0), Some("Lyon"));
    assert_eq!(attributes.birthday(0).map(String::from).as_deref(), Some("1980-02-29"));
    assert_eq!(attributes.unit_cost(0).map(|cost| cost.to_string()).as_deref(), Some("1.25"));
    assert!(attributes.country.is_unknown()); // that of the first line is no word of the shop's customer list
    assert_eq!(store.attribute_files().unwrap(), []);
    import(&mut store, &shop::import("a.csv"), &shop::lines(100, 1)).unwrap();
    assert_eq!(scanned(&mut store, 30).added.customers[0], "17850");
}
