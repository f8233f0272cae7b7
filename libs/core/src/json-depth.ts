/** Levels of arrays and objects in JSON that comes from outside. What walks through it calls itself once a level. */
export const MOST_JSON_DEPTH = 64;

/** Whether JSON has more levels; of what is no JSON it says only that reading it is harmless. */
export function isNestedTooDeep(json: string): boolean {
  // most has not as many brackets in all, and that is found by the fastest search there is
  return bracketsFrom(json, '{', bracketsFrom(json, '[', 0)) > MOST_JSON_DEPTH && depthOf(json) > MOST_JSON_DEPTH;
}

/** Counts on until there are too many. */
function bracketsFrom(json: string, bracket: string, before: number): number {
  let count = before;
  for (let at = json.indexOf(bracket); at >= 0 && count <= MOST_JSON_DEPTH; at = json.indexOf(bracket, at + 1)) count++;
  return count;
}

/** As deep as it goes, or one level more than allowed. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < json.length && deepest <= MOST_JSON_DEPTH; i++) {
    const char = json[i];
    if (char === '"') i = endOfText(json, i);
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}

/** Where the text ends that begins here; where it does not end, the end of all. */
function endOfText(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    if (json[i] === '\\') i++;
    else if (json[i] === '"') return i;
  }
  return json.length;
}
