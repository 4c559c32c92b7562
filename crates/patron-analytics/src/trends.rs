//! Trend lines of products and of the shop.

use patron_domain::Money;
use rayon::prelude::*;

use crate::against_shop::{AgainstShop, SeasonSeries, judge, own_seasons};
use crate::facts::{ProductRecord, product_ref};
use crate::stats::{Design, benjamini_hochberg, season_p_value, theil_sen};
use crate::{
    Analysis, AnalyticsError, ProductTrend, Season, SlopeInterval, TotalMeasure, TotalTrend, Trend,
    TrendClass, TrendMeasure,
};

/// Complete months from which a season can be told from a trend.
const SEASON_MONTHS: usize = 24;
/// Trends look back no further.
const LONGEST_SERIES: usize = 36;

/// The designs of the series that end with the last complete month, by number of months.
struct Designs {
    /// Place of the month after the last complete one.
    end: usize,
    by_months: Vec<Option<(Design, Option<Design>)>>,
}

/// What a series told.
struct Told {
    trend: Trend,
    season_p: Option<f64>,
}

/// A product's series and what came of it.
struct Tested {
    told: Told,
    against_shop: Option<AgainstShop>,
}

impl Analysis<'_> {
    /// Trend of every product with a sale, by units and by revenue.
    ///
    /// The series are complete months, at most the last 36. A product that was first sold after the first of them
    /// begins with its first whole month on sale: the month after the month of its first sale. Later months
    /// without a sale count as zero. From 24 months on, levels of the months of the year are fitted beside the
    /// slope, and taken off before the Theil–Sen slope.
    ///
    /// # Errors
    /// As the source fails.
    pub fn product_trends(&self) -> Result<Vec<ProductTrend>, AnalyticsError> {
        let facts = self.product_facts()?;
        let designs = self.designs();
        let quantity = self.month_quantities()?;
        let sold: Vec<&ProductRecord> =
            facts.products.iter().filter(|record| record.first.is_some()).collect();
        let seasons = self.own_season_q_values(&sold, &designs)?;
        let mut rows = Vec::with_capacity(2 * sold.len());
        for measure in [TrendMeasure::Quantity, TrendMeasure::Revenue] {
            let total: Vec<f64> = match measure {
                TrendMeasure::Quantity => quantity.iter().map(|&units| units as f64).collect(),
                TrendMeasure::Revenue => self.orders().month.iter().map(|m| m.revenue.to_f64()).collect(),
            };
            let tested: Vec<Option<Tested>> = sold
                .par_iter()
                .with_min_len(64)
                .map_init(Vec::new, |slopes, record| {
                    let start = self.start_of(record, &designs)?;
                    let series = self.series(record, measure, start, designs.end).ok()?;
                    let per_order = series.iter().sum::<f64>() / record.orders.max(1) as f64;
                    designs.test(&series, &total[start..designs.end], per_order, self, slopes)
                })
                .collect();
            rows.extend(self.judge(measure, &sold, tested, &seasons));
        }
        Ok(rows)
    }

    /// Trends of the shop's own totals over complete months, at most the last 36.
    ///
    /// # Errors
    /// As the source fails.
    pub fn total_trends(&self) -> Result<Vec<TotalTrend>, AnalyticsError> {
        let (monthly, details) = (self.monthly()?, self.month_details()?);
        let designs = self.designs();
        let start = self.first_trend_month();
        let row = |measure: TotalMeasure| {
            let value = |place: usize| {
                let (month, detail) = (&monthly[place], &details[place]);
                match measure {
                    TotalMeasure::Revenue => month.revenue.to_f64(),
                    TotalMeasure::Quantity => detail.quantity as f64,
                    TotalMeasure::Orders => month.orders as f64,
                    TotalMeasure::ActiveCustomers => month.active_customers as f64,
                    TotalMeasure::NewCustomers => month.new_customers as f64,
                    TotalMeasure::ReturningCustomers => month.returning_customers as f64,
                    TotalMeasure::AverageOrderValue => detail.average_order_value.unwrap_or(0.0),
                }
            };
            let series: Vec<f64> = (start..designs.end).map(value).collect();
            let told = designs.tell(&series, self, &mut Vec::new());
            let season_p_value = told.as_ref().and_then(|told| told.season_p);
            let level = self.options.level;
            TotalTrend {
                measure,
                class: told.as_ref().map_or(TrendClass::TooShort, |told| {
                    classify(told.trend.ols.slope, told.trend.p_value, &told.trend.theil_sen, level)
                }),
                season: season(season_p_value, level),
                season_p_value,
                trend: told.map(|told| told.trend),
            }
        };
        Ok(TotalMeasure::ALL.map(row).to_vec())
    }

    fn first_trend_month(&self) -> usize {
        let complete = self.orders().calendar.complete();
        complete.start.max(complete.end.saturating_sub(LONGEST_SERIES))
    }

    fn designs(&self) -> Designs {
        let (start, end) = (self.first_trend_month(), self.orders().calendar.complete().end);
        let design = |months: usize| {
            if months < (self.options.minimum_trend_months as usize).max(3) {
                return None;
            }
            let first = self.orders().calendar.month(end - months).of_year();
            let seasonal = (months >= SEASON_MONTHS).then(|| Design::seasonal(first, months)).flatten();
            Some((Design::plain(months)?, seasonal))
        };
        Designs { end, by_months: (0..=end.saturating_sub(start)).map(design).collect() }
    }

    /// Place of the first month of a product's series; `None` where too few months are left.
    fn start_of(&self, record: &ProductRecord, designs: &Designs) -> Option<usize> {
        let (log_start, born) =
            (self.first_trend_month(), self.orders().calendar.place_of_day(record.first?));
        let start = if born <= log_start { log_start } else { born + 1 };
        let months = designs.end.checked_sub(start)?;
        designs.by_months.get(months)?.as_ref().map(|_| start)
    }

    fn series(
        &self,
        record: &ProductRecord,
        measure: TrendMeasure,
        start: usize,
        end: usize,
    ) -> Result<Vec<f64>, AnalyticsError> {
        let facts = self.product_facts()?;
        let mut series = vec![0.0; end - start];
        for row in &facts.months[record.months.clone()] {
            let place = self.orders().calendar.place(row.month);
            if let Some(value) = place.checked_sub(start).and_then(|offset| series.get_mut(offset)) {
                *value = match measure {
                    TrendMeasure::Quantity => row.quantity as f64,
                    TrendMeasure::Revenue => Money::to_f64(row.revenue),
                };
            }
        }
        Ok(series)
    }

    /// By product sold; nothing below two years.
    fn own_season_q_values(
        &self,
        sold: &[&ProductRecord],
        designs: &Designs,
    ) -> Result<Vec<Option<f64>>, AnalyticsError> {
        let facts = self.product_facts()?;
        let series = |record: &&ProductRecord| {
            let start = self.start_of(record, designs)?;
            let design = designs.by_months.get(designs.end - start)?.as_ref()?.1.as_ref()?;
            let mut orders = vec![0.0; designs.end - start];
            for row in &facts.months[record.months.clone()] {
                let place = self.orders().calendar.place(row.month);
                if let Some(count) = place.checked_sub(start).and_then(|offset| orders.get_mut(offset)) {
                    *count = f64::from(row.orders);
                }
            }
            Some(SeasonSeries { design, start, orders })
        };
        let series: Vec<_> = sold.iter().map(series).collect();
        Ok(own_seasons(&series, designs.end, self.options.level))
    }

    fn judge(
        &self,
        measure: TrendMeasure,
        sold: &[&ProductRecord],
        tested: Vec<Option<Tested>>,
        own_seasons: &[Option<f64>],
    ) -> Vec<ProductTrend> {
        let level = self.options.level;
        let mut q_values = adjusted(&tested, |t| Some(t.told.trend.p_value));
        let mut season_q = adjusted(&tested, |t| t.told.season_p);
        let beside: Vec<Option<&AgainstShop>> =
            tested.iter().map(|t| t.as_ref().and_then(|t| t.against_shop.as_ref())).collect();
        let mut judged = judge(&beside, level).into_iter();
        let row = |((record, tested), own_season): ((&&ProductRecord, &Option<Tested>), &Option<f64>)| {
            let trend = tested.as_ref().map(|t| t.told.trend);
            let (q_value, season_q_value) = (
                trend.and_then(|_| q_values.next()),
                tested.as_ref().and_then(|t| t.told.season_p).and_then(|_| season_q.next()),
            );
            let class = trend.zip(q_value).map(|(t, q)| classify(t.ols.slope, q, &t.theil_sen, level));
            let beside = judged.next().unwrap_or_default();
            ProductTrend {
                measure,
                product: product_ref(self.source, record.product),
                trend,
                q_value,
                slope_against_shop: beside.slope,
                q_value_against_shop: beside.q_value,
                class: class.unwrap_or(TrendClass::TooShort),
                class_against_shop: beside.class.unwrap_or(TrendClass::TooShort),
                season: season(season_q_value, level),
                season_q_value,
                share_growth: beside.growth,
                own_season: season(*own_season, level),
                own_season_q_value: *own_season,
            }
        };
        sold.iter().zip(&tested).zip(own_seasons).map(row).collect()
    }
}

impl Designs {
    fn tell(&self, series: &[f64], analysis: &Analysis<'_>, slopes: &mut Vec<f64>) -> Option<Told> {
        let (plain, seasonal) = self.by_months.get(series.len())?.as_ref()?;
        let line = plain.fit(series);
        let freed = seasonal.as_ref().map(|design| {
            let fit = design.fit(series);
            let flat = design.without_season(series, fit.slope.slope);
            (season_p_value(&line, &fit, design), fit, flat)
        });
        let (season_p, fit, robust) = match freed {
            None => (None, line, theil_sen(series, slopes)),
            Some((p, fit, flat)) => (Some(p), fit, theil_sen(&flat, slopes)),
        };
        let months = series.len();
        let mean = series.iter().sum::<f64>() / months as f64;
        let trend = Trend {
            first: analysis.orders().calendar.month(self.end - months),
            months: months as u32,
            mean,
            start: mean - fit.slope.slope * (months - 1) as f64 / 2.0,
            ols: fit.slope,
            standard_error: fit.standard_error,
            p_value: fit.p_value,
            theil_sen: robust,
        };
        Some(Told { trend, season_p })
    }

    fn test(
        &self,
        series: &[f64],
        shop: &[f64],
        per_order: f64,
        analysis: &Analysis<'_>,
        slopes: &mut Vec<f64>,
    ) -> Option<Tested> {
        let told = self.tell(series, analysis, slopes)?;
        let mean_shop = shop.iter().sum::<f64>() / shop.len() as f64;
        let comparable = told.trend.mean > 0.0 && mean_shop > 0.0;
        let designs = self.by_months.get(series.len())?.as_ref().filter(|_| comparable);
        let against_shop = designs.and_then(|(plain, seasonal)| {
            let scaled = |(own, shop): (&f64, &f64)| own / told.trend.mean - shop / mean_shop;
            let difference: Vec<f64> = series.iter().zip(shop).map(scaled).collect();
            let of_shop = |(own, shop): (&f64, &f64)| if *shop > 0.0 { own / shop } else { 0.0 };
            let shares: Vec<f64> = series.iter().zip(shop).map(of_shop).collect();
            Some(AgainstShop {
                slope: plain.fit(&difference).slope.slope,
                share: seasonal.as_ref().unwrap_or(plain).share(series, shop)?,
                robust: theil_sen(&shares, slopes),
                per_order,
            })
        });
        Some(Tested { told, against_shop })
    }
}

/// Rising or declining when the adjusted p-value is below the level and the Theil–Sen interval leaves zero on the
/// same side.
pub(crate) fn classify(slope: f64, p_value: f64, robust: &SlopeInterval, level: f64) -> TrendClass {
    match p_value < level {
        true if slope > 0.0 && robust.low > 0.0 => TrendClass::Rising,
        true if slope < 0.0 && robust.high < 0.0 => TrendClass::Declining,
        _ => TrendClass::Steady,
    }
}

fn season(p_value: Option<f64>, level: f64) -> Season {
    match p_value {
        None => Season::NotExcluded,
        Some(p) if p < level => Season::Seasonal,
        Some(_) => Season::NotFound,
    }
}

/// The p-values there are, adjusted together, in order.
fn adjusted(tested: &[Option<Tested>], p_value: fn(&Tested) -> Option<f64>) -> std::vec::IntoIter<f64> {
    let p_values: Vec<f64> = tested.iter().flatten().filter_map(p_value).collect();
    benjamini_hochberg(&p_values).into_iter()
}
