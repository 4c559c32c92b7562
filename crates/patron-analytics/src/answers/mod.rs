//! The typed results: plain rows, ready for a table or a chart.
//!
//! Money is exact where it is a sum ([`Money`](patron_domain::Money)) and `f64` in currency units where it is a mean, a median or a
//! slope. A share is a fraction (0.25, not 25); `None` where its denominator is not above zero. Rows that exist
//! per customer, or per product and month, carry codes (resolve them with the source's
//! [`Catalog`](patron_columns::Catalog)); all other rows carry texts. An unknown country is the empty text.

mod absent;
mod attributes;
mod countries;
mod customers;
mod elasticity;
mod pairs;
mod products;
mod repeat;
mod time;
mod trends;

pub use absent::AbsentAnswers;
pub use attributes::{
    AcquisitionCost, AttributeAnswers, CustomerGroup, CustomerTrait, ExpectedValue, Group, GroupExpectation,
    Margin, ProductGroup, ProductMargin, ProductTrait, Unlock,
};
pub use countries::{CountryProduct, CountrySummary};
pub use customers::{
    Cohort, CohortCell, Cohorts, Concentration, CustomerSummary, DaysBetween, DaysBetweenBucket,
    FirstProduct, LorenzPoint, OrdersBucket, RfmScores, SecondOrderPoint, SecondOrderShare,
};
pub use elasticity::{ElasticityMeasure, PriceElasticity};
pub use pairs::{PairKind, ProductPair};
pub use products::{
    PopularProduct, ProductMeasure, ProductRef, ProductSummary, RankEnd, RankedProduct, RepeatItem,
    TrendingProduct,
};
pub use repeat::{ProductRole, ProductSpend, RepeatDefinition, RepeatShare, SpendSummary, SpenderGroup};
pub use time::{MonthCalendar, MonthDetail, MonthTotals, ProductMonthRow, ShopTotals};
pub use trends::{
    ProductTrend, Season, SlopeInterval, TotalMeasure, TotalTrend, Trend, TrendClass, TrendMeasure,
};
