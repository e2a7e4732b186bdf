//! The log: one line an event on stderr, JSON for machines or text for people.
//!
//! The command line sets it up once, before anything else happens. Only Replydesk's own lines
//! follow the configured level: libraries log paths, SQL and values, so they are never let beyond
//! warnings, whatever the level. A panic is a line like any other: it says where, never what.

use std::{cell::Cell, panic, thread};

use tracing_subscriber::{EnvFilter, util::SubscriberInitExt};

use crate::config::{LogConfig, LogFormat, LogLevel};

thread_local! {
    static LAST_PANIC: Cell<Option<String>> = const { Cell::new(None) };
}

/// Starts the log, and has it tell every panic of the process. A second call changes nothing: tests start many services in one process.
pub fn init(log: &LogConfig) {
    let filter = EnvFilter::new(directives(log.level));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // the only error is that a log has already been started
    let _started_before = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
        LogFormat::Text => lines.finish().try_init(),
    };
    panic::set_hook(Box::new(tell));
}

/// Where it was, and in which thread. Not its message: `unwrap` puts the value into it.
fn tell(panic: &panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let thread = thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    tracing::error!(panic.location = %place, thread.name = thread, "a panic at {place} in thread {thread}");
    LAST_PANIC.set(Some(place));
}

/// Where this thread panicked last, for whoever caught it; told once.
pub fn last_panic() -> Option<String> {
    LAST_PANIC.take()
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
        // other tests of this process want the words of their panics
        drop(panic::take_hook());
    }

    #[test]
    fn a_panic_is_told_by_its_place_alone() {
        let lines = Lines::default();
        let sink = lines.clone();
        let log = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || sink.clone());
        let caught = tracing::subscriber::with_default(log.finish(), || {
            panic::set_hook(Box::new(tell));
            let caught = panic::catch_unwind(|| "secret".parse::<u8>().unwrap());
            drop(panic::take_hook());
            caught
        });
        let (written, place) = (String::from_utf8(lines.0.lock().unwrap().clone()).unwrap(), last_panic());
        assert!(caught.is_err() && place.is_some_and(|place| place.starts_with("src/telemetry.rs:")));
        assert!(written.contains(r#""panic.location":"src/telemetry.rs:"#), "{written}");
        assert!(!written.contains("secret") && !written.contains("ParseIntError"), "{written}");
        assert_eq!((written.lines().count(), last_panic()), (1, None));
    }
}
