### Every text of the desk and of mails, in English.
###
### For translators: the form is Fluent's (projectfluent.org). `{ $name }` stands for what the page puts there; where it
### stands in the sentence is yours to choose, and so are the forms by number, which languages have more or less of. There is
### no markup here: `<` is shown as `<`. A text that runs over several lines is broken where it is broken here.
### `{ NUMBER($count) }` is a number with marks between its digits, `{ $count }` one without.

## Numbers and times

# Stands before every three digits.
digits-mark = ,

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
# A moment. $hour (String): 00 to 23, $minute (String): 00 to 59, $month: see time-month. Times are told in UTC.
time-moment = { $day } { $month } { $year }, { $hour }:{ $minute } UTC
# A day. As above.
time-day = { $day } { $month } { $year }
time-now = just now
# A span of less than a minute.
time-moment-long = a moment
# $span: such as "5 minutes".
time-ago = { $span } ago
time-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
time-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
time-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
time-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}

## Mails: what all of them share

# Above the heading. $place: the name of the site, or "The comment desk".
mail-eyebrow = { $place } · waiting for a moderator
mail-desk = The comment desk
# $span: such as "4 hours".
mail-overdue = It has been waiting for a moderator for { $span }.
# What the link of a comment says.
mail-decide = Read and decide
mail-open = Open on the desk
# $site: the name of the site.
mail-why = You get this mail because you moderate { $site }.

## Mail about one comment

# $title: of the article; it is shortened where the subject would be too long.
mail-subject = [{ $site }] New reply to "{ $title }"
mail-subject-overdue = [{ $site }] Waiting for { $span }: reply to "{ $title }"
# Above the beginning of the comment that this one answers. $author: who wrote that.
mail-in-reply-to = In reply to { $author }
mail-held = Why it was held
mail-no-address = The commenter’s email address is not in it.
# $until: a moment, see time-moment. "Approve" and "reject" are buttons of the page.
mail-note-decide = The link opens a page where you approve or reject the reply without signing in. It works once, until { $until }, and it is for you alone: do not pass this mail on.
mail-note-desk = The link opens the desk, where you sign in.

# As plain text. $title and $site: of the article; $when: a moment. { "  " } moves a line to the right.
mail-plain-about =
    { $author } has written a reply to

    { "  " }{ $title }

    on { $site }, { $when }.
mail-plain-waits = It is waiting for a moderator.
# $author: who wrote the comment that is answered, whose beginning follows.
mail-plain-answers = It answers { $author }:
mail-plain-reply = The reply:
mail-plain-held = Why it was held:
# Before an address. $action: mail-decide or mail-open.
mail-plain-link = { $action }:

## Mail about several comments

# The place in the subject is the site, or Replydesk when there are several. $heading: as it follows.
mail-digest-subject = [{ $place }] { $heading }
mail-digest-subject-overdue = [{ $place }] { $heading }, one for { $span }
mail-digest-heading = { $count ->
    [one] { NUMBER($count) } reply waits
   *[other] { NUMBER($count) } replies wait
}
# $sites (Number): two or more.
mail-digest-heading-sites = { $count ->
    [one] { NUMBER($count) } reply waits on { $sites } sites
   *[other] { NUMBER($count) } replies wait on { $sites } sites
}
# How many wait on one site.
mail-digest-replies = { $count ->
    [one] { NUMBER($count) } reply
   *[other] { NUMBER($count) } replies
}
# Above a comment: who wrote it, on which article.
mail-digest-item = { $author } on { $title }
mail-digest-open = Open the desk
# $more: the link that follows.
mail-digest-more = … { $more }, all of them on the desk.
mail-digest-more-link = and { NUMBER($count) } more
mail-digest-why = You get this mail because you moderate these sites.
mail-digest-chosen = They come together because you chose a digest.
mail-digest-many = They come together because many arrived within a short time, or in hours in which you want no mail.
mail-digest-no-addresses = The commenters’ email addresses are not in it.
# “Read and decide” is mail-decide. $until: a moment, see time-moment.
mail-digest-note-decide = “Read and decide” opens a page where you approve or reject that reply without signing in. Each of these links works once, until { $until }, and is for you alone: do not pass this mail on.
mail-digest-note-desk = The links open the desk, where you sign in.
mail-digest-settings = How and when you get mail

# As plain text. $heading: see mail-digest-heading.
mail-digest-plain = { $heading }.
mail-digest-plain-place = { $heading } for a moderator on { $place }.
# Above the comments of one site. $replies: see mail-digest-replies.
mail-digest-plain-site = === { $site }: { $replies }
mail-digest-plain-item =
    { $author } on

    { "  " }{ $title }

    { $when }
# Before what screening found.
mail-digest-plain-held = Held:
# Before an address.
mail-digest-plain-more = … and { NUMBER($count) } more. All of them are on the desk:
mail-digest-plain-all = All of them on the desk:
mail-digest-plain-settings = How and when you get mail: { $url }

## Mail with a link to set a password

mail-invitation-subject = Set your password for the comment desk
mail-invitation-heading = Set your password
mail-invitation-hello = Hello { $name }, here you set your password for the comment desk, the first one or one in place of a password that you forgot. With it and your address you sign in there.
mail-invitation-button = Set your password
# $until: a moment; $name: the address to sign in with; $url: of the desk, which is no link.
mail-invitation-until = The link works once, until { $until }. After that you sign in as { $name } at { $url }.
mail-invitation-why = You get this mail because somebody who keeps the desk made an account for you, or because you asked them for a new password. If neither is so, do nothing: without the link nothing happens.

# As plain text. $link: where the password is set.
mail-invitation-plain =
    Hello { $name },

    here you set your password for the comment desk, the first one or one
    in place of a password that you forgot:

    { $link }

    The link works once, until { $until }. After that you sign in
    as { $sign-in-name } at { $url }
mail-invitation-plain-why =
    You get this mail because somebody who keeps the desk made an account for
    you, or because you asked them for a new password. If neither is so, do
    nothing: without the link nothing happens.

## Mail about an article that a rule paused

# $site: the name of the site; $title: of the article.
mail-breaker-subject-hold-all = [{ $site }] Comments are held for now: "{ $title }"
mail-breaker-subject-slow = [{ $site }] Comments are slowed down for now: "{ $title }"
mail-breaker-subject-closed = [{ $site }] Comments are closed for now: "{ $title }"
# Above the heading. $since: a moment.
mail-breaker-eyebrow = { $site } · since { $since }
mail-breaker-heading-hold-all = Comments on { $title } are held for now
mail-breaker-heading-slow = Comments on { $title } are slowed down for now
mail-breaker-heading-closed = Comments on { $title } are closed for now
# $until: a moment; $span: such as "5 minutes".
mail-breaker-hold-all = Until { $until }, a moderator sees every new comment first, also those of readers who are known. What is published stays.
mail-breaker-slow = Until { $until }, each reader can write there once in { $span } only. What is published stays.
mail-breaker-closed = Until { $until }, the article takes no comments. What is published stays.
mail-breaker-button = Open the article at the desk
mail-breaker-ends = It ends by itself. There you can choose “End now”, or have it last longer.
# As plain text. $title: of the article; $site: the name of the site; $since: a moment.
mail-breaker-plain-about =
    A rule of { $site } has paused an article, on { $since }:

      { $title }
# Before an address.
mail-breaker-end =
    It ends by itself. To choose “End now”, or to have it last longer, open
    the article at the desk:

## Mail that only shows that mail arrives

mail-test-subject = Replydesk: a test letter
mail-test = This is a test from Replydesk: mail to moderators arrives.

## Pages: what many of them share

# A link for those who do not see the page: jumps over what is on top of it.
page-skip = Skip to the content
# The pages' titles end with " – Replydesk", which is no word.
page-back-to-queue = Queue
page-back-to-outbox = Outbox
page-back-to-account = Your account

role-moderator = Moderator
role-editor = Editor
role-admin = Admin
role-operator = Operator

# What screening found, shown beside a comment and in mails. A term may follow: see card-finding.
# Before the words of the author of a rejected comment.
why-appeal = Its author asks for another look
# What readers reported. $count (Number): how many did.
report-illegal = { $count ->
    [one] Reported as against the law
   *[other] Reported as against the law by { $count } readers
}
report-abuse = { $count ->
    [one] Reported as abusive
   *[other] Reported as abusive by { $count } readers
}
report-spam = { $count ->
    [one] Reported as advertising
   *[other] Reported as advertising by { $count } readers
}
report-off-topic = { $count ->
    [one] Reported as off topic
   *[other] Reported as off topic by { $count } readers
}
report-other = { $count ->
    [one] Reported
   *[other] Reported by { $count } readers
}
# Above the reports of a comment. $count (Number): how many there are.
reports-title = { $count ->
    [one] What a reader reported
   *[other] What readers reported
}
# Behind a report after which somebody has decided.
report-answered = · before the last decision
# Before the law that a notice of illegal content names.
report-law = Law:
finding-breaker = Came while everything on this article was held
finding-blocked-address = Blocked email address
finding-blocked-domain = Blocked mail domain
finding-blocked-network = Blocked connection
finding-honeypot = A field that people do not see was filled in
finding-not-checked = One of the checks could not run
finding-site-rate = Came in a flood of comments
finding-near-duplicate = Nearly the same text was posted before
finding-repeated-text = The same text was posted before
finding-form-missing = Sent without the form on your pages
finding-form-forged = Sent with a made-up form
# The seconds follow.
finding-form-early = Form sent too fast, in seconds
finding-form-late = Form was open for very long
finding-form-reused = The same form was sent before
# Their number follows.
finding-links = Links in the text
finding-word-hold = Word on your list of words to hold
finding-word-spam = Word on your spam list
finding-blocked-term = Blocked term
finding-own-address = The author’s own email address is in the text
finding-staff-name = Name looks like that of one of your people
finding-mixed-script-name = Name mixes letters of several alphabets
finding-not-known = Not proven to be somebody whose comments you approved before
finding-other = Found by another version of Replydesk
# $finding: one of the above, which was found in another field than the text.
finding-in-name = { $finding }, in the name
finding-in-website = { $finding }, in the website
finding-in-email = { $finding }, in the email address
finding-in-client = { $finding }, in the network address
finding-in-agent = { $finding }, in the name of the browser or program
# Said in their place where nothing was found and a moderator decides all the same.
nothing-hold-all = Nothing was found in it. On this site a moderator sees every new comment first.
nothing-waits = Nothing was found in it. It waits until a moderator decides.
nothing-published = It was published at once: nothing was found in it.
nothing-edit = Nothing was found in the new text. It waits until a moderator decides.

# What is wrong with a field, shown beside it.
fault-required = Please fill in this field.
fault-required-comment = Please write a comment.
fault-too-long = Please shorten this field.
fault-too-long-comment = Please shorten your comment.
fault-too-short = Please write a little more.
fault-control-character = Please remove control characters from this field.
fault-not-published = The comment you reply to is not published on this article.
fault-other = Please choose one of the possible values.

# A form that was sent too late.
form-too-old = This page was open for too long. Please try again.
attempts = { $minutes ->
    [one] There were too many attempts. Please try again in { $minutes } minute.
   *[other] There were too many attempts. Please try again in { $minutes } minutes.
}

password-too-short = A password has at least 12 characters.
password-too-long = A password has at most 1,024 bytes.
password-guessable = That is among the passwords that are guessed first. Please choose another one.
password-not-same = The two new passwords are not the same.
password-hint = At least 12 characters. A sentence is easy to keep in mind.
password-new = New password
password-again = New password, again
password-yours = Your password
# Refuses a form that asks for the password and a code.
password-or-code-wrong = Your password or the code is not right.
code-or-recovery = Code of your app, or a recovery code
email = Email

## The bar on top of every page

# The name of the navigation, read aloud.
bar-desk = Desk
bar-articles = Articles
bar-reasons = Reasons
bar-rules = Rules
bar-blocks = Blocks
bar-outbox = Outbox
bar-audit = Audit log
bar-people = People
# Read aloud before and after the name of whoever is signed in.
bar-signed-in = Signed in as
bar-your-account = : your account
bar-sign-out = Sign out

## Signing in

sign-in-title = Sign in
sign-in-heading = Sign in to the desk
sign-in-welcome = Your password is set. Please sign in with it.
sign-in-password = Password
sign-in-code = Code
sign-in-code-hint = Only if you have set up a second factor: from your app, or a recovery code.
sign-in-button = Sign in
sign-in-wrong = The e-mail address, the password or the code is not right.

## Setting a password by the link of an invitation

invitation-title = Set your password
invitation-hello = Hello { $name }. With it and your address you sign in to the desk.
invitation-reset = A new password signs you out everywhere and withdraws the tokens of your programs. A second factor stays on.
invitation-button = Set the password
invitation-over = This link works no more
invitation-over-text = It was used, it is older than seven days, or a newer one was sent. Ask for a new invitation if you cannot sign in.
invitation-over-link = Sign in

## A page with one thing to say

# $status: a number of HTTP.
message-status = HTTP { $status }

## Your account

account-title = Your account
account-name = Name
account-role = Role
account-sites = Sites
account-all-sites = All

# How they want their mail.
mail-form-title = Mail
mail-form-when = When a comment waits
mail-form-each = Tell me at once
mail-form-each-hint = When many arrive, they come together.
mail-form-digest = In a digest
mail-form-digest-hint = The first at once, then all that came since.
mail-form-off = No mail
mail-form-off-hint = I look at the desk myself.
mail-form-minutes = Minutes between two digests
mail-form-quiet = Quiet hours
mail-form-quiet-hint = No mail from the first time to the second; what came meanwhile follows then. Leave both empty for mail at any hour.
mail-form-from = From
mail-form-until = Until
mail-form-zone = Time zone
# Europe/Berlin is the name of a time zone, as the tz database has it.
mail-form-zone-hint = The nearest large city, such as Europe/Berlin.
mail-form-save = Save
mail-form-saved = Saved. What waits for you follows it from now on.
mail-form-refused = Nothing was saved yet. Please look at what is marked below.
mail-form-mode-fault = Please choose one of the three.
mail-form-minutes-fault = Please give 5 to 1,440 minutes.
mail-form-until-fault = Please say until when, or leave both empty.
mail-form-from-fault = Please say from when, or leave both empty.
mail-form-quiet-fault = Please give two different times, such as 22:00 and 07:00.
mail-form-zone-fault = Please give a place such as Europe/Berlin, or UTC.

account-factor = Second factor
account-factor-about = With a second factor, your password alone opens nothing: signing in also takes a code that an app on your phone shows.
account-factor-begin = Set it up
# $time: a moment.
account-factor-since = On since { $time }.
account-factor-no-codes = No recovery code is left.
account-factor-codes = { $count ->
    [one] One recovery code is left.
   *[other] { $count } recovery codes are left.
}
account-factor-change = New recovery codes, or take it off
account-factor-new-codes = New recovery codes
account-factor-off = Take it off
account-factor-is-off = The second factor is off.

account-password = Password
account-password-present = Present password
account-password-change = Change the password
account-password-changed = Your password is changed. You are signed out everywhere else.
account-password-wrong = Your present password is not right.

account-sessions = Where you are signed in
# What a session was begun with, such as "Firefox on Linux", "A browser on Linux".
browser-on = { $browser } on { $system }
browser-some = A browser
browser-program = A program
account-session-this = This browser
# $begun, $used: such as "5 minutes ago".
account-session-begun = Signed in { $begun }
account-session-used = Signed in { $begun }, last used { $used }
account-session-end = Sign out
# Read aloud after account-session-end. $when: a moment.
account-session-end-which = { $browser }, signed in { $when }
account-session-ended = Signed out there.
account-sessions-end-others = Sign out everywhere else
account-sessions-ended-others = You are signed out everywhere else.

account-tokens = Tokens for your programs
account-tokens-none = There are none.
account-token-over = Ended
account-token-unnamed = A token
# What a token may do.
account-token-reads = Only looks
account-token-does-all = May do what you may
# $day: such as "23 November 2026".
account-token-until = until { $day }
account-token-ended = ended { $day }
account-token-endless = without end
# $scope and $ends: one of the above. $used: such as "5 minutes ago".
account-token-line-used = { $scope }, { $ends }; last used { $used }
account-token-line-unused = { $scope }, { $ends }; never used
account-token-end = Withdraw
account-token-withdrawn = The token is withdrawn.
account-token-make = Make a token
account-token-name = What it is for
account-token-scope = What it may do
account-token-scope-read = Only look
account-token-scope-all = All that you may
account-token-days = Days until it ends
account-token-button = Make the token
account-token-title = Your new token
account-token-lead = Copy it now: it is shown this once. Programs send it as “Authorization: Bearer”.
account-token-too-many = There are 50 tokens already. Please withdraw one first.
account-token-name-fault = Please say what the token is for, in at most 100 characters.
account-token-scope-fault = Please choose what the token may do.
account-token-days-fault = Please give the days until it ends, 1 to 3,650.

## Setting up a second factor

factor-title = Second factor
factor-heading = Set up a second factor
factor-required = Here, your role needs a second factor. The desk opens as soon as you have set one up.
factor-about = You need an authenticator app, on a phone best. It makes a new code every 30 seconds, which you then type when you sign in.
factor-begin = Begin
factor-add = 1. Add it to your app
factor-scan = Scan the picture with your authenticator app.
# What the picture is, for those who do not see it.
factor-picture = QR code of the key
factor-type = Or type the key there: time-based, 6 digits.
factor-link = As a link, for an app on this device
factor-show = 2. Show that it works
factor-code = The code that your app shows now
factor-confirm = Turn it on
factor-then = You then get ten recovery codes for the day you lose the app, and are signed out everywhere else.
factor-is-on = The second factor is on
factor-new-codes = Your new recovery codes
factor-codes-lead = These are your recovery codes. Each works once in place of a code of your app, should you lose it. Print them or write them down now: they are not shown again.
# Below what is shown once: one token, or several codes.
once-kept-it = I have kept it
once-kept-them = I have kept them

## The people at the desk

people-title = People
people-you = You
people-invited = Invited
people-no-password = No password
# $role: such as "Editor"; $sites: their names, or people-all-sites; $time: such as "5 minutes ago".
people-line = { $role }, { $sites }; without a second factor
people-line-factor = { $role }, { $sites }; with a second factor
people-line-seen = { $role }, { $sites }; without a second factor; signed in, seen { $time }
people-line-factor-seen = { $role }, { $sites }; with a second factor; signed in, seen { $time }
people-all-sites = all sites
people-change = Change
# Read aloud after people-change and people-save.
people-change-whose = the account of { $name }
people-save = Save
people-link-about = A link to set a new password; a second factor stays on. Taking that off signs them out.
people-link = Send a link
# Read aloud after people-link.
people-link-whose = to { $name }
people-factor-off = Take the second factor off
# Read aloud after people-factor-off.
people-factor-off-whose = for { $name }
people-remove-about = Removing ends all sessions and tokens. What they decided keeps their name.
people-remove = Remove
people-invite = Invite somebody
people-invite-button = Send the invitation

# The fields of an account.
person-name = Name, as colleagues see it
person-role = Role
person-sites = Sites
person-everywhere = All sites, also those to come
person-moderator = Moderator: reads the queue and decides
person-editor = Editor: and keeps articles
person-admin = Admin: and keeps people
person-operator = Operator: sees no comments
person-email-fault = Please enter an e-mail address.
person-email-taken = That address has an account already.
person-name-required = Please enter a name.
person-name-controls = A name stands on one line, in the order in which it is written.
person-name-at = A name has no @: it is no address.
person-name-long = A name has at most 100 characters.
person-role-fault = Please choose a role.
person-sites-unknown = Please choose among the sites there are.
person-sites-none = Please choose the sites.
person-sites-both = Please choose either all sites or some of them.

# What was done, or not.
people-added = The account is made. A mail with a link to set a password is on its way.
people-changed = The account is changed. With another role or other sites, its owner signs in again.
people-link-sent = A mail with a link to set a new password is on its way.
people-factor-is-off = The second factor is off, and its owner is signed out.
people-removed = The account is removed. Whoever used it is signed out.
people-conflict = Somebody changed this account since you opened the page. Nothing was saved: here is how it is now.
people-forbidden = That is not possible: nobody changes their own role or sites, takes off their own second factor here, or gives away sites they do not have.

## The reasons of a site

reasons-title = Reasons
reasons-about = What commenters are told when a comment is rejected. Moderators choose from this list; their own words can take the place of the text.
# The name of the navigation, read aloud.
reasons-sites = Sites
reasons-none = No reasons yet.
reasons-none-hint = An editor can add some.
reasons-on-law = Rests on the law
reasons-on-terms = Rests on the site’s terms
reasons-change = Change
# Read aloud after reasons-change and reasons-remove. $code: such as "off-topic".
reasons-which = the reason { $code }
reasons-remove = Remove
reasons-add = Add a reason
reasons-saved = The reason is saved.
reasons-removed = The reason is removed. What was decided with it keeps its words.
reason-code = Code
reason-code-about = A short name for programs and statistics, such as off-topic.
reason-text = What the commenter reads
reason-basis = It rests on
reason-basis-terms = the site’s terms
reason-basis-law = the law
reason-add = Add
reason-save = Save
reason-code-fault = Please use small letters a to z, digits and hyphens.
reason-code-long = Please use at most 40 characters, and at most 50 reasons in all.
reason-text-long = Please use at most 500 characters.

## The rules of a site: its policy, its word lists, and the test of both

# The names of the navigations, read aloud.
rules-parts = Rules
rules-sites = Sites
rules-policy = Policy
rules-words = Word lists
rules-read-only = Editors change it; you can read it.
# Buttons.
rules-save = Save
rules-test = Test first
rules-test-days = Test it on what was decided in the last
rules-test-about = A test shows what these rules would have made of the comments that people decided. It changes nothing.
rules-saved = Saved. It holds for every comment from now on; what was decided before stays as it is.
rules-refused = Nothing was saved. What has to be corrected stands beside its field.
rules-conflict = Somebody changed this since you opened the page, so nothing was saved. What you typed is still here. If you save it now, it takes the place of theirs.
rules-in-force = What is in force now
rules-changes = Latest changes
rules-never-changed = Nothing was changed yet.
rules-version = Version { NUMBER($version) }
# $name: of a moderator.
rules-by = by { $name }
rules-by-command = by the command line

policy-about = What happens to comments on this site before anybody sees them, and what moderators are asked to look at.
policy-number-fault = Please give a whole number from { NUMBER($least) } to { NUMBER($most) }.
# In place of a number that switches a rule off.
policy-off = Off
policy-yes = Yes
policy-no = No
policy-none = None
policy-number = { NUMBER($count) }
policy-happens = What happens to a comment
policy-mode = When nothing is found in it
policy-hold-all-about = Every comment waits until somebody has read it.
policy-trust-known-about = Who has comments here that were approved, and proves it, is published; everybody else waits.
policy-open-about = Readers see it immediately, and moderators read it afterwards.
policy-approved = Approved comments that make somebody known
policy-approved-about = As many of theirs must be published still. The proof is the link in the receipt of an earlier comment, or the browser that wrote it.
policy-by-name = Name and e-mail address are proof enough
policy-by-name-about = As WordPress has it. Beware: whoever knows the name and the address of a known reader can then write as them, without a moderator seeing it first.
policy-found = What is found
policy-max-links = Links that hold a comment
policy-max-links-about = A comment with as many links, or more, waits. 0: any number may pass.
policy-staff = Names of your own people
policy-staff-about = One a line. A comment under one of these names, or one that looks like it, waits: it could be somebody who pretends.
policy-staff-fault = Line { NUMBER($line) }: this cannot be a name. A name has at most 100 characters and no “@”.
policy-staff-many = Please give at most { NUMBER($most) } names.
policy-fields = Where the word lists look
policy-fields-about = What is found in an address is never shown, only that something was.
policy-form-required = A comment without the mark of our form waits
policy-form-required-about = The form of your pages gets it by itself. Programs that post without opening the page have none.
policy-min-seconds = Quickest form, in seconds
policy-min-seconds-about = Who fills it in faster is hardly a person: the comment waits. 0: no matter how fast.
policy-max-minutes = Oldest form, in minutes
policy-max-minutes-about = A form that was opened longer ago is no proof any more: the comment waits.
policy-articles = Articles
policy-close-after = Articles close after, in days
policy-close-after-about = They take no comments then; what is published stays. 0: never. An article can have a time of its own.
policy-slow = Slow mode, in seconds
policy-slow-about = Each reader can write on one article once in that time. 0: as often as they like.
policy-breaker = Breaker
policy-breaker-about = When an article is flooded, it leaves these rules by itself for a while, and moderators get a mail.
policy-per-ten-minutes = Comments within ten minutes
policy-per-ten-minutes-about = As many on one article trip it. 0: never.
policy-rejected-percent = Rejected, in percent
policy-rejected-percent-about = Such a share of what was decided of them, rejected or spam, trips it as well. 0: never.
policy-breaker-action = What happens to new comments then
policy-breaker-action-about = Moderators can end it earlier, or do the same by hand.
policy-breaker-minutes = For how many minutes
policy-breaker-minutes-about = It ends by itself.
policy-readers = What readers see
policy-language = Language
policy-language-about = Of the pages with comments, of forms and receipts, and of mails to those who write.
policy-rules-url = House rules
policy-rules-url-about = The address of the page that says what comments may be; the form links to it. Empty: no link.
policy-privacy-url = Privacy notice
policy-privacy-url-about = The address of the page that says what happens to people’s data; the form links to it. Empty: no link.
policy-url-fault = Please give an address that starts with https:// or http://, without a user name, of at most 500 characters.
language-en = English
language-de = German
language-fr = French
language-es = Spanish
language-uk = Ukrainian
policy-people = Comments and moderators
policy-comment-chars = Longest comment, in characters
policy-comment-chars-about = A longer one is refused, and its writer told so.
policy-overdue = Overdue after, in minutes
policy-overdue-about = What still waits then is brought up again. 0: never.
policy-links = The link in a moderator’s mail
policy-links-decide = It decides
policy-links-decide-about = It opens a page with the comment and its buttons, without signing in. It works once, for seven days.
policy-links-open = It opens the desk
policy-links-open-about = Moderators sign in before they decide.

# Where the word lists look.
field-text = Text
field-name = Name
field-website = Website
field-email = E-mail address
field-client = Network address
field-agent = What their program calls itself

words-about = A comment in which one of these terms stands is held for a moderator, or put with the spam.
words-syntax = One term a line: a word or several, which stand for whole words, however they are cased or disguised. A * at an end leaves that end open: cas* is how words begin, *viagra* is anywhere in one.
words-hold = A moderator sees it first
words-spam = It is spam
words-count = { $count ->
    [0] No terms
    [one] { $count } term
   *[other] { NUMBER($count) } terms
}
# $line: of the list, from 1.
words-fault-empty = Line { NUMBER($line) }: this looks for nothing. Please give some letters.
words-fault-long = Line { NUMBER($line) }: a term has at most { $most } characters.
words-fault-control = Line { NUMBER($line) }: a term has no tabs or other control characters.
words-fault-many = Line { NUMBER($line) }: this is one too many. A list has at most { NUMBER($terms) } terms and { NUMBER($chars) } characters.
words-fault-large = Both lists together are too large to be looked for. Please shorten them.

trial-title = What these rules would have done
trial-nothing-changed = This is a test. Nothing was changed, and nothing is in force that was not before.
# $site: its name; $span: such as "30 days".
trial-judged = { $count ->
    [one] One comment on { $site } that people decided in the last { $span } was judged again.
   *[other] { NUMBER($count) } comments on { $site } that people decided in the last { $span } were judged again.
}
trial-cut = There were more; these are the latest { NUMBER($most) }.
trial-how = How a comment arrived, such as in a flood or without a form, is taken from what was found then.
trial-none = There is nothing to compare with.
trial-none-hint = People have decided no comment on { $site } in the last { $span }.
trial-silenced = { $count ->
    [0] No comment that people approved would have been called spam.
    [one] One comment that people approved would have been called spam, and nobody would have seen it.
   *[other] { NUMBER($count) } comments that people approved would have been called spam, and nobody would have seen them.
}
trial-let-through = { $count ->
    [0] No comment that people rejected or called spam would have been published.
    [one] One comment that people rejected or called spam would have been published at once.
   *[other] { NUMBER($count) } comments that people rejected or called spam would have been published at once.
}
trial-caption = Each comment by what people decided, and by what the rules would have made of it
trial-people = People
trial-would-publish = Published
trial-would-hold = Held
trial-would-spam = Spam
trial-number = { NUMBER($count) }
trial-approved = Approved
trial-rejected = Rejected
trial-spam = Spam
# Where people and rules differ. $what: one of those that follow.
trial-kind = { $what }: { NUMBER($count) }
trial-approved-as-spam = Approved by people, spam by these rules
trial-approved-held = Approved by people, held by these rules
trial-rejected-published = Rejected by people, published by these rules
trial-spam-published = Spam by people, published by these rules
trial-latest = The latest { $count }:
trial-edit = Go on editing
trial-switch-on = Switch it on

## The articles of a site

articles-title = Articles
articles-about = Where readers can comment, the newest first. An article is here once the site has announced it, or a reader has written below it.
# The names of the navigations, read aloud.
articles-sites = Sites
articles-pages = Pages
articles-find = Find an article
articles-find-button = Find
articles-find-about = By the address of its page or by its key, all of it; not by its title.
articles-show-all = Show all articles
articles-newest = Newest articles
articles-older = Older
articles-none = No articles.
articles-none-hint = The first comment below an article brings it here.
articles-none-found = No such article.
articles-none-found-hint = Nobody has written below it yet, or its address is spelt in another way.
# Whether it takes comments. $time: a moment.
article-is-open = Open
article-is-open-until = Open until { $time }
article-is-closed = Closed
article-is-closed-since = Closed since { $time }
article-is-paused = Closed until { $time }
article-unconfirmed = Not confirmed by the site
# How many comments are published, and how many wait.
article-published = { $count } published
article-waiting = { $count } waiting
article-waiting-many = { NUMBER($count) } or more waiting
# Read aloud after the two above.
article-waiting-where = below { $title }
# $key: what programs call the article by.
article-key = key { $key }
# Buttons; the title of the article is read aloud after them.
article-close = Close
article-open = Open
article-rename = Rename
article-more = More
# Read aloud after article-more.
article-more-which = for { $title }
# What holds for an article in place of the policy of its site. $span: such as "5 minutes".
article-slow = Each reader once in { $span }
article-not-slow = No slow mode
mode-hold-all = A moderator sees everything first
mode-trust-known = Known readers are published at once
mode-open = Everything is published at once
article-mode = New comments on it
article-mode-of-site = As the site has it
article-slow-seconds = Slow mode, in seconds
article-slow-about = Each reader can write on it once in that time. 0 for none; empty for what the site has.
article-slow-fault = Please give 0 to { NUMBER($most) } seconds, or leave it empty.
article-rule = Save these rules
# What takes an article out of the usual rules for a while.
article-pause = Pause
article-pause-about = For when it is flooded, or a quarrel gets out of hand. It comes before all other rules, and ends by itself.
article-pause-action = What happens to new comments
article-pause-minutes = For how many minutes
article-pause-note = Why, for colleagues (optional)
article-pause-now = Pause it now
article-minutes-fault = Please give 1 to { NUMBER($most) } minutes.
article-note-fault = Please use at most { $most } characters.
article-resume = End now
breaker-hold-all = A moderator sees them first
breaker-slow = Each reader can write only now and then
breaker-closed = None are taken
# $until: a moment; $span: such as "5 minutes".
breaker-in-force-hold-all = Until { $until }, a moderator sees every new comment first.
breaker-in-force-slow = Until { $until }, each reader can write once in { $span } only.
breaker-in-force-closed = Until { $until }, no comments are taken.
# Why. $count: at least 1; $name: of a moderator.
breaker-rate = { $count ->
    [one] One comment arrived within ten minutes, which is a flood by the rules of the site.
   *[other] { NUMBER($count) } comments arrived within ten minutes, which is a flood by the rules of the site.
}
breaker-rejections = Of the comments that arrived within ten minutes, { NUMBER($rejected) } of { NUMBER($decided) } that were decided were rejected or spam.
breaker-by = { $name } did this.
breaker-by-site = The site or its operators did this.
# Above the queue. $title: of the article; $what: one of breaker-in-force-….
queue-paused = { $title }: { $what }
# The name of the part of the page that tells it, read aloud.
article-broken = { $title } is paused
article-closes = It closes at (UTC)
article-close-then = Close it then
article-keep-open = Keep it open
# Read aloud after the two above.
article-which = : { $title }
article-title = Title
article-closes-fault = Please choose a day and a time.
article-closes-past = Please choose a time that is still to come.
article-title-required = Please enter a title.
article-title-long = Please use at most 300 characters.
article-title-fault = A title stands on one line, in the order in which it is written.

# What was done, or not.
articles-opened = The article takes comments.
articles-closed = The article takes no more comments. What is published stays.
articles-closing = The article takes comments until the moment that you chose.
articles-renamed = The article has another title.
articles-ruled = The article has rules of its own, or those of the site again.
articles-paused = The article is paused, until it ends by itself or somebody ends it.
articles-resumed = The article follows the usual rules again.
articles-over = Nothing was changed: the pause was over already.
articles-conflict = Somebody changed this article since you opened the page. Nothing was saved: here is how it is now.

## What is blocked

blocks-title = Blocks
blocks-about = What is kept out for a time. Nobody can read here what is blocked, since it is kept in a form that only recognises it: write into the reason what colleagues must know, and no address.
# The names of the navigations, read aloud.
blocks-sites = Sites
blocks-pages = Pages
blocks-latest = Latest blocks
blocks-older = Older
blocks-none = Nothing is blocked.
blocks-none-hint = Block the author of a comment there, or something by its value here.
blocks-blocked = It is blocked.
blocks-ended = The block is over.
blocks-gone = That block was over already.
blocks-add = Block something
# What a block is about.
block-email = Email address
block-domain = Mail domain
block-host = Connection (IPv4 /32, IPv6 /64)
block-network = Network (IPv4 /24, IPv6 /48)
block-term = Word or phrase
# What a block does with what it is about.
block-holds = Held
block-refuses = Refused
block-refuses-proven = Refused with proof, else held
# $name: a colleague; $made: how long ago; $ends: a moment.
block-made-by = by { $name }, { $made }
block-made = { $made }
block-in-force = until { $ends }
block-is-over = over since { $ends }
block-comment = The comment
# Read aloud after block-comment and block-end. $reason: why it is blocked.
block-which = of the block: { $reason }
block-end = End it
block-kind = What
block-value = Value
block-value-about = An address, a domain such as spam.example (with all below it), an IP address, or a word. It is kept in a form that nobody can read.
block-effect = What happens
block-effect-hold = Hold it for a moderator
block-effect-refuse = Refuse it silently
block-effect-about = What is refused looks to its author as if it waited. An address that somebody only typed is held and not refused, so that nobody can silence another by typing theirs.
block-days = Days
block-reason = Why (for colleagues)
block-button = Block
block-anyway = Block it all the same
# Asks before many are hit. $count: people.
block-crowded = { $count ->
    [one] { $count } person whose comments you have published lately has an address of that domain. Nothing is blocked yet.
   *[other] { $count } people whose comments you have published lately have an address of that domain. Nothing is blocked yet.
}
block-faults = Nothing is blocked yet: please look at the fields below.
block-days-fault = Please enter a number of days from 1 to 3,650.
block-value-fault = Please enter what is to be blocked as its kind says.
block-terms-many = This site blocks as many words as it can. Please end a block first, or use the lists of words.
block-kinds-none = Please choose what is to be blocked.
block-kinds-unknown = None of that is known of this author.
block-comment-fault = The site itself wrote this comment.
block-clean-up-fault = Please enter a number of days from 1 to 90.
block-clean-up-long = That is more than 1,000 comments. Please choose fewer days.

# On a comment: blocking its author. The name of the author is read aloud after it.
block-author = Block its author
# Read aloud after it. $author: a name.
block-author-whose = : { $author }
block-author-title = Block the author { $author }
block-author-about = For { $days } days: refuses what comes over the same connection, and holds what comes under the same address, which may be that of somebody else.
block-author-clean = { $days ->
    [one] Also mark as spam what came from there in the last day
   *[other] Also mark as spam what came from there in the last { $days } days
}
block-author-more = Other choices
block-back = The comment
block-kinds = What is blocked
block-their-host = The connection (IPv4 /32, IPv6 /64)
block-their-email = The address: held, and refused only where the site vouched for it and does again
block-their-network = The network around the connection (IPv4 /24, IPv6 /48)
block-their-domain = The mail domain, with all below it: held, and refused only where the site vouched for the address and does again
block-clean-up = Also mark as spam what came from there
block-clean-up-days = Of so many days
block-clean-up-about = What waits or is published and came from the same connection, or under the same address where it was proven. You are shown it first, and can undo it.
block-clean-up-asks = { $count ->
    [one] { $count } comment would be marked as spam. Nothing is done yet.
   *[other] { $count } comments would be marked as spam. Nothing is done yet.
}
block-clean-up-moved = { $count ->
    [one] Something changed meanwhile: { $count } comment would be marked as spam now. Nothing is done yet.
   *[other] Something changed meanwhile: { $count } comments would be marked as spam now. Nothing is done yet.
}
block-clean-up-title = Would be marked as spam
block-clean-up-first = The first { $count } are shown.
block-and-mark = { $count ->
    [one] Block, and mark { $count } comment as spam
   *[other] Block, and mark { $count } comments as spam
}

## The outbox: messages that are owed to the outside

outbox-title = Outbox
outbox-about = What the desk owes to the outside. A message holds no address: it says whom it goes to, and the address is looked up when it does.
# $until: a moment.
outbox-paused = Mail is held back until { $until }: the mail server refuses the name and the password of the desk. Mend them and restart the service; nothing is lost meanwhile.
# Before the figures of the queue, see figures-waiting.
outbox-comments = Comments:
# The names of the navigations, read aloud.
outbox-states = Messages by state
outbox-pages = Pages
outbox-first = Back to the start
outbox-more = More
# The states of messages.
outbox-owed = Owed
outbox-dead = Given up
outbox-sent = Sent
outbox-dropped = Dropped
outbox-none-owed = Nothing is owed.
outbox-none-dead = Nothing was given up.
outbox-none-sent = Nothing was sent lately.
outbox-none-dropped = Nothing was dropped lately.
outbox-not-yours = None of these are yours to see.
# The parts stand in one line, with dots between them. $ago: such as "5 minutes ago".
outbox-figures-owed = { $count } owed, the oldest made { $ago }
outbox-figures-tried = { $count } tried before
outbox-figures-dead = { $count } given up

# What was done, or not.
outbox-did-retry = The message is due now, and will be tried anew.
outbox-did-drop = The message is dropped. It will not be sent.
outbox-conflict = The message was sent or dropped since you opened the page. Nothing was changed.

# What a message is.
message-news = News of a comment that waits
message-letter = Letter about comments that wait
message-invitation = Link to set a password
message-breaker = Letter about an article that is paused
message-confirmation = Question whether a commenter wants mail
message-outcome = Decision for a commenter
message-reply = Reply for a commenter
message-test = Test letter
message-unread = Something that this version cannot read
# $message: one of those above; $name: whom it goes to.
message-to = { $message } to { $name }
# $stands: one of those that follow; $tried: message-tried.
message-stands = { $stands }, { $tried }
message-due-since = Due since { $time }
message-due-soon = Due in a moment
message-due-in = Due in { $span }
message-sent = Sent { $ago }
message-dropped = Dropped { $ago }
message-dead = Given up { $ago }
message-tried = { $count ->
    [1] tried once
   *[other] tried { $count } times
}
# $until: a moment.
message-being-sent = Being sent, until { $until } at most
# $time: such as "5 minutes ago".
message-made = Made { $time }
message-made-for = Made { $time }, for { $site }
message-comment = See the comment
# Read aloud after message-comment.
message-comment-which = of message { $id }
message-retry = Retry now
message-drop = Drop
# Read aloud after message-drop.
message-drop-which = message { $id }
message-drop-hint = It will not be sent, and cannot be brought back.
message-drop-button = Drop it
# Read aloud after message-retry and message-drop-button.
message-which = : message { $id }

# Why it could not be sent.
failure-timeout = The mail server did not answer in time.
failure-connection = The mail server could not be reached, or hung up.
failure-tls = There was no protected connection to the mail server.
failure-garbled = The mail server gave an answer that is none.
failure-sign-in-refused = The mail server refuses the name and the password of the desk.
failure-no-sign-in = The mail server has no way to sign in that the desk knows.
failure-refused = The mail server refuses this letter or its address.
failure-turned-away = The mail server does not speak with the desk.
failure-put-off = The mail server asked to try again later.
failure-folder-not-writable = The folder for mail cannot be written to.
failure-not-an-address = The address of the account is none that mail can go to.
failure-not-composed = The letter could not be composed.
failure-ended = The service was stopped in the middle.
failure-panicked = A fault of Replydesk: please report it.
failure-unreadable = A newer version of Replydesk wrote it.

## The audit log

audit-title = Audit log
audit-filtered = Only some entries.
audit-show-all = Show all of them
# $command: what is typed at a terminal.
audit-about = Who did what, the latest first. Whoever changes this log is found out by { $command }.
audit-none = No entries.
audit-latest = Latest entries
audit-older = Older
# The name of the navigation, read aloud.
audit-pages = Pages
# What was done, such as "Approved", and to what, such as "comment" or audit-the-comment.
audit-entry = { $what } – { $object }
audit-the-comment = the comment
audit-object-comment = comment
audit-object-article = article
audit-object-site = site
audit-object-moderator = moderator
audit-object-block = block
audit-object-message = message
# $site: its key.
audit-on-site = on { $site }
audit-all-about = All about it
# Read aloud after audit-all-about. $when: a moment.
audit-all-about-which = : { $object }, { $when }
audit-reason = Reason:
audit-note = Note:
# A note for colleagues that was erased, and erasing one.
note-erased = Note erased
note-erase = Erase the note
# Read aloud after note-erase. $when: a moment.
note-erase-of = of { $when }
note-erase-hint = It cannot be brought back. That it was there, and who erased it, stays in the log.
note-erase-button = Erase it
# Read aloud after note-erase-button.
note-erase-which = : the note of { $when }
# Who did it when no moderator did.
audit-commenter = The commenter
audit-command-line = The command line
audit-site = The site
audit-rule = A rule
audit-nobody = Nobody signed in
# The way it came.
audit-at-desk = at the desk
audit-by-api = by the API
audit-by-mail = by the link in a mail

## What can happen, as the audit log and the history of a comment tell it

action-approve = Approved
action-reject = Rejected
action-spam = Marked as spam
action-hold = Put back into the queue
action-escalate = Escalated
action-edit = Changed the text
action-pick = Recommended
action-unpick = No longer recommended
action-reply = Replied for the site
action-ask-contact = Was told the address
action-appeal = Asked for another look
action-ask-reporter = Was told who reported it
action-report = Reported
action-block = Blocked
action-block-author = Blocked its author
action-end-block = Ended a block
action-erase-note = Erased a note
action-set-reasons = Changed the canned reasons
action-set-policy = Changed the policy
action-set-words = Changed the word lists
action-withdraw = Withdrew the comment
action-put = Set up
action-open = Opened
action-close = Closed
action-close-at = Set when it closes
action-retitle = Changed the title
action-set = Changed
action-set-rules = Set its own rules
action-pause-hold-all = Held everything for a while
action-pause-slow = Slowed down for a while
action-pause-closed = Closed for a while
action-resume = Ended the pause
action-delete = Deleted
action-add = Added
action-issue-token = Gave out a token
action-revoke-tokens = Withdrew all tokens
action-undo = Took the last decision back
action-hire = Made the account
action-rename = Changed the name
action-change-role = Changed the role
action-change-sites = Changed the sites
action-remove = Removed the account
action-invite = Sent a link to set a password
action-accept-invitation = Set a password by the link
action-set-password = Set another password
action-set-second-factor = Turned the second factor on
action-end-second-factor = Took the own second factor off
action-reset-second-factor = Took the second factor off
action-make-recovery-codes = Made new recovery codes
action-revoke-token = Withdrew a token
action-set-mail = Changed how they get mail
action-end-session = Ended a session
action-end-other-sessions = Ended all other sessions
action-retry = Made it due again
action-drop = Gave it up

## The link in a mail

link-title = Decide on a comment
link-lead = Nothing happens until you press a button.
link-alone = This link is for you alone.
# Follows link-alone. $until: a moment.
link-alone-why = Whoever has it can decide in your name, so do not pass the mail on. It works once, until { $until }.
link-decides-for = What is decided here counts as the decision of { $name }.
link-desk = Open it on the desk

# What became of the comment: headings.
link-yours-approved = You have approved this comment
link-yours-rejected = You have rejected this comment
link-yours-spam = You have marked this comment as spam
link-yours-pending = You have left this comment for another look
link-others = Someone else was first
link-changed = The comment has changed
link-withdrawn = The comment was withdrawn

# A decision that was sent too late.
link-used-before = The link was used before. Nothing was changed.
link-not-applied = Your decision was not applied. Nothing was changed.

# Where it stands, in a word.
link-state-approved = Published
link-state-rejected = Not published
link-state-spam = Spam
link-state-changed = To be read again
link-state-pending = Waiting
link-state-withdrawn = Withdrawn

link-told-approved = Readers can see it.
link-told-rejected = Readers do not see it.
link-told-pending = It is waiting on the desk.
# $who: the name of a moderator, or link-somebody.
link-told-others-approved = { $who } has approved it. This link can decide no more.
link-told-others-rejected = { $who } has rejected it. This link can decide no more.
link-told-others-spam = { $who } has marked it as spam. This link can decide no more.
link-told-others-pending = { $who } has left it for another look. It is waiting on the desk.
link-somebody = Another moderator
link-told-changed = It is no longer what the mail showed, so this link cannot decide on it. Please read it again on the desk.
link-told-withdrawn = Its author has taken it back. There is nothing left to decide.

link-comment = The comment
link-comment-by = By { $author }, on { $article }
link-reason = Reason:
link-see = See it on the page

# Links that do nothing.
link-unknown = This is not one of our links
link-unknown-text = A part of it may have been lost on the way. Open it from the mail again, or find the comment on the desk.
link-expired = This link has expired
link-expired-text = The links in our mails work for seven days. If the comment is still waiting, you find it on the desk.
link-not-allowed = This link no longer works
link-not-allowed-text = The person whom the mail was sent to does not moderate this site any more. Nothing was changed.
link-at-desk = This site decides on the desk
link-at-desk-text = It does not allow decisions by the links in its mails. Nothing was changed.
link-to-desk = To the desk

## What the last action did

flash-undo = Undo
flash-see = See the comment
# Leads from the page of a comment that was decided to those that wait.
flash-next = Next in the queue
flash-edited = The text is changed. What its author wrote is kept, and readers see that it was edited.
flash-picked = Recommended: readers see it marked.
flash-unpicked = No longer recommended.
flash-replied = Your reply is on the page.
flash-blocked = The author is blocked.
flash-note-erased = The note is erased. The log says that there was one, and who erased it.

flash-approve = Approved. It is on the page now.
flash-reject = Rejected.
flash-spam = Marked as spam.
flash-hold = Back in the queue.
flash-escalate = Escalated.

# Several at once. flash-missed may follow.
flash-approve-many = { $count ->
    [one] { $count } comment approved.
   *[other] { $count } comments approved.
}
flash-reject-many = { $count ->
    [one] { $count } comment rejected.
   *[other] { $count } comments rejected.
}
flash-spam-many = { $count ->
    [one] { $count } comment marked as spam.
   *[other] { $count } comments marked as spam.
}
flash-hold-many = { $count ->
    [one] { $count } comment put back into the queue.
   *[other] { $count } comments put back into the queue.
}
flash-escalate-many = { $count ->
    [one] { $count } comment escalated.
   *[other] { $count } comments escalated.
}
flash-approve-none = Nothing was approved.
flash-reject-none = Nothing was rejected.
flash-spam-none = Nothing was marked as spam.
flash-hold-none = Nothing was put back into the queue.
flash-escalate-none = Nothing was escalated.
flash-nothing-selected = Nothing was selected.
flash-missed = { $count ->
    [one] { $count } had changed since you opened the page and was left as it is.
   *[other] { $count } had changed since you opened the page and were left as they are.
}
flash-left = { $count ->
    [one] { $count } was not tried, for want of time.
   *[other] { $count } were not tried, for want of time.
}
flash-others-came = Nothing was decided: these are not the same comments any more. Please look again.

flash-undone-none = Nothing was undone.
flash-undone = { $count ->
    [one] Undone: the comment is as it was before.
   *[other] Undone: { $count } comments are as they were before.
}
# May follow the two above.
flash-undo-missed = { $count ->
    [one] { $count } comment had changed since and was left as it is.
   *[other] { $count } comments had changed since and were left as they are.
}
flash-undo-left = { $count ->
    [one] { $count } was not tried, for want of time, and stays as it was decided.
   *[other] { $count } were not tried, for want of time, and stay as they were decided.
}

flash-claim-yours = The comment is yours to read for 5 minutes.
flash-claim-taken = { $name } is reading this comment already.
flash-claim-refused = It was not claimed: the comment does not wait any more, or you have claimed as many as you can.
flash-claims-none = There was nothing to take: what waits is being read, or you have claimed as many as you can.
flash-claims-took = { $count ->
    [one] { $count } comment to read in the next 5 minutes.
   *[other] { $count } comments to read in the next 5 minutes.
}
flash-claims-kept = { $count ->
    [one] { $count } comment kept for 5 more minutes.
   *[other] { $count } comments kept for 5 more minutes.
}
flash-claims-back = { $count ->
    [one] { $count } comment given back.
   *[other] { $count } comments given back.
}

# Somebody was first: $what is one of the next five, $when a moment.
flash-late-at = Someone else was first: { $name } has { $what } ({ $when }). Your decision was not applied.
flash-late-by = Someone else was first: { $name } has { $what }. Your decision was not applied.
# Whoever reads it was first, too.
flash-late-self = You have { $what } already, perhaps in another window. Your decision was not applied.
flash-late-approved = approved it
flash-late-rejected = rejected it
flash-late-spam = marked it as spam
flash-late-pending = left it for another look
flash-late-withdrawn = withdrawn it
flash-late-author = Its author was first and has withdrawn the comment. Your decision was not applied.
flash-late = The comment has changed since you opened the page. Your decision was not applied: please read it again.

## The keys of the desk

keys-title = Keys
keys-step = next, previous comment
keys-approve = approve
keys-reject = reject with a reason
keys-spam = spam
keys-hold = hold
keys-note = escalate, or add a note
keys-claim = claim, or give back
keys-undo = undo the last decision
keys-search = search
keys-back = back from a field to its comment
keys-this = this list
keys-off = No keys in this browser
keys-close = Close

## The queue

tab-waiting = Waiting
tab-mine = Mine
tab-approved = Approved
tab-rejected = Rejected
tab-spam = Spam
queue-select-all = Select all on this page
queue-first = Back to the start
queue-older = Older
queue-next = Next
# A page that was looked for among many comments, and is not full.
queue-further = Look further

# How the queue does. The parts stand in one line, with dots between them. $span: such as "3 hours".
figures-waiting = { NUMBER($count) } waiting, the oldest for { $span }
figures-edited = { NUMBER($count) } edited
figures-reported = { NUMBER($count) } reported
figures-appealed = { NUMBER($count) } appealed
figures-escalated = { NUMBER($count) } escalated
figures-decided = { NUMBER($count) } decided in the last hour
figures-median = half of the last day’s within { $span }

# What a comment needs, as a filter.
need-decision = A decision
need-edit = A look at an edit
need-report = A look at a report
need-appeal = An answer to an appeal
need-escalated = Somebody who knows better
search-any-need = Anything
search-any-finding = Any or none
search-all-sites = All
order-oldest = Oldest first
order-newest = Newest first
order-priority = Most pressing first
search-no-word = There is no word in this that could be looked for.
search-too-many-words = Please look for at most 8 words at a time.
# What a link has narrowed the list to: the first two are followed by search-one-comment, the last by the key of an article.
search-same-as = Only from the address or the network of
search-cluster = Only what says nearly the same as
search-one-comment = one comment
search-article = Only on the article

# The name of the navigation, of the search form and of the form to take comments, read aloud.
queue-tabs = Comments by status
queue-search = Comments
claims-label = Comments to read
queue-pages = Pages
search-label = Words in a comment, its author’s name or website
search-placeholder = Words or a name
search-button = Search
search-more = Filter and sort
search-needs = Needs
search-finding = Finding
search-site = Site
search-order = Order
search-apply = Apply
search-show-all = Show all
# Read aloud after search-show-all.
search-show-all-again = again
claims-take = Take the next 10
claims-keep = Keep for 5 more minutes
claims-give-back = Give all back
claims-hint = Yours to read for 5 minutes; colleagues see that they are.
queue-empty = Nothing is waiting.
queue-empty-mine = You are reading nothing.
queue-empty-other = Nothing here.
queue-nothing-yet = Nothing so far.
queue-nothing-found = Nothing found.
queue-more = There are more comments to look through.
queue-no-fit = No comment of this list fits the filter.
queue-search-knows = Search knows what waits, and what arrived in the last 90 days. All words must be there.
queue-whole = Show the whole list
queue-news = You are told here when new ones come.
# Above a list of comments that say nearly the same: opened to confirm what is done to all of them.
whole-title = Decide all { $count } at once
whole-about = This decides all that wait and say nearly the same, on further pages too. It can be undone.
whole-approve = Approve all { $count }
whole-reject = Reject all { $count }
whole-spam = Mark all { $count } as spam
# The name of the form, read aloud.
bulk-label = Decide on the selected comments
bulk-title = The selected:
# Read aloud after the buttons, which are choice-approve and its like.
bulk-selected = selected

## What the page says when something happens meanwhile

# $link: a link such as news-load.
news-no-answer = The desk did not answer. Nothing may have happened: try again, or { $link }
news-no-answer-load = load the page again
news-missed = There may be news that this page has missed. { $link }
news-silent = This page hears no news any more. You may be signed out. { $link }
news-load = Load it again
news-changed = It was changed just now. Load the page again to see it.
# $author: of the comment; $words: one of those above and below.
news-about = { $author }: { $words }
# $status: what became of the comment.
news-decided = { $status ->
    [approved] Approved, just now.
    [rejected] Rejected, just now.
    [spam] Marked as spam, just now.
    [pending] Put back, just now.
    [withdrawn] Withdrawn, just now.
   *[other] Decided, just now.
}
# $name: who decided.
news-decided-by = { $status ->
    [approved] Approved by { $name }, just now.
    [rejected] Rejected by { $name }, just now.
    [spam] Marked as spam by { $name }, just now.
    [pending] Put back by { $name }, just now.
    [withdrawn] Withdrawn by { $name }, just now.
   *[other] Decided by { $name }, just now.
}
news-reading = { $name } is reading it
# $form (String): one, two, few and so on, by the number. $link: the link news-show.
news-more = { $form ->
    [one] { $count } more comment waits. { $link }
   *[other] { $count } more comments wait. { $link }
}
news-show = Show the queue

## A comment

# Its status, or what it needs, in a word.
card-waits = Waiting
card-edit-waits = Edit waiting
card-reported = Reported
card-appeal = Appeal
card-escalated = Escalated
card-published = Published, to be reviewed
card-approved = Approved
card-rejected = Rejected
card-spam = Spam
card-withdrawn = Withdrawn by its author
# What became of other comments under the same address, with commas between them.
card-earlier-approved = { $count } approved
card-earlier-rejected = { $count } rejected
card-earlier-spam = { $count } spam
# For how long somebody reads it yet.
claim-left = { $minutes ->
    [one] for { $minutes } more minute
   *[other] for { $minutes } more minutes
}
choice-approve = Approve
choice-reject = Reject
choice-spam = Spam
choice-hold = Hold
# $what: such as "Approved", by the link in a mail.
history-by-mail = { $what } from the mail
history-author = its author
history-readers = readers
reply-unseen = The comment is not published any more, so nobody would see the reply.

card-picked = Recommended
# $article: its title, which is a link.
card-on = on { $article }
# $earlier: such as "2 approved, 1 rejected".
card-earlier = Others with the same email address (anyone can type it): { $earlier }
card-edited-by = The text was edited by { $name }
# $count: at most 100, which may be more.
card-similar = { $count ->
    [one] { $count } similar comment
    [100] 100 or more similar comments
   *[other] { $count } similar comments
}
# Read aloud after it.
card-similar-to = to that of { $author }
# Two links follow, with a dot between them.
card-others = Others that wait:
card-from-here = from here
card-on-article = on this article
# Read aloud after the two above.
card-where = , where { $author } wrote
# The website that the commenter gave follows.
card-website = Website given:
card-claim = Claim
card-give-back = Give back
card-select = Select
card-escalate = Escalate
# Read aloud after the four above.
card-whose = the comment by { $author }
# $left: see claim-left.
card-mine = You are reading it { $left }
card-reading = { $name } is reading it { $left }
# The name of a list, read aloud.
card-findings = Findings
# $finding: what screening found; $term: the word or number that it was found by.
card-finding = { $finding }: { $term }
# $written: what stands there, which is the term in disguise, or a word that it is a part of.
card-finding-written = { $finding }: { $term }, written “{ $written }”
card-reply-to = In reply to { $author }
card-reply = In reply to another comment
# $link: the link card-see-which.
card-reply-see = In reply to another comment: { $link }
card-see-which = see which
# Read aloud after card-see-which.
card-see-which-one = one { $author } answers
card-changes = What the edit changes
card-published-now = Published now
card-new-text = New text, waiting
card-edit-hint = Approve puts the new text in place of the published one. Reject takes the whole comment down, the published text with it.
# The name of the form, read aloud.
card-decide = Decide on the comment by { $author }
card-history = History
# Read aloud after card-history.
card-history-whose = of the comment by { $author }
card-escalate-or-note = Escalate, or add a note
card-note = Add a note
card-note-label = Note for colleagues
card-note-hint = It is kept with whichever decision you press. The commenter never sees it.

rejection-title = Reject with a reason
rejection-reason = Reason, shown to the commenter
rejection-own = In your own words
rejection-own-label = Your own words, in place of the chosen ones
rejection-button = Reject with this reason

## The page of a comment

comment-title = Comment by { $author }
# Above the comments that it answers, and those that answer it.
thread-above-one = In reply to
thread-above = The conversation before
# $count (Number): as many as are shown.
thread-below-first = The first { $count } replies
thread-below = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
}
# Beside the name of somebody who wrote in the site's name.
thread-staff = for the site
comment-tools = More to do
contact-kept = The address of its author: { $email }
# $email: the address of whoever sent the report, behind the name if there is one.
contact-reporter = Who reported it: { $email }
contact-gone = No address is kept.
contact-told = That you asked, and why, stands in the audit log. Leave this page when you no longer need it.
contact-title = Ask for the author’s address
contact-title-any = Ask for an address
contact-whose = Whose
contact-author = The author’s
# $why: such as "Reported as abusive", $when: a moment.
contact-of-report = { $why } ({ $when })
contact-label = Why you need it
contact-hint = Your name, the moment and the reason are written into the audit log.
contact-button = Show the address
pick = Recommend to readers
pick-end = Recommend no longer
reply-title = Reply for the site
reply-label = Your reply
# $name: of whoever is signed in.
reply-hint = It is published at once, as { $name }, marked as the site’s.
reply-button = Publish the reply
edit-title = Edit the text
edit-label = Text
edit-hint = The original is kept, and readers see that the comment was edited by the site.
edit-button = Save the text
versions-title = Texts
version-edited-by = Edited by { $name }
version-by = By { $name }
history-title = History
# $what: what was done, such as "Approved" or history-sent.
history-by = { $what } by { $name }
history-sent = Sent
history-note = Note:
