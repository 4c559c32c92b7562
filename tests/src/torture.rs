//! Kills the service and imports at random moments, and compares what is left with what was acknowledged.
//!
//! What must hold after each kill: every request answered with 201 is stored exactly once, as it was sent; a request
//! without an answer is stored whole or not at all; an import is whole or absent; nothing else is there. A request
//! without an answer is sent again, under the same key, to the next service, and is then stored exactly once. At the
//! end `patron check` finds nothing.

mod chance;
mod ledger;
mod sellers;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Server, run, small_export};
use chance::Chance;
use ledger::{ImportFile, Ledger};
use sellers::Sellers;

/// Orders in each imported file, of two lines each.
const ORDERS: usize = 1_500;
/// Milliseconds that sellers are left alone before the kill, at most.
const SELLING: u64 = 500;

/// What is tortured.
#[derive(Clone, Debug)]
pub struct Torture<'a> {
    /// The command under test.
    pub binary: &'a Path,
    /// Address of an empty database.
    pub database: &'a str,
    /// A folder for files and logs.
    pub folder: &'a Path,
    /// How often something is killed.
    pub kills: u32,
    /// Seed of what is killed, and when.
    pub seed: u64,
}

/// What happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tortured {
    /// Kills of the service, and of an import.
    pub kills: (u32, u32),
    /// Requests answered with 201, over all.
    pub acknowledged: usize,
    /// Requests without an answer whose change was stored all the same, and those that left nothing.
    pub unanswered: (usize, usize),
    /// Imports that were whole after their kill, and those that had left nothing.
    pub imports: (u32, u32),
    /// Requests answered with 503 while an import had the database, and sent again.
    pub refused: usize,
    /// The longest that a request waited for its answer.
    pub longest_wait: Duration,
    /// Sale lines in the database at the end.
    pub lines: u64,
}

impl fmt::Display for Tortured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, acknowledged, unanswered, imports, refused, longest_wait, lines } = self;
        write!(
            f,
            "{} kills ({} of the service, {} of imports): {acknowledged} acknowledged requests, each stored exactly once; of \
             those without an answer {} were stored whole and {} not at all, and all of them once after they were sent \
             again; of the killed imports {} were whole and {} absent; {refused} requests were told to come again; the \
             longest wait for an answer was {:.2} s; {lines} sale lines at the end, patron check clean",
            kills.0 + kills.1,
            kills.0,
            kills.1,
            unanswered.0,
            unanswered.1,
            imports.0,
            imports.1,
            longest_wait.as_secs_f64()
        )
    }
}

/// What a kill is aimed at.
#[derive(Clone, Copy, PartialEq)]
enum Aim {
    Service,
    Import,
    ImportBesideSales,
    ServiceDuringImport,
}

/// Kills and compares; `told` hears of each kill.
///
/// # Panics
/// When something is lost, doubled, half there or unsound; with what.
pub fn torture(plan: &Torture<'_>, mut told: impl FnMut(u32, &str)) -> Tortured {
    let mut work = Work { plan, ledger: Ledger::default(), files: 0, usual: Duration::ZERO };
    let mut chance = Chance::new(plan.seed);
    let mut sum = Tortured::default();
    work.first_import();
    for kill in 0..plan.kills {
        let aim = [Aim::Service, Aim::Import, Aim::ImportBesideSales, Aim::ServiceDuringImport]
            [chance.below(4) as usize];
        match aim {
            Aim::Import => {
                let file = work.next_file();
                let import = work.import(&file);
                sleep(work.moment_of_import(&mut chance));
                end(import);
                work.ledger.begun(file);
            }
            _ => work.beside_sales(aim, kill, &mut chance, &mut sum),
        }
        let found = work.ledger.compare(plan);
        if aim != Aim::Import {
            sum.unanswered.0 += found.stored;
            sum.unanswered.1 += found.absent;
        }
        if aim == Aim::Service || aim == Aim::ServiceDuringImport {
            sum.kills.0 += 1;
        } else {
            sum.kills.1 += 1;
            let whole = found.import.expect("an import was killed");
            *(if whole { &mut sum.imports.0 } else { &mut sum.imports.1 }) += 1;
        }
        if chance.below(2) == 0 {
            work.import_again();
        }
        told(kill + 1, &found.to_string());
    }
    work.import_again();
    let server = work.serve();
    work.ledger.send_again(&server);
    assert!(server.stop("TERM").success(), "the service ends in good order");
    work.ledger.compare(plan);
    sum.acknowledged = work.ledger.acknowledged();
    sum.lines = ledger::lines(plan);
    crate::run(crate::command(plan.binary, &["check", "--database", plan.database])).ok();
    sum
}

struct Work<'a> {
    plan: &'a Torture<'a>,
    ledger: Ledger,
    files: usize,
    /// How long an undisturbed import takes.
    usual: Duration,
}

impl Work<'_> {
    /// An import that nothing disturbs: the shop to begin with, and how long it takes.
    fn first_import(&mut self) {
        let file = self.next_file();
        self.whole_import(file);
    }

    fn whole_import(&mut self, file: ImportFile) {
        let begun = Instant::now();
        run(self.import_command(&file)).ok();
        self.usual = self.usual.max(begun.elapsed()); // one that is there already takes no time
        self.ledger.imported(file);
    }

    /// Sales are posted, an import runs beside them or not, and one of the two is killed.
    fn beside_sales(&mut self, aim: Aim, kill: u32, chance: &mut Chance, sum: &mut Tortured) {
        let server = self.serve();
        self.ledger.send_again(&server);
        let sellers = Sellers::start(server.address(), kill);
        let selling = Duration::from_millis(20 + chance.below(SELLING));
        if aim == Aim::Service {
            sleep(selling);
            server.kill();
        } else {
            let file = self.next_file();
            let mut import = self.import(&file);
            sleep(self.moment_of_import(chance));
            if aim == Aim::ImportBesideSales {
                end(import);
                sleep(selling);
                server.kill();
            } else {
                server.kill();
                let whole = import.wait().expect("the import ends");
                assert!(whole.success(), "an import does not care about the service: {whole}");
            }
            self.ledger.begun(file);
        }
        let sold = sellers.join();
        sum.refused += sold.refused;
        sum.longest_wait = sum.longest_wait.max(sold.longest_wait);
        self.ledger.sent(sold.requests);
    }

    /// Imports again what was killed; it is whole then.
    fn import_again(&mut self) {
        for file in self.ledger.unfinished() {
            self.whole_import(file);
        }
    }

    fn next_file(&mut self) -> ImportFile {
        let number = self.files;
        let path = self.plan.folder.join(format!("sales-{number}.csv"));
        fs::write(&path, small_export(number * ORDERS, ORDERS)).expect("the folder takes a file");
        self.files += 1;
        ImportFile { path, number }
    }

    fn import(&self, file: &ImportFile) -> Child {
        let mut command = self.import_command(file);
        let log = fs::File::create(self.plan.folder.join("import.log")).expect("the folder takes a file");
        let both = log.try_clone().expect("a file can be shared");
        command.stdout(log).stderr(both).spawn().expect("the binary starts")
    }

    fn import_command(&self, file: &ImportFile) -> Command {
        let path = file.path.to_str().expect("a path in UTF-8");
        crate::command(self.plan.binary, &["import", path, "--database", self.plan.database])
    }

    /// Some time while an import runs, or just after.
    fn moment_of_import(&self, chance: &mut Chance) -> Duration {
        self.usual.mul_f64(0.02 + 1.1 * chance.share())
    }

    fn serve(&self) -> Server {
        let log: PathBuf = self.plan.folder.join("service.log");
        Server::start(self.plan.binary, self.plan.database, &[], &log)
    }
}

fn end(mut child: Child) {
    child.kill().expect("the import can be killed");
    child.wait().expect("the import ends");
}
