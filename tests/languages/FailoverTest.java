import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** A test with the JDK alone: java FailoverTest.java URL. A flow fails on Viber and is delivered by Sms. */
public class FailoverTest {
    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final List<String> POSTS = new CopyOnWriteArrayList<>();
    static final String APP = "java-" + UUID.randomUUID();
    static String url;

    public static void main(String[] arguments) throws Exception {
        url = arguments.length > 0 ? arguments[0] : "http://127.0.0.1:8080";
        var receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/hook", exchange -> {
            POSTS.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        try {
            failsOver("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
            call("POST", "/_emulator/reset", "{\"application\": \"" + APP + "\"}", "");
        } finally {
            receiver.stop(0);
        }
    }

    static void failsOver(String hook) throws Exception {
        call("PUT", "/_emulator/clock", "{\"rate\": 0, \"application\": \"" + APP + "\"}", "");
        call("POST", "/_emulator/scenario", "{\"name\": \"viber-undelivered\", \"application\": \"" + APP + "\"}", "");
        var pair = Base64.getEncoder().encodeToString((APP + ":secret").getBytes(StandardCharsets.UTF_8));
        var token = member("access_token", call("POST", "/oauth/token?grant_type=client_credentials", "", "Basic " + pair));
        var body = """
            {"flow": [
              {"type": "Viber", "senderInfoTrackingId": "3f0c9a52", "to": "+306912345678", "message": {"text": "Ready"}, "order": 1},
              {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Ready"}, "order": 2}],
             "callback": {"strategy": "OnStep", "url": "%s"}}""".formatted(hook);
        var flow = member("trackingId", call("POST", "/failover", body, "Bearer " + token));
        call("POST", "/_emulator/clock/advance", "{\"application\": \"" + APP + "\", \"flow\": \"" + flow + "\"}", "");
        expect("callbacks", String.valueOf(POSTS.size()), "4");
        expect("channel", member("terminationChannel", POSTS.get(3)), "Sms");
        var tracked = call("GET", "/failover/tracking/" + flow, null, "Bearer " + token);
        expect("tracked channel", member("terminationChannel", tracked), "Sms");
    }

    static String call(String method, String path, String body, String authorization) throws Exception {
        var content = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        var request = HttpRequest.newBuilder(URI.create(url + path)).method(method, content);
        request.header("Content-Type", "application/json");
        if (!authorization.isEmpty()) request.header("Authorization", authorization);
        try {
            var answer = CLIENT.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 400) throw new AssertionError(method + " " + path + ": " + answer.body());
            return answer.body();
        } catch (IOException error) {
            throw new AssertionError("no emulator answers at " + url, error);
        }
    }

    static String member(String name, String json) {
        var found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) throw new AssertionError("no " + name + " in " + json);
        return found.group(1);
    }

    static void expect(String what, String is, String wanted) {
        if (!is.equals(wanted)) throw new AssertionError(what + " is " + is + ", expected " + wanted);
        System.out.println("ok: " + what + " is " + is);
    }
}
