// A flow's journal as the page needs it: which steps ran when, what was posted, and which attempts were made at that.
import { plural } from "./numbers.js";
import { ms, span } from "./times.js";

// The steps that started, each with the statuses that it took and the time at which its ttl ends. A step that is held
// back has not started with its request.
export function steps(flow) {
  const found = new Map();
  for (const { at, kind, data } of flow.journal) {
    if (data.step && (kind === "accepted" || kind === "started")) {
      found.set(data.step, { step: data.step, channel: data.channel, rule: data.rule, began: ms(at), marks: [] });
    } else if (kind === "status") {
      found.get(data.step)?.marks.push({ at: ms(at), status: data.status, callback: data.callback, lost: data.lost });
    }
  }
  return [...found.values()].map((step) => ({ ...step, ttl: ttl(flow, step) }));
}

function ttl(flow, { step, began }) {
  const minutes = flow.request.flow[step - 1]?.ttl;
  return minutes ? began + minutes * 60_000 : null;
}

// All that was posted, each with a name: callbacks, callbacks that were resent, and replies of the recipient.
export function posts(flow) {
  const told = (kind, member) => new Map(flow.journal.filter((entry) => entry.kind === kind).map(({ data }) => [data.callback, data[member]]));
  const replies = told("reply", "message");
  const resent = told("resent", "of");
  const names = new Map();
  const counts = { Callback: 0, Reply: 0 };
  for (const { id } of flow.callbacks) {
    const what = replies.has(id) ? "Reply" : "Callback";
    names.set(id, resent.has(id) && names.has(resent.get(id)) ? `${names.get(resent.get(id))}, resent` : `${what} ${(counts[what] += 1)}`);
  }
  return flow.callbacks.map((post) => ({ ...post, name: names.get(post.id), reply: replies.has(post.id) }));
}

// The attempts at all that was posted.
export function attempts(flow) {
  return flow.callbacks.flatMap(({ id, attempts: tries }) => tries.map((tried) => ({ ...tried, id, when: ms(tried.at), good: tried.outcome === "received" })));
}

const FEW = 2;

// The journal's entries as rows: more than a few attempts at the same post are one row, where the first of them was.
export function rows(flow) {
  const named = new Map(posts(flow).map((post) => [post.id, post]));
  const tried = new Map();
  for (const entry of flow.journal) if (entry.kind === "attempt") tried.set(entry.data.id, [...(tried.get(entry.data.id) ?? []), entry]);
  const found = [];
  for (const entry of flow.journal) {
    const all = entry.kind === "attempt" ? tried.get(entry.data.id) : [entry];
    if (all.length <= FEW) found.push({ entry, post: named.get(entry.data.id) });
    else if (all[0] === entry) found.push({ entry, post: named.get(entry.data.id), all, sum: summed(all) });
  }
  return found;
}

// Many attempts in words: how many, in which time, and how they ended.
function summed(all) {
  const last = all[all.length - 1];
  const failed = all.filter(({ data }) => data.outcome !== "received").length;
  const ends = { received: `${failed} failed, then received`, refused: "all failed so far", "given up": "all failed; given up" };
  return `${plural(all.length, "attempt")} in ${span(ms(last.at) - ms(all[0].at))} to ${last.data.url}: ${ends[last.data.outcome]}`;
}
