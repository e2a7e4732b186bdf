### Todos los textos que ven los lectores, en español. Las notas para traducir están en en.ftl.

## Números y fechas

digits-mark = .
digits-least = 5

time-month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
time-moment = { $day } de { $month } de { $year }, { $hour }:{ $minute } UTC
time-day = { $day } de { $month } de { $year }
time-seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
time-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
time-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}

## Lo que tienen en común las páginas

page-skip = Ir al contenido
page-foot = Los comentarios se gestionan con { $name }.
page-back = Volver al artículo
page-status = HTTP { $status }
page-about = Sobre este problema (en inglés)

## Los comentarios de un artículo

comments-title = Comentarios
comments-title-on = Comentarios sobre «{ $title }»
comments-count = { $count ->
    [one] { NUMBER($count) } comentario
   *[other] { NUMBER($count) } comentarios
}
comments-none = Todavía no hay comentarios
comments-first = Dé su opinión: este será el primer comentario.
comments-nothing = No se publicó nada en este artículo.
comments-more = Más comentarios
comments-begin = Volver al principio
comments-more-replies = Más respuestas
comments-replies-to = Respuestas a { $author }
comments-replies-to-removed = Respuestas a un comentario eliminado
comments-all = Todos los comentarios
comments-closed = Los comentarios están cerrados
comments-closed-text = Este artículo ya no admite comentarios. Lo publicado permanece aquí.
comments-unknown = Esta página se abrió sin el artículo al que pertenece.
comments-missing = El comentario que busca no está publicado aquí.

sort-title = Orden de los comentarios
sort-oldest = Más antiguos
sort-newest = Más recientes
sort-top = Más debatidos

comment-staff = Redacción
comment-pick = Destacado por la redacción
comment-edited = Editado
comment-edited-by-site = Editado por la redacción
comment-removed = Este comentario fue eliminado.
comment-reply = Responder
comment-reply-to = Responder a { $author }
comment-report = Denunciar
comment-report-of = Denunciar el comentario de { $author }
comment-link = Enlace a este comentario, { $time }

notice-held = Su comentario está pendiente de moderación. Aparecerá aquí en cuanto se apruebe.
notice-published = Su comentario se ha publicado. Gracias por participar en la conversación.

## El formulario

form-title = Deje un comentario
form-replying = Respuesta a { $author }
form-replying-somebody = Respuesta a un comentario
form-cancel = Cancelar la respuesta
form-correct = Por corregir
form-note = Su dirección de correo electrónico no se publicará. Los campos obligatorios están marcados con { $mark }
form-comment = Comentario
form-name = Nombre
form-email = Correo electrónico
form-website = Sitio web
form-trap = Deje este campo vacío
form-post = Publicar comentario
form-rules = Respete nuestras { $rules }, por favor.
form-rules-link = normas de participación
form-privacy = Cómo tratamos sus datos: { $notice }.
form-privacy-link = política de privacidad

fault-required = Rellene este campo, por favor.
fault-required-name = Escriba su nombre, por favor.
fault-required-email = Escriba su dirección de correo electrónico, por favor.
fault-required-comment = Escriba un comentario, por favor.
fault-required-reason = Indique qué problema tiene el comentario, por favor.
fault-required-law = Indique por qué es ilícito, por favor.
fault-required-good-faith = Marque esta casilla, por favor: una denuncia así la necesita.
fault-only-illegal = Esto solo vale para avisar de que algo es ilegal. Elija ese motivo o deje esto vacío.
fault-too-long = Acorte el contenido de este campo, por favor.
fault-too-long-name = El nombre puede tener 100 caracteres como máximo.
fault-too-long-email = La dirección de correo puede tener 254 caracteres como máximo.
fault-too-long-website = La dirección web puede tener 500 caracteres como máximo.
fault-too-long-comment = Acorte su comentario, por favor.
fault-too-short = Escriba un poco más, por favor.
fault-control-character = Quite los caracteres de control de este campo, por favor.
fault-at-sign = Escriba un nombre sin @, por favor; todo el mundo podrá verlo.
fault-not-an-address = Escriba una dirección de correo electrónico, como nombre@example.org.
fault-not-a-url = Escriba una dirección web que empiece por https:// o http://.
fault-user-info = Quite el nombre de usuario y la contraseña de la dirección web, por favor.
fault-foreign-origin = Esta dirección web no pertenece a este sitio.
fault-not-published = El comentario al que responde no está publicado en este artículo.
fault-unknown-article = Este artículo aún no se conoce aquí. Ábralo de nuevo y comente desde su página, por favor.
fault-other = El contenido de este campo no puede aceptarse así.

## Cuando un comentario no se ha aceptado

refused-invalid = Su comentario aún no se ha enviado
refused-invalid-text = Falta algo o hay algo que no puede aceptarse así. Todo lo que escribió sigue en el formulario.
refused-parent-text = El comentario al que responde no está publicado aquí. Todo lo que ha escrito sigue en el formulario de abajo; enviado desde ahí, será un comentario aparte.
refused-duplicate = Ya ha enviado este comentario
refused-duplicate-text = Ya recibimos de usted el mismo texto en este artículo. Si aún no está en la página, está pendiente de moderación.
refused-closed = Los comentarios están cerrados
refused-closed-text = Este artículo ya no admite comentarios, por lo que el suyo no se ha podido enviar. Lo publicado se puede seguir leyendo.
refused-fast = Ha ido un poco rápido
refused-fast-text = Han llegado varios comentarios desde su red en poco tiempo.
refused-slow = De uno en uno
refused-slow-text = En este artículo debe pasar un tiempo entre dos comentarios de la misma red.
refused-crowded-text = El suyo es el primer comentario de este artículo, y han llegado varios primeros comentarios en poco tiempo.
refused-later = No se ha podido enviar su comentario
refused-later-text = En este momento no se pueden recibir comentarios; su texto sigue en el formulario.
refused-gone-text = Este artículo ya no está aquí, por lo que no se puede comentar.
refused-other-text = Había algo incorrecto en la solicitud. Vuelva al artículo y envíe su comentario desde allí, por favor.
refused-wait = Inténtelo de nuevo en { $wait }, por favor.
refused-kept = Hasta entonces, su texto se conserva aquí debajo.
refused-copy = Su comentario, para copiarlo

## Otras páginas que dicen una sola cosa

problem-not-found = Aquí no hay nada
problem-not-found-text = La dirección no es correcta, o lo que había aquí no está publicado.
problem-gone = Ya no está disponible
problem-gone-text = Lo que había aquí se ha eliminado, o el enlace ha caducado.
problem-changed = Cambiado entretanto
problem-changed-text = Algo cambió después de que usted abriera la página, así que no se ha hecho nada. Ábrala de nuevo, por favor.
problem-fast = Demasiadas solicitudes
problem-fast-text = Desde su red ha llegado en poco tiempo más de lo que se puede recibir.
problem-later = No disponible por el momento
problem-later-text = No se ha podido responder a su solicitud. Inténtelo de nuevo en un momento, por favor.
problem-origin = Esta página no tiene permiso para hacerlo
problem-origin-text = La solicitud procede de una página que no pertenece al sitio.
problem-large = Demasiado texto
problem-large-text = Se ha enviado más de lo que se puede recibir. Acórtelo, por favor.
problem-other = No se ha podido responder a la solicitud
problem-other-text = Había algo incorrecto en ella. Vuelva atrás e inténtelo de nuevo, por favor.

## El formulario con el que se denuncia un comentario

report-title = Denunciar un comentario
report-lead = Diga a los moderadores qué problema tiene. Lo revisarán de nuevo; hasta entonces permanece en la página.
report-of = Comentario de { $author }
report-reason = ¿Qué problema tiene?
report-abuse = Ataca o insulta a personas
report-spam = Es publicidad o spam
report-off-topic = No tiene nada que ver con el artículo
report-other = Otra cosa
report-illegal = Es contrario a la ley
report-text = Lo que los moderadores deberían saber
report-email = Su correo electrónico, si podemos responderle; no se publicará
report-law-title = Solo si es contrario a la ley
report-law-about = Una denuncia así es una notificación formal. Necesita lo siguiente y su correo electrónico.
report-law = Qué ley infringe, o por qué es ilícito
report-name = Su nombre
report-good-faith = Creo de buena fe que lo que indico aquí es exacto y completo.
report-send = Enviar la denuncia
report-sent = Gracias por su denuncia
report-sent-text = La hemos recibido. Un moderador revisará el comentario.
report-back = Volver al comentario

## El resguardo: qué fue del propio comentario

receipt-window = { $state }: su comentario
receipt-title = Su comentario
receipt-waiting = Pendiente de moderación
receipt-published = Publicado
receipt-rejected = No publicado
receipt-withdrawn = Retirado
receipt-on = En el artículo { $article }
receipt-waiting-text = Un moderador lo lee antes de que se publique. Hasta entonces, nadie más puede verlo.
receipt-published-text = Todo el mundo puede leerlo.
receipt-see = Verlo en la página
receipt-edit-waits = Su cambio está pendiente de moderación. Hasta entonces, el texto anterior permanece en la página.
receipt-rejected-text = Un moderador ha decidido no publicarlo.
receipt-reason = Motivo:
receipt-law = El moderador considera que es contrario a la ley.
receipt-terms = Es contrario a las normas de { $site }.
receipt-withdrawn-text = Usted lo ha retirado. No está en la página.
receipt-own = Lo que usted escribió
receipt-own-edited = Su comentario, tal como lo editó la redacción
receipt-sent = Enviado el { $time }
receipt-change = Modificarlo
receipt-change-until = Puede modificarlo hasta el { $until }.
receipt-change-waiting = Puede modificarlo mientras esté pendiente.
receipt-change-open = Modificar su comentario…
receipt-change-save = Guardar los cambios
receipt-withdraw = Retirarlo
receipt-withdraw-open = Retirar su comentario…
receipt-withdraw-public = Se eliminará de la página. No se puede deshacer.
receipt-withdraw-unseen = No se publicará. No se puede deshacer.
receipt-withdraw-button = Sí, retirarlo
receipt-keep = Guarde este enlace.
receipt-keep-text = La dirección de esta página es privada: con ella puede volver y ver qué ha sido de su comentario. Cualquiera que la tenga puede hacer lo mismo, así que no la comparta.
receipt-saved = Sus cambios se han guardado.
receipt-saved-waits = Guardado. El texto publicado permanece hasta que un moderador haya leído el nuevo.
receipt-withdrawn-now = Su comentario se ha retirado.
receipt-appeal = ¿No está de acuerdo?
receipt-appeal-text = Puede decir una vez por qué debería publicarse de todos modos. La moderación lo revisará de nuevo.
receipt-appeal-open = Pedir otra revisión…
receipt-appeal-label = Lo que la moderación debería saber
receipt-appeal-send = Pedir otra revisión
receipt-appeal-now = La moderación revisará su comentario de nuevo.
receipt-appeal-waits = Ha pedido otra revisión. Aún no hay una decisión.
receipt-notify-about = Solo enviamos correos después de que usted responda a una pregunta que mandamos a su dirección.
receipt-notify-save = Guardar
receipt-notify-now = Guardado. Si nunca hemos preguntado a su dirección, va en camino un correo con una pregunta.
receipt-notify-none-now = Guardado. No recibirá correos sobre este comentario.

## Mail about comments: what readers choose, and what mails and their pages say

form-notify = Escribirme por correo
form-notify-none = Nunca
form-notify-outcome = Cuando se decida
form-notify-replies = Cuando se decida, y si hay respuestas
# In the subject, behind the name of the site in brackets.
commenter-subject-question = ¿Desea recibir correos sobre sus comentarios?
# $title: of the article.
commenter-subject-published = Su comentario está publicado: { $title }
commenter-subject-rejected = Su comentario no se ha publicado: { $title }
# $name: who answered.
commenter-subject-answered = { $name } le ha respondido: { $title }
commenter-question = ¿Desea recibir correos sobre sus comentarios?
# $site: the name of the site.
commenter-question-who = Alguien ha dejado esta dirección con un comentario en { $site } y ha pedido correos sobre él.
commenter-question-how = Si fue usted, responda que sí. Si no, responda que no o no haga nada: sin un sí no escribimos a nadie.
commenter-answer = Responder sí o no
commenter-yes = Sí, escríbanme
commenter-no = No, no preguntar nunca más
commenter-published = Su comentario está publicado
commenter-rejected = Su comentario no se ha publicado
# $name: who answered.
commenter-answered = { $name } le ha respondido
commenter-appeal-granted = La moderación lo ha revisado de nuevo, como usted pidió, y está publicado.
commenter-appeal-refused = La moderación lo ha revisado de nuevo, como usted pidió, y sigue sin publicarse.
# $reason: in the words of the site.
commenter-reason = Motivo: { $reason }
commenter-receipt = Su comentario y lo que puede hacer
commenter-see-answer = Ver la respuesta en la página
commenter-why-question = Preguntamos como mucho una vez al día y tres veces en total. { $site } aún no sabe si esta dirección es suya.
commenter-why = Recibe este correo porque aceptó recibir correos sobre sus comentarios en { $site }.
commenter-end = Dejar de recibir estos correos
# Before an address in plain text. $what: what is there.
commenter-plain-link = { $what }:
commenter-wanted = Recibe correos sobre sus comentarios
commenter-wanted-text = { $site } le escribe sobre los comentarios para los que usted lo elija.
commenter-ended = No recibirá más correos
commenter-ended-text = { $site } ya no escribe a esta dirección sobre comentarios, ni volverá a preguntar.
commenter-stop = Dejar de recibir correos
commenter-resume = Quiero recibir correos de nuevo

## El widget

widget-failed = No se han podido cargar los comentarios.
widget-again = Intentarlo de nuevo
widget-correct = Corrija los campos marcados, por favor.
widget-unsent = No se ha podido enviar. Su texto sigue aquí; inténtelo de nuevo, por favor.
widget-wait = Inténtelo de nuevo { $when }, por favor.
widget-cancel = Cancelar
widget-remember = Recordar mi nombre, correo y sitio web en este navegador para mi próximo comentario.
widget-rules = Normas de participación
widget-privacy = Política de privacidad
widget-own-pending = Solo usted puede verlo: está pendiente de moderación.
widget-receipt = Ver qué ocurre con él
widget-report-reason = ¿Qué problema hay?
widget-report-abuse = Insulta o amenaza
widget-report-spam = Es publicidad
widget-report-off-topic = No trata del artículo
widget-report-other = Otra cosa
widget-report-illegal = Va contra la ley
widget-report-text = ¿Algo que añadir?
widget-report-law = Qué ley y por qué
widget-report-faith = A mi leal saber y entender, lo que digo aquí es cierto y completo.
widget-report-send = Enviar
widget-report-done = Gracias. Un moderador lo revisará.

## Canales, para programas que muestran lo nuevo

feed-title = Comentarios – { $site }
feed-entry = { $author } sobre: { $title }
