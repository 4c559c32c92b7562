//! What is held about a person, and erasing it: `/api/v1/customers/{id}/personal`.

use actix_web::{HttpRequest, HttpResponse, web};
use patron_store::{
    CustomerId, Erasure, PersonalData, QuarantineEntry, Scope, Scopes, Store, StoreError, StoredForecast,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Caller;
use super::record::AuditItem;
use crate::accept::form;
use crate::database::Database;
use crate::parameters::Parameters;
use crate::resources::{Readable, Row, View, Zone};
use crate::rows::amount;
use crate::work::{apart, json};
use crate::{ApiError, time};

/// Everything that is held about a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Personal {
    /// When this was read, in UTC.
    #[schema(value_type = String, format = DateTime)]
    read_at: String,
    /// The customer; what files of customers have told stands here too.
    #[schema(value_type = Object)]
    customer: Value,
    /// Contact data that sales files have written over, import by import.
    former_contact_data: Vec<Former>,
    /// Orders.
    #[schema(value_type = Vec<Object>)]
    transactions: Vec<Value>,
    /// Sale lines.
    #[schema(value_type = Vec<Object>)]
    sales: Vec<Value>,
    /// Lines that were set aside on import and name the person.
    set_aside: Vec<SetAside>,
    /// Changes of the customer through this service, the latest first.
    changes: Vec<AuditItem>,
    /// Forecasts in stored model runs, the oldest first.
    forecasts: Vec<Forecast>,
    /// Imported files that brought any of it.
    imports: Vec<Import>,
    /// Files of customers that name the person but were found to mean nobody.
    unmatched_in: Vec<String>,
}

/// Former contact data.
#[derive(Serialize, ToSchema)]
#[schema(as = FormerContactData)]
pub(crate) struct Former {
    /// The import that wrote over them.
    import: i64,
    /// Field by field; null where nothing was known.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
}

/// A line that was set aside on import.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetAside {
    /// The import.
    import: i64,
    /// Its number in the file.
    line: u64,
    /// The rule that set it aside.
    rule: String,
    /// Why.
    reason: String,
    /// The line as it stood in the file.
    text: String,
}

/// A forecast in a stored model run.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldForecast)]
pub(crate) struct Forecast {
    /// The run.
    model_id: i64,
    /// When it was stored, in UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// The day up to which it has seen.
    #[schema(value_type = String, format = Date)]
    as_of: String,
    /// Net revenue expected in the next 12 months.
    value_12m: String,
    /// Chance of a purchase in the next 3 months.
    chance_to_buy_3m: f64,
    /// Probability of not having dropped out for good.
    p_alive: f64,
    /// Quarter of the customers by expected value, `A` is the highest.
    segment: String,
}

/// An imported file.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldImport)]
pub(crate) struct Import {
    /// The import.
    id: i64,
    /// Name of the file.
    file: String,
}

/// What became of a person who was erased.
#[derive(Serialize, ToSchema)]
pub(crate) struct Erased {
    /// The customer, who is still counted.
    #[schema(example = 17)]
    customer: i64,
    /// The external id that stands for the person from now on.
    #[schema(example = "erased-17")]
    external_id: String,
    /// Rows from which something was erased, table by table.
    #[schema(value_type = Object, example = json!({"customers": 1, "quarantine": 2}))]
    erased: Map<String, Value>,
    /// Whether the database file holds nothing of it any more: `rewritten` (with `compact=true`), or `overwritten`:
    /// what was erased is overwritten, but remains of earlier writes may lie in unused places until the file is
    /// rewritten.
    #[schema(pattern = "^(rewritten|overwritten)$")]
    file: &'static str,
    /// Other customers with an e-mail address of this person: nothing of theirs was touched.
    other_customers_with_the_address: Vec<i64>,
    /// What cannot be reached from here, in words.
    not_reached: Vec<&'static str>,
}

/// What an erasure cannot reach.
const NOT_REACHED: [&str; 4] = [
    "backups made before: they hold the person until they are deleted",
    "the export files themselves: importing one again does not bring the person back into this database, but another database would have them",
    "report folders and CSV files written before",
    "text that names the person only by name, phone or postal address: product descriptions, lines set aside without id and e-mail address",
];

/// Everything that is held about a person
///
/// By the customer's number, as JSON that can be handed to the person. Needs the scope `personal`.
#[utoipa::path(get, path = "/api/v1/customers/{id}/personal", tag = "Access", operation_id = "personalData",
    params(("id" = i64, Path, description = "Number of the customer.", minimum = 1, example = 1)),
    responses((status = 200, description = "Everything that is held", body = Personal)))]
pub(crate) async fn export(
    request: HttpRequest,
    id: web::Path<String>,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    caller.must(Scopes::default().with(Scope::Personal))?;
    form(&request, false)?;
    Parameters::of(&request).finish()?;
    let customer = number(&id)?;
    let (held, shop) =
        database.read(move |reading| Ok((reading.personal(customer)?, reading.shop()?))).await?;
    let shown = Shown { caller: &caller, zone: Zone::of(shop.time_zone.as_deref()) };
    json(&Personal::of(held, &shown, time(database.now()))?)
}

/// Erase a person
///
/// Erases name, contact data, city and birthday, former values of these, lines that were set aside and name the person,
/// values in the record of writes, and stored forecasts, and puts an id of its own in the place of the external id. All
/// sales stay, so every number of the shop stays what it was. A salted hash of the external id and of each e-mail address
/// is kept, so that importing an old file, or the shop's next export, does not bring the person back: those lines then
/// belong to the same stand-in. Cannot be undone. Needs the scopes `personal` and `write`.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/personal", tag = "Access", operation_id = "erasePerson",
    params(
        ("id" = i64, Path, description = "Number of the customer.", minimum = 1, example = 1),
        ("compact" = Option<bool>, Query, description = "Also write the database file anew, so that nothing is left in its unused places: takes time by its size, and as much free space; changes wait meanwhile."),
    ),
    responses((status = 200, description = "The person is erased", body = Erased)))]
pub(crate) async fn erase(
    request: HttpRequest,
    id: web::Path<String>,
    caller: Caller,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    caller.must(Scopes::default().with(Scope::Personal).with(Scope::Write))?;
    form(&request, false)?;
    let mut parameters = Parameters::of(&request);
    let compact = parameters.value::<bool>("compact").unwrap_or(false);
    parameters.finish()?;
    let customer = number(&id)?;
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| ApiError::NoRandom)?;
    let actor = caller.actor(database.now());
    let erased = database.write(move |writing| writing.acting_as(actor).erase(customer, salt)).await?;
    let url = database.url().clone();
    let wiped = apart(move || Ok(Store::open_existing(&url)?.wipe(compact)?)).await;
    let rewritten = match wiped {
        Ok(emptied) => emptied && compact,
        Err(error) => {
            tracing::warn!("a person was erased, and the database file not tidied up after it: {error}");
            false
        }
    };
    json(&Erased::of(customer, erased, rewritten))
}

fn number(text: &str) -> Result<CustomerId, ApiError> {
    let missing = || StoreError::Missing { what: "customer", key: text.to_owned() };
    Ok(CustomerId(text.parse().map_err(|_| missing())?))
}

/// How rows are shown.
struct Shown<'a> {
    caller: &'a Caller,
    zone: Zone,
}

impl Shown<'_> {
    /// As the row's own resource shows it.
    fn row<R: Readable>(&self, row: &R) -> Result<Value, ApiError> {
        let view = View::of(self.caller).with_zone(self.zone);
        Ok(serde_json::to_value(Row(row, &view))?)
    }
}

impl Personal {
    fn of(held: PersonalData, shown: &Shown<'_>, read_at: String) -> Result<Self, ApiError> {
        Ok(Self {
            read_at,
            customer: shown.row(&held.customer)?,
            transactions: held.transactions.iter().map(|row| shown.row(row)).collect::<Result<_, _>>()?,
            sales: held.sales.iter().map(|row| shown.row(row)).collect::<Result<_, _>>()?,
            former_contact_data: held
                .former
                .into_iter()
                .map(|(import, values)| Former { import: import.0, values })
                .collect(),
            set_aside: held.quarantine.into_iter().map(SetAside::of).collect(),
            changes: held.audit.into_iter().map(|entry| AuditItem::of(entry, true)).collect(),
            forecasts: held.predictions.into_iter().map(Forecast::of).collect(),
            imports: held.imports.into_iter().map(|(id, file)| Import { id: id.0, file }).collect(),
            unmatched_in: held.unmatched_in,
        })
    }
}

impl SetAside {
    fn of(entry: QuarantineEntry) -> Self {
        let line = entry.line;
        Self { import: entry.import.0, line: line.line, rule: line.rule, reason: line.reason, text: line.raw }
    }
}

impl Forecast {
    fn of(stored: StoredForecast) -> Self {
        let said = stored.prediction;
        Self {
            model_id: stored.run.0,
            created_at: time(stored.created_at),
            as_of: stored.as_of.to_string(),
            value_12m: amount(said.clv[1]),
            chance_to_buy_3m: said.chance_to_buy_3m,
            p_alive: said.p_alive,
            segment: said.segment.to_string(),
        }
    }
}

impl Erased {
    fn of(customer: CustomerId, erasure: Erasure, rewritten: bool) -> Self {
        Self {
            customer: customer.0,
            external_id: erasure.stand_in,
            erased: erasure.rows.into_iter().map(|(table, rows)| (table.to_owned(), rows.into())).collect(),
            file: if rewritten { "rewritten" } else { "overwritten" },
            other_customers_with_the_address: erasure.same_address.into_iter().map(|other| other.0).collect(),
            not_reached: NOT_REACHED.to_vec(),
        }
    }
}
