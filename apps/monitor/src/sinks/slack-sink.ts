import type { AlertSink, Delivery } from './alert-sink.ts';
import type { Alert } from './alert.ts';
import { describeAlert } from './describe-alert.ts';
import { postJson } from './post-json.ts';

/** Posts to an incoming webhook as Slack has them. Text alone: what is compatible with Slack understands it, too. */
export class SlackSink implements AlertSink {
  readonly #url: URL;

  constructor(url: URL) {
    this.#url = url;
  }

  send(alert: Alert, signal: AbortSignal): Promise<Delivery> {
    const { title, lines } = describeAlert(alert);
    const text = [`*${escaped(title)}*`, ...lines.map((line) => `• ${escaped(line)}`)].join('\n');
    return postJson({ url: this.#url, body: JSON.stringify({ text }) }, signal);
  }
}

/** The three characters that Slack's mark-up takes for its own. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
