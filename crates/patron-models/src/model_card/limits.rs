//! What a forecast does not do, said beside what it does.

use super::CardSeason;
use crate::report::ModelsReport;
use crate::season::SeasonKnown;

/// What holds for every forecast of this program.
const ALWAYS: [&str; 6] = [
    "Values of customers are those of customers with a purchase on or before the as-of date; whoever buys for the first time \
     later stands in the totals of the shop alone, as newcomers.",
    "Nothing is known of what the shop has planned: prices, campaigns and stock are taken to go on as they went.",
    "Amounts are net revenue, not profit, and not discounted.",
    "A customer's country is that of the first line. Who is one customer is as the file says it today: a guest who later got an \
     account is one person in the test, too.",
    "An order export shows each order as it is on the day of the export. A cancellation or refund that is a line or row of its \
     own counts on its own date; one that is only a changed status or a sum in the order's row counts on the order's date, in \
     tests on the past as well.",
    "Scores count customers below zero as zero; totals do not. A few customers carry much of both: see the scores without the \
     three largest.",
];

pub(super) fn known(season: &CardSeason, report: &ModelsReport) -> Vec<String> {
    let mut limits: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    let unknown = season.known == SeasonKnown::Unknown;
    limits.push(match (unknown, season.known) {
        (true, _) => format!("{} It takes two years of sales, or a season from elsewhere.", season.said),
        (false, SeasonKnown::File) => {
            "The season comes from elsewhere; whether it is this shop's the log can say only in part.".to_owned()
        }
        (false, _) => "Cohort age, calendar month and the quality of a cohort are linearly dependent: the slope of cohort \
                       quality is taken for zero."
            .to_owned(),
    });
    match &report.backtest {
        None => limits.push("This forecast was not tested on the past in this run.".to_owned()),
        Some(backtest) => {
            let origins = 1 + backtest.earlier.len();
            if origins < 4 {
                limits.push(format!(
                    "It was tested on {origins} {} only.",
                    if origins == 1 { "date" } else { "dates" }
                ));
            }
            let overlap = backtest.earlier.first().is_some_and(|next| next.end > backtest.holdout.origin);
            if overlap {
                limits.push("The days forecast in these tests overlap: they are not independent.".to_owned());
            }
        }
    }
    if report.regression.origins.is_empty() {
        limits.push(
            "The log is too short to learn from earlier dates: models that need them have no part."
                .to_owned(),
        );
    }
    limits
}
