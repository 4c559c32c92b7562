//! From revenue to margin: a customer's share of margin, and what is earned later is worth less today. Formulas and
//! choices: `docs/models/margin.md`.

use serde::{Deserialize, Serialize};

use crate::{CustomerForecast, ModelError};

/// Ends of the three standard horizons, in years.
const YEARS: [f64; 3] = [0.25, 1.0, 2.0];
/// A customer's own share of margin is taken to lie between these: returns can leave revenue of next to nothing.
const OWN_SHARE: (f64, f64) = (-1.0, 1.0);

/// Effective annual rate at which later money is worth less: 0 (later is worth as much) to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct DiscountRate(f64);

impl DiscountRate {
    /// A rate as a share: 0.1 is 10 % a year.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] outside 0 … 1.
    pub fn new(rate: f64) -> Result<Self, ModelError> {
        if (0.0..=1.0).contains(&rate) {
            Ok(Self(rate))
        } else {
            Err(ModelError::BadParameter { name: "discount rate", allowed: "from 0 to 1", value: rate })
        }
    }

    /// The rate as a share.
    pub fn get(self) -> f64 {
        self.0
    }

    /// What revenue is worth on the as-of date: `cumulated` is expected by 3, 12 and 24 months after it, in money, and so
    /// is the result. Within each of the three spans revenue comes evenly; a year is 12 months.
    ///
    /// At rate 0 the amounts themselves. Equation (1) of `docs/models/margin.md`.
    pub fn discounted(self, cumulated: [f64; 3]) -> [f64; 3] {
        let ln_v = -self.0.ln_1p();
        let (mut from, mut before, mut worth) = (0.0, 0.0, 0.0);
        let each = |(until, value): (f64, f64)| {
            worth += (value - before) / (until - from) * years_of_one(ln_v, from, until);
            (from, before) = (until, value);
            worth
        };
        let spans = YEARS.into_iter().zip(cumulated).map(each).collect::<Vec<f64>>();
        std::array::from_fn(|horizon| spans.get(horizon).copied().unwrap_or_default())
    }
}

/// ∫ vᵗ dt over (from, until]: what one a year, paid evenly, is worth at 0.
fn years_of_one(ln_v: f64, from: f64, until: f64) -> f64 {
    let years = until - from;
    // (v^until − v^from) ÷ ln v without its loss of digits near a rate of 0
    if ln_v == 0.0 { years } else { (ln_v * from).exp() * (ln_v * years).exp_m1() / ln_v }
}

impl Default for DiscountRate {
    /// 10 % a year.
    fn default() -> Self {
        Self(0.10)
    }
}

impl TryFrom<f64> for DiscountRate {
    type Error = ModelError;

    fn try_from(rate: f64) -> Result<Self, ModelError> {
        Self::new(rate)
    }
}

impl From<DiscountRate> for f64 {
    fn from(rate: DiscountRate) -> Self {
        rate.0
    }
}

/// What one day of one customer brought with products whose cost is known, in money.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PurchaseMargin {
    /// Net revenue, returns taken off.
    pub revenue: f64,
    /// Net revenue less cost.
    pub margin: f64,
}

impl PurchaseMargin {
    fn total(days: &[Self]) -> Self {
        let add = |sum: Self, day: &Self| Self {
            revenue: sum.revenue + day.revenue,
            margin: sum.margin + day.margin,
        };
        days.iter().fold(Self::default(), add)
    }

    /// Margin ÷ revenue; `None` without revenue above 0.
    fn share(self) -> Option<f64> {
        let share = self.margin / self.revenue;
        (self.revenue > 0.0 && share.is_finite()).then(|| share.clamp(OWN_SHARE.0, OWN_SHARE.1))
    }
}

/// Shares of margin in revenue, learned from a shop's purchases: the shop's, and how much each customer's own counts
/// beside it. Credibility after Bühlmann & Straub (1970), weighted by revenue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarginShares {
    shop: f64,
    /// Revenue of a customer at which the own share counts half, in money; `None` where customers do not differ, or nothing
    /// tells that they do.
    half_at: Option<f64>,
}

impl MarginShares {
    /// Every customer with the share `shop`: where nothing but that is known.
    ///
    /// # Errors
    /// [`ModelError::BadParameter`] outside 0 … 1.
    pub fn same_for_all(shop: f64) -> Result<Self, ModelError> {
        if (0.0..=1.0).contains(&shop) {
            Ok(Self { shop, half_at: None })
        } else {
            Err(ModelError::BadParameter { name: "margin", allowed: "from 0 to 1", value: shop })
        }
    }

    /// From the days of each customer with purchases of known cost, up to the as-of date, in any order; `None` where they
    /// brought nothing. Days on which more was returned than bought lower the shares and tell nothing of their spread.
    pub fn learn<'a>(customers: impl IntoIterator<Item = &'a [PurchaseMargin]>) -> Option<Self> {
        let (mut all, mut spread) = (PurchaseMargin::default(), Spread::default());
        for days in customers {
            all = PurchaseMargin::total(&[all, PurchaseMargin::total(days)]);
            spread.add(days);
        }
        Some(Self { shop: all.share()?, half_at: spread.half_at() })
    }

    /// The shop's share: margin ÷ revenue of all purchases whose cost is known.
    pub fn shop(&self) -> f64 {
        self.shop
    }

    /// Revenue at which a customer's own share counts as much as the shop's, in money; `None` where it never counts.
    pub fn half_at(&self) -> Option<f64> {
        self.half_at
    }

    /// A customer's share, from all days up to the as-of date: between the own and the shop's, which stands alone without
    /// revenue of known cost.
    pub fn of(&self, days: &[PurchaseMargin]) -> f64 {
        let known = PurchaseMargin::total(days);
        let Some((own, half_at)) = known.share().zip(self.half_at) else { return self.shop };
        let own_counts = known.revenue / (known.revenue + half_at);
        self.shop + own_counts * (own - self.shop)
    }
}

/// Sums behind the two variances.
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    /// Customers, and purchases beyond the first of each.
    customers: f64,
    repeats: f64,
    /// Σ w, Σ w² and Σ w·share over customers, w their revenue.
    weight: f64,
    squares: f64,
    shares: f64,
    /// Σ w·share², for the sum of squares between customers.
    shares_squared: f64,
    /// Σ w (share of a purchase − share of the customer)².
    within: f64,
}

impl Spread {
    fn add(&mut self, days: &[PurchaseMargin]) {
        let bought = || days.iter().filter_map(|day| Some((day.revenue, day.share()?)));
        let weight: f64 = bought().map(|(revenue, _)| revenue).sum();
        if weight <= 0.0 {
            return;
        }
        let own = bought().map(|(revenue, share)| revenue * share).sum::<f64>() / weight;
        self.customers += 1.0;
        self.repeats += bought().count() as f64 - 1.0;
        self.weight += weight;
        self.squares += weight * weight;
        self.shares += weight * own;
        self.shares_squared += weight * own * own;
        self.within += bought().map(|(revenue, share)| revenue * (share - own).powi(2)).sum::<f64>();
    }

    /// σ² ÷ τ²; `None` where customers do not differ more than their purchases explain, or too few bought again to tell.
    fn half_at(self) -> Option<f64> {
        let within = self.within / self.repeats;
        let between = self.shares_squared - self.shares * self.shares / self.weight;
        let heterogeneity = self.weight - self.squares / self.weight;
        let variance = (between - (self.customers - 1.0) * within) / heterogeneity;
        let half_at = within / variance;
        (variance > 0.0 && half_at.is_finite()).then_some(half_at)
    }
}

impl CustomerForecast {
    /// Margin expected in 3, 12 and 24 calendar months, discounted to the as-of date, in money: the same share of every
    /// purchase to come. Below 0 where the customer costs more than they bring.
    pub fn margin(&self, share: f64, rate: DiscountRate) -> [f64; 3] {
        rate.discounted([self.clv_3m, self.clv_12m, self.clv_24m]).map(|worth| share * worth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(each: &[(f64, f64)]) -> Vec<PurchaseMargin> {
        each.iter().map(|&(revenue, share)| PurchaseMargin { revenue, margin: revenue * share }).collect()
    }

    #[test] // by hand: 400, 400 and 300 a year, each times (vᵃ − vᵇ) ÷ ln 1.1
    fn later_money_is_worth_less() {
        let worth = DiscountRate::default().discounted([100.0, 400.0, 700.0]);
        for (worth, by_hand) in worth.into_iter().zip([98.818_029_18, 381.529_406_81, 641.663_093_27]) {
            assert!((worth - by_hand).abs() < 1e-8, "{worth} is not {by_hand}");
        }
        let none = DiscountRate::new(0.0).unwrap().discounted([100.0, 400.0, 700.0]);
        assert_eq!(none, [100.0, 400.0, 700.0]);
        let hardly = DiscountRate::new(1e-12).unwrap().discounted([100.0, 400.0, 700.0]);
        assert!(hardly.into_iter().zip(none).all(|(a, b)| (a - b).abs() < 1e-8 && a < b));
        assert_eq!(DiscountRate::default().discounted([0.0; 3]), [0.0; 3]);
    }

    #[test]
    fn a_rate_is_a_share_of_a_year() {
        for wrong in [-0.01, 1.01, 10.0, f64::NAN, f64::INFINITY] {
            assert!(DiscountRate::new(wrong).is_err() && MarginShares::same_for_all(wrong).is_err());
        }
        let read: DiscountRate = serde_json::from_str("0.08").unwrap();
        assert_eq!((read.get(), serde_json::to_string(&read).unwrap()), (0.08, "0.08".to_owned()));
        assert!(serde_json::from_str::<DiscountRate>("8").is_err());
    }

    #[test] // σ² = 1, τ² = 11 ÷ (600 − 200,000 ÷ 600), by hand: docs/models/margin.md
    fn own_shares_count_by_revenue() {
        let (a, b) = (days(&[(100.0, 0.5), (100.0, 0.3)]), days(&[(100.0, 0.1), (300.0, 0.1)]));
        let learned = MarginShares::learn([&a[..], &b[..]]).unwrap();
        assert!((learned.shop() - 0.2).abs() < 1e-12);
        assert!((learned.half_at().unwrap() - 24.242_424_242).abs() < 1e-6, "{learned:?}");
        assert!((learned.of(&a) - 0.378_378_378).abs() < 1e-6);
        assert!((learned.of(&b) - 0.105_714_286).abs() < 1e-6);
        assert_eq!(learned.of(&[]), learned.shop());
        let back = days(&[(50.0, 0.5), (-50.0, 0.5)]);
        assert_eq!(learned.of(&back), learned.shop(), "all of it came back");
    }

    #[test]
    fn customers_who_do_not_differ_have_the_shops_share() {
        let same = days(&[(10.0, 0.5), (10.0, 0.1)]);
        let learned = MarginShares::learn([&same[..], &same[..], &same[..]]).unwrap();
        assert_eq!((learned.half_at(), learned.of(&days(&[(20.0, 0.9)]))), (None, learned.shop()));
        // one customer, and nobody who bought twice, tell nothing of how customers differ
        assert_eq!(MarginShares::learn([&same[..]]).unwrap().half_at(), None);
        let (once, other) = (days(&[(10.0, 0.5)]), days(&[(10.0, 0.1)]));
        assert_eq!(MarginShares::learn([&once[..], &other[..]]).unwrap().half_at(), None);
        // every purchase of a customer alike: the own share is all there is to know
        let (twice, others) = (days(&[(10.0, 0.5), (5.0, 0.5)]), days(&[(10.0, 0.125), (10.0, 0.125)]));
        let certain = MarginShares::learn([&twice[..], &others[..]]).unwrap();
        assert!((certain.of(&twice) - 0.5).abs() < 1e-12, "{certain:?}");
    }

    #[test]
    fn without_revenue_of_known_cost_there_is_no_margin() {
        assert_eq!(MarginShares::learn([]), None);
        assert_eq!(MarginShares::learn([&days(&[(-5.0, 0.4)])[..]]), None);
        assert_eq!(MarginShares::learn([&[PurchaseMargin::default()][..]]), None);
    }

    #[test]
    fn a_share_stays_within_reason_whatever_came_back() {
        let odd =
            [PurchaseMargin { revenue: 1e-6, margin: 40.0 }, PurchaseMargin { revenue: 1.0, margin: -9.0 }];
        let learned = MarginShares::learn([&odd[..], &days(&[(10.0, 0.3), (12.0, 0.4)])[..]]).unwrap();
        assert!((-1.0..=1.0).contains(&learned.of(&odd)), "{learned:?}");
    }
}
