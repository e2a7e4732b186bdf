### Tous les textes que voient les lecteurs, en français. Les notes pour la traduction sont dans en.ftl.

## Nombres et dates

digits-mark = { "\u202F" }
digits-least = 4

time-month = { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
}
time-moment = { $day ->
    [1] 1er { $month } { $year } à { $hour }:{ $minute } UTC
   *[other] { $day } { $month } { $year } à { $hour }:{ $minute } UTC
}
time-day = { $day ->
    [1] 1er { $month } { $year }
   *[other] { $day } { $month } { $year }
}
time-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
time-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
time-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}

## Ce que les pages ont en commun

page-skip = Aller au contenu
page-foot = Les commentaires sont gérés par { $name }.
page-back = Retour à l’article
page-status = HTTP { $status }
page-about = À propos de ce problème (en anglais)

## Les commentaires d’un article

comments-title = Commentaires
comments-title-on = Commentaires sur « { $title } »
comments-count = { $count ->
    [one] { NUMBER($count) } commentaire
   *[other] { NUMBER($count) } commentaires
}
comments-none = Aucun commentaire pour l’instant
comments-first = Soyez la première personne à donner votre avis.
comments-nothing = Rien n’a été publié sous cet article.
comments-more = Plus de commentaires
comments-begin = Revenir au début
comments-more-replies = Plus de réponses
comments-replies-to = Réponses à { $author }
comments-replies-to-removed = Réponses à un commentaire supprimé
comments-all = Tous les commentaires
comments-closed = Les commentaires sont fermés
comments-closed-text = Cet article n’accepte plus de commentaires. Ce qui a été publié reste ici.
comments-unknown = Cette page a été ouverte sans l’article auquel elle appartient.
comments-missing = Le commentaire que vous cherchez n’est pas publié ici.

sort-title = Ordre des commentaires
sort-oldest = Les plus anciens
sort-newest = Les plus récents
sort-top = Les plus discutés

comment-staff = La rédaction
comment-pick = Choix de la rédaction
comment-edited = Modifié
comment-edited-by-site = Modifié par la rédaction
comment-removed = Ce commentaire a été supprimé.
comment-reply = Répondre
comment-reply-to = Répondre à { $author }
comment-report = Signaler
comment-report-of = Signaler le commentaire de { $author }
comment-link = Lien vers ce commentaire, { $time }

notice-held = Votre commentaire est en attente de modération. Il apparaîtra ici dès qu’il aura été approuvé.
notice-published = Votre commentaire est publié. Merci de participer à la discussion.

## Le formulaire

form-title = Laisser un commentaire
form-replying = Réponse à { $author }
form-replying-somebody = Réponse à un commentaire
form-cancel = Annuler la réponse
form-correct = À corriger
form-note = Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués par { $mark }
form-comment = Commentaire
form-name = Nom
form-email = E-mail
form-website = Site web
form-trap = Laissez ce champ vide
form-post = Publier le commentaire
form-rules = Merci de respecter notre { $rules }.
form-rules-link = charte des commentaires
form-privacy = Comment nous traitons vos données : { $notice }.
form-privacy-link = politique de confidentialité

fault-required = Veuillez remplir ce champ.
fault-required-name = Veuillez indiquer votre nom.
fault-required-email = Veuillez indiquer votre adresse e-mail.
fault-required-comment = Veuillez écrire un commentaire.
fault-required-reason = Veuillez indiquer ce qui ne va pas dans ce commentaire.
fault-required-law = Veuillez indiquer en quoi il est illicite.
fault-required-good-faith = Veuillez cocher cette case : un tel signalement l’exige.
fault-only-illegal = Cela ne vaut que pour un signalement de contenu illégal. Choisissez ce motif, ou laissez ce champ vide.
fault-too-long = Veuillez raccourcir le contenu de ce champ.
fault-too-long-name = Le nom ne peut pas dépasser 100 caractères.
fault-too-long-email = L’adresse e-mail ne peut pas dépasser 254 caractères.
fault-too-long-website = L’adresse web ne peut pas dépasser 500 caractères.
fault-too-long-comment = Veuillez raccourcir votre commentaire.
fault-too-short = Veuillez en écrire un peu plus.
fault-control-character = Veuillez retirer les caractères de contrôle de ce champ.
fault-at-sign = Veuillez indiquer un nom sans @ ; il sera visible de tous.
fault-not-an-address = Veuillez indiquer une adresse e-mail, par exemple nom@example.org.
fault-not-a-url = Veuillez indiquer une adresse web qui commence par https:// ou http://.
fault-user-info = Veuillez retirer le nom d’utilisateur et le mot de passe de l’adresse web.
fault-foreign-origin = Cette adresse web n’appartient pas à ce site.
fault-not-published = Le commentaire auquel vous répondez n’est pas publié sous cet article.
fault-unknown-article = Cet article n’est pas encore connu ici. Veuillez le rouvrir et commenter depuis sa page.
fault-other = Le contenu de ce champ ne peut pas être accepté tel quel.

## Quand un commentaire n’a pas été accepté

refused-invalid = Votre commentaire n’a pas encore été envoyé
refused-invalid-text = Il manque quelque chose, ou un champ ne peut pas être accepté tel quel. Tout ce que vous avez saisi se trouve encore dans le formulaire.
refused-parent-text = Le commentaire auquel vous répondez n’est pas publié ici. Tout ce que vous avez saisi est encore dans le formulaire ci-dessous ; envoyé de là, il devient un commentaire à part entière.
refused-duplicate = Vous avez déjà envoyé ce commentaire
refused-duplicate-text = Nous avons déjà reçu de vous le même texte sous cet article. S’il n’est pas encore sur la page, il est en attente de modération.
refused-closed = Les commentaires sont fermés
refused-closed-text = Cet article n’accepte plus de commentaires ; le vôtre n’a donc pas pu être envoyé. Ce qui est publié reste lisible.
refused-fast = C’était un peu rapide
refused-fast-text = Plusieurs commentaires sont arrivés de votre réseau en peu de temps.
refused-slow = Un commentaire à la fois
refused-slow-text = Sous cet article, un certain temps doit s’écouler entre deux commentaires d’un même réseau.
refused-crowded-text = Votre commentaire est le premier sous cet article, et plusieurs premiers commentaires sont arrivés en peu de temps.
refused-later = Votre commentaire n’a pas pu être envoyé
refused-later-text = Les commentaires ne peuvent pas être reçus pour le moment ; votre texte se trouve encore dans le formulaire.
refused-gone-text = Cet article n’est plus disponible ici ; il ne peut pas être commenté.
refused-other-text = La demande comportait une anomalie. Veuillez retourner à l’article et envoyer votre commentaire depuis sa page.
refused-wait = Veuillez réessayer dans { $wait }.
refused-kept = Votre texte reste ci-dessous d’ici là.
refused-copy = Votre commentaire, à copier

## Autres pages qui n’ont qu’une chose à dire

problem-not-found = Il n’y a rien ici
problem-not-found-text = L’adresse n’est pas correcte, ou ce qui se trouvait ici n’est pas publié.
problem-gone = N’est plus disponible
problem-gone-text = Ce qui se trouvait ici a été supprimé, ou le lien a expiré.
problem-changed = Modifié entre-temps
problem-changed-text = Quelque chose a changé depuis que vous avez ouvert la page ; rien n’a donc été fait. Veuillez la rouvrir.
problem-fast = Trop de demandes
problem-fast-text = Votre réseau a envoyé en peu de temps plus que ce qui peut être reçu.
problem-later = Indisponible pour le moment
problem-later-text = Votre demande n’a pas pu être traitée. Veuillez réessayer dans un instant.
problem-origin = Cette page n’y est pas autorisée
problem-origin-text = La demande provient d’une page qui n’appartient pas au site.
problem-large = Texte trop long
problem-large-text = L’envoi dépasse ce qui peut être reçu. Veuillez le raccourcir.
problem-other = La demande n’a pas pu être traitée
problem-other-text = Elle comportait une anomalie. Veuillez revenir en arrière et réessayer.

## Le formulaire qui signale un commentaire

report-title = Signaler un commentaire
report-lead = Dites aux modérateurs ce qui ne va pas. Ils l’examineront de nouveau ; d’ici là, il reste sur la page.
report-of = Commentaire de { $author }
report-reason = Qu’est-ce qui ne va pas ?
report-abuse = Il attaque ou insulte des personnes
report-spam = C’est de la publicité ou du spam
report-off-topic = Il n’a rien à voir avec l’article
report-other = Autre chose
report-illegal = Il est contraire à la loi
report-text = Ce que les modérateurs devraient savoir
report-email = Votre adresse e-mail, s’ils peuvent vous répondre ; elle ne sera pas publiée
report-law-title = Seulement s’il est contraire à la loi
report-law-about = Un tel signalement est une notification formelle. Il exige ce qui suit et votre adresse e-mail.
report-law = Quelle loi, ou en quoi il est illicite
report-name = Votre nom
report-good-faith = Je pense, de bonne foi, que ce que j’indique ici est exact et complet.
report-send = Envoyer le signalement
report-sent = Merci pour votre signalement
report-sent-text = Il nous est parvenu. Un modérateur examinera le commentaire.
report-back = Retour au commentaire

## Le reçu : ce qu’il est advenu de son commentaire

receipt-window = { $state } : votre commentaire
receipt-title = Votre commentaire
receipt-waiting = En attente de modération
receipt-published = Publié
receipt-rejected = Non publié
receipt-withdrawn = Retiré
receipt-on = Sur l’article { $article }
receipt-waiting-text = Un modérateur le lit avant sa publication. D’ici là, personne d’autre ne peut le voir.
receipt-published-text = Tout le monde peut le lire.
receipt-see = Le voir sur la page
receipt-edit-waits = Votre modification est en attente de modération. D’ici là, le texte précédent reste sur la page.
receipt-rejected-text = Un modérateur a décidé de ne pas le publier.
receipt-reason = Motif :
receipt-law = Le modérateur le considère contraire à la loi.
receipt-terms = Il est contraire aux règles de { $site }.
receipt-withdrawn-text = Vous l’avez retiré. Il n’est pas sur la page.
receipt-own = Ce que vous avez écrit
receipt-own-edited = Votre commentaire, tel que la rédaction l’a modifié
receipt-sent = Envoyé le { $time }
receipt-change = Le modifier
receipt-change-until = Vous pouvez le modifier jusqu’au { $until }.
receipt-change-waiting = Vous pouvez le modifier tant qu’il est en attente.
receipt-change-open = Modifier votre commentaire…
receipt-change-save = Enregistrer les modifications
receipt-withdraw = Le retirer
receipt-withdraw-open = Retirer votre commentaire…
receipt-withdraw-public = Il sera supprimé de la page. C’est irréversible.
receipt-withdraw-unseen = Il ne sera pas publié. C’est irréversible.
receipt-withdraw-button = Oui, le retirer
receipt-keep = Conservez ce lien.
receipt-keep-text = L’adresse de cette page est privée : elle vous permet de revenir voir ce qu’il est advenu de votre commentaire. Toute personne qui la possède peut en faire autant ; ne la transmettez donc pas.
receipt-saved = Vos modifications sont enregistrées.
receipt-saved-waits = Enregistré. Le texte publié reste en place jusqu’à ce qu’un modérateur ait lu le nouveau.
receipt-withdrawn-now = Votre commentaire a été retiré.
receipt-appeal = Vous n’êtes pas d’accord ?
receipt-appeal-text = Vous pouvez dire une fois pourquoi il devrait tout de même être publié. La modération le réexaminera.
receipt-appeal-open = Demander un nouvel examen…
receipt-appeal-label = Ce que la modération devrait savoir
receipt-appeal-send = Demander un nouvel examen
receipt-appeal-now = La modération va réexaminer votre commentaire.
receipt-appeal-waits = Vous avez demandé un nouvel examen. La décision n’est pas encore prise.
receipt-notify-about = Nous n’envoyons d’e-mails qu’après votre réponse à une question envoyée à votre adresse.
receipt-notify-save = Enregistrer
receipt-notify-now = Enregistré. Si nous n’avons encore jamais interrogé votre adresse, un e-mail contenant une question est en route.
receipt-notify-none-now = Enregistré. Vous ne recevrez pas d’e-mail au sujet de ce commentaire.

## Mail about comments: what readers choose, and what mails and their pages say

form-notify = M’écrire par e-mail
form-notify-none = Jamais
form-notify-outcome = Quand la décision est prise
form-notify-replies = Quand la décision est prise, et pour les réponses
# In the subject, behind the name of the site in brackets.
commenter-subject-question = Souhaitez-vous des e-mails sur vos commentaires ?
# $title: of the article.
commenter-subject-published = Votre commentaire est publié : { $title }
commenter-subject-rejected = Votre commentaire n’a pas été publié : { $title }
# $name: who answered.
commenter-subject-answered = { $name } vous a répondu : { $title }
commenter-question = Souhaitez-vous des e-mails sur vos commentaires ?
# $site: the name of the site.
commenter-question-who = Quelqu’un a indiqué cette adresse avec un commentaire sur { $site } et a demandé à recevoir des e-mails à ce sujet.
commenter-question-how = Si c’était vous, répondez oui. Sinon, répondez non ou ne faites rien : sans un oui, nous n’écrivons à personne.
commenter-answer = Répondre oui ou non
commenter-yes = Oui, écrivez-moi
commenter-no = Non, ne plus jamais demander
commenter-published = Votre commentaire est publié
commenter-rejected = Votre commentaire n’a pas été publié
# $name: who answered.
commenter-answered = { $name } vous a répondu
commenter-appeal-granted = Comme vous l’avez demandé, la modération l’a réexaminé, et il est publié.
commenter-appeal-refused = Comme vous l’avez demandé, la modération l’a réexaminé ; il reste non publié.
# $reason: in the words of the site.
commenter-reason = Motif : { $reason }
commenter-receipt = Votre commentaire et ce que vous pouvez faire
commenter-see-answer = Voir la réponse sur la page
commenter-why-question = Nous posons la question une fois par jour au plus, et trois fois en tout. { $site } ne sait pas encore si cette adresse est la vôtre.
commenter-why = Vous recevez cet e-mail parce que vous avez accepté d’en recevoir sur vos commentaires sur { $site }.
commenter-end = Ne plus recevoir ces e-mails
# Before an address in plain text. $what: what is there.
commenter-plain-link = { $what } :
commenter-wanted = Vous recevez des e-mails sur vos commentaires
commenter-wanted-text = { $site } vous écrit au sujet des commentaires pour lesquels vous le choisissez.
commenter-ended = Vous ne recevrez plus d’e-mails
commenter-ended-text = { $site } n’écrit plus à cette adresse au sujet de commentaires et ne posera plus la question.
commenter-stop = Arrêter tous les e-mails
commenter-resume = Recevoir à nouveau des e-mails

## Le widget

widget-failed = Les commentaires n’ont pas pu être chargés.
widget-again = Réessayer
widget-correct = Veuillez corriger les champs signalés.
widget-unsent = L’envoi n’a pas abouti. Votre texte est toujours là ; veuillez réessayer.
widget-wait = Veuillez réessayer { $when }.
widget-cancel = Annuler
widget-remember = Retenir mon nom, mon e-mail et mon site dans ce navigateur pour mon prochain commentaire.
widget-rules = Charte des commentaires
widget-privacy = Politique de confidentialité
widget-own-pending = Vous seul pouvez le voir : ce commentaire est en attente de modération.
widget-receipt = Voir ce qu’il en advient
widget-report-reason = Quel est le problème ?
widget-report-abuse = Il insulte ou menace
widget-report-spam = C’est de la publicité
widget-report-off-topic = Il est sans rapport avec l’article
widget-report-other = Autre chose
widget-report-illegal = Il est contraire à la loi
widget-report-text = Quelque chose à ajouter ?
widget-report-law = Quelle loi, et pourquoi
widget-report-faith = À ma connaissance, ce que j’indique ici est exact et complet.
widget-report-send = Envoyer
widget-report-done = Merci. La modération va l’examiner.

## Les flux, pour les programmes qui montrent les nouveautés

feed-title = Commentaires – { $site }
feed-entry = { $author } à propos de : { $title }
