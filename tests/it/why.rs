//! Why a comment waits: every card and every mail says it, in the same words.

use serde_json::{Value, json};

use crate::{
    delivery::decoded,
    shift::Browser,
    support::{Desk, SITE, TestApp},
};
use replydesk::domain::{Mode, Policy, Role};

/// The card of a comment in the queue, from its name to what is decided.
async fn card(desk: &Browser<'_>, comment: &Value) -> String {
    let page = desk.sees("/desk").await;
    let (_, rest) = page.split_once(&format!("id=\"comment-{}\"", comment["id"].as_str().unwrap())).unwrap();
    rest.split("</article>").next().unwrap().to_owned()
}

/// The last mail, both parts of it.
async fn mail(app: &TestApp) -> String {
    app.delivers_everything().await;
    decoded(&app.mails().await.last().unwrap().1)
}

/// What waits for a moderator because of these terms.
async fn lists(app: &TestApp, hold: &[&str], fields: &[&str]) {
    let eve = app.hires("Eve", Role::Editor, &[]).await;
    let policy = json!({"version": 0, "mode": "open", "word_fields": fields});
    let words = json!({"version": 0, "hold": hold, "spam": []});
    for (part, said) in [("policy", policy), ("words", words)] {
        let answer = eve.sends(("PUT", &format!("/v1/sites/{SITE}/{part}")), Some(&said)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

async fn rewrites(desk: &Desk<'_>, comment: &Value, text: &str) {
    let id = comment["id"].as_str().unwrap();
    let said = json!({"version": 1, "comment": text});
    let answer = desk.sends(("PATCH", &format!("/v1/moderation/comments/{id}")), Some(&said)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

both_databases! {
    async fn where_nothing_was_found_that_is_said(app: TestApp) {
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let comment = app.submits("The bridge should open again.", "ann@example.org").await;
        let all_wait = "Nothing was found in it. On this site a moderator sees every new comment first.";
        assert!(card(&mo, &comment).await.contains(all_wait));
        let told = mail(app).await;
        assert_eq!(told.matches(all_wait).count(), 2, "{told}");
        assert!(!told.contains("Why it was held"), "{told}");
        assert!(app.client.get(&app.link_for(&comment, "mo").await).await.text().contains(all_wait));

        // the rules may be others by now
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        assert!(card(&mo, &comment).await.contains("Nothing was found in it. It waits until a moderator decides."));
        let answer = app.posts(&TestApp::reply("So should the ferry.", "bob@example.org")).await;
        assert_eq!(answer.status, 201);
        let at_once = "It was published at once: nothing was found in it.";
        assert!(card(&mo, &answer.json()).await.contains(at_once));
        let told = mail(app).await;
        assert_eq!(told.matches(at_once).count(), 2, "{told}");
    }

    async fn of_an_edit_in_which_nothing_was_found_that_is_said(app: TestApp) {
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let comment = app.submits("The bridge should open again.", "ann@example.org").await;
        app.hires("Eve", Role::Editor, &[]).await.approves(&comment).await;
        app.submits("So should the ferry.", "bob@example.org").await;
        let path = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        let said = json!({"comment": "The bridge should open again, soon."});
        assert_eq!(app.client.send(("PATCH", &path), &[], Some(&said)).await.status, 200);
        let waits = "Nothing was found in the new text. It waits until a moderator decides.";
        assert!(card(&mo, &comment).await.contains(waits));
        // they may come in one mail or in several
        app.delivers_everything().await;
        let mails: String = app.mails().await.iter().map(|(_, raw)| decoded(raw)).collect();
        assert!(mails.matches(waits).count() >= 2 && mails.contains("sees every new comment first"), "{mails}");
    }

    async fn a_word_is_told_with_its_disguise(app: TestApp) {
        lists(app, &["casino", "crypto*", "bit.ly/"], &["text", "name"]).await;
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let mut reply = TestApp::reply("Win at our Cаsino, it is CRYPTOgraphic: https://bit.ly/abc", "ann@example.org");
        reply["name"] = json!("Casino Joe");
        let answer = app.posts(&reply).await;
        assert_eq!(answer.status, 202);
        let told = card(&mo, &answer.json()).await;
        for said in [
            "Word on your list of words to hold: <b><bdi>casino</bdi></b>, written “<b><bdi>Cаsino</bdi></b>”",
            "Word on your list of words to hold: <b><bdi>crypto*</bdi></b>, written “<b><bdi>CRYPTOgraphic</bdi></b>”",
            "Word on your list of words to hold: <b><bdi>bit.ly/</bdi></b></li>",
            "Word on your list of words to hold, in the name: <b><bdi>casino</bdi></b></li>",
        ] {
            assert!(told.contains(said), "{said} in {told}");
        }
        assert!(!told.contains("othing was found"), "{told}");
        let told = mail(app).await;
        for said in [
            "Word on your list of words to hold: casino, written “Cаsino”",
            "Word on your list of words to hold: crypto*, written “CRYPTOgraphic”",
            "Word on your list of words to hold: bit.\u{2060}ly/",
            "Word on your list of words to hold, in the name: casino",
        ] {
            assert_eq!(told.matches(said).count(), 2, "{said} in {told}");
        }
        assert_eq!(told.matches("<a ").count(), 1, "{told}");
    }

    async fn a_word_in_an_address_is_told_by_its_field(app: TestApp) {
        lists(app, &["spam.example", "127.0.0.1"], &["text", "email", "client"]).await;
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let comment = app.submits("The bridge should open again.", "ann@spam.example").await;
        let (told, mail) = (card(&mo, &comment).await, mail(app).await);
        for said in ["in the email address", "in the network address"] {
            let said = format!("Word on your list of words to hold, {said}");
            assert!(told.contains(&format!("{said}</li>")), "{said} in {told}");
            assert_eq!(mail.matches(&said).count(), 2, "{said} in {mail}");
        }
        for page in [told, mail] {
            assert!(!page.contains("spam.example") && !page.contains("127.0.0.1</") && !page.contains("written “"), "{page}");
        }
    }

    async fn of_what_a_moderator_wrote_nothing_is_quoted(app: TestApp) {
        lists(app, &["casino"], &["text"]).await;
        let mo = Browser::of(app, "Mo", Role::Moderator).await;
        let comment = app.submits("Win at our Cаsino", "ann@example.org").await;
        let ann = app.hires("Ann", Role::Editor, &[]).await;
        rewrites(&ann, &comment, "Somebody won money, again").await;
        let told = card(&mo, &comment).await;
        assert!(told.contains("to hold: <b><bdi>casino</bdi></b></li>") && !told.contains("written “"), "{told}");
    }
}
