//! A mail server of a few lines that writes down what reaches it, byte by byte, and misbehaves on request.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use replydesk::app::block_on;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::timeout,
};

/// What it says to a letter.
#[derive(Clone, Copy)]
pub enum Reply {
    Take,
    /// Refuses at `RCPT TO` with these words.
    Refuse(&'static str),
}

/// When it misbehaves: at what the client said last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Connect,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the last line of a message.
    End,
}

/// How it misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Says this in place of what it should.
    Says(Stage, &'static str),
    /// Says nothing any more, and keeps the connection.
    Hangs(Stage),
    /// Ends the connection without a word.
    Closes(Stage),
    /// Says a line that has no end.
    Babbles(Stage),
}

impl Fault {
    fn at(self, now: Stage) -> Self {
        match self {
            Self::Says(stage, _) | Self::Hangs(stage) | Self::Closes(stage) | Self::Babbles(stage)
                if stage == now =>
            {
                self
            }
            _ => Self::None,
        }
    }
}

/// A letter that was taken, whether its sender heard of it or not.
#[derive(Clone, Debug)]
pub struct Taken {
    pub recipients: Vec<String>,
    pub data: String,
    pub at: Instant,
}

impl Taken {
    /// What stands in its Message-ID before the `@`.
    pub fn id(&self) -> &str {
        let header = self.data.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
        header.split('@').next().unwrap()
    }
}

pub struct Server {
    pub port: u16,
    seen: Arc<Seen>,
    fault: watch::Sender<Fault>,
}

struct Seen {
    reply: fn(usize) -> Reply,
    /// What it says it can do, as lines of its answer to `EHLO`.
    offers: &'static str,
    taken: Mutex<Vec<Taken>>,
    /// Letters that came whole and were left without an answer.
    ignored: Mutex<Vec<Taken>>,
    heard: Mutex<Vec<String>>,
    offered: AtomicUsize,
    open: AtomicUsize,
}

const PATIENCE: Duration = Duration::from_secs(10);
/// What it can do when nothing else is said.
const OFFERS: &str = "8BITMIME";

impl Server {
    pub async fn start(reply: fn(usize) -> Reply) -> Self {
        Self::offering(OFFERS, reply).await
    }

    /// One that takes letters until it is told to misbehave.
    pub async fn with(fault: Fault) -> Self {
        let server = Self::start(|_| Reply::Take).await;
        server.turns(fault);
        server
    }

    pub async fn offering(offers: &'static str, reply: fn(usize) -> Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let seen = Arc::new(Seen {
            reply,
            offers,
            taken: Mutex::default(),
            ignored: Mutex::default(),
            heard: Mutex::default(),
            offered: AtomicUsize::default(),
            open: AtomicUsize::default(),
        });
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, seen, fault: watch::Sender::new(Fault::None) };
        let (seen, faults) = (server.seen.clone(), server.fault.subscribe());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, mut faults) = (seen.clone(), faults.clone());
                seen.open.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let fault = *faults.borrow_and_update();
                    // another mood ends what went on in the old one
                    tokio::select! {
                        _ = Conversation::new(stream, &seen, fault).goes_on() => {}
                        _ = faults.changed() => {}
                    }
                    seen.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// On a thread of its own, for tests that wait for processes.
    pub fn beside(fault: Fault) -> Self {
        let (tells, told) = mpsc::channel();
        std::thread::spawn(move || {
            block_on(async {
                tells.send(Self::with(fault).await).unwrap();
                std::future::pending::<()>().await;
            });
        });
        told.recv().unwrap()
    }

    /// From now on it behaves like this, and all that it was speaking with are cut off.
    pub fn turns(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.seen.taken.lock().unwrap().clone()
    }

    /// What it has and said nothing to.
    pub fn ignored(&self) -> Vec<Taken> {
        self.seen.ignored.lock().unwrap().clone()
    }

    /// What clients said, but for the messages.
    pub fn heard(&self) -> Vec<String> {
        self.seen.heard.lock().unwrap().clone()
    }

    /// How many letters were offered.
    pub fn conversations(&self) -> usize {
        self.seen.offered.load(Ordering::SeqCst)
    }

    /// Connections that are open now.
    pub fn open(&self) -> usize {
        self.seen.open.load(Ordering::SeqCst)
    }

    /// Waits until all is heard that a client said who is gone by now.
    pub async fn hears_the_end(&self) {
        // who called before is answered before
        let mut last = BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).await.unwrap());
        last.read_line(&mut String::new()).await.unwrap();
        drop(last);
        let mut tick = tokio::time::interval(Duration::from_millis(2));
        timeout(PATIENCE, async {
            while self.open() > 0 {
                tick.tick().await;
            }
        })
        .await
        .expect("the conversations end with the client");
    }
}

struct Conversation<'a> {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    seen: &'a Seen,
    fault: Fault,
}

impl<'a> Conversation<'a> {
    fn new(stream: TcpStream, seen: &'a Seen, fault: Fault) -> Self {
        let (read, write) = stream.into_split();
        Self { read: BufReader::new(read), write, seen, fault }
    }

    async fn goes_on(mut self) -> Option<()> {
        let mut recipients = Vec::new();
        self.says(Stage::Connect, "220 sink.example ESMTP").await?;
        loop {
            let mut line = String::new();
            if self.read.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            self.seen.heard.lock().unwrap().push(line.trim_end().to_owned());
            match line.trim_end().to_uppercase().get(..4)? {
                "EHLO" => {
                    let lines = format!("250-sink.example\r\n250 {}", self.seen.offers);
                    self.says(Stage::Ehlo, &lines).await?;
                }
                "STAR" => self.says(Stage::StartTls, "454 not now").await?,
                "AUTH" => self.says(Stage::Auth, "235 welcome").await?,
                "MAIL" => self.says(Stage::Mail, "250 ok").await?,
                "RCPT" => match (self.seen.reply)(self.seen.offered.fetch_add(1, Ordering::SeqCst)) {
                    Reply::Refuse(words) => self.says(Stage::Rcpt, words).await?,
                    Reply::Take => {
                        recipients.push(line.split(['<', '>']).nth(1)?.to_owned());
                        self.says(Stage::Rcpt, "250 ok").await?;
                    }
                },
                "DATA" => {
                    self.says(Stage::Data, "354 go on").await?;
                    let data = until_dot(&mut self.read).await?;
                    let letter =
                        Taken { recipients: std::mem::take(&mut recipients), data, at: Instant::now() };
                    // first, since who reads the answer may look at once
                    match self.fault.at(Stage::End) {
                        Fault::None => self.seen.taken.lock().unwrap().push(letter),
                        Fault::Hangs(_) => self.seen.ignored.lock().unwrap().push(letter),
                        _ => {}
                    }
                    self.says(Stage::End, "250 taken").await?;
                }
                "QUIT" => {
                    self.write.write_all(b"221 bye\r\n").await.ok()?;
                    return Some(());
                }
                _ => self.write.write_all(b"250 ok\r\n").await.ok()?,
            }
        }
    }

    /// What belongs here, unless it is the time to misbehave.
    async fn says(&mut self, now: Stage, words: &str) -> Option<()> {
        match self.fault.at(now) {
            Fault::None => self.write.write_all(format!("{words}\r\n").as_bytes()).await.ok(),
            Fault::Says(_, others) => self.write.write_all(format!("{others}\r\n").as_bytes()).await.ok(),
            Fault::Closes(_) => None,
            Fault::Hangs(_) => {
                // until the client has had enough
                let mut ignored = Vec::new();
                self.read.read_to_end(&mut ignored).await.ok()?;
                None
            }
            Fault::Babbles(_) => loop {
                self.write.write_all(&[b'2'; 16 * 1024]).await.ok()?;
            },
        }
    }
}

/// The raw bytes up to the line with the single dot.
async fn until_dot(read: &mut (impl AsyncReadExt + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n.\r\n") {
        bytes.push(read.read_u8().await.ok()?);
    }
    bytes.truncate(bytes.len() - 3);
    String::from_utf8(bytes).ok()
}
