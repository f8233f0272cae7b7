import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test wants to know of a span. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly service: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Where spans are sent by OTLP, and found again by an event's id. */
export interface SpanCollector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** All spans of the trace in which a span carries the event's id. */
  traceOf(eventId: string): Promise<readonly CollectedSpan[]>;
}

/** A running Jaeger: `MILLRACE_TEST_JAEGER="OTLP-URL QUERY-URL"`. Without it the test receives the spans itself. */
export async function openCollector(): Promise<SpanCollector> {
  const [endpoint, query] = (process.env['MILLRACE_TEST_JAEGER'] ?? '').split(' ');
  return endpoint && query ? new JaegerCollector(endpoint, query) : OtlpReceiver.open();
}

interface JaegerTag {
  readonly key: string;
  readonly value: unknown;
}

interface JaegerTrace {
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
  readonly spans: readonly {
    readonly traceID: string;
    readonly spanID: string;
    readonly processID: string;
    readonly operationName: string;
    readonly references: readonly { readonly refType: string; readonly spanID: string }[];
    readonly tags: readonly JaegerTag[];
  }[];
}

/** Finds traces through Jaeger's query API. */
class JaegerCollector implements SpanCollector {
  readonly endpoint: string;
  readonly #query: string;

  constructor(endpoint: string, query: string) {
    this.endpoint = endpoint;
    this.#query = query;
  }

  async traceOf(eventId: string): Promise<readonly CollectedSpan[]> {
    const tags = encodeURIComponent(JSON.stringify({ 'cloudevents.event_id': eventId }));
    const response = await fetch(`${this.#query}/api/traces?service=scorer&tags=${tags}`);
    const { data } = (await response.json()) as { readonly data: readonly JaegerTrace[] | null };
    return (data ?? []).flatMap(({ spans, processes }) =>
      spans.map((span) => ({
        traceId: span.traceID,
        spanId: span.spanID,
        parentId: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID ?? null,
        service: processes[span.processID]?.serviceName ?? '',
        name: span.operationName,
        attributes: Object.fromEntries(span.tags.map(({ key, value }) => [key, value])),
      })),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly attributes: readonly OtlpAttribute[];
      }[];
    }[];
  }[];
}

/** Takes OTLP/HTTP in JSON. */
class OtlpReceiver implements SpanCollector {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #spans: CollectedSpan[];

  private constructor(server: Server, spans: CollectedSpan[]) {
    this.#server = server;
    this.#spans = spans;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<OtlpReceiver> {
    const spans: CollectedSpan[] = [];
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        spans.push(...spansOf(JSON.parse(body) as OtlpRequest));
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OtlpReceiver(server, spans);
  }

  async traceOf(eventId: string): Promise<readonly CollectedSpan[]> {
    const traceId = this.#spans.find(({ attributes }) => attributes['cloudevents.event_id'] === eventId)?.traceId;
    return this.#spans.filter((span) => span.traceId === traceId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function spansOf({ resourceSpans }: OtlpRequest): readonly CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    const spans = scopeSpans.flatMap((scope) => scope.spans);
    return spans.map(({ traceId, spanId, parentSpanId, name, attributes }) => {
      return { traceId, spanId, parentId: parentSpanId || null, service, name, attributes: valuesOf(attributes) };
    });
  });
}

function valuesOf(attributes: readonly OtlpAttribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
