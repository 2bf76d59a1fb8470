<?php
// A test with PHP alone: php failover.php URL. A flow fails on Viber and is delivered by Sms.
declare(strict_types=1);

if (PHP_SAPI === 'cli-server') {  // the receiver, which PHP's own server runs
    file_put_contents(getenv('POSTS'), file_get_contents('php://input') . "\n", FILE_APPEND | LOCK_EX);
    exit;
}

$url = $argv[1] ?? 'http://127.0.0.1:8080';
$app = 'php-' . bin2hex(random_bytes(8));

function call(string $method, string $path, ?array $body, string $authorization = ''): array
{
    global $url;
    $http = ['method' => $method, 'ignore_errors' => true, 'timeout' => 30, 'header' => ['Content-Type: application/json']];
    if ($authorization !== '') $http['header'][] = "Authorization: $authorization";
    if ($body !== null) $http['content'] = json_encode($body, JSON_THROW_ON_ERROR);
    $answer = @file_get_contents($url . $path, false, stream_context_create(['http' => $http]));
    if ($answer === false) throw new RuntimeException("no emulator answers at $url: " . error_get_last()['message']);
    $status = (int) explode(' ', $http_response_header[0])[1];
    if ($status >= 400) throw new RuntimeException("$method $path: $status $answer");
    return json_decode($answer, true, 64, JSON_THROW_ON_ERROR);
}

function expect(string $what, mixed $is, mixed $wanted): void
{
    if ($is !== $wanted) throw new RuntimeException("$what is " . json_encode($is) . ', expected ' . json_encode($wanted));
    echo "ok: $what is ", is_string($is) ? $is : json_encode($is), "\n";
}

function fails_over(string $hook, string $posts): void
{
    global $app;
    call('PUT', '/_emulator/clock', ['application' => $app, 'rate' => 0]);
    call('POST', '/_emulator/scenario', ['application' => $app, 'name' => 'viber-undelivered']);
    $basic = 'Basic ' . base64_encode("$app:secret");
    $token = 'Bearer ' . call('POST', '/oauth/token?grant_type=client_credentials', null, $basic)['access_token'];
    $to = ['to' => '+306912345678'];
    $viber = $to + ['type' => 'Viber', 'senderInfoTrackingId' => '3f0c9a52', 'message' => ['text' => 'Ready'], 'order' => 1];
    $sms = $to + ['type' => 'Sms', 'from' => 'Shop', 'message' => ['body' => 'Ready'], 'order' => 2];
    $callback = ['strategy' => 'OnStep', 'url' => $hook];
    $flow = call('POST', '/failover', ['flow' => [$viber, $sms], 'callback' => $callback], $token)['trackingId'];
    call('POST', '/_emulator/clock/advance', ['application' => $app, 'flow' => $flow]);
    $told = array_map(fn ($line) => json_decode($line, true), file($posts));
    expect('callbacks', count($told), 4);
    expect('channel', $told[3]['terminationChannel'], 'Sms');
    expect('tracked status', call('GET', "/failover/tracking/$flow", null, $token)['status'], 'Succeeded');
}

$posts = tempnam(sys_get_temp_dir(), 'posts');
$command = [PHP_BINARY, '-S', '127.0.0.1:0', __FILE__];
$receiver = proc_open($command, [2 => ['pipe', 'w']], $pipes, null, ['POSTS' => $posts] + getenv());
try {
    preg_match('#http://127\.0\.0\.1:\d+#', fgets($pipes[2]), $listening);  // it says where it has started
    fails_over("$listening[0]/hook", $posts);
    call('POST', '/_emulator/reset', ['application' => $app]);
} finally {
    proc_terminate($receiver);
    unlink($posts);
}
