//! What to do with the customers of a cell.

use serde::Serialize;

/// How much a customer is worth beside the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worth {
    /// Among the most valuable.
    High,
    /// Between.
    Medium,
    /// The rest.
    Low,
}

/// The fitting play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Play {
    /// Valuable and on rhythm: thank, show something better; no discount, they buy anyway.
    ThankAndRaise,
    /// Bought once, not long ago: bring about the second purchase.
    SecondPurchase,
    /// Valuable, and overdue against their rhythm: win back.
    WinBack,
    /// Of little value and on rhythm: no contact that costs money.
    LeaveBe,
    /// Of little value and overdue: nothing more is spent on them.
    LetGo,
}

impl Play {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::ThankAndRaise, Self::SecondPurchase, Self::WinBack, Self::LeaveBe, Self::LetGo];

    /// The play for a cell of value × rhythm; who bought on one day only is asked for a second purchase first.
    pub fn fitting(worth: Worth, overdue: bool, purchase_days: u32) -> Self {
        match (worth, overdue) {
            (Worth::Low, true) => Self::LetGo,
            (_, true) => Self::WinBack,
            (_, false) if purchase_days <= 1 => Self::SecondPurchase,
            (Worth::Low, false) => Self::LeaveBe,
            (_, false) => Self::ThankAndRaise,
        }
    }

    /// Incentives that fit, none of which lowers a price; the first ones cost least. Customers who buy anyway get no
    /// discount.
    pub fn incentives(self) -> &'static [Incentive] {
        match self {
            Self::ThankAndRaise => &[Incentive::EarlyAccess, Incentive::Points, Incentive::Gift],
            Self::SecondPurchase => &[Incentive::Points, Incentive::FreeShipping],
            Self::WinBack => &[Incentive::EarlyAccess, Incentive::FreeShipping, Incentive::Gift],
            Self::LeaveBe | Self::LetGo => &[],
        }
    }

    /// Whether money is spent on a contact at all.
    pub fn is_paid(self) -> bool {
        !self.incentives().is_empty()
    }
}

/// Something other than a lower price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incentive {
    /// To see and buy the new things before others.
    EarlyAccess,
    /// Points to collect: paid when they are redeemed.
    Points,
    /// Free shipping of the next order: paid for every buyer.
    FreeShipping,
    /// A gift in the parcel, or with the letter.
    Gift,
}
