// What a callback tells that the one before it did not: where the JSON of their bodies differs.
import { told } from "./told.js";

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
const composed = (value) => value !== null && typeof value === "object";

// The differences, each with its path such as messages[0].status.name, and what stood there and stands there now; undefined
// is nothing. A member that is new or gone is one difference, however much there is in it.
export function changes(before, after) {
  const found = [];
  compare(parsed(before), parsed(after), "", found);
  return found;
}

function compare(was, is, path, found) {
  if (!composed(was) || !composed(is)) {
    if (was !== is) found.push({ path, was, is });
    return;
  }
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) compare(was[key], is[key], Array.isArray(is) ? `${path}[${key}]` : path ? `${path}.${key}` : key, found);
}

// The news in few words: each message whose status is another, or who is new, and the flow's status once that is final.
export function news(before, after) {
  const [was, is] = [parsed(before), parsed(after)];
  if (!Array.isArray(was?.messages) || !Array.isArray(is?.messages)) return told(after).what;
  const moved = is.messages.filter((each, index) => each.status?.name !== was.messages[index]?.status?.name).map((each) => `${each.type} ${each.status?.name}`);
  return [...moved, ...(is.status !== was.status ? [is.status] : [])].join(", ") || told(after).what;
}

// What each of some posts tells, the newest first: its news, where the one before of its flow is among them, else all of it. A body
// that was posted again tells the same again.
export function tellings(posts) {
  const [last, known] = [new Map(), new Map()];
  for (const { body } of [...posts].reverse()) {
    if (known.has(body)) continue;
    const whole = told(body);
    known.set(body, last.has(whole.flow) ? { ...whole, what: news(last.get(whole.flow), body) } : whole);
    if (whole.flow) last.set(whole.flow, body);
  }
  return posts.map(({ body }) => known.get(body));
}
