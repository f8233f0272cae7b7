import { AppError, type Clock } from '@millrace/core';
import { allowedSinkUrl, type PlannedText, type SinkPlan } from '@millrace/pipeline';

import type { AlertSink } from './alert-sink.ts';
import { AlertmanagerSink } from './alertmanager-sink.ts';
import { fillText, type Variables } from './fill-text.ts';
import { SlackSink } from './slack-sink.ts';
import { SmtpSink } from './smtp-sink.ts';
import { WebhookSink } from './webhook-sink.ts';

const SECRET = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
const SECRET_BYTES = { least: 24, most: 64 };

/**
 * A sink of the pipeline file, with what the environment has for it.
 *
 * @throws AppError `CONFIG_INVALID`, which never shows what a variable holds
 */
export function openSink(plan: SinkPlan, pipeline: string, variables: Variables, clock: Clock): AlertSink {
  const url = urlOf(plan.url, plan.kind, variables);
  switch (plan.kind) {
    case 'webhook':
      return new WebhookSink(url, secretOf(plan.secret, variables), clock);
    case 'slack':
      return new SlackSink(url);
    case 'alertmanager':
      return new AlertmanagerSink(url, pipeline, clock);
    case 'smtp':
      return new SmtpSink({ url, from: plan.from, to: plan.to });
  }
}

function urlOf(text: PlannedText, kind: SinkPlan['kind'], variables: Variables): URL {
  const filled = fillText(text, variables);
  const allowed = allowedSinkUrl(filled, kind);
  if (allowed === null) return new URL(filled);
  throw new AppError(
    'CONFIG_INVALID',
    `${text.place}: with the environment's variables in it, ${text.text} is none; allowed ${allowed}.`,
  );
}

function secretOf(text: PlannedText, variables: Variables): Buffer {
  const secret = Buffer.from(SECRET.exec(fillText(text, variables))?.[1] ?? '', 'base64');
  const { least, most } = SECRET_BYTES;
  if (secret.length >= least && secret.length <= most) return secret;
  throw new AppError(
    'CONFIG_INVALID',
    `${text.place}: ${text.text} is no secret; allowed whsec_ and ${least} to ${most} bytes in base64: echo "whsec_$(openssl rand -base64 32)" makes one.`,
  );
}
