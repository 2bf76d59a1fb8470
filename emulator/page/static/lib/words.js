// Times and statuses in words, and texts in which everything can be seen. All times are the emulator's, in UTC.
export const ms = (iso) => (iso ? Date.parse(iso) : null);

const pad = (number) => String(number).padStart(2, "0");

export function day(at) {
  const date = new Date(at);
  return `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

export function clock(at) {
  const date = new Date(at);
  return `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
}

export const moment = (iso) => (iso ? `${day(ms(iso))} ${clock(ms(iso))}` : "");

// A span of milliseconds, such as 2.5 s or 3 h 20 min.
export function span(length) {
  if (length < 60_000) return `${Math.round(length / 100) / 10} s`;
  const minutes = Math.round(length / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return `${Math.floor(hours / 24)} d${hours % 24 ? ` ${hours % 24} h` : ""}`;
}

const GOOD = new Set(["delivered", "seen", "completed", "succeeded", "success", "verified"]);
const BAD = new Set(["undelivered", "expired", "failed", "unsent", "busy", "noanswer", "unknown", "terminated"]);

// good, bad or going: how a status of a flow or a message looks.
export function tone(status) {
  const name = String(status).toLowerCase();
  if (GOOD.has(name)) return "good";
  return BAD.has(name) ? "bad" : "going";
}

export const CODES = {
  0: "the provider's server failed",
  1: "the balance ran out",
  2: "no step was left",
  3: "the status starts no other step",
};

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// What shows nothing, but for blanks, ends of lines, and what joins emoji.
const HIDDEN = /(?![ \n]|\u200d\p{Extended_Pictographic})[\p{C}\p{Z}\u115f\u1160\u2800\u3164\uffa0]/gu;

// A text in which signs that don't print are escapes, such as \u200b. JSON stays the same JSON.
export const visible = (text) => String(text).replace(HIDDEN, (sign) => sign.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""));
