//! Most Engaging: turns of a worker count what was marked, and let time pass; readers get what is ready (`read`).
//!
//! A turn compares how a comment counts with how it stands, and adds the difference to the tallies of its article. So a
//! turn that is repeated changes nothing, and an article that is counted anew is one whose comments are all marked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::App;
use crate::{
    domain::{ArticleId, CommentId, Engagement, Standing, Status, Tally, Timestamp, Window, engaging_since},
    store::{
        LatestRow, Presence, Reasons, ScoreRow, StandingRow, StateRow, StoreError, TallyRow, Tx, VoiceRow,
    },
};

/// Comments of one turn: a few milliseconds of the writer, between which submissions come first.
const TURN: i64 = 100;
/// Turns at one time.
const TURNS: usize = 10;

/// Counts what was marked, at most some hundred comments, and lets time pass. To be called once a second.
pub async fn catch_up(app: &App) -> Result<usize, StoreError> {
    let mut done = 0;
    for _ in 0..TURNS {
        // the writer is not asked for nothing
        if app.db.read(async |tx| tx.stirred(1).await).await?.is_empty() {
            break;
        }
        let now = app.clock.now();
        let turn = app.db.write(async |tx| turn(tx, now).await).await?;
        done += turn;
        if i64::try_from(turn).is_ok_and(|turn| turn < TURN) {
            break;
        }
        // whoever waits for the writer goes first
        tokio::task::yield_now().await;
    }
    for window in Window::ALL {
        let now = app.clock.now();
        let due = app.db.read(async |tx| tx.due_for_score(window, now, TURN).await).await?;
        if !due.is_empty() {
            app.db
                .write(async |tx| {
                    tx.lock_articles(&due).await?;
                    score(tx, &due, now).await
                })
                .await?;
            done += due.len();
        }
    }
    Ok(done)
}

/// Counts all that is published and new enough anew, article by article, as if nothing had been counted before. Readers
/// miss an article until the turns that follow have counted it. How many articles.
pub async fn rebuild(app: &App) -> Result<usize, StoreError> {
    let since = engaging_since(app.clock.now());
    let (mut after, mut done) = ((since, ArticleId::from(Uuid::nil())), 0);
    loop {
        let articles = app.db.read(async |tx| tx.lively(after, TURN).await).await?;
        for (article, _) in &articles {
            app.db
                .write(async |tx| {
                    tx.lock_articles(&[*article]).await?;
                    tx.stir_anew(*article, since).await
                })
                .await?;
        }
        done += articles.len();
        let Some((article, changed_at)) = articles.last() else { break };
        after = (*changed_at, *article);
    }
    while catch_up(app).await? > 0 {}
    Ok(done)
}

async fn turn(tx: &mut Tx, now: Timestamp) -> Result<usize, StoreError> {
    let stirred = tx.stirred(TURN).await?;
    if stirred.is_empty() {
        return Ok(0);
    }
    let articles: Vec<ArticleId> =
        stirred.iter().map(|row| row.article).collect::<BTreeSet<_>>().into_iter().collect();
    tx.lock_articles(&articles).await?;
    let comments: Vec<CommentId> = stirred.iter().map(|row| row.comment).collect();
    let counted: HashMap<CommentId, VoiceRow> = by_comment(tx.voices(&comments).await?);
    let due: HashMap<CommentId, VoiceRow> = by_comment(due(tx, &comments, now).await?);
    let changed: Vec<CommentId> =
        comments.iter().copied().filter(|id| counted.get(id) != due.get(id)).collect();
    if !changed.is_empty() {
        let voices = |of: &HashMap<CommentId, VoiceRow>| {
            changed.iter().filter_map(|id| of.get(id).cloned()).collect::<Vec<_>>()
        };
        let (before, after) = (voices(&counted), voices(&due));
        let people: Vec<Presence> =
            before.iter().chain(&after).filter_map(presence).collect::<BTreeSet<_>>().into_iter().collect();
        let stood = tx.standing(&people).await?;
        tx.give_voice(&changed, &after).await?;
        let stands = tx.standing(&people).await?;
        tx.tally(&difference(&stood, &stands, now)).await?;
        score(tx, &articles, now).await?;
    }
    tx.calm(&comments).await?;
    Ok(stirred.len())
}

fn by_comment(voices: Vec<VoiceRow>) -> HashMap<CommentId, VoiceRow> {
    voices.into_iter().map(|voice| (voice.comment, voice)).collect()
}

fn presence(voice: &VoiceRow) -> Option<Presence> {
    Some(Presence { article: voice.article, person: voice.person.clone()? })
}

/// How these comments are to count: those that readers see, and that are new enough.
async fn due(tx: &mut Tx, comments: &[CommentId], now: Timestamp) -> Result<Vec<VoiceRow>, StoreError> {
    let states = tx.states(comments).await?;
    let answered: Vec<CommentId> = states.iter().filter_map(|state| state.reply_to).collect();
    let others: HashMap<CommentId, Option<String>> =
        tx.states(&answered).await?.into_iter().map(|state| (state.id, state.person())).collect();
    let since = engaging_since(now);
    let voice = |state: StateRow| {
        let at = state.published_at.filter(|at| *at >= since && state.status == Status::Approved)?;
        let person = state.person();
        // whoever was answered need not be there any more: the answer is
        let other = state.reply_to.and_then(|reply_to| others.get(&reply_to));
        Some(VoiceRow {
            comment: state.id,
            article: state.article,
            at,
            approved: state.decided_at.is_some(),
            answers: other.is_some_and(|other| *other != person),
            picked: state.picked_at.is_some(),
            person,
        })
    };
    Ok(states.into_iter().filter_map(voice).collect())
}

/// What is to be added to the tallies when people who counted so count so from now on.
fn difference(stood: &[StandingRow], stands: &[StandingRow], now: Timestamp) -> Vec<TallyRow> {
    let mut sums: BTreeMap<(ArticleId, Window, i64), Tally> = BTreeMap::new();
    for (rows, is_after) in [(stood, false), (stands, true)] {
        for row in rows {
            for ((window, bucket), tally) in standing(row).tallies(now) {
                *sums.entry((row.article, window, bucket)).or_default() +=
                    if is_after { tally } else { -tally };
            }
        }
    }
    sums.retain(|_, tally| *tally != Tally::default());
    sums.into_iter()
        .map(|((article, span, bucket), Tally { people, approved, answers, picks })| TallyRow {
            article,
            span,
            bucket,
            people,
            approved,
            answers,
            picks,
        })
        .collect()
}

fn standing(row: &StandingRow) -> Standing {
    Standing { spoke: row.spoke_at.zip(row.approved), answered: row.answered_at, picked: row.picked_at }
}

/// Gives these articles, which are held, the scores of this moment.
async fn score(tx: &mut Tx, articles: &[ArticleId], now: Timestamp) -> Result<(), StoreError> {
    let (tallies, latest) = tx.tallies(articles, now).await?;
    let mut by_article: HashMap<(ArticleId, Window), Vec<(i64, Tally)>> = HashMap::new();
    for TallyRow { article, span, bucket, people, approved, answers, picks } in tallies {
        by_article
            .entry((article, span))
            .or_default()
            .push((bucket, Tally { people, approved, answers, picks }));
    }
    let of = |LatestRow { id, site, last_at }: &LatestRow, span: Window| {
        let tallies = by_article.get(&(*id, span))?;
        let engagement = Engagement::of(span, tallies.iter().copied(), now);
        let (article, site, last_at) = (*id, *site, (*last_at)?);
        let (bucket, score, reasons) = (span.bucket(now), engagement.score(), reasons(engagement));
        (score > 0).then_some(ScoreRow { article, span, site, bucket, last_at, score, reasons })
    };
    let scores: Vec<ScoreRow> = latest
        .iter()
        .flat_map(|row| Window::ALL.into_iter().filter_map(move |window| of(row, window)))
        .collect();
    tx.score(articles, &scores).await
}

fn reasons(engagement: Engagement) -> Reasons {
    let Engagement { commenters, conversations, picks, approval } = engagement;
    Reasons {
        commenters: commenters.0,
        by_commenters: commenters.1,
        conversations: conversations.0,
        by_conversations: conversations.1,
        picks: picks.0,
        by_picks: picks.1,
        share: approval.0,
        by_approval: approval.1,
    }
}
