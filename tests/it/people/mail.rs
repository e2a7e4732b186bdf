//! "Mail" on "Your account": how somebody wants to be told.

use replydesk::domain::Role;

use super::{ACCOUNT, Browser, FIREFOX, MO};
use crate::support::TestApp;

const FORM: &str = "/desk/account/mail";
const GOOD: [(&str, &str); 5] = [
    ("mode", "digest"),
    ("digest_minutes", "30"),
    ("quiet_from", "22:00"),
    ("quiet_to", "07:00"),
    ("time_zone", "Europe/Berlin"),
];
const KEPT: &str = "select count(*) from moderators where mail = 'digest' and digest_minutes = 30 and quiet_from = 1320 \
    and quiet_to = 420 and time_zone = 'Europe/Berlin'";

both_databases! {
    async fn it_is_kept_and_shown(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        let page = here.gets(ACCOUNT).await.text();
        assert!(page.contains("value=\"each\" checked") && page.contains("value=\"UTC\""), "{page}");
        let saved = here.posts(FORM, ACCOUNT, &GOOD).await;
        assert_eq!((saved.status, saved.header("location")), (303, "/desk/account?done=mail#mail"));
        assert_eq!(app.rows(KEPT).await, 1);
        let page = here.gets("/desk/account?done=mail").await.text();
        for kept in ["value=\"digest\" checked", "value=\"30\"", "value=\"22:00\"", "value=\"07:00\"", "value=\"Europe/Berlin\"", "Saved."] {
            assert!(page.contains(kept), "{kept}: {page}");
        }
        assert!(here.is_in().await, "nobody signs in again for that");
        let open = GOOD.map(|(name, value)| (name, if name.starts_with("quiet") { "" } else { value }));
        assert_eq!(here.posts(FORM, ACCOUNT, &open).await.status, 303);
        assert_eq!(app.rows("select count(*) from moderators where quiet_from is null and quiet_to is null").await, 1);
    }

    async fn what_is_wrong_is_named_by_its_field_and_what_was_typed_stays(app: TestApp) {
        app.moderator().await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in(MO).await;
        for (field, value, said) in [
            ("mode", "often", "Please choose one of the three."),
            ("mode", "", "Please choose one of the three."),
            ("digest_minutes", "4", "Please give 5 to 1,440 minutes."),
            ("digest_minutes", "1e3", "Please give 5 to 1,440 minutes."),
            ("quiet_to", "", "Please say until when, or leave both empty."),
            ("quiet_from", "", "Please say from when, or leave both empty."),
            ("quiet_from", "07:00", "Please give two different times"),
            ("quiet_to", "25:00", "Please give two different times"),
            ("time_zone", "Atlantis", "Please give a place such as Europe/Berlin, or UTC."),
        ] {
            let wrong = GOOD.map(|(name, given)| (name, if name == field { value } else { given }));
            let refused = here.posts(FORM, ACCOUNT, &wrong).await;
            let page = refused.text();
            assert!(refused.status == 422 && page.contains(said) && page.contains("Nothing was saved yet."), "{field} {value}");
            assert_eq!(page.matches("class=\"field-error\"").count(), 1, "{field} {value}");
            assert!(field == "mode" || page.contains("aria-invalid=\"true\""), "{field} {value}");
            assert!(field == "time_zone" || page.contains("value=\"Europe/Berlin\""), "{field} {value}");
        }
        assert_eq!(app.rows("select count(*) from moderators where mail = 'each' and digest_minutes = 60").await, 1);
    }

    async fn it_is_for_who_moderates_and_by_a_form_of_their_own(app: TestApp) {
        app.moderator().await;
        app.hires("Otto", Role::Operator, &[]).await;
        let mut here = Browser::of(app, FIREFOX);
        here.signs_in("otto@gazette.example").await;
        assert!(!here.gets(ACCOUNT).await.text().contains("id=\"mail\""));
        assert_eq!(here.posts(FORM, ACCOUNT, &GOOD).await.status, 403);
        here.signs_in(MO).await;
        let cookies = here.cookies();
        let forged = [&GOOD[..], &[("csrf", "AQ")]].concat();
        assert_eq!(app.client.submit(FORM, &forged, &[("cookie", &cookies)]).await.status, 403);
        let foreign = [("cookie", cookies.as_str()), ("origin", "https://evil.example")];
        assert_eq!(app.client.submit(FORM, &GOOD, &foreign).await.status, 403);
        assert_eq!(app.client.submit(FORM, &GOOD, &[]).await.status, 303, "to the sign-in page");
        assert_eq!(app.rows(KEPT).await, 0);
    }
}
