const shown = new WeakMap<Element, string>();

/**
 * Replaces what a part of the page holds, if what it is made of has changed since the last time: nothing flickers, and nobody loses the place
 * where they are. The focus stays on the element of the same id.
 *
 * @param of JSON
 */
export function show(container: Element, of: unknown, make: () => readonly (Node | string)[]): void {
  const text = JSON.stringify(of);
  if (shown.get(container) === text) return;
  shown.set(container, text);
  const focused = container.contains(document.activeElement) ? document.activeElement?.id : undefined;
  container.replaceChildren(...make());
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
