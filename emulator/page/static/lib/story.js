// A flow's journal as the page needs it: which steps ran when, what was posted, and which attempts were made at that.
import { ms } from "./times.js";

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

const IN_SECONDS = ["Viber", "FailoverOtp"]; // the services whose requests have a ttl in seconds

// When a step's ttl ends. Where it counts from the delivery, it has an end once there is one.
function ttl(flow, { step, began, marks }) {
  const { ttl: given, ttlSinceDelivery } = flow.request.flow[step - 1] ?? {};
  const delivered = ttlSinceDelivery && marks.find(({ status }) => status === "DELIVERED");
  const unit = IN_SECONDS.includes(flow.originatingService) ? 1000 : 60_000;
  return given ? (delivered ? delivered.at : began) + given * unit : null;
}

// All that was posted, each with a name: callbacks, callbacks that were resent, and replies of the recipient; and with the
// body of the callback before it.
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
  let last = "";
  return flow.callbacks.map((post) => {
    const made = { ...post, name: names.get(post.id), reply: replies.has(post.id), resends: resent.has(post.id), before: last };
    if (!made.reply && !made.resends) last = post.body;
    return made;
  });
}

// The attempts at all that was posted.
export function attempts(flow) {
  return flow.callbacks.flatMap(({ id, attempts: tries }) => tries.map((tried) => ({ ...tried, id, when: ms(tried.at), good: tried.outcome === "received" })));
}

// The journal's entries as rows, each with the posts that it caused and the attempts at those. An attempt whose cause is not
// in the journal is a row; several attempts at the same post are one, where the first of them was.
export function rows(flow) {
  const named = new Map(posts(flow).map((post) => [post.id, post]));
  const tried = new Map();
  for (const entry of flow.journal) if (entry.kind === "attempt") tried.set(entry.data.id, [...(tried.get(entry.data.id) ?? []), entry]);
  const told = (id) => (named.has(id) ? { post: named.get(id), tries: tried.get(id) ?? [] } : null);
  const caused = new Set(flow.journal.map(({ data }) => data.callback).filter((id) => named.has(id)));
  return flow.journal
    .filter(({ kind, data }, index) => kind !== "attempt" || (!caused.has(data.id) && tried.get(data.id)[0] === flow.journal[index]))
    .map((entry) => ({ entry, told: told(entry.kind === "attempt" ? entry.data.id : entry.data.callback) }));
}
