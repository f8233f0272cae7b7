const ANY = /NaN|Inf/;
const NUMBER = /-?\b(?:NaN|Infinity|Inf)\b/g;

/** Writes the three numbers that JSON does not have so that JSON reads them: NaN as null, the others as too large. */
export function spellNotFinite(text: string): string {
  if (!ANY.test(text)) return text;
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const open = quote < 0 ? text.length : quote;
    const close = endOfText(text, open);
    parts.push(text.slice(at, open).replace(NUMBER, inJson), text.slice(open, close));
    at = close;
  }
  return parts.join('');
}

/** Behind the quote that ends what the quote at `open` begins. No expression: those run out of stack in long texts. */
function endOfText(text: string, open: number): number {
  for (let at = open + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let before = at;
    while (text[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
}

function inJson(token: string): string {
  if (token.endsWith('NaN')) return 'null';
  // beyond the largest number, and so infinite
  return token.startsWith('-') ? '-1e999' : '1e999';
}
