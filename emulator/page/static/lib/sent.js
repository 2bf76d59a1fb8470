// The request that a flow came from: its path, and its body as it was sent; and whom an answer tells of.
export const EDITABLE = ["/failover", "/failover/transactional"];
export const NAMED = { "/failover-otp/otp/send-failover": "flowId" }; // what an answer calls the flow's id, if not trackingId

export function sent(flow) {
  const accepted = flow.journal.find(({ kind }) => kind === "accepted");
  return { path: accepted?.data.path ?? "/failover", body: accepted?.data.body ?? flow.request };
}

// The flow's id in an answer of this path; empty if that has none, or is no JSON, as a scenario may have spoilt it.
export function idOf(body, path) {
  try {
    return JSON.parse(body)[NAMED[path] ?? "trackingId"] || "";
  } catch {
    return "";
  }
}
