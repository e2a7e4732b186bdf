//! A PostgreSQL of one test's own, which it may stop, freeze and start again.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::support::{database::programs, service::signals};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// A throw-away cluster, durable like a real one; it ends when it is dropped.
pub struct Cluster {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Makes and starts one. A missing PostgreSQL is a failure, not a skip.
    pub fn starts() -> Self {
        let bin = programs();
        let folder = tempfile::Builder::new().prefix("replydesk-cluster.").tempdir().unwrap();
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status();
            assert!(owned.unwrap().success(), "the folder of the cluster must be the user postgres's");
        }
        let mut cluster = Self { folder, bin, port: 0, server: None };
        let made = cluster
            .program("initdb")
            .arg("-D")
            .arg(cluster.data())
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        // the port may be taken by the time the server asks for it
        for _ in 0..8 {
            cluster.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if cluster.tries_to_start() {
                return cluster;
            }
        }
        panic!("PostgreSQL did not start: {}", cluster.log());
    }

    /// The URL of its first database, as `REPLYDESK_TEST_POSTGRES` names one.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The process that all others of the cluster descend from.
    pub fn id(&self) -> u32 {
        self.server.as_ref().expect("it runs").id()
    }

    /// An immediate shutdown: like a crash, it recovers at the next start.
    pub fn stops(&mut self) {
        self.ends("QUIT");
    }

    /// Starts again, on the same port, with the same data.
    pub fn starts_again(&mut self) {
        assert!(self.tries_to_start(), "PostgreSQL did not start again: {}", self.log());
    }

    /// Stops all of its processes in their tracks: connections stay, nothing answers.
    pub fn freezes(&self) {
        self.all_hear("STOP");
    }

    /// Lets them go on.
    pub fn thaws(&self) {
        self.all_hear("CONT");
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// PostgreSQL refuses to run as root: there it runs as the package's own user.
    fn program(&self, name: &str) -> Command {
        let program = self.bin.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// False when it ended at once: its port was taken.
    fn tries_to_start(&mut self) -> bool {
        let log =
            fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let server = self
            .program("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = self.server.insert(server);
        let until = Instant::now() + PATIENCE;
        while server.try_wait().unwrap().is_none() && Instant::now() < until {
            // its own word, not that of another server on the port: the eighth line says so
            let state =
                fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
            let is_ours = state.lines().next() == Some(server.id().to_string().as_str());
            if is_ours && state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return true;
            }
            std::thread::yield_now();
        }
        self.ends("QUIT");
        false
    }

    fn ends(&mut self, signal: &str) {
        let Some(mut server) = self.server.take() else { return };
        if server.try_wait().unwrap().is_none() {
            signals(server.id(), signal);
        }
        server.wait().unwrap();
    }

    /// Its backends and writers.
    pub fn children(&self) -> Vec<u32> {
        let server = self.id();
        let children = fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap();
        children.split_whitespace().map(|child| child.parse().unwrap()).collect()
    }

    fn all_hear(&self, signal: &str) {
        let children = self.children();
        signals(self.id(), signal);
        for child in children {
            // a backend may have ended meanwhile
            let _gone = Command::new("kill")
                .args([&format!("-{signal}"), &child.to_string()])
                .stderr(Stdio::null())
                .status();
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            // one that is frozen hears nothing else
            let _gone = Command::new("kill").args(["-CONT", &server.id().to_string()]).status();
            self.thaws();
        }
        self.ends("QUIT");
    }
}

/// Whether this runs as root: files of our own then belong to user 0.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}
