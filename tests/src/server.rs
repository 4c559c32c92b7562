//! A service of its own for a test: started, stopped, and killed.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::http::{self, Answer};

/// How long a service may compute before its answers are there.
const READY_WITHIN: Duration = Duration::from_secs(3600);

/// A running `patron serve`, at a free port of this machine; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    /// Kept open: the service may still say something.
    _out: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `binary serve` on a database, with further arguments, and waits until its answers are there. What it says
    /// on standard error goes to the file `log`.
    ///
    /// # Panics
    /// With what the service said, when it does not start, or has no answers within an hour.
    pub fn start(binary: &Path, database: &str, arguments: &[&str], log: &Path) -> Self {
        let started = Self::try_start(binary, database, arguments, log);
        let server = started.unwrap_or_else(|error| {
            let said = std::fs::read_to_string(log).unwrap_or_default();
            panic!("the service does not start: {error}\n{said}")
        });
        let deadline = Instant::now() + READY_WITHIN;
        while server.get("/ready").status != 200 {
            assert!(Instant::now() < deadline, "the service has no answers\n{}", server.said());
            sleep(Duration::from_millis(20));
        }
        server
    }

    /// As [`Server::start`], for a service that may not start; returns as soon as it takes requests.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] when the service ended before it told its address; what the system says.
    pub fn try_start(binary: &Path, database: &str, arguments: &[&str], log: &Path) -> io::Result<Self> {
        Self::spawn(Command::new(binary), database, arguments, log)
    }

    /// As [`Server::try_start`], for a command that becomes the binary, with the arguments of `serve` behind its own.
    ///
    /// # Errors
    /// As [`Server::try_start`].
    pub fn spawn(mut command: Command, database: &str, arguments: &[&str], log: &Path) -> io::Result<Self> {
        let mut child = command
            .args(["serve", "--database", database, "--bind", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_BACKTRACE", "0")
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(log)?)
            .spawn()?;
        let ended = || io::Error::new(io::ErrorKind::UnexpectedEof, "it ended without telling an address");
        let mut out = BufReader::new(child.stdout.take().ok_or_else(ended)?);
        let mut line = String::new();
        let address = loop {
            line.clear();
            if out.read_line(&mut line)? == 0 {
                child.wait()?;
                return Err(ended());
            }
            let told = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
            if let Some(address) = told.and_then(|told| told.parse().ok()) {
                break address;
            }
        };
        Ok(Self { child, address, log: log.to_owned(), _out: out })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it has said on standard error so far, earlier services with the same file included.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks for a path.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn get(&self, path: &str) -> Answer {
        http::ask(self.address, "GET", path, &[], None)
            .unwrap_or_else(|error| panic!("no answer to GET {path}: {error}\n{}", self.said()))
    }

    /// Posts a JSON body.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn post(&self, path: &str, body: &str) -> Answer {
        http::ask(self.address, "POST", path, &[], Some(body))
            .unwrap_or_else(|error| panic!("no answer to POST {path}: {error}\n{}", self.said()))
    }

    /// Ends the process at once, as `kill -9` and a power cut do.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(mut self) {
        self.child.kill().expect("the service can be killed");
        self.child.wait().expect("the service ends");
    }

    /// Sends the process a signal such as `TERM` and waits until it has ended, 40 seconds at most.
    ///
    /// # Panics
    /// When it cannot be asked, or does not end.
    pub fn stop(mut self, signal: &str) -> ExitStatus {
        let (signal, process) = (format!("-{signal}"), self.process().to_string());
        let asked = Command::new("kill").args([&signal, &process]).status().expect("there is a kill command");
        assert!(asked.success(), "kill {signal} {process}");
        let deadline = Instant::now() + Duration::from_secs(40);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("the service can be waited for") {
                return status;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the service does not end\n{}", self.said())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // one that has ended already cannot be killed again
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
