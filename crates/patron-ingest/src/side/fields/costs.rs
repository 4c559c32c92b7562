//! What a column of a costs file can hold.

use patron_domain::AttributeKind;

use crate::side::costs::REMEDY;
use crate::side::headings::{Columns, Holds, SideField, is_percentage};

/// A field of a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::side) enum CostField {
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
}
