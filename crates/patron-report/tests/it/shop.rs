//! Shops to report on: a generated one and a few bare ones.
#![expect(clippy::unwrap_used, reason = "a shop that cannot be made is a failed test")]

use patron_analytics::{AnalysisOptions, Answers, AttributeAnswers, analyse};
use patron_columns::{RollupSource, SalesTable, TableBuilder};
use patron_decisions::{DecideInput, DecideOptions, Decisions, decide};
use patron_domain::{
    Attributes, Day, FileFacts, ImportReport, LineKind, Money, NO_CODE, NewEntries, OrderEntry, Overview,
    ProductEntry, PurchaseRule, RuleAction, RuleCount, SaleBatch,
};
use patron_models::{
    Backtest, CustomerForecast, FittedForecaster, ForecastOptions, Forecaster, ModelsReport, backtest,
};
use patron_report::{AttributeFile, ForecastInput, ReportInput};

/// A shop with its answers and forecasts.
pub(crate) struct Shop {
    pub(crate) table: SalesTable,
    pub(crate) answers: Answers,
    pub(crate) imports: Vec<ImportReport>,
    pub(crate) as_of: Day,
    pub(crate) currency: Option<&'static str>,
    pub(crate) attributes: Option<AttributeAnswers>,
    pub(crate) files: Vec<AttributeFile>,
    pub(crate) decisions: Option<Decisions>,
    pub(crate) forecast: Result<(FittedForecaster, Vec<CustomerForecast>, ModelsReport), String>,
}

impl Shop {
    /// Four hundred customers over two years and a half who buy at rates of their own until they stop, 30 products
    /// and three countries, with a few returns and sales without a customer; always the same.
    pub(crate) fn generated(tested: bool) -> Self {
        let mut state = 7_u64;
        let mut draw = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (start, days): (Day, u64) = ("2022-01-01".parse().unwrap(), 912);
        let mut lines = Vec::new();
        for customer in 0..400 {
            let country = ["Germany", "France", "Austria"][(draw(10) / 5 + draw(2)) as usize];
            let (gap, stops) = (10 + draw(90), 5 + draw(25));
            let mut day = draw(days);
            while day < days {
                for _ in 0..=draw(3) {
                    let (product, units) = (draw(30).min(draw(30)), 1 + draw(4) as i64);
                    let cents = units * (300 + 70 * product as i64);
                    let known =
                        if draw(20) == 0 { String::new() } else { format!("{:05}", 1_000 + customer) };
                    lines.push(Line {
                        customer: known,
                        day: start.plus_days(day as i32),
                        product: format!("P{product:02}"),
                        units: units as i32,
                        amount: Money::from_ten_thousandths(cents * 100),
                        country,
                    });
                    if draw(25) == 0 {
                        let mut back = lines[lines.len() - 1].clone();
                        (back.units, back.amount) = (-back.units, -back.amount);
                        lines.push(back);
                    }
                }
                if draw(stops) == 0 {
                    break;
                }
                day += 1 + draw(2 * gap);
            }
        }
        Self::of(vec![batch(&lines)], tested, Some("EUR"))
    }

    /// Lines as (customer, day, product, units, amount); an empty text is an unknown customer or product.
    pub(crate) fn bare(lines: &[(&str, &str, &str, i32, &str)]) -> Self {
        let line = |(customer, day, product, units, amount): &(&str, &str, &str, i32, &str)| Line {
            customer: (*customer).to_owned(),
            day: day.parse().unwrap(),
            product: (*product).to_owned(),
            units: *units,
            amount: amount.parse().unwrap(),
            country: "",
        };
        let lines: Vec<Line> = lines.iter().map(line).collect();
        Self::of(vec![batch(&lines)], false, None)
    }

    fn of(batches: Vec<SaleBatch>, tested: bool, currency: Option<&'static str>) -> Self {
        let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
        batches.iter().for_each(|batch| builder.push(batch));
        let (table, _) = builder.finish();
        let as_of = table.span().map_or_else(|| "2024-01-01".parse().unwrap(), |span| span.last);
        let answers = analyse(&table, &AnalysisOptions::at(as_of)).unwrap();
        let options = ForecastOptions::default();
        let tested = tested.then(|| backtest(&table, as_of, &options).unwrap());
        let forecast = forecast(&table, as_of, &options, tested).map_err(|error| error.to_string());
        let imports = vec![import(&batches)];
        let (attributes, decisions, files) = (None, None, Vec::new());
        Self { table, answers, imports, as_of, currency, attributes, files, decisions, forecast }
    }

    /// The same with every decision made.
    pub(crate) fn decided(mut self, options: &DecideOptions) -> Self {
        let forecast = self.forecast.as_ref().ok();
        let input = DecideInput {
            source: &self.table,
            attributes: &Attributes::default(),
            as_of: self.as_of,
            forecasts: self.forecasts(),
            newcomers: forecast.map_or(&[], |(fitted, ..)| fitted.newcomers()),
            totals: forecast.map_or(&[], |(.., models)| &models.forecast_totals),
            consent: &[],
        };
        self.decisions = Some(decide(&input, &self.table, options).unwrap());
        self
    }

    /// Runs `use_it` on the report's input.
    pub(crate) fn with_input<T>(&self, use_it: impl FnOnce(&ReportInput<'_>) -> T) -> T {
        let forecast = match &self.forecast {
            Ok((fitted, customers, models)) => Ok(ForecastInput { customers, models, btyd: fitted.btyd() }),
            Err(reason) => Err(reason.as_str()),
        };
        use_it(&ReportInput {
            decisions: self.decisions.as_ref(),
            shop: None,
            currency: self.currency,
            demo: false,
            as_of: self.as_of,
            generated_on: "1 Jan 2025",
            imports: &self.imports,
            answers: &self.answers,
            catalog: self.table.catalog(),
            forecast,
            attributes: self.attributes.as_ref(),
            files: &self.files,
        })
    }

    pub(crate) fn forecasts(&self) -> &[CustomerForecast] {
        self.forecast.as_ref().map_or(&[], |(_, customers, _)| customers)
    }
}

fn forecast(
    table: &SalesTable,
    as_of: Day,
    options: &ForecastOptions,
    tested: Option<Backtest>,
) -> Result<(FittedForecaster, Vec<CustomerForecast>, ModelsReport), patron_models::ModelError> {
    let fitted = Forecaster::fit(table, as_of, options)?;
    let customers = fitted.forecast_all(table, as_of, None)?;
    let models = ModelsReport::new(&fitted, tested);
    Ok((fitted, customers, models))
}

#[derive(Clone)]
struct Line {
    customer: String,
    day: Day,
    product: String,
    units: i32,
    amount: Money,
    country: &'static str,
}

/// The lines as one batch; lines of one customer and day are one order.
fn batch(lines: &[Line]) -> SaleBatch {
    let mut batch = SaleBatch::default();
    let mut names: [Vec<String>; 4] = Default::default();
    let mut code = |of: usize, name: &str| {
        if name.is_empty() {
            return NO_CODE;
        }
        let known = names[of].iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            names[of].push(name.to_owned());
            names[of].len() - 1
        }) as u32
    };
    for (row, line) in lines.iter().enumerate() {
        batch.customer.push(code(0, &line.customer));
        batch.product.push(code(1, &line.product));
        batch.order.push(code(2, &format!("{}@{}", line.customer, line.day)));
        batch.country.push(code(3, line.country));
        batch.timestamp.push(line.day.start() + 43_200);
        batch.quantity.push(line.units);
        batch.unit_price.push(line.amount.abs());
        batch.discount.push(Money::ZERO);
        batch.amount.push(line.amount);
        batch.kind.push(if line.amount < Money::ZERO { LineKind::Return } else { LineKind::Sale });
        batch.line.push(row as u64 + 2);
    }
    let [customers, products, orders, countries] = names;
    batch.added = NewEntries {
        customers,
        products: products
            .into_iter()
            .map(|sku| ProductEntry { description: format!("Product {sku}"), sku })
            .collect(),
        orders: orders.into_iter().map(|number| OrderEntry { number, ..Default::default() }).collect(),
        countries,
    };
    batch
}

/// The report of an import that set two further lines aside.
fn import(batches: &[SaleBatch]) -> ImportReport {
    let lines = |kinds: &[LineKind]| -> Money {
        let all = batches.iter().flat_map(|batch| batch.kind.iter().zip(&batch.amount));
        all.filter(|(kind, _)| kinds.contains(kind)).map(|(_, amount)| *amount).sum()
    };
    let (sales, returns) = (lines(&[LineKind::Sale]), lines(&[LineKind::Return]));
    let services = lines(&[LineKind::Service]);
    let after = sales + returns + services;
    let aside: Money = "-12.345".parse().unwrap();
    let accepted: u64 = batches.iter().map(|batch| batch.len() as u64).sum();
    let rule = |rule: &str, action, lines, amount| RuleCount {
        rule: rule.to_owned(),
        action,
        meaning: "A rule.".to_owned(),
        lines,
        amount,
        discount: Money::ZERO,
    };
    ImportReport {
        file: FileFacts { name: "sales.csv".to_owned(), ..FileFacts::default() },
        mapping: Vec::new(),
        dates: "year-month-day".to_owned(),
        profile: "retail".to_owned(),
        settings_sha256: String::new(),
        purchase_rule: PurchaseRule::NetPositive,
        lines_read: accepted + 2,
        lines_accepted: accepted,
        lines_quarantined: 2,
        rules: vec![
            rule("price-not-positive", RuleAction::Reject, 2, aside),
            rule("service", RuleAction::Flag, 0, services),
        ],
        known_customer_amount: Money::ZERO,
        sales_amount: sales,
        returns_amount: returns,
        services_amount: services,
        derived_orders: false,
        before: Overview { lines: accepted + 2, amount: after + aside, ..Overview::default() },
        after: Overview { lines: accepted, amount: after, ..Overview::default() },
        ..ImportReport::default()
    }
}
