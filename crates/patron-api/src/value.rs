//! What one customer is worth: `/customers/{id}/value` and `/customers/by-external-id/{external_id}/value`.

mod reasons;

use std::str::FromStr;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use patron_domain::{Day, Horizon, Suitability};
use patron_models::{CustomerForecast, DataCheck, DiscountRate, MarginShares, PurchaseMargin};
use patron_pipeline::purchase_margin;
use patron_store::{CustomerDays, CustomerId, CustomerRecord, Reading, Scope, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accept::form;
use crate::access::Caller;
use crate::database::Database;
use crate::live::{Live, Serving};
use crate::parameters::Parameters;
use crate::rows::amount;
use crate::work::json;
use crate::{ApiError, time};
use reasons::Reasons;

/// Days a horizon or an as-of date may lie ahead.
const FARTHEST_DAYS: u32 = 3660;
/// Months an as-of date may lie back, seen from the fit.
const FARTHEST_MONTHS_BACK: u32 = 1200;

/// What one customer is expected to do.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerValue {
    /// The customer's number in the database.
    #[schema(example = 17)]
    id: i64,
    /// The shop's own id of the customer; absent where it is an e-mail address and the scope `personal` is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, example = "12346")]
    external_id: Option<String>,
    /// The day up to which the forecast has seen.
    #[schema(value_type = String, format = Date, example = "2011-12-09")]
    as_of: String,
    /// When it was computed, in UTC.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
    computed_at: String,
    /// The model run that answers.
    #[schema(example = 1)]
    model_id: i64,
    /// The horizon of `value`.
    #[schema(example = "12m")]
    horizon: String,
    /// Its last day.
    #[schema(value_type = String, format = Date, example = "2012-12-09")]
    until: String,
    /// Whether the data are enough for that horizon: `yes`, `rough` (not tested on the past) or `no` (do not use it).
    #[schema(example = "yes", pattern = "^(yes|rough|no)$")]
    grade: String,
    /// Net revenue expected in the horizon, undiscounted.
    #[schema(example = "412.75")]
    value: String,
    /// Low end of what is spent in the horizon: 5 in 100 such customers spend less; 0 for most.
    #[schema(example = "0")]
    value_low: String,
    /// High end: 5 in 100 such customers spend more; 0 where fewer than 5 in 100 spend anything.
    #[schema(example = "1290.4")]
    value_high: String,
    /// Margin expected in the horizon, discounted to the as-of date at the model's rate; absent where no margin is known,
    /// for a horizon in days, and until the first answers have been computed.
    #[schema(example = "131.2")]
    margin: Option<String>,
    /// Chance of at least one purchase in the 3 calendar months after the as-of date, calibrated on earlier dates.
    #[schema(example = 0.62)]
    chance_to_buy_3m: f64,
    /// Probability of not having dropped out for good, under `p_alive_model`.
    #[schema(example = 0.91)]
    p_alive: f64,
    /// The model that `p_alive` comes from: `BG/NBD`, or `stand-in` where there is too little to fit it to.
    #[schema(example = "BG/NBD")]
    p_alive_model: String,
    /// Purchase days expected in the 3 calendar months after the as-of date.
    #[schema(example = 1.4)]
    expected_purchases_3m: f64,
    /// Expected net value of one purchase.
    #[schema(example = "118.2")]
    expected_value: String,
    /// What is usually spent in these 3 months by those who buy at all; absent where that is not known.
    usual_spend_3m: Option<UsualSpend>,
    /// Orders up to the as-of date.
    #[schema(example = 7)]
    orders: u64,
    /// Day of the last purchase.
    #[schema(value_type = String, format = Date, example = "2011-11-30")]
    last_purchase: String,
    /// Net revenue up to the as-of date, returns taken off; below zero where more was brought back than bought.
    #[schema(example = "1310.20")]
    spent_to_date: String,
    /// Quarter of the customers by expected value in 12 months: A is the highest, D the lowest.
    #[schema(example = "A", pattern = "^[ABCD]$")]
    segment: String,
    /// Textbook formula: spent to date ÷ churn rate × margin; absent where nobody churns.
    formula_clv: Option<String>,
    /// What moved the value and the chance to buy; only with `include=reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = Reasons)]
    reasons: Option<Reasons>,
}

/// Two amounts; on earlier dates 8 in 10 such customers lay between them.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsualSpend {
    /// The low end.
    #[schema(example = "80.5")]
    low: String,
    /// The high end.
    #[schema(example = "310")]
    high: String,
}

/// What one customer is worth
///
/// Computed from that customer's own days in the database when it is asked for: a sale that was posted, changed or
/// deleted counts at once. Without `as_of` it sees up to the later of the day the model has seen and the customer's last
/// day.
#[utoipa::path(get, path = "/api/v1/customers/{id}/value", tag = "Forecasts", operation_id = "customerValue",
    params(
        ("id" = i64, Path, description = "The customer's number in the database.", example = 17, minimum = 1),
        ("horizon" = Option<String>, Query, description = "How far `value` looks: `3m`, `12m` (where nothing is said), `24m`, or a number of days such as `90d`.", example = "12m", pattern = "^(3m|12m|24m|([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|36[0-5][0-9]|3660)d)$"),
        ("as_of" = Option<String>, Query, description = "The day up to which the forecast sees; what was sold later is not looked at.", format = Date),
        ("include" = Option<String>, Query, description = "`reasons` adds what moved the value and the chance to buy.", pattern = "^reasons$"),
    ),
    responses(
        (status = 200, description = "The value", body = CustomerValue),
        (status = 404, description = "No such customer, no purchase by then, or no forecast for this shop", body = crate::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn value(
    request: HttpRequest,
    id: web::Path<String>,
    caller: Caller,
    live: web::Data<Live>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    let number = id.parse::<i64>();
    let (serving, asked) = asked(&request, &live, &database, |reading| {
        number.as_ref().map_or(Ok(None), |number| reading.get::<CustomerRecord>(CustomerId(*number)))
    })?;
    let Ok(number) = number else { return Err(ApiError::UnknownCustomer(id.into_inner())) };
    let found = database.look(|reading| {
        let Some(customer) = reading.get::<CustomerRecord>(CustomerId(number))? else { return Ok(None) };
        Ok(Some((customer, reading.customer_days(CustomerId(number))?)))
    })?;
    let (customer, days) = found.ok_or_else(|| ApiError::UnknownCustomer(id.into_inner()))?;
    json(&told(customer, &days, &caller, &serving, &asked, &Shop::of(&live, &database))?)
}

/// What one customer is worth, by the shop's own id
///
/// The same as by the number.
#[utoipa::path(get, path = "/api/v1/customers/by-external-id/{external_id}/value", tag = "Forecasts", operation_id = "customerValueByExternalId",
    params(
        ("external_id" = String, Path, description = "The customer's id as the shop has it, percent-encoded.", example = "12346"),
        ("horizon" = Option<String>, Query, description = "How far `value` looks: `3m`, `12m` (where nothing is said), `24m`, or a number of days such as `90d`.", example = "12m", pattern = "^(3m|12m|24m|([1-9][0-9]{0,2}|[12][0-9]{3}|3[0-5][0-9]{2}|36[0-5][0-9]|3660)d)$"),
        ("as_of" = Option<String>, Query, description = "The day up to which the forecast sees; what was sold later is not looked at.", format = Date),
        ("include" = Option<String>, Query, description = "`reasons` adds what moved the value and the chance to buy.", pattern = "^reasons$"),
    ),
    responses(
        (status = 200, description = "The value", body = CustomerValue),
        (status = 404, description = "No such customer, no purchase by then, or no forecast for this shop", body = crate::Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn value_by_external_id(
    request: HttpRequest,
    external_id: web::Path<String>,
    caller: Caller,
    live: web::Data<Live>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    let (serving, asked) =
        asked(&request, &live, &database, |reading| reading.get_by_key::<CustomerRecord>(&external_id))?;
    let found = database.look(|reading| {
        let Some(customer) = reading.get_by_key::<CustomerRecord>(&external_id)? else { return Ok(None) };
        let days = reading.customer_days(customer.id)?;
        Ok(Some((customer, days)))
    })?;
    let (customer, days) = found.ok_or_else(|| ApiError::UnknownCustomer(external_id.into_inner()))?;
    json(&told(customer, &days, &caller, &serving, &asked, &Shop::of(&live, &database))?)
}

/// The forecaster that answers, and what is asked of it. A shop without sales has just got its first where the `customer`
/// has bought something: it is looked at soon.
fn asked(
    request: &HttpRequest,
    live: &Live,
    database: &Database,
    customer: impl FnOnce(&mut Reading<'_>) -> Result<Option<CustomerRecord>, StoreError>,
) -> Result<(Arc<Serving>, Asked), ApiError> {
    form(request, false)?;
    let has_bought = |reading: &mut Reading<'_>| match customer(reading)? {
        Some(customer) => Ok(!reading.customer_days(customer.id)?.days.is_empty()),
        None => Ok(false),
    };
    let serving = match live.serving() {
        Err(ApiError::NoSales) if database.look(has_bought)? => {
            live.renew();
            return Err(ApiError::NotReady { step: "Looking at the first sales".to_owned() });
        }
        serving => serving?,
    };
    let asked = Asked::of(request, serving.fitted.as_of(), Day::from(database.now().date()))?;
    Ok((serving, asked))
}

/// What the answers about the whole shop add to those about one customer.
struct Shop<'a> {
    database: &'a Database,
    margins: Option<MarginShares>,
}

impl<'a> Shop<'a> {
    fn of(live: &Live, database: &'a Database) -> Self {
        Self { database, margins: live.shop().ok().and_then(|shop| shop.margins) }
    }

    /// Margin in one of the standard horizons, from what the customer's purchases up to `as_of` cost.
    fn margin(
        &self,
        customer: CustomerId,
        as_of: Day,
        forecast: &CustomerForecast,
        rate: DiscountRate,
        horizon: Horizon,
    ) -> Result<Option<f64>, ApiError> {
        let place = Horizon::STANDARD.iter().position(|standard| *standard == horizon);
        let Some((shares, place)) = self.margins.zip(place) else { return Ok(None) };
        let days = self.database.look(|reading| reading.cost_days(customer, as_of))?;
        let days: Vec<PurchaseMargin> = days.into_iter().map(purchase_margin).collect();
        Ok(forecast.margin(shares.of(&days), rate).get(place).copied())
    }
}

fn told(
    customer: CustomerRecord,
    CustomerDays { days, country }: &CustomerDays,
    caller: &Caller,
    serving: &Serving,
    asked: &Asked,
    shop: &Shop<'_>,
) -> Result<CustomerValue, ApiError> {
    let fitted = &serving.fitted;
    let seen = days.last().map_or(fitted.as_of(), |last| last.day.max(fitted.as_of()));
    let as_of = asked.as_of.unwrap_or(seen);
    let horizon = asked.horizon.0;
    let horizon_days = match horizon {
        Horizon::Days(days) => Some(days),
        Horizon::Months(_) => None,
    };
    let forecast = fitted.forecast_customer(days, country.as_deref(), as_of, horizon_days)?;
    let is_shown = !customer.external_id.contains('@') || caller.may(Scope::Personal);
    let external_id = Some(customer.external_id).filter(|_| is_shown);
    let Some(forecast) = forecast else {
        let customer = external_id.unwrap_or_else(|| customer.id.0.to_string());
        return Err(ApiError::NoPurchase { customer, as_of });
    };
    let reasons = if asked.reasons {
        let of_value = fitted.value_reasons(days, country.as_deref(), as_of, horizon)?;
        Some(Reasons::of(of_value.as_ref(), &forecast, as_of, horizon))
    } else {
        None
    };
    let [low, high] = forecast.range_in(horizon);
    let margin = shop.margin(customer.id, as_of, &forecast, fitted.options().discount_rate, horizon)?;
    Ok(CustomerValue {
        id: customer.id.0,
        external_id,
        as_of: as_of.to_string(),
        computed_at: time(shop.database.now()),
        model_id: serving.id.0,
        horizon: horizon.to_string(),
        until: horizon.end(as_of).to_string(),
        grade: grade(fitted.data_check(), horizon, as_of).to_string(),
        value: amount(forecast.value_in(horizon)),
        value_low: amount(low),
        value_high: amount(high),
        margin: margin.map(amount),
        chance_to_buy_3m: forecast.chance_to_buy_3m,
        p_alive: forecast.p_alive,
        p_alive_model: forecast.p_alive_model.name().to_owned(),
        expected_purchases_3m: forecast.expected_purchases_3m,
        expected_value: amount(forecast.expected_value),
        usual_spend_3m: forecast
            .usual_spend_3m
            .map(|[low, high]| UsualSpend { low: amount(low), high: amount(high) }),
        orders: forecast.orders,
        last_purchase: forecast.last_purchase.to_string(),
        spent_to_date: forecast.spent_to_date.to_string(),
        segment: forecast.segment.to_string(),
        formula_clv: forecast.formula_clv.map(amount),
        reasons,
    })
}

/// How far the data carry a horizon. Of days that the fit was not asked for, it is that of the shortest of the three
/// standard horizons that holds them; days beyond all three have none.
fn grade(check: &DataCheck, horizon: Horizon, as_of: Day) -> Suitability {
    if check.horizons.iter().any(|known| known.horizon == horizon) {
        return check.grade(horizon);
    }
    let holds = |standard: &Horizon| standard.days(as_of) >= horizon.days(as_of);
    let standard = Horizon::STANDARD.into_iter().find(holds);
    standard.map_or(Suitability::No, |standard| check.grade(standard))
}

/// The parameters.
struct Asked {
    horizon: AskedHorizon,
    as_of: Option<Day>,
    reasons: bool,
}

impl Asked {
    fn of(request: &HttpRequest, fitted: Day, today: Day) -> Result<Self, ApiError> {
        let mut parameters = Parameters::of(request);
        let horizon = parameters.value("horizon").unwrap_or(AskedHorizon(Horizon::Months(12)));
        let as_of = parameters.value::<Day>("as_of");
        let last = fitted.max(today).plus_days(FARTHEST_DAYS as i32);
        let first = fitted.minus_months(FARTHEST_MONTHS_BACK);
        if let Some(day) = as_of.filter(|day| !(first..=last).contains(day)) {
            parameters.wrong(
                "as_of",
                format!("{day} is too far from this shop's days; write one from {first} to {last}"),
            );
        }
        let include = parameters.text("include");
        if let Some(other) = include.as_deref().filter(|include| *include != "reasons") {
            parameters.wrong("include", format!("'{other}' cannot be included; there is: reasons"));
        }
        parameters.finish()?;
        Ok(Self { horizon, as_of, reasons: include.is_some() })
    }
}

/// A horizon as a request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AskedHorizon(Horizon);

impl FromStr for AskedHorizon {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(standard) = Horizon::STANDARD.into_iter().find(|horizon| horizon.to_string() == text) {
            return Ok(Self(standard));
        }
        let digits = text.strip_suffix('d').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let days = digits.and_then(|digits| digits.parse().ok());
        match days.filter(|days| (1..=FARTHEST_DAYS).contains(days)) {
            Some(days) => Ok(Self(Horizon::Days(days))),
            None => Err(format!(
                "'{text}' is no horizon; write 3m, 12m, 24m or a number of days from 1d to {FARTHEST_DAYS}d"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use patron_models::HorizonCheck;

    use super::*;

    #[test]
    fn days_are_graded_as_the_standard_horizon_that_holds_them() {
        let as_of: Day = "2011-12-09".parse().unwrap();
        let one = |(horizon, grade): (Horizon, Suitability)| HorizonCheck {
            horizon,
            days: horizon.days(as_of),
            grade,
            reasons: Vec::new(),
        };
        let [months_3, months_12, months_24] = Horizon::STANDARD;
        let grades =
            [(months_3, Suitability::Yes), (months_12, Suitability::Rough), (months_24, Suitability::No)];
        let asked = (Horizon::Days(40), Suitability::Rough);
        let check = DataCheck {
            as_of,
            history_days: 700,
            customers: 9,
            with_two_purchases: 0.5,
            with_three_purchases: 0.4,
            days_since_last_purchase: 0,
            horizons: grades.into_iter().chain([asked]).map(one).collect(),
        };
        let given = |horizon| grade(&check, horizon, as_of);
        assert_eq!(given(months_12), Suitability::Rough);
        assert_eq!(given(Horizon::Days(40)), Suitability::Rough, "the fit was asked for it");
        assert_eq!(
            (given(Horizon::Days(91)), given(Horizon::Days(92))),
            (Suitability::Yes, Suitability::Rough)
        );
        assert_eq!(
            (given(Horizon::Days(500)), given(Horizon::Days(3660))),
            (Suitability::No, Suitability::No)
        );
    }

    #[test]
    fn horizons_are_three_numbers_of_months_or_days() {
        let read = |text: &str| text.parse::<AskedHorizon>().ok().map(|asked| asked.0);
        assert_eq!(read("3m"), Some(Horizon::Months(3)));
        assert_eq!(read("24m"), Some(Horizon::Months(24)));
        assert_eq!(read("90d"), Some(Horizon::Days(90)));
        for none in ["", "5m", "0d", "3661d", "-1d", "+5d", "90", "d", "12M", "99999999999d"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
