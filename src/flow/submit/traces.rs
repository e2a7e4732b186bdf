use super::{Arrival, form};
use crate::{
    domain::{ArticleUrl, CommentId, Submission, Timestamp, Title, Website, normalised_text},
    flow::{App, likeness},
    screen::{FormToken, Likeness},
    vault::{Person, TokenPurpose},
};

/// The keyed values of one submission, computed once.
pub(super) struct Traces {
    pub(super) now: Timestamp,
    pub(super) form: FormToken,
    pub(super) fingerprint: i64,
    /// Of a text that is long enough.
    pub(super) likeness: Option<Likeness>,
    /// In this window, and in the one before.
    pub(super) duplicates: [String; 2],
    /// In place of the idempotency key.
    pub(super) request: Option<String>,
    /// In place of the name of the form.
    pub(super) form_key: Option<String>,
    /// Of the whole payload, to recognise a repeated request.
    pub(super) payload: Option<String>,
    /// Of the address.
    pub(super) email_index: String,
    /// Of the reader for whom the site's backend vouches.
    pub(super) reader_index: Option<String>,
    /// The comment whose receipt came along.
    pub(super) receipt: Option<CommentId>,
    /// By which blocks may know whoever submits.
    pub(super) marks: Vec<String>,
}

impl Traces {
    pub(super) fn of(app: &App, arrival: &Arrival, submission: &Submission) -> Self {
        let now = app.clock.now();
        let text = normalised_text(submission.body.as_str());
        let (site, key) = (arrival.site.id, submission.article.key.as_str());
        let (form, nonce) = form::read(app, arrival, submission, now);
        let request = arrival.idempotency_key.as_ref().map(|key| app.vault.request(site, key));
        // no key of a client looks like this: they are visible ASCII
        let form_key = nonce.map(|nonce| app.vault.request(site, &format!("form\n{nonce}")));
        let is_known_by = request.is_some() || form_key.is_some();
        let receipt = |raw: &String| app.vault.verify(TokenPurpose::Receipt, raw, now).ok();
        let vouched = submission.reader.as_ref().filter(|reader| reader.verified);
        let person = person(arrival, submission);
        let window =
            i64::try_from(app.settings.comments.duplicate_window.as_micros()).unwrap_or(i64::MAX).max(1);
        let number = now.micros().div_euclid(window);
        let duplicate =
            |number: i64| app.vault.trace(site, &person, &format!("duplicate\n{number}\n{key}\n{text}"));
        Self {
            now,
            form,
            email_index: app.vault.email_index(site, &submission.email),
            reader_index: vouched.map(|reader| app.vault.reader_index(site, &reader.id)),
            receipt: arrival.receipt.as_ref().and_then(receipt).map(|token| token.object.into()),
            fingerprint: app.vault.fingerprint(site, &text),
            marks: app.vault.marks(site, &person),
            likeness: likeness::of(app, site, submission.body.as_str()),
            duplicates: [duplicate(number), duplicate(number - 1)],
            payload: is_known_by.then(|| {
                let Submission { article, parent, name, website, body, notify, reader, .. } = submission;
                let rest = (
                    (article.key.as_str(), article.url.as_ref().map(ArticleUrl::as_str)),
                    (article.title.as_ref().map(Title::as_str), parent, name.as_str()),
                    (website.as_ref().map(Website::as_str), body.as_str(), notify.name()),
                    reader.as_ref().map(|reader| (reader.id.as_str(), reader.verified, reader.staff)),
                );
                let person = Person { client: None, ..person };
                app.vault.trace(site, &person, &format!("payload\n{rest:?}"))
            }),
            request,
            form_key,
        }
    }
}

pub(super) fn person<'a>(arrival: &'a Arrival, submission: &'a Submission) -> Person<'a> {
    Person {
        email: &submission.email,
        client: arrival.client.as_ref(),
        reader: submission.reader.as_ref().map(|reader| reader.id.as_str()),
    }
}
