//! A client's connection that waits only so long for its client.
//!
//! The HTTP library's own timers cover the head of the first request and the pause between requests.
//! This one covers the rest: a slow body, a slow head on a kept connection, an answer that is not taken.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::rt::net::{ActixStream, Ready, TcpStream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// A connection that fails with `TimedOut` when its client takes longer than its patience: from the
/// first byte of a request to that of its answer, or from one part of an answer that it takes to the next.
///
/// What was written may also be no answer, or not the last one that is owed. So after it there is a limit
/// too, longer than the keep-alive timer's, which comes first where it runs.
#[derive(Debug)]
pub(super) struct Patient {
    socket: TcpStream,
    patience: Patience,
    due: Instant,
    /// Something was written, and nothing was read since.
    rests: bool,
    /// May ring for an earlier `due`; it is set anew only then, not with every byte.
    alarm: Pin<Box<Sleep>>,
}

/// How long a connection waits for its client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// In the middle of something.
    pub(super) busy: Duration,
    /// Behind what was written last.
    pub(super) resting: Duration,
}

impl Patient {
    pub(super) fn new(socket: TcpStream, patience: Patience) -> Self {
        let due = Instant::now() + patience.busy;
        Self { socket, patience, due, rests: false, alarm: Box::pin(sleep_until(due)) }
    }

    /// The client has something to do from now on, unless it had before.
    fn expects(&mut self) {
        if self.rests {
            (self.rests, self.due) = (false, Instant::now() + self.patience.busy);
        }
    }

    /// Pending as long as there is time.
    fn overdue<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if self.alarm.deadline() > self.due {
            self.alarm.as_mut().reset(self.due);
        }
        loop {
            ready!(self.alarm.as_mut().poll(context));
            if self.due <= Instant::now() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.alarm.as_mut().reset(self.due);
        }
    }

    fn written(
        &mut self,
        done: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if done.is_pending() {
            self.expects();
            return self.overdue(context);
        }
        (self.rests, self.due) = (true, Instant::now() + self.patience.resting);
        done
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.socket).poll_read(context, buffer);
        if done.is_pending() {
            return self.overdue(context);
        }
        self.expects();
        done
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.written(done, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write_vectored(context, slices);
        self.written(done, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

impl ActixStream for Patient {
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_read_ready(&self.socket, context)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_write_ready(&self.socket, context)
    }
}
