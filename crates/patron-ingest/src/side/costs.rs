//! What marketing costs.

use std::path::Path;

use patron_domain::{AcquisitionSpend, AttributeKind, ContactCost, MarketingCosts, Money, Month};
use rustc_hash::FxHashMap;

use super::headings::{Columns, Holds, SideField, is_percentage};
use super::table::Table;
use super::values::Line;
use super::{SideError, SideFile, SideOptions};
use crate::IngestError;

pub(super) const TEMPLATE: &str = "\
kind,channel,month,amount
contact,letter,,0.85
acquisition,search,2011-11,1250.00
";

const REMEDY: &str = "write the cost as an amount of money";

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CostField {
    Kind,
    Channel,
    Month,
    Amount,
}

impl SideField for CostField {
    const KIND: AttributeKind = AttributeKind::Costs;
    const ALL: &'static [Self] = &[Self::Kind, Self::Channel, Self::Month, Self::Amount];

    fn word(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Channel => "channel",
            Self::Month => "month",
            Self::Amount => "amount",
        }
    }

    fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &["costkind", "costtype", "type"],
            Self::Channel => &[
                "acquisitionchannel",
                "marketingchannel",
                "contactchannel",
                "source",
                "utmsource",
                "medium",
                "platform",
                "campaign",
            ],
            Self::Month => &["yearmonth", "monthyear", "period", "date", "day"],
            Self::Amount => &[
                "spend",
                "amountspent",
                "adspend",
                "marketingspend",
                "acquisitionspend",
                "totalspend",
                "cost",
                "costs",
                "costpercontact",
                "contactcost",
                "unitcost",
                "totalcost",
                "expense",
                "budget",
                "value",
            ],
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Month => Holds::Date,
            Self::Amount => Holds::Amount,
            Self::Kind | Self::Channel => Holds::Text,
        }
    }

    fn missing(columns: &Columns<Self>) -> Option<&'static str> {
        match (columns.has(Self::Channel), columns.has(Self::Amount)) {
            (false, false) => Some("the channel, nor as the amount"),
            (false, true) => Some("the channel"),
            (true, false) => Some("the amount"),
            (true, true) => None,
        }
    }

    fn percentages<'a>(headings: &'a [String], columns: &Columns<Self>) -> Option<(&'a str, &'static str)> {
        let found = headings.iter().find(|heading| is_percentage(heading));
        found.filter(|_| !columns.has(Self::Amount)).map(|heading| (heading.as_str(), REMEDY))
    }

    fn is_unlike_sales(_: &Columns<Self>) -> bool {
        false
    }
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
                    kind: CostField::KIND,
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
