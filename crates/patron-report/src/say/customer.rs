//! What is said of one customer: two facts, and what they mainly rest on.

use patron_domain::{Day, Horizon, Suitability};
use patron_models::{ChanceFact, CustomerForecast};

use super::{chance, period};
use crate::format::{self, Currency};

const QUARTER: Horizon = Horizon::Months(3);
/// Days that the number of recent purchases looks back.
const RECENT_DAYS: i32 = 91;

/// The two facts of a customer: `6 in 10 chance to buy by 9 Mar 2012; if they do, usually GBP 300 to 1,100`.
///
/// Without a usual spend the second fact is that it is not known, and what it takes. Where the data are not enough,
/// that is all there is to say.
pub fn customer(row: &CustomerForecast, as_of: Day, currency: Currency<'_>) -> String {
    if row.grade_3m == Suitability::No {
        return format!("not enough data to say whether they buy {}", period(as_of, QUARTER));
    }
    let by = format::day(QUARTER.end(as_of));
    let said = chance(row.chance_to_buy_3m);
    let first = if said.ends_with(" in 10") {
        format!("{said} chance to buy by {by}")
    } else {
        format!("chance to buy by {by}: {said}")
    };
    match usual_spend(row.usual_spend_3m, currency) {
        Some(usual) => format!("{first}; if they do, usually {usual}"),
        None => format!(
            "{first}; what they would then spend is not known: earlier dates tell too little of it, which a longer log \
             may change"
        ),
    }
}

/// What a customer usually spends in the period if there is a purchase in it at all: `GBP 300 to 1,100`, or
/// `about GBP 300` where both ends read the same. `None` where it is not known.
pub fn usual_spend(ends: Option<[f64; 2]>, currency: Currency<'_>) -> Option<String> {
    let [a, b] = ends.filter(|ends| ends.iter().all(|end| end.is_finite()))?;
    let (low, high) = (a.min(b), a.max(b));
    let same = currency.rough(low) == currency.rough(high);
    Some(if same { format!("about {}", currency.rough(low)) } else { currency.rough_pair(low, "to", high) })
}

/// What the two ends of a usual spend mean.
pub const USUAL_SPEND_MEANS: &str = "on earlier dates 8 in 10 such customers lay between these two amounts";

/// What the low end of a customer's forecast means.
pub const LOW_END_MEANS: &str =
    "5 in 100 such customers spend less; 0 where more than 5 in 100 spend nothing";

/// What the high end of a customer's forecast means.
pub const HIGH_END_MEANS: &str =
    "5 in 100 such customers spend more; 0 where fewer than 5 in 100 spend anything";

/// What is to be said of ends in a horizon that no forecast of the past was held against.
pub const CARRIED_OVER: &str = "carried over from shorter forecasts and not tested for so long a time";

/// [`because`], with the words that must stand before it.
pub fn mainly_because(row: &CustomerForecast, as_of: Option<Day>) -> Option<String> {
    because(row, as_of).map(|fact| format!("mainly because {fact}"))
}

/// The customer's own fact that moves the chance most; to be read after "mainly because". `None` where the chance is
/// not calibrated.
///
/// Times are told as days before `as_of`, and as dates without one: for files, which are read later.
pub fn because(row: &CustomerForecast, as_of: Option<Day>) -> Option<String> {
    let reason = row.chance_reason?;
    let when = when(row.last_purchase, as_of);
    let orders = i64::try_from(row.orders).unwrap_or(i64::MAX);
    let counted = format::counted(orders, "order", "orders");
    Some(match (reason.fact, reason.raises) {
        (ChanceFact::Inactivity, true) => format!("the last purchase was recent, {when}"),
        (ChanceFact::Inactivity, false) => format!("the last purchase was {when}"),
        (ChanceFact::Lateness, _) if orders <= 1 => {
            format!("there was only {counted} so far, too few for a rhythm")
        }
        (ChanceFact::Lateness, true) => {
            format!("the last purchase was {when}, not long for this customer's own rhythm")
        }
        (ChanceFact::Lateness, false) => {
            format!("the last purchase was {when}, long for this customer's own rhythm")
        }
        (ChanceFact::Purchases, raises) => {
            let only = if raises { "" } else { "only " };
            format!("there {} {only}{counted} so far", if orders == 1 { "was" } else { "were" })
        }
        (ChanceFact::RecentPurchases, raises) => recent(row.last_purchase, raises, &when, as_of),
        (ChanceFact::History, true) if orders == 1 => format!("there was {counted} so far, {when}"),
        (ChanceFact::History, true) => format!("there were {counted} so far, the last {when}"),
        (ChanceFact::History, false) => format!("after {counted} there was {}", silence(row, as_of)),
    })
}

fn recent(last: Day, raises: bool, when: &str, as_of: Option<Day>) -> String {
    let since = as_of.map(|as_of| as_of.plus_days(1 - RECENT_DAYS));
    match (since, raises) {
        (Some(since), _) if last < since => format!("there was no purchase since {}", format::day(since)),
        (Some(since), true) => format!("there were purchases since {}, the last {when}", format::day(since)),
        (Some(since), false) => format!("there were few purchases since {}", format::day(since)),
        (None, true) => format!("there were recent purchases, the last {when}"),
        (None, false) => format!("there were few recent purchases, the last {when}"),
    }
}

/// `silence for 214 days`, or since when.
fn silence(row: &CustomerForecast, as_of: Option<Day>) -> String {
    match as_of.map(|as_of| as_of.days_since(row.last_purchase)) {
        Some(days) if days > 0 => {
            format!("silence for {}", format::counted(i64::from(days), "day", "days"))
        }
        _ => format!("silence since {}", format::day(row.last_purchase)),
    }
}

/// `214 days ago`; the date on the as-of date itself, and without one.
fn when(day: Day, as_of: Option<Day>) -> String {
    match as_of.map(|as_of| as_of.days_since(day)) {
        Some(days) if days > 0 => format!("{} ago", format::counted(i64::from(days), "day", "days")),
        _ => format!("on {}", format::day(day)),
    }
}

/// What is said of customers who are slipping away, after their number: `have not bought for 30 days and are less
/// likely than not to buy again by 9 Mar 2012`.
pub fn silent_and_unlikely(customers: usize, silent_days: i32, by: Day) -> String {
    let (has, is) = if customers == 1 { ("has", "is") } else { ("have", "are") };
    format!(
        "{has} not bought for {} and {is} less likely than not to buy again by {}",
        format::counted(i64::from(silent_days), "day", "days"),
        format::day(by),
    )
}
