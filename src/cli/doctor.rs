use super::{Failure, say};
use crate::{
    app,
    clock::Clock,
    config::{Config, DatabaseTarget},
    store::Db,
    vault::Keyrings,
};

/// Checks what a start would need, and says it line by line.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let mut report = Report::default();
    report.line("settings", Ok("read".to_owned()))?;
    let keys = config.keys_file().map_err(|error| error.to_string()).and_then(|path| {
        let read = Keyrings::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(format!("{} sealing, {} index", read.sealing_ids().count(), read.index_ids().count()))
    });
    report.line("keys", keys)?;
    // a look must not make the file
    let is_missing = matches!(&config.database.url, DatabaseTarget::Sqlite(path) if !path.exists());
    if is_missing {
        report.line("database", Err("not made yet; `replydesk migrate` makes it".to_owned()))?;
    } else {
        examine(&mut report, config).await?;
    }
    let mail = match app::mailer(config) {
        Ok(Some(mailer)) => Ok(format!("{mailer:?}")),
        Ok(None) => Err("setting mail.url is empty: nobody would be told".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    report.line("mail", mail)?;
    report.line("clock", Ok(Clock::System.now().to_string()))?;
    report.verdict()
}

async fn examine(report: &mut Report, config: &Config) -> Result<(), Failure> {
    match Db::connect(&config.database).await {
        Err(error) => report.line("database", Err(error.class().to_owned()))?,
        Ok(db) => {
            let migrated = match db.is_migrated().await {
                Ok(true) => Ok("up to date".to_owned()),
                Ok(false) => {
                    Err("older or newer than this version; `replydesk migrate` brings an older one up"
                        .to_owned())
                }
                Err(error) => Err(format!("{}; `replydesk migrate` makes the tables", error.class())),
            };
            report.line("database", migrated)?;
            let durable = match db.durability().await {
                Ok(durability) => {
                    let said: Vec<String> =
                        durability.settings.iter().map(|(name, value)| format!("{name} = {value}")).collect();
                    if durability.safe { Ok(said.join(", ")) } else { Err(said.join(", ")) }
                }
                Err(error) => Err(error.class().to_owned()),
            };
            report.line("durability", durable)?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Report {
    bad: usize,
}

impl Report {
    fn line(&mut self, what: &str, found: Result<String, String>) -> Result<(), Failure> {
        let (mark, text) = match found {
            Ok(text) => ("good", text),
            Err(text) => {
                self.bad += 1;
                ("BAD ", text)
            }
        };
        say(format_args!("{mark}  {what:<10}  {text}"))
    }

    fn verdict(&self) -> Result<(), Failure> {
        if self.bad == 0 {
            Ok(())
        } else {
            Err(Failure::Failed(format!("{} of the checks failed", self.bad)))
        }
    }
}
