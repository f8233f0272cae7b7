import { ERROR_TABLE, type ErrorClass, type ErrorRow } from './error-table.ts';

const MEANINGS = {
  poison:
    'This one record is bad. It goes to `<p>.dlq`, or is refused by the HTTP door with this status; its neighbours go on.',
  usage:
    'The input of a command or of a door is wrong. A command ends with exit code 2 (`WRONG_USE`, `NOT_IN_THIS_VERSION`) or 1 (the others).',
  setup:
    'Configuration and surroundings do not fit. A command or service ends with exit code 1 before it consumes anything.',
  fatal:
    'The service leaves its group and exits with code 1: going on could lose or double something, or needs a decision.',
  retry: 'Passing. The transaction is aborted and its records run again, with a growing pause.',
  rejoin: 'Passing. As `retry`, after the instance has joined its group again.',
} as const satisfies Record<ErrorClass, string>;

/** The page `docs/errors.md`: every code with its title and HTTP status, by class, in the order of the table. */
export function describeErrors(): string {
  const classes = Object.entries(MEANINGS).map(([name, meaning]) => describeClass(name, meaning));
  return [INTRODUCTION, ...classes].join('\n\n') + '\n';
}

const INTRODUCTION = `# Errors

<!-- made from libs/core/src/error-table.ts by: npm run docs -->

Every error that a user can meet has a code. Its text begins with the title below and goes on with what was found, what is
allowed and what to do. The HTTP doors answer with an RFC 9457 problem document that has the code as \`code\` and the status
below; a dead letter has the code in its header \`millrace-code\`. What has no code is a bug.`;

function describeClass(name: string, meaning: string): string {
  const rows = Object.entries<ErrorRow>(ERROR_TABLE).filter(([, row]) => row.class === name);
  const lines = rows.map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`);
  return [`## ${name}`, '', meaning, '', '| code | status | title |', '|---|---|---|', ...lines].join('\n');
}
