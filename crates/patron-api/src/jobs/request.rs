//! What jobs are asked for, as it is kept with them.

use patron_domain::{AttributeKind, Day};
use patron_models::{DiscountRate, ForecastOptions, ForecasterName};
use patron_pipeline::{ComputeRequest, ReadingWords};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{ApiError, FieldError};

/// What is to be fitted, or tested on the past; everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FitRequest {
    /// The day up to which the model sees; without one, the day of the last sale.
    #[schema(value_type = Option<String>, format = Date, example = "2011-12-09")]
    pub(crate) as_of: Option<Day>,
    /// The forecaster; without one, `blend`.
    #[schema(value_type = Option<String>, example = "blend",
        pattern = "^(naive-rate|spend-over-span|status-quo|btyd|linear|boosting|two-part|blend)$")]
    pub(crate) forecaster: Option<ForecasterName>,
    /// A further horizon in days, besides 3, 12 and 24 months.
    #[schema(minimum = 1, maximum = 3660, example = 90)]
    pub(crate) horizon_days: Option<u32>,
    /// Profit as a share of revenue, for the textbook formula; without one, 0.1 is assumed.
    #[schema(minimum = 0, maximum = 1, example = 0.3)]
    pub(crate) margin: Option<f64>,
    /// Effective annual rate at which later margin is worth less; without one, 0.1.
    #[schema(minimum = 0, maximum = 1, example = 0.1)]
    pub(crate) discount_rate: Option<f64>,
    /// Seed of whatever is drawn in training; without one, 7.
    #[schema(minimum = 0, maximum = 65535)]
    pub(crate) seed: Option<u16>,
    /// Whether a refit is tested on the past, too; without it, it is. A backtest always is one.
    pub(crate) backtest: Option<bool>,
}

impl FitRequest {
    /// # Errors
    /// [`ApiError::BadFields`] with everything that is wrong.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let mut wrong = Vec::new();
        if self.horizon_days.is_some_and(|days| !(1..=3660).contains(&days)) {
            wrong.push(FieldError::new("horizon_days", "must be a number of days from 1 to 3660"));
        }
        if self.margin.is_some_and(|margin| !(0.0..=1.0).contains(&margin)) {
            wrong.push(FieldError::new("margin", "must be a share of revenue from 0 to 1"));
        }
        if self.discount_rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            wrong.push(FieldError::new("discount_rate", "must be a share of a year from 0 to 1"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(ApiError::BadFields(wrong)) }
    }

    /// As the pipeline takes it.
    pub(crate) fn compute(&self) -> ComputeRequest {
        let options = ForecastOptions {
            forecaster: self.forecaster.unwrap_or_default(),
            horizon_days: self.horizon_days,
            margin: self.margin,
            seed: self.seed.map_or(7, u64::from),
            season: None,
            discount_rate: self
                .discount_rate
                .and_then(|rate| DiscountRate::new(rate).ok())
                .unwrap_or_default(),
        };
        ComputeRequest { as_of: self.as_of, options, backtest: self.backtest.unwrap_or(true) }
    }
}

/// Which file is imported, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportRequest {
    /// Its folder among the uploads.
    pub(crate) upload: String,
    /// Its name without folders.
    pub(crate) file_name: String,
    /// Bytes of it.
    pub(crate) bytes: u64,
    /// Sales, or what a sales log does not hold.
    pub(crate) content: Content,
    /// How it is read.
    pub(crate) reading: ReadingWords,
    /// Whether it takes the place of earlier imports.
    pub(crate) replace: bool,
    /// Whether lines without order numbers may overlap an earlier import.
    pub(crate) allow_overlap: bool,
}

/// A file as the body of a request, in the description.
pub(crate) enum FileBody {}

impl PartialSchema for FileBody {
    fn schema() -> RefOr<Schema> {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).into()
    }
}

impl ToSchema for FileBody {}

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Content {
    /// Sale lines.
    #[default]
    Sales,
    /// Who the customers are.
    Customers,
    /// What the products are and cost.
    Products,
    /// What marketing costs.
    Costs,
}

impl Content {
    /// The kind of a file that is no sales log.
    pub(crate) fn attribute(self) -> Option<AttributeKind> {
        match self {
            Self::Sales => None,
            Self::Customers => Some(AttributeKind::Customers),
            Self::Products => Some(AttributeKind::Products),
            Self::Costs => Some(AttributeKind::Costs),
        }
    }
}

impl std::str::FromStr for Content {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "sales" => Ok(Self::Sales),
            "customers" => Ok(Self::Customers),
            "products" => Ok(Self::Products),
            "costs" => Ok(Self::Costs),
            _ => Err("must be sales, customers, products or costs"),
        }
    }
}
