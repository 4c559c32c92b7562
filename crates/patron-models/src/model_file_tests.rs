//! Model files: what is written comes back, and what no fit makes is refused.

use patron_domain::PurchaseRule;
use serde_json::{Value, json};

use crate::test_data::{cdnow, day};
use crate::{
    Backtest, FittedForecaster, ForecastOptions, Forecaster, ForecasterName, ModelError, ModelFile,
    ModelsReport, backtest,
};

/// A fit of the CDNOW sample with everything in it, as it is stored.
fn stored(forecaster: ForecasterName) -> Option<(Value, Value)> {
    let table = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine)?;
    let options = ForecastOptions { forecaster, ..ForecastOptions::default() };
    let fitted = Forecaster::fit(&table, day("1998-06-30"), &options).unwrap();
    let record: Option<Backtest> =
        (forecaster == ForecasterName::Btyd).then(|| backtest(&table, day("1998-06-30"), &options).unwrap());
    let report = ModelsReport::new(&fitted, record);
    Some((serde_json::to_value(&fitted).unwrap(), serde_json::to_value(&report).unwrap()))
}

fn file(forecaster: &Value, report: &Value) -> Result<Vec<u8>, ModelError> {
    let bytes = |value: &Value| serde_json::to_vec(value).unwrap();
    let file = ModelFile::of_stored(&bytes(forecaster), &bytes(report), "2026-01-31T09:30:00Z")?;
    let mut written = Vec::new();
    file.to_writer(&mut written)?;
    Ok(written)
}

#[test]
fn a_model_comes_back_as_it_was_and_any_change_is_found() {
    let Some((forecaster, report)) = stored(ForecasterName::Btyd) else { return };
    let written = file(&forecaster, &report).unwrap();
    let read = ModelFile::from_reader(written.as_slice()).unwrap();
    assert_eq!(read.fitted_at(), "2026-01-31T09:30:00Z");
    assert_eq!((read.fitted().as_of(), &read.report().as_of), (day("1998-06-30"), &day("1998-06-30")));
    // letter by letter: numbers do not move when a model goes from file to file
    assert_eq!(read.stored(), forecaster.to_string());
    let again = file(&forecaster, &report).unwrap();
    assert_eq!(again, written);

    let cut = ModelFile::from_reader(&written[..written.len() - 9]);
    assert!(matches!(cut, Err(ModelError::NotAModelFile(_))));
    let text = String::from_utf8(written).unwrap();
    for (from, to) in
        [("\"base_days\":", "\"base_days\":1"), ("2026-01-31", "2026-01-30"), ("weeks", "years")]
    {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        let refused = ModelFile::from_reader(changed.as_bytes());
        assert!(matches!(refused, Err(ModelError::ChecksumDiffers)), "{from}");
    }
    let newer = text.replacen("\"patron_model\":1", "\"patron_model\":7", 1);
    let refused = ModelFile::from_reader(newer.as_bytes());
    assert!(matches!(refused, Err(ModelError::WrongVersion { found: 7, expected: 1 })));
    for no_file in ["", "{}", "[1]", "\"model\"", "{\"patron_model\":1}"] {
        assert!(matches!(ModelFile::from_reader(no_file.as_bytes()), Err(ModelError::NotAModelFile(_))));
    }
    assert!(matches!(ModelFile::from_reader(std::io::repeat(b' ')), Err(ModelError::FileTooLarge { .. })));
}

/// Puts `value` at `path` of every tree, number or list there is, keeps the checksum right, and reads the file.
fn read_with(parts: &(Value, Value), path: &str, value: Value) -> Result<ModelFile, ModelError> {
    let (mut forecaster, report) = parts.clone();
    *forecaster.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    ModelFile::from_reader(file(&forecaster, &report)?.as_slice())
}

#[test]
fn what_no_fit_makes_is_refused_whoever_signed_it() {
    let Some(parts) = stored(ForecasterName::Blend) else { return };
    assert!(read_with(&parts, "/base_days", parts.0["base_days"].clone()).is_ok());
    let nan = f64::NAN.to_bits();
    let trees = "/candidate/blend/parts/0/fitted/boosting-btyd";
    let deep: Vec<i32> = (0..200_000).map(|node| if node < 199_999 { node + 1 } else { -200_001 }).collect();
    let lies = [
        ("/version", json!(1)),
        ("/as_of", json!("9999-01-01")),
        ("/first_purchase", json!("2100-01-01")),
        ("/base_days", json!(0)),
        ("/mean_purchase", json!(1e300)),
        ("/mean_purchase", json!(null)),
        ("/segment_bounds/0", json!(-1.0)),
        ("/totals/0/1/total", json!(1e200)),
        ("/btyd/transactions/alpha", json!(0.0)),
        ("/btyd/transactions/r", json!(-1.0)),
        ("/btyd/transactions/b", json!(1e300)),
        ("/btyd/spend/q", json!(0.0)),
        ("/btyd/spend/population_mean", json!(-5.0)),
        ("/chance/regression/deviations/1", json!(0.0)),
        ("/chance/regression/coefficients/2", json!(1e18)),
        ("/features/countries", json!(["a", "b", "c", "d", "e", "f", "g"])),
        ("/features/countries", json!(["Mars"])),
        ("/candidate/blend/parts/0/weight", json!(-1.0)),
        ("/candidate/blend/parts/0/scale", json!(1e200)),
        ("/usual_spend/repeat/0/ends", json!([9.0, 3.0])),
        (&format!("{trees}/level"), json!(1e300)),
        (&format!("{trees}/trees/base"), json!(nan)),
        (&format!("{trees}/trees/columns"), json!(2)),
        (&format!("{trees}/trees/trees/0/leaves/0"), json!(nan)),
        (&format!("{trees}/trees/trees/0/columns/0"), json!(4_000_000_000_u32)),
        (&format!("{trees}/trees/trees/0/left/0"), json!(0)),
        (&format!("{trees}/trees/trees/0/right"), json!([1])),
        (&format!("{trees}/trees/trees/0/left"), json!(deep)),
    ];
    for (path, value) in lies {
        let shown = value.to_string();
        let refused = read_with(&parts, path, value);
        assert!(refused.is_err(), "{path} = {}", &shown[..shown.len().min(40)]);
    }
    // a chain of nodes, each right: too long to walk for every customer
    let chain = |nodes: i32| {
        let count = nodes as usize;
        json!({
            "columns": vec![0_u32; count], "thresholds": vec![0_u64; count], "missing_left": vec![true; count],
            "left": (0..nodes).map(|node| if node + 1 < nodes { node + 1 } else { -1 }).collect::<Vec<i32>>(),
            "right": (0..nodes).map(|node| -2 - node).collect::<Vec<i32>>(),
            "gains": vec![0_u64; count], "leaves": vec![0_u64; count + 1],
        })
    };
    let first_tree = format!("{trees}/trees/trees/0");
    assert!(read_with(&parts, &first_tree, chain(50)).is_ok());
    let refused = read_with(&parts, &first_tree, chain(150_000));
    assert!(matches!(refused, Err(ModelError::NotAModelFile(_))), "{refused:?}");
    // a blend within a blend
    let inner = parts.0["candidate"].clone();
    assert!(read_with(&parts, "/candidate/blend/parts/0/fitted", inner).is_err());
    // within limits, but what it says of customers is absurd
    let absurd = json!({ "regression": { "means": [0, 0, 0, 0, 0], "deviations": [1, 1, 1, 1, 1],
        "coefficients": [0, 0, 0, 0, 0, 0], "rows": 5 } });
    assert!(read_with(&parts, "/chance", absurd).is_ok());
    assert!(read_with(&parts, "/candidate/blend/parts/0/scale", json!(1e14)).is_err());
    let other_report = stored(ForecasterName::Btyd).map(|(_, report)| report).unwrap_or_default();
    assert!(file(&parts.0, &other_report).is_err());
}

#[test]
fn a_forecaster_in_a_file_forecasts_as_it_did() {
    let Some((forecaster, report)) = stored(ForecasterName::Boosting) else { return };
    let before: FittedForecaster = serde_json::from_value(forecaster.clone()).unwrap();
    let after = ModelFile::from_reader(file(&forecaster, &report).unwrap().as_slice()).unwrap().into_fitted();
    let sales = patron_domain::Money::from_ten_thousandths(150_000);
    let bought = |day| patron_domain::CustomerDay {
        day,
        orders: 1,
        lines: 1,
        products: 1,
        quantity: 1,
        sales,
        returns: patron_domain::Money::ZERO,
    };
    let days = [bought(day("1997-01-10")), bought(day("1997-05-01"))];
    let as_of = before.as_of();
    let of =
        |fitted: &FittedForecaster| fitted.forecast_customer(&days, None, as_of, Some(30)).unwrap().unwrap();
    let (one, other) = (of(&before), of(&after));
    assert!((one.clv_12m - other.clv_12m).abs() <= 1e-9 * one.clv_12m);
    assert!(one.clv_12m > 0.0 && (one.chance_to_buy_3m - other.chance_to_buy_3m).abs() < 1e-12);
}
