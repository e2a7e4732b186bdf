//! A line between two processes that can be cut: it falls silent and keeps its connections, or it resets
//! them after so many bytes.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::watch,
};

use crate::support::Chance;

pub struct Proxy {
    address: SocketAddr,
    line: watch::Sender<Line>,
    resets: Arc<AtomicUsize>,
    runtime: Option<Runtime>,
}

/// What the line does with what it is given.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    is_silent: bool,
    /// Connections of an earlier age stay silent for ever.
    age: usize,
    is_resetting: bool,
}

/// A connection's own view of the line.
#[derive(Clone)]
struct Strand {
    line: watch::Receiver<Line>,
    age: usize,
    /// Bytes that it still carries once the line resets.
    left: Arc<AtomicI64>,
    resets: Arc<AtomicUsize>,
}

impl Proxy {
    /// To `target`; when it resets, a connection lives for 1 to `most` bytes, as the seed draws.
    pub fn to(target: SocketAddr, (seed, most): (u64, u64)) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (line, watched) = watch::channel(Line::default());
        let resets = Arc::new(AtomicUsize::new(0));
        let (draw, counted) = (Arc::new(Mutex::new(Chance::of(seed))), resets.clone());
        runtime.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let left = i64::try_from(draw.lock().unwrap().draw() % most + 1).unwrap();
                let mut strand = Strand {
                    age: watched.borrow().age,
                    line: watched.clone(),
                    left: Arc::new(AtomicI64::new(left)),
                    resets: counted.clone(),
                };
                tokio::spawn(async move {
                    // a line that is silent lets no connection through either: the other side has not heard of it
                    if strand.passes().await.is_none() {
                        return;
                    }
                    let Ok(far) = TcpStream::connect(target).await else { return };
                    // an end that went away by itself ends the other too
                    let _ = strand.carries(near, far).await;
                });
            }
        });
        Self { address, line, resets, runtime: Some(runtime) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Nothing passes any more, and no connection ends.
    pub fn falls_silent(&self) {
        self.line.send_modify(|line| line.is_silent = true);
    }

    /// All passes again, also what was held back.
    pub fn resumes(&self) {
        self.line.send_modify(|line| line.is_silent = false);
    }

    /// New connections pass; those of before stay silent for ever.
    pub fn starts_afresh(&self) {
        self.line.send_modify(|line| *line = Line { is_silent: false, age: line.age + 1, ..*line });
    }

    /// From now on, or not any more, connections are reset after their number of bytes.
    pub fn resets(&self, is_resetting: bool) {
        self.line.send_modify(|line| line.is_resetting = is_resetting);
    }

    /// How many connections it has reset.
    pub fn count(&self) -> usize {
        self.resets.load(Ordering::Acquire)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Strand {
    /// Carries both ways until both ends are done; an error is a reset.
    async fn carries(mut self, mut near: TcpStream, mut far: TcpStream) -> io::Result<()> {
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let mut back = self.clone();
        let (mut near_in, mut near_out) = near.split();
        let (mut far_in, mut far_out) = far.split();
        let done = tokio::try_join!(
            self.carries_one_way(&mut near_in, &mut far_out),
            back.carries_one_way(&mut far_in, &mut near_out),
        );
        if done.is_err() {
            near.set_zero_linger()?;
            far.set_zero_linger()?;
        }
        done.map(drop)
    }

    /// Waits until something passes: whether it may be cut. None when the line is gone.
    async fn passes(&mut self) -> Option<bool> {
        let age = self.age;
        let passable = self.line.wait_for(|line| !line.is_silent && line.age == age).await;
        passable.map(|line| line.is_resetting).ok()
    }

    async fn carries_one_way(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
        to: &mut (impl AsyncWrite + Unpin),
    ) -> io::Result<()> {
        let mut buffer = vec![0; 4096];
        loop {
            let read = from.read(&mut buffer).await?;
            let Some(is_resetting) = self.passes().await else { return Ok(()) };
            if read == 0 {
                return to.shutdown().await;
            }
            let asked = i64::try_from(read).unwrap();
            let left = if is_resetting { self.left.fetch_sub(asked, Ordering::AcqRel) } else { asked };
            let passes = usize::try_from(left.clamp(0, asked)).unwrap();
            to.write_all(&buffer[..passes]).await?;
            if passes < read {
                self.resets.fetch_add(1, Ordering::AcqRel);
                return Err(io::ErrorKind::ConnectionReset.into());
            }
        }
    }
}
