//! API keys.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use patron_domain::Day;
use subtle::ConstantTimeEq;

use super::audit::AuditAction;
use super::hash::{base64url, sha256};
use super::{KeyId, Scopes};
use crate::connect::Connection;
use crate::crud::numbers::next_id;
use crate::error::{Fault, Outcome};
use crate::schema::api_keys;
use crate::{FieldError, Reading, StoreError, Writing};

/// Characters of a key's name.
const MAX_NAME: usize = 100;
/// What every key begins with, so that one is recognised wherever it turns up.
const PREFIX: &str = "patron_";

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for, for people: up to 100 characters.
    pub name: String,
    /// What it may do; at least one thing.
    pub scopes: Scopes,
    /// Now, in UTC.
    pub created_at: NaiveDateTime,
    /// From when on it is of no more use, in UTC; `None` for never.
    pub expires_at: Option<NaiveDateTime>,
}

/// A key, without its secret: what is stored of that cannot be turned back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its number, which no other key ever gets.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made, in UTC.
    pub created_at: NaiveDateTime,
    /// From when on it is of no more use, in UTC.
    pub expires_at: Option<NaiveDateTime>,
    /// When it was revoked, in UTC.
    pub revoked_at: Option<NaiveDateTime>,
    /// The last day, in UTC, on which a request came with it.
    pub last_used_on: Option<Day>,
    hash: String,
}

impl ApiKey {
    /// Whether it is in force: neither revoked nor expired. At the very second of its expiry it is not.
    pub fn is_usable(&self, now: NaiveDateTime) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether a secret is that of this key, in a time that does not depend on how much of it is right.
    pub fn fits(&self, secret: &str) -> bool {
        sha256(&[secret.as_bytes()]).as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}

/// A whole key, as its owner sends it: `patron_<number>_<secret>`. It exists only when the key is made; `Debug` hides
/// the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyText {
    id: KeyId,
    secret: String,
}

impl KeyText {
    /// The number and the secret of a text; `None` where it is no key.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let is_number = !id.is_empty() && id.len() < 19 && id.bytes().all(|byte| byte.is_ascii_digit());
        let is_secret = secret.len() == 43
            && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (is_number && is_secret).then_some(())?;
        Some(Self { id: KeyId(id.parse().ok()?), secret: secret.to_owned() })
    }

    /// Which key it claims to be.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The secret part.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Display for KeyText {
    /// The whole key, secret included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}_{}", self.id, self.secret)
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyText({PREFIX}{}_…)", self.id)
    }
}

impl Reading<'_> {
    /// All keys, revoked and expired ones too, in the order in which they were made.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Unreadable`] for scopes this program does not know.
    pub fn keys(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        self.run(all)
    }
}

impl Writing<'_> {
    /// Makes a key. `random`: 32 bytes that nobody can guess. The text is the only thing that ever shows the secret.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a name that is empty or too long, no scopes at all, or an expiry that has passed;
    /// what the database says.
    pub fn create_key(&mut self, new: &NewKey, random: [u8; 32]) -> Result<(ApiKey, KeyText), StoreError> {
        let made = self.run(|connection| create(connection, new, &base64url(&random)))?;
        self.note(AuditAction::Create, "api_keys", made.0.id.0)?;
        Ok(made)
    }

    /// Puts a key out of force for good. One that was revoked before stays as it was.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; what the database says.
    pub fn revoke_key(&mut self, key: KeyId, at: NaiveDateTime) -> Result<ApiKey, StoreError> {
        let revoked = self.run(|connection| {
            let open = api_keys::table.find(key.0).filter(api_keys::revoked_at.is_null());
            diesel::update(open).set(api_keys::revoked_at.eq(at)).execute(connection)?;
            one(connection, key)
        })?;
        self.note(AuditAction::Revoke, "api_keys", key.0)?;
        Ok(revoked)
    }

    /// Notes that a request came with a key on a day (UTC).
    ///
    /// # Errors
    /// What the database says. A key that is not there is no error.
    pub fn note_key_used(&mut self, key: KeyId, day: Day) -> Result<(), StoreError> {
        self.run(|connection| {
            let row = diesel::update(api_keys::table.find(key.0));
            row.set(api_keys::last_used_on.eq(day.date())).execute(connection)?;
            Ok(())
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct Row {
    id: i64,
    name: String,
    hash: String,
    scopes: String,
    created_at: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
    last_used_on: Option<NaiveDate>,
}

fn all(connection: &mut Connection) -> Outcome<Vec<ApiKey>> {
    let rows: Vec<Row> = api_keys::table.order(api_keys::id).select(Row::as_select()).load(connection)?;
    rows.into_iter().map(ApiKey::try_from).collect()
}

fn one(connection: &mut Connection, key: KeyId) -> Outcome<ApiKey> {
    let row: Option<Row> =
        api_keys::table.find(key.0).select(Row::as_select()).first(connection).optional()?;
    let missing = StoreError::Missing { what: "API key", key: key.to_string() };
    row.ok_or(missing)?.try_into()
}

/// The secret is 256 random bits: nobody can try them all, so a fast hash keeps it as well as a slow one would, and
/// every request can afford it.
fn create(connection: &mut Connection, new: &NewKey, secret: &str) -> Outcome<(ApiKey, KeyText)> {
    check(new)?;
    let id = next_id!(connection, api_keys);
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(id),
            api_keys::name.eq(new.name.trim()),
            api_keys::hash.eq(sha256(&[secret.as_bytes()])),
            api_keys::scopes.eq(new.scopes.to_string()),
            api_keys::created_at.eq(new.created_at),
            api_keys::expires_at.eq(new.expires_at),
        ))
        .execute(connection)?;
    let key = one(connection, KeyId(id))?;
    Ok((key, KeyText { id: KeyId(id), secret: secret.to_owned() }))
}

fn check(new: &NewKey) -> Result<(), StoreError> {
    let mut fields = Vec::new();
    let mut wrong = |field, reason: &str| fields.push(FieldError { field, reason: reason.to_owned() });
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        wrong("name", "must have 1 to 100 characters, none of them a control character");
    }
    if new.scopes.is_empty() {
        wrong("scopes", "must name at least one of read, write, admin and personal");
    }
    if new.expires_at.is_some_and(|end| end <= new.created_at) {
        wrong("expires_at", "must lie ahead");
    }
    if fields.is_empty() { Ok(()) } else { Err(StoreError::Invalid { fields }) }
}

impl TryFrom<Row> for ApiKey {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        let unreadable = |_| StoreError::Unreadable { what: "scopes", value: row.scopes.clone() };
        let scopes = row.scopes.parse().map_err(unreadable)?;
        Ok(Self {
            id: KeyId(row.id),
            name: row.name,
            scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            last_used_on: row.last_used_on.map(Day::from),
            hash: row.hash,
        })
    }
}
