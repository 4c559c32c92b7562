//! What the body of a request gives: read field by field; everything that is wrong is told at once.

use std::fmt;

use patron_domain::{Day, LineKind, Money, Timestamp};
use patron_store::{Change, Refer};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::values;
use super::zone::Zone;
use crate::FieldError;

/// An object of a body, its fields in the order written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of a row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Object {
    /// Gives the row the word by which its path names it; the body may repeat it.
    ///
    /// # Errors
    /// That the body says another one.
    pub(crate) fn name(&mut self, field: &'static str, word: &str) -> Result<(), FieldError> {
        let repeats = |value: &Value| value.as_str().is_some_and(|text| text.trim() == word.trim());
        match self.0.iter().find(|(name, _)| name == field) {
            None => self.0.push((field.to_owned(), Value::from(word))),
            Some((_, value)) if repeats(value) => {}
            Some(_) => return Err(FieldError::new(field, "is not the one in the path; leave it out")),
        }
        Ok(())
    }
}

/// An object that is being read. Take every field, then [`Given::finish`].
#[derive(Debug)]
pub(crate) struct Given {
    fields: Vec<(String, Value)>,
    zone: Zone,
    by_id: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Given {
    pub(crate) fn new(object: Object, zone: Zone) -> Self {
        Self { fields: object.0, zone, by_id: Vec::new(), errors: Vec::new() }
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Change<String> {
        self.read(name, |value| match value {
            Value::String(text) => Ok(text),
            _ => Err("must be a text".to_owned()),
        })
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Change<bool> {
        self.read(name, |value| value.as_bool().ok_or_else(|| "must be true or false".to_owned()))
    }

    pub(crate) fn quantity(&mut self, name: &'static str) -> Change<i32> {
        self.read(name, |value| {
            let number = whole(&value).and_then(|number| i32::try_from(number).ok());
            number.ok_or_else(|| format!("must be a whole number from {} to {}", i32::MIN, i32::MAX))
        })
    }

    pub(crate) fn money(&mut self, name: &'static str) -> Change<Money> {
        self.read(name, |value| match value {
            Value::String(text) => values::money(&text),
            _ => Err("must be a text such as \"12.50\"".to_owned()),
        })
    }

    pub(crate) fn day(&mut self, name: &'static str) -> Change<Day> {
        self.read(name, |value| match value {
            Value::String(text) => values::day(&text),
            _ => Err("must be a text such as \"2011-12-09\"".to_owned()),
        })
    }

    pub(crate) fn time(&mut self, name: &'static str) -> Change<Timestamp> {
        let zone = self.zone;
        self.read(name, |value| match value {
            Value::String(text) => zone.read(&text),
            _ => Err("must be a text such as \"2011-12-09T12:50:00\"".to_owned()),
        })
    }

    pub(crate) fn line_kind(&mut self, name: &'static str) -> Change<LineKind> {
        self.read(name, |value| {
            let kind = value.as_str().and_then(LineKind::from_word);
            kind.ok_or_else(|| "must be sale, return or service".to_owned())
        })
    }

    /// Another row, by its number or by the shop's own word; not by both.
    pub(crate) fn refer<I: From<i64>>(&mut self, id: &'static str, word: &'static str) -> Change<Refer<I>> {
        let number = self.read(id, |value| {
            whole(&value).map(|id| Refer::Id(I::from(id))).ok_or_else(|| "must be a whole number".to_owned())
        });
        let key = self.key(word);
        if !number.is_leave() {
            self.by_id.push(id);
            if !key.is_leave() {
                self.wrong(id, format!("says the same as {word}; leave one of them out"));
            }
            return number;
        }
        key
    }

    /// Another row by the shop's own word.
    pub(crate) fn key<I>(&mut self, name: &'static str) -> Change<Refer<I>> {
        match self.text(name) {
            Change::Leave => Change::Leave,
            Change::Clear => Change::Clear,
            Change::Set(key) => Change::Set(Refer::Key(key)),
        }
    }

    /// The value of a field that must be there.
    pub(crate) fn needed<T>(&mut self, name: &'static str, change: Change<T>) -> Option<T> {
        match change {
            Change::Set(value) => Some(value),
            Change::Leave | Change::Clear => {
                if !self.errors.iter().any(|error| error.field == name) {
                    self.wrong(name, "must be there, and not null");
                }
                None
            }
        }
    }

    pub(crate) fn wrong(&mut self, name: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(name, detail));
    }

    /// Which rows were named by their number: the names of these fields.
    ///
    /// # Errors
    /// Everything that was wrong, fields that the row does not have among it. `fields`: those it has.
    pub(crate) fn finish(
        mut self,
        fields: &[super::field::Field],
    ) -> Result<Vec<&'static str>, Vec<FieldError>> {
        for (name, _) in &self.fields {
            let detail = match fields.iter().find(|field| field.name == name) {
                Some(field) if field.is_written() => "is given more than once".to_owned(),
                Some(_) => "follows from other things and is not written; leave it out".to_owned(),
                None => {
                    let written = fields.iter().filter(|field| field.is_written()).map(|field| field.name);
                    format!("is no field here; there are: {}", written.collect::<Vec<_>>().join(", "))
                }
            };
            self.errors.push(FieldError::new(name.as_str(), detail));
        }
        if self.errors.is_empty() { Ok(self.by_id) } else { Err(self.errors) }
    }

    /// Takes a field out of the object.
    fn read<T>(&mut self, name: &'static str, read: impl FnOnce(Value) -> Result<T, String>) -> Change<T> {
        let Some(place) = self.fields.iter().position(|(given, _)| given == name) else {
            return Change::Leave;
        };
        match self.fields.swap_remove(place).1 {
            Value::Null => Change::Clear,
            value => match read(value) {
                Ok(value) => Change::Set(value),
                Err(detail) => {
                    self.wrong(name, detail);
                    Change::Leave
                }
            },
        }
    }
}

/// A whole number, also where it is written as `2.0`.
fn whole(value: &Value) -> Option<i64> {
    let exact = |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(exact))
}

/// The value that a change sets, if it sets one.
pub(crate) fn set<T>(change: Change<T>) -> Option<T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Leave | Change::Clear => None,
    }
}
