//! The address of a database: `postgresql://user:password@host:5432/database?sslmode=…`.
//!
//! It is a secret as a whole, since a password can hide in any part of an address that was mistyped. What is shown of one
//! that could be read are hosts, ports and the database's name.

use std::fmt::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::error::{InvalidInput, Problem};
use crate::secret::Secret;

/// To connect to one host, TLS and the first questions included.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// How long the peer's machine may leave what we sent unacknowledged.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);

const EXPECTED: &str = "postgresql://user:password@host:5432/database, with every special character of user and \
                        password percent-encoded (`@` is %40)";

/// Where the database is and how to talk to it; checked.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) encryption: Encryption,
    pub(super) place: String,
}

/// How a connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// `sslmode=disable`, and the usual thing on this very machine.
    None,
    /// `sslmode=require`: encrypted, and nobody knows by whom.
    Unverified,
    /// `sslmode=verify-full`, the usual thing: by a host of that name, as the system's authorities say.
    System,
    /// The same, as the authorities in `sslrootcert` say, and nobody else.
    File(PathBuf),
}

impl Address {
    pub(super) fn parse(url: &Secret) -> Result<Self, InvalidInput> {
        let (rest, own) = split(url.expose().trim())?;
        // What it says against an address may repeat a part of it.
        let mut config = Config::from_str(&rest).map_err(|_| malformed(EXPECTED))?;
        let place = place(&config)?;
        let encryption = own.encryption(is_this_machine(&config))?;
        config.ssl_mode(match encryption {
            Encryption::None => SslMode::Disable,
            _ => SslMode::Require,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_application_name().is_none() {
            config.application_name("bootpay");
        }
        config.keepalives_idle(Duration::from_secs(30)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3).tcp_user_timeout(UNACKNOWLEDGED);
        Ok(Self { config, encryption, place })
    }
}

/// The parameters that the client library does not know.
#[derive(Default)]
struct Own {
    sslmode: Option<String>,
    sslrootcert: Option<String>,
}

impl Own {
    fn encryption(self, this_machine: bool) -> Result<Encryption, InvalidInput> {
        let verified = |root: Option<String>| match root.as_deref() {
            None | Some("system") => Encryption::System,
            Some(path) => Encryption::File(path.into()),
        };
        let usual = if this_machine && self.sslrootcert.is_none() { "disable" } else { "verify-full" };
        match (self.sslmode.as_deref().unwrap_or(usual), self.sslrootcert) {
            ("disable", None) => Ok(Encryption::None),
            ("require", None) => Ok(Encryption::Unverified),
            ("verify-full", root) => Ok(verified(root)),
            ("disable" | "require", Some(_)) => Err(InvalidInput::new("journal", Problem::Inconsistent)
                .expected("sslmode=verify-full with sslrootcert: nothing else looks at certificates")),
            ("prefer" | "allow", _) => Err(InvalidInput::new("journal", Problem::Insecure).expected(
                "sslmode=verify-full, or a weaker one by name (require, disable): one that whoever is in between can \
                 turn off is none",
            )),
            _ => Err(InvalidInput::new("journal", Problem::NotKnown)
                .expected("sslmode=verify-full, sslmode=require (encrypted, by nobody knows whom) or sslmode=disable")),
        }
    }
}

/// The address without the parameters that are ours. User and password end at the first `@`, whatever is in them.
fn split(url: &str) -> Result<(String, Own), InvalidInput> {
    let host = url.find('@').unwrap_or(0);
    let Some(question) = url[host..].find('?').map(|at| host + at) else { return Ok((url.to_owned(), Own::default())) };
    let (address, parameters) = (&url[..question], &url[question + 1..]);
    let mut own = Own::default();
    let mut others = Vec::new();
    for parameter in parameters.split('&').filter(|one| !one.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or_else(|| malformed(EXPECTED))?;
        match name {
            "sslmode" => own.sslmode = Some(value.to_owned()),
            "sslrootcert" => {
                let path = percent_decoded(value).ok_or_else(|| malformed("a path after sslrootcert="))?;
                own.sslrootcert = Some(path);
            }
            _ => others.push(parameter),
        }
    }
    let rest = if others.is_empty() { address.to_owned() } else { format!("{address}?{}", others.join("&")) };
    Ok((rest, own))
}

fn percent_decoded(text: &str) -> Option<String> {
    // A form's decoder, but for the plus sign, which is one.
    let text = text.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    pairs.next().map(|(word, _)| word.into_owned()).filter(|word| !word.is_empty())
}

/// Hosts, ports and the database's name, where they look like some: else a password may have got in.
fn place(config: &Config) -> Result<String, InvalidInput> {
    let plain = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || more.contains(char))
    };
    if config.get_hosts().is_empty() {
        return Err(malformed(EXPECTED));
    }
    let mut place = "postgresql://".to_owned();
    for (index, host) in config.get_hosts().iter().enumerate() {
        let host = match host {
            Host::Tcp(name) if plain(name, "-_.:") => name.clone(),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
            _ => return Err(malformed(EXPECTED)),
        };
        let ports = config.get_ports();
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(place, "{comma}{host}:{port}");
    }
    // Without one, the server takes the user's name.
    match config.get_dbname() {
        Some(name) if plain(name, "-_. ") => Ok(format!("{place}/{name}")),
        Some(_) => Err(malformed(EXPECTED)),
        None => Ok(place),
    }
}

/// Whether no connection leaves this machine.
fn is_this_machine(config: &Config) -> bool {
    config.get_hostaddrs().iter().all(IpAddr::is_loopback)
        && config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                name == "localhost"
                    || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        })
}

fn malformed(expected: &str) -> InvalidInput {
    InvalidInput::new("journal", Problem::Malformed).expected(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str) -> Result<Address, InvalidInput> {
        Address::parse(&Secret::new(url))
    }

    fn encryption(url: &str) -> Encryption {
        parsed(url).map(|address| address.encryption).unwrap()
    }

    #[test]
    fn another_machine_must_prove_who_it_is_and_this_one_need_not() {
        for url in [
            "postgresql://u:p@db.example.com/d",
            "postgres://u@10.0.0.1:6000/d",
            "postgresql://u@localhost,db.example.com/d",
            "postgresql://u@localhost/d?hostaddr=10.0.0.1",
            "postgresql://u@localhost.example.com/d",
            "postgresql://u@db.example.com/d?sslmode=verify-full",
            "postgresql://u@db.example.com/d?sslrootcert=system",
        ] {
            assert_eq!(encryption(url), Encryption::System, "{url}");
        }
        for url in [
            "postgresql://u:p@localhost/d",
            "postgresql://u:p@127.0.0.1:6000/d",
            "postgresql://u@[::1]:6000/d",
            "postgresql://u@/d?host=/var/run/postgresql",
            "postgresql://u@%2Fvar%2Frun%2Fpostgresql/d",
        ] {
            assert_eq!(encryption(url), Encryption::None, "{url}");
        }
    }

    #[test]
    fn what_is_weaker_is_asked_for_by_name() {
        assert_eq!(encryption("postgresql://u@db.example.com/d?sslmode=disable"), Encryption::None);
        assert_eq!(
            encryption(
                "postgresql://u@db.example.com/d?a=b&sslmode=require"
                    .replace("a=b", "options=-csearch_path%3Dx")
                    .as_str()
            ),
            Encryption::Unverified
        );
        assert_eq!(encryption("postgresql://u@127.0.0.1/d?sslmode=require"), Encryption::Unverified);
        let file = Encryption::File("/etc/the ca+1.pem".into());
        assert_eq!(encryption("postgresql://u@h/d?sslrootcert=/etc/the%20ca+1.pem"), file);
        assert_eq!(encryption("postgresql://u@localhost/d?sslrootcert=/etc/the%20ca+1.pem"), file);
        for (parameters, problem) in [
            ("sslmode=prefer", Problem::Insecure),
            ("sslmode=allow", Problem::Insecure),
            ("sslmode=verify-ca", Problem::NotKnown),
            ("sslmode=", Problem::NotKnown),
            ("sslmode=require&sslrootcert=/ca.pem", Problem::Inconsistent),
            ("sslmode=disable&sslrootcert=/ca.pem", Problem::Inconsistent),
            ("sslrootcert=", Problem::Malformed),
        ] {
            for host in ["db.example.com", "localhost"] {
                let error = parsed(&format!("postgresql://u@{host}/d?{parameters}")).err().unwrap();
                assert_eq!((error.field(), error.problem()), ("journal", problem), "{parameters}");
            }
        }
    }

    #[test]
    fn the_place_is_hosts_ports_and_the_database() {
        for (url, place) in [
            ("postgresql://u:canary@db.example.com/shop", "postgresql://db.example.com:5432/shop"),
            ("postgresql://canary@a,b:6000/shop?application_name=canary", "postgresql://a:5432,b:6000/shop"),
            ("postgresql://u:ca%40nary?%2Fcanary#canary@h/shop", "postgresql://h:5432/shop"),
            ("postgresql://u:canary@h", "postgresql://h:5432"),
            ("postgresql:///shop?host=/run/pg&port=6000&user=u&password=canary", "postgresql:///run/pg:6000/shop"),
        ] {
            assert_eq!(parsed(url).map(|address| address.place).unwrap(), place);
        }
    }

    #[test]
    fn a_mistyped_address_shows_nothing_of_a_password() {
        for url in [
            "postgresql://u:p@canary@h/d",
            "postgresql://u:canary",
            "postgresql://u:canary/h/d",
            "postgresql://u@h:canary/d",
            "postgresql://u@h/d?canary",
            "postgresql://u@h/d?canary=1",
            "postgresql://u@h/d?sslmode=canary",
            "postgresql://u@h/d?port=canary",
            "postgresql://u@h/d@canary",
            "postgresql://u@h/d?connect_timeout=canary",
            "postgresql://u:%FFcanary@h:x/d",
            "postgresql:u:canary@h/d",
            "postgresql://",
        ] {
            let error = parsed(url).err().unwrap_or_else(|| panic!("{url}"));
            assert_eq!(error.field(), "journal");
            let said = format!("{error} {error:?} {:?}", error.hint(crate::hint::Language::Korean));
            assert!(!said.contains("canary"), "{said}");
        }
    }
}
