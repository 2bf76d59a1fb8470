// YAML as it is typed: its words by kind, so that they can be coloured, and the place in the document of what is being
// written. It reads what scenarios are written in, and JSON; what it does not know is plain.

const NUMBER = /^(true|false|null|~|[-+]?\d[\d.]*(%|ms|s|m|h|d)?)$/;
const REFERENCE = /^\$[A-Za-z]/;
const BLOCK = /(?:^|[\s:])[|>][-+0-9]*\s*$/;
const PIECES = /("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|(#.*)|([{}[\],])|(:(?=\s|$)|-(?=\s|$))|(\s+)|([^\s{}[\],"'#:](?:[^{}[\],#:]|:(?!\s|$)|(?<!\s)#)*)|(.)/gy;

// The pieces of a line: the kind of each, "" for none, and its text, which together are the line.
function pieces(line) {
  const found = [];
  for (const [text, quoted, comment, bracket, sign, space, plain] of line.matchAll(PIECES)) {
    const kind = comment ? "comment" : bracket || sign ? "sign" : quoted ? "string" : space || !plain ? "" : null;
    if (kind !== null) {
      found.push([kind, text]);
      continue;
    }
    const word = text.trimEnd();
    found.push([NUMBER.test(word) ? "number" : REFERENCE.test(word) ? "reference" : "plain", word]);
    if (word !== text) found.push(["", text.slice(word.length)]);
  }
  return found.map(([kind, text], index) => [keyed(found, index) ? "key" : kind === "plain" ? "" : kind, text]);
}

// Whether a piece is the name of a member: a colon follows.
function keyed(found, index) {
  if (!["plain", "string", "number"].includes(found[index][0])) return false;
  const next = found.slice(index + 1).find(([, text]) => text.trim());
  return next?.[0] === "sign" && next[1] === ":";
}

const indent = (line) => line.length - line.trimStart().length;

// Whether each line is part of a text that a line above begins by | or >.
function blocks(lines) {
  let within = -1;
  return lines.map((line) => {
    if (within >= 0 && (line.trim() === "" || indent(line) > within)) return true;
    within = BLOCK.test(line.replace(/\s#.*$/, "")) ? indent(line) : -1;
    return false;
  });
}

// The lines of a text, each as pieces.
export function coloured(text) {
  const lines = text.split("\n");
  const within = blocks(lines);
  return lines.map((line, index) => (within[index] ? [["string", line]] : pieces(line)));
}

// What is being written at a place of a text: the `path` of the value that it is in, the members beside it, whether it
// is a `key` of a map or a `value`, or may be `both`, and the `word` so far. Null within comments and quoted texts.
export function place(text, at) {
  const lines = text.slice(0, at).split("\n");
  const within = blocks(lines);
  const open = { block: [], flow: [] };
  let last = null;
  lines.forEach((line, index) => {
    if (within[index]) last = null;
    else if (line.trim() !== "" || index === lines.length - 1) last = step(open, line);
  });
  return last;
}

const path = ({ block, flow }) => [...block, ...flow].flatMap((each) => each.step ?? []);

// Take a line into what is open; answer what is being written at its end.
function step(open, line) {
  let rest = line;
  let column = indent(line);
  if (open.flow.length === 0) {
    rest = line.trimStart();
    if (rest.startsWith("#")) return null;
    for (let dash = /^-(\s+|$)/.exec(rest); dash; dash = /^-(\s+|$)/.exec(rest)) {
      open.block = open.block.filter((each) => each.column < column || (each.column === column && each.step !== "[]"));
      open.block.push({ column, step: "[]" });
      column += dash[0].length;
      rest = rest.slice(dash[0].length);
    }
    const key = /^("?)([^\s"'{}[\],#:][^"'{}[\],#:]*)\1\s*:(\s+|$)/.exec(rest);
    const dashed = open.block.at(-1)?.step === "[]" && line.trimStart().startsWith("-");
    open.block = open.block.filter((each) => each.column < column || (dashed && each === open.block.at(-1)));
    if (!key) return inFlow(open, rest, "both");
    open.block.push({ column, step: key[2].trim() });
    rest = rest.slice(key[0].length);
  }
  return inFlow(open, rest, "value");
}

// Take the rest of a line, in which brackets may open and close.
function inFlow(open, rest, kind) {
  let word = "";
  const { flow } = open;
  const all = pieces(rest);
  for (const [index, [sort, text]] of all.entries()) {
    const top = flow.at(-1);
    if (sort === "comment") return null;
    if (text === "{" || text === "[") flow.push({ map: text === "{", step: text === "[" ? "[]" : undefined });
    else if (text === "}" || text === "]") flow.pop();
    else if (text === "," && top?.map) top.step = undefined;
    else if (text === ":" && top?.map) top.step = word.trim().replace(/^["']|["']$/g, "");
    else if (text !== "," && text !== ":") word = sort === "string" && index === all.length - 1 ? null : text.trim() === "" ? word : text;
    if (sort === "sign") word = "";
  }
  if (word === null || /\S\s+$/.test(rest) && word) return null;
  const top = flow.at(-1);
  const writes = top ? (top.map && top.step === undefined ? "key" : "value") : kind;
  return { path: path(open), kind: writes, word };
}
