<?php
/**
 * An article with its comments, by a site's own backend: plain PHP 8, no extension.
 *
 *     COMMENTS_TOKEN=... php -S 127.0.0.1:8000 examples/comments.php      (the token: replydesk site token news)
 *
 * COMMENTS_SERVER, COMMENTS_SITE and COMMENTS_PAGE say where Replydesk is, the key of the site, and the article's address.
 */
declare(strict_types=1);

define('SERVER', getenv('COMMENTS_SERVER') ?: 'http://127.0.0.1:8080');
define('SITE', getenv('COMMENTS_SITE') ?: 'news');
define('TOKEN', (string) getenv('COMMENTS_TOKEN'));
define('ARTICLE', ['key' => 'bridge', 'url' => getenv('COMMENTS_PAGE') ?: 'https://news.example/bridge', 'title' => 'The bridge']);
// Our own proxies: what they say of a client's address is believed, and what nobody else says.
define('PROXIES', array_filter(explode(',', (string) getenv('COMMENTS_PROXIES'))));

/** What Replydesk answers: a status and an array. 503 where nothing comes within five seconds. */
function ask(string $path, ?array $body = null, string $key = ''): array
{
    $headers = ['Authorization: Bearer ' . TOKEN, 'Accept: application/json', 'Connection: close'];
    $http = ['timeout' => 5, 'ignore_errors' => true, 'follow_location' => 0];
    if ($body !== null) {
        array_push($headers, 'Content-Type: application/json', 'Idempotency-Key: ' . $key);
        $http += ['method' => 'POST', 'content' => json_encode($body, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE)];
    }
    $context = stream_context_create(['http' => $http + ['header' => $headers]]);
    $answer = @file_get_contents(SERVER . '/v1/sites/' . rawurlencode(SITE) . '/' . $path, false, $context);
    $line = $http_response_header[0] ?? '';
    if ($answer === false || !preg_match('~^HTTP/\S+ (\d{3})~', $line, $found)) {
        return [503, []];
    }
    $read = json_decode($answer, true);
    return [(int) $found[1], is_array($read) ? $read : []];
}

function e(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** A comment with its replies. Its `html` is safe as it is, and nothing else is. */
function shown(array $comment): string
{
    $replies = implode('', array_map('shown', $comment['replies']));
    $below = $replies === '' ? '' : "<ol>$replies</ol>";
    if ($comment['removed'] ?? false) {
        return "<li>This comment was removed.$below</li>";
    }
    $name = e($comment['author']['name']);
    if ($comment['author']['website'] !== null) {
        $name = '<a href="' . e($comment['author']['website']) . "\" rel=\"nofollow ugc noopener\">$name</a>";
    }
    $id = e($comment['id']);
    return "<li id=\"comment-$id\"><b>$name</b> <time>" . e($comment['published_at']) . "</time>{$comment['html']}"
        . "<a href=\"?reply=$id#reply\">Reply</a>$below</li>";
}

/** The article, its comments, and the form with what was typed. */
function page(array $typed, string $notice = '', string $cursor = ''): string
{
    $query = ['article' => ARTICLE['key'], 'limit' => 50] + ($cursor === '' ? [] : ['cursor' => $cursor]);
    [$status, $read] = ask('comments?' . http_build_query($query));
    if ($status !== 200) {
        $comments = '<p>The comments cannot be shown at the moment.</p>';
    } else {
        $comments = '<ol>' . implode('', array_map('shown', $read['comments'])) . '</ol>';
        if ($read['next'] !== null) {
            $comments .= '<p><a href="?' . e(http_build_query(['cursor' => $read['next']])) . '">More comments</a></p>';
        }
    }
    $value = fn (string $field): string => e($typed[$field] ?? '');
    // under the same key the same comment is taken once, however often the page is loaded again
    $key = $value('key') ?: bin2hex(random_bytes(16));
    $title = e(ARTICLE['title']);
    return <<<HTML
        <!doctype html><html lang="en"><meta charset="utf-8"><title>$title</title>
        <h1>$title</h1><p>It is closed again.</p><h2>Comments</h2>$comments
        <h2 id="reply">Leave a Reply</h2>$notice<form method="post" action="/">
        <p><label>Comment <textarea name="comment" required>
        {$value('comment')}</textarea></label></p>
        <p><label>Name <input name="name" value="{$value('name')}" required></label>
        <label>Email <input name="email" type="email" value="{$value('email')}" required></label>
        <label>Website <input name="website" type="url" value="{$value('website')}"></label></p>
        <input type="hidden" name="parent" value="{$value('parent')}"><input type="hidden" name="key" value="$key">
        <button>Post Comment</button></form></html>
        HTML;
}

/** The reader's address: of the connection, or as our own proxy says it. Never as the reader says it. */
function client(): string
{
    $peer = $_SERVER['REMOTE_ADDR'];
    $said = explode(',', $_SERVER['HTTP_X_FORWARDED_FOR'] ?? $peer);
    return in_array($peer, PROXIES, true) ? trim(end($said)) : $peer;
}

/** Takes what a form sent; the status and the page. */
function take(): array
{
    // Replydesk sees a program, and not from which page a reader came: that is ours to check
    $from = explode('://', $_SERVER['HTTP_ORIGIN'] ?? 'http://' . $_SERVER['HTTP_HOST'], 2);
    if (end($from) !== $_SERVER['HTTP_HOST']) {
        return [403, page([], '<p>That came from another site.</p>')];
    }
    $typed = [];
    foreach (['name', 'email', 'website', 'comment', 'parent', 'key'] as $field) {
        $typed[$field] = is_string($_POST[$field] ?? null) ? $_POST[$field] : '';
    }
    $reply = array_filter(array_diff_key($typed, ['key' => '']), fn ($value) => $value !== '');
    $reply['article'] = ARTICLE;
    $reply['client'] = ['ip' => client(), 'user_agent' => substr($_SERVER['HTTP_USER_AGENT'] ?? '', 0, 500)];
    $key = preg_match('/^[\w-]{1,100}$/', $typed['key']) ? $typed['key'] : bin2hex(random_bytes(16));
    [$status, $answer] = ask('comments', $reply, $key);
    if ($status === 201) {
        return [200, page([], '<p>Your comment is published.</p>')];
    }
    if ($status === 202) {
        $link = e($answer['receipt']['url']);
        return [200, page([], "<p>Your comment waits for a moderator. <a href=\"$link\">What became of it</a></p>")];
    }
    $wrong = array_map(fn ($fault) => $fault['field'] . ': ' . $fault['message'], $answer['errors'] ?? []);
    $wrong = $wrong ?: [$answer['detail'] ?? 'Comments cannot be taken at the moment. Please try again later.'];
    $notice = '<ul>' . implode('', array_map(fn ($line) => '<li>' . e($line) . '</li>', $wrong)) . '</ul>';
    return [in_array($status, [403, 404, 409, 422, 429], true) ? $status : 503, page($typed, $notice)];
}

$one = fn (string $name): string => is_string($_GET[$name] ?? null) ? $_GET[$name] : '';
[$status, $text] = $_SERVER['REQUEST_METHOD'] === 'POST' ? take() : [200, page(['parent' => $one('reply')], '', $one('cursor'))];
http_response_code($status);
header('Content-Type: text/html; charset=utf-8');
header("Content-Security-Policy: default-src 'none'; form-action 'self'; base-uri 'none'");
header('Cache-Control: no-store');
echo $text;
