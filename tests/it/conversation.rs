//! What a moderator reads around a comment: whom it answers, and who answered it.

use replydesk::domain::Role;
use serde_json::{Value, json};

use crate::{shift::Browser, support::TestApp};

fn texts(thread: &Value) -> Vec<&str> {
    thread.as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap()).collect()
}

both_databases! {
    async fn whom_a_deep_reply_answers_and_who_answered_it_whatever_their_status(app: TestApp) {
        let desk = app.moderator().await;
        let mut last = app.submits("Depth 0", "reader0@example.org").await;
        desk.approves(&last).await;
        for depth in 1..=7 {
            let text = format!("Depth {depth}");
            last = app.answers(&last, &text, &format!("reader{depth}@example.org")).await;
            desk.approves(&last).await;
        }
        let pending = app.answers(&last, "Answer 1", "ann@example.org").await;
        let rejected = app.answers(&last, "Answer 2", "ben@example.org").await;
        desk.does("reject", &rejected).await;
        app.submits("Beside it all", "cem@example.org").await;

        let deepest = desk.opens(&last).await;
        let above: Vec<String> = (0..7).map(|depth| format!("Depth {depth}")).collect();
        assert_eq!(texts(&deepest["thread"]), [&above[..], &["Answer 1".to_owned(), "Answer 2".to_owned()]].concat());
        let states: Vec<&Value> = deepest["thread"].as_array().unwrap()[7..].iter().map(|item| &item["status"]).collect();
        assert_eq!(states, ["pending", "rejected"]);
        assert_eq!(texts(&desk.opens(&pending).await["thread"]).last(), Some(&"Depth 7"));
        assert_eq!(desk.opens(&json!({"id": deepest["thread"][0]["id"]})).await["thread"].as_array().unwrap().len(), 1);

        let ann = Browser::of(app, "Ann", Role::Moderator).await;
        let queue = ann.sees("/desk").await;
        let (_, card) = queue.split_once(&format!("id=\"comment-{}\"", pending["id"].as_str().unwrap())).unwrap();
        let context = card.split("class=\"context\"").nth(1).unwrap().split("</div>").next().unwrap();
        assert!(context.contains("Depth 7"), "not where readers see it hang, but what it answers: {context}");
        let page = ann.sees(&format!("/desk/comments/{}", last["id"].as_str().unwrap())).await;
        let (before, rest) = page.split_once("<article").unwrap();
        assert!(before.contains("The conversation before") && before.contains("Depth 0") && before.contains("Depth 6"));
        let (card, after) = rest.split_once("</article>").unwrap();
        assert!(card.contains("Depth 7") && !card.contains("class=\"context\""));
        assert!(after.contains("2 replies") && after.contains("Answer 1") && after.contains("Rejected"));
        assert!(!page.contains("Beside it all"));
    }

    async fn of_a_long_conversation_the_nearest_fifty_are_shown(app: TestApp) {
        let desk = app.moderator().await;
        let mut chain = vec![app.submits("Comment 0", "reader0@example.org").await];
        desk.approves(&chain[0]).await;
        for number in 1..=52 {
            let last = &chain[number - 1];
            let reply = app.answers(last, &format!("Comment {number}"), &format!("reader{number}@example.org")).await;
            desk.approves(&reply).await;
            chain.push(reply);
        }
        for number in 0..51 {
            app.answers(&chain[52], &format!("Answer {number}"), &format!("other{number}@example.org")).await;
        }
        let open = desk.opens(&chain[52]).await;
        let seen = texts(&open["thread"]);
        assert_eq!((seen.len(), seen[0], seen[49]), (100, "Comment 2", "Comment 51"));
        assert_eq!((seen[50], seen[99]), ("Answer 0", "Answer 49"));
        let ann = Browser::of(app, "Ann", Role::Moderator).await;
        let page = ann.sees(&format!("/desk/comments/{}", chain[52]["id"].as_str().unwrap())).await;
        assert!(page.contains("The first 50 replies"));
    }
}
