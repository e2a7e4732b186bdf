use std::time::Duration;

use super::{Accepted, Arrival, HELD, PUBLISHED, Traces, person};
use crate::{
    domain::{
        ArticleId, ClusterId, CommentId, ContactId, Message, Needs, Notify, OutboxId, Status, Submission,
    },
    flow::{
        App,
        audit::{self, Author, NewEntry, Object},
        commenters,
    },
    screen::{Check, Finding, Judgement, Place as FoundAt, Verdict},
    store::{
        CommentRow, ContactRow, EntryRow, Facts, FindingRow, IdempotencyRow, NewArticle, NewComment,
        NewMessage, ParentFacts, Stamp, StoreError,
    },
};

/// A submission with all that decides about it, on its way into rows.
pub(super) struct Draft<'a> {
    pub(super) app: &'a App,
    pub(super) arrival: &'a Arrival,
    pub(super) submission: &'a Submission,
    pub(super) traces: &'a Traces,
    pub(super) facts: &'a Facts,
    /// The cluster that it belongs to; its own where there is none.
    pub(super) joins: Option<ClusterId>,
    pub(super) judged: Judgement,
}

/// Where a comment hangs.
pub(in crate::flow) struct Place {
    pub(in crate::flow) thread: CommentId,
    pub(in crate::flow) parent: Option<CommentId>,
    pub(in crate::flow) depth: i64,
}

impl Place {
    /// A reply to the deepest level hangs beside the comment that it answers.
    pub(in crate::flow) fn below(parent: Option<&ParentFacts>, id: CommentId, deepest: i64) -> Self {
        match parent {
            None => Self { thread: id, parent: None, depth: 0 },
            Some(parent) if parent.depth < deepest => {
                Self { thread: parent.thread, parent: Some(parent.id), depth: parent.depth + 1 }
            }
            Some(parent) if parent.depth == deepest => Self {
                thread: parent.thread,
                parent: parent.parent.or(Some(parent.thread)),
                depth: deepest.max(1),
            },
            // the setting was lower when the parent came
            Some(parent) => Self { thread: parent.thread, parent: Some(parent.thread), depth: 1 },
        }
    }
}

impl Draft<'_> {
    /// All rows of the submission, as one value.
    pub(super) fn compose(&self) -> Result<NewComment, StoreError> {
        let now = self.traces.now;
        let id = CommentId::from(self.app.clock.id(now));
        let article = self.new_article();
        let article_id =
            article.as_ref().map(|article| article.id).or(self.facts.article.as_ref().map(|a| a.id));
        let article_id = article_id.unwrap_or_else(|| ArticleId::from(self.app.clock.id(now)));
        let contact = self.contact(id);
        Ok(NewComment {
            article,
            comment: self.comment((id, article_id), &contact),
            text: self.submission.body.as_str().to_owned(),
            contact: Some(contact),
            findings: finding_rows(id, &self.judged.findings),
            entry: self.entry(id)?,
            messages: self.messages(id),
            idempotency: self.remembered(id),
        })
    }

    /// What a rule decided, for the audit log; nothing where a person does.
    fn entry(&self, comment: CommentId) -> Result<Option<EntryRow>, StoreError> {
        let action = match self.judged.verdict {
            Verdict::Approve => "approve",
            Verdict::Spam => "spam",
            Verdict::Hold => return Ok(None),
        };
        let object = Object { kind: "comment", id: comment.uuid(), site: Some(self.arrival.site.id) };
        let by = Author { moderator: None, via: "rule" };
        let entry = NewEntry {
            version: Some(1),
            statuses: Some((Status::Pending, self.status())),
            ..NewEntry::new(self.app, self.traces.now, (object, action, by))
        };
        Ok(Some(audit::signed_row(self.app, &entry)?.0))
    }

    /// The answer, once the rows are durable.
    pub(super) fn accepted(&self, new: &NewComment) -> Accepted {
        let (receipt, receipt_expires_at) = self.app.receipt_token(new.comment.id, self.traces.now);
        Accepted {
            id: new.comment.id,
            published: new.comment.status == Status::Approved,
            article: self.submission.article.key.as_str().to_owned(),
            submitted_at: self.traces.now,
            receipt,
            receipt_expires_at,
            replayed: false,
            check: Check::Unlimited,
        }
    }

    fn new_article(&self) -> Option<NewArticle> {
        let said = &self.submission.article;
        let (None, Some(url), Some(title)) = (&self.facts.article, &said.url, &said.title) else {
            return None;
        };
        let now = Stamp(self.traces.now);
        Some(NewArticle {
            id: ArticleId::from(self.app.clock.id(self.traces.now)),
            site: self.arrival.site.id,
            key: said.key.as_str().to_owned(),
            url: url.as_str().to_owned(),
            title: title.as_str().to_owned(),
            section: None,
            provisional: true,
            open: true,
            closes_at: None,
            approved_count: 0,
            version: 1,
            changed_at: now,
            created_at: now,
        })
    }

    fn comment(&self, (id, article): (CommentId, ArticleId), contact: &ContactRow) -> CommentRow {
        let (said, now) = (self.submission, self.traces.now);
        let status = self.status();
        let deepest = i64::from(self.app.settings.comments.max_depth);
        let place = Place::below(self.facts.parent.as_ref(), id, deepest);
        CommentRow {
            id,
            site: self.arrival.site.id,
            article,
            thread: place.thread,
            parent: place.parent,
            reply_to: self.facts.parent.as_ref().map(|parent| parent.id),
            depth: place.depth,
            status,
            // what is published unseen is reviewed after
            needs: (status != Status::Spam).then_some(Needs::Decision),
            version: 1,
            revision: 1,
            name: said.name.as_str().to_owned(),
            website: said.website.as_ref().map(|website| website.as_str().to_owned()),
            staff: said.reader.as_ref().is_some_and(|reader| reader.staff),
            notify: said.notify.name(),
            form: said.form.name(),
            contact: Some(contact.id),
            fingerprint: self.traces.fingerprint,
            duplicate_key: Some(self.traces.duplicates[0].clone()),
            likeness: self.traces.likeness.map(|likeness| likeness.sketch),
            cluster: self.traces.likeness.map(|_| self.joins.unwrap_or_else(|| id.uuid().into())),
            approved_below: 0,
            submitted_at: Stamp(now),
            published_at: (status == Status::Approved).then_some(Stamp(now)),
            lineage: self.facts.lineage,
        }
    }

    fn status(&self) -> Status {
        match self.judged.verdict {
            Verdict::Approve => Status::Approved,
            Verdict::Hold => Status::Pending,
            Verdict::Spam => Status::Spam,
        }
    }

    fn contact(&self, comment: CommentId) -> ContactRow {
        let (app, site) = (self.app, self.arrival.site.id);
        let id = app.clock.id(self.traces.now);
        let kept = app.vault.keep(&app.clock, (id, site), &person(self.arrival, self.submission));
        ContactRow {
            id: ContactId::from(id),
            site,
            purpose: "commenter",
            comment,
            email: kept.email.as_str().to_owned(),
            email_index: kept.email_index,
            reader_index: kept.reader_index,
            address: kept.address.map(|sealed| sealed.as_str().to_owned()),
            host_index: kept.host_index,
            network_index: kept.network_index,
            index_key: kept.index_key,
            proven: self.submission.reader.as_ref().filter(|reader| reader.verified).map(|_| true),
            expires_at: None,
        }
    }

    /// The promises to tell the moderators, its author, and whom it answers. Spam is not worth a mail to anybody but its
    /// author, for whom it is not told apart; and a flood must not become one of mails.
    fn messages(&self, comment: CommentId) -> Vec<NewMessage> {
        let (app, now) = (self.app, self.traces.now);
        if self.judged.findings.iter().any(|finding| finding.code == "site-rate") {
            return Vec::new();
        }
        let asks = self.submission.notify != Notify::Nothing;
        let question = asks.then(|| commenters::question(app, comment, now));
        let waits = (self.judged.verdict != Verdict::Spam).then(|| {
            let id = OutboxId::from(app.clock.id(now));
            NewMessage::mail(id, Message::CommentWaits { comment, version: 1 }, now)
        });
        let answered = self.facts.parent.as_ref().filter(|parent| parent.notify == Notify::Replies);
        let answered = answered.filter(|_| self.judged.verdict == Verdict::Approve);
        let reply =
            answered.map(|parent| commenters::later(app, commenters::reply_letter(parent.id, comment), now));
        [waits, question, reply].into_iter().flatten().collect()
    }

    /// By what the request is known again: its key, and the form, which is no longer good once it was sent. What was known
    /// before belongs to what was sent then.
    fn remembered(&self, comment: CommentId) -> Vec<IdempotencyRow> {
        let (request, form) = (&self.traces.request, &self.traces.form_key);
        let hours = self.app.settings.comments.idempotency;
        // as long as its token is good
        let minutes = Duration::from_mins(self.arrival.site.policy.form.max_minutes.into());
        let request = request.as_ref().filter(|_| self.facts.replay.is_none()).map(|key| (key, hours));
        let form = form.as_ref().filter(|_| self.facts.forms == 0).map(|key| (key, hours.max(minutes)));
        let row = |(key, span): (&String, Duration)| {
            Some(IdempotencyRow {
                site: self.arrival.site.id,
                key: key.clone(),
                fingerprint: self.traces.payload.clone()?,
                comment,
                status: if self.status() == Status::Approved { PUBLISHED } else { HELD },
                expires_at: Stamp(self.traces.now.plus(span)),
            })
        };
        request.into_iter().chain(form).filter_map(row).collect()
    }
}

/// Findings as the database keeps them, in their order.
pub(in crate::flow) fn finding_rows(comment: CommentId, findings: &[Finding]) -> Vec<FindingRow> {
    (1..)
        .zip(findings)
        .map(|(number, finding)| FindingRow {
            comment,
            number,
            code: finding.code,
            term: finding.term.clone(),
            weight: i64::from(finding.weight),
            field: finding.place.map(|place| place.field.name()),
            starts: stretch(finding).map(|place| characters(place.start)),
            length: stretch(finding).map(|place| characters(place.length)),
        })
        .collect()
}

/// Where it stands, where that may be told.
fn stretch(finding: &Finding) -> Option<FoundAt> {
    finding.place.filter(|place| place.length > 0)
}

fn characters(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
