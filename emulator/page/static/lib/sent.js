// The request that a flow came from: its path, its body as it was sent, and how its answer was spoilt; what was answered.
// Of a campaign each message has the body that it would have by itself, which goes to /sms.
export const EDITABLE = ["/failover", "/failover/transactional"];
export const NAMED = { "/failover-otp/otp/send-failover": "flowId" }; // what an answer calls the flow's id, if not trackingId

export function sent(flow) {
  const accepted = flow.journal.find(({ kind }) => kind === "accepted");
  const path = flow.request.campaign ? "/sms" : accepted?.data.path ?? "/failover";
  return { path, body: accepted?.data.body ?? flow.request, answer: accepted?.data.answer };
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
