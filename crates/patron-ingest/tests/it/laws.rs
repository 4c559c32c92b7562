//! What holds for any bytes.

use patron_ingest::{IngestError, ReadOptions};
use proptest::prelude::*;

use crate::support::{Outcome, options, read_text};

/// Lines read = accepted + set aside is checked for every file in `support`; a refusal must be a sentence.
fn check(bytes: &[u8], options: &ReadOptions) -> Result<Option<Outcome>, TestCaseError> {
    match read_text(bytes, options) {
        Ok(outcome) => Ok(Some(outcome)),
        Err(IngestError::Io { source, .. }) => Err(TestCaseError::fail(source.to_string())),
        Err(error) => {
            let sentence = error.to_string();
            prop_assert!(sentence.contains("sales.csv") && sentence.len() > 30, "{}", sentence);
            Ok(None)
        }
    }
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,6}",
        "-?[0-9]{0,4}[.,][0-9]{0,5}",
        "20[01][0-9]-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9])?",
        "[0-3]?[0-9]/[0-3]?[0-9]/(20)?1[0-9]",
        "\"[a-z,;\n\"]{0,6}\"",
        "[ -~]{0,8}",
        Just(String::new()),
        Just("99999999999999999999".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes, &options("retail"))?;
    }

    #[test]
    fn any_magic_is_read_or_refused(magic in 0_usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let start: &[u8] = [b"PAR1".as_slice(), b"PK\x03\x04xl/", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xff\xfe"][magic];
        check(&[start, &bytes].concat(), &options("none"))?;
    }

    #[test]
    fn any_bytes_below_a_header_are_accounted_for(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        uci in any::<bool>(),
    ) {
        let header: &[u8] = if uci {
            b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        } else {
            b"customer,date,amount\n1,2011-01-01,5\n"
        };
        check(&[header, &bytes].concat(), &options("retail"))?;
    }

    #[test]
    fn any_fields_are_accounted_for(
        rows in proptest::collection::vec(proptest::collection::vec(field(), 1..7), 1..30),
        delimiter in proptest::sample::select(vec![",", ";", "\t", "|"]),
        profile in proptest::sample::select(vec!["retail", "positive-quantity", "none"]),
    ) {
        let header = ["order", "customer", "date", "sku", "quantity", "price"].join(delimiter);
        let good = ["1", "2", "2011-01-31", "x", "1", "1.50"].join(delimiter);
        let lines: Vec<String> = rows.iter().map(|row| row.join(delimiter)).collect();
        let text = format!("{header}\n{}\n{}\n", vec![good; rows.len()].join("\n"), lines.join("\n"));
        check(text.as_bytes(), &options(profile))?;
    }

    #[test]
    fn every_sale_that_is_written_is_read(
        sales in proptest::collection::vec((0_u32..500, 0_i64..12_000, -1_000_000_i64..1_000_000_000), 1..60),
        comma in any::<bool>(),
        day_first in any::<bool>(),
    ) {
        let format = if day_first { "%d/%m/%Y" } else { "%m/%d/%Y" };
        let mut text = "customer;date;amount\nx;31 Dec 2011;0.5\n".to_owned();
        let mut expected = Vec::new();
        for (customer, day, count) in &sales {
            let amount = patron_domain::Money::from_ten_thousandths(*count);
            let date = chrono::DateTime::from_timestamp(day * 86_400, 0).unwrap();
            let shown = if comma { amount.to_string().replace('.', ",") } else { amount.to_string() };
            text += &format!("{customer:05};{};{shown}\n", date.format(format));
            expected.push(format!("{customer:05} {} {amount}", date.format("%Y-%m-%d %H:%M:%S")));
        }
        if comma {
            text = text.replace("0.5\n", "0,5\n");
        }
        let order = if day_first { patron_ingest::DateOrder::DayFirst } else { patron_ingest::DateOrder::MonthFirst };
        let mark = if comma { patron_ingest::DecimalMark::Comma } else { patron_ingest::DecimalMark::Point };
        let told = ReadOptions { date_order: Some(order), decimal: Some(mark), ..options("none") };
        let outcome = check(text.as_bytes(), &told)?.unwrap();
        prop_assert_eq!(&outcome.shown()[1..], &expected[..]);
    }
}
