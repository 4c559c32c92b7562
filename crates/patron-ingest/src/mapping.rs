//! Which column holds which field.

use std::fmt;
use std::str::FromStr;

use patron_domain::MappedColumn;

use crate::IngestError;
use crate::field::{FIELD_COUNT, Field, normalised};
use crate::headings::TOTALS;
use crate::overlay::{Overlay, recognised};

/// What the person told with `--map customer=CustomerID,date=InvoiceDate`.
///
/// A column is named by its heading, or by its number from 1 where the file has no header (or no column of that
/// name); an empty name (`order=`) says that the file has no such field. Headings may contain commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    told: Vec<(Field, String)>,
}

/// Why a text is no mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Something without `=`.
    #[error("'{part}' says no column; write field=column, for example customer=CustomerID,date=InvoiceDate")]
    NoColumn {
        /// The part as written.
        part: String,
    },
    /// A field that does not exist.
    #[error("there is no field '{field}'; the fields are {}", fields())]
    UnknownField {
        /// The word as written.
        field: String,
    },
    /// One field told twice.
    #[error("the field '{field}' is given twice")]
    Twice {
        /// The field.
        field: Field,
    },
}

fn fields() -> String {
    Field::ALL.map(Field::word).join(", ")
}

impl Mapping {
    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Fields and columns, in the order told.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.told.iter().map(|(field, column)| (*field, column.as_str()))
    }
}

impl FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut told: Vec<(Field, String)> = Vec::new();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            match part.split_once('=') {
                Some((word, column)) => match word.parse::<Field>() {
                    Ok(field) if told.iter().any(|(known, _)| *known == field) => {
                        return Err(MappingError::Twice { field });
                    }
                    Ok(field) => told.push((field, column.trim().to_owned())),
                    Err(()) => return Err(MappingError::UnknownField { field: word.trim().to_owned() }),
                },
                None => match told.last_mut() {
                    Some((_, column)) => *column = format!("{column},{part}"),
                    None => return Err(MappingError::NoColumn { part: part.trim().to_owned() }),
                },
            }
        }
        Ok(Self { told })
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.iter().map(|(field, column)| format!("{field}={column}")).collect();
        f.write_str(&parts.join(","))
    }
}

/// Field by field, the number of its column (from 0).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnMap {
    columns: [Option<usize>; FIELD_COUNT],
    told: [bool; FIELD_COUNT],
}

impl Default for ColumnMap {
    fn default() -> Self {
        Self { columns: [None; FIELD_COUNT], told: [false; FIELD_COUNT] }
    }
}

impl ColumnMap {
    pub(crate) fn get(&self, field: Field) -> Option<usize> {
        self.columns[field.index()]
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.get(field).is_some()
    }

    /// Whether a line's value can be told: by an amount, by a price, or by what its order cost.
    pub(crate) fn has_value(&self) -> bool {
        let of_line = [Field::Amount, Field::Price, Field::Gross].into_iter().any(|field| self.has(field));
        of_line || !self.has_items() && (self.has(Field::OrderTotal) || self.has(Field::Subtotal))
    }

    /// Whether the customer can be told: by an id or by an e-mail address.
    pub(crate) fn has_customer(&self) -> bool {
        self.has(Field::Customer) || self.has(Field::Email)
    }

    /// Whether rows name products or prices; else a row is a whole order.
    pub(crate) fn has_items(&self) -> bool {
        [Field::Product, Field::Price, Field::Gross].into_iter().any(|field| self.has(field))
    }

    /// Whether rows describe whole orders too: their money, or what became of them.
    pub(crate) fn has_orders(&self) -> bool {
        ORDER_FIELDS.into_iter().any(|field| self.has(field))
    }

    /// Whether the money of whole orders is told, or at least which rows are orders.
    pub(crate) fn has_money_of_orders(&self) -> bool {
        let status = [Field::Status, Field::Cancelled, Field::Test];
        ORDER_FIELDS.into_iter().any(|field| !status.contains(&field) && self.has(field))
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.has_customer() && self.has(Field::Date) && self.has_value()
    }

    /// Mapped fields with their columns, in the order in which fields are shown.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Field, usize)> {
        Field::ALL.into_iter().filter_map(|field| self.get(field).map(|column| (field, column)))
    }

    pub(crate) fn shown(&self, columns: &[String]) -> Vec<MappedColumn> {
        let shown = |(field, column): (Field, usize)| MappedColumn {
            field: field.word().to_owned(),
            column: columns.get(column).cloned().unwrap_or_default(),
            how: if self.told[field.index()] { "as told" } else { "by name" }.to_owned(),
        };
        self.iter().map(shown).collect()
    }

    /// What must still be told, in words; empty when the map is complete.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let needed = [
            (self.has_customer(), "customer"),
            (self.has(Field::Date), "date"),
            (self.has_value(), "amount (or price and quantity)"),
        ];
        needed.into_iter().filter(|(there, _)| !there).map(|(_, word)| word).collect()
    }

    fn taken(&self, column: usize) -> bool {
        self.columns.contains(&Some(column))
    }
}

/// Fields that make a file one of orders.
const ORDER_FIELDS: [Field; 14] = [
    Field::OrderTotal,
    Field::Subtotal,
    Field::Shipping,
    Field::Tax,
    Field::Tip,
    Field::Fee,
    Field::Duties,
    Field::OrderDiscount,
    Field::Refund,
    Field::Status,
    Field::Cancelled,
    Field::Test,
    Field::RowType,
    Field::Gross,
];

/// Maps `columns` by what was told, then by name: as the recognised format names them, then as anybody does.
///
/// # Errors
/// A told column that does not exist, or two columns of one heading that both fit a field.
pub(crate) fn resolve(
    file: &str,
    columns: &[String],
    has_header: bool,
    told: Option<&Mapping>,
) -> Result<ColumnMap, IngestError> {
    let mut map = ColumnMap::default();
    for (field, column) in told.into_iter().flat_map(Mapping::iter) {
        map.told[field.index()] = true;
        if !column.is_empty() {
            map.columns[field.index()] = Some(find_told(file, columns, has_header, field, column)?);
        }
    }
    if has_header {
        let overlay = recognised(columns).and_then(|format| format.overlay);
        by_name(file, columns, overlay, &mut map)?;
    }
    let (product, description) = (Field::Product.index(), Field::Description.index());
    if map.columns[product].is_none() && !map.told[product] {
        map.columns[product] = map.columns[description];
    }
    Ok(map)
}

fn find_told(
    file: &str,
    columns: &[String],
    has_header: bool,
    field: Field,
    told: &str,
) -> Result<usize, IngestError> {
    let by_text = |same: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..columns.len()).filter(|&index| has_header && same(&columns[index])).collect()
    };
    let exact = by_text(&|heading| heading == told);
    let found =
        if exact.is_empty() { by_text(&|heading| normalised(heading) == normalised(told)) } else { exact };
    let number = told.parse::<usize>().ok().filter(|number| (1..=columns.len()).contains(number));
    match (found.as_slice(), number) {
        ([only], _) => Ok(*only),
        ([], Some(number)) => Ok(number - 1),
        ([], None) => Err(IngestError::UnknownColumn {
            file: file.to_owned(),
            field,
            told: told.to_owned(),
            found: columns.to_vec(),
        }),
        ([first, second, ..], _) => Err(ambiguous(file, field, told, *first, *second)),
    }
}

fn by_name(
    file: &str,
    columns: &[String],
    overlay: Option<&Overlay>,
    map: &mut ColumnMap,
) -> Result<(), IngestError> {
    let plain: Vec<String> = columns.iter().map(|heading| normalised(heading)).collect();
    for field in Field::ALL {
        match overlay.and_then(|overlay| overlay.headings(field)) {
            Some(named) => {
                let named: Vec<&str> = named.iter().map(String::as_str).collect();
                take(file, columns, &plain, map, field, &named)?;
            }
            None => {
                let named: Vec<&str> =
                    field.headings().iter().copied().filter(|name| fits(field, name, &plain, map)).collect();
                take(file, columns, &plain, map, field, &named)?;
            }
        }
    }
    if overlay.is_none() && !map.has_items() {
        for field in Field::ALL {
            take(file, columns, &plain, map, field, field.headings_of_orders())?;
        }
        amount_of_orders(&plain, map);
    }
    Ok(())
}

/// Maps a field that is still free to the first of the headings.
fn take(
    file: &str,
    columns: &[String],
    plain: &[String],
    map: &mut ColumnMap,
    field: Field,
    named: &[&str],
) -> Result<(), IngestError> {
    if map.has(field) || map.told[field.index()] {
        return Ok(());
    }
    let free = |name: &str| (0..plain.len()).any(|i| plain[i] == name && !map.taken(i));
    let Some(&name) = named.iter().find(|name| free(name)) else { return Ok(()) };
    let mut fitting = (0..plain.len()).filter(|&i| plain[i] == name && !map.taken(i));
    let (first, second) = (fitting.next(), fitting.next());
    if let (Some(first), Some(second)) = (first, second) {
        return Err(ambiguous(file, field, &columns[first], first, second));
    }
    map.columns[field.index()] = first;
    Ok(())
}

/// Whether a heading can mean a field beside the others.
fn fits(field: Field, name: &str, plain: &[String], map: &ColumnMap) -> bool {
    match field {
        // beside an e-mail address a bare `id` is that of the row
        Field::Customer if name == "id" => {
            !plain.iter().any(|other| Field::Email.headings().contains(&other.as_str()))
        }
        // beside prices and quantities the total of the order is not that of the line
        Field::Amount if map.has(Field::Price) && map.has(Field::Quantity) => {
            !Field::OrderTotal.headings().contains(&name)
        }
        _ => true,
    }
}

/// In a file of whole orders that names shipping, tax or the like, a `total` holds them too.
fn amount_of_orders(plain: &[String], map: &mut ColumnMap) {
    let (amount, total) = (Field::Amount.index(), Field::OrderTotal.index());
    let parts = [Field::Shipping, Field::Tax, Field::Tip, Field::Fee, Field::Duties];
    let is_total = |column: usize| TOTALS.contains(&plain[column].as_str());
    let free = !map.told[amount] && !map.told[total] && !map.has(Field::OrderTotal);
    if free && map.columns[amount].is_some_and(is_total) && parts.into_iter().any(|part| map.has(part)) {
        map.columns[total] = map.columns[amount].take();
    }
}

fn ambiguous(file: &str, field: Field, heading: &str, first: usize, second: usize) -> IngestError {
    let (first, second) = (first + 1, second + 1);
    IngestError::AmbiguousColumn { file: file.to_owned(), field, heading: heading.to_owned(), first, second }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_mapping_is_read_with_commas_in_headings() {
        let mapping: Mapping = "customer=Name, first,date=When,order=".parse().unwrap();
        let parts: Vec<_> = mapping.iter().collect();
        assert_eq!(parts, [(Field::Customer, "Name, first"), (Field::Date, "When"), (Field::Order, "")]);
        assert_eq!("x=1".parse::<Mapping>(), Err(MappingError::UnknownField { field: "x".into() }));
        assert_eq!("date=a,date=b".parse::<Mapping>(), Err(MappingError::Twice { field: Field::Date }));
        assert_eq!("customer".parse::<Mapping>(), Err(MappingError::NoColumn { part: "customer".into() }));
    }

    #[test]
    fn headings_are_recognised_whatever_their_case_and_spaces() {
        let names = columns(&["Invoice", "Stock_Code", "QUANTITY", "Invoice Date", "Price", "Customer ID"]);
        let map = resolve("f", &names, true, None).unwrap();
        let fields: Vec<_> = map.iter().collect();
        let expected = [
            (Field::Customer, 5),
            (Field::Date, 3),
            (Field::Order, 0),
            (Field::Product, 1),
            (Field::Quantity, 2),
            (Field::Price, 4),
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_is_told_goes_before_names_and_may_be_a_number() {
        let names = columns(&["customer", "date", "amount", "order"]);
        let told = "customer=4,amount=3,order=".parse().unwrap();
        let map = resolve("f", &names, true, Some(&told)).unwrap();
        assert_eq!((map.get(Field::Customer), map.get(Field::Order)), (Some(3), None));
        assert!(map.is_complete());
    }

    #[test]
    fn two_columns_of_one_name_are_not_chosen_by_chance() {
        let names = columns(&["customer", "date", "Date", "amount"]);
        let error = resolve("f", &names, true, None).unwrap_err();
        assert!(matches!(error, IngestError::AmbiguousColumn { first: 2, second: 3, .. }), "{error}");
    }
}
