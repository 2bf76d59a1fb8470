// A common wish as a rule: which recipients, what becomes of their messages, after how long. The text stays the source.
import { BECOMES, FAILURES } from "../lib/words.js";

// How a message can end well by channel.
const WELL = { Viber: ["DELIVERED", "SEEN"], Sms: ["Delivered"], Voice: ["Completed"] };
export const SILENCE = "silence";
export const CHANNELS = Object.keys(FAILURES);
export const endings = (channel) => [...FAILURES[channel], ...WELL[channel], SILENCE];
export const ending = (status) => (status === SILENCE ? "reports nothing" : BECOMES[status.toLowerCase()] ?? status);

const plain = (number) => number.replace(/[^\d+*]/g, "");
const quoted = (text) => JSON.stringify(text);

// Whether a wish says anything: an ending for some channel, and a number where one is asked for.
export const complete = ({ who, number, ends }) => CHANNELS.some((channel) => ends[channel]?.status) && (who === "all" || plain(number) !== "");

// What becomes of whom, in words.
export function sentence({ who, number, share, ends }) {
  const what = CHANNELS.filter((channel) => ends[channel]?.status).map((channel) => `${channel} ${ending(ends[channel].status)}${ends[channel].after ? ` after ${ends[channel].after}` : ""}`);
  const whom = who === "all" ? "" : ` for ${who === "one" ? "" : "numbers that begin with "}${plain(number)}`;
  return `${what.join(", ")}${whom}${share === 100 ? "" : `${whom ? "," : ""} for ${share}% of recipients`}`;
}

// The rule in YAML; `uses` is for how many requests it applies, "" for all.
export function ruled(wish) {
  const { who, number, share, ends, uses } = wish;
  const to = who === "all" ? [] : [`to: ${who === "one" ? quoted(plain(number)) : `{starts: ${quoted(plain(number))}}`}`];
  const match = [...to, ...(share === 100 ? [] : [`share: ${share}%`])];
  const plan = CHANNELS.filter((channel) => ends[channel]?.status).map((channel) => {
    const { status, after } = ends[channel];
    return `${channel}: ${after && status !== SILENCE ? `[{after: ${after}, status: ${status}}]` : status}`;
  });
  return [`- name: ${quoted(sentence(wish))}`, ...(match.length ? [`  match: {${match.join(", ")}}`] : []), `  plan: {${plan.join(", ")}}`, ...(uses ? [`  uses: ${uses}`] : [])];
}

// A text with a rule before all of its own; null where its rules are not one below the other.
export function withRule(text, rule) {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => /^rules:\s*(#.*)?$/.test(line));
  const first = at < 0 ? "" : lines.slice(at + 1).find((line) => line.trim() && !line.trim().startsWith("#")) ?? "";
  const deep = /^(\s*)-/.exec(first)?.[1] ?? "  ";
  const put = rule.map((line) => deep + line);
  if (at >= 0) return [...lines.slice(0, at + 1), ...put, ...lines.slice(at + 1)].join("\n");
  if (/^\s*\{|^"?rules"?\s*:/m.test(text)) return null;
  return `${text && !text.endsWith("\n") ? `${text}\n` : text}rules:\n${put.join("\n")}\n`;
}
