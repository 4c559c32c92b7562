//! One small sales log, written in many ways, is always the same log.

use std::io::Write as _;

use patron_domain::LineKind;
use patron_ingest::{DateOrder, DecimalMark, IngestError, ReadOptions};
use rstest::rstest;

use crate::support::{Outcome, options, read, read_text};

/// What every spelling of the log below must give.
const EXPECTED: [&str; 3] =
    ["00042 2011-01-31 08:26:00 1234.50", "7 2011-02-01 00:00:00 3.00", "00042 2011-02-03 12:05:00 0.99"];

fn check(text: impl AsRef<[u8]>) -> Outcome {
    let outcome = read_text(text, &options("retail")).unwrap();
    assert_eq!(outcome.shown(), EXPECTED);
    assert_eq!(outcome.quarantined, []);
    outcome
}

const COMMA: &str = "customer,date,amount\n00042,2011-01-31 08:26:00,1234.50\n7,2011-02-01,3\n00042,2011-02-03T12:05:00,.99\n";

#[rstest]
#[case::comma(COMMA)]
#[case::crlf(
    "customer,date,amount\r\n00042,2011-01-31 08:26:00,1234.50\r\n7,2011-02-01,3\r\n00042,2011-02-03 12:05,.99\r\n"
)]
#[case::old_mac(
    "customer,date,amount\r00042,2011-01-31 08:26:00,1234.50\r7,2011-02-01,3\r00042,2011-02-03 12:05,.99"
)]
#[case::byte_order_mark(
    "\u{feff}Customer ID,Order Date,Total\n00042,2011-01-31 08:26:00,1234.50\n7,2011-02-01,3\n00042,2011-02-03 12:05,.99\n"
)]
#[case::tab(
    "DATE\tCust_ID\tNet Amount\n2011-01-31 08:26:00\t00042\t1234.50\n2011-02-01\t7\t3\n2011-02-03 12:05\t00042\t.99\n"
)]
#[case::bar(
    "client|purchase date|value\n00042|31 Jan 2011 08:26|$1,234.50\n7|1 Feb 2011|$3\n00042|3 Feb 2011 12:05|$0.99\n"
)]
#[case::semicolon(
    "Customer;Date;Amount\n00042;31.01.2011 08:26;1.234,50\n7;01.02.2011;3\n00042;03.02.2011 12:05;0,99\n"
)]
#[case::announced(
    "sep=;\nCustomer;Date;Amount\n00042;31/01/2011 08:26;1234,50 €\n7;01/02/2011;3,00 €\n00042;03/02/2011 12:05;0,99 €\n"
)]
#[case::quoted(
    "\"customer\",\"date\",\"amount\"\n\"00042\",\"1/31/2011 8:26 AM\",\"1,234.50\"\n\"7\",\"2/1/2011\",\"3.00\"\n\"00042\",\"2/3/2011 12:05 PM\",\"0.99\"\n"
)]
#[case::blank_lines(
    "customer,date,amount\n\n00042,2011-01-31 08:26:00,1234.50\n\n7,2011-02-01,3\n00042,2011-02-03 12:05,.99\n\n\n"
)]
#[case::blanks_around(
    " customer , date , amount \n 00042 , 2011-01-31 08:26:00 , 1234.50 \n 7,2011-02-01,3\n00042,2011-02-03 12:05, .99\n"
)]
#[case::trailing_delimiter(
    "customer,date,amount,\n00042,2011-01-31 08:26:00,1234.50,\n7,2011-02-01,3\n00042,2011-02-03 12:05,.99,,\n"
)]
#[case::price_and_quantity(
    "user id,date,qty,unit price\n00042,2011-01-31 08:26:00,10,123.45\n7,2011-02-01,2,1.50\n00042,2011-02-03 12:05,1,.99\n"
)]
#[case::compact_dates(
    "customer_id,date,amount\n00042,20110131 08:26,1234.50\n7,20110201,3\n00042,20110203 12:05,.99\n"
)]
#[case::floats_for_ids(
    "Customer ID,Date,Price\n00042.0,2011-01-31 08:26:00,1234.50\n7.0,2011-02-01,3\n00042.0,2011-02-03 12:05,.99\n"
)]
fn plain_text(#[case] text: &str) {
    check(text);
}

#[test]
fn what_was_found_out_is_told() {
    let outcome = check(
        "Customer;Date;Amount\n00042;31.01.2011 08:26;1.234,50\n7;01.02.2011;3\n00042;03.02.2011 12:05;0,99\n",
    );
    let inspection = &outcome.inspection;
    assert_eq!(inspection.dates, "day first, because line 2 has 31.01.2011 08:26");
    assert_eq!((inspection.decimal, inspection.has_header), (DecimalMark::Comma, true));
    assert_eq!(inspection.first_rows[1], ["7", "01.02.2011", "3"]);
    let file = &inspection.file;
    assert_eq!((file.format.as_str(), file.delimiter.as_deref()), ("csv", Some("semicolon")));
    assert_eq!((file.encoding.as_deref(), file.compression.as_deref()), (Some("UTF-8"), None));
    assert_eq!((file.name.as_str(), file.sha256.len()), ("sales.csv", 64));
    let mapping: Vec<_> =
        inspection.mapping.iter().map(|m| (m.field.as_str(), m.column.as_str(), m.how.as_str())).collect();
    assert_eq!(
        mapping,
        [("customer", "Customer", "by name"), ("date", "Date", "by name"), ("amount", "Amount", "by name")]
    );
    assert!(inspection.derived_orders);
    let orders: Vec<_> = outcome.orders.iter().map(|order| (order.number.as_str(), order.derived)).collect();
    assert_eq!(orders, [("00042@2011-01-31", true), ("7@2011-02-01", true), ("00042@2011-02-03", true)]);
}

#[test]
fn other_encodings() {
    let text = "customer;date;amount;country\nMüller;2011-01-31;1;Österreich\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide = |to_bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{text}").encode_utf16().flat_map(to_bytes).collect()
    };
    let cases = [
        (text.as_bytes().to_vec(), "UTF-8"),
        (latin, "windows-1252"),
        (wide(u16::to_le_bytes, "\u{feff}"), "UTF-16LE"),
        (wide(u16::to_be_bytes, "\u{feff}"), "UTF-16BE"),
        (wide(u16::to_le_bytes, ""), "UTF-16LE"),
    ];
    for (bytes, encoding) in cases {
        let outcome = read_text(bytes, &options("none")).unwrap();
        assert_eq!(outcome.inspection.file.encoding.as_deref(), Some(encoding));
        let line = &outcome.lines[0];
        assert_eq!((line.customer.as_deref(), line.country.as_deref()), (Some("Müller"), Some("Österreich")));
    }
}

#[test]
fn a_pound_sign_far_down_still_tells_the_encoding() {
    let mut bytes = b"customer,date,amount,country\n".to_vec();
    for line in 0..30_000 {
        bytes.extend(format!("{line},2011-01-31,1.00,UK\n").bytes());
    }
    bytes.extend(b"x,2011-01-31,\xa32.50,Espa\xf1a\n");
    let outcome = read_text(bytes, &options("retail")).unwrap();
    let last = outcome.lines.last().unwrap();
    assert_eq!((last.amount.as_str(), last.country.as_deref()), ("2.50", Some("España")));
}

#[test]
fn compression_is_told_by_content_not_by_name() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(COMMA.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let outcome = check(&gzip);
    assert_eq!(outcome.inspection.file.compression.as_deref(), Some("gzip"));
    assert_eq!(outcome.inspection.file.bytes, gzip.len() as u64);
    check([gzip.as_slice(), &[]].concat());
    let zstd = zstd::encode_all(COMMA.as_bytes(), 3).unwrap();
    assert_eq!(check(&zstd).inspection.file.compression.as_deref(), Some("zstd"));
}

#[test]
fn the_published_fixed_width_layouts() {
    let master = " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n";
    let outcome = read_text(master, &options("none")).unwrap();
    assert_eq!(outcome.shown()[2], "00002 1997-01-12 00:00:00 77.00");
    assert_eq!((outcome.lines[2].quantity, outcome.lines[2].unit_price.as_str()), (5, "15.40"));
    let file = &outcome.inspection.file;
    assert_eq!((file.format.as_str(), file.recognised.as_deref()), ("cdnow", Some("CDNOW")));
    assert_eq!(outcome.orders.len(), 2);

    let sample = " 00004  0001 19970101  2   29.33\n 00004  0001 19970118  2   29.73\n";
    let outcome = read_text(sample, &options("none")).unwrap();
    assert_eq!(outcome.shown(), ["0001 1997-01-01 00:00:00 29.33", "0001 1997-01-18 00:00:00 29.73"]);
}

#[test]
fn columns_can_be_told_by_name_and_by_number() {
    let told = |map: &str| ReadOptions { map: Some(map.parse().unwrap()), ..options("none") };
    let strange = "who,when,how much\n00042,2011-01-31,5\n";
    let outcome = read_text(strange, &told("customer=who,date=When,amount=how much")).unwrap();
    assert_eq!(outcome.shown(), ["00042 2011-01-31 00:00:00 5.00"]);
    assert!(outcome.inspection.mapping.iter().all(|column| column.how == "as told"));
    let headless = "00042,x,2011-01-31,5\n00043,y,2011-02-01,6\n";
    let outcome = read_text(headless, &told("customer=1,date=3,amount=4")).unwrap();
    assert_eq!(outcome.shown(), ["00042 2011-01-31 00:00:00 5.00", "00043 2011-02-01 00:00:00 6.00"]);
    assert_eq!(outcome.inspection.columns[2], "column 3");
    assert_eq!(outcome.lines[0].line, 1);
}

#[test]
fn day_and_month_are_settled_by_a_line_far_down_or_by_the_person() {
    let mut text = "customer,date,amount\n".to_owned();
    for line in 0..5_000 {
        text += &format!("{line},3/4/2011,1\n");
    }
    let told = |order| ReadOptions { date_order: Some(order), ..options("none") };
    for (order, day) in [(DateOrder::DayFirst, "2011-04-03"), (DateOrder::MonthFirst, "2011-03-04")] {
        let outcome = read_text(&text, &told(order)).unwrap();
        assert!(outcome.shown()[0].contains(day));
        assert!(outcome.inspection.dates.ends_with(", as told"));
    }
    let settled = format!("{text}x,12/31/2011,1\n");
    let outcome = read_text(settled, &options("none")).unwrap();
    assert_eq!(outcome.inspection.dates, "month first, because line 5002 has 12/31/2011");
    assert!(outcome.shown()[0].contains("2011-03-04"));
    let error = read_text(text, &options("none")).unwrap_err();
    assert!(matches!(error, IngestError::AmbiguousDates { line: 2, .. }), "{error}");
}

#[test]
fn a_thousands_comma_is_not_taken_for_decimals() {
    let ambiguous = "customer;date;amount\n1;2011-01-31;1,234\n2;2011-02-01;2,500\n";
    assert!(matches!(
        read_text(ambiguous, &options("none")),
        Err(IngestError::AmbiguousDecimals { line: 2, .. })
    ));
    let points = ambiguous.replace(',', ".");
    assert!(matches!(
        read_text(points, &options("none")),
        Err(IngestError::AmbiguousDecimals { line: 2, .. })
    ));
    let settled = format!("{ambiguous}3;2011-02-02;0,5\n");
    assert_eq!(read_text(settled, &options("none")).unwrap().lines[0].amount, "1.234");
    let told = ReadOptions { decimal: Some(DecimalMark::Point), ..options("none") };
    assert_eq!(read_text(ambiguous, &told).unwrap().lines[0].amount, "1234.00");
    let quoted = "customer,date,amount\n1,2011-01-31,\"1,234\"\n";
    assert_eq!(read_text(quoted, &options("none")).unwrap().lines[0].amount, "1234.00");
}

#[test]
fn every_mapped_field_arrives() {
    let text = "order,customer,date,sku,description,qty,unit price,discount,payment method,country\n\
                A1,7,2011-01-31,S1,Lamp,3,10.00,5.00,card,France\n\
                A1,7,2011-01-31,S2,,1.5,0.50,,card,France\n\
                A2,,2011-02-01,S1,Lamp,-1,10.00,1.00,,\n";
    let outcome = read_text(text, &options("none")).unwrap();
    let line = &outcome.lines[0];
    assert_eq!(
        (line.amount.as_str(), line.discount.as_str(), line.unit_price.as_str()),
        ("25.00", "5.00", "10.00")
    );
    assert_eq!(
        (line.quantity, line.product.as_deref(), line.country.as_deref()),
        (3, Some("S1"), Some("France"))
    );
    let half = &outcome.lines[1];
    assert_eq!((half.amount.as_str(), half.quantity), ("0.75", 2));
    assert_eq!(outcome.rule("fractional-quantity"), (1, "0.75".to_owned()));
    let back = &outcome.lines[2];
    assert_eq!(
        (back.amount.as_str(), back.kind, back.customer.as_deref()),
        ("-9.00", LineKind::Return, None)
    );
    let payments: Vec<_> = outcome.orders.iter().map(|order| order.payment.as_deref()).collect();
    assert_eq!(payments, [Some("card"), None]);
    assert_eq!(outcome.finished.descriptions, ["Lamp", ""]);
    assert_eq!(outcome.report().known_customer_amount.to_string(), "25.75");
}

#[test]
fn small_batches_and_large_ones_give_the_same_lines() {
    let mut text = "invoice,customer,date,sku,qty,price\n".to_owned();
    for line in 0..1_000 {
        text += &format!(
            "{},{},2011-01-{:02},S{},{},1.5\n",
            line / 3,
            line % 17,
            line % 28 + 1,
            line % 5,
            line % 4
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, text).unwrap();
    let with = |batch_lines| read(&path, &ReadOptions { batch_lines, ..options("retail") }).unwrap();
    let (small, large) = (with(7), with(100_000));
    assert_eq!(
        (&small.lines, &small.orders, &small.quarantined),
        (&large.lines, &large.orders, &large.quarantined)
    );
    assert_eq!(small.finished, large.finished);
    assert_eq!(large.quarantined.len(), 250);
}
