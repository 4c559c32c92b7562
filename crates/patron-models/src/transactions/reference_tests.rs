//! The models side by side on the CDNOW sample, 39 weeks ahead. Measures as in BTYDplus' demo/cdnow.R, computed once from
//! independent fits; tracking as in the BTYD walkthrough, sections 3.4 and 4.4.

use patron_columns::RollupSource;
use patron_domain::{CustomerHistory, DayHistory, PurchaseHistory, PurchaseRule};

use super::TransactionModel;
use super::laws::close;
use crate::bg_nbd::compressed::{Compressed, WithoutDropOut};
use crate::optimise::{Bounds, maximise};
use crate::test_data::{cdnow, day};
use crate::{BgNbd, GammaGamma, MbgNbd, ParetoNbd, RepeatSpend, scores};

/// The customers of the calibration period, with their purchases and spend in the 39 weeks after it.
struct Holdout {
    seen: Vec<CustomerHistory>,
    purchases: Vec<f64>,
    spend: Vec<f64>,
}

impl Holdout {
    fn read() -> Option<Self> {
        let table = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine)?;
        let seen = table.histories(day("1997-09-30"));
        let later = table.histories(day("1998-06-30"));
        assert_eq!((seen.len(), later.len()), (2_357, 2_357));
        let pairs = || seen.iter().zip(&later);
        assert!(pairs().all(|((code, _), (same, _))| code == same));
        Some(Self {
            purchases: pairs()
                .map(|((_, a), (_, b))| f64::from(b.history.frequency - a.history.frequency))
                .collect(),
            spend: pairs().map(|((_, a), (_, b))| (b.purchase_value - a.purchase_value).to_f64()).collect(),
            seen: seen.into_iter().map(|(_, customer)| customer).collect(),
        })
    }

    fn expected<M>(&self, model: &M) -> Vec<f64>
    where
        M: TransactionModel<History = PurchaseHistory, Span = f64>,
    {
        let one = |customer: &CustomerHistory| {
            model.expected_purchases(&customer.history.in_units(7.0), 39.0).unwrap()
        };
        self.seen.iter().map(one).collect()
    }

    fn expected_spend(&self, purchases: &[f64]) -> Vec<f64> {
        let spends: Vec<RepeatSpend> = self
            .seen
            .iter()
            .filter_map(|customer| {
                let frequency = customer.history.frequency;
                Some(RepeatSpend { frequency, mean: customer.monetary_value()? })
            })
            .collect();
        let model = GammaGamma::params().fit(&spends).unwrap().model;
        let value = |customer: &CustomerHistory| {
            model.expected_value(customer.history.frequency, customer.monetary_value())
        };
        self.seen.iter().zip(purchases).map(|(customer, count)| count * value(customer)).collect()
    }

    fn mean_log_error(&self, expected: &[f64]) -> f64 {
        let pairs = self.purchases.iter().zip(expected);
        pairs.map(|(x, e)| (x.ln_1p() - e.ln_1p()).powi(2)).sum::<f64>() / expected.len() as f64
    }

    fn correlation(&self, expected: &[f64]) -> f64 {
        let n = expected.len() as f64;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
        let (mx, me) = (mean(&self.purchases), mean(expected));
        let pairs = || self.purchases.iter().zip(expected).map(|(x, e)| (x - mx, e - me));
        let product: f64 = pairs().map(|(x, e)| x * e).sum();
        let (xx, ee): (f64, f64) = pairs().fold((0.0, 0.0), |sum, (x, e)| (sum.0 + x * x, sum.1 + e * e));
        product / (xx * ee).sqrt()
    }
}

fn fitted() -> Option<(BgNbd, MbgNbd, ParetoNbd)> {
    let table = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine)?;
    let histogram = table.history_histogram(day("1997-09-30")).unwrap();
    let pareto = ParetoNbd::params().fit(&histogram).unwrap().model;
    Some((
        BgNbd::params().fit(&histogram).unwrap().model,
        MbgNbd::params().fit(&histogram).unwrap().model,
        pareto,
    ))
}

#[test]
fn purchases_of_the_holdout() {
    let (Some(holdout), Some((bg, mbg, pareto))) = (Holdout::read(), fitted()) else { return };
    assert_eq!(holdout.purchases.iter().sum::<f64>(), 1_882.0);

    let expected = holdout.expected(&bg);
    close(scores(&holdout.purchases, &expected).unwrap().rmse, 1.608, 1e-3);
    close(holdout.correlation(&expected), 0.6256, 1e-3);

    let expected = holdout.expected(&mbg);
    close(scores(&holdout.purchases, &expected).unwrap().rmse, 1.6072, 1e-3);
    close(holdout.mean_log_error(&expected), 0.2314, 1e-3);
    close(expected.iter().sum::<f64>(), 1576.73, 0.5);

    let expected = holdout.expected(&pareto);
    let measured = scores(&holdout.purchases, &expected).unwrap();
    close(measured.mae, 0.7545, 1e-3);
    close(measured.rmse, 1.6028, 1e-3);
    close(holdout.mean_log_error(&expected), 0.2377, 1e-3);
    close(expected.iter().sum::<f64>() / 1_882.0 - 1.0, -0.115, 1e-3);
}

#[test] // BTYDplus R/nbd.R: r .384766, α 12.07202; nobody drops out, and too much is expected
fn nbd_of_the_holdout() {
    let Some(holdout) = Holdout::read() else { return };
    let table = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine).unwrap();
    let histogram = table.history_histogram(day("1997-09-30")).unwrap();
    let data = Compressed::new(&histogram, 7.0).unwrap();
    let bounds = Bounds { lower: [-9.0; 2], upper: [9.0; 2] };
    let [r, alpha] = maximise(&WithoutDropOut(&data), &bounds, &[0.0, 2.0], 100).at.map(f64::exp);
    close(r, 0.384_766_13, 1e-6);
    close(alpha, 12.072_02, 1e-4);
    let expected = holdout.expected(&BgNbd::new(r, alpha, 0.0, 1.0).unwrap());
    close(scores(&holdout.purchases, &expected).unwrap().mae, 1.041, 1e-3);
    close(holdout.correlation(&expected), 0.5834, 1e-3);
    close(expected.iter().sum::<f64>(), 2929.82, 0.5);
}

#[test]
fn spend_of_the_holdout() {
    let (Some(holdout), Some((bg, mbg, pareto))) = (Holdout::read(), fitted()) else { return };
    close(holdout.spend.iter().sum::<f64>(), 70_976.39, 0.01);
    let bias = |spend: &[f64]| spend.iter().sum::<f64>() / 70_976.39 - 1.0;
    let spend = holdout.expected_spend(&holdout.expected(&bg));
    let measured = scores(&holdout.spend, &spend).unwrap();
    close(measured.rmse, 72.299, 2e-3);
    close(measured.spearman.unwrap(), 0.4264, 2e-3);
    close(bias(&spend), -0.1556, 2e-3);
    let spend = holdout.expected_spend(&holdout.expected(&mbg));
    let measured = scores(&holdout.spend, &spend).unwrap();
    close(measured.spearman.unwrap(), 0.4296, 2e-3);
    close(measured.normalised_gini.unwrap(), 0.6381, 2e-3);
    let spend = holdout.expected_spend(&holdout.expected(&pareto));
    close(scores(&holdout.spend, &spend).unwrap().normalised_gini.unwrap(), 0.6595, 2e-3);
    close(bias(&spend), -0.1483, 2e-3);
}

#[test] // BTYD walkthrough, section 4.4
fn tracking_of_bg_nbd_as_published() {
    let (Some(holdout), Some((bg, ..))) = (Holdout::read(), fitted()) else { return };
    let cumulative = |week: f64| -> f64 {
        let since_start = |history: &DayHistory| week - (272.0 - f64::from(history.customer_age)) / 7.0;
        let ages =
            holdout.seen.iter().map(|customer| since_start(&customer.history)).filter(|&age| age > 0.0);
        ages.map(|age| bg.expected_purchases_of_newcomer(age).unwrap()).sum()
    };
    for (week, printed) in [(21.0, 1387.346), (23.0, 1531.713), (24.0, 1601.418)] {
        close(cumulative(week), printed, 1.0);
    }
    for (week, printed) in [(20.0, 76.865_31), (22.0, 73.045_54), (25.0, 68.182_13)] {
        close(cumulative(week) - cumulative(week - 1.0), printed, 0.1);
    }
}

#[test] // BTYD.pdf, in lifetimes' tests
fn counts_of_bg_nbd_as_published() {
    let model = BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap();
    let printed = [
        (13, 0.001_163_315),
        (14, 0.000_900_314_8),
        (15, 0.000_702_363_8),
        (16, 0.000_551_790_2),
        (18, 0.000_346_717_1),
        (19, 0.000_276_961_3),
    ];
    for (count, chance) in printed {
        close(model.chance_of_newcomer(30.0, count).unwrap(), chance, 1e-9);
    }
}

#[test] // the right values beside the widely copied 140.096, which is for 360 weeks
fn discounted_value_in_steps_as_published() {
    let model = BgNbd::new(0.242_593, 4.413_532, 0.792_886, 2.425_752).unwrap();
    let history = PurchaseHistory::new(2, 30.43, 38.86).unwrap();
    let value = GammaGamma::new(6.25, 3.74, 15.45).unwrap().expected_value(2, Some(22.35));
    // months of 4.345 weeks at 1 % a month, each month's purchases discounted from its end
    let of_months = |months: i32| -> f64 {
        let until = |month: i32| model.expected_purchases(&history, 4.345 * f64::from(month)).unwrap();
        (1..=months).map(|month| (until(month) - until(month - 1)) / 1.01_f64.powi(month)).sum::<f64>()
            * value
    };
    close(of_months(3), 11.086_379, 1e-3);
    close(of_months(12), 36.292_028, 1e-3);
    close(of_months(24), 59.191, 1e-2);
}
