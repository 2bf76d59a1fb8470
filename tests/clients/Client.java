import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;

/** A client of the provider with the JDK's HTTP client: java Client.java calls/FILE.json ... */
public class Client {
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] files) throws Exception {
        var basic = "Basic " + Base64.getEncoder().encodeToString("java:secret".getBytes());
        var form = "application/x-www-form-urlencoded";
        var answer = call("https://auth.routee.net/oauth/token", basic, form, "grant_type=client_credentials");
        var token = "Bearer " + member("access_token", answer);
        for (var file : files) {
            var path = file.substring(file.lastIndexOf("calls/") + "calls/".length()).replace(".json", "");
            var body = Files.readString(Path.of(file));
            answer = call("https://connect.routee.net/" + path, token, "application/json", body);
            System.out.println(path + " " + member("trackingId|flowId", answer));
        }
    }

    static String call(String url, String authorization, String type, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
        request.header("Authorization", authorization).header("Content-Type", type);
        request.POST(HttpRequest.BodyPublishers.ofString(body));
        var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new AssertionError(url + ": " + answer.statusCode() + " " + answer.body());
        return answer.body();
    }

    static String member(String name, String json) {
        var found = Pattern.compile("\"(?:" + name + ")\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) throw new AssertionError("no " + name + " in " + json);
        return found.group(1);
    }
}
