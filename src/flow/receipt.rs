//! What commenters see and change of their own comment, by its private link.

use super::{
    App, FlowError,
    audit::{self, Author, NewEntry, Object},
    blocks, contacts, likeness, render,
    submit::{REPEATS, finding_rows},
};
use crate::{
    domain::{
        ArticleRules, Body, ClusterId, Code, CommentId, EditOutcome, Message, Needs, OutboxId, Site, Status,
        Timestamp, normalised_text,
    },
    screen::{self, Case, Echo, FormToken, Likeness, Standing, Verdict},
    store::{Current, Decided, Moved, NewMessage, NewRevision, ReceiptRow, State, StoreError, Tx},
    vault::{Person, TokenError, TokenPurpose},
};

/// A receipt: the comment as its author may know it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The comment.
    pub row: ReceiptRow,
    /// What its author is told: spam looks as if it waited, for good.
    pub status: Status,
    /// A newer text than the published one waits.
    pub edit_waits: bool,
    /// Until when the text can be changed; nothing when it cannot.
    pub editable_until: Option<Timestamp>,
    /// What its author says against a rejection.
    pub appeal: Appeal,
}

/// How it stands with an author's word against a rejection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appeal {
    /// There is nothing to be said against.
    None,
    /// It can be said, once for each rejection.
    Possible,
    /// It was said.
    Made {
        /// In these words.
        text: String,
        /// Then.
        at: Timestamp,
        /// A moderator has looked at it again.
        is_answered: bool,
    },
}

/// Why a receipt did not open, or did not do what was asked.
#[derive(Clone, Debug)]
pub enum ReceiptError {
    /// The link is not one of ours.
    NotFound,
    /// The link is too old.
    Gone,
    /// The state of the comment does not allow it.
    NotAllowed,
    /// The comment changed meanwhile.
    VersionConflict,
    /// The database did not do what it was asked.
    Store(StoreError),
}

impl From<StoreError> for ReceiptError {
    fn from(error: StoreError) -> Self {
        match error {
            // somebody was quicker at every attempt
            StoreError::Contended => Self::VersionConflict,
            error => Self::Store(error),
        }
    }
}

impl From<FlowError> for ReceiptError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::NotFound | FlowError::Forbidden => Self::NotFound,
            FlowError::VersionConflict => Self::VersionConflict,
            FlowError::AlreadyDecided => Self::NotAllowed,
            FlowError::Store(error) => error.into(),
        }
    }
}

/// Opens a receipt.
pub async fn open(app: &App, token: &str) -> Result<Receipt, ReceiptError> {
    let (comment, expires) = read_token(app, token)?;
    let row = app.db.read(async |tx| tx.receipt(comment).await).await?.ok_or(ReceiptError::NotFound)?;
    Ok(view(app, row, expires))
}

/// Takes the comment back, for good.
pub async fn withdraw(app: &App, token: &str) -> Result<Receipt, ReceiptError> {
    let (comment, _) = read_token(app, token)?;
    // the moment is that of the attempt that wins
    let done = app.db.write(async |tx| withdraw_in(app, tx, comment, app.clock.now()).await).await?;
    let seen = done.ok_or(ReceiptError::NotAllowed)?;
    app.pages.forget(seen.site, &seen.article_key);
    open(app, token).await
}

/// Changes the text: of a comment that waits, or of a published one within the edit window. What
/// readers see changes only when the new text passes, or a moderator approves it.
pub async fn edit(app: &App, token: &str, raw: &str) -> Result<Receipt, EditError> {
    let (comment, expires) = read_token(app, token)?;
    let row = app.db.read(async |tx| tx.receipt(comment).await).await.map_err(ReceiptError::from)?;
    let row = row.ok_or(ReceiptError::NotFound)?;
    let site = app.sites.get(row.site).ok_or(ReceiptError::NotFound)?;
    let body = Body::parse(raw, site.policy.comment_chars).map_err(EditError::Invalid)?;
    if view(app, row, expires).editable_until.is_none() {
        return Err(ReceiptError::NotAllowed.into());
    }
    let revised =
        app.db.write(async |tx| edit_in(app, tx, (comment, &site, &body), app.clock.now()).await).await;
    let (seen, recent) = revised.map_err(ReceiptError::from)?.ok_or(ReceiptError::NotAllowed)?;
    app.recent.keep(comment, recent);
    app.pages.forget(seen.site, &seen.article_key);
    app.owed.notify_one();
    Ok(open(app, token).await?)
}

/// Why an edit was not taken.
#[derive(Clone, Debug)]
pub enum EditError {
    /// The text is not a comment.
    Invalid(Code),
    /// The receipt does not allow it.
    Receipt(ReceiptError),
}

impl From<ReceiptError> for EditError {
    fn from(error: ReceiptError) -> Self {
        Self::Receipt(error)
    }
}

/// Whether a token is one of ours and works still; the database is not asked.
pub fn is_open(app: &App, token: &str) -> bool {
    read_token(app, token).is_ok()
}

pub(super) fn read_token(app: &App, token: &str) -> Result<(CommentId, Timestamp), ReceiptError> {
    match app.vault.verify(TokenPurpose::Receipt, token, app.clock.now()) {
        Ok(token) => Ok((token.object.into(), token.expires)),
        Err(TokenError::Expired(_)) => Err(ReceiptError::Gone),
        Err(TokenError::Malformed | TokenError::Forged) => Err(ReceiptError::NotFound),
    }
}

fn view(app: &App, row: ReceiptRow, expires: Timestamp) -> Receipt {
    let now = app.clock.now();
    let status = if row.status == Status::Spam { Status::Pending } else { row.status };
    let window = |published: Timestamp| published.plus(app.settings.comments.edit_window);
    let editable_until = match status {
        Status::Pending => Some(expires),
        Status::Approved => row.published_at.map(window).filter(|until| *until > now),
        Status::Rejected | Status::Spam | Status::Withdrawn => None,
    };
    let edit_waits = status == Status::Approved && row.waiting.is_some();
    let appeal = match (&row.appeal, row.appealed_at, status) {
        (_, _, Status::Withdrawn | Status::Pending) => Appeal::None,
        // of a decision that came later it says nothing
        (Some(text), Some(at), _) if row.answered_at.is_none() || row.answered_at == row.decided_at => {
            Appeal::Made { text: text.clone(), at, is_answered: row.answered_at.is_some() }
        }
        (_, _, Status::Rejected) => Appeal::Possible,
        _ => Appeal::None,
    };
    Receipt { row, status, edit_waits, editable_until, appeal }
}

async fn withdraw_in(
    app: &App,
    tx: &mut Tx,
    comment: CommentId,
    now: Timestamp,
) -> Result<Option<Current>, StoreError> {
    let Some(seen) = take(tx, comment).await? else { return Ok(None) };
    let Some(status) = seen.state.status.withdrawn() else { return Ok(None) };
    let becomes = State { status, needs: None, waiting: None, ..unsaid(&seen) };
    moved(app, tx, (&Decided { seen: seen.clone(), becomes }, "withdraw"), now).await?;
    tx.end_claims(&[comment]).await?;
    Ok(Some(seen))
}

async fn edit_in(
    app: &App,
    tx: &mut Tx,
    (comment, site, body): (CommentId, &Site, &Body),
    now: Timestamp,
) -> Result<Option<(Current, Option<(Likeness, ClusterId)>)>, StoreError> {
    let Some(seen) = take(tx, comment).await? else { return Ok(None) };
    // spam looks like what waits, so it can be edited like that, and stays what it is
    let silent = seen.state.status == Status::Spam;
    let Some(outcome) = seen.state.status.editable().or(silent.then_some(EditOutcome::Replaces)) else {
        return Ok(None);
    };
    let fingerprint = app.vault.fingerprint(site.id, &normalised_text(body.as_str()));
    let repeated = tx.is_repeated(fingerprint, now.minus(REPEATS), (site.id, comment)).await?;
    let text = likeness::of(app, site.id, body.as_str());
    let found = tx.alike(likeness::sought(app, text, now)).await?;
    let joins = likeness::joins(app, (text, now), &found, Some(comment));
    let email = contacts::email_of(app, tx.sealed_email(comment).await?)?;
    // its author may have been blocked since it arrived
    let marks = email.as_ref().map(|email| Person { email, client: None, reader: None });
    let marks = marks.map(|person| app.vault.marks(site.id, &person)).unwrap_or_default();
    let author = tx.blocked_author((comment, &marks), now).await?;
    let terms = blocks::known(app, site.id);
    let is_known = tx.is_known(comment, site.policy.trust.approved).await?;
    let article = tx.article_of(seen.article).await?.map(|article| article.rules);
    let rules = article.unwrap_or_else(|| ArticleRules::unsaid(now));
    let case = Case {
        body,
        // neither changes with the text
        name: None,
        website: None,
        email: email.as_ref(),
        client: None,
        agent: None,
        links: render::links(body.as_str()),
        standing: if is_known { Standing::Known } else { Standing::Unknown },
        trapped: false,
        form: FormToken::NotAsked,
        echo: Echo::of(repeated, joins.is_some()),
        flooded: false,
        // what is closed takes no new words unseen either
        held: rules.holds_all(now) || !rules.opening(&site.policy, now).is_open(),
        blocks: blocks::about(author, &terms),
        mode: rules.mode(&site.policy),
        policy: &site.policy,
        lists: &app.sites.lists(site.id),
    };
    let judged = screen::judge(&case);
    let findings = finding_rows(comment, &judged.findings);
    // another text begins a cluster with a name of its own: that of the comment is the one of its earlier text
    let cluster = joins.unwrap_or_else(|| app.clock.id(now).into());
    tx.regroup(comment, text.map(|text| (text.sketch, cluster))).await?;
    let recent = text.map(|text| (text, cluster));
    let text = body.as_str().to_owned();
    let number =
        tx.add_revision(&NewRevision { comment, text, findings, fingerprint, submitted_at: now }).await?;
    let waits = outcome == EditOutcome::Waits && judged.verdict != Verdict::Approve;
    let state = unsaid(&seen);
    let becomes = match outcome {
        _ if waits => {
            // whoever escalated or reported it still wants an answer
            let stays = |needs: &Needs| matches!(needs, Needs::Escalated | Needs::Report);
            let needs = state.needs.filter(stays).or(Some(Needs::Edit));
            State { waiting: Some(number), needs, ..state }
        }
        EditOutcome::Replaces => {
            let edited_at = state.published_at.map(|_| now).or(state.edited_at);
            State { revision: number, waiting: None, edited_at, ..state }
        }
        EditOutcome::Waits => {
            // published unseen, and reviewed after, like what is new
            let needs = state.needs.filter(|needs| *needs != Needs::Edit).or(Some(Needs::Decision));
            State { revision: number, waiting: None, needs, edited_at: Some(now), ..state }
        }
    };
    moved(app, tx, (&Decided { seen: seen.clone(), becomes }, "edit"), now).await?;
    if waits {
        let message = Message::CommentWaits { comment, version: seen.version + 1 };
        tx.enqueue(&[NewMessage::mail(OutboxId::from(app.clock.id(now)), message, now)]).await?;
    }
    Ok(Some((seen, recent)))
}

/// The comment as it stands, with its article held.
async fn take(tx: &mut Tx, comment: CommentId) -> Result<Option<Current>, StoreError> {
    let Some(seen) = tx.current(&[comment]).await?.pop() else { return Ok(None) };
    tx.lock_articles(&[seen.article]).await?;
    Ok(Some(seen))
}

/// As it stands, but for the reason: that was of an earlier state.
fn unsaid(seen: &Current) -> State {
    State { reason: None, reason_code: None, basis: None, ..seen.state.clone() }
}

/// Moves the comment on, or tells the transaction to start again: somebody was quicker.
pub(super) async fn moved(
    app: &App,
    tx: &mut Tx,
    (decided, action): (&Decided, &'static str),
    now: Timestamp,
) -> Result<(), StoreError> {
    if tx.move_on(decided, now).await? == Moved::Lost {
        return Err(StoreError::Contended);
    }
    let seen = &decided.seen;
    let object = Object { kind: "comment", id: seen.id.uuid(), site: Some(seen.site) };
    let author = Author { moderator: None, via: "receipt" };
    let entry = NewEntry {
        version: Some(seen.version + 1),
        statuses: Some((seen.state.status, decided.becomes.status)),
        ..NewEntry::new(app, now, (object, action, author))
    };
    audit::record(app, tx, &[entry]).await
}
