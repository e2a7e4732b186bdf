use std::{collections::HashSet, time::Duration};

use futures_util::future::join_all;
use replydesk::{
    domain::{Message, ModeratorId, OutboxId, Role, Timestamp},
    store::{Leased, NewMessage, Settlement},
};
use uuid::Uuid;

use super::Stranger;
use crate::support::TestApp;

const LEASE: Duration = Duration::from_mins(1);

both_databases! {
    async fn four_workers_never_lease_the_same_message(app: TestApp) {
        owe(app, 200).await;
        let worker = || async {
            let mut mine = Vec::new();
            loop {
                let leased = lease(app, 7).await;
                if leased.is_empty() {
                    return mine;
                }
                mine.extend(leased.iter().map(|message| message.id));
            }
        };
        let taken = join_all((0..4).map(|_| worker())).await;
        assert!(taken.iter().all(|mine| mine.len() < 200), "one worker took all, so nothing was tried");
        let taken = taken.concat();
        assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (200, 200));
        assert_eq!(app.rows("select max(attempts) from outbox").await, 1);
    }

    async fn what_is_due_first_is_leased_first_and_nothing_before_it_is_due(app: TestApp) {
        let late = owe(app, 1).await[0];
        app.waits(Duration::from_mins(5));
        let later = owe(app, 1).await[0];
        let first = only(lease(app, 1).await);
        assert_eq!((first.id, first.attempts, first.leased_until), (late, 1, app.clock.now().plus(LEASE)));
        let in_a_minute = app.clock.now().plus(LEASE);
        assert!(settle(app, &first, &Settlement::Again(in_a_minute, "smtp-421")).await);
        assert_eq!(only(lease(app, 9).await).id, later);
        assert_eq!(lease(app, 9).await.len(), 0);
        app.waits(LEASE);
        // the second worker's turn comes with the lease of the first
        assert_eq!((only(lease(app, 1).await).id, only(lease(app, 1).await).id), (later, late));
    }

    async fn no_more_is_leased_than_was_asked_for(app: TestApp) {
        owe(app, 50).await;
        for limit in [1, 7, 40, 9] {
            let rest = 50 - app.rows("select count(*) from outbox where leased_until is not null").await;
            assert_eq!(i64::try_from(lease(app, limit).await.len()).unwrap(), limit.min(rest));
        }
    }

    async fn a_lease_that_ran_out_is_free_and_its_old_holder_settles_nothing(app: TestApp) {
        let id = owe(app, 1).await[0];
        let lost = only(lease(app, 9).await);
        app.waits(LEASE.saturating_sub(Duration::from_micros(1)));
        assert_eq!(lease(app, 9).await.len(), 0);
        app.waits(Duration::from_micros(1));
        let held = only(lease(app, 9).await);
        assert_eq!((held.id, held.attempts), (id, 2));
        for late in [Settlement::Sent, Settlement::Dead("smtp-550"), Settlement::Again(app.clock.now(), "io")] {
            assert!(!settle(app, &lost, &late).await, "{late:?}");
        }
        assert!(settle(app, &held, &Settlement::Sent).await);
        assert!(!settle(app, &held, &Settlement::Sent).await, "settled once");
        app.waits(LEASE);
        assert_eq!(lease(app, 9).await.len(), 0);
    }

    async fn an_attempt_counts_and_what_is_given_back_was_none(app: TestApp) {
        let id = owe(app, 1).await[0];
        let soon = app.clock.now().plus(LEASE);
        assert!(settle(app, &only(lease(app, 9).await), &Settlement::GivenBack(soon, "smtp-535")).await);
        let row = show(app, id).await;
        assert_eq!((row.attempts, row.due_at, row.leased_until), (0, soon, None));
        assert_eq!((row.last_error.as_deref(), row.outcome), (Some("smtp-535"), None));
        app.waits(LEASE);
        let soon = app.clock.now().plus(LEASE);
        assert!(settle(app, &only(lease(app, 9).await), &Settlement::Again(soon, "io")).await);
        let row = show(app, id).await;
        assert_eq!((row.attempts, row.due_at, row.last_error.as_deref()), (1, soon, Some("io")));
        app.waits(LEASE);
        assert_eq!(only(lease(app, 9).await).attempts, 2);
    }

    async fn what_was_not_begun_is_given_back_as_it_was(app: TestApp) {
        let id = owe(app, 1).await[0];
        let lost = only(lease(app, 9).await);
        app.waits(LEASE);
        let again = app.clock.now();
        assert!(settle(app, &only(lease(app, 9).await), &Settlement::Again(again, "io")).await);
        let held = only(lease(app, 9).await);
        let release = async |job: &Leased| app.app().db.write(async |tx| tx.release(job).await).await.unwrap();
        assert!(!release(&lost).await, "not his to give back");
        assert!(release(&held).await);
        let row = show(app, id).await;
        assert_eq!((row.attempts, row.due_at, row.leased_until), (2, again, None));
        assert_eq!(row.last_error.as_deref(), Some("io"));
        assert_eq!(only(lease(app, 9).await).attempts, 3);
    }

    async fn dead_letters_stay_until_somebody_retries_or_drops_them(app: TestApp) {
        for settlement in [Settlement::Sent, Settlement::Dropped, Settlement::Dead("smtp-550")] {
            owe(app, 1).await;
            assert!(settle(app, &only(lease(app, 9).await), &settlement).await);
        }
        sweep(app, app.clock.now()).await;
        assert_eq!(app.rows("select count(*) from outbox").await, 3, "nothing is old enough");
        sweep(app, app.clock.now().plus(Duration::from_micros(1))).await;
        let db = &app.app().db;
        let dead = db.read(async |tx| tx.outbox(Some("dead"), 9).await).await.unwrap();
        assert_eq!((dead.len(), dead[0].last_error.as_deref()), (1, Some("smtp-550")));
        assert_eq!(app.rows("select count(*) from outbox").await, 1);
        let (id, now) = (dead[0].id, app.clock.now());
        assert!(db.write(async |tx| tx.retry_message(id, now).await).await.unwrap());
        let again = only(lease(app, 9).await);
        assert_eq!((again.id, again.attempts), (id, 1), "with a fresh count");
        assert!(db.write(async |tx| tx.drop_message(id, now).await).await.unwrap());
        assert!(!settle(app, &again, &Settlement::Sent).await, "dropped while it was leased");
        assert!(!db.write(async |tx| tx.retry_message(id, now).await).await.unwrap(), "not dead, not owed");
        assert!(!db.write(async |tx| tx.drop_message(id, now).await).await.unwrap());
        assert_eq!(show(app, id).await.outcome.as_deref(), Some("dropped"));
        assert_eq!(db.read(async |tx| tx.outbox(None, 9).await).await.unwrap().len(), 0);
    }

    async fn retrying_what_a_worker_holds_leaves_it_there(app: TestApp) {
        let id = owe(app, 1).await[0];
        let db = &app.app().db;
        let retried = async || db.write(async |tx| tx.retry_message(id, app.clock.now()).await).await.unwrap();
        let later = || app.clock.now().plus(LEASE);
        // whatever becomes of the attempt that is under way, but that it is sent
        for failed in [
            Settlement::Again(later(), "timeout"),
            Settlement::Dead("timeout"),
            Settlement::GivenBack(later(), "sign-in-refused"),
            Settlement::PutOff(later()),
        ] {
            let held = only(lease(app, 9).await);
            assert_eq!((held.id, held.attempts), (id, 1));
            assert!(retried().await);
            assert!(lease(app, 9).await.is_empty(), "nobody else sends it meanwhile");
            assert!(settle(app, &held, &failed).await);
            let row = show(app, id).await;
            assert_eq!((row.outcome, row.attempts, row.due_at), (None, 0, app.clock.now()), "{failed:?}");
        }
        let held = only(lease(app, 9).await);
        assert!(retried().await);
        assert!(db.write(async |tx| tx.release(&held).await).await.unwrap());
        let again = only(lease(app, 9).await);
        assert_eq!((again.id, again.attempts), (id, 1));
        // a holder who died keeps it no longer than any
        app.waits(LEASE);
        assert!(retried().await);
        let last = only(lease(app, 9).await);
        assert_eq!(last.attempts, 1);
        assert!(!settle(app, &again, &Settlement::Sent).await);
        assert!(retried().await && settle(app, &last, &Settlement::Sent).await, "sent is sent");
        assert_eq!(show(app, id).await.outcome.as_deref(), Some("sent"));
    }

    async fn a_promise_spreads_once_also_by_a_worker_that_lost_its_lease(app: TestApp) {
        app.hires("Mo", Role::Moderator, &[]).await;
        app.hires("Eve", Role::Editor, &[]).await;
        app.submits("Nice piece", "ann@example.org").await;
        // somebody else takes each message right after it was leased
        let mut stranger = Stranger::connects(app.database()).await;
        stranger.says(
            "create trigger lost after update of leased_until on outbox \
             when old.leased_until is null and new.leased_until is not null \
             begin update outbox set leased_until = leased_until + 1 where id = new.id; end",
            "create function lose() returns trigger language plpgsql as $$ begin \
             update outbox set leased_until = leased_until + 1 where id = new.id; return null; end $$; \
             create trigger lost after update of leased_until on outbox for each row \
             when (old.leased_until is null and new.leased_until is not null) execute function lose()",
        ).await;
        app.delivers_everything().await;
        assert_eq!(app.rows("select count(*) from outbox").await, 1, "nothing was enqueued");
        stranger.says("drop trigger lost", "drop trigger lost on outbox").await;
        app.waits(Duration::from_hours(1));
        app.delivers_everything().await;
        assert_eq!(app.rows("select count(*) from outbox").await, 3);
        assert_eq!(app.mails().await.len(), 2);
    }

    async fn workers_side_by_side_tell_every_moderator_once_of_every_comment(app: TestApp) {
        app.hires("Mo", Role::Moderator, &[]).await;
        app.hires("Eve", Role::Editor, &[]).await;
        for n in 0..10 {
            app.submits(&format!("Nice piece {n}"), "ann@example.org").await;
        }
        join_all((0..3).map(|_| app.delivers_everything())).await;
        assert_eq!(app.mails().await.len(), 20);
        assert_eq!(app.rows("select count(*) from outbox where outcome = 'sent'").await, 30);
    }
}

/// Owes test letters to nobody: they are dropped when they are delivered.
async fn owe(app: &TestApp, count: usize) -> Vec<OutboxId> {
    let now = app.clock.now();
    let message = Message::TestLetter { moderator: ModeratorId::from(Uuid::nil()) };
    let new = || NewMessage::mail(app.clock.id(now).into(), message.clone(), now);
    let messages: Vec<NewMessage> = (0..count).map(|_| new()).collect();
    app.app().db.write(async |tx| tx.enqueue(&messages).await).await.unwrap();
    messages.iter().map(|message| message.id).collect()
}

async fn lease(app: &TestApp, limit: i64) -> Vec<Leased> {
    let now = app.clock.now();
    app.app().db.write(async |tx| tx.lease(now, now.plus(LEASE), limit).await).await.unwrap()
}

async fn settle(app: &TestApp, leased: &Leased, settlement: &Settlement) -> bool {
    let now = app.clock.now();
    app.app().db.write(async |tx| tx.settle(leased, settlement, now).await).await.unwrap()
}

async fn sweep(app: &TestApp, before: Timestamp) {
    let now = app.clock.now();
    app.app().db.write(async |tx| tx.sweep(before, now, 500).await).await.unwrap();
}

async fn show(app: &TestApp, id: OutboxId) -> replydesk::store::OutboxRow {
    app.app().db.read(async |tx| tx.outbox_message(id).await).await.unwrap().unwrap()
}

fn only(mut leased: Vec<Leased>) -> Leased {
    assert_eq!(leased.len(), 1, "{leased:?}");
    leased.remove(0)
}
