use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that the other side may say before it is our turn again.
const MOST: usize = 128 * 1024;
/// Bytes taken from the connection at one time.
const CHUNK: usize = 4096;

/// A connection to a mail server that hands out one line at a time, and no more than a reply may have.
///
/// The library above it reads a line until it ends, whatever its length, and keeps what follows a line. Here a
/// line without an end is an error after [`MOST`] bytes; and what somebody slipped in behind the answer to
/// `STARTTLS` is still down here when the encryption begins, where it breaks the handshake instead of
/// passing for an encrypted answer.
pub(super) struct Wire<S> {
    stream: S,
    peer: SocketAddr,
    held: Box<[u8; CHUNK]>,
    /// What of `held` is not handed out yet.
    rest: std::ops::Range<usize>,
    heard: usize,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S, peer: SocketAddr) -> Self {
        Self { stream, peer, held: Box::new([0; CHUNK]), rest: 0..0, heard: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.rest.is_empty() {
            let mut chunk = ReadBuf::new(wire.held.as_mut_slice());
            ready!(Pin::new(&mut wire.stream).poll_read(cx, &mut chunk))?;
            let read = chunk.filled().len();
            if read == 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            wire.rest = 0..read;
        }
        let rest = &wire.held[wire.rest.clone()];
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let given = line.min(buf.remaining());
        wire.heard += given;
        if wire.heard > MOST {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        buf.put_slice(&rest[..given]);
        wire.rest.start += given;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        wire.heard = 0;
        Pin::new(&mut wire.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

    use super::*;

    async fn said(bytes: &[u8]) -> Wire<tokio::io::DuplexStream> {
        let (ours, mut theirs) = tokio::io::duplex(2 * MOST);
        theirs.write_all(bytes).await.unwrap();
        Wire::new(ours, ([127, 0, 0, 1], 25).into())
    }

    #[tokio::test]
    async fn a_line_is_handed_out_alone() {
        let mut read = BufReader::new(said(b"220 go\r\n250 slipped in\r\n").await);
        let mut line = String::new();
        read.read_line(&mut line).await.unwrap();
        assert_eq!((line.as_str(), read.buffer()), ("220 go\r\n", b"".as_slice()));
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_an_error() {
        let mut line = Vec::new();
        let refused = said(&vec![b'2'; MOST + 1]).await.read_to_end(&mut line).await.unwrap_err();
        assert_eq!((refused.kind(), line.len() <= MOST), (io::ErrorKind::InvalidData, true));
    }

    #[tokio::test]
    async fn an_end_in_the_middle_is_an_error() {
        let refused = said(b"220 g").await.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::UnexpectedEof);
    }
}
