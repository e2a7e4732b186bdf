//! The service as a process: it listens on ports of its own, can be told to end, and can be killed.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use replydesk::app::block_on;
use serde_json::Value;

use super::{Answer, Client, Done, Terminal, until};

/// How long a service may take to say where it listens, and to end when it was told to.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that runs until it is told to end; killed when it is dropped before.
pub struct Service {
    process: Process,
    said: Said,
    readers: Vec<JoinHandle<()>>,
    /// Where readers and moderators reach it.
    pub address: SocketAddr,
    pub client: Client,
    /// The operators' port; none is told by `demo`.
    pub ops: Option<Client>,
    pub ops_address: Option<SocketAddr>,
}

/// A child that does not outlive its test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // it may have ended already
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

/// The lines that a process has written so far, on both of its pipes.
#[derive(Clone, Default)]
struct Said(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Said {
    fn add(&self, line: String) {
        self.0.0.lock().unwrap().push(line);
        self.0.1.notify_all();
    }

    fn lines(&self) -> Vec<String> {
        self.0.0.lock().unwrap().clone()
    }

    /// Waits until a line holds this.
    fn wait_for(&self, words: &str) -> Option<String> {
        let found = |lines: &Vec<String>| lines.iter().find(|line| line.contains(words)).cloned();
        let lines = self.0.0.lock().unwrap();
        let waited = self.0.1.wait_timeout_while(lines, PATIENCE, |lines| found(lines).is_none()).unwrap();
        found(&waited.0)
    }
}

impl Service {
    /// `serve`, with the settings of the terminal; returns once it listens.
    pub fn serves(at: &Terminal) -> Self {
        Self::starts(at, &["serve"], "serving http://")
    }

    /// Any command that serves; it listens when it has said `last`.
    pub fn starts(at: &Terminal, arguments: &[&str], last: &str) -> Self {
        Self::spawns(at.command(arguments), last)
    }

    /// The same, of a command that was prepared: under a tracer, say.
    pub fn spawns(mut command: Command, last: &str) -> Self {
        let mut process = Process(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        let said = Said::default();
        let (out, err) = (process.0.stdout.take().unwrap(), process.0.stderr.take().unwrap());
        let readers = vec![listens(out, &said), listens(err, &said)];
        assert!(said.wait_for(last).is_some(), "it does not serve: {:?}", said.lines());
        let address = |line: &String, after: &str| {
            let (_, rest) = line.split_once(after)?;
            rest.split(['/', ' ', ',', '"']).next()?.parse::<SocketAddr>().ok()
        };
        let lines = said.lines();
        // the public URL may be that of a proxy
        let public = lines.iter().find_map(|line| address(line, " on ").or_else(|| address(line, "http://")));
        let public = public.unwrap_or_else(|| panic!("{lines:?}"));
        let ops_address = lines.iter().find_map(|line| address(line, "operations on "));
        let (client, ops) = (Client::new(public), ops_address.map(Client::new));
        Self { process, said, readers, address: public, client, ops, ops_address }
    }

    pub fn id(&self) -> u32 {
        self.process.0.id()
    }

    pub fn gets(&self, path: &str) -> Answer {
        block_on(self.client.get(path))
    }

    pub fn posts(&self, path: &str, body: &Value) -> Answer {
        block_on(self.client.post(path, body))
    }

    pub fn sends(&self, way: (&str, &str), headers: &[(&str, &str)], body: &Value) -> Answer {
        block_on(self.client.send(way, headers, Some(body)))
    }

    /// All that it has written so far.
    pub fn said(&self) -> Vec<String> {
        self.said.lines()
    }

    /// Waits until it has written a line with these words.
    pub fn says(&self, words: &str) -> String {
        self.said.wait_for(words).unwrap_or_else(|| panic!("no line with {words:?}: {:?}", self.said.lines()))
    }

    /// What the operators are told about its readiness: the status and what failed.
    pub fn readiness(&self) -> (u16, String) {
        let answer = block_on(self.ops.as_ref().expect("it has an operators' port").get("/readyz"));
        (answer.status, answer.json()["failed"].to_string())
    }

    /// Sends it a signal by name.
    pub fn hears(&self, signal: &str) {
        signals(self.id(), signal);
    }

    /// Waits for its end, which comes in time; `err` is all that it wrote.
    pub fn done(mut self) -> Done {
        let mut status = None;
        until(PATIENCE, "the process ends", || {
            status = self.process.0.try_wait().unwrap();
            status.is_some()
        });
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        Done {
            code: status.and_then(|status| status.code()).unwrap_or(-1),
            out: String::new(),
            err: self.said.lines().join("\n"),
        }
    }

    /// SIGTERM; what the process did at its end.
    pub fn ends(self) -> Done {
        self.hears("TERM");
        self.done()
    }

    /// SIGKILL, and nothing of it is left.
    pub fn dies(mut self) -> Vec<String> {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
        self.said.lines()
    }
}

/// Sends a process a signal by name.
pub fn signals(process: u32, signal: &str) {
    let told = Command::new("sh").args(["-c", &format!("kill -{signal} {process}")]).status();
    assert!(told.unwrap().success(), "cannot send {signal} to {process}");
}

fn listens(pipe: impl Read + Send + 'static, said: &Said) -> JoinHandle<()> {
    let said = said.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            said.add(line);
        }
    })
}
