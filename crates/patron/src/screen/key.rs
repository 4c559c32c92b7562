//! After the commands for API keys.

use chrono::NaiveDateTime;
use patron_store::ApiKey;

/// A key came; the key itself is printed by itself, so that a program can take it.
pub(crate) fn key_made(key: &ApiKey) -> String {
    let end =
        key.expires_at.map_or_else(|| "does not expire".to_owned(), |end| format!("expires {}", time(end)));
    format!(
        "API key {} '{}' may {} and {end}. It is shown this once: keep it where only its program can read it.",
        key.id, key.name, key.scopes
    )
}

/// A key went.
pub(crate) fn key_revoked(key: &ApiKey) -> String {
    format!("API key {} '{}' is revoked; running services refuse it within 2 seconds.", key.id, key.name)
}

/// One line per key.
pub(crate) fn keys(keys: &[ApiKey], database: &str, now: NaiveDateTime) -> String {
    if keys.is_empty() {
        return format!(
            "{database} holds no API keys yet; patron key create --name NAME --scope read makes one."
        );
    }
    let mut lines = vec![format!(
        "{:>4}  {:24}  {:25}  {:16}  {:10}  state",
        "id", "name", "scopes", "created (UTC)", "last used"
    )];
    lines.extend(keys.iter().map(|key| {
        format!(
            "{:>4}  {:24}  {:25}  {:16}  {:10}  {}",
            key.id.0,
            key.name,
            key.scopes.to_string(),
            time(key.created_at),
            key.last_used_on.map_or_else(|| "-".to_owned(), |day| day.to_string()),
            state(key, now)
        )
    }));
    lines.join("\n")
}

fn state(key: &ApiKey, now: NaiveDateTime) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", time(at)),
        (None, Some(end)) if key.is_usable(now) => format!("until {}", time(end)),
        (None, Some(end)) => format!("expired {}", time(end)),
        (None, None) => "in force".to_owned(),
    }
}

fn time(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}
