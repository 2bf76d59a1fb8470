// What a post to the customer tells, read from its body: to whom, in few words what, and of which flow: each message's status, and the flow's. Bodies differ by service: those of
// flows list their messages, those of single messages are one; a reply of the recipient has a text.
export function told(body) {
  let said;
  try {
    said = JSON.parse(body);
  } catch {
    return { to: "", what: "", flow: "" };
  }
  if (said?.direction === "Inbound") return { to: text(said.from), what: `reply: ${text(said.message)}`, flow: "" };
  const messages = Array.isArray(said?.messages) ? said.messages : [];
  const each = messages.length ? messages : [said ?? {}];
  const statuses = each.map(statusOf).filter(Boolean);
  const whole = messages.length && text(said.status) !== text(each.at(-1).status?.name) ? text(said.status) : "";
  return { to: text(each.at(-1).to), what: [...statuses, whole].filter(Boolean).join(", "), flow: messages.length ? text(said.trackingId) : "" };
}

function statusOf(message) {
  const status = text(message?.status?.name ?? message?.status);
  return status && `${text(message.type ?? message.originatingService)} ${status}`.trim();
}

const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
