//! Which columns of a customers, products or costs file hold what, told by their headings.

use patron_domain::{AttributeKind, MappedColumn};

use super::SideError;
use crate::field::{Field, normalised};

/// What a column of one of the files can hold.
pub(super) trait SideField: Copy + Eq + 'static {
    /// The file they are in.
    const KIND: AttributeKind;
    /// All of them, in the order in which they are shown.
    const ALL: &'static [Self];

    /// The word used in reports, which is also the template's heading.
    fn word(self) -> &'static str;
    /// Other headings that mean this field, as [`normalised`] writes them, the most telling first.
    fn headings(self) -> &'static [&'static str];
    fn holds(self) -> Holds;
    /// What must be there and is not, in words.
    fn missing(columns: &Columns<Self>) -> Option<&'static str>;
    /// A column of percentages that stands where an amount is needed, and what to write instead.
    fn percentages<'a>(_: &'a [String], _: &Columns<Self>) -> Option<(&'a str, &'static str)> {
        None
    }
    /// Whether other headings than the needed ones tell that this is no sales log, whatever else it has.
    fn is_unlike_sales(_: &Columns<Self>) -> bool {
        false
    }
}

/// What the texts of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Date,
    Amount,
}

/// The fields that were found, each with the number of its column (from 0).
#[derive(Clone, Debug)]
pub(super) struct Columns<F> {
    found: Vec<(F, usize)>,
}

impl<F: SideField> Columns<F> {
    /// By name: each field takes its most telling heading, each column serves once, percentages serve nobody.
    pub(super) fn by_name(file: &str, headings: &[String]) -> Result<Self, SideError> {
        let plain: Vec<String> = headings.iter().map(|heading| normalised(heading)).collect();
        let mut found: Vec<(F, usize)> = Vec::new();
        for &field in F::ALL {
            let free = |index: usize, name: &str| {
                plain[index] == name
                    && !is_percentage(&headings[index])
                    && found.iter().all(|&(_, column)| column != index)
            };
            let own = normalised(field.word());
            let mut names = std::iter::once(own.as_str()).chain(field.headings().iter().copied());
            let Some(name) = names.find(|name| (0..plain.len()).any(|index| free(index, name))) else {
                continue;
            };
            let mut fitting = (0..plain.len()).filter(|&index| free(index, name));
            match (fitting.next(), fitting.next()) {
                (Some(first), None) => found.push((field, first)),
                (Some(first), Some(second)) => {
                    let (file, heading) = (file.to_owned(), headings[first].clone());
                    return Err(SideError::TwoColumns {
                        file,
                        heading,
                        first: first + 1,
                        second: second + 1,
                    });
                }
                (None, _) => {}
            }
        }
        Ok(Self { found })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Place of a field among those found.
    pub(super) fn place(&self, field: F) -> Option<usize> {
        self.found.iter().position(|&(known, _)| known == field)
    }

    pub(super) fn has(&self, field: F) -> bool {
        self.place(field).is_some()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (F, usize)> {
        self.found.iter().copied()
    }

    /// Columns in order of place.
    pub(super) fn numbers(&self) -> Vec<usize> {
        self.iter().map(|(_, column)| column).collect()
    }

    pub(super) fn shown(&self, headings: &[String]) -> Vec<MappedColumn> {
        let shown = |(field, column): (F, usize)| MappedColumn {
            field: field.word().to_owned(),
            column: headings[column].clone(),
            how: "by name".to_owned(),
        };
        self.iter().map(shown).collect()
    }

    /// Headings that mean nothing here.
    pub(super) fn ignored(&self, headings: &[String]) -> Vec<String> {
        let used = self.numbers();
        let unused = headings.iter().enumerate().filter(|(index, _)| !used.contains(index));
        unused.map(|(_, heading)| heading.clone()).filter(|heading| !heading.is_empty()).collect()
    }
}

/// `Cost %`, `margin_percent`, `cost pct`.
pub(super) fn is_percentage(heading: &str) -> bool {
    let plain = normalised(heading);
    heading.contains('%') || plain.contains("percent") || plain.ends_with("pct")
}

/// The headings that make a file a sales log: a date, a value, and an order or a customer.
pub(super) fn of_sales<F: SideField>(headings: &[String], columns: &Columns<F>) -> Option<Vec<String>> {
    let plain: Vec<String> = headings.iter().map(|heading| normalised(heading)).collect();
    let called = |fits: &dyn Fn(&str) -> bool| plain.iter().position(|heading| fits(heading));
    if let Some(index) = called(&|heading| heading.starts_with("lineitem")) {
        return Some(vec![headings[index].clone()]);
    }
    let find = |field: Field| called(&|heading| heading != "id" && field.headings().contains(&heading));
    let date = find(Field::Date)?;
    let line = find(Field::Quantity).or(find(Field::Price));
    let total = || called(&|heading| ["total", "ordertotal", "ordervalue"].contains(&heading));
    let value = line.or(find(Field::Amount)).or_else(total)?;
    let order = find(Field::Order);
    let customer = find(Field::Customer);
    let who = match F::KIND {
        // what a customer spent so far may stand in a customers file
        AttributeKind::Customers if line.is_some() || !F::is_unlike_sales(columns) => {
            order.or(customer).unwrap_or(date)
        }
        AttributeKind::Customers => order?,
        AttributeKind::Products | AttributeKind::Costs => order.or(customer)?,
    };
    let telling = if who == date { vec![date, value] } else { vec![who, date, value] };
    Some(telling.into_iter().map(|index| headings[index].clone()).collect())
}
