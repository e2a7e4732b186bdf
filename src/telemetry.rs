//! The log: one line an event on stderr, JSON for machines or text for people.
//!
//! The command line sets it up once, before anything else happens. Only Replydesk's own lines
//! follow the configured level: libraries log paths, SQL and values, so they are never let beyond
//! warnings, whatever the level.

use tracing_subscriber::{EnvFilter, util::SubscriberInitExt};

use crate::config::{LogConfig, LogFormat, LogLevel};

/// Starts the log. A second call changes nothing: tests start many services in one process.
pub fn init(log: &LogConfig) {
    let filter = EnvFilter::new(directives(log.level));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // the only error is that a log has already been started
    let _started_before = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
        LogFormat::Text => lines.finish().try_init(),
    };
}

/// The filter for a level, in the words of `EnvFilter`: first the rest of the world, then us.
pub fn directives(level: LogLevel) -> String {
    let (others, own) = match level {
        LogLevel::Error => ("error", "error"),
        LogLevel::Warn => ("warn", "warn"),
        LogLevel::Info => ("warn", "info"),
        LogLevel::Debug => ("warn", "debug"),
        LogLevel::Trace => ("warn", "trace"),
    };
    format!("{others},{}={own}", env!("CARGO_CRATE_NAME"))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn libraries_never_say_more_than_warnings() {
        for (level, expected) in [
            (LogLevel::Error, "error,replydesk=error"),
            (LogLevel::Info, "warn,replydesk=info"),
            (LogLevel::Trace, "warn,replydesk=trace"),
        ] {
            assert_eq!(directives(level), expected);
        }
        let lines = Lines::default();
        let sink = lines.clone();
        let log = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(EnvFilter::new(directives(LogLevel::Trace)))
            .with_writer(move || sink.clone());
        tracing::subscriber::with_default(log.finish(), || {
            tracing::info!(target: "actix_web", "GET /receipts/secret");
            tracing::warn!(target: "sqlx", "a slow statement");
            tracing::trace!(outbox.id = 7, "ours");
        });
        let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(!written.contains("secret") && written.contains("a slow statement"), "{written}");
        assert!(written.contains(r#""outbox.id":7"#), "{written}");
    }

    #[test]
    fn it_can_be_started_twice() {
        let log = LogConfig { level: LogLevel::Error, format: LogFormat::Text };
        init(&log);
        init(&LogConfig { format: LogFormat::Json, ..log });
    }
}
