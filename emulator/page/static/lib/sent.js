// The request that a flow came from: its path, its body as it was sent, and how its answer was spoilt; what was answered.
export const EDITABLE = ["/failover", "/failover/transactional"];
export const NAMED = { "/failover-otp/otp/send-failover": "flowId" }; // what an answer calls the flow's id, if not trackingId

export function sent(flow) {
  const accepted = flow.journal.find(({ kind }) => kind === "accepted");
  return { path: accepted?.data.path ?? "/failover", body: accepted?.data.body ?? flow.request, answer: accepted?.data.answer };
}

// The status of the answer to a request, by the journal's data about it; 0 if the connection was closed without one.
export const statusOf = ({ status, answer }) => (answer?.closed ? 0 : status ?? answer?.status ?? 200);

// The flow's id in an answer of this path; empty if that has none, or is no JSON, as a scenario may have spoilt it.
export function idOf(body, path) {
  try {
    return JSON.parse(body)[NAMED[path] ?? "trackingId"] || "";
  } catch {
    return "";
  }
}
