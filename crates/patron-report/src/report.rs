//! The report: one self-contained file, each heading a question, its first sentence the answer.

mod absent;
mod acquisition;
mod appendix;
mod attention;
mod bridge;
mod cohorts;
mod concentration;
mod countries;
mod cover;
mod findings;
mod forecast;
mod growth;
mod margins;
mod newcomers;
mod people;
mod prices;
mod products;
mod screen;
mod tested;
mod unlocks;

use patron_analytics::{Answers, AttributeAnswers, ProductRef};
use patron_columns::Catalog;
use patron_decisions::Decisions;
use patron_domain::{Day, ImportReport};
use patron_models::{Btyd, CustomerForecast, ModelsReport};

use crate::format::Currency;
use crate::page::Page;

pub use findings::Finding;
pub use screen::Screen;
pub use unlocks::AttributeFile;

/// What the report is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// The shop's name, where one was given.
    pub shop: Option<&'a str>,
    /// The shop's currency by code or sign, where one was given; amounts are bare numbers without.
    pub currency: Option<&'a str>,
    /// Whether the shop is invented; the report says so.
    pub demo: bool,
    /// The day up to which the forecasts have seen.
    pub as_of: Day,
    /// When the report was made, in words.
    pub generated_on: &'a str,
    /// The reports of the imports behind the answers.
    pub imports: &'a [ImportReport],
    /// The answers.
    pub answers: &'a Answers,
    /// The texts behind the answers' codes.
    pub catalog: &'a Catalog,
    /// The forecasts, or why there are none, in words.
    pub forecast: Result<ForecastInput<'a>, &'a str>,
    /// The answers about what is known of customers and products beyond the log, where they were computed.
    pub attributes: Option<&'a AttributeAnswers>,
    /// The files these facts came from, and what of them matched.
    pub files: &'a [AttributeFile],
    /// What to do, where it was worked out.
    pub decisions: Option<&'a Decisions>,
}

/// The forecasts and the models behind them.
#[derive(Clone, Copy, Debug)]
pub struct ForecastInput<'a> {
    /// One forecast per customer known at the as-of date.
    pub customers: &'a [CustomerForecast],
    /// Models, data check and, where one was run, the backtest.
    pub models: &'a ModelsReport,
    /// The models behind the heat maps.
    pub btyd: &'a Btyd,
}

/// The whole report as one HTML file, at most 2 MB.
pub fn report_html(input: &ReportInput<'_>) -> String {
    let context = Context::new(input);
    let sections = [
        Some(growth::section(&context)),
        Some(newcomers::section(&context)),
        Some(newcomers::first_products(&context)),
        Some(cohorts::section(&context)),
        Some(concentration::section(&context)),
        people::section(&context),
        Some(products::section(&context)),
        margins::section(&context),
        Some(countries::section(&context)),
        Some(forecast::section(&context)),
        Some(attention::section(&context)),
        Some(bridge::section(&context)),
        unlocks::section(&context),
        Some(appendix::section(&context)),
    ];
    let sections = sections.into_iter().flatten().collect();
    let page = Page {
        title: cover::window_title(&context),
        cover: cover::cover(&context),
        sections,
        footer: cover::footer(&context),
    };
    page.self_contained()
}

/// The three things to know, as the report's first page and the last screen tell them.
pub fn three_things(input: &ReportInput<'_>) -> [Finding; 3] {
    findings::three(&Context::new(input))
}

/// The last screen of a run.
pub fn last_screen(input: &ReportInput<'_>) -> Screen {
    screen::screen(&Context::new(input))
}

/// Why there is no forecast where there are sales, and none names a customer.
const NOBODY: &str = "no sale names a customer, so nothing can be forecast";

/// The input with what all sections share.
#[derive(Clone, Copy, Debug)]
struct Context<'a> {
    input: &'a ReportInput<'a>,
    answers: &'a Answers,
    imports: &'a [ImportReport],
    currency: Currency<'a>,
}

impl<'a> Context<'a> {
    fn new(input: &'a ReportInput<'a>) -> Self {
        let currency = Currency::new(input.currency);
        Self { input, answers: input.answers, imports: input.imports, currency }
    }

    /// Whether some customers are named by their e-mail address.
    fn names_addresses(&self) -> bool {
        let customers = &self.input.catalog.customers;
        self.imports.iter().any(|import| import.joined_by_email.customers > 0)
            || self.answers.customers.iter().any(|row| customers.text(row.customer).contains('@'))
    }

    /// The forecasts, or why there are none.
    fn forecast(&self) -> Result<&'a ForecastInput<'a>, &'a str> {
        let nobody = self.answers.totals.customers == 0 && self.answers.totals.orders > 0;
        self.input.forecast.as_ref().map_err(|reason| if nobody { NOBODY } else { *reason })
    }
}

/// Stock code and description as one name: `REGENCY CAKESTAND 3 TIER (22423)`; once where both are the same.
fn product_name(product: &ProductRef) -> String {
    named(product, usize::MAX)
}

/// The same for a chart's axis: the description cut where it is long.
fn short_name(product: &ProductRef) -> String {
    named(product, 26)
}

fn named(product: &ProductRef, longest: usize) -> String {
    let words = product.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = product.sku.split_whitespace().collect::<Vec<_>>().join(" ");
    let same = words.to_lowercase() == code.to_lowercase();
    let described = if words.is_empty() { product.sku.clone() } else { words };
    let name = if described.chars().count() > longest {
        let cut: String = described.chars().take(longest - 1).collect();
        format!("{}…", cut.trim_end())
    } else {
        described
    };
    if same || product.description.trim().is_empty() { name } else { format!("{name} ({})", product.sku) }
}
