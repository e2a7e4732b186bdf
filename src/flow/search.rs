//! Search: what it knows of each comment, and what finds texts like it, written behind the submissions.
//!
//! A word is a row in a large table, and the rows of one comment lie far apart; so nobody who submits waits for
//! them. A comment is marked in the transaction that takes it in or changes it, and turns of a worker do the rest, a
//! second later as a rule. Every process may do that: a comment is one turn's alone.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use super::{App, likeness};
use crate::{
    domain::{CommentId, Timestamp, WORDS, words},
    store::{BandRow, DueRow, SearchableRow, Stamp, StoreError, TextsRow, Tx, WordRow},
    vault::word_token,
};
use url::Url;

/// How long decided comments can be found.
pub const FOUND_FOR: Duration = Duration::from_hours(90 * 24);
/// When a comment that waits for longer than that is looked at again.
const AGAIN: Duration = Duration::from_hours(24);
/// Comments of one turn: about 10 ms of the writer, between which submissions come first.
const TURN: usize = 100;
/// Turns at one time: a share of the writer that submissions do not feel, also when much is to be caught up with.
const TURNS: usize = 5;

/// Looks at what is due, at most some hundred comments; how many it were. To be called once a second.
pub async fn catch_up(app: &App) -> Result<usize, StoreError> {
    let mut done = 0;
    for _ in 0..TURNS {
        let now = app.clock.now();
        let turn = app.db.write(async |tx| turn(app, tx, now).await).await?;
        done += turn;
        if turn < TURN {
            break;
        }
        // whoever waits for the writer goes first
        tokio::task::yield_now().await;
    }
    Ok(done)
}

/// What a turn writes.
#[derive(Default)]
struct Changes {
    came: Vec<WordRow>,
    went: Vec<WordRow>,
    rows: Vec<SearchableRow>,
}

async fn turn(app: &App, tx: &mut Tx, now: Timestamp) -> Result<usize, StoreError> {
    let due = tx.due_for_search(now, i64::try_from(TURN).unwrap_or(i64::MAX)).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<CommentId> = due.iter().map(|row| row.comment).collect();
    let texts: HashMap<CommentId, TextsRow> =
        tx.texts_of(&ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut changes = Changes::default();
    for row in &due {
        changes.look(row, texts.get(&row.comment), now)?;
    }
    tx.write_searchable(&ids, (&changes.came, &changes.went), &changes.rows).await?;
    let bands: Vec<BandRow> = texts.values().flat_map(|row| bands(app, row, now)).collect();
    tx.write_likenesses(&bands).await?;
    Ok(due.len())
}

/// What finds others like this comment by its latest text, if that is the one which is known of it: not that of a moderator.
fn bands(app: &App, row: &TextsRow, now: Timestamp) -> Vec<BandRow> {
    let is_recent = row.id > likeness::oldest(app, now);
    let Some(sketch) = row.likeness.filter(|_| is_recent) else { return Vec::new() };
    let text = row.waiting_text.as_ref().unwrap_or(&row.text);
    let likeness = likeness::of(app, row.site, text).filter(|likeness| likeness.sketch == sketch);
    let bands = likeness.iter().flat_map(|likeness| likeness.bands);
    bands.map(|band| BandRow { band, comment: row.id }).collect()
}

impl Changes {
    /// What becomes of one comment: found by its words, or too old for that.
    fn look(&mut self, due: &DueRow, texts: Option<&TextsRow>, now: Timestamp) -> Result<(), StoreError> {
        let comment = due.comment;
        let corrupt = |_| StoreError::Corrupt("search");
        let before: BTreeSet<i64> = serde_json::from_str(&due.tokens).map_err(corrupt)?;
        let until = |texts: &TextsRow| texts.submitted_at.plus(FOUND_FOR);
        let found = texts.filter(|texts| texts.needs.is_some() || until(texts) > now);
        let after = found.map(tokens).unwrap_or_default();
        let row = |token: &i64| WordRow { token: *token, comment };
        self.came.extend(after.difference(&before).map(row));
        self.went.extend(before.difference(&after).map(row));
        if let Some(texts) = found {
            let due_at = Stamp(until(texts).max(now.plus(AGAIN)));
            let tokens = serde_json::to_string(&after).map_err(corrupt)?;
            self.rows.push(SearchableRow { comment, due_at, tokens });
        }
        Ok(())
    }
}

/// The tokens of a comment: its author's name, the host of the website, the text that is public and the one to
/// decide on.
pub fn tokens(row: &TextsRow) -> BTreeSet<i64> {
    let host = row.website.as_deref().and_then(|raw| Url::parse(raw).ok());
    let host = host.as_ref().and_then(Url::host_str);
    let texts = [Some(row.name.as_str()), host, Some(row.text.as_str()), row.waiting_text.as_deref()];
    texts.into_iter().flatten().flat_map(|text| words(text, WORDS)).map(|word| word_token(&word)).collect()
}
