//! Rows as JSON.

use patron_store::{Reading, Scope, StoreError};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Readable;
use super::field::{Cell, Field, Kind, names_a_person};
use super::zone::Zone;
use crate::access::Caller;
use crate::parameters::Parameters;

/// What of a row a client gets to see.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// These fields; `None` for all.
    wanted: Option<Vec<String>>,
    /// Whether the caller may know who people are.
    pub(crate) personal: bool,
    zone: Zone,
}

impl View {
    /// All that the caller may see.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { wanted: None, personal: caller.may(Scope::Personal), zone: Zone::Unknown }
    }

    /// Only the fields that the parameter `fields` names, and the number.
    pub(crate) fn take_fields<R: Readable>(&mut self, parameters: &mut Parameters) {
        let Some(text) = parameters.text("fields") else { return };
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        for name in &names {
            if !shown::<R>().any(|field| field.name == name) {
                let there_are: Vec<&str> = shown::<R>().map(|field| field.name).collect();
                let detail = format!("'{name}' is no field here; there are: {}", there_are.join(", "));
                parameters.wrong("fields", detail);
            }
        }
        self.wanted = Some(names);
    }

    pub(crate) fn with_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    fn has(&self, field: &Field) -> bool {
        let wanted = self.wanted.as_ref();
        field.is_shown()
            && (self.personal || !field.personal)
            && (field.kind == Kind::Id && field.name == "id"
                || wanted.is_none_or(|names| names.iter().any(|name| name == field.name)))
    }
}

/// The fields that answers have.
pub(crate) fn shown<R: Readable>() -> impl Iterator<Item = &'static Field> {
    R::FIELDS.iter().filter(|field| field.is_shown())
}

/// The zone of the shop's clock, where rows of this kind have times.
///
/// # Errors
/// What the database says.
pub(crate) fn zone_for<R: Readable>(reading: &mut Reading<'_>) -> Result<Zone, StoreError> {
    if !R::FIELDS.iter().any(|field| field.kind == Kind::Time) {
        return Ok(Zone::Unknown);
    }
    Ok(Zone::of(reading.shop()?.time_zone.as_deref()))
}

/// A row, as a client gets to see it.
pub(crate) struct Row<'a, R>(pub(crate) &'a R, pub(crate) &'a View);

impl<R: Readable> Serialize for Row<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(record, view) = self;
        let mut map = serializer.serialize_map(None)?;
        for field in R::FIELDS.iter().filter(|field| view.has(field)) {
            let name = field.name;
            match record.cell(name) {
                Cell::Named(word) if !view.personal && names_a_person(word) => {}
                Cell::Null => map.serialize_entry(name, &())?,
                Cell::Text(text) | Cell::Named(text) => map.serialize_entry(name, text)?,
                Cell::Number(number) => map.serialize_entry(name, &number)?,
                Cell::Flag(flag) => map.serialize_entry(name, &flag)?,
                Cell::Money(money) => map.serialize_entry(name, &Text(money))?,
                Cell::Day(day) => map.serialize_entry(name, &Text(day))?,
                Cell::Time(time) => map.serialize_entry(name, &Text(view.zone.show(time)))?,
            }
        }
        map.end()
    }
}

/// A value that is a text in JSON.
struct Text<T>(T);

impl<T: std::fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
