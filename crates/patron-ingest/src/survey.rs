//! What only a look at the whole file tells before it is read: its currencies, and which e-mail addresses belong to
//! customers with an id.

use rustc_hash::FxHashMap;

use crate::IngestError;
use crate::field::Field;
use crate::line::is_nothing;
use crate::mapping::ColumnMap;
use crate::notices::CustomerTexts;
use crate::orders::{OrderPlan, SeenRows, money_text};
use crate::people::{Accounts, People, address, is_address};
use crate::rows::{Row, trimmed};
use crate::scattered::Scattered;

/// What was seen so far.
pub(crate) struct Survey {
    columns: FxHashMap<Field, usize>,
    people: People,
    currencies: Vec<(String, u64)>,
    /// Where each of them stands.
    currency_places: FxHashMap<String, usize>,
    of_last: (Vec<u8>, bool, bool),
    pub(crate) accounts: Accounts,
    pub(crate) guest_orders: u64,
    /// A discount that is no amount: line, field, text.
    percentage: Option<(u64, Field, String)>,
    /// Rows of a file whose rows are whole orders.
    pub(crate) seen: Option<SeenRows>,
    /// Rows of a file whose orders may be scattered.
    pub(crate) scattered: Option<Scattered>,
    pub(crate) customers: CustomerTexts,
}

const LOOKED_AT: [Field; 10] = [
    Field::Order,
    Field::Currency,
    Field::Email,
    Field::Customer,
    Field::Discount,
    Field::OrderDiscount,
    Field::Status,
    Field::Amount,
    Field::OrderTotal,
    Field::Subtotal,
];

/// Fields that every order has, on one of its rows at least.
const OF_ORDERS: [Field; 3] = [Field::Status, Field::OrderTotal, Field::Subtotal];

impl Survey {
    pub(crate) fn new(map: &ColumnMap, people: &People, orders: Option<&OrderPlan>) -> Self {
        let with_numbers = orders.filter(|orders| orders.has_order_numbers);
        let tells_orders = OF_ORDERS.into_iter().any(|field| map.has(field));
        let whole = with_numbers.filter(|orders| !orders.has_items);
        let items = with_numbers.filter(|orders| orders.has_items && orders.repeats && tells_orders);
        let columns = LOOKED_AT.into_iter().filter_map(|field| map.get(field).map(|column| (field, column)));
        Self {
            columns: columns.collect(),
            people: people.clone(),
            currencies: Vec::new(),
            currency_places: FxHashMap::default(),
            of_last: (Vec::new(), false, false),
            accounts: Accounts::default(),
            guest_orders: 0,
            percentage: None,
            seen: whole.map(|_| SeenRows::default()),
            scattered: items.map(|_| Scattered::default()),
            customers: CustomerTexts::default(),
        }
    }

    /// Whether every row of the file must be seen.
    pub(crate) fn needs_all(&self) -> bool {
        self.columns.contains_key(&Field::Currency)
            || self.columns.contains_key(&Field::Email)
            || self.seen.is_some()
            || self.scattered.is_some()
    }

    pub(crate) fn add(&mut self, row: Row<'_>) {
        let text = |field: Field| match self.columns.get(&field) {
            Some(&column) => trimmed(row.field(column)),
            None => b"",
        };
        let (order, currency, email) = (text(Field::Order), text(Field::Currency), text(Field::Email));
        let discounts = [Field::Discount, Field::OrderDiscount];
        let percentage = discounts.into_iter().find(|&field| text(field).ends_with(b"%"));
        let account = self.people.account(text(Field::Customer));
        let customer = match text(Field::Customer) {
            b"" => email,
            id => id,
        };
        self.customers.add(text(Field::Customer));
        if let Some(seen) = &mut self.seen {
            seen.add(order, customer, money_text(text), text(Field::Status));
        }
        if let Some(scattered) = &mut self.scattered {
            scattered.add(row, order, OF_ORDERS.into_iter().all(|field| text(field).is_empty()));
        }
        if let (Some(field), None) = (percentage, &self.percentage) {
            let value = String::from_utf8_lossy(text(field)).into_owned();
            self.percentage = Some((row.line, field, value));
        }
        let (last, currency_seen, guest_seen) = &mut self.of_last;
        if order.is_empty() || last != order {
            last.clear();
            last.extend_from_slice(order);
            (*currency_seen, *guest_seen) = (false, false);
        }
        if !is_nothing(currency) && !*currency_seen {
            *currency_seen = true;
            let code = currency_code(&String::from_utf8_lossy(currency));
            let place = *self.currency_places.entry(code.clone()).or_insert_with(|| {
                self.currencies.push((code, 0));
                self.currencies.len() - 1
            });
            self.currencies[place].1 += 1;
        }
        if !is_address(email) {
            return;
        }
        match account {
            Some(id) => {
                self.accounts.entry(address(email).into()).or_insert_with(|| id.into());
            }
            None if !*guest_seen => {
                *guest_seen = true;
                self.guest_orders += 1;
            }
            None => {}
        }
    }

    /// The currency of the amounts, where the file or the person says, and whether lines of others must be left out.
    ///
    /// # Errors
    /// Several currencies and none told; a told one that the file does not have.
    pub(crate) fn currency(&self, file: &str, told: Option<&str>) -> Result<Option<String>, IngestError> {
        let counts = || {
            let mut counts = self.currencies.clone();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            counts
        };
        let unit = if self.columns.contains_key(&Field::Order) { "orders" } else { "lines" };
        let file = file.to_owned();
        match (told, self.currencies.as_slice()) {
            (None, []) => Ok(None),
            (None, [(only, _)]) => Ok(Some(only.clone())),
            (None, _) => Err(IngestError::SeveralCurrencies { file, unit, counts: counts() }),
            (Some(told), known) => {
                let code = currency_code(told);
                let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
                if known.iter().any(|(known, _)| *known == code) || known.is_empty() && is_code {
                    return Ok(Some(code));
                }
                let told = told.to_owned();
                match known {
                    [] => Err(IngestError::NoCurrency { told }),
                    _ => Err(IngestError::OtherCurrency { file, told, unit, counts: counts() }),
                }
            }
        }
    }

    /// Refuses a file whose orders' rows lie apart.
    ///
    /// # Errors
    /// [`IngestError::Scattered`].
    pub(crate) fn check_neighbours(&self, file: &str, column: &str) -> Result<(), IngestError> {
        match self.scattered.as_ref().and_then(|scattered| scattered.found.clone()) {
            Some((line, order)) => {
                let (file, column) = (file.to_owned(), column.to_owned());
                Err(IngestError::Scattered { file, line, order, column })
            }
            None => Ok(()),
        }
    }

    /// Refuses discounts in percent where amounts are meant.
    ///
    /// # Errors
    /// [`IngestError::Percentages`].
    pub(crate) fn check_discounts(&self, file: &str, columns: &[String]) -> Result<(), IngestError> {
        let heading = |field: Field| self.columns.get(&field).and_then(|&column| columns.get(column));
        let by_heading = [Field::Discount, Field::OrderDiscount].into_iter().find_map(|field| {
            let heading = heading(field)?;
            let plain = heading.to_lowercase();
            let is_share = plain.contains('%') || plain.contains("percent") || plain.contains("pct");
            is_share.then(|| (1, field, heading.clone()))
        });
        let Some((line, field, value)) = self.percentage.clone().or(by_heading) else { return Ok(()) };
        let column = heading(field).cloned().unwrap_or_default();
        Err(IngestError::Percentages { file: file.to_owned(), line, column, value, field })
    }
}

/// The ISO code of a currency as people write it: `gbp` and `£` are GBP, `€` is EUR; a sign that several currencies share
/// stays as it is.
pub fn currency_code(text: &str) -> String {
    match text.trim() {
        "£" => "GBP".to_owned(),
        "€" => "EUR".to_owned(),
        other => other.to_uppercase(),
    }
}

/// Whether a text means the currency of this code.
pub(crate) fn is_currency(text: &[u8], code: &str) -> bool {
    text.eq_ignore_ascii_case(code.as_bytes()) || currency_code(&String::from_utf8_lossy(text)) == code
}
