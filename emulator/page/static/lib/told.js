// What a post to the customer tells, read from its body: to whom, in few words what, and of which flow. Bodies differ by service: those of
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
  const last = messages.at(-1) ?? said ?? {};
  const status = text(last.status?.name ?? last.status);
  const channel = text(last.type ?? last.originatingService);
  const whole = messages.length && text(said.status) !== status ? `, ${text(said.status)}` : "";
  return { to: text(last.to), what: status && `${channel} ${status}${whole}`.trim(), flow: messages.length ? text(said.trackingId) : "" };
}

const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
