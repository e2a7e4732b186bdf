//! Letters to commenters, made when they go out: of what stands then, or not at all.

use super::{AGAIN, ASKED, LETTERS, links::links};
use crate::{
    domain::{CommentId, Email, Message, Notify, OutboxId, Site, Status, Timestamp, Told},
    flow::{App, letters::thread, render::excerpt},
    notify::{CommenterMail, Letter, News},
    store::{AddresseeOf, ConfirmationRow, NewConfirmation, Stamp, StoreError, Tx},
    texts::Texts,
    vault::{Owner, Purpose, Sealed},
};

/// Characters of a text that is quoted.
const QUOTED: usize = 600;
/// How often a letter is made anew of what was decided while it was made.
const TRIES: usize = 5;
/// Microseconds.
const DAY: i64 = 86_400_000_000;

/// A letter with where it goes.
pub struct Post {
    /// What it says.
    pub letter: Letter,
    /// The name that was typed; empty where nobody has said yet that it is theirs.
    pub name: String,
    /// The address, on its way to the mail door alone.
    pub email: String,
}

/// The letter that a message asks for; none when there is nothing to say any more, or nobody wants to hear it.
pub async fn post(app: &App, id: OutboxId, message: &Message) -> Result<Option<Post>, StoreError> {
    match message {
        Message::ConfirmationLetter { comment } => question(app, id, *comment).await,
        Message::OutcomeLetter { comment } => outcome(app, id, *comment).await,
        Message::ReplyLetter { comment, reply } => answered(app, id, (*comment, *reply)).await,
        _ => Ok(None),
    }
}

/// The link of the question that the author of a comment was asked; none where nobody was.
pub async fn link(app: &App, comment: CommentId) -> Result<Option<String>, StoreError> {
    let Some(author) = Author::find(app, comment).await? else { return Ok(None) };
    let row = app.db.read(async |tx| author.confirmation(tx).await).await?;
    Ok(row.map(|row| links(app, row.id, app.clock.now()).0))
}

/// Whom a comment is from, while that is known.
struct Author {
    of: AddresseeOf,
    site: std::sync::Arc<Site>,
    email: String,
    /// The indexes of the address, that to store first.
    indexes: Vec<String>,
}

impl Author {
    async fn find(app: &App, comment: CommentId) -> Result<Option<Self>, StoreError> {
        let Some(of) = app.db.read(async |tx| tx.addressee_of(comment).await).await? else { return Ok(None) };
        let (Some(contact), Some(sealed), Some(site)) = (of.contact, &of.email, app.sites.get(of.site))
        else {
            return Ok(None);
        };
        let broken = |_| StoreError::Corrupt("contact");
        let owner = Owner { contact: contact.uuid(), purpose: Purpose::Email };
        let opened = app.vault.open(owner, &Sealed::parse(sealed).map_err(broken)?).map_err(broken)?;
        let Ok(email) = Email::parse(&opened) else { return Ok(None) };
        let indexes = app.vault.email_indexes(of.site, &email);
        Ok(Some(Self { of, site, email: opened, indexes }))
    }

    async fn confirmation(&self, tx: &mut Tx) -> Result<Option<ConfirmationRow>, StoreError> {
        tx.confirmation_of(self.of.site, &self.indexes).await
    }

    fn mail(
        &self,
        app: &App,
        (row, now): (&ConfirmationRow, Timestamp),
        news: News,
    ) -> (CommenterMail, String) {
        let (answer, ends) = links(app, row.id, now);
        let answer = if matches!(news, News::Question) { answer } else { ends.clone() };
        let mail = CommenterMail {
            t: Texts::for_readers(self.site.policy.language),
            site: self.site.name.clone(),
            article_title: self.of.article_title.clone(),
            news,
            answer_url: answer,
        };
        (mail, ends)
    }

    /// Dated when it was owed: the same at every attempt.
    fn letter(&self, id: OutboxId, (mail, ends): (&CommenterMail, String)) -> Letter {
        let (site, key) = (self.site.key.as_str().to_owned(), &self.of.article_key);
        Letter {
            id: id.to_string(),
            date: id.owed_at(),
            thread: thread(&site, key),
            site,
            subject: mail.subject(),
            text: mail.text().unwrap_or_default(),
            html: mail.html().unwrap_or_default(),
            unsubscribe: Some(ends),
        }
    }
}

/// The question whether an address wants mail: once a day, three times in all, and never again once it was answered. It says
/// nothing that was typed: whoever typed the address may not be whom it reaches.
async fn question(app: &App, id: OutboxId, comment: CommentId) -> Result<Option<Post>, StoreError> {
    let Some(author) = Author::find(app, comment).await? else { return Ok(None) };
    if author.of.notify == Notify::Nothing || author.of.status == Status::Withdrawn {
        return Ok(None);
    }
    let now = app.clock.now();
    let asked = app.db.write(async |tx| asked(app, tx, (&author, id), now).await).await?;
    let Some(row) = asked else { return Ok(None) };
    let (mail, ends) = author.mail(app, (&row, now), News::Question);
    let letter = author.letter(id, (&mail, ends));
    Ok(Some(Post { letter, name: String::new(), email: author.email }))
}

/// Counts that the address is asked, if it may be.
async fn asked(
    app: &App,
    tx: &mut Tx,
    (author, by): (&Author, OutboxId),
    now: Timestamp,
) -> Result<Option<ConfirmationRow>, StoreError> {
    if author.confirmation(tx).await?.is_none() {
        let new = NewConfirmation {
            id: app.clock.id(now).into(),
            site: author.of.site,
            email_index: author.indexes.first().cloned().unwrap_or_default(),
            index_key: app.vault.index_key().as_str().to_owned(),
            asked: 0,
            letters: 0,
            letters_of: Stamp(Timestamp::default()),
        };
        tx.add_confirmation(&new).await?;
    }
    let Some(row) = author.confirmation(tx).await? else { return Ok(None) };
    if row.confirmed_at.is_some() || row.ended_at.is_some() {
        return Ok(None);
    }
    // tried again, it is the same question
    if row.asked_by == Some(by) {
        return Ok(Some(row));
    }
    let is_early = row.asked_at.is_some_and(|at| now.since(at) < AGAIN);
    if is_early || row.asked >= ASKED || !tx.ask(&row, by, now).await? {
        return Ok(None);
    }
    Ok(Some(row))
}

/// What became of a comment, to whoever wants to hear it and does not know it.
async fn outcome(app: &App, id: OutboxId, comment: CommentId) -> Result<Option<Post>, StoreError> {
    for _ in 0..TRIES {
        let Some(author) = Author::find(app, comment).await? else { return Ok(None) };
        let Some(told) = author.of.news(id).filter(|_| author.of.notify != Notify::Nothing) else {
            return Ok(None);
        };
        let (now, is_again) = (app.clock.now(), author.of.told_by == Some(id));
        let noted = app
            .db
            .write(async |tx| {
                let Some(row) = permitted(tx, (&author, is_again), now).await? else { return Ok(None) };
                Ok::<_, StoreError>(Some((row, tx.tell_author(&author.of, told, id).await?)))
            })
            .await?;
        match noted {
            None => return Ok(None),
            Some((row, true)) => {
                let (mail, ends) = author.mail(app, (&row, now), outcome_of(app, &author.of, told));
                let letter = author.letter(id, (&mail, ends));
                return Ok(Some(Post { letter, name: author.of.name.clone(), email: author.email }));
            }
            // it was decided otherwise meanwhile, or told by another letter
            Some((_, false)) => {}
        }
    }
    Err(StoreError::Contended)
}

fn outcome_of(app: &App, of: &AddresseeOf, told: Told) -> News {
    let (receipt, _) = app.receipt_token(of.id, of.submitted_at);
    let receipt_url = format!("{}/receipts/{receipt}", app.settings.public_url);
    let (text, had_appealed) = (excerpt(&of.text, QUOTED), of.is_answer());
    match told {
        Told::Published => {
            let url = format!("{}#comment-{}", of.article_url, of.id);
            News::Published { url, receipt_url, text, had_appealed }
        }
        Told::Rejected | Told::Upheld => {
            News::Rejected { reason: of.reason.clone(), basis: of.basis, receipt_url, text, had_appealed }
        }
    }
}

/// That somebody answered, to whoever wants to hear it, once; not what they wrote themselves.
async fn answered(
    app: &App,
    id: OutboxId,
    (comment, reply): (CommentId, CommentId),
) -> Result<Option<Post>, StoreError> {
    let Some(author) = Author::find(app, comment).await? else { return Ok(None) };
    let Some(answer) = app.db.read(async |tx| tx.addressee_of(reply).await).await? else { return Ok(None) };
    let stands = author.of.status == Status::Approved && answer.status == Status::Approved;
    let is_own = answer.email_index.as_ref().is_some_and(|index| author.indexes.contains(index));
    if author.of.notify != Notify::Replies || !stands || is_own {
        return Ok(None);
    }
    let (now, is_again) = (app.clock.now(), answer.reply_told_by == Some(id));
    let noted = app
        .db
        .write(async |tx| {
            let Some(row) = permitted(tx, (&author, is_again), now).await? else { return Ok(None) };
            Ok::<_, StoreError>(tx.tell_of_reply(reply, id).await?.then_some(row))
        })
        .await?;
    let Some(row) = noted else { return Ok(None) };
    let news = News::Answered {
        by: answer.name,
        text: excerpt(&answer.text, QUOTED),
        own: excerpt(&author.of.text, QUOTED / 3),
        url: format!("{}#comment-{reply}", answer.article_url),
    };
    let (mail, ends) = author.mail(app, (&row, now), news);
    let letter = author.letter(id, (&mail, ends));
    Ok(Some(Post { letter, name: author.of.name.clone(), email: author.email }))
}

/// Whether an address wants mail, and has not had too much of it today; what is sent again was counted before.
async fn permitted(
    tx: &mut Tx,
    (author, is_again): (&Author, bool),
    now: Timestamp,
) -> Result<Option<ConfirmationRow>, StoreError> {
    let Some(row) = author.confirmation(tx).await?.filter(ConfirmationRow::wants_mail) else {
        return Ok(None);
    };
    let day = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(DAY));
    let may_be = is_again || tx.count_letter(row.id, (day, LETTERS)).await?;
    Ok(may_be.then_some(row))
}
