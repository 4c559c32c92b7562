//! The file in the columns of Online Retail: what is wrong with it is found in its bytes, row by row, and nothing else.

use std::collections::{BTreeSet, HashMap, HashSet};

use patron_synth::{DirtKind, DirtRates, FileDirt, FileTruth, Scenario, Shop, generate, write_online_retail};
use proptest::prelude::*;

use crate::log::csv;

type Row = Vec<Vec<u8>>;

fn written(shop: &Shop) -> (Vec<u8>, FileTruth) {
    let mut bytes = Vec::new();
    let truth = write_online_retail(shop, &mut bytes).unwrap();
    (bytes, truth)
}

/// The rows as they stand in the file, header first.
fn rows(bytes: &[u8]) -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(bytes);
    reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}

/// Kinds that a reader of the bytes can tell, row by row; rows are counted from 1.
fn seen(rows: &[Row], day_after_overlap: &str) -> BTreeSet<(u64, DirtKind)> {
    let mut seen = BTreeSet::new();
    let mut before: HashMap<&Row, u64> = HashMap::new();
    let mut invoices: HashSet<&Vec<u8>> = HashSet::new();
    let mut last_invoice = None;
    let mut is_overlap = false;
    for (row, number) in rows.iter().zip(1..).skip(1) {
        let invoice = &row[0];
        // An invoice that comes back after others have come is part of a second export.
        is_overlap |= last_invoice != Some(invoice) && invoices.contains(invoice);
        (last_invoice, _) = (Some(invoice), invoices.insert(invoice));
        let mut see = |kind| _ = seen.insert((number, kind));
        if is_overlap {
            see(DirtKind::Repeated);
        } else if before.get(row) == Some(&(number - 1)) {
            see(DirtKind::Duplicate);
        }
        before.insert(row, number);
        if row.len() != 8 {
            see(DirtKind::Ragged);
        }
        if row[2].contains(&0xC8) && String::from_utf8(row[2].clone()).is_err() {
            see(DirtKind::OtherEncoding);
        }
        if let Some(date) = row.get(4).map(|date| text(date)).filter(|_| row.len() == 8) {
            let is_date = date.get(..10).is_some_and(|day| day.parse::<patron_domain::Day>().is_ok());
            match date.get(..2) {
                _ if !is_date => see(DirtKind::NoDate),
                Some("20") => assert!(date.as_str() < day_after_overlap),
                _ => see(DirtKind::OtherCentury),
            }
        }
        if let Some(price) = row.get(5).map(|price| text(price)) {
            if price == "0.00" {
                see(DirtKind::ZeroPrice);
            }
            if price.starts_with('-') {
                see(DirtKind::NegativePrice);
            }
        }
        if row.get(6).is_some_and(Vec::is_empty) {
            see(DirtKind::WithoutCustomer);
        }
        if ["POST", "DOT"].contains(&text(&row[1]).as_str()) {
            see(DirtKind::Service);
        }
    }
    seen
}

fn scenario(file_dirt: FileDirt) -> Scenario {
    let dirt = DirtRates { returns: 0.1, negative_prices: 0.02, ..Scenario::demo().dirt };
    Scenario { customers: 150, dirt, file_dirt, ..Scenario::demo() }
}

fn check(scenario: &Scenario, seed: u64) {
    let shop = generate(scenario, seed).unwrap();
    let (bytes, truth) = written(&shop);
    let rows = rows(&bytes);
    assert_eq!(rows.len() as u64, truth.rows + 1);
    // A cut row does not show its price and customer, and a row of too few fields not even that it takes back.
    let shown = |row: u64, kind: DirtKind| match kind {
        DirtKind::ZeroPrice | DirtKind::NegativePrice => rows[row as usize - 1].len() > 5,
        DirtKind::WithoutCustomer => rows[row as usize - 1].len() > 6,
        _ => true,
    };
    let untold = [DirtKind::Cancellation, DirtKind::Return];
    let planted: BTreeSet<(u64, DirtKind)> = truth
        .planted
        .iter()
        .map(|planted| (planted.row, planted.kind))
        .filter(|&(row, kind)| !untold.contains(&kind) && shown(row, kind))
        .collect();
    // Duplicates are told from each other only where both rows are as they were, and not again where exports overlap.
    let repeated: HashSet<u64> =
        planted.iter().filter(|(_, kind)| *kind == DirtKind::Repeated).map(|(row, _)| *row).collect();
    let is_soiled = |row: u64| {
        [DirtKind::Ragged, DirtKind::NoDate, DirtKind::OtherCentury, DirtKind::OtherEncoding]
            .into_iter()
            .any(|kind| planted.contains(&(row, kind)))
    };
    let told = |(row, kind): &&(u64, DirtKind)| {
        *kind != DirtKind::Duplicate || !(repeated.contains(row) || is_soiled(*row) || is_soiled(*row - 1))
    };
    let seen = seen(&rows, "2025-01-01");
    let (planted, seen): (Vec<_>, Vec<_>) =
        (planted.iter().filter(told).collect(), seen.iter().filter(told).collect());
    assert_eq!(planted, seen);
    for planted in &truth.planted {
        check_other_row(&rows, planted.row, planted.kind, planted.of);
    }
    let mut counts = std::collections::BTreeMap::new();
    truth.planted.iter().for_each(|planted| *counts.entry(planted.kind).or_insert(0) += 1);
    assert_eq!(counts, truth.counts);
}

/// A row repeats the one it is said to, and takes back units of the one it is said to.
fn check_other_row(rows: &[Row], row: u64, kind: DirtKind, of: Option<u64>) {
    let (this, other) = (&rows[row as usize - 1], of.map(|of| &rows[of as usize - 1]));
    match kind {
        DirtKind::Repeated => assert_eq!(Some(this), other),
        DirtKind::Cancellation | DirtKind::Return => {
            let other = other.unwrap();
            assert!(this[0].starts_with(b"C") && this[1] == other[1], "{row}");
            if let (Some(back), Some(bought)) = (this.get(3), other.get(3)) {
                let (back, bought): (i32, i32) = (text(back).parse().unwrap(), text(bought).parse().unwrap());
                assert!(back < 0 && -back <= bought);
            }
        }
        DirtKind::Duplicate => assert_eq!(this[..2], other.unwrap()[..2]),
        _ => assert_eq!(of, None),
    }
}

#[test]
fn without_dirt_of_its_own_the_file_is_the_log() {
    let shop = generate(&scenario(FileDirt::default()), 3).unwrap();
    let (bytes, _) = written(&shop);
    let written: Vec<String> = rows(&bytes)
        .into_iter()
        .skip(1)
        .map(|row| row.iter().map(|field| text(field)).collect::<Vec<_>>().join(","))
        .collect();
    let time = |row: &String| {
        let mut fields: Vec<&str> = row.split(',').collect();
        fields.remove(4);
        fields.join(",")
    };
    assert!(written.iter().map(time).eq(csv(&shop).iter().map(time)));
    check(&scenario(FileDirt::default()), 3);
}

#[test]
fn dirt_comes_at_its_rate() {
    let dirt = FileDirt { ragged: 0.02, wrong_dates: 0.05, encodings: 0.4, overlap_days: 30 };
    let shop = generate(&Scenario { customers: 1_000, ..scenario(dirt) }, 3).unwrap();
    let (_, truth) = written(&shop);
    let share = |kinds: &[DirtKind]| {
        let count: u64 = kinds.iter().filter_map(|kind| truth.counts.get(kind)).sum();
        count as f64 / truth.rows as f64
    };
    assert!((share(&[DirtKind::Ragged]) - 0.02).abs() < 0.005);
    assert!((share(&[DirtKind::NoDate, DirtKind::OtherCentury]) - 0.05).abs() < 0.006);
    assert!(
        (0.02..0.06).contains(&share(&[DirtKind::OtherEncoding])),
        "{}",
        share(&[DirtKind::OtherEncoding])
    );
    assert!(truth.counts[&DirtKind::Repeated] > 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn every_planted_row_is_found_and_nothing_else(
        seed: u64,
        ragged in 0.0..0.3_f64,
        wrong_dates in 0.0..0.3_f64,
        encodings in 0.0..=1.0_f64,
        overlap_days in 0_u32..200,
    ) {
        // Fewer days might hold one order only, which nobody could tell from its repetition.
        let overlap_days = if overlap_days < 20 { 0 } else { overlap_days };
        check(&scenario(FileDirt { ragged, wrong_dates, encodings, overlap_days }), seed);
    }
}

#[test]
fn a_full_disk_ends_cleanly() {
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            if self.0 > 100_000 { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let shop = generate(&scenario(FileDirt::default()), 3).unwrap();
    let refused = write_online_retail(&shop, &mut Full(0)).unwrap_err();
    assert_eq!(refused.to_string(), "the export could not be written: no storage space");
    let refused = shop.truth.write_json(true, &mut Full(99_000)).unwrap_err();
    assert_eq!(refused.to_string(), "the export could not be written: no storage space");
}
