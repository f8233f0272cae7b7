/** Which methods there are at which paths: what `Allow` says where another one comes (RFC 9110, section 15.5.6). */
export class AllowedMethods {
  readonly #routes: { readonly parts: readonly string[]; readonly methods: readonly string[] }[] = [];

  /** @param path as routes have it: `/v2/models/:model` */
  add(path: string, methods: string | readonly string[]): void {
    this.#routes.push({ parts: partsOf(path), methods: [methods].flat() });
  }

  /** None: there is no such path. */
  at(url: string): readonly string[] {
    const [path = ''] = url.split('?', 1);
    const parts = partsOf(path);
    const found = this.#routes.filter((route) => leadsTo(route.parts, parts)).flatMap(({ methods }) => methods);
    return [...new Set(found)].toSorted();
  }
}

function leadsTo(route: readonly string[], parts: readonly string[]): boolean {
  return route.length === parts.length && route.every((part, i) => part.startsWith(':') || part === parts[i]);
}

/** A slash at the end makes no difference. */
function partsOf(path: string): readonly string[] {
  return path.replace(/\/$/, '').split('/');
}
