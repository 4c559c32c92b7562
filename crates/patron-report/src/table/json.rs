//! Tables as JSON.

use serde_json::{Value, json};

use super::{Cell, Table};

impl Table<'_> {
    /// `{"columns": [{key, heading, meaning, unit, kind}], "rows": [[…]]}`; numbers are numbers, an empty cell
    /// is `null`, days and months are texts as in CSV.
    pub fn to_json(&self) -> Value {
        let rows =
            (0..self.rows).map(|row| self.columns.iter().map(|c| value(&c.cell(row))).collect::<Value>());
        json!({ "columns": self.columns_json(), "rows": rows.collect::<Value>() })
    }

    /// The columns alone: `[{key, heading, meaning, unit, kind}]`.
    pub fn columns_json(&self) -> Value {
        let described = self.columns.iter().map(|column| {
            json!({
                "key": column.key,
                "heading": column.heading,
                "meaning": column.meaning,
                "unit": column.unit,
                "kind": column.kind.name(),
            })
        });
        described.collect()
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => json!(text),
        Cell::Integer(number) => json!(number),
        Cell::Money(amount) => json!(amount.to_f64()),
        Cell::Number(number) => json!(number),
        Cell::Day(day) => json!(day.to_string()),
        Cell::Month(month) => json!(month.to_string()),
        Cell::YesNo(yes) => json!(yes),
    }
}
