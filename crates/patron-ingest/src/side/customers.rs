//! Who the customers are.

use std::collections::hash_map::Entry;
use std::path::Path;

use patron_domain::{CustomerAttributes, CustomerRow, Day};
use rustc_hash::FxHashMap;

use super::fields::CustomerField;
use super::table::Table;
use super::values::Line;
use super::{SideError, SideFile, SideOptions, counted};
use crate::IngestError;
use crate::field::normalised;

pub(super) const TEMPLATE: &str = "\
customer_id,email,first_name,last_name,phone,country,city,address,zip,birthday,gender,acquisition_channel,accepts_marketing
17850,anna.smith@example.com,Anna,Smith,+44 20 7946 0018,United Kingdom,London,12 High Street,N1 9GU,1984-03-05,female,newsletter,yes
";

/// Reads a file with one line per customer.
///
/// Customers come in file order, each once: a line that repeats another one is left out, and so is a line without id
/// that says of an e-mail address what the only line with that address and an id says. E-mail addresses are
/// trimmed and in lower case; an id that is an e-mail address serves as both. As in a sales log, 0 is no id where there
/// are e-mail addresses too.
/// # Errors
/// [`IngestError`] where the file cannot be read as a table; [`SideError`] within it where a heading or a line is
/// refused. Nothing is returned of a refused file.
pub fn read_customers(path: &Path, options: &SideOptions) -> Result<SideFile<Vec<CustomerRow>>, IngestError> {
    let table = Table::<CustomerField>::read(path, options)?;
    let mut customers = Customers {
        table: &table,
        rows: Vec::new(),
        by_id: FxHashMap::default(),
        by_email: FxHashMap::default(),
    };
    let mut unreadable = Unreadable::default();
    for (index, line) in table.lines().enumerate() {
        let row = customer(&table, line, &mut unreadable)?;
        customers.add(index, row)?;
    }
    customers.join_guests()?;
    let content: Vec<CustomerRow> = customers.rows.into_iter().map(|(_, row)| row).collect();
    let left_out = (table.len() - content.len()) as u64;
    Ok(SideFile::new(table, left_out, unreadable.warning(), content))
}

/// Headings of names that are first and family name in one.
const WHOLE_NAMES: [&str; 3] = ["customername", "fullname", "name"];

/// E-mail addresses that are none.
#[derive(Default)]
struct Unreadable {
    count: u64,
    first: Option<(u64, String)>,
}

impl Unreadable {
    fn note(&mut self, line: u64, text: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| (line, text.to_owned()));
    }

    fn warning(self) -> Option<String> {
        let (line, text) = self.first?;
        Some(format!(
            "took {} without an @ as unknown; the first is '{text}' in line {line}",
            counted(self.count, "e-mail address", "e-mail addresses")
        ))
    }
}

fn customer(
    table: &Table<CustomerField>,
    line: Line<'_, CustomerField>,
    unreadable: &mut Unreadable,
) -> Result<CustomerRow, SideError> {
    let is_guest = |id: &String| id == "0" && table.columns.has(CustomerField::Email);
    let id = line.id(CustomerField::Id).filter(|id| !is_guest(id));
    let external_id = id.map(|id| if is_email(&id) { id.to_lowercase() } else { id });
    let written = line.text(CustomerField::Email);
    if let Some(text) = written.filter(|text| !is_email(text)) {
        unreadable.note(line.number(), text);
    }
    let email = written.or(external_id.as_deref()).filter(|text| is_email(text)).map(str::to_lowercase);
    let (name, surname) = names(table, line);
    Ok(CustomerRow {
        line: line.number(),
        attributes: CustomerAttributes {
            name,
            surname,
            email,
            phone: line.id(CustomerField::Phone),
            country: line.owned(CustomerField::Country),
            city: line.owned(CustomerField::City),
            address: line.owned(CustomerField::Address),
            zip_code: line.id(CustomerField::Zip),
            birthday: birthday(line)?,
            gender: line.owned(CustomerField::Gender),
            acquisition_channel: line.owned(CustomerField::Channel),
            may_contact: line.truth(CustomerField::AcceptsMarketing)?,
        },
        external_id,
    })
}

/// First and family name; of a whole name the last word is the family name, as in a sales log.
fn names(table: &Table<CustomerField>, line: Line<'_, CustomerField>) -> (Option<String>, Option<String>) {
    let name = line.name(CustomerField::FirstName);
    let is_whole = || WHOLE_NAMES.contains(&normalised(&table.heading(CustomerField::FirstName)).as_str());
    if table.columns.has(CustomerField::LastName) || !is_whole() {
        return (name, line.name(CustomerField::LastName));
    }
    name.map_or((None, None), crate::people::split_name)
}

/// A year of two digits below 70 would lie in this century, where few customers were born.
fn birthday(line: Line<'_, CustomerField>) -> Result<Option<Day>, SideError> {
    let day = line.day(CustomerField::Birthday)?;
    let text = line.raw(CustomerField::Birthday);
    let is_short = !text.as_bytes().windows(4).any(|digits| digits.iter().all(u8::is_ascii_digit));
    match day.map(|day| day.month().year()).filter(|&year| is_short && year >= 2000) {
        Some(year) => {
            let (at, value) = (line.place(CustomerField::Birthday), text.to_owned());
            Err(SideError::ShortYear { at, value, year })
        }
        None => Ok(day),
    }
}

/// Something, an at sign and something, without blanks.
fn is_email(text: &str) -> bool {
    crate::people::is_address(text.as_bytes()) && !text.contains(char::is_whitespace)
}

/// Customers by id, and those without one by e-mail address.
struct Customers<'a> {
    table: &'a Table<CustomerField>,
    /// Each with the place of its line in the table.
    rows: Vec<(usize, CustomerRow)>,
    by_id: FxHashMap<String, usize>,
    by_email: FxHashMap<String, usize>,
}

impl Customers<'_> {
    fn add(&mut self, index: usize, row: CustomerRow) -> Result<(), SideError> {
        let (map, key) = match (&row.external_id, &row.attributes.email) {
            (Some(id), _) => (&mut self.by_id, id),
            (None, Some(email)) => (&mut self.by_email, email),
            (None, None) => {
                return Err(SideError::NoCustomer { file: self.table.file.clone(), line: row.line });
            }
        };
        match map.entry(key.clone()) {
            Entry::Vacant(place) => {
                place.insert(self.rows.len());
                self.rows.push((index, row));
                Ok(())
            }
            Entry::Occupied(place) => {
                let whom = format!("customer '{key}'");
                let Some((earlier, known)) = self.rows.get(*place.get()) else { return Ok(()) };
                match differing(&known.attributes, &row.attributes) {
                    None => Ok(()),
                    Some(field) => Err(self.table.differing(*earlier, index, whom, field)),
                }
            }
        }
    }

    /// A line without id is about the customer with an id who alone has its e-mail address.
    fn join_guests(&mut self) -> Result<(), SideError> {
        let mut accounts: FxHashMap<&str, Option<&(usize, CustomerRow)>> = FxHashMap::default();
        for account in self.rows.iter().filter(|(_, row)| row.external_id.is_some()) {
            if let Some(email) = &account.1.attributes.email {
                accounts.entry(email).and_modify(|known| *known = None).or_insert(Some(account));
            }
        }
        let mut joined = Vec::new();
        for &place in self.by_email.values() {
            let Some((index, guest)) = self.rows.get(place) else { continue };
            let email = guest.attributes.email.as_deref().unwrap_or_default();
            let Some(Some((of_account, account))) = accounts.get(email) else { continue };
            joined.push((*index, *of_account, differing(&account.attributes, &guest.attributes), email));
        }
        joined.sort_unstable_by_key(|&(index, ..)| index);
        for &(index, of_account, field, email) in &joined {
            if let Some(field) = field {
                let (first, second) = (index.min(of_account), index.max(of_account));
                return Err(self.table.differing(first, second, format!("customer '{email}'"), field));
            }
        }
        let joined: Vec<usize> = joined.into_iter().map(|(index, ..)| index).collect();
        self.rows.retain(|(index, _)| joined.binary_search(index).is_err());
        Ok(())
    }
}

fn differing(a: &CustomerAttributes, b: &CustomerAttributes) -> Option<CustomerField> {
    let compared = [
        (CustomerField::Email, a.email == b.email),
        (CustomerField::FirstName, a.name == b.name),
        (CustomerField::LastName, a.surname == b.surname),
        (CustomerField::Phone, a.phone == b.phone),
        (CustomerField::Country, a.country == b.country),
        (CustomerField::City, a.city == b.city),
        (CustomerField::Address, a.address == b.address),
        (CustomerField::Zip, a.zip_code == b.zip_code),
        (CustomerField::Birthday, a.birthday == b.birthday),
        (CustomerField::Gender, a.gender == b.gender),
        (CustomerField::Channel, a.acquisition_channel == b.acquisition_channel),
        (CustomerField::AcceptsMarketing, a.may_contact == b.may_contact),
    ];
    compared.into_iter().find(|(_, equal)| !equal).map(|(field, _)| field)
}
