//! Conditions in words.

use super::behaviour::Feature;
use super::rule::Condition;

/// Condition after condition: `bought on more than 4 days, last bought at most 60 days ago`.
pub(crate) fn of(conditions: &[Condition]) -> String {
    conditions.iter().map(phrase).collect::<Vec<_>>().join(", ")
}

fn phrase(condition: &Condition) -> String {
    let (before, after) = match &condition.feature {
        Feature::PurchaseDays => ("bought on", " days"),
        Feature::Inactivity => ("last bought", " days ago"),
        Feature::CustomerAge => ("first bought", " days ago"),
        Feature::Revenue => ("spent", " so far"),
        Feature::PurchaseValue => ("spends", " on a day with a purchase"),
        Feature::LinesPerOrder => ("orders", " lines at a time"),
        Feature::Products => ("bought", " different products"),
        Feature::Age => ("is", " years old"),
        Feature::Country(country) => return yes_or_no(condition, "from", country),
        Feature::Channel(channel) => return yes_or_no(condition, "came by", channel),
        Feature::Gender(gender) => return yes_or_no(condition, "gender", gender),
        Feature::City(city) => return yes_or_no(condition, "lives in", city),
    };
    let whole = (condition.feature == Feature::PurchaseDays).then(|| on_days(condition)).flatten();
    whole.map_or_else(|| format!("{before} {}{after}", bounds(condition)), str::to_owned)
}

/// One day is a word of its own.
fn on_days(condition: &Condition) -> Option<&'static str> {
    match (condition.above, condition.up_to) {
        (None, Some(1.0)) => Some("bought on one day only"),
        (Some(1.0), None) => Some("bought on more than one day"),
        _ => None,
    }
}

fn bounds(condition: &Condition) -> String {
    match (condition.above, condition.up_to) {
        (Some(above), Some(up_to)) => format!("more than {} and at most {}", number(above), number(up_to)),
        (Some(above), None) => format!("more than {}", number(above)),
        (None, Some(up_to)) => format!("at most {}", number(up_to)),
        (None, None) => "any number of".to_owned(),
    }
}

fn yes_or_no(condition: &Condition, verb: &str, word: &str) -> String {
    match condition.above {
        Some(_) => format!("{verb} {word}"),
        None => format!("not {verb} {word}"),
    }
}

/// Thousands apart, no decimals that are not there.
fn number(value: f64) -> String {
    let text = value.abs().to_string();
    let (whole, decimals) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 { "−" } else { "" };
    if decimals.is_empty() { format!("{sign}{grouped}") } else { format!("{sign}{grouped}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_a_sentence() {
        let bound = |feature, above, up_to| Condition { feature, above, up_to };
        let said = of(&[
            bound(Feature::Revenue, Some(12_000.0), None),
            bound(Feature::PurchaseDays, Some(2.0), Some(6.0)),
            bound(Feature::Country("France".to_owned()), None, Some(0.0)),
            bound(Feature::LinesPerOrder, None, Some(1.5)),
            bound(Feature::PurchaseDays, None, Some(1.0)),
        ]);
        let expected = "spent more than 12,000 so far, bought on more than 2 and at most 6 days, not from France, \
                        orders at most 1.5 lines at a time, bought on one day only";
        assert_eq!(said, expected);
        assert_eq!(
            (number(-1_234_567.25), number(0.0), number(999.0)),
            ("−1,234,567.25".into(), "0".into(), "999".into())
        );
    }
}
