//! Rows of a file with headings.

use std::collections::HashMap;

/// A row: its cells by heading.
pub(crate) struct Row(HashMap<String, String>);

pub(crate) fn rows(text: &str) -> Vec<Row> {
    let mut file = csv::Reader::from_reader(text.as_bytes());
    let headings: Vec<String> = file.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::Result<csv::StringRecord>| {
        Row(headings.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)).collect())
    };
    file.records().map(row).collect()
}

impl Row {
    pub(crate) fn text(&self, heading: &str) -> &str {
        self.0.get(heading).unwrap_or_else(|| panic!("no column {heading}"))
    }

    /// `12.50` is 1250; two decimals always.
    pub(crate) fn cents(&self, heading: &str) -> i64 {
        let text = self.text(heading);
        let (units, cents) = text.split_once('.').unwrap_or_else(|| panic!("{heading} is '{text}'"));
        assert_eq!(cents.len(), 2, "{heading} is '{text}'");
        units.parse::<i64>().unwrap() * 100 + cents.parse::<i64>().unwrap()
    }

    pub(crate) fn number(&self, heading: &str) -> i64 {
        self.text(heading).parse().unwrap()
    }

    /// The headings of the cells that are filled.
    pub(crate) fn filled(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, value)| !value.is_empty()).map(|(heading, _)| heading.as_str()).collect()
    }
}
