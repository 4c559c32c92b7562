//! Published logs: counts and sums known from elsewhere.

use crate::support::{options, read, real_file};

#[test]
fn debug_retail() {
    let Some(path) = real_file("online_retail.csv.gz") else { return };
    let outcome = read(&path, &options("retail")).unwrap();
    println!("{:#?}", outcome.report());
    println!("{:#?}", &outcome.inspection.first_rows[..2]);
}
