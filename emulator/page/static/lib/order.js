// The flows as they were last listed, on the board or in the list, so that one leads to the one before and after.
let ids = [];

export const listed = (given) => {
  ids = given;
};

// The ids of the flows around one; empty where there is none.
export function around(id) {
  const at = ids.indexOf(id);
  return at < 0 ? ["", ""] : [ids[at - 1] ?? "", ids[at + 1] ?? ""];
}
