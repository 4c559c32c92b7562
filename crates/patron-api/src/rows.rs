//! Rows of a table as JSON objects, column by column.

use patron_report::{Cell, MONEY, ShelvedColumn};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Some rows of a table, as a list of objects from the columns' keys to their values: amounts of money are decimal
/// texts, days `2011-12-09`, months `2011-12`, an empty cell `null`. The same values as in the table's CSV.
pub(crate) struct Rows<'a> {
    pub(crate) columns: &'a [ShelvedColumn],
    pub(crate) cells: Vec<Vec<Cell>>,
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.cells.iter().map(|cells| Row { columns: self.columns, cells }))
    }
}

struct Row<'a> {
    columns: &'a [ShelvedColumn],
    cells: &'a [Cell],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, cell) in self.columns.iter().zip(self.cells) {
            object.serialize_entry(&column.key, &Value { cell, money: is_money(&column.unit) })?;
        }
        object.end()
    }
}

struct Value<'a> {
    cell: &'a Cell,
    money: bool,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.cell {
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

/// Whether a column of that unit holds amounts of money, exact or estimated.
pub(crate) fn is_money(unit: &str) -> bool {
    unit == MONEY
}

/// A mean or an estimate in currency units as a decimal text: at most six decimals, never in scientific notation.
pub(crate) fn amount(units: f64) -> String {
    if units.abs() < 1e-6 { "0".to_owned() } else { Cell::from(units).plain().into_owned() }
}

#[cfg(test)]
mod tests {
    use patron_domain::{Day, Money};
    use patron_report::{Shelf, Table};

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
        let table = Shelf::new(tempfile::tempfile().unwrap()).put(&table).unwrap();
        let json = |range| {
            let cells = table.cells(range).unwrap();
            serde_json::to_string(&Rows { columns: table.columns(), cells }).unwrap()
        };
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
