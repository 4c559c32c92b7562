//! What the products are and cost.

use std::collections::hash_map::Entry;
use std::path::Path;

use patron_domain::{Money, ProductAttributes, ProductRow};
use rustc_hash::FxHashMap;

use super::fields::ProductField;
use super::table::Table;
use super::values::Line;
use super::{SideError, SideFile, SideOptions, counted};
use crate::IngestError;
use crate::field::normalised;

pub(super) const TEMPLATE: &str = "\
sku,category,producer_country,price,unit_cost,launched,retired
85123A,Lighting,India,2.55,1.10,2010-12-01,2011-11-30
";

pub(super) const REMEDY: &str = "write the cost of one unit as an amount";

/// Reads a file with one line per product.
///
/// Products come in file order, each once: a line that repeats another one is left out. Stock codes are compared as
/// they are written, as in the sales log. Unit costs that may be shares of the price are warned of.
/// # Errors
/// [`IngestError`] where the file cannot be read as a table; [`SideError`] within it where a heading or a line is
/// refused. Nothing is returned of a refused file.
pub fn read_products(path: &Path, options: &SideOptions) -> Result<SideFile<Vec<ProductRow>>, IngestError> {
    let table = Table::<ProductField>::read(path, options)?;
    let mut rows: Vec<(usize, ProductRow)> = Vec::new();
    let mut by_sku: FxHashMap<String, usize> = FxHashMap::default();
    for (index, line) in table.lines().enumerate() {
        let row = product(line)?;
        match by_sku.entry(row.sku.clone()) {
            Entry::Vacant(place) => {
                place.insert(rows.len());
                rows.push((index, row));
            }
            Entry::Occupied(place) => {
                let Some((earlier, known)) = rows.get(*place.get()) else { continue };
                if let Some(field) = differing(&known.attributes, &row.attributes) {
                    let whom = format!("product '{}'", row.sku);
                    return Err(table.differing(*earlier, index, whom, field).into());
                }
            }
        }
    }
    let content: Vec<ProductRow> = rows.into_iter().map(|(_, row)| row).collect();
    let warnings = [bare_margin(&table), shares_for_costs(&table, &content)];
    let left_out = (table.len() - content.len()) as u64;
    Ok(SideFile::new(table, left_out, warnings.into_iter().flatten(), content))
}

fn product(line: Line<'_, ProductField>) -> Result<ProductRow, SideError> {
    let Some(sku) = line.owned(ProductField::Sku) else {
        let remedy = "a product is known by its stock code: write it there or remove the line";
        return Err(SideError::Missing { at: line.place(ProductField::Sku), remedy });
    };
    let attributes = ProductAttributes {
        category: line.owned(ProductField::Category),
        producer_country: line.owned(ProductField::ProducerCountry),
        price: line.amount(ProductField::Price, "write the price of one unit as an amount")?,
        unit_cost: line.amount(ProductField::UnitCost, REMEDY)?,
        launched: line.day(ProductField::Launched)?,
        retired: line.day(ProductField::Retired)?,
    };
    match (attributes.launched, attributes.retired) {
        (Some(launched), Some(retired)) if retired < launched => {
            let at = line.place(ProductField::Retired);
            Err(SideError::RetiredBeforeLaunched { at, retired, launched })
        }
        _ => Ok(ProductRow { line: line.number(), sku, attributes }),
    }
}

fn differing(a: &ProductAttributes, b: &ProductAttributes) -> Option<ProductField> {
    let compared = [
        (ProductField::Category, a.category == b.category),
        (ProductField::ProducerCountry, a.producer_country == b.producer_country),
        (ProductField::Price, a.price == b.price),
        (ProductField::UnitCost, a.unit_cost == b.unit_cost),
        (ProductField::Launched, a.launched == b.launched),
        (ProductField::Retired, a.retired == b.retired),
    ];
    compared.into_iter().find(|(_, equal)| !equal).map(|(field, _)| field)
}

/// Margins without costs: nothing is made of them, and it is said.
fn bare_margin(table: &Table<ProductField>) -> Option<String> {
    let is_margin = |heading: &&String| {
        let plain = normalised(heading);
        ["margin", "grossmargin", "profitmargin", "markup"].contains(&plain.as_str())
    };
    let heading =
        table.headings.iter().find(is_margin).filter(|_| !table.columns.has(ProductField::UnitCost))?;
    Some(format!(
        "column '{heading}' is not read: margins follow from what a unit costs; add a column unit_cost with the cost \
         of one unit as an amount"
    ))
}

/// Costs that look like shares of the price: none above 1, and most prices ten times as much or more. Where no price
/// is known, three costs of at most 1 are enough.
///
/// A shop of very cheap goods looks the same, so this is no refusal.
fn shares_for_costs(table: &Table<ProductField>, products: &[ProductRow]) -> Option<String> {
    const ENOUGH: usize = 3;
    let one = Money::from_ten_thousandths(Money::SCALE);
    let given = |amount: Option<Money>| amount.filter(|&amount| amount > Money::ZERO);
    let costs: Vec<Money> = products.iter().filter_map(|row| given(row.attributes.unit_cost)).collect();
    if costs.iter().any(|&cost| cost > one) {
        return None;
    }
    let both =
        |row: &ProductRow| Some((row.line, given(row.attributes.unit_cost)?, given(row.attributes.price)?));
    let compared: Vec<(u64, Money, Money)> = products.iter().filter_map(both).collect();
    let is_far = |&&(_, cost, price): &&(u64, Money, Money)| cost.times(10).is_some_and(|ten| price >= ten);
    let far = compared.iter().filter(is_far).count();
    let because = match compared.iter().find(is_far) {
        Some((line, cost, price)) if far * 2 > compared.len() => format!(
            ", and {far} of {} prices are at least ten times the cost (line {line}: cost {cost}, price {price})",
            compared.len()
        ),
        None if compared.is_empty() && costs.len() >= ENOUGH => String::new(),
        _ => return None,
    };
    Some(format!(
        "column '{}' may hold shares of the price instead of amounts: {}, none above 1{because}; if they are \
         shares, {REMEDY} and give the file again",
        table.heading(ProductField::UnitCost),
        counted(costs.len() as u64, "cost", "costs"),
    ))
}
