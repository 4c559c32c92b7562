//! What is not known, and what would unlock it.

use std::fmt;

use serde::Serialize;

/// Why an answer is "unknown".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// No unit costs, and no margin rate.
    UnitCostsOrMarginRate,
    /// What a contact costs.
    ContactCost,
    /// What an incentive costs.
    IncentiveCost,
    /// What was spent to win customers.
    AcquisitionSpend,
    /// Which channel brought whom.
    AcquisitionChannels,
    /// Forecasts of the customers.
    Forecasts,
    /// Customers who came long enough ago.
    OlderCustomers,
    /// Who agreed to be written to.
    Consent,
    /// A response rate: the user's own, or a measured one.
    Response,
    /// People held back to compare with.
    ControlGroup,
}

impl Missing {
    /// What would unlock it, in a sentence.
    pub fn unlocked_by(self) -> &'static str {
        match self {
            Self::UnitCostsOrMarginRate => {
                "Import a products file with unit_cost, or state a margin rate (one, or one per category)."
            }
            Self::ContactCost => "Import a costs file with contact costs, or state what a contact costs.",
            Self::IncentiveCost => "State what the incentive costs.",
            Self::AcquisitionSpend => "Import a costs file with acquisition spend by month and channel.",
            Self::AcquisitionChannels => "Import a customers file with acquisition_channel.",
            Self::Forecasts => "Run the forecast first.",
            Self::OlderCustomers => {
                "Import an older log, or wait: no customer came long enough ago after the log's first month."
            }
            Self::Consent => "Import a customers file with accepts_marketing.",
            Self::Response => "State the response you expect as a range, or measure a campaign.",
            Self::ControlGroup => "Hold some people back at random next time.",
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.unlocked_by())
    }
}
