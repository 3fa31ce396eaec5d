//! A forum that is served by a process of its own, which can be killed.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::client::Client;
use crate::database::TestDatabase;
use crate::forum::{PASSWORD, serve_on};

/// The test that is a server when it is started by [`ServerProcess::start`].
const TEST: &str = "cases::durability::a_server_in_a_process_of_its_own";
const URL: &str = "MUKALMA_TEST_SERVE_URL";
const RUN: &str = "MUKALMA_TEST_SERVE_RUN";
/// What a line begins with that tells the server's address.
const ADDRESS: &str = "the server listens on ";

/// A demonstration forum with the cast of [`TestForum`](crate::TestForum).
///
/// The process is this test program, started again to run nothing but a
/// server. It ends with this value, and with the process that started it.
pub struct ServerProcess {
    /// Where it is served.
    pub address: SocketAddr,
    child: Child,
}

impl ServerProcess {
    /// Starts one on a database; `run` tells it from earlier ones there.
    pub async fn start(database: &TestDatabase, run: u32) -> Self {
        let mut child = Command::new(program())
            .args(["--exact", TEST, "--ignored", "--nocapture"])
            .env(URL, database.url())
            .env(RUN, run.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the test program starts again");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = loop {
            let line = lines.next_line().await.expect("its output");
            let line = line.expect("the server begins to listen");
            // The test runner may have begun the line.
            if let Some((_, address)) = line.split_once(ADDRESS) {
                break address.parse().expect("an address");
            }
        };
        Self { address, child }
    }

    /// Kills it: it has no moment to put anything in order.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the server is killed");
    }

    /// Somebody of the cast, signed in.
    pub async fn sign_in(&self, login: &str) -> Client {
        Client::sign_in(self.address, login, PASSWORD).await
    }
}

/// This test program: on Linux the very file that runs, although another may
/// have been built in its place meanwhile.
fn program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if running.exists() {
        return running.to_owned();
    }
    std::env::current_exe().expect("the test program")
}

/// What the process does: it serves until it is killed, or until whoever
/// started it is gone. Does nothing if nobody started it so.
pub async fn serve() {
    let (Ok(url), Ok(run)) = (std::env::var(URL), std::env::var(RUN)) else {
        return;
    };
    let run = run.parse().expect("the number of a run");
    let mut stdin = tokio::io::stdin();
    let mut nothing = [0; 1];
    tokio::select! {
        () = serve_on(&url, run, tell) => {}
        // Its other end closes with the process that holds it.
        _ = stdin.read(&mut nothing) => {}
    }
}

fn tell(address: SocketAddr) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{ADDRESS}{address}").expect("somebody listens");
    out.flush().expect("somebody listens");
}
