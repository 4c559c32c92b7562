//! A server and the databases in it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::programs;

const SCRIPT: &str = include_str!("cluster.sh");

/// A running PostgreSQL server; stopped and removed when it is dropped or this process ends.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    /// The port it answers on with TLS.
    port: Option<u16>,
    databases: AtomicU32,
    watch: Mutex<Watch>,
}

/// The shell that holds the server.
#[derive(Debug)]
struct Watch {
    shell: Child,
    /// Taken when the server is to go.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// The server all tests of this process share; `None`, said loudly, where PostgreSQL is not installed.
    ///
    /// # Panics
    /// When it does not start; when it is not installed and `CI` is `true`.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// A server of one's own, to be [stopped](Self::stop); as [`Cluster::shared`].
    ///
    /// # Panics
    /// As [`Cluster::shared`].
    pub fn start() -> Option<Self> {
        Some(Self::run(programs::folder()?, None))
    }

    /// A server of one's own that answers on a port of 127.0.0.1 too, with TLS and the password `secret` only.
    ///
    /// Its [folder](Self::folder) holds the certificate that signed its own, `root.crt`, and one that did not,
    /// `other.crt`.
    ///
    /// # Panics
    /// As [`Cluster::shared`]; the `openssl` command is needed too.
    pub fn start_with_tls() -> Option<Self> {
        let programs = programs::folder().filter(|_| programs::openssl())?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let cluster = Self::run(programs, Some(free.expect("a free port").port()));
        cluster.sql("postgres", "ALTER ROLE patron PASSWORD 'secret'");
        Some(cluster)
    }

    fn run(programs: PathBuf, port: Option<u16>) -> Self {
        let mut shell = programs::shell();
        shell
            .args(["-c", SCRIPT, "sh"])
            .arg(&programs)
            .arg(port.map(|port| port.to_string()).unwrap_or_default());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut shell, 0); // Ctrl-C ends the tests, they end it
        let shell = shell.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut shell = shell.spawn().expect("a shell starts");
        let commands = shell.stdin.take();
        let mut answers = BufReader::new(shell.stdout.take().expect("it has an output"));
        let mut folder = String::new();
        answers.read_line(&mut folder).expect("it says its folder");
        let folder = PathBuf::from(folder.trim_end());
        assert!(folder.is_absolute(), "no PostgreSQL server could be made: see above");
        let watch = Mutex::new(Watch { shell, commands, answers });
        let cluster = Self { programs, folder, port, databases: AtomicU32::new(0), watch };
        cluster.tell("start");
        cluster
    }

    /// Kills the server; its databases stay.
    ///
    /// # Panics
    /// When it does not go.
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// Starts it again after [`Cluster::stop`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        self.tell("start");
    }

    fn tell(&self, command: &str) {
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let commands = watch.commands.as_mut().expect("it is taken at the end only");
        writeln!(commands, "{command}").expect("the shell listens");
        let mut answer = String::new();
        watch.answers.read_line(&mut answer).expect("the shell answers");
        assert_eq!(answer.trim_end(), "ok", "PostgreSQL did not {command}: see above");
    }

    /// The folder of its socket, its log and, with TLS, the certificates.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The port of 127.0.0.1 it answers on with TLS.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// A new empty database.
    ///
    /// # Panics
    /// When the server is stopped.
    pub fn database(&self) -> Database<'_> {
        let name = format!("shop_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        Database { cluster: self, name }
    }

    /// Runs SQL in a database with `psql`, in one transaction where that can be, and returns what it prints: cells
    /// with `|` between them, a row on each line.
    ///
    /// # Panics
    /// When it fails.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = self.program("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]);
        let ran = psql.output().expect("psql starts");
        assert!(ran.status.success(), "{sql}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).expect("psql writes UTF-8").trim_end().to_owned()
    }

    /// One of PostgreSQL's programs, told where this server is.
    pub fn program(&self, name: &str) -> Command {
        let mut program = Command::new(self.programs.join(name));
        program
            .env("PGHOST", &self.folder)
            .env("PGUSER", "patron")
            .env("PGOPTIONS", "-c client_min_messages=warning");
        program.envs(self.port.map(|port| ("PGPORT", port.to_string()))).current_dir("/");
        program
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let watch = self.watch.get_mut().unwrap_or_else(PoisonError::into_inner);
        watch.commands = None; // the end of its input is the sign to leave
        watch.shell.wait().expect("the shell ends");
    }
}

/// A database of a [`Cluster`]; goes when it is dropped, whoever is connected to it.
#[derive(Debug)]
pub struct Database<'c> {
    cluster: &'c Cluster,
    name: String,
}

impl Database<'_> {
    /// Its address through the socket: `postgres://patron@/shop_0?host=…`.
    pub fn url(&self) -> String {
        let port = self.cluster.port.map(|port| format!("&port={port}")).unwrap_or_default();
        format!("postgres://patron@/{}?host={}{port}", self.name, self.cluster.folder.display())
    }

    /// Its name in the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL in it: [`Cluster::sql`].
    ///
    /// # Panics
    /// When it fails.
    pub fn sql(&self, sql: &str) -> String {
        self.cluster.sql(&self.name, sql)
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        let mut psql = self.cluster.program("psql");
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // where the server is stopped the database goes with it
        let _ = psql.args(["-X", "-q", "-d", "postgres", "-c", &sql]).output();
    }
}
