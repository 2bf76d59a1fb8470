// What a JSON Schema allows at a place: names of members, and values.

const LIMIT = 50;

// The schemas that apply beside or below these, references and alternatives included.
function flat(root, schemas) {
  const found = [];
  const add = (schema) => {
    if (!schema || typeof schema !== "object" || found.includes(schema)) return;
    found.push(schema);
    if (schema.$ref) add(schema.$ref.split("/").slice(1).reduce((node, name) => node?.[name], root));
    for (const several of ["anyOf", "oneOf", "allOf"]) (schema[several] ?? []).forEach(add);
    for (const one of ["then", "else"]) add(schema[one]);
  };
  schemas.forEach(add);
  return found;
}

function below(schema, step) {
  if (step === "[]") return [schema.items, ...(schema.prefixItems ?? [])];
  const patterned = Object.entries(schema.patternProperties ?? {}).filter(([pattern]) => new RegExp(pattern, "u").test(step));
  return [schema.properties?.[step], ...patterned.map(([, value]) => value), schema.additionalProperties];
}

// What can stand at a place (`place` in yaml.js) that begins with its word: `label`, what is inserted, what it means.
export function suggestions(root, { path, kind, word }) {
  const here = path.reduce((schemas, step) => flat(root, schemas.flatMap((each) => below(each, step))), flat(root, [root]));
  const found = new Map();
  const offer = (label, insert, detail = "") => found.has(label) || found.set(label, { label, insert, detail });
  for (const schema of here) {
    if (kind !== "value") for (const [name, member] of Object.entries(schema.properties ?? {})) offer(name, `${name}: `, member.description ?? "");
    if (kind === "key") continue;
    for (const value of [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const]), ...(schema.type === "boolean" ? [true, false] : [])]) offer(String(value), String(value), schema.description ?? "");
  }
  const low = word.toLowerCase();
  const fits = [...found.values()].filter(({ label }) => label.toLowerCase().startsWith(low));
  return (fits.length === 1 && fits[0].label === word ? [] : fits).slice(0, LIMIT);
}
