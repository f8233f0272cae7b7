type Child = Node | string;

/** An element with attributes (null: without it) and children; texts stay texts. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A name of several words, which may break between them. */
export function breakable(name: string): readonly (Node | string)[] {
  return name.split(/(?<=[._])/).flatMap((word, i) => (i === 0 ? [word] : [document.createElement('wbr'), word]));
}

/** One that `index.html` has. */
export function part<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
