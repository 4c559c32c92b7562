//! What a test on the past says in plain words.

use patron_domain::Day;
use patron_models::Backtest;

use crate::format;

/// A test that ends so many days before the log ends with it.
const SAME: i32 = 3;

/// What a forecast made at an origin would have been good for, in a whole sentence: `90 days before the end of your data
/// this forecast would have put 61% of the revenue that followed into its top tenth of customers and would have missed the
/// total of known customers by 6%.`
///
/// `end_of_data` is the last day of the log; a test that ends more than three days before it names its own last day.
/// `None` where nothing came: then there is nothing to be good for.
pub fn tested_in_words(backtest: &Backtest, end_of_data: Option<Day>) -> Option<String> {
    let test = &backtest.holdout;
    let scores = test.scores_of(backtest.forecaster)?;
    let share = scores.top_tenth_share.filter(|share| share.is_finite())?;
    let missed = (test.actual_net > 0.0).then(|| test.predicted_total / test.actual_net - 1.0);
    let missed = missed.filter(|missed| missed.is_finite())?;
    // three months before the 31st are the 30th or 28th, and three months after that are not the 31st
    let last = end_of_data.filter(|last| (0..=SAME).contains(&last.days_since(test.end)));
    let end = last.map_or_else(|| format::day(test.end), |_| "the end of your data".to_owned());
    let days = last.unwrap_or(test.end).days_since(test.origin);
    Some(format!(
        "{} before {end} this forecast would have put {} of the revenue that followed into its top tenth of customers and \
         would have {}.",
        format::counted(i64::from(days), "day", "days"),
        share_of_all(share),
        off_by(missed),
    ))
}

/// Never nothing and never all: `61%`, `less than 1%`, `more than 99%`.
fn share_of_all(share: f64) -> String {
    match (share * 100.0).round() {
        percent if percent < 1.0 => "less than 1%".to_owned(),
        percent if percent > 99.0 => "more than 99%".to_owned(),
        percent => format!("{percent:.0}%"),
    }
}

fn off_by(missed: f64) -> String {
    let percent = (missed.abs() * 100.0).round();
    if percent < 1.0 {
        "met the total of known customers to within 1%".to_owned()
    } else if percent == 100.0 {
        "missed the total of known customers by about as much as it was".to_owned()
    } else {
        let percent = if percent > 100.0 { format::two_digits(percent) } else { format!("{percent:.0}") };
        format!("missed the total of known customers by {percent}%")
    }
}
