// The request that a flow came from: its path, and its body as it was sent.
export const EDITABLE = ["/failover", "/failover/transactional"];

export function sent(flow) {
  const accepted = flow.journal.find(({ kind }) => kind === "accepted");
  return { path: accepted?.data.path ?? "/failover", body: accepted?.data.body ?? flow.request };
}
