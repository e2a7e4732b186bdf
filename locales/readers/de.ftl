### Alle Texte, die Leserinnen und Leser sehen, auf Deutsch. Hinweise für Übersetzungen stehen in en.ftl.

## Zahlen und Zeiten

digits-mark = .
digits-least = 4

time-month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
time-moment = { $day }. { $month } { $year }, { $hour }:{ $minute } Uhr UTC
time-day = { $day }. { $month } { $year }
time-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
time-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
time-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}

## Was alle Seiten haben

page-skip = Zum Inhalt springen
page-foot = Die Kommentare betreut { $name }.
page-back = Zurück zum Artikel
page-status = HTTP { $status }
page-about = Mehr zu diesem Fehler (auf Englisch)

## Die Kommentare eines Artikels

comments-title = Kommentare
comments-title-on = Kommentare zu „{ $title }“
comments-count = { $count ->
    [one] { NUMBER($count) } Kommentar
   *[other] { NUMBER($count) } Kommentare
}
comments-none = Noch keine Kommentare
comments-first = Schreiben Sie den ersten Kommentar.
comments-nothing = Unter diesem Artikel wurde nichts veröffentlicht.
comments-more = Weitere Kommentare
comments-begin = Zum Anfang
comments-more-replies = Weitere Antworten
comments-replies-to = Antworten an { $author }
comments-replies-to-removed = Antworten auf einen entfernten Kommentar
comments-all = Alle Kommentare
comments-closed = Kommentare geschlossen
comments-closed-text = Dieser Artikel kann nicht mehr kommentiert werden. Was veröffentlicht wurde, bleibt hier stehen.
comments-unknown = Diese Seite wurde ohne den Artikel geöffnet, zu dem sie gehört.
comments-missing = Der gesuchte Kommentar ist hier nicht veröffentlicht.

sort-title = Reihenfolge der Kommentare
sort-oldest = Älteste zuerst
sort-newest = Neueste zuerst
sort-top = Meistdiskutiert

comment-staff = Redaktion
comment-pick = Empfehlung der Redaktion
comment-edited = Bearbeitet
comment-edited-by-site = Von der Redaktion bearbeitet
comment-removed = Dieser Kommentar wurde entfernt.
comment-reply = Antworten
comment-reply-to = { $author } antworten
comment-report = Melden
comment-report-of = Kommentar von { $author } melden
comment-link = Link zu diesem Kommentar, { $time }

notice-held = Ihr Kommentar wird geprüft. Er erscheint hier, sobald die Moderation ihn freigegeben hat.
notice-published = Ihr Kommentar ist veröffentlicht. Danke, dass Sie mitdiskutieren.

## Das Formular

form-title = Kommentar schreiben
form-replying = Antwort an { $author }
form-replying-somebody = Antwort auf einen Kommentar
form-cancel = Antwort abbrechen
form-correct = Bitte korrigieren
form-note = Ihre E-Mail-Adresse wird nicht veröffentlicht. Pflichtfelder sind mit { $mark } gekennzeichnet
form-comment = Kommentar
form-name = Name
form-email = E-Mail
form-website = Website
form-trap = Lassen Sie dieses Feld leer
form-post = Kommentar abschicken
form-rules = Bitte beachten Sie unsere { $rules }.
form-rules-link = Hausregeln
form-privacy = Wie wir mit Ihren Daten umgehen: { $notice }.
form-privacy-link = Datenschutzhinweise

fault-required = Bitte füllen Sie dieses Feld aus.
fault-required-name = Bitte geben Sie Ihren Namen ein.
fault-required-email = Bitte geben Sie Ihre E-Mail-Adresse ein.
fault-required-comment = Bitte schreiben Sie einen Kommentar.
fault-required-reason = Bitte wählen Sie, was an dem Kommentar nicht stimmt.
fault-required-law = Bitte geben Sie an, warum er rechtswidrig ist.
fault-required-good-faith = Bitte bestätigen Sie das: Eine solche Meldung braucht es.
fault-only-illegal = Das gehört nur zu einer Meldung, dass etwas gegen das Gesetz ist. Wählen Sie diesen Grund, oder lassen Sie es leer.
fault-too-long = Bitte kürzen Sie den Inhalt dieses Feldes.
fault-too-long-name = Ein Name darf höchstens 100 Zeichen haben.
fault-too-long-email = Eine E-Mail-Adresse darf höchstens 254 Zeichen haben.
fault-too-long-website = Eine Webadresse darf höchstens 500 Zeichen haben.
fault-too-long-comment = Bitte kürzen Sie Ihren Kommentar.
fault-too-short = Bitte schreiben Sie etwas mehr.
fault-control-character = Bitte entfernen Sie Steuerzeichen aus diesem Feld.
fault-at-sign = Bitte geben Sie einen Namen ohne @ ein; er ist für alle sichtbar.
fault-not-an-address = Bitte geben Sie eine E-Mail-Adresse ein, zum Beispiel name@example.org.
fault-not-a-url = Bitte geben Sie eine Webadresse ein, die mit https:// oder http:// beginnt.
fault-user-info = Bitte entfernen Sie Benutzernamen und Passwort aus der Webadresse.
fault-foreign-origin = Diese Webadresse gehört nicht zu dieser Website.
fault-not-published = Der Kommentar, auf den Sie antworten, ist unter diesem Artikel nicht veröffentlicht.
fault-unknown-article = Dieser Artikel ist hier noch nicht bekannt. Bitte öffnen Sie ihn erneut und kommentieren Sie von dort aus.
fault-other = Die Angabe in diesem Feld kann so nicht übernommen werden.

## Wenn ein Kommentar nicht angenommen wurde

refused-invalid = Ihr Kommentar wurde noch nicht gesendet
refused-invalid-text = Etwas fehlt oder kann so nicht übernommen werden. Alles, was Sie eingegeben haben, steht noch im Formular.
refused-parent-text = Der Kommentar, auf den Sie antworten, ist hier nicht veröffentlicht. Alles, was Sie eingegeben haben, steht noch im Formular unten; von dort gesendet, wird es ein eigener Kommentar.
refused-duplicate = Das haben Sie bereits gesendet
refused-duplicate-text = Derselbe Text ist von Ihnen zu diesem Artikel schon eingegangen. Wenn er noch nicht auf der Seite steht, wird er gerade geprüft.
refused-closed = Kommentare geschlossen
refused-closed-text = Dieser Artikel kann nicht mehr kommentiert werden, deshalb wurde Ihr Kommentar nicht gesendet. Was veröffentlicht ist, bleibt lesbar.
refused-fast = Das ging etwas zu schnell
refused-fast-text = Aus Ihrem Netz sind in kurzer Zeit mehrere Kommentare eingegangen.
refused-slow = Bitte einer nach dem anderen
refused-slow-text = Unter diesem Artikel muss zwischen zwei Kommentaren aus demselben Netz etwas Zeit vergehen.
refused-crowded-text = Ihr Kommentar ist der erste zu diesem Artikel, und in kurzer Zeit sind mehrere solche ersten Kommentare eingegangen.
refused-later = Ihr Kommentar konnte nicht gesendet werden
refused-later-text = Zurzeit können keine Kommentare angenommen werden; Ihr Text steht noch im Formular.
refused-gone-text = Diesen Artikel gibt es hier nicht mehr; er kann nicht kommentiert werden.
refused-other-text = Etwas an der Anfrage war nicht in Ordnung. Bitte gehen Sie zurück zum Artikel und senden Sie Ihren Kommentar von dort aus.
refused-wait = Bitte versuchen Sie es in { $wait } noch einmal.
refused-kept = Ihr Text bleibt bis dahin im Formular stehen.
refused-copy = Ihr Kommentar zum Kopieren

## Andere Seiten, die nur eines zu sagen haben

problem-not-found = Hier ist nichts
problem-not-found-text = Die Adresse stimmt nicht, oder was hier war, ist nicht veröffentlicht.
problem-gone = Nicht mehr verfügbar
problem-gone-text = Was hier war, wurde entfernt, oder der Link ist abgelaufen.
problem-changed = Inzwischen geändert
problem-changed-text = Nachdem Sie die Seite geöffnet hatten, hat sich etwas geändert; deshalb wurde nichts unternommen. Bitte öffnen Sie die Seite erneut.
problem-fast = Zu viele Anfragen
problem-fast-text = Aus Ihrem Netz kam in kurzer Zeit mehr, als angenommen werden kann.
problem-later = Zurzeit nicht verfügbar
problem-later-text = Ihre Anfrage konnte nicht beantwortet werden. Bitte versuchen Sie es gleich noch einmal.
problem-origin = Das darf diese Seite nicht
problem-origin-text = Die Anfrage kam von einer Seite, die nicht zu dieser Website gehört.
problem-large = Zu viel Text
problem-large-text = Es wurde mehr gesendet, als angenommen werden kann. Bitte kürzen Sie den Text.
problem-other = Die Anfrage konnte nicht beantwortet werden
problem-other-text = Etwas daran war nicht in Ordnung. Bitte gehen Sie zurück und versuchen Sie es noch einmal.

## Das Formular, mit dem ein Kommentar gemeldet wird

report-title = Kommentar melden
report-lead = Teilen Sie der Moderation mit, was daran nicht stimmt. Sie sieht ihn sich noch einmal an; bis dahin bleibt er auf der Seite.
report-of = Kommentar von { $author }
report-reason = Was stimmt daran nicht?
report-abuse = Er greift Menschen an oder beleidigt sie
report-spam = Er ist Werbung oder Spam
report-off-topic = Er hat nichts mit dem Artikel zu tun
report-other = Etwas anderes
report-illegal = Er verstößt gegen das Gesetz
report-text = Was die Moderation wissen sollte
report-email = Ihre E-Mail-Adresse, falls wir Ihnen antworten dürfen; sie wird nicht veröffentlicht
report-law-title = Nur wenn er gegen das Gesetz verstößt
report-law-about = Eine solche Meldung ist förmlich. Sie braucht die folgenden Angaben und Ihre E-Mail-Adresse.
report-law = Gegen welches Gesetz, oder warum er rechtswidrig ist
report-name = Ihr Name
report-good-faith = Ich bin nach bestem Wissen überzeugt, dass meine Angaben richtig und vollständig sind.
report-send = Meldung absenden
report-sent = Danke für Ihre Meldung
report-sent-text = Sie ist eingegangen. Die Moderation wird sich den Kommentar ansehen.
report-back = Zurück zum Kommentar

## Die Quittung: was aus dem eigenen Kommentar wurde

receipt-window = { $state }: Ihr Kommentar
receipt-title = Ihr Kommentar
receipt-waiting = Wird geprüft
receipt-published = Veröffentlicht
receipt-rejected = Nicht veröffentlicht
receipt-withdrawn = Zurückgezogen
receipt-on = Zum Artikel { $article }
receipt-waiting-text = Die Moderation liest ihn, bevor er veröffentlicht wird. Bis dahin kann ihn sonst niemand sehen.
receipt-published-text = Alle können ihn lesen.
receipt-see = Auf der Seite ansehen
receipt-edit-waits = Ihre Änderung wird geprüft. Bis dahin bleibt der frühere Text auf der Seite.
receipt-rejected-text = Die Moderation hat entschieden, ihn nicht zu veröffentlichen.
receipt-reason = Begründung:
receipt-law = Nach Ansicht der Moderation verstößt er gegen das Gesetz.
receipt-terms = Er verstößt gegen die Regeln von { $site }.
receipt-withdrawn-text = Sie haben ihn zurückgezogen. Er steht nicht auf der Seite.
receipt-own = Was Sie geschrieben haben
receipt-own-edited = Ihr Kommentar, wie ihn die Redaktion bearbeitet hat
receipt-sent = Gesendet am { $time }
receipt-change = Ändern
receipt-change-until = Sie können ihn bis { $until } ändern.
receipt-change-waiting = Sie können ihn ändern, solange er geprüft wird.
receipt-change-open = Kommentar ändern …
receipt-change-save = Änderungen speichern
receipt-withdraw = Zurückziehen
receipt-withdraw-open = Kommentar zurückziehen …
receipt-withdraw-public = Er wird von der Seite entfernt. Das lässt sich nicht rückgängig machen.
receipt-withdraw-unseen = Er wird nicht veröffentlicht. Das lässt sich nicht rückgängig machen.
receipt-withdraw-button = Ja, zurückziehen
receipt-keep = Bewahren Sie diesen Link auf.
receipt-keep-text = Die Adresse dieser Seite ist privat: Damit können Sie jederzeit nachsehen, was aus Ihrem Kommentar geworden ist. Wer sie kennt, kann dasselbe tun; geben Sie sie deshalb nicht weiter.
receipt-saved = Ihre Änderungen sind gespeichert.
receipt-saved-waits = Gespeichert. Der veröffentlichte Text bleibt, bis die Moderation den neuen gelesen hat.
receipt-withdrawn-now = Ihr Kommentar wurde zurückgezogen.
receipt-appeal = Sind Sie nicht einverstanden?
receipt-appeal-text = Sie können einmal sagen, warum er doch veröffentlicht werden sollte. Die Moderation sieht ihn sich dann noch einmal an.
receipt-appeal-open = Um erneute Prüfung bitten …
receipt-appeal-label = Was die Moderation wissen sollte
receipt-appeal-send = Um erneute Prüfung bitten
receipt-appeal-now = Die Moderation sieht sich den Kommentar noch einmal an.
receipt-appeal-waits = Sie haben um erneute Prüfung gebeten. Entschieden ist noch nicht.
receipt-notify-about = E-Mails verschicken wir erst, wenn Sie eine Frage beantwortet haben, die wir an Ihre Adresse senden.
receipt-notify-save = Speichern
receipt-notify-now = Gespeichert. Falls wir Ihre Adresse noch nie gefragt haben, ist eine E-Mail mit einer Frage unterwegs.
receipt-notify-none-now = Gespeichert. Zu diesem Kommentar erhalten Sie keine E-Mail.

## Mail about comments: what readers choose, and what mails and their pages say

form-notify = E-Mail an mich
form-notify-none = Nie
form-notify-outcome = Wenn entschieden ist
form-notify-replies = Wenn entschieden ist, und bei Antworten
# In the subject, behind the name of the site in brackets.
commenter-subject-question = Möchten Sie E-Mails zu Ihren Kommentaren?
# $title: of the article.
commenter-subject-published = Ihr Kommentar ist veröffentlicht: { $title }
commenter-subject-rejected = Ihr Kommentar wurde nicht veröffentlicht: { $title }
# $name: who answered.
commenter-subject-answered = { $name } hat Ihnen geantwortet: { $title }
commenter-question = Möchten Sie E-Mails zu Ihren Kommentaren?
# $site: the name of the site.
commenter-question-who = Jemand hat bei { $site } unter einem Kommentar diese Adresse angegeben und um E-Mails dazu gebeten.
commenter-question-how = Waren Sie das, antworten Sie mit Ja. Wenn nicht, antworten Sie mit Nein oder gar nicht: Ohne ein Ja schreiben wir niemandem.
commenter-answer = Ja oder nein antworten
commenter-yes = Ja, bitte schreiben Sie mir
commenter-no = Nein, nie wieder fragen
commenter-published = Ihr Kommentar ist veröffentlicht
commenter-rejected = Ihr Kommentar wurde nicht veröffentlicht
# $name: who answered.
commenter-answered = { $name } hat Ihnen geantwortet
commenter-appeal-granted = Die Moderation hat ihn sich auf Ihre Bitte noch einmal angesehen und veröffentlicht.
commenter-appeal-refused = Die Moderation hat ihn sich auf Ihre Bitte noch einmal angesehen; er bleibt unveröffentlicht.
# $reason: in the words of the site.
commenter-reason = Grund: { $reason }
commenter-receipt = Ihr Kommentar und was Sie tun können
commenter-see-answer = Die Antwort auf der Seite lesen
commenter-why-question = Wir fragen höchstens einmal am Tag und insgesamt dreimal. { $site } weiß noch nicht, ob diese Adresse Ihnen gehört.
commenter-why = Sie erhalten diese E-Mail, weil Sie E-Mails zu Ihren Kommentaren bei { $site } zugestimmt haben.
commenter-end = Diese E-Mails beenden
# Before an address in plain text. $what: what is there.
commenter-plain-link = { $what }:
commenter-wanted = Sie erhalten E-Mails zu Ihren Kommentaren
commenter-wanted-text = { $site } schreibt Ihnen zu den Kommentaren, für die Sie das wählen.
commenter-ended = Sie erhalten keine E-Mails mehr
commenter-ended-text = { $site } schreibt nicht mehr wegen Kommentaren an diese Adresse und fragt auch nicht wieder.
commenter-stop = Alle E-Mails beenden
commenter-resume = Ich möchte wieder E-Mails

## Das Widget

widget-failed = Die Kommentare konnten nicht geladen werden.
widget-again = Noch einmal versuchen
widget-correct = Bitte korrigieren Sie die markierten Felder.
widget-unsent = Das konnte nicht gesendet werden. Ihr Text steht noch hier; bitte versuchen Sie es noch einmal.
widget-wait = Bitte versuchen Sie es { $when } noch einmal.
widget-cancel = Abbrechen
widget-remember = Name, E-Mail und Website in diesem Browser für meinen nächsten Kommentar merken.
widget-rules = Hausregeln
widget-privacy = Datenschutzhinweise
widget-own-pending = Das sehen nur Sie: Der Kommentar wird noch geprüft.
widget-receipt = Nachsehen, was daraus wird
widget-report-reason = Was stimmt damit nicht?
widget-report-abuse = Er beleidigt oder droht
widget-report-spam = Er ist Werbung
widget-report-off-topic = Er gehört nicht zum Artikel
widget-report-other = Etwas anderes
widget-report-illegal = Er verstößt gegen das Gesetz
widget-report-text = Möchten Sie etwas hinzufügen?
widget-report-law = Gegen welches Gesetz, und warum
widget-report-faith = Nach bestem Wissen sind meine Angaben richtig und vollständig.
widget-report-send = Senden
widget-report-done = Danke. Die Moderation sieht es sich an.

## Feeds, für Programme, die Neues zeigen

feed-title = Kommentare – { $site }
feed-entry = { $author } zu: { $title }
