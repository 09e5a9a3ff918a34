//! A server of its own, and databases in it.

use std::fs;
use std::io::{Error, Result, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::programs;

/// The password of the databases' owner, to be looked for where none belongs.
pub const PASSWORD: &str = "canary-pg-5f1c";

/// What the server proves its name with (`localhost` and `127.0.0.1`), signed by [`Server::authority`].
const CERTIFICATE: &str = include_str!("../../../crates/bootpay-core/src/transport/tests/pem/server.pem");
const KEY: &str = include_str!("../../../crates/bootpay-core/src/transport/tests/pem/server.key");

/// A running server.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
    /// The user that the server runs as, where this is root.
    user: Option<(u32, u32)>,
    databases: AtomicU32,
    /// Ends with this process, and cleans up.
    watchdog: Child,
}

/// A database of a test's own.
#[derive(Clone, Debug)]
pub struct Database {
    server: &'static Server,
    /// Its name.
    pub name: String,
}

impl Server {
    /// The server that all tests of this process share. Panics where there is none to be had.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| Self::start().expect("a PostgreSQL server"))
    }

    /// A new server.
    pub fn start() -> Result<Self> {
        let (programs, root) = (programs::directory()?, programs::is_root()?);
        let user = if root { Some(nobody()?) } else { None };
        let directory = tempfile::Builder::new().prefix("bootpay-postgres-").tempdir()?.keep();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = user {
            chown(&directory, Some(user), Some(group))?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let watchdog = watchdog(&programs, &directory, user)?;
        let server = Self { programs, directory, port, user, databases: AtomicU32::new(0), watchdog };
        server.initialise()?;
        server.begin()?;
        Ok(server)
    }

    fn initialise(&self) -> Result<()> {
        let password = self.directory.join("password");
        self.write(&password, PASSWORD)?;
        self.write(&self.directory.join("server.pem"), CERTIFICATE)?;
        self.write(&self.directory.join("server.key"), KEY)?;
        let mut initdb = self.command("initdb");
        initdb.args(["-U", "postgres", "-E", "UTF8", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256"]);
        // The files of an empty cluster need no sync; what is recorded in it does.
        run(initdb.arg("--no-sync").arg("--pwfile").arg(password).arg("-D").arg(self.data()))?;
        let directory = self.directory.display();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{directory}'\nfsync = on\n\
             shared_buffers = 32MB\nmax_connections = 120\nssl = on\nssl_cert_file = '{directory}/server.pem'\n\
             ssl_key_file = '{directory}/server.key'\n",
            self.port
        );
        let mut file = fs::OpenOptions::new().append(true).open(self.data().join("postgresql.conf"))?;
        file.write_all(settings.as_bytes())
    }

    /// Stops the server as a power cut would: nobody takes leave, nothing is flushed.
    pub fn crash(&self) -> Result<()> {
        run(self.command("pg_ctl").args(["stop", "-m", "immediate", "-w", "-D"]).arg(self.data()))
    }

    /// Starts it again, and waits until it answers.
    pub fn begin(&self) -> Result<()> {
        let mut start = self.command("pg_ctl");
        // What it starts would keep a pipe of ours open.
        start.stdout(Stdio::null()).stderr(Stdio::null());
        start.args(["start", "-w", "-t", "120", "-D"]).arg(self.data()).arg("-l").arg(self.log());
        let status = start.status()?;
        if status.success() {
            return Ok(());
        }
        Err(Error::other(fs::read_to_string(self.log()).unwrap_or_else(|_| format!("pg_ctl start: {status}"))))
    }

    /// A new database, owned by the superuser.
    pub fn database(&'static self) -> Database {
        let name = format!("journal_{}", self.databases.fetch_add(1, Ordering::SeqCst) + 1);
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        Database { server: self, name }
    }

    /// What `psql` prints for a statement: rows as lines, columns with `|` between them.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.arg("-h").arg(&self.directory).args(["-p", &self.port.to_string(), "-U", "postgres", "-d", database]);
        let output = psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).output().expect("psql");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the socket and the log are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The certificate of the authority that signed the server's, in PEM.
    pub fn authority() -> &'static str {
        include_str!("../../../crates/bootpay-core/src/transport/tests/pem/ca.pem")
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// The server's own log.
    pub fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        as_user(&mut command, self.user);
        command.current_dir(&self.directory).stdin(Stdio::null());
        command
    }

    fn write(&self, path: &Path, text: &str) -> Result<()> {
        fs::write(path, text)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        match self.user {
            Some((user, group)) => chown(path, Some(user), Some(group)),
            None => Ok(()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

impl Database {
    /// Its address over TCP, with a password.
    pub fn url(&self) -> String {
        self.url_at(self.server.port)
    }

    /// The same through another port, a proxy's say.
    pub fn url_at(&self, port: u16) -> String {
        format!("postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/{}", self.name)
    }

    /// Its address by the server's socket.
    pub fn socket_url(&self) -> String {
        let Self { server, name } = self;
        format!("postgresql:///{name}?host={}&port={}&user=postgres", server.directory.display(), server.port)
    }

    /// What `psql` prints for a statement in it.
    pub fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.name, sql)
    }

    /// Its server.
    pub fn server(&self) -> &'static Server {
        self.server
    }
}

/// A shell in a process group of its own, so that no Ctrl-C reaches it before this process's end does.
fn watchdog(programs: &Path, directory: &Path, user: Option<(u32, u32)>) -> Result<Child> {
    let script =
        "trap '' INT TERM HUP; cat >/dev/null; \"$0/pg_ctl\" stop -m immediate -w -D \"$1/data\"; rm -rf \"$1\"";
    let mut shell = Command::new("/bin/sh");
    as_user(&mut shell, user);
    shell.args(["-c", script]).arg(programs).arg(directory).current_dir("/").process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

fn as_user(command: &mut Command, user: Option<(u32, u32)>) {
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
}

/// A user whom nothing belongs to. One without a name will not do: `initdb` asks for it.
fn nobody() -> Result<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let found = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        (name == "nobody").then_some((user, group))
    });
    found.ok_or_else(|| Error::other("there is no user `nobody` for PostgreSQL to run as"))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::other(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))))
}
