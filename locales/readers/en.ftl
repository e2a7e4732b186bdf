### Every text that readers see, in English: the pages, the widget, and mails to commenters.
###
### For translators: the form is Fluent's (projectfluent.org). `{ $name }` stands for what the page puts there; where it
### stands in the sentence is yours to choose, and so are the forms by number, which languages have more or less of. There is
### no markup here: `<` is shown as `<`. `{ NUMBER($count) }` is a number with marks between its digits, `{ $count }` one
### without. Readers are addressed politely. "Comments" are what readers write; "article" is the page that they write under;
### a "moderator" is one of the people of the site who decide what is published.

## Numbers and times

# Stands before every three digits.
digits-mark = ,
# Numbers of fewer digits have no such marks.
digits-least = 4

# $month (Number): 1 to 12. The name as it stands in a date.
time-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
# A moment. $day (Number), $hour (String): 00 to 23, $minute (String): 00 to 59, $month: see time-month. Times are told in UTC.
time-moment = { $day } { $month } { $year }, { $hour }:{ $minute } UTC
# A day. As above.
time-day = { $day } { $month } { $year }
# A span, as it stands in refused-wait: "in 5 minutes".
time-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
time-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
time-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}

## What pages share

# A link for those who do not see the page: jumps over what is on top of it.
page-skip = Skip to the content
# $name: of this software.
page-foot = Comments are handled by { $name }.
page-back = Back to the article
# $status: a number of HTTP.
page-status = HTTP { $status }
# A link to a page for programmers, in English.
page-about = About this problem

## The comments of an article

comments-title = Comments
# $title: of the article.
comments-title-on = Comments on { $title }
comments-count = { $count ->
    [one] { NUMBER($count) } comment
   *[other] { NUMBER($count) } comments
}
comments-none = No comments yet
comments-first = Be the first to say what you think.
# Where none can come any more.
comments-nothing = Nothing was published under this article.
comments-more = More comments
comments-begin = From the beginning
comments-more-replies = More replies
# On a page with the replies to one comment only. $author: who wrote that.
comments-replies-to = Replies to { $author }
comments-replies-to-removed = Replies to a comment that was removed
comments-all = All comments
comments-closed = Comments are closed
comments-closed-text = This article no longer takes comments. What has been published stays here.
# In place of the form, where no address and no title of the article are known.
comments-unknown = This page was opened without the article that it belongs to.
# For whoever comes by a link to a comment, or wants to answer it.
comments-missing = The comment that you are looking for is not published here.

# The name of the navigation, read aloud, and its links.
sort-title = Order of the comments
sort-oldest = Oldest first
sort-newest = Newest first
sort-top = Most discussed

# Beside the author's name.
comment-staff = Staff
comment-pick = Editor’s pick
comment-edited = Edited
comment-edited-by-site = Edited by the site
comment-removed = This comment was removed.
comment-reply = Reply
# Read aloud in place of it.
comment-reply-to = Reply to { $author }
comment-report = Report
# Read aloud in place of it.
comment-report-of = Report the comment of { $author }
# Read aloud for the date, which links to the comment. $time: a moment.
comment-link = Link to this comment, { $time }

# What a reader is told after sending a comment.
notice-held = Your comment is held for moderation. It appears here once a moderator has approved it.
notice-published = Your comment is published. Thank you for joining the conversation.

## The form

form-title = Leave a Reply
form-replying = Replying to { $author }
form-replying-somebody = Replying to a comment
form-cancel = Cancel reply
# Above the list of what is wrong.
form-correct = What to correct
# $mark: a star.
form-note = Your email address will not be published. Required fields are marked { $mark }
form-comment = Comment
form-name = Name
form-email = Email
form-website = Website
# For programs: people do not see the field.
form-trap = Leave this field empty
form-post = Post Comment
# $rules: form-rules-link.
form-rules = Please keep to our { $rules }.
form-rules-link = house rules
# $notice: form-privacy-link.
form-privacy = How we treat your data: { $notice }.
form-privacy-link = privacy notice

# What is wrong with a field, shown beside it.
fault-required = Please fill in this field.
fault-required-name = Please enter your name.
fault-required-email = Please enter your email address.
fault-required-comment = Please write a comment.
fault-required-reason = Please choose what is wrong with the comment.
fault-required-law = Please say what makes it unlawful.
fault-required-good-faith = Please tick this box: such a report needs it.
fault-only-illegal = Only a report that something is against the law takes this. Choose that reason, or leave this empty.
fault-too-long = Please shorten this field.
fault-too-long-name = Please use at most 100 characters for your name.
fault-too-long-email = Please enter an email address of at most 254 characters.
fault-too-long-website = Please enter a web address of at most 500 characters.
fault-too-long-comment = Please shorten your comment.
fault-too-short = Please write a little more.
fault-control-character = Please remove control characters from this field.
fault-at-sign = Please enter a name without an @ sign; it will be shown to everyone.
fault-not-an-address = Please enter an email address, such as name@example.org.
fault-not-a-url = Please enter a web address that starts with https:// or http://.
fault-user-info = Please remove the user name or password from the web address.
fault-foreign-origin = This web address does not belong to the site.
fault-not-published = The comment you reply to is not published on this article.
fault-unknown-article = This article is not known here yet. Please open it again and comment from there.
fault-other = Something in this field cannot be taken as it is.

## When a comment was not taken

refused-invalid = Your comment has not been sent yet
refused-invalid-text = Something is missing or cannot be taken as it is. All that you typed is still in the form below.
refused-parent-text = The comment you reply to is not published here. All that you typed is still in the form below; sent from there, it becomes a comment of its own.
refused-duplicate = You have already sent this
refused-duplicate-text = The same text has arrived from you under this article. If it is not on the page yet, it is waiting for a moderator.
refused-closed = Comments are closed
refused-closed-text = This article no longer takes comments, so yours could not be sent. What is published stays readable.
refused-fast = That was a little fast
refused-fast-text = Several comments have arrived from your network within a short time.
refused-slow = One at a time
refused-slow-text = Comments are slowed down under this article: there is a while between two from one network.
refused-crowded-text = Yours is the first comment under this article, and several first ones have arrived within a short time.
refused-later = Your comment could not be sent
refused-later-text = Comments cannot be taken for the moment; your text is still in the form below.
refused-gone-text = The article is not here any more, so there is nothing to comment on.
refused-other-text = Something about the request was not as it should be. Please go back to the article and send your comment from there.
# $wait: a span such as time-minutes.
refused-wait = Please try again in { $wait }.
refused-kept = Your text is kept below until then.
refused-copy = Your comment, to copy

## Other pages with one thing to say

problem-not-found = There is nothing here
problem-not-found-text = The address is not right, or what was here is not published.
problem-gone = No longer available
problem-gone-text = What was here has been removed, or the link has expired.
problem-changed = Changed meanwhile
problem-changed-text = Something was changed after you opened the page, so nothing was done. Please open it again.
problem-fast = Too many requests
problem-fast-text = More arrived from your network within a short time than can be taken.
problem-later = Not available for the moment
problem-later-text = Your request could not be answered. Please try again in a moment.
problem-origin = This page is not allowed to do that
problem-origin-text = The request came from a page that does not belong to the site.
problem-large = Too much text
problem-large-text = More was sent than can be taken. Please shorten it.
problem-other = The request could not be answered
problem-other-text = Something about it was not as it should be. Please go back and try again.

## The form that reports a comment

report-title = Report a comment
report-lead = Tell the moderators what is wrong with it. They look at it again; it stays on the page until then.
report-of = Comment of { $author }
report-reason = What is wrong with it?
report-abuse = It attacks or insults people
report-spam = It is advertising or spam
report-off-topic = It has nothing to do with the article
report-other = Something else
report-illegal = It is against the law
report-text = What the moderators should know
report-email = Your email address, if they may answer you; it will not be published
# For report-illegal only; the fields that follow it.
report-law-title = Only if it is against the law
report-law-about = Such a report is a formal notice. It needs what follows, and your email address.
report-law = Which law, or what makes it unlawful
report-name = Your name
report-good-faith = I believe in good faith that what I say here is accurate and complete.
report-send = Send the report
report-sent = Thank you for your report
report-sent-text = It has arrived. A moderator will look at the comment.
report-back = Back to the comment

## The receipt: a commenter's private page about one comment

# Of the window. $state: one of the four that follow.
receipt-window = { $state }: your comment
receipt-title = Your comment
receipt-waiting = Waiting for a moderator
receipt-published = Published
receipt-rejected = Not published
receipt-withdrawn = Withdrawn
# $article: its title, which is a link.
receipt-on = On { $article }
receipt-waiting-text = A moderator reads it before it is published. Nobody else can see it until then.
receipt-published-text = Everybody can read it.
receipt-see = See it on the page
receipt-edit-waits = Your change is waiting for a moderator. Until then the earlier text stays on the page.
receipt-rejected-text = A moderator has decided not to publish it.
# Before what the moderator wrote.
receipt-reason = Reason:
receipt-law = The moderator considers it to be against the law.
# $site: the name of the site.
receipt-terms = It is against the terms of { $site }.
receipt-withdrawn-text = You have taken it back. It is not on the page.
receipt-own = What you wrote
receipt-own-edited = Your comment, as the site edited it
# $time: a moment.
receipt-sent = Sent { $time }
receipt-change = Change it
receipt-change-until = You can change it until { $until }.
receipt-change-waiting = You can change it while it is waiting.
# On what opens the form.
receipt-change-open = Change your comment…
receipt-change-save = Save changes
receipt-withdraw = Take it back
receipt-withdraw-open = Withdraw your comment…
receipt-withdraw-public = It will be removed from the page. This cannot be undone.
receipt-withdraw-unseen = It will not be published. This cannot be undone.
receipt-withdraw-button = Yes, withdraw it
# Before receipt-keep-text, in bold.
receipt-keep = Keep this link.
receipt-keep-text = The address of this page is private: with it you can come back and see what became of your comment. Anybody who has it can do the same, so do not pass it on.
# What the last action did.
receipt-saved = Your changes are saved.
receipt-saved-waits = Saved. The published text stays until a moderator has read the new one.
receipt-withdrawn-now = Your comment was withdrawn.
receipt-appeal = Do you disagree?
receipt-appeal-text = You can say once why it should be published after all. A moderator then looks at it again.
receipt-appeal-open = Ask for another look…
receipt-appeal-label = What you want the moderators to know
receipt-appeal-send = Ask for another look
receipt-appeal-now = A moderator will look at it again.
receipt-appeal-waits = You have asked for another look. A moderator has not decided yet.
receipt-notify-about = Mail is sent only after you have answered one question that we send to your address.
receipt-notify-save = Save
receipt-notify-now = Saved. If we have not asked your address before, a mail with one question is on its way.
receipt-notify-none-now = Saved. You get no mail about this comment.

## Mail about comments: what readers choose, and what mails and their pages say

form-notify = Email me
form-notify-none = Never
form-notify-outcome = When it is decided
form-notify-replies = When it is decided, and about replies
# In the subject, behind the name of the site in brackets.
commenter-subject-question = Do you want mail about your comments?
# $title: of the article.
commenter-subject-published = Your comment is published: { $title }
commenter-subject-rejected = Your comment was not published: { $title }
# $name: who answered.
commenter-subject-answered = { $name } has answered you: { $title }
commenter-question = Do you want mail about your comments?
# $site: the name of the site.
commenter-question-who = Somebody has left this address under a comment on { $site }, and asked for mail about it.
commenter-question-how = If that was you, say yes. If it was not, say no, or do nothing: nobody writes to an address that has not said yes.
commenter-answer = Answer yes or no
commenter-yes = Yes, send me mail
commenter-no = No, never ask again
commenter-published = Your comment is published
commenter-rejected = Your comment was not published
# $name: who answered.
commenter-answered = { $name } has answered you
commenter-appeal-granted = A moderator has looked at it again, as you asked, and it is published.
commenter-appeal-refused = A moderator has looked at it again, as you asked, and it stays unpublished.
# $reason: in the words of the site.
commenter-reason = Reason: { $reason }
commenter-receipt = Your comment, and what you can do
commenter-see-answer = See the answer on the page
commenter-why-question = You are asked once a day and three times in all at most. { $site } does not know yet whether this address is yours.
commenter-why = You get this mail because you have said yes to mail about your comments on { $site }.
commenter-end = End these mails
# Before an address in plain text. $what: what is there.
commenter-plain-link = { $what }:
commenter-wanted = You get mail about your comments
commenter-wanted-text = { $site } writes to you about those comments for which you choose it.
commenter-ended = You get no more mail
commenter-ended-text = { $site } does not write to this address about comments any more, and does not ask again.
commenter-stop = End all mail
commenter-resume = I want mail again

## The widget: what only the script on a page of the site says

widget-failed = The comments could not be loaded.
widget-again = Try again
# Above a form in which fields are marked.
widget-correct = Please correct the marked fields.
# A comment or a report, when there was no answer.
widget-unsent = This could not be sent. Your text is still here; please try again.
# $when (String): "in 20 seconds", as browsers say it in this language.
widget-wait = Please try again { $when }.
# Closes a form; what was typed is kept.
widget-cancel = Cancel
widget-remember = Remember my name, email and website in this browser for the next time I comment.
# What mail the writer of a comment wants, and the three choices.
# Links to pages of the site.
widget-rules = House rules
widget-privacy = Privacy notice
# Above a comment of one's own that only its writer sees.
widget-own-pending = Only you can see this: it is waiting for a moderator.
# A link to the receipt.
widget-receipt = See what becomes of it
# The form that reports a comment; "it" is the comment.
widget-report-reason = What is wrong with it?
widget-report-abuse = It insults or threatens
widget-report-spam = It is advertising
widget-report-off-topic = It is not about the article
widget-report-other = Something else
widget-report-illegal = It is against the law
widget-report-text = Anything to add?
# Only where it is against the law, as the next.
widget-report-law = Which law, and why
widget-report-faith = To the best of my knowledge, what I say here is true and complete.
widget-report-send = Send
widget-report-done = Thank you. A moderator will look at it.

## Feeds, for programs that show what is new

# $site: the name of the site.
feed-title = Comments – { $site }
# Of one comment. $title: of the article.
feed-entry = { $author } on { $title }
