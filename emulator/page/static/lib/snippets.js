// A request as code that sends it again, in the languages that there are; and what it came to, as a test.
import { NAMED } from "./sent.js";

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export const curl = (url, token, body) => `curl -X POST ${quoted(url)} -H ${quoted(`Authorization: Bearer ${token}`)} -H 'Content-Type: application/json' -d ${quoted(body)}`;

export const curlOf = ({ url, body }) => `curl -X POST ${quoted(url)} -H 'Content-Type: application/json' -d ${quoted(body)}`;

const python = (url, token, body) => `import json
import urllib.request

body = ${literal(JSON.parse(body), "")}
request = urllib.request.Request(
    ${JSON.stringify(url)},
    json.dumps(body).encode(),
    {"Authorization": ${JSON.stringify(`Bearer ${token}`)}, "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as answer:
    print(answer.status, answer.read().decode())
`;

const node = (url, token, body) => `const body = ${JSON.stringify(JSON.parse(body), null, 2)};

fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: { Authorization: ${JSON.stringify(`Bearer ${token}`)}, "Content-Type": "application/json" },
  body: JSON.stringify(body),
}).then(async (answer) => console.log(answer.status, await answer.text()));
`;

// A text in Java: what is not ASCII is escaped, so that the file's encoding doesn't matter.
const javaText = (text) => JSON.stringify(text).replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

const java = (url, token, body) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

public class Send {
    public static void main(String[] arguments) throws Exception {
        String body = ${javaText(body)};
        HttpRequest request = HttpRequest.newBuilder(URI.create(${javaText(url)}))
            .header("Authorization", ${javaText(`Bearer ${token}`)})
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
`;

export const LANGUAGES = { curl, Python: python, Node: node, Java: java };

// JSON as Python writes it.
function literal(value, indent) {
  const words = new Map([[true, "True"], [false, "False"], [null, "None"]]);
  if (words.has(value)) return words.get(value);
  if (typeof value !== "object") return JSON.stringify(value);
  const more = `${indent}    `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value) ? value.map((each) => literal(each, more)) : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each, more)}`);
  return parts.length ? `${open}\n${parts.map((part) => `${more}${part},\n`).join("")}${indent}${close}` : `${open}${close}`;
}

// A test that sends the same request, but for its callback, under a scenario, and asserts what came of it.
export function pytest(flow, { path, body }, scenario) {
  const { callback, ...rest } = body;
  const flows = { "/failover": "failover.send_body(body)", "/failover/transactional": "failover.send_body(body, transactional=True)" };
  const send = flows[path] ?? `failover.call("POST", ${JSON.stringify(path)}, body)[${JSON.stringify(NAMED[path] ?? "trackingId")}]`;
  const won = flow.status === "Succeeded";
  const end = won ? `failover.assert_succeeded(flow, on=${JSON.stringify(flow.terminationChannel)})` : `failover.assert_failed(flow, code=${JSON.stringify(flow.statusCode ?? "")})`;
  return `SCENARIO = (
${scenario.split(/(?<=\n)/).map((line) => `    ${JSON.stringify(line)}\n`).join("")})


def test_it_comes_to_this(failover):
    failover.scenario(SCENARIO)
    body = ${literal(rest, "    ")}
    flow = failover.finish(${send})
    ${end}
    failover.assert_messages(flow, ${flow.messages.map(({ status }) => JSON.stringify(status.name)).join(", ")})
`;
}
