//! The command line as operators meet it: real processes on a folder and a database of their own.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use replydesk::store::Kind;

use super::Database;

/// Where commands run: a database, and what the environment says.
pub struct Terminal {
    pub database: Database,
    environment: Vec<(String, String)>,
}

/// What a command did.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Terminal {
    /// A database with its keys file; on a folder of its own neither is made yet.
    pub fn on(kind: Kind) -> Self {
        Self::at(Database::of(kind))
    }

    /// The same on a database of the test's choice.
    pub fn at(database: Database) -> Self {
        // on the cluster it must be there before anybody connects
        let _made = database.config(&[]);
        let environment = [
            ("REPLYDESK_DATABASE__URL", database.url()),
            ("REPLYDESK_KEYS__FILE", database.keys().display().to_string()),
            ("REPLYDESK_MAIL__URL", format!("folder:{}", database.folder.path().join("mail").display())),
            ("REPLYDESK_SERVER__LISTEN", "127.0.0.1:0".to_owned()),
            ("REPLYDESK_OPS__LISTEN", "127.0.0.1:0".to_owned()),
            // nobody who must notice stands in front of it
            ("REPLYDESK_SERVER__DRAIN_SECONDS", "0".to_owned()),
            ("REPLYDESK_LOG__FORMAT", "text".to_owned()),
        ];
        Self { database, environment: environment.map(|(name, value)| (name.to_owned(), value)).to_vec() }
    }

    /// Sets or, with nothing, unsets a variable for all commands from here on.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }

    pub fn folder(&self) -> &Path {
        self.database.folder.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replydesk"));
        command.args(arguments).current_dir(self.folder()).env_clear();
        command.envs(self.environment.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn runs(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command that must be done; what it printed.
    pub fn does(&self, arguments: &[&str]) -> String {
        let done = self.runs(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.err);
        done.out
    }

    /// Runs a command that reads this.
    pub fn hears(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// Runs a command that must end with this code and one line that says this.
    pub fn fails(&self, arguments: &[&str], (code, said): (i32, &str)) {
        let done = self.runs(arguments);
        assert_eq!((done.code, done.out.as_str()), (code, ""), "{arguments:?}: {}", done.err);
        let said_so = done.err.lines().next_back().unwrap_or_default();
        assert_eq!(said_so, format!("replydesk: {said}"), "{arguments:?}: {}", done.err);
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}
