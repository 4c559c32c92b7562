//! A database of a PostgreSQL server.

use std::fmt;

/// What the client library does unless the address says otherwise: give up on a server that does not answer after
/// five seconds, and on one that has gone after a minute.
const DEFAULTS: [(&str, &str); 6] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "60000"),
    ("fallback_application_name", "patron"),
];

/// Values of `sslmode` that need an encrypted connection.
const ENCRYPTED: [&str; 3] = ["require", "verify-ca", "verify-full"];

/// An address, by the client library's names for its parts.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server {
    user: Option<String>,
    password: Option<String>,
    /// Hosts with their ports; several are tried one after the other.
    hosts: Vec<(String, Option<String>)>,
    database: Option<String>,
    others: Vec<(String, String)>,
}

impl Server {
    /// From what comes after `postgres://`; `None` where that is not well formed.
    pub(super) fn parse(rest: &str) -> Option<Self> {
        let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
        let (before, database) = rest.split_once('/').map_or((rest, ""), |(before, path)| (before, path));
        let (login, hosts) = before.rsplit_once('@').map_or(("", before), |(login, hosts)| (login, hosts));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(decoded(password)?)),
            None => (login, None),
        };
        let hosts = if hosts.is_empty() { Some(Vec::new()) } else { hosts.split(',').map(host).collect() };
        let others = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            is_key.then_some((key.to_owned(), decoded(value)?))
        });
        Some(Self {
            user: filled(decoded(user)?),
            password,
            hosts: hosts?,
            database: filled(decoded(database)?),
            others: others.collect::<Option<_>>()?,
        })
    }

    /// Whether it asks for an encrypted connection.
    pub(crate) fn needs_tls(&self) -> bool {
        self.others.iter().any(|(key, value)| key == "sslmode" && ENCRYPTED.contains(&value.as_str()))
    }

    /// What a program beside this one needs to know and its command line must not show, as environment variables.
    pub(crate) fn environment(&self) -> Vec<(&'static str, &str)> {
        let given = |key| self.others.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str());
        let all = [
            ("PGPASSWORD", self.password.as_deref().or_else(|| given("password"))),
            ("PGPASSFILE", given("passfile")),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// What the client library takes. Not for anybody's eyes.
    pub(crate) fn connection_string(&self) -> String {
        let mut settings: Vec<(&str, String)> = Vec::new();
        if !self.hosts.is_empty() {
            let hosts: Vec<&str> = self.hosts.iter().map(|(host, _)| host.as_str()).collect();
            settings.push(("host", hosts.join(",")));
            if self.hosts.iter().any(|(_, port)| port.is_some()) {
                let ports: Vec<&str> =
                    self.hosts.iter().map(|(_, port)| port.as_deref().unwrap_or("")).collect();
                settings.push(("port", ports.join(",")));
            }
        }
        let login = [("user", &self.user), ("password", &self.password), ("dbname", &self.database)];
        settings.extend(login.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))));
        settings.extend(self.others.iter().map(|(key, value)| (key.as_str(), value.clone())));
        for (key, value) in DEFAULTS {
            if !settings.iter().any(|(given, _)| *given == key) {
                settings.push((key, value.to_owned()));
            }
        }
        let quoted = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
        let all: Vec<String> =
            settings.iter().map(|(key, value)| format!("{key}='{}'", quoted(value))).collect();
        all.join(" ")
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://")?;
        if let Some(user) = &self.user {
            write!(f, "{}@", encoded(user))?;
        }
        for (index, (host, port)) in self.hosts.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let host = if host.contains(':') { format!("[{host}]") } else { encoded(host) };
            let colon = if port.is_some() { ":" } else { "" };
            write!(f, "{comma}{host}{colon}{}", port.as_deref().unwrap_or(""))?;
        }
        if let Some(database) = &self.database {
            write!(f, "/{}", encoded(database))?;
        }
        let shown = self.others.iter().filter(|(key, _)| !is_secret(key));
        for (index, (key, value)) in shown.enumerate() {
            write!(f, "{}{key}={}", if index == 0 { '?' } else { '&' }, encoded(value).replace("%2F", "/"))?;
        }
        Ok(())
    }
}

/// An address that is not well formed, as it may be shown: nothing between the scheme and the last `@`, and no value
/// of a secret.
pub(super) fn without_passwords(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let rest = rest.rsplit_once('@').map_or(rest.to_owned(), |(_, rest)| format!("***@{rest}"));
    let Some((before, query)) = rest.split_once('?') else { return format!("{scheme}://{rest}") };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if is_secret(key) => format!("{key}=***"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{scheme}://{before}?{}", pairs.join("&"))
}

fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    key.contains("pass") || key.contains("secret") || key.contains("client_key")
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// A host with its port; `[::1]:5432` for an address with colons.
fn host(text: &str) -> Option<(String, Option<String>)> {
    let (host, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = port.filter(|port| !port.is_empty());
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return None;
    }
    Some((decoded(host)?, port.map(str::to_owned)))
}

/// The text behind `%41` and the like; `None` where it is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            u8::from_str_radix(digits, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let shown = text.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use crate::DatabaseUrl;
    use crate::url::Address;

    fn check(text: &str, shown: &str, settings: &str) {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(url.to_string().parse::<DatabaseUrl>().unwrap().to_string(), shown);
        let Address::Server(server) = url.address() else { panic!("{text} is a file") };
        let all = server.connection_string();
        assert!(all.starts_with(settings), "{all}");
    }

    #[test]
    fn every_part_of_a_servers_address_may_be_left_out() {
        check("postgres://", "postgres://", "connect_timeout='5'");
        check("postgresql://db/shop", "postgres://db/shop", "host='db' dbname='shop'");
        check(
            "postgres://ann:s%40cret@db:5433/shop?sslmode=require",
            "postgres://ann@db:5433/shop?sslmode=require",
            "host='db' port='5433' user='ann' password='s@cret' dbname='shop' sslmode='require'",
        );
        check(
            "postgres:///shop?host=/run/pg",
            "postgres:///shop?host=/run/pg",
            "dbname='shop' host='/run/pg'",
        );
        check("postgres://%2Frun%2Fpg/shop", "postgres://%2Frun%2Fpg/shop", "host='/run/pg' dbname='shop'");
        check("postgres://[::1]:5432/x", "postgres://[::1]:5432/x", "host='::1' port='5432' dbname='x'");
        check("postgres://a:1,b:2/x", "postgres://a:1,b:2/x", "host='a,b' port='1,2' dbname='x'");
        check(r"postgres://o'x\y/d", "postgres://o%27x%5Cy/d", r"host='o\'x\\y' dbname='d'");
    }

    #[test]
    fn no_password_is_ever_shown() {
        let secrets = [
            "postgres://ann:geheim@db/shop",
            "postgres://ann:ge@geheim@db/shop",
            "postgres://db/shop?password=geheim&sslpassword=geheim",
        ];
        for text in secrets {
            let url: DatabaseUrl = text.parse().unwrap();
            let shown = format!("{url} {url:?} {} {:?}", url.place(), url.place());
            assert!(!shown.contains("geheim"), "{shown}");
        }
        for text in
            ["postgres://a:geheim@db:port/x", "postgres://a:geheim%ZZ@db", "x://a:geheim@b?password=geheim"]
        {
            let shown = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(!format!("{shown} {shown:?}").contains("geheim"), "{shown}");
        }
    }
}
