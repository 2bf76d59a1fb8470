// The journal as a file: JSON lines and CSV of its entries, or an HTTP archive (HAR) of what went over the wire.
import { get, query } from "./api.js";
import { root } from "./root.js";
import { statusOf } from "./sent.js";

const PAGE = 1000;

// All that a list has of what is filtered, the oldest first, page by page.
async function all(path, of, filters) {
  const found = [];
  for (let after = 0; ; ) {
    const page = await get(query(path, { ...filters, after, limit: PAGE }));
    found.push(...page[of]);
    if (page[of].length === 0 || page.more === false) return found;
    after = page.next;
  }
}

const cell = (value) => {
  const text = String(value ?? "");
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text; // a spreadsheet must not take it for a formula
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const line = (cells) => `${cells.map(cell).join(",")}\r\n`;
const COLUMNS = ["seq", "at", "kind", "application", "flow", "text"];

const jsonLines = async (filters) => (await all("/journal", "entries", filters)).map((each) => `${JSON.stringify(each)}\n`);
const csv = async (filters) => [line(COLUMNS), ...(await all("/journal", "entries", filters)).map((each) => line(COLUMNS.map((name) => each[name])))];

async function har({ application, flow, text }) {
  const requests = await all("/journal", "entries", { application, flow, text, kind: "accepted,refused" });
  const posts = await all("/callbacks", "callbacks", { application, flow, text });
  const entries = [...requests.map(asRequest), ...posts.flatMap((post) => post.attempts.map((tried) => asPost(post, tried)))];
  entries.sort((one, other) => one.startedDateTime.localeCompare(other.startedDateTime));
  return [JSON.stringify({ log: { version: "1.2", creator: { name: "failover-emulator", version: "1" }, comment: "Times are the emulator's.", entries } }, null, 1)];
}

function asRequest({ at, kind, data }) {
  const { path, body: asked = "", status: _, method = "POST", note: __, answer: spoilt, ...told } = data;
  const body = typeof asked === "string" ? asked : JSON.stringify(asked);
  const status = statusOf(data);
  const kept = kind === "refused" && status && !spoilt?.replaced && !spoilt?.truncated;
  const comment = kept ? undefined : status ? "The journal does not keep this answer." : "The connection was closed without an answer.";
  return exchange({ at, method, url: `${root}${path}`, body, status, answer: kept ? JSON.stringify(told) : "", ms: 0, comment });
}

const asPost = ({ url, body }, tried) =>
  exchange({ at: tried.at, method: "POST", url, body, status: tried.status ?? 0, answer: tried.answer, ms: tried.ms, comment: `attempt ${tried.attempt}: ${tried.outcome}` });

const JSON_TYPE = "application/json";
const plain = { httpVersion: "HTTP/1.1", cookies: [], headers: [], headersSize: -1 };

function exchange({ at, method, url, body, status, answer, ms, comment }) {
  return {
    startedDateTime: at,
    time: ms,
    request: { ...plain, method, url, queryString: [], bodySize: new TextEncoder().encode(body).length, postData: { mimeType: JSON_TYPE, text: body } },
    response: { ...plain, status, statusText: "", content: { size: new TextEncoder().encode(answer).length, mimeType: JSON_TYPE, text: answer }, redirectURL: "", bodySize: -1 },
    cache: {},
    timings: { send: 0, wait: ms, receive: 0 },
    comment,
  };
}

export const FORMATS = {
  "JSON lines": ["jsonl", "application/jsonl", jsonLines],
  CSV: ["csv", "text/csv", csv],
  HAR: ["har", JSON_TYPE, har],
};

// Have the browser save the journal in a format.
export async function download(format, filters) {
  const [ending, type, made] = FORMATS[format];
  save(`journal.${ending}`, type, await made(filters));
}

// Have the browser save a file that was made here.
export function save(name, type, parts) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
