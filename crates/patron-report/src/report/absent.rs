//! Answers that the sales files cannot give, by name, with what would unlock them.

use patron_analytics::AbsentAnswers;

use super::Context;

/// Every absence, a sentence each.
pub(super) fn all(context: &Context<'_>) -> Vec<String> {
    context.answers.absent.iter().map(|absent| sentence(context, *absent)).collect()
}

/// The absence of one kind; `None` where nothing is absent.
pub(super) fn of(context: &Context<'_>, absent: AbsentAnswers) -> Option<String> {
    context.answers.absent.contains(&absent).then(|| sentence(context, absent))
}

fn sentence(context: &Context<'_>, absent: AbsentAnswers) -> String {
    let file = if context.imports.len() > 1 { "These files name" } else { "This file names" };
    let (lost, unlock) = match absent {
        AbsentAnswers::Customers => {
            ("repeat customers, cohorts and forecasts", "a column with the customer's id or e-mail address")
        }
        AbsentAnswers::Products => {
            ("best sellers, trends and items that bring people back", "a file with one row per product sold")
        }
        AbsentAnswers::Countries => {
            ("sales and favourites by country", "a column with the country of the order")
        }
    };
    let what = what(absent);
    format!("{file} no {what}, so {lost} are absent; {unlock} unlocks them.")
}

/// What is not named.
pub(super) const fn what(absent: AbsentAnswers) -> &'static str {
    match absent {
        AbsentAnswers::Customers => "customers",
        AbsentAnswers::Products => "products",
        AbsentAnswers::Countries => "countries",
    }
}
