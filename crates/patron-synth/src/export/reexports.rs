//! Two exports of one shop whose dates overlap.

use std::io;

use patron_domain::Day;
use serde::Serialize;

use super::online_retail::{File, FileTruth};
use crate::shop::order_number;
use crate::{Shop, SynthError};

/// What two overlapping exports hold, and what stands in both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReexportTruth {
    /// The last day of the first file.
    pub first_until: Day,
    /// The first day of the second file.
    pub second_from: Day,
    /// What is wrong with the rows of the first file.
    pub first: FileTruth,
    /// What is wrong with the rows of the second file. A row whose goods go back may stand in the first file alone; `of`
    /// is then absent.
    pub second: FileTruth,
    /// The orders that stand in both files, in order of time; byte for byte alike.
    pub overlap: Vec<RepeatedOrder>,
}

/// An order that stands in two files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RepeatedOrder {
    /// Its number.
    pub order: String,
    /// Its rows.
    pub rows: u64,
    /// The first of them in the first file, counted from 1 with the header.
    pub row_in_first: u64,
    /// And in the second file.
    pub row_in_second: u64,
}

/// Writes the log as two CSV files in the columns of Online Retail, as somebody exports a shop twice: the first up to the
/// day `first_until`, the second from `second_from`, which lies on or before that day, to the end. Both have the
/// scenario's `file_dirt` but for `overlap_days`; a row that stands in both is the same in both.
///
/// # Errors
/// [`SynthError::WrongDay`] for days outside the log, or that do not overlap; [`SynthError::Write`] when a file refuses.
pub fn write_reexports(
    shop: &Shop,
    (first_until, second_from): (Day, Day),
    first: &mut impl io::Write,
    second: &mut impl io::Write,
) -> Result<ReexportTruth, SynthError> {
    let scenario = &shop.truth.scenario;
    check("first_until", first_until, scenario.start <= first_until && first_until < scenario.end)?;
    check("second_from", second_from, scenario.start <= second_from && second_from <= first_until)?;
    let (mut first, mut second) = (File::begin(shop, first)?, File::begin(shop, second)?);
    let (mut overlap, mut rows) = (Vec::new(), 0);
    for (index, order) in shop.orders().iter().enumerate() {
        let (number, day) = (order_number(index, order), Day::of(order.timestamp));
        let (row_in_first, row_in_second) = (first.next_row(), second.next_row());
        if day <= first_until {
            first.write(shop, &number, order, rows, None)?;
        }
        if day >= second_from {
            second.write(shop, &number, order, rows, None)?;
        }
        let count = order.lines.len() as u64;
        if (second_from..=first_until).contains(&day) {
            overlap.push(RepeatedOrder { order: number, rows: count, row_in_first, row_in_second });
        }
        rows += count;
    }
    Ok(ReexportTruth { first_until, second_from, first: first.finish()?, second: second.finish()?, overlap })
}

fn check(field: &str, day: Day, holds: bool) -> Result<(), SynthError> {
    let rule = "a day of the log before its last one, and the second export must begin on or before the day on which the \
                first one ends";
    if holds { Ok(()) } else { Err(SynthError::WrongDay { field: field.to_owned(), day, rule }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileDirt, Scenario, generate};

    #[test]
    fn what_stands_in_both_files_is_alike_and_listed() {
        let file_dirt = FileDirt { ragged: 0.02, wrong_dates: 0.02, encodings: 0.1, overlap_days: 9 };
        let shop = generate(&Scenario { customers: 150, file_dirt, ..Scenario::demo() }, 3).unwrap();
        let days: (Day, Day) = ("2024-06-30".parse().unwrap(), "2024-06-01".parse().unwrap());
        let (mut one, mut two) = (Vec::new(), Vec::new());
        let truth = write_reexports(&shop, days, &mut one, &mut two).unwrap();
        let rows = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
        let (first, second) = (rows(&one), rows(&two));
        assert_eq!((first.len() as u64 - 2, second.len() as u64 - 2), (truth.first.rows, truth.second.rows));
        let repeated: u64 = truth.overlap.iter().map(|order| order.rows).sum();
        assert!(repeated > 20);
        assert_eq!(truth.first.rows + truth.second.rows - repeated, shop.lines());
        for order in &truth.overlap {
            for row in 0..order.rows {
                let at = |start: u64| (start + row - 1) as usize;
                assert_eq!(first[at(order.row_in_first)], second[at(order.row_in_second)]);
            }
            assert!(first[order.row_in_first as usize - 1].starts_with(order.order.as_bytes()));
        }
        // the overlap is the end of the first file and the beginning of the second
        assert_eq!(truth.overlap[0].row_in_second, 2);
        let last = truth.overlap.last().unwrap();
        assert_eq!(last.row_in_first + last.rows - 1, truth.first.rows + 1);
        let day = |text: &str| text.parse::<Day>().unwrap();
        for wrong in
            [("2024-06-30", "2024-07-01"), ("2024-12-31", "2024-06-01"), ("2024-06-30", "2022-12-31")]
        {
            let wrong = (day(wrong.0), day(wrong.1));
            let refused = write_reexports(&shop, wrong, &mut Vec::new(), &mut Vec::new());
            assert!(matches!(refused, Err(SynthError::WrongDay { .. })), "{wrong:?}");
        }
    }
}
