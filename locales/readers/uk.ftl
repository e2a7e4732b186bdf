### Усі тексти, які бачать читачі, українською. Примітки для перекладачів — у en.ftl.

## Числа й час

digits-mark = { "\u00A0" }
digits-least = 5

# У родовому відмінку, як у датах.
time-month = { $month ->
    [1] січня
    [2] лютого
    [3] березня
    [4] квітня
    [5] травня
    [6] червня
    [7] липня
    [8] серпня
    [9] вересня
    [10] жовтня
    [11] листопада
   *[12] грудня
}
time-moment = { $day } { $month } { $year } року, { $hour }:{ $minute } UTC
time-day = { $day } { $month } { $year } року
# У знахідному відмінку, як після «через».
time-seconds = { $count ->
    [one] { $count } секунду
    [few] { $count } секунди
    [many] { $count } секунд
   *[other] { $count } секунди
}
time-minutes = { $count ->
    [one] { $count } хвилину
    [few] { $count } хвилини
    [many] { $count } хвилин
   *[other] { $count } хвилини
}
time-hours = { $count ->
    [one] { $count } годину
    [few] { $count } години
    [many] { $count } годин
   *[other] { $count } години
}

## Спільне для сторінок

page-skip = Перейти до вмісту
page-foot = Коментарі працюють на { $name }.
page-back = Назад до статті
page-status = HTTP { $status }
page-about = Про цю помилку (англійською)

## Коментарі до статті

comments-title = Коментарі
comments-title-on = Коментарі до статті «{ $title }»
comments-count = { $count ->
    [one] { NUMBER($count) } коментар
    [few] { NUMBER($count) } коментарі
    [many] { NUMBER($count) } коментарів
   *[other] { NUMBER($count) } коментаря
}
comments-none = Коментарів ще немає
comments-first = Напишіть перший коментар.
comments-nothing = Під цією статтею нічого не опубліковано.
comments-more = Більше коментарів
comments-begin = На початок
comments-more-replies = Більше відповідей
comments-replies-to = Відповіді на коментар { $author }
comments-replies-to-removed = Відповіді на вилучений коментар
comments-all = Усі коментарі
comments-closed = Коментування закрито
comments-closed-text = Цю статтю більше не можна коментувати. Опубліковане залишається тут.
comments-unknown = Цю сторінку відкрито без статті, до якої вона належить.
comments-missing = Коментар, який Ви шукаєте, тут не опубліковано.

sort-title = Порядок коментарів
sort-oldest = Спочатку найдавніші
sort-newest = Спочатку найновіші
sort-top = Найобговорюваніші

comment-staff = Редакція
comment-pick = Вибір редакції
comment-edited = Змінено
comment-edited-by-site = Змінено редакцією
comment-removed = Цей коментар вилучено.
comment-reply = Відповісти
comment-reply-to = Відповісти на коментар { $author }
comment-report = Поскаржитися
comment-report-of = Поскаржитися на коментар { $author }
comment-link = Посилання на цей коментар, { $time }

notice-held = Ваш коментар очікує на перевірку. Він з’явиться тут, щойно його схвалить модератор.
notice-published = Ваш коментар опубліковано. Дякуємо, що долучилися до розмови.

## Форма

form-title = Залишити коментар
form-replying = Відповідь на коментар { $author }
form-replying-somebody = Відповідь на коментар
form-cancel = Скасувати відповідь
form-correct = Що виправити
form-note = Вашу електронну адресу не буде опубліковано. Обов’язкові поля позначено { $mark }
form-comment = Коментар
form-name = Ім’я
form-email = Електронна пошта
form-website = Сайт
form-trap = Залиште це поле порожнім
form-post = Надіслати коментар
form-rules = Будь ласка, дотримуйтеся наших { $rules }.
form-rules-link = правил спілкування
form-privacy = Як ми поводимося з Вашими даними: { $notice }.
form-privacy-link = політика приватності

fault-required = Будь ласка, заповніть це поле.
fault-required-name = Будь ласка, вкажіть своє ім’я.
fault-required-email = Будь ласка, вкажіть свою електронну адресу.
fault-required-comment = Будь ласка, напишіть коментар.
fault-required-reason = Будь ласка, виберіть, що не так із коментарем.
fault-required-law = Будь ласка, вкажіть, чому він протиправний.
fault-required-good-faith = Будь ласка, поставте цю позначку: така скарга її потребує.
fault-only-illegal = Це потрібно лише для повідомлення про порушення закону. Виберіть цю причину або залиште це порожнім.
fault-too-long = Будь ласка, скоротіть уміст цього поля.
fault-too-long-name = Ім’я може мати щонайбільше 100 символів.
fault-too-long-email = Електронна адреса може мати щонайбільше 254 символи.
fault-too-long-website = Вебадреса може мати щонайбільше 500 символів.
fault-too-long-comment = Будь ласка, скоротіть свій коментар.
fault-too-short = Будь ласка, напишіть трохи більше.
fault-control-character = Будь ласка, приберіть із цього поля керівні символи.
fault-at-sign = Будь ласка, вкажіть ім’я без знака @: його бачитимуть усі.
fault-not-an-address = Будь ласка, вкажіть електронну адресу, наприклад name@example.org.
fault-not-a-url = Будь ласка, вкажіть вебадресу, що починається з https:// або http://.
fault-user-info = Будь ласка, приберіть із вебадреси ім’я користувача та пароль.
fault-foreign-origin = Ця вебадреса не належить цьому сайту.
fault-not-published = Коментар, на який Ви відповідаєте, не опубліковано під цією статтею.
fault-unknown-article = Цю статтю тут ще не знають. Будь ласка, відкрийте її знову й залиште коментар звідти.
fault-other = Уміст цього поля не можна прийняти в такому вигляді.

## Коли коментар не прийнято

refused-invalid = Ваш коментар ще не надіслано
refused-invalid-text = Чогось бракує або щось не можна прийняти в такому вигляді. Усе, що Ви ввели, залишилося у формі.
refused-parent-text = Коментар, на який Ви відповідаєте, тут не опубліковано. Усе, що Ви ввели, залишилося у формі нижче; надіслане звідти, воно стане окремим коментарем.
refused-duplicate = Ви це вже надсилали
refused-duplicate-text = Такий самий текст від Вас під цією статтею вже надійшов. Якщо його ще немає на сторінці, він очікує на перевірку.
refused-closed = Коментування закрито
refused-closed-text = Цю статтю більше не можна коментувати, тому Ваш коментар не надіслано. Опубліковане можна читати й далі.
refused-fast = Трохи зашвидко
refused-fast-text = З Вашої мережі за короткий час надійшло кілька коментарів.
refused-slow = По одному, будь ласка
refused-slow-text = Під цією статтею між двома коментарями з однієї мережі має минути певний час.
refused-crowded-text = Ваш коментар під цією статтею перший, а за короткий час надійшло кілька таких перших коментарів.
refused-later = Не вдалося надіслати Ваш коментар
refused-later-text = Зараз коментарі не приймаються; Ваш текст залишився у формі.
refused-gone-text = Цієї статті тут більше немає, тож коментувати нема чого.
refused-other-text = Із запитом щось не так. Будь ласка, поверніться до статті й надішліть коментар звідти.
refused-wait = Будь ласка, спробуйте ще раз через { $wait }.
refused-kept = До того часу Ваш текст збережено нижче.
refused-copy = Ваш коментар, щоб скопіювати

## Інші сторінки з одним повідомленням

problem-not-found = Тут нічого немає
problem-not-found-text = Адреса неправильна або те, що тут було, не опубліковано.
problem-gone = Більше не доступно
problem-gone-text = Те, що тут було, вилучено, або термін дії посилання минув.
problem-changed = Тим часом щось змінилося
problem-changed-text = Після того як Ви відкрили сторінку, щось змінилося, тому нічого не зроблено. Будь ласка, відкрийте її знову.
problem-fast = Забагато запитів
problem-fast-text = З Вашої мережі за короткий час надійшло більше, ніж можна прийняти.
problem-later = Тимчасово недоступно
problem-later-text = Не вдалося відповісти на Ваш запит. Будь ласка, спробуйте ще раз за мить.
problem-origin = Цій сторінці це не дозволено
problem-origin-text = Запит надійшов зі сторінки, що не належить сайту.
problem-large = Забагато тексту
problem-large-text = Надіслано більше, ніж можна прийняти. Будь ласка, скоротіть текст.
problem-other = Не вдалося відповісти на запит
problem-other-text = Із ним щось не так. Будь ласка, поверніться й спробуйте ще раз.

## Форма скарги на коментар

report-title = Поскаржитися на коментар
report-lead = Повідомте модераторам, що з ним не так. Вони переглянуть його ще раз; до того часу він залишається на сторінці.
report-of = Коментар { $author }
report-reason = Що з ним не так?
report-abuse = Він нападає на людей або ображає їх
report-spam = Це реклама або спам
report-off-topic = Він не стосується статті
report-other = Щось інше
report-illegal = Він суперечить закону
report-text = Що варто знати модераторам
report-email = Ваша електронна адреса, якщо Вам можна відповісти; її не буде опубліковано
report-law-title = Лише якщо він суперечить закону
report-law-about = Така скарга є офіційним повідомленням. Вона потребує наведеного нижче та Вашої електронної адреси.
report-law = Якому закону, або чому він протиправний
report-name = Ваше ім’я
report-good-faith = Я добросовісно вважаю, що вказане тут точне й повне.
report-send = Надіслати скаргу
report-sent = Дякуємо за Вашу скаргу
report-sent-text = Ми її отримали. Модератор перегляне коментар.
report-back = Назад до коментаря

## Квитанція: що сталося з власним коментарем

receipt-window = { $state }: Ваш коментар
receipt-title = Ваш коментар
receipt-waiting = Очікує на перевірку
receipt-published = Опубліковано
receipt-rejected = Не опубліковано
receipt-withdrawn = Відкликано
receipt-on = До статті { $article }
receipt-waiting-text = Модератор прочитає його перед публікацією. До того часу його не бачить ніхто інший.
receipt-published-text = Його можуть читати всі.
receipt-see = Побачити на сторінці
receipt-edit-waits = Ваша зміна очікує на перевірку. До того часу на сторінці залишається попередній текст.
receipt-rejected-text = Модератор вирішив його не публікувати.
receipt-reason = Причина:
receipt-law = На думку модератора, він суперечить закону.
receipt-terms = Він суперечить правилам сайту { $site }.
receipt-withdrawn-text = Ви його відкликали. На сторінці його немає.
receipt-own = Що Ви написали
receipt-own-edited = Ваш коментар зі змінами редакції
receipt-sent = Надіслано { $time }
receipt-change = Змінити
receipt-change-until = Ви можете змінити його до { $until }.
receipt-change-waiting = Ви можете змінити його, доки він очікує на перевірку.
receipt-change-open = Змінити свій коментар…
receipt-change-save = Зберегти зміни
receipt-withdraw = Відкликати
receipt-withdraw-open = Відкликати свій коментар…
receipt-withdraw-public = Його буде вилучено зі сторінки. Скасувати це неможливо.
receipt-withdraw-unseen = Його не буде опубліковано. Скасувати це неможливо.
receipt-withdraw-button = Так, відкликати
receipt-keep = Збережіть це посилання.
receipt-keep-text = Адреса цієї сторінки приватна: за нею Ви можете повернутися й побачити, що сталося з Вашим коментарем. Кожен, хто її має, може зробити те саме, тож не передавайте її нікому.
receipt-saved = Ваші зміни збережено.
receipt-saved-waits = Збережено. Опублікований текст залишається, доки модератор не прочитає новий.
receipt-withdrawn-now = Ваш коментар відкликано.
receipt-appeal = Ви не згодні?
receipt-appeal-text = Ви можете один раз пояснити, чому його все ж варто опублікувати. Тоді модератори розглянуть його ще раз.
receipt-appeal-open = Попросити про повторний розгляд…
receipt-appeal-label = Що варто знати модераторам
receipt-appeal-send = Попросити про повторний розгляд
receipt-appeal-now = Модератори розглянуть Ваш коментар ще раз.
receipt-appeal-waits = Ви попросили про повторний розгляд. Рішення ще немає.
receipt-notify-about = Ми надсилаємо листи лише після того, як Ви відповісте на одне запитання, надіслане на Вашу адресу.
receipt-notify-save = Зберегти
receipt-notify-now = Збережено. Якщо ми ще не запитували Вашу адресу, лист із одним запитанням уже в дорозі.
receipt-notify-none-now = Збережено. Про цей коментар листів не буде.

## Mail about comments: what readers choose, and what mails and their pages say

form-notify = Писати мені на пошту
form-notify-none = Ніколи
form-notify-outcome = Коли буде рішення
form-notify-replies = Коли буде рішення, і про відповіді
# In the subject, behind the name of the site in brackets.
commenter-subject-question = Чи бажаєте Ви листи про Ваші коментарі?
# $title: of the article.
commenter-subject-published = Ваш коментар опубліковано: { $title }
commenter-subject-rejected = Ваш коментар не опубліковано: { $title }
# $name: who answered.
commenter-subject-answered = { $name } відповідає Вам: { $title }
commenter-question = Чи бажаєте Ви листи про Ваші коментарі?
# $site: the name of the site.
commenter-question-who = Хтось залишив цю адресу під коментарем на { $site } і попросив надсилати листи про нього.
commenter-question-how = Якщо це були Ви, відповідайте «так». Якщо ні, відповідайте «ні» або нічого не робіть: без згоди ми нікому не пишемо.
commenter-answer = Відповісти «так» або «ні»
commenter-yes = Так, пишіть мені
commenter-no = Ні, більше не запитуйте
commenter-published = Ваш коментар опубліковано
commenter-rejected = Ваш коментар не опубліковано
# $name: who answered.
commenter-answered = { $name } відповідає Вам
commenter-appeal-granted = На Ваше прохання модератор розглянув його ще раз, і його опубліковано.
commenter-appeal-refused = На Ваше прохання модератор розглянув його ще раз; він залишається неопублікованим.
# $reason: in the words of the site.
commenter-reason = Причина: { $reason }
commenter-receipt = Ваш коментар і що Ви можете зробити
commenter-see-answer = Переглянути відповідь на сторінці
commenter-why-question = Ми запитуємо щонайбільше раз на день і тричі загалом. { $site } ще не знає, чи ця адреса Ваша.
commenter-why = Ви отримали цей лист, бо погодилися отримувати листи про Ваші коментарі на { $site }.
commenter-end = Припинити ці листи
# Before an address in plain text. $what: what is there.
commenter-plain-link = { $what }:
commenter-wanted = Ви отримуєте листи про Ваші коментарі
commenter-wanted-text = { $site } пише Вам про ті коментарі, для яких Ви це обрали.
commenter-ended = Ви більше не отримуватимете листів
commenter-ended-text = { $site } більше не пише на цю адресу про коментарі й не запитуватиме знову.
commenter-stop = Припинити всі листи
commenter-resume = Хочу знову отримувати листи

## Віджет

widget-failed = Не вдалося завантажити коментарі.
widget-again = Спробувати ще раз
widget-correct = Будь ласка, виправте позначені поля.
widget-unsent = Надіслати не вдалося. Ваш текст залишився тут; спробуйте ще раз.
widget-wait = Будь ласка, спробуйте ще раз { $when }.
widget-cancel = Скасувати
widget-remember = Запам’ятати моє ім’я, пошту й сайт у цьому браузері для наступного коментаря.
widget-rules = Правила спілкування
widget-privacy = Політика приватності
widget-own-pending = Це бачите лише Ви: коментар очікує на перевірку.
widget-receipt = Подивитися, що з ним буде
widget-report-reason = Що з ним не так?
widget-report-abuse = Ображає або погрожує
widget-report-spam = Це реклама
widget-report-off-topic = Не стосується статті
widget-report-other = Щось інше
widget-report-illegal = Порушує закон
widget-report-text = Бажаєте щось додати?
widget-report-law = Який закон і чому
widget-report-faith = Наскільки мені відомо, усе сказане тут правдиве й повне.
widget-report-send = Надіслати
widget-report-done = Дякуємо. Модератор це перегляне.

## Стрічки, для програм, що показують нове

feed-title = Коментарі – { $site }
feed-entry = { $author } про: { $title }
