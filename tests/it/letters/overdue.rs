//! What has waited for too long is brought up again.

use std::time::Duration;

use futures_util::future::join;
use replydesk::{
    domain::{Policy, Role},
    flow::mentions,
};

use super::{HOUR, MINUTE, NEW, comments, limited, subjects, wants};
use crate::{delivery::decoded, support::TestApp};

const LATE: &str = "[The Gazette] Waiting for 4 hours: reply to \"The bridge\"";

async fn looks(app: &TestApp) {
    mentions::bring_up(app.app()).await.unwrap();
}

both_databases! {
    async fn what_waits_for_too_long_is_brought_up_once(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        app.hires("Off", Role::Moderator, &[]).await;
        wants(&app, "Off", ("off", "none", "UTC")).await;
        comments(&app, &["Number 1"]).await;
        app.waits(MINUTE);
        comments(&app, &["Number 2"]).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        app.waits(Duration::from_secs(4 * 3_600 - 61));
        looks(&app).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        app.waits(Duration::from_secs(1));
        // two replicas look at the same moment
        Box::pin(join(looks(&app), looks(&app))).await;
        assert_eq!(subjects(&app, "Mo").await[1..], [LATE]);
        let raw = app.mails().await[1].1.clone();
        assert!(decoded(&raw).contains("It has been waiting for a moderator for 4 hours."), "{raw}");
        assert!(decoded(&raw).contains("Number 1"));
        for _ in 0..30 {
            app.waits(MINUTE);
            looks(&app).await;
        }
        assert_eq!((subjects(&app, "Mo").await.len(), subjects(&app, "Off").await.len()), (2, 0));
        // the next day the next one
        app.waits(24 * HOUR);
        looks(&app).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 3);
        assert!(decoded(&app.mails().await[2].1).contains("Number 2"));
        app.waits(48 * HOUR);
        looks(&app).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 3, "each once");
        app.ends().await;
    }

    async fn it_waits_for_no_digest_but_for_the_end_of_quiet_hours(base: TestApp) {
        let app = limited(base).await;
        app.moderator().await;
        wants(&app, "Mo", ("digest 1440", "none", "UTC")).await;
        comments(&app, &["Number 1", "Number 2"]).await;
        assert_eq!(subjects(&app, "Mo").await, ["[The Gazette] 2 replies wait"]);
        app.waits(HOUR);
        comments(&app, &["Number 3"]).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        app.waits(3 * HOUR);
        looks(&app).await;
        // with it comes what the digest would have held
        assert_eq!(subjects(&app, "Mo").await[1..], ["[The Gazette] 2 replies wait, one for 4 hours"]);
        wants(&app, "Mo", ("each", "17:00-23:00", "UTC")).await;
        app.waits(24 * HOUR + 2 * HOUR);
        looks(&app).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 2);
        app.waits(6 * HOUR);
        assert_eq!(subjects(&app, "Mo").await.len(), 3);
        app.ends().await;
    }

    async fn it_counts_from_when_a_comment_began_to_wait_and_a_site_can_switch_it_off(base: TestApp) {
        let app = limited(base).await;
        let moderator = app.moderator().await;
        let comment = comments(&app, &["Number 1"]).await.remove(0);
        assert_eq!(subjects(&app, "Mo").await, [NEW]);
        moderator.approves(&comment).await;
        app.waits(10 * HOUR);
        moderator.does("hold", &comment).await;
        app.delivers_everything().await;
        app.waits(3 * HOUR);
        looks(&app).await;
        assert_eq!(app.rows("select count(*) from mentions where kind = 'overdue'").await, 0);
        app.waits(HOUR);
        app.sets_policy(Policy { overdue_minutes: 0, ..Policy::default() }).await;
        looks(&app).await;
        assert_eq!(app.rows("select count(*) from mentions where kind = 'overdue'").await, 0);
        app.sets_policy(Policy { overdue_minutes: 30, ..Policy::default() }).await;
        looks(&app).await;
        assert_eq!(subjects(&app, "Mo").await.last().unwrap(), LATE);
        app.ends().await;
    }

    async fn what_is_decided_in_time_is_not_brought_up(base: TestApp) {
        let app = limited(base).await;
        let moderator = app.moderator().await;
        let comment = comments(&app, &["Number 1"]).await.remove(0);
        assert_eq!(subjects(&app, "Mo").await, [NEW]);
        app.waits(4 * HOUR);
        moderator.approves(&comment).await;
        looks(&app).await;
        assert_eq!(subjects(&app, "Mo").await.len(), 1);
        app.ends().await;
    }
}
