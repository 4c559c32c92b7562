//! What marketing costs.

use std::path::Path;

use patron_domain::{AcquisitionSpend, AttributeKind, ContactCost, MarketingCosts, Money, Month};
use rustc_hash::FxHashMap;

use super::fields::CostField;
use super::table::Table;
use super::values::Line;
use super::{SideError, SideFile, SideOptions};
use crate::IngestError;

pub(super) const TEMPLATE: &str = "\
kind,channel,month,amount
contact,letter,,0.85
acquisition,search,2011-11,1250.00
";

pub(super) const REMEDY: &str = "write the cost as an amount of money";

/// Reads a file with the cost of a contact by channel, and the spend on acquisition by month and channel.
///
/// Without a column that tells the kind, lines are acquisition where the file has months and contacts where it has
/// none. Channels are compared without regard to case.
/// # Errors
/// [`IngestError`] where the file cannot be read as a table; [`SideError`] within it where a heading or a line is
/// refused. Nothing is returned of a refused file.
pub fn read_costs(path: &Path, options: &SideOptions) -> Result<SideFile<MarketingCosts>, IngestError> {
    let table = Table::<CostField>::read(path, options)?;
    let mut costs = MarketingCosts::default();
    let mut contact_lines: FxHashMap<String, u64> = FxHashMap::default();
    let mut spend_lines: FxHashMap<(Month, String), u64> = FxHashMap::default();
    for line in table.lines() {
        let Cost { month, channel, amount } = cost(&table, line)?;
        let (file, second, folded) = (&table.file, line.number(), channel.to_lowercase());
        match month {
            None => {
                if let Some(first) = contact_lines.insert(folded, second) {
                    return Err(SideError::ContactTwice { file: file.clone(), first, second, channel }.into());
                }
                costs.contacts.push(ContactCost { channel, cost: amount });
            }
            Some(month) => {
                if let Some(first) = spend_lines.insert((month, folded), second) {
                    let file = file.clone();
                    return Err(SideError::SpendTwice { file, first, second, channel, month }.into());
                }
                costs.acquisition.push(AcquisitionSpend { month, channel, amount });
            }
        }
    }
    costs.contacts.sort_by(|a, b| a.channel.cmp(&b.channel));
    costs.acquisition.sort_by(|a, b| (a.month, &a.channel).cmp(&(b.month, &b.channel)));
    Ok(SideFile::new(table, 0, None, costs))
}

/// One line; without a month it is the cost of a contact.
struct Cost {
    month: Option<Month>,
    channel: String,
    amount: Money,
}

fn cost(table: &Table<CostField>, line: Line<'_, CostField>) -> Result<Cost, SideError> {
    let missing = |field, remedy| SideError::Missing { at: line.place(field), remedy };
    let month = match is_acquisition(table, line)? {
        true => {
            if !table.columns.has(CostField::Month) {
                let (file, found) = (table.file.clone(), table.headings.clone());
                return Err(SideError::MissingColumn {
                    file,
                    missing: "the month",
                    found,
                    kind: AttributeKind::Costs,
                });
            }
            let month = line.month(CostField::Month)?;
            let remedy = "the spend of a month needs its month: write it as 2011-11";
            Some(month.ok_or_else(|| missing(CostField::Month, remedy))?)
        }
        false => match line.text(CostField::Month) {
            Some(value) => {
                let at = line.place(CostField::Month);
                return Err(SideError::ContactWithMonth { at, value: value.to_owned() });
            }
            None => None,
        },
    };
    let channel = line.owned(CostField::Channel);
    let channel =
        channel.ok_or_else(|| missing(CostField::Channel, "name the channel or remove the line"))?;
    let amount = line.amount(CostField::Amount, REMEDY)?;
    let amount = amount.ok_or_else(|| missing(CostField::Amount, "write the amount or remove the line"))?;
    Ok(Cost { month, channel, amount })
}

fn is_acquisition(table: &Table<CostField>, line: Line<'_, CostField>) -> Result<bool, SideError> {
    if !table.columns.has(CostField::Kind) {
        return Ok(table.columns.has(CostField::Month));
    }
    let value = line.raw(CostField::Kind);
    if value.is_empty() {
        return Err(SideError::Missing {
            at: line.place(CostField::Kind),
            remedy: "write contact or acquisition",
        });
    }
    let begins = |word: &str| value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match (begins("contact"), begins("acquisition")) {
        (true, _) => Ok(false),
        (_, true) => Ok(true),
        _ => Err(SideError::NoCostKind { at: line.place(CostField::Kind), value: value.to_owned() }),
    }
}
