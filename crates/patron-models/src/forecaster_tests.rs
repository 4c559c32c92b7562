//! Laws of every forecast, on small made-up shops and on CDNOW.

use patron_columns::{RollupSource, SalesTable};
use patron_domain::{CustomerDay, Day, Horizon, LineKind, Money, PurchaseRule, Segment, Suitability};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::test_data::{Lines, cdnow, day};
use crate::{
    BgNbd, CustomerForecast, FORMAT_VERSION, FittedForecaster, ForecastOptions, Forecaster, ForecasterName,
    ModelError, ModelsReport, ValueFact, backtest,
};

const FIRST: &str = "2020-01-01";

/// A shop whose customers buy as BG/NBD says, arriving over the first half of `span` days.
fn shop(customers: u32, span: i32) -> Vec<(String, &'static str, Day, f64)> {
    let model = BgNbd::new(0.8, 5.0, 0.5, 2.0).unwrap();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(21);
    let mut sales = Vec::new();
    for customer in 0..customers {
        let arrival = rng.random_range(0..span / 2);
        let weeks = f64::from(span - arrival) / 7.0;
        let count = model.sample(weeks, &mut rng).unwrap().frequency();
        let scale = 10.0 + 40.0 * rng.random::<f64>();
        let country = if customer % 4 == 0 { "France" } else { "Italy" };
        let mut when = vec![0];
        when.extend((0..count).map(|_| rng.random_range(1..=span - arrival)));
        for after in when {
            let value = scale * (0.5 + rng.random::<f64>());
            sales.push((format!("c{customer:04}"), country, day(FIRST).plus_days(arrival + after), value));
        }
    }
    sales
}

fn table(sales: &[(String, &'static str, Day, f64)]) -> SalesTable {
    let mut lines = Lines::default();
    for (number, (customer, country, day, value)) in sales.iter().enumerate() {
        let amount = Money::from_f64(*value).unwrap();
        let kind = if *value < 0.0 { LineKind::Return } else { LineKind::Sale };
        lines.add(customer, Some("sku"), &format!("o{number}"), country, day.start(), 1, amount, kind);
    }
    lines.table(PurchaseRule::NetPositive)
}

fn options(forecaster: ForecasterName) -> ForecastOptions {
    ForecastOptions { forecaster, horizon_days: Some(60), ..Default::default() }
}

fn check_laws(forecasts: &[CustomerForecast]) {
    for f in forecasts {
        let numbers = [
            f.p_alive,
            f.expected_purchases_3m,
            f.expected_value,
            f.clv_3m,
            f.clv_12m,
            f.clv_24m,
            f.predicted_clv.unwrap_or(0.0),
            f.formula_clv.unwrap_or(0.0),
        ];
        assert!(numbers.iter().all(|number| number.is_finite() && *number >= 0.0), "{f:?}");
        assert!(f.chance_to_buy_3m > 0.0 && f.chance_to_buy_3m < 1.0 && f.p_alive <= 1.0);
        assert!(f.clv_3m <= f.clv_12m && f.clv_12m <= f.clv_24m, "{f:?}");
        assert!(f.orders > 0);
        assert!(
            f.usual_spend_3m.is_none_or(|[low, high]| 0.0 < low && low <= high && high.is_finite()),
            "{f:?}"
        );
        let ranges = [f.clv_3m_range, f.clv_12m_range, f.clv_24m_range];
        let asked = f.predicted_clv_range.unwrap_or_default();
        for [low, high] in ranges.into_iter().chain([asked]) {
            assert!(0.0 <= low && low <= high && high.is_finite(), "{f:?}");
        }
        assert!((0..2).all(|end| ranges.windows(2).all(|pair| pair[0][end] <= pair[1][end])), "{f:?}");
        // somebody who is likely to buy has something to lose and something to gain
        let likely = f.chance_to_buy_3m >= 0.3 && f.clv_3m > 0.0;
        assert!(!likely || f.clv_3m_range[1] > f.clv_3m, "{f:?}");
        assert!(
            f.chance_reason.is_none_or(|reason| reason.effect >= 0.1 && reason.effect.is_finite()),
            "{f:?}"
        );
    }
}

#[test]
fn every_candidate_obeys_the_laws_and_survives_storage() {
    let table = table(&shop(250, 400));
    let as_of = day(FIRST).plus_days(330);
    for forecaster in ForecasterName::ALL {
        let fitted = Forecaster::fit(&table, as_of, &options(forecaster)).unwrap();
        let forecasts = fitted.forecast_all(&table, as_of, Some(60)).unwrap();
        check_laws(&forecasts);
        let stored = serde_json::to_string(&fitted).unwrap();
        let read: FittedForecaster = serde_json::from_str(&stored).unwrap();
        let again = read.forecast_all(&table, as_of, Some(60)).unwrap();
        for (one, other) in forecasts.iter().zip(&again) {
            assert!((one.clv_12m - other.clv_12m).abs() <= 1e-9 * one.clv_12m, "{forecaster}");
        }
        let newer = stored.replacen(&format!("\"version\":{FORMAT_VERSION}"), "\"version\":9", 1);
        assert!(
            serde_json::from_str::<FittedForecaster>(&newer).unwrap_err().to_string().contains("version 9")
        );
        let features = stored.find("\"features\"").unwrap();
        let fewer = stored[features..].replacen("\"Italy\",", "", 1);
        let damaged = serde_json::from_str::<FittedForecaster>(&format!("{}{fewer}", &stored[..features]));
        let learned = ["linear", "boosting", "boosting-btyd", "two-part", "two-part-log", "blend"];
        assert_eq!(damaged.is_err(), learned.contains(&forecaster.name()));
        let report = ModelsReport::new(&fitted, None);
        assert!(serde_json::to_string(&report).unwrap().contains("textbook"));
    }
}

#[test]
fn one_customer_alone_gets_what_the_batch_says() {
    let table = table(&shop(200, 400));
    let as_of = day(FIRST).plus_days(330);
    let fitted = Forecaster::fit(&table, as_of, &options(ForecasterName::Blend)).unwrap();
    let batch = fitted.forecast_all(&table, as_of, Some(60)).unwrap();
    let countries = &table.catalog().countries;
    let mut alone: Vec<CustomerForecast> = Vec::new();
    for customers in table.customer_days() {
        for customer in customers.unwrap().iter() {
            let country = countries.get(customer.country);
            alone.extend(fitted.forecast_customer(customer.days, country, as_of, Some(60)).unwrap());
        }
    }
    assert_eq!(alone.len(), batch.len());
    let mut other_segments = 0;
    for (one, many) in alone.iter().zip(&batch) {
        other_segments += usize::from(one.segment != many.segment);
        let same = CustomerForecast { customer: many.customer, segment: many.segment, ..one.clone() };
        assert_eq!(&same, many);
    }
    assert!(batch.iter().all(|forecast| forecast.usual_spend_3m.is_some()));
    assert!(batch.iter().filter(|forecast| forecast.chance_reason.is_some()).count() > batch.len() / 2);
    // segments of the batch break ties by id; alone there is only the bound
    assert!(other_segments <= batch.len() / 50, "{other_segments}");
    let highest = batch.iter().max_by(|a, b| a.clv_12m.total_cmp(&b.clv_12m)).unwrap();
    assert_eq!(highest.segment, Segment::A);
}

#[test]
fn the_future_cannot_reach_a_fit() {
    let sales = shop(250, 400);
    let as_of = day(FIRST).plus_days(300);
    let altered: Vec<_> = sales
        .iter()
        .enumerate()
        .filter(|(number, (.., day, _))| *day <= as_of || number % 3 > 0)
        .map(|(_, (customer, country, day, value))| {
            let factor = if *day <= as_of { 1.0 } else { -7.5 };
            (customer.clone(), *country, *day, value * factor)
        })
        .collect();
    assert!(altered.len() < sales.len());
    let (before, after) = (table(&sales), table(&altered));
    for forecaster in [ForecasterName::Blend, ForecasterName::Linear, ForecasterName::TwoPart] {
        let text = |table: &SalesTable| {
            serde_json::to_string(&Forecaster::fit(table, as_of, &options(forecaster)).unwrap()).unwrap()
        };
        assert_eq!(text(&before), text(&after), "{forecaster}");
    }
    // the backtest sees other outcomes, but makes the same forecast
    let end = as_of.plus_days(60);
    let [one, other] =
        [&before, &after].map(|table| backtest(table, end, &options(ForecasterName::Blend)).unwrap());
    assert_eq!(one.holdout.predicted_total.to_bits(), other.holdout.predicted_total.to_bits());
    assert_ne!(one.holdout.actual_total.to_bits(), other.holdout.actual_total.to_bits());
    assert_eq!(one.holdout.origin, as_of);
}

#[test]
fn the_future_cannot_reach_a_range_of_the_past() {
    let sales = shop(300, 600);
    let (changed, as_of) = (day(FIRST).plus_days(520), day(FIRST).plus_days(600));
    let altered: Vec<_> = sales
        .iter()
        .map(|(customer, country, day, value)| {
            let value = if *day <= changed { *value } else { 40.0 * value };
            (customer.clone(), *country, *day, value)
        })
        .collect();
    let options = options(ForecasterName::Btyd);
    let totals = |sales: &[_]| {
        let table = table(sales);
        let fitted = Forecaster::fit(&table, as_of, &options).unwrap();
        ModelsReport::new(&fitted, Some(backtest(&table, as_of, &options).unwrap())).totals
    };
    let (before, after) = (totals(&sales), totals(&altered));
    let horizons: Vec<Horizon> = before.iter().map(|total| total.horizon).collect();
    assert_eq!(horizons, [Horizon::Days(60), Horizon::Months(3)]);
    let (mut untouched, mut known, mut others) = (0, 0, 0);
    for (one, other) in before.iter().zip(&after) {
        assert_eq!(one.record.len(), other.record.len());
        assert_ne!((one.low, one.high), (other.low, other.high));
        for (one, other) in one.record.iter().zip(&other.record) {
            if one.end <= changed {
                assert_eq!(one, other);
                untouched += 1;
            } else if one.origin <= changed {
                assert_eq!((one.expected, one.low, one.high), (other.expected, other.low, other.high));
                assert_ne!(one.came, other.came);
                known += 1;
            } else {
                assert_ne!(one.expected, other.expected);
                others += 1;
            }
        }
    }
    assert!(untouched > 2 && known > 2 && others > 0, "{untouched} {known} {others}");
}

#[test]
fn the_same_fit_at_any_number_of_threads() {
    let table = table(&shop(200, 400));
    let as_of = day(FIRST).plus_days(330);
    let fit = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fit = || {
            let options = options(ForecasterName::Blend);
            let fitted = Forecaster::fit(&table, as_of, &options).unwrap();
            let report = ModelsReport::new(&fitted, Some(backtest(&table, as_of, &options).unwrap()));
            assert_eq!(report.totals.len(), 2);
            (fitted, report)
        };
        serde_json::to_string(&pool.install(fit)).unwrap()
    };
    assert_eq!(fit(1), fit(3));
}

#[test]
fn shops_too_small_for_a_model_get_the_simplest_forecast_or_a_clear_refusal() {
    let sale = |customer: &str, after: i32, value: f64| {
        (customer.to_owned(), "Italy", day(FIRST).plus_days(after), value)
    };
    let as_of = day(FIRST).plus_days(40);
    let blend = options(ForecasterName::Blend);

    let one = table(&[sale("a", 0, 10.0), sale("a", 20, 30.0)]);
    let fitted = Forecaster::fit(&one, as_of, &blend).unwrap();
    let forecasts = fitted.forecast_all(&one, as_of, Some(60)).unwrap();
    check_laws(&forecasts);
    assert!(forecasts[0].clv_3m > 0.0 && forecasts[0].grade_3m == Suitability::No);
    assert_eq!(fitted.btyd().stand_ins.len(), 2);
    assert!(fitted.data_check().horizons[0].reasons[0].contains("41 days of history are too few"));
    assert!(fitted.textbook().clv.is_none() && forecasts[0].formula_clv.is_none());

    let equal: Vec<_> =
        (0..40).flat_map(|c| [0, 10, 20, 30].map(|d| sale(&format!("c{c}"), d, 5.0))).collect();
    let equal = table(&equal);
    let fitted = Forecaster::fit(&equal, as_of, &blend).unwrap();
    let forecasts = fitted.forecast_all(&equal, as_of, Some(60)).unwrap();
    check_laws(&forecasts);
    assert!(forecasts.iter().all(|f| f.clv_3m == forecasts[0].clv_3m));

    let returned = table(&[sale("a", 0, 10.0), sale("b", 1, 10.0), sale("b", 2, -10.0), sale("a", 5, -30.0)]);
    check_laws(
        &Forecaster::fit(&returned, as_of, &blend).unwrap().forecast_all(&returned, as_of, None).unwrap(),
    );

    let refused = |table: &SalesTable, as_of: Day, forecaster| {
        Forecaster::fit(table, as_of, &options(forecaster)).unwrap_err()
    };
    assert!(matches!(refused(&one, day(FIRST), ForecasterName::Blend), ModelError::OnePurchaseDay { .. }));
    assert!(matches!(
        refused(&one, day(FIRST).plus_days(-1), ForecasterName::Blend),
        ModelError::NoPurchases { .. }
    ));
    assert!(matches!(refused(&one, as_of, ForecasterName::Boosting), ModelError::TooShortToLearn { .. }));
    assert!(matches!(backtest(&one, as_of, &blend), Err(ModelError::TooShortToTest { .. })));
    let wrong = ForecastOptions { margin: Some(1.5), ..blend.clone() };
    assert!(matches!(Forecaster::fit(&one, as_of, &wrong), Err(ModelError::BadParameter { .. })));
    assert!("blendd".parse::<ForecasterName>().unwrap_err().to_string().contains("spend-over-span"));
}

#[test]
fn a_customer_without_purchases_has_no_forecast() {
    let table = table(&shop(100, 300));
    let fitted = Forecaster::fit(&table, day(FIRST).plus_days(200), &options(ForecasterName::Btyd)).unwrap();
    let none: &[CustomerDay] = &[];
    assert!(fitted.forecast_customer(none, None, day(FIRST), None).unwrap().is_none());
}

#[test]
fn a_horizon_longer_than_the_history_is_at_best_rough() {
    let table = table(&shop(2_000, 700));
    let fitted = Forecaster::fit(&table, day(FIRST).plus_days(600), &options(ForecasterName::Btyd)).unwrap();
    let grades: Vec<Suitability> = fitted.data_check().horizons.iter().map(|check| check.grade).collect();
    assert_eq!(grades, [Suitability::Yes, Suitability::Yes, Suitability::Rough, Suitability::Yes]);
    assert!(fitted.data_check().horizons[2].reasons[0].contains("longer than"));
}

#[test] // the parameters that models.json has to show
fn cdnow_through_the_forecaster() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let as_of = day("1997-09-30");
    let fitted = Forecaster::fit(&table, as_of, &ForecastOptions::default()).unwrap();
    let report = ModelsReport::new(&fitted, None);
    let bg_nbd = report.bg_nbd.unwrap();
    assert!((bg_nbd.report.ln_likelihood + 9582.4292).abs() < 1e-4);
    assert!((report.gamma_gamma.unwrap().report.ln_likelihood + 4055.9177).abs() < 1e-4);
    let forecasts = fitted.forecast_all(&table, as_of, None).unwrap();
    assert_eq!(forecasts.len(), 2_357);
    check_laws(&forecasts);
    let map = fitted.btyd().p_alive_map(270, 12, 18);
    assert_eq!((map.cells.len(), map.cells[0].len()), (13, 19));
    assert_eq!(map.cells[0][0], Some(1.0));
    assert!(map.cells[12][18] > map.cells[12][3] && map.cells[3][0].is_none());
    let expected = fitted.btyd().expected_purchases_map(270, 12, 18, 91).unwrap();
    assert!(expected.cells[12][18] > expected.cells[3][18]);
}

#[test]
fn a_shop_that_goes_on_after_the_fit_is_forecast_customer_by_customer() {
    let sales = shop(300, 420);
    let fitted = Forecaster::fit(&table(&sales), day(FIRST).plus_days(420), &options(ForecasterName::Blend));
    let fitted = fitted.unwrap();
    let before = fitted.forecast_live(&table(&sales), Some(60)).unwrap();
    assert_eq!(before, fitted.forecast_all(&table(&sales), fitted.as_of(), Some(60)).unwrap());

    // one who was there buys again, one who was not buys for the first time, both after the fit
    let mut later = sales.clone();
    let (known, again, first) =
        (sales[0].0.clone(), fitted.as_of().plus_days(40), fitted.as_of().plus_days(90));
    later.push((known.clone(), "France", again, 25.0));
    later.push(("newcomer".to_owned(), "Italy", first, 35.0));
    let source = table(&later);
    let after = fitted.forecast_live(&source, Some(60)).unwrap();
    assert_eq!(after.len(), before.len() + 1);
    check_laws(&after);
    let names = &RollupSource::catalog(&source).customers;
    let mut changed = 0;
    for batch in source.customer_days() {
        for customer in batch.unwrap().iter() {
            let as_of = customer.days.last().unwrap().day.max(fitted.as_of());
            let country = RollupSource::catalog(&source).countries.get(customer.country);
            let alone = fitted.forecast_customer(customer.days, country, as_of, Some(60)).unwrap().unwrap();
            let place = after.binary_search_by_key(&Some(customer.customer), |row| row.customer).unwrap();
            let (row, segment) = (&after[place], alone.segment);
            assert_eq!(CustomerForecast { customer: None, segment, ..row.clone() }, alone);
            let same =
                before.iter().any(|old| CustomerForecast { segment: row.segment, ..old.clone() } == *row);
            let name = names.text(customer.customer);
            assert_eq!(same, name != known && name != "newcomer", "{name}");
            changed += usize::from(!same);
        }
    }
    assert_eq!(changed, 2);
}

#[test]
fn reasons_are_factors_of_the_value_and_what_it_would_be_without_a_fact() {
    let mut sales = shop(300, 420);
    let (customer, country) = (sales[0].0.clone(), sales[0].1);
    sales.push((customer.clone(), country, day(FIRST).plus_days(300), 60.0));
    sales.push((customer.clone(), country, day(FIRST).plus_days(310), -15.0));
    let source = table(&sales);
    let as_of = day(FIRST).plus_days(420);
    let fitted = Forecaster::fit(&source, as_of, &options(ForecasterName::Blend)).unwrap();
    let code = RollupSource::catalog(&source).customers.iter().position(|name| name == customer).unwrap();
    let batches: Vec<_> = source.customer_days().map(Result::unwrap).collect();
    let own =
        batches.iter().flat_map(|batch| batch.iter()).find(|one| one.customer as usize == code).unwrap();
    let days = own.days.to_vec();
    let year = Horizon::Months(12);
    let value = |days: &[CustomerDay], country, as_of| {
        let forecast = fitted.forecast_customer(days, country, as_of, None).unwrap();
        forecast.map(|forecast| forecast.value_in(year))
    };
    let reasons = fitted.value_reasons(&days, Some(country), as_of, year).unwrap().unwrap();
    assert_eq!(Some(reasons.value), value(&days, Some(country), as_of));
    let factors = reasons.factors;
    let product = factors.p_alive * factors.purchases_if_alive * factors.value_of_purchase;
    assert!((product * factors.correction.unwrap() - reasons.value).abs() < 1e-9 * reasons.value);
    let changes: Vec<f64> = reasons.without.iter().map(|one| (one.value - reasons.value).abs()).collect();
    assert!(changes.is_sorted_by(|a, b| a >= b), "{changes:?}");

    let last = days.iter().rposition(|day| day.sales > day.returns).unwrap();
    let (mut kinds, last_day) = (0, days[last].day);
    for one in &reasons.without {
        let expected = match one.fact {
            ValueFact::LastPurchase { day, .. } => {
                assert_eq!(day, last_day);
                let mut rest = days.clone();
                rest.remove(last);
                value(&rest, Some(country), as_of)
            }
            ValueFact::Returns { amount } => {
                assert_eq!(amount, "15".parse().unwrap());
                let keep = |day: &CustomerDay| CustomerDay { returns: Money::ZERO, ..*day };
                value(&days.iter().map(keep).collect::<Vec<_>>(), Some(country), as_of)
            }
            ValueFact::Silence { days: silence } => {
                assert_eq!(as_of.days_since(last_day), silence as i32);
                value(&days, Some(country), last_day)
            }
            ValueFact::Country => value(&days, None, as_of),
            ValueFact::SpendLevel { own, shop } => {
                let scaled = |amount: Money| Money::from_f64(amount.to_f64() * (shop / own)).unwrap();
                let one = |day: &CustomerDay| CustomerDay {
                    sales: scaled(day.sales),
                    returns: scaled(day.returns),
                    ..*day
                };
                value(&days.iter().map(one).collect::<Vec<_>>(), Some(country), as_of)
            }
        };
        assert_eq!(Some(one.value), expected, "{:?}", one.fact);
        kinds += 1;
    }
    assert_eq!(kinds, 5, "{:?}", reasons.without);
    // what happened after the as-of date is no reason, nor are returns where there are none
    let earlier =
        fitted.value_reasons(&days, Some(country), day(FIRST).plus_days(305), year).unwrap().unwrap();
    assert!(!earlier.without.iter().any(|one| matches!(one.fact, ValueFact::Returns { .. })));
    assert_eq!(fitted.value_reasons(&days, None, day("2019-12-31"), year).unwrap(), None);
}

#[test]
fn features_are_as_many_as_their_names() {
    for span in [80, 200, 420, 900] {
        let source = table(&shop(120, span));
        let fitted = Forecaster::fit(&source, day(FIRST).plus_days(span), &Default::default()).unwrap();
        assert_eq!(fitted.features.names().len(), fitted.features.columns(), "{span}");
    }
}
