//! What a season is worth, in words.

use super::{SEASONS_MONTHS, Season, SeasonKnown};

/// Names of the months.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Indices within this of an average month are no news.
const NEWS: f64 = 0.1;

impl Season {
    /// Where the season comes from, what it says, and what would tell more, in whole sentences.
    pub fn said(&self) -> Vec<String> {
        match (self.known, self.days) {
            (SeasonKnown::Unknown, _) | (_, None) => vec![format!(
                "The season is unknown: under {SEASONS_MONTHS} whole months it cannot be told from growth. The season \
                 of another year, or of another shop, can be given with --season; `patron season` writes one."
            )],
            (SeasonKnown::OneYear, Some((first, last))) => vec![
                format!(
                    "The season was learned from {first} to {last}, in which most calendar months were seen only once; \
                     what one month shows is held back for that. From 24 whole months on, season and growth are told \
                     apart."
                ),
                self.extremes(),
            ],
            (SeasonKnown::Years, Some((first, last))) => {
                vec![format!("The season was learned from {first} to {last}."), self.extremes()]
            }
            (SeasonKnown::File, Some((first, last))) => {
                let source = self.source.as_deref().unwrap_or("a file");
                vec![
                    format!(
                        "The season comes from {source} ({first} to {last}), corrected by what this log itself shows."
                    ),
                    self.extremes(),
                ]
            }
        }
    }

    /// The strongest and the weakest month.
    fn extremes(&self) -> String {
        let by_index = |a: &usize, b: &usize| self.index[*a].total_cmp(&self.index[*b]);
        let (low, high) = ((0..12).min_by(by_index).unwrap_or(0), (0..12).max_by(by_index).unwrap_or(0));
        let (least, most) = (self.index[low], self.index[high]);
        if most - 1.0 < NEWS && 1.0 - least < NEWS {
            return "No month is far from the average.".to_owned();
        }
        format!(
            "Known customers spend {} a day in {} and {} in {}, everything else being equal.",
            relative(most),
            MONTHS[high],
            relative(least),
            MONTHS[low]
        )
    }
}

/// "38 % more than on average".
fn relative(index: f64) -> String {
    let percent = ((index - 1.0) * 100.0).round();
    if percent >= 0.0 {
        format!("{percent:.0}% more than on average")
    } else {
        format!("{:.0}% less than on average", -percent)
    }
}
