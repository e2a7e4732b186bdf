//! A mail server of a few lines that writes down what reaches it, byte by byte.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What it says to a letter.
#[derive(Clone, Copy)]
pub enum Reply {
    Take,
    /// Refuses at `RCPT TO` with these words.
    Refuse(&'static str),
}

/// A letter that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub recipients: Vec<String>,
    pub data: String,
}

pub struct Server {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    conversations: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start(reply: fn(usize) -> Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            conversations: Arc::default(),
        };
        let (taken, conversations) = (server.taken.clone(), server.conversations.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, reply, taken.clone(), conversations.clone()));
            }
        });
        server
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// How many letters were offered.
    pub fn conversations(&self) -> usize {
        self.conversations.load(Ordering::SeqCst)
    }
}

async fn converse(
    stream: TcpStream,
    reply: fn(usize) -> Reply,
    taken: Arc<Mutex<Vec<Taken>>>,
    offered: Arc<AtomicUsize>,
) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut recipients = Vec::new();
    write.write_all(b"220 sink.example ESMTP\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if read.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let command = line.trim_end().to_uppercase();
        let answer = match command.get(..4)? {
            "EHLO" => "250-sink.example\r\n250 8BITMIME",
            "RCPT" => match reply(offered.fetch_add(1, Ordering::SeqCst)) {
                Reply::Refuse(words) => words,
                Reply::Take => {
                    recipients.push(line.split(['<', '>']).nth(1)?.to_owned());
                    "250 ok"
                }
            },
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let data = until_dot(&mut read).await?;
                taken.lock().unwrap().push(Taken { recipients: std::mem::take(&mut recipients), data });
                "250 taken"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return Some(());
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
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
