//! The calendar: the days with sales, and those the shop itself has written there.

use patron_store::{DateFilter, DatePatch, DateRecord, NewDate};

use super::field::{Cell, Field, Kind, Role};
use super::given::{Given, set};
use super::{Readable, Refers, Writable, values};
use crate::parameters::Parameters;

impl Readable for DateRecord {
    const MANY: &'static str = "dates";
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Id, Role::Given, "Days since 1970-01-01.", "15317"),
        Field::new(
            "date",
            Kind::Day,
            Role::Needed,
            "The day; a row stays that of its day.",
            "\"2011-12-09\"",
        ),
        Field::new("month", Kind::Number, Role::Given, "Month of the year, 1 to 12.", "12"),
        Field::new("month_name", Kind::Text, Role::Given, "Its English name.", "\"December\""),
        Field::new("year", Kind::Number, Role::Given, "Year.", "2011"),
        Field::new("quarter", Kind::Number, Role::Given, "Quarter, 1 to 4.", "4"),
        Field::new("day_of_month", Kind::Number, Role::Given, "Day of the month, from 1.", "9"),
        Field::new("day_of_year", Kind::Number, Role::Given, "Day of the year, from 1.", "343"),
        Field::new("day_of_week", Kind::Number, Role::Given, "1 is Monday, 7 is Sunday.", "5"),
        Field::new("day_name", Kind::Text, Role::Given, "Its English name.", "\"Friday\""),
        Field::new("iso_year", Kind::Number, Role::Given, "The year the ISO week belongs to.", "2011"),
        Field::new("iso_week", Kind::Number, Role::Given, "ISO week, from 1.", "49"),
        Field::new(
            "week_of_month",
            Kind::Number,
            Role::Given,
            "1 for the days 1 to 7 of the month, 2 for 8 to 14 …",
            "2",
        ),
        Field::new(
            "event",
            Kind::Text,
            Role::Free,
            "What was special about the day: a holiday, a sale of the shop's own.",
            "\"Christmas sale\"",
        ),
        Field::new(
            "kept",
            Kind::Flag,
            Role::Given,
            "Whether it was written by hand, and stays when its sales go.",
            "true",
        ),
    ];
    const FILTERS: &'static [Field] = &[
        Field::new("from", Kind::Day, Role::Free, "This day or later.", "\"2011-12-01\""),
        Field::new("to", Kind::Day, Role::Free, "This day or earlier.", "\"2011-12-31\""),
    ];

    fn cell(&self, field: &str) -> Cell<'_> {
        let number = |number: i32| Cell::Number(i64::from(number));
        match field {
            "id" => Cell::Number(self.id),
            "date" => Cell::Day(self.day),
            "month" => number(self.month),
            "month_name" => Cell::Text(&self.month_name),
            "year" => number(self.year),
            "quarter" => number(self.quarter),
            "day_of_month" => number(self.day_of_month),
            "day_of_year" => number(self.day_of_year),
            "day_of_week" => number(self.day_of_week),
            "day_name" => Cell::Text(&self.day_name),
            "iso_year" => number(self.iso_year),
            "iso_week" => number(self.iso_week),
            "week_of_month" => number(self.week_of_month),
            "event" => Cell::text(self.event.as_ref()),
            "kept" => Cell::Flag(self.kept),
            _ => Cell::Null,
        }
    }

    fn filter(parameters: &mut Parameters) -> DateFilter {
        DateFilter { from: parameters.read("from", values::day), to: parameters.read("to", values::day) }
    }

    fn searched(_: &DateFilter) -> Option<&'static str> {
        None
    }
}

impl Writable for DateRecord {
    const REFERS: &'static [Refers] = &[];
    const WORD_FIELD: &'static str = "date";
    const EXAMPLE: &'static str = r#"{"date": "2011-12-09", "event": "Christmas sale"}"#;
    const EXAMPLE_OF_CHANGE: &'static str = r#"{"event": "Last day of the Christmas sale"}"#;

    fn row(given: &mut Given) -> Option<NewDate> {
        let day = given.day("date");
        let day = given.needed("date", day);
        let event = set(given.text("event"));
        Some(NewDate { day: day?, event })
    }

    fn changes(given: &mut Given) -> DatePatch {
        DatePatch { day: given.day("date"), event: given.text("event") }
    }
}
