//! Rows of a table as JSON objects, column by column.

use std::ops::Range;

use patron_report::{Cell, Column, MONEY, Table};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Some rows of a table, as a list of objects from the columns' keys to their values: amounts of money are decimal
/// texts, days `2011-12-09`, months `2011-12`, an empty cell `null`. The same values as in the table's CSV.
pub(crate) struct Rows<'a> {
    pub(crate) table: &'a Table<'a>,
    pub(crate) range: Range<usize>,
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.range.clone().map(|row| Row { table: self.table, row }))
    }
}

struct Row<'a> {
    table: &'a Table<'a>,
    row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.table.columns();
        let mut object = serializer.serialize_map(Some(columns.len()))?;
        for column in columns {
            object.serialize_entry(
                &column.key,
                &Value { cell: column.cell(self.row), money: is_money(column) },
            )?;
        }
        object.end()
    }
}

struct Value {
    cell: Cell,
    money: bool,
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.cell {
            Cell::Empty => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Integer(number) => serializer.serialize_i64(*number),
            Cell::Money(_) | Cell::Day(_) | Cell::Month(_) => serializer.serialize_str(&self.cell.plain()),
            Cell::Number(number) if self.money => serializer.serialize_str(&amount(*number)),
            Cell::Number(number) => serializer.serialize_f64(*number),
            Cell::YesNo(yes) => serializer.serialize_bool(*yes),
        }
    }
}

/// Whether a column holds amounts of money, exact or estimated.
pub(crate) fn is_money(column: &Column<'_>) -> bool {
    column.unit == MONEY
}

/// A mean or an estimate in currency units as a decimal text: at most six decimals, never in scientific notation.
pub(crate) fn amount(units: f64) -> String {
    if units.abs() < 1e-6 { "0".to_owned() } else { Cell::from(units).plain().into_owned() }
}

#[cfg(test)]
mod tests {
    use patron_domain::{Day, Money};

    use super::*;

    #[test]
    fn amounts_are_decimal_texts() {
        assert_eq!([12.5, 0.0, -0.25, 1e-9, 1e12].map(amount), ["12.5", "0", "-0.25", "0", "1000000000000"]);
    }

    #[test]
    fn every_kind_of_cell_has_its_form() {
        let day: Day = "2011-12-09".parse().unwrap();
        let rows = [(7_u32, Some(0.5), true), (8, None, false)];
        let table = Table::over(&rows)
            .composed("name", "", |row| format!("n{}", row.0))
            .integer("count", "", "", |row| row.0)
            .money("exact", "", |_| Money::from_ten_thousandths(25_500))
            .forecast("estimate", MONEY, "", |row| row.1)
            .share("share", "", |row| row.1)
            .day("day", "", move |_| day)
            .month("month", "", move |_| day.month())
            .yes_no("whole", "", |row| row.2)
            .finish();
        let json = |range| serde_json::to_string(&Rows { table: &table, range }).unwrap();
        assert_eq!(
            json(0..2),
            concat!(
                r#"[{"name":"n7","count":7,"exact":"2.55","estimate":"0.5","share":0.5,"day":"2011-12-09","#,
                r#""month":"2011-12","whole":true},{"name":"n8","count":8,"exact":"2.55","estimate":null,"#,
                r#""share":null,"day":"2011-12-09","month":"2011-12","whole":false}]"#
            )
        );
        assert_eq!(json(2..2), "[]");
    }
}
