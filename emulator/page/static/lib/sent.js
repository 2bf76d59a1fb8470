// The request that a flow came from: its path, and its body as it was sent; and whom an answer tells of.
export const EDITABLE = ["/failover", "/failover/transactional"];

export function sent(flow) {
  const accepted = flow.journal.find(({ kind }) => kind === "accepted");
  return { path: accepted?.data.path ?? "/failover", body: accepted?.data.body ?? flow.request };
}

// The flow's id in an answer; empty if that has none, or is no JSON, as a scenario may have spoilt it.
export function idOf(body) {
  try {
    return JSON.parse(body).trackingId || "";
  } catch {
    return "";
  }
}
